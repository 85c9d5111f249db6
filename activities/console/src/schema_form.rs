//! A form made from a JSON schema, and the JSON that comes of it.
//!
//! The properties of an object at its top level; what has no field of its own kind is written as JSON.

use serde_json::{Map, Value, json};

/// The prefix of the form's fields, so that a property may be called as any other field of the form.
const PREFIX: &str = "field.";

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    /// The property.
    pub(crate) name: String,
    /// Its name in the form.
    pub(crate) input: String,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    pub(crate) hint: Option<String>,
    /// What stands in it.
    pub(crate) value: String,
    /// What is wrong with it.
    pub(crate) wrong: Option<String>,
}

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Text,
    /// Several lines of text.
    Area,
    Number {
        least: Option<i64>,
        most: Option<i64>,
    },
    /// True or false, or left to the schema's default.
    Flag,
    Select(Vec<String>),
    /// A list of texts, one a line.
    Lines,
    Json,
}

/// The fields of a schema, filled in from an input; `None` if the schema is not one of an object with properties.
pub(crate) fn fields(schema: &Value, input: &Value) -> Option<Vec<Field>> {
    let properties = schema["properties"]
        .as_object()
        .filter(|properties| !properties.is_empty())?;
    let required = |name: &str| {
        schema["required"]
            .as_array()
            .is_some_and(|names| names.iter().any(|one| one == name))
    };
    let field = |(name, property): (&String, &Value)| {
        let kind = kind(schema, property);
        Field {
            input: format!("{PREFIX}{name}"),
            required: required(name),
            hint: hint(resolved(schema, property), property),
            value: input.get(name).map(|value| written(&kind, value)).unwrap_or_default(),
            wrong: None,
            kind,
            name: name.clone(),
        }
    };
    Some(properties.iter().map(field).collect())
}

/// The description, and what stands in for an empty field.
fn hint(of_type: &Value, property: &Value) -> Option<String> {
    let either = |name| {
        [property, of_type]
            .into_iter()
            .find_map(|one| one.get(name).filter(|value| !value.is_null()))
    };
    let description = either("description").and_then(Value::as_str).map(str::to_owned);
    let default = either("default");
    match (description, default) {
        (description, None) => description,
        (None, Some(default)) => Some(format!("{default} when left empty.")),
        (Some(description), Some(default)) => Some(format!("{description} {default} when left empty.")),
    }
}

/// The schema that a property comes down to: references followed, `null` left out.
pub(crate) fn resolved<'a>(root: &'a Value, property: &'a Value) -> &'a Value {
    let mut found = property;
    // Schemas may refer to themselves.
    for _ in 0..8 {
        let alternatives = found["anyOf"].as_array();
        let only = alternatives.and_then(|all| {
            let mut others = all.iter().filter(|one| one["type"] != "null");
            others.next().filter(|_| others.next().is_none())
        });
        let referred = found["$ref"]
            .as_str()
            .and_then(|place| root.pointer(place.strip_prefix('#')?));
        match referred.or(only) {
            Some(next) => found = next,
            None => break,
        }
    }
    found
}

fn kind(root: &Value, property: &Value) -> Kind {
    let schema = resolved(root, property);
    if let Some(options) = options(schema) {
        return Kind::Select(options);
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several
            .iter()
            .filter_map(Value::as_str)
            .filter(|one| *one != "null")
            .collect(),
        _ => Vec::new(),
    };
    match types.as_slice() {
        ["string"] if schema["maxLength"].as_u64().is_some_and(|most| most > 4_096) => Kind::Area,
        ["string"] => Kind::Text,
        ["integer"] => Kind::Number {
            least: schema["minimum"].as_i64(),
            most: schema["maximum"].as_i64(),
        },
        ["boolean"] => Kind::Flag,
        ["array"] if resolved(root, &schema["items"])["type"] == "string" => Kind::Lines,
        _ => Kind::Json,
    }
}

/// The texts of an enumeration.
fn options(schema: &Value) -> Option<Vec<String>> {
    let listed = schema["enum"].as_array().map(|all| all.iter().collect::<Vec<_>>());
    let described = schema["oneOf"]
        .as_array()
        .map(|all| all.iter().map(|one| &one["const"]).collect());
    let values = listed.or(described)?;
    let texts: Vec<String> = values
        .iter()
        .filter_map(|value| value.as_str())
        .map(str::to_owned)
        .collect();
    (texts.len() == values.len() && !texts.is_empty()).then_some(texts)
}

/// A value as it stands in its field.
fn written(kind: &Kind, value: &Value) -> String {
    match (kind, value) {
        (_, Value::Null) => String::new(),
        (Kind::Json, value) => format!("{value:#}"),
        (Kind::Lines, Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// The object that the sent fields say. What was left empty is left out; the errors are in the fields.
pub(crate) fn object(fields: &mut [Field], sent: &[(String, String)]) -> Option<Value> {
    let mut object = Map::new();
    for field in &mut *fields {
        let text = sent
            .iter()
            .find(|(name, _)| *name == field.input)
            .map(|(_, text)| text.replace("\r\n", "\n"));
        field.value = text.unwrap_or_default();
        if field.value.trim().is_empty() {
            if field.required {
                field.wrong = Some("must be filled in".to_owned());
            }
            continue;
        }
        match read(&field.kind, &field.value) {
            Ok(value) => {
                object.insert(field.name.clone(), value);
            }
            Err(wrong) => field.wrong = Some(wrong),
        }
    }
    fields
        .iter()
        .all(|field| field.wrong.is_none())
        .then_some(Value::Object(object))
}

fn read(kind: &Kind, text: &str) -> Result<Value, String> {
    let trimmed = text.trim();
    match kind {
        Kind::Text | Kind::Area | Kind::Select(_) => Ok(json!(text)),
        Kind::Number { .. } => trimmed
            .parse::<i64>()
            .map(|number| json!(number))
            .map_err(|_| "must be a whole number".into()),
        Kind::Flag => trimmed
            .parse::<bool>()
            .map(|flag| json!(flag))
            .map_err(|_| "must be true or false".into()),
        Kind::Lines => Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()),
        Kind::Json => serde_json::from_str(text).map_err(|error| format!("must be JSON: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Kind, fields, object};

    fn schema() -> Value {
        json!({
            "properties": {
                "text": { "type": "string", "maxLength": 60_000, "description": "The text." },
                "count": { "type": ["integer", "null"], "minimum": 1, "maximum": 9, "default": 3 },
                "sure": { "type": "boolean" },
                "tags": { "type": "array", "items": { "type": "string" } },
                "priority": { "anyOf": [{ "$ref": "#/$defs/P" }, { "type": "null" }] },
                "loop": { "$ref": "#/properties/loop" },
                "more": { "type": "object" },
            },
            "required": ["text"],
            "$defs": { "P": { "oneOf": [{ "const": "low" }, { "const": "high" }] } },
        })
    }

    #[test]
    fn every_kind_of_property_has_its_field() {
        let input = json!({ "text": "a", "count": 2, "tags": ["x", "y"], "more": { "a": 1 }, "priority": null });
        let fields = fields(&schema(), &input).unwrap();
        let kinds: Vec<_> = fields.iter().map(|field| field.kind.clone()).collect();
        let number = Kind::Number {
            least: Some(1),
            most: Some(9),
        };
        let select = Kind::Select(vec!["low".into(), "high".into()]);
        assert_eq!(
            kinds,
            [
                Kind::Area,
                number,
                Kind::Flag,
                Kind::Lines,
                select,
                Kind::Json,
                Kind::Json
            ]
        );
        let values: Vec<_> = fields.iter().map(|field| field.value.as_str()).collect();
        assert_eq!(values, ["a", "2", "", "x\ny", "", "", "{\n  \"a\": 1\n}"]);
        assert_eq!(fields[1].hint.as_deref(), Some("3 when left empty."));
        assert!(fields[0].required && !fields[1].required);
    }

    #[test]
    fn what_is_sent_becomes_an_object_of_the_right_types() {
        let mut fields = fields(&schema(), &json!({})).unwrap();
        let sent = [
            ("text", "a\r\nb"),
            ("count", " 4 "),
            ("sure", "true"),
            ("tags", "x\n\n y"),
            ("priority", "low"),
            ("more", "[1]"),
        ];
        let sent: Vec<_> = sent
            .iter()
            .map(|(name, text)| (format!("field.{name}"), (*text).to_owned()))
            .collect();
        assert_eq!(
            object(&mut fields, &sent),
            Some(
                json!({ "text": "a\nb", "count": 4, "sure": true, "tags": ["x", "y"], "priority": "low", "more": [1] })
            )
        );
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let mut fields = fields(&schema(), &json!({})).unwrap();
        let sent = [
            ("field.count".to_owned(), "x".to_owned()),
            ("field.more".to_owned(), "{".to_owned()),
        ];
        assert_eq!(object(&mut fields, &sent), None);
        let wrong = |name: &str| {
            fields
                .iter()
                .find(|field| field.name == name)
                .unwrap()
                .wrong
                .clone()
                .unwrap()
        };
        assert_eq!(wrong("text"), "must be filled in");
        assert_eq!(wrong("count"), "must be a whole number");
        assert!(wrong("more").starts_with("must be JSON"));
    }

    #[test]
    fn a_schema_without_properties_makes_no_form() {
        assert_eq!(fields(&json!({ "type": "string" }), &json!({})), None);
        assert_eq!(fields(&json!(true), &json!({})), None);
    }
}
