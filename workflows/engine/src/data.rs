//! JSON that travels between states.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// A JSON text that is parsed when somebody looks inside, and shared rather than copied.
///
/// Step Functions passes text on as it was written, spacing and numbers included, until a state shapes it. So the text is
/// what counts and what is stored; the parsed value is a view of it.
#[derive(Clone, Debug)]
pub(crate) struct Data(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: OnceLock<Box<str>>,
    value: OnceLock<Value>,
}

impl Data {
    /// Takes text that is known to be JSON.
    pub(crate) fn from_text(text: impl Into<Box<str>>) -> Self {
        Self(Arc::new(Inner {
            text: OnceLock::from(text.into()),
            value: OnceLock::new(),
        }))
    }

    /// Takes text from outside; `None` if it is not JSON.
    pub(crate) fn parse(text: String) -> Option<Self> {
        let value: Value = serde_json::from_str(&text).ok()?;
        Some(Self(Arc::new(Inner {
            text: OnceLock::from(text.into_boxed_str()),
            value: OnceLock::from(value),
        })))
    }

    /// Takes a value; its text is the compact form.
    pub(crate) fn from_value(value: Value) -> Self {
        Self(Arc::new(Inner {
            text: OnceLock::new(),
            value: OnceLock::from(value),
        }))
    }

    /// The array of these elements, each as it was written.
    pub(crate) fn array<'a>(elements: impl Iterator<Item = &'a Data>) -> Self {
        let mut text = String::from("[");
        for (index, element) in elements.enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(element.text());
        }
        text.push(']');
        Self::from_text(text)
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        self.0.text.get_or_init(|| self.value().to_string().into_boxed_str())
    }

    /// The value. A text that is not JSON, which only a damaged store can hold, counts as `null`.
    pub(crate) fn value(&self) -> &Value {
        self.0.value.get_or_init(|| {
            let text = self.0.text.get().map_or("null", |text| text);
            serde_json::from_str(text).unwrap_or(Value::Null)
        })
    }
}

impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.text() == other.text()
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from_text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Data;

    #[test]
    fn text_is_kept_as_written() {
        let data = Data::parse("[ 1.0,  2e3 ]".into()).unwrap();
        assert_eq!(data.text(), "[ 1.0,  2e3 ]");
        assert_eq!(
            Data::array([&data, &Data::from_value(json!("x"))].into_iter()).text(),
            "[[ 1.0,  2e3 ],\"x\"]"
        );
    }

    #[test]
    fn values_print_compact_and_survive_storage() {
        let data = Data::from_value(json!({ "b": 1, "a": [true] }));
        assert_eq!(data.text(), r#"{"b":1,"a":[true]}"#);
        let stored = serde_json::to_string(&data).unwrap();
        assert_eq!(serde_json::from_str::<Data>(&stored).unwrap(), data);
    }
}
