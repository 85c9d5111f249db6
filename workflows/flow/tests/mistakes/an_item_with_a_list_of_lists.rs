//! A record with lists of lists is to be an item of a table.
use expr::{Item, Shape};

#[derive(serde::Serialize, serde::Deserialize, Shape, Item)]
struct Matrix {
    id: String,
    rows: Vec<Vec<u32>>,
}

fn main() {}
