//! Attributes of serde whose effect on paths is not known are refused where they stand.
use expr::Shape;

#[derive(serde::Serialize, serde::Deserialize, Shape)]
struct Skips {
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(serde::Serialize, serde::Deserialize, Shape)]
struct Flattens {
    #[serde(flatten)]
    inner: Skips,
}

#[derive(serde::Serialize, serde::Deserialize, Shape)]
struct Directions {
    #[serde(rename(serialize = "a", deserialize = "b"))]
    name: String,
}

fn main() {}
