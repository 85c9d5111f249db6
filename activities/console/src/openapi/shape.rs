//! A JSON schema as rows of a table.

use serde_json::Value;

use crate::html::Markup;
use crate::schema_form::resolved;

/// How deep objects within objects are shown. Schemas may refer to themselves.
const DEPTH: usize = 4;

/// One property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Where it stands: `message.tags`, `items[].id`.
    pub(crate) path: String,
    /// What it may be.
    pub(crate) kind: String,
    /// What of that is allowed, and what stands in for nothing.
    pub(crate) limits: String,
    pub(crate) about: Markup,
    pub(crate) required: bool,
}

/// The properties of a schema and of the objects in it, in the schema's order. `root` is what it refers to.
pub(crate) fn rows(root: &Value, schema: &Value) -> Vec<Row> {
    let mut rows = Vec::new();
    add(root, schema, "", DEPTH, &mut rows);
    rows
}

fn add(root: &Value, schema: &Value, prefix: &str, depth: usize, rows: &mut Vec<Row>) {
    let schema = resolved(root, schema);
    let Some(deeper) = depth.checked_sub(1) else { return };
    if schema["items"].is_object() {
        return add(root, &schema["items"], &format!("{prefix}[]"), deeper, rows);
    }
    let required = schema["required"].as_array();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = match prefix {
            "" => name.clone(),
            prefix => format!("{prefix}.{name}"),
        };
        rows.push(Row {
            kind: kind(root, property),
            limits: limits(resolved(root, property)),
            about: Markup::prose(about(root, property)),
            required: required.is_some_and(|required| required.iter().any(|one| one == name)),
            path: path.clone(),
        });
        add(root, property, &path, deeper, rows);
    }
}

/// What a property says of itself, else what its type says.
pub(crate) fn about<'a>(root: &'a Value, property: &'a Value) -> &'a str {
    let own = property["description"].as_str();
    own.or_else(|| resolved(root, property)["description"].as_str())
        .unwrap_or_default()
}

/// What values are called: `string`, `list of string`, `low or high`.
fn kind(root: &Value, property: &Value) -> String {
    let schema = resolved(root, property);
    if let Some(only) = schema.get("const") {
        return written(only);
    }
    if let Some(listed) = schema["enum"].as_array() {
        return either(listed.iter().map(written));
    }
    let alternatives = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
    if let Some(alternatives) = alternatives {
        let kinds = alternatives.iter().filter(|one| one["type"] != "null");
        return either(kinds.map(|one| kind(root, one)));
    }
    if schema["items"].is_object() {
        return format!("list of {}", kind(root, &schema["items"]));
    }
    if let Some(format @ ("date-time" | "uri" | "uuid")) = schema["format"].as_str() {
        return format.to_owned();
    }
    match &schema["type"] {
        Value::String(one) => one.clone(),
        Value::Array(several) => either(several.iter().filter(|one| *one != "null").map(written)),
        _ if schema["properties"].is_object() => "object".to_owned(),
        _ => "any JSON".to_owned(),
    }
}

fn either(kinds: impl Iterator<Item = String>) -> String {
    let mut kinds: Vec<_> = kinds.collect();
    let last = kinds.pop().unwrap_or_default();
    if kinds.is_empty() {
        return last;
    }
    format!("{} or {last}", kinds.join(", "))
}

/// A value without the quotes that a reader does not need.
fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The limits of a schema that has no alternatives.
fn limits(schema: &Value) -> String {
    let mut limits = Vec::new();
    for (least, most, of) in [
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
    ] {
        match (schema.get(least), schema.get(most)) {
            (Some(least), Some(most)) => limits.push(format!("{least} to {most}{of}")),
            (Some(least), None) => limits.push(format!("at least {least}{of}")),
            (None, Some(most)) => limits.push(format!("at most {most}{of}")),
            (None, None) => {}
        }
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        limits.push(format!("matches {pattern}"));
    }
    let default = schema.get("default").filter(|default| !default.is_null());
    if let Some(default) = default.filter(|default| **default != Value::Array(Vec::new())) {
        limits.push(format!("{} when left out", written(default)));
    }
    if let Some(example) = schema["examples"].get(0) {
        limits.push(format!("such as {}", written(example)));
    }
    limits.join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::rows;

    #[test]
    fn every_property_is_a_row_with_its_kind_and_limits() {
        let root = json!({ "components": { "schemas": {
            "Priority": { "description": "How urgent.", "oneOf": [{ "const": "low" }, { "const": "high" }] },
            "Part": { "properties": {
                "at": { "type": ["string", "null"], "format": "date-time" },
                "again": { "$ref": "#/components/schemas/Part" },
            } },
        } } });
        let schema = json!({ "properties": {
            "text": { "type": "string", "minLength": 1, "maxLength": 9, "description": "The `text`." },
            "priority": { "anyOf": [{ "$ref": "#/components/schemas/Priority" }, { "type": "null" }] },
            "count": { "type": ["integer", "null"], "minimum": 0, "default": 3, "examples": [7] },
            "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Part" } },
            "either": { "oneOf": [{ "type": "integer" }, { "type": "string" }] },
            "any": {},
        }, "required": ["text"] });
        let rows = rows(&root, &schema);
        let said: Vec<_> = rows
            .iter()
            .map(|row| (row.path.as_str(), row.kind.as_str(), row.limits.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                ("text", "string", "1 to 9 characters"),
                ("priority", "low or high", ""),
                ("count", "integer", "at least 0; 3 when left out; such as 7"),
                ("parts", "list of object", ""),
                ("parts[].at", "date-time", ""),
                ("parts[].again", "object", ""),
                ("parts[].again.at", "date-time", ""),
                ("parts[].again.again", "object", ""),
                ("either", "integer or string", ""),
                ("any", "any JSON", ""),
            ]
        );
        assert_eq!(rows[0].about.to_string(), "The <code>text</code>.");
        assert_eq!(rows[1].about.to_string(), "How urgent.");
        assert!(rows[0].required && !rows[1].required);
    }
}
