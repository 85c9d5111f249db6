//! JSON Schema, draft 2020-12, read as a shape.

use std::{collections::BTreeSet, rc::Rc};

use serde_json::Value;

use crate::shape::{Known, List, Number, Object, Shape, Text};

/// Our own keyword: the most bytes of the value as JSON, where its author checks that.
const MOST_BYTES: &str = "x-maxBytes";
/// How many references are followed into each other; schemas may be recursive, shapes are not.
const DEEPEST: usize = 12;

impl Shape {
    /// The values that a schema accepts. What shapes cannot express (`pattern`, `minimum`, `if`) widens the answer.
    pub fn of_schema(schema: &Value) -> Self {
        read(schema, schema, DEEPEST)
    }
}

fn read(schema: &Value, root: &Value, depth: usize) -> Shape {
    let (Some(members), Some(deeper)) = (schema.as_object(), depth.checked_sub(1)) else {
        return if *schema == Value::Bool(false) {
            Shape::impossible()
        } else {
            Shape::Any
        };
    };
    if let Some(target) = members.get("$ref").and_then(Value::as_str) {
        let target = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.map_or(Shape::Any, |target| read(target, root, deeper));
    }
    if let Some(value) = members.get("const") {
        return Shape::from(value);
    }
    if let Some(values) = members.get("enum").and_then(Value::as_array) {
        return values
            .iter()
            .map(Shape::from)
            .reduce(Shape::join)
            .unwrap_or_else(Shape::impossible);
    }
    for union in ["anyOf", "oneOf"] {
        if let Some(members) = members.get(union).and_then(Value::as_array) {
            let shapes = members.iter().map(|schema| read(schema, root, deeper));
            return shapes.reduce(Shape::join).unwrap_or(Shape::Any);
        }
    }
    typed(schema, root, deeper)
}

/// A schema that says which types it accepts.
fn typed(schema: &Value, root: &Value, depth: usize) -> Shape {
    let types = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        _ if schema.get("properties").is_some() => vec!["object"],
        _ => return Shape::Any,
    };
    let mut known = Known::default();
    for name in types {
        match name {
            "null" => known.null = true,
            "boolean" => known.boolean = true,
            "number" | "integer" => known.number = Some(number(schema)),
            "string" => known.text = Some(text(schema)),
            "array" => known.list = Some(list(schema, root, depth)),
            "object" => known.objects.push(object(schema, root, depth)),
            _ => return Shape::Any,
        }
    }
    Shape::Known(known)
}

fn number(schema: &Value) -> Number {
    let bounds = ["maximum", "exclusiveMaximum"].map(|name| schema[name].as_f64());
    Number {
        most: bounds.into_iter().flatten().reduce(f64::min),
    }
}

fn text(schema: &Value) -> Text {
    Text {
        values: None,
        format: schema["format"].as_str().map(str::to_owned),
        longest: schema["maxLength"]
            .as_u64()
            .or_else(|| longest(schema["format"].as_str()?)),
        most_bytes: schema[MOST_BYTES].as_u64(),
        json: None,
    }
}

/// The longest text of a format that has one.
fn longest(format: &str) -> Option<u64> {
    match format {
        // RFC 3339 with nanoseconds and an offset.
        "date-time" => Some(35),
        "uuid" => Some(36),
        _ => None,
    }
}

fn list(schema: &Value, root: &Value, depth: usize) -> List {
    let items = schema.get("items").map_or(Shape::Any, |items| read(items, root, depth));
    let tuple = schema["prefixItems"].as_array();
    let shapes = tuple.into_iter().flatten().map(|item| read(item, root, depth));
    let first = List::exactly(shapes.collect());
    let fixed = tuple.is_some() && (schema.get("items").is_none() || schema["items"] == Value::Bool(false));
    let items = if fixed { *first.items } else { first.items.join(items) };
    let most = schema["maxItems"]
        .as_u64()
        .or_else(|| tuple.filter(|_| fixed).map(|items| items.len() as u64));
    List {
        items: Box::new(items),
        first: first.first,
        least: schema["minItems"].as_u64().unwrap_or(0),
        most,
    }
}

fn object(schema: &Value, root: &Value, depth: usize) -> Object {
    let required = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let required: BTreeSet<&str> = required.collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let fields = properties.map(|(name, schema)| {
        let shape = read(schema, root, depth);
        let shape = if required.contains(name.as_str()) {
            shape
        } else {
            shape.or_missing()
        };
        (name.clone(), shape)
    });
    // A contract that names properties means these: serde ignores others, and nobody reads them.
    let open = match schema.get("additionalProperties") {
        None => schema.get("properties").is_none(),
        Some(others) => *others != Value::Bool(false),
    };
    Object {
        fields: Rc::new(fields.collect()),
        open,
        most_bytes: schema[MOST_BYTES].as_u64(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_contracts_say_is_read() {
        let schema = json!({
            "type": "object",
            "properties": {
                "id": {"type": "string", "maxLength": 8},
                "at": {"type": ["string", "null"], "format": "date-time"},
                "kind": {"$ref": "#/$defs/Kind"},
                "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
            },
            "required": ["id", "kind"],
            "$defs": {"Kind": {"oneOf": [{"type": "string", "const": "a"}, {"type": "string", "const": "b"}]}},
        });
        let shape = Shape::of_schema(&schema);
        let kind = Shape::constant("a").join(Shape::constant("b"));
        assert_eq!(shape.field("kind"), kind);
        assert!(shape.field("at").may_be_missing() && !shape.field("id").may_be_missing());
        assert!(shape.field("nothing").is_missing());
        let tags = shape.field("tags").present();
        assert_eq!(
            tags.known()
                .and_then(|known| known.list.as_ref())
                .and_then(|list| list.most),
            Some(3)
        );
    }

    #[test]
    fn a_recursive_schema_ends() {
        let schema = json!({"$ref": "#/$defs/Tree", "$defs": {"Tree": {
            "type": "object", "properties": {"left": {"$ref": "#/$defs/Tree"}}}}});
        let mut shape = Shape::of_schema(&schema);
        for _ in 0..40 {
            shape = shape.field("left");
        }
        assert_eq!(shape, Shape::Any);
    }
}
