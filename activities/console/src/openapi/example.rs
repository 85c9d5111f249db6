//! A value that a schema allows, to begin with.

use serde_json::{Map, Value, json};

use crate::schema_form::resolved;

/// How deep objects within objects are filled in. Schemas may refer to themselves.
const DEPTH: usize = 8;

/// The schema's own example, else what it requires and no more. `root` is what it refers to.
pub(crate) fn example(root: &Value, schema: &Value) -> Value {
    of(root, schema, "text", DEPTH)
}

/// `name` is what the value is called: a text without an example says its own name.
fn of(root: &Value, schema: &Value, name: &str, depth: usize) -> Value {
    let schema = resolved(root, schema);
    let first = |key: &str| schema[key].get(0);
    let given = first("examples")
        .or_else(|| schema.get("const"))
        .or_else(|| first("enum"));
    if let Some(given) = given {
        return given.clone();
    }
    if let Some(default) = schema.get("default").filter(|default| !default.is_null()) {
        return default.clone();
    }
    let Some(deeper) = depth.checked_sub(1) else {
        return Value::Null;
    };
    if let Some(alternative) = first("oneOf").or_else(|| first("anyOf")) {
        return of(root, alternative, name, deeper);
    }
    let kind = match &schema["type"] {
        Value::Array(several) => several[0].as_str(),
        one => one.as_str(),
    };
    match kind {
        Some("string") if schema["format"] == "date-time" => json!("2030-01-31T09:30:00Z"),
        Some("string") => json!(name),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        _ => {
            let required = schema["required"].as_array().into_iter().flatten();
            let properties = required.filter_map(Value::as_str).map(|name| {
                let value = of(root, &schema["properties"][name], name, deeper);
                (name.to_owned(), value)
            });
            Value::Object(properties.collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::example;

    #[test]
    fn what_is_required_is_filled_in() {
        let root = json!({ "components": { "M": { "properties": {
            "body": { "type": "string" },
            "at": { "type": "string", "format": "date-time" },
            "loop": { "$ref": "#/components/M" },
        }, "required": ["body", "at"] } } });
        let schema = json!({ "properties": {
            "name": { "type": "string" },
            "when": { "type": "string", "examples": ["rate(1 day)"] },
            "count": { "type": ["integer", "null"], "minimum": 2 },
            "kind": { "enum": ["a", "b"] },
            "left out": { "type": "string" },
            "message": { "$ref": "#/components/M" },
        }, "required": ["name", "when", "count", "kind", "message"] });
        assert_eq!(
            example(&root, &schema),
            json!({
                "name": "name", "when": "rate(1 day)", "count": 2, "kind": "a",
                "message": { "body": "body", "at": "2030-01-31T09:30:00Z" },
            })
        );
        let own = json!({ "examples": [{ "a": 1 }], "required": ["b"] });
        assert_eq!(example(&root, &own), json!({ "a": 1 }));
    }

    #[test]
    fn a_schema_that_requires_itself_comes_to_an_end() {
        let root = json!({ "M": { "properties": { "m": { "$ref": "#/M" } }, "required": ["m"] } });
        assert!(example(&root, &json!({ "$ref": "#/M" }))["m"]["m"].is_object());
    }
}
