//! The document that describes the API, as far as pages read it: operations, their parameters, and schemas.
//!
//! Source: <https://spec.openapis.org/oas/v3.1.0>.

mod call;
mod example;
mod shape;

pub(crate) use call::Call;
pub(crate) use example::example;
pub(crate) use shape::{Row, rows};

use serde_json::{Map, Value, json};

/// The whole document.
#[derive(Clone, Debug)]
pub(crate) struct Document(pub(crate) Value);

/// One operation of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation<'a> {
    /// In capitals.
    pub(crate) method: &'static str,
    /// With its parameters in braces.
    pub(crate) path: &'a str,
    root: &'a Value,
    json: &'a Value,
}

/// An answer that an operation may give.
#[derive(Clone, Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: &'a str,
    pub(crate) about: &'a str,
    /// The schema of its JSON; a refusal's is the same everywhere, and none here.
    pub(crate) schema: Option<&'a Value>,
}

/// The methods, as the document and as a request writes them. In the order in which they are shown.
const METHODS: [(&str, &str); 5] = [
    ("get", "GET"),
    ("post", "POST"),
    ("put", "PUT"),
    ("patch", "PATCH"),
    ("delete", "DELETE"),
];

impl Document {
    /// What stands at its top, a paragraph each.
    pub(crate) fn about(&self) -> impl Iterator<Item = &str> {
        let about = self.0["info"]["description"].as_str().unwrap_or_default();
        about.split("\n\n").filter(|paragraph| !paragraph.is_empty())
    }

    /// The groups of operations: name and description, in their order.
    pub(crate) fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        let tags = self.0["tags"].as_array().into_iter().flatten();
        tags.map(|tag| (text(&tag["name"]), text(&tag["description"])))
    }

    /// Every operation, in the document's order.
    pub(crate) fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        let paths = self.0["paths"].as_object().into_iter().flatten();
        paths.flat_map(move |(path, item)| {
            METHODS.into_iter().filter_map(move |(name, method)| {
                let json = item.get(name)?;
                Some(Operation {
                    method,
                    path,
                    root: &self.0,
                    json,
                })
            })
        })
    }

    /// The operation of this id.
    pub(crate) fn operation(&self, id: &str) -> Option<Operation<'_>> {
        self.operations().find(|operation| operation.id() == id)
    }
}

impl<'a> Operation<'a> {
    /// Names it among all.
    pub(crate) fn id(&self) -> &'a str {
        text(&self.json["operationId"])
    }

    /// What it does, in a few words.
    pub(crate) fn summary(&self) -> &'a str {
        text(&self.json["summary"])
    }

    /// What more there is to say of it.
    pub(crate) fn description(&self) -> &'a str {
        text(&self.json["description"])
    }

    /// Whether it belongs to the group.
    pub(crate) fn has_tag(&self, tag: &str) -> bool {
        let tags = self.json["tags"].as_array().into_iter().flatten();
        tags.into_iter().any(|one| one == tag)
    }

    /// The scope that a caller needs; `Some("")` if any caller will do, `None` if nobody is asked who they are.
    pub(crate) fn scope(&self) -> Option<&'a str> {
        let ways = self.json["security"].as_array()?;
        let scopes = ways
            .iter()
            .filter_map(Value::as_object)
            .flatten()
            .map(|(_, scopes)| scopes);
        scopes.map(|scopes| text(&scopes[0])).next()
    }

    /// The schema of its parameters, as if they were one object; `None` if there are none.
    pub(crate) fn parameters(&self) -> Option<Value> {
        let parameters = self.json["parameters"].as_array()?;
        let mut properties = Map::new();
        let mut required = Vec::new();
        for parameter in parameters {
            let name = text(&parameter["name"]);
            if parameter["required"] == true {
                required.push(name);
            }
            let mut schema = parameter["schema"].clone();
            if let Some(object) = schema.as_object_mut() {
                // What the parameter says of itself counts before what its type says.
                object.insert("description".to_owned(), parameter["description"].clone());
            }
            properties.insert(name.to_owned(), schema);
        }
        let components = &self.root["components"];
        Some(json!({ "properties": properties, "required": required, "components": components }))
    }

    /// Where each parameter stands: name, and `path`, `query` or `header`.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let parameters = self.json["parameters"].as_array().into_iter().flatten();
        parameters.map(|parameter| (text(&parameter["name"]), text(&parameter["in"])))
    }

    /// The schema of the JSON that it takes.
    pub(crate) fn body(&self) -> Option<&'a Value> {
        self.json["requestBody"].pointer("/content/application~1json/schema")
    }

    /// Whether its answer goes on for as long as somebody reads it.
    pub(crate) fn streams(&self) -> bool {
        let streaming = self.json.pointer("/responses/200/content/text~1event-stream");
        streaming.is_some()
    }

    /// Every answer, by status.
    pub(crate) fn answers(&self) -> Vec<Answer<'a>> {
        let responses = self.json["responses"].as_object().into_iter().flatten();
        let mut answers: Vec<_> = responses
            .map(|(status, answer)| Answer {
                status,
                about: text(&answer["description"]),
                schema: answer.pointer("/content/application~1json/schema"),
            })
            .collect();
        answers.sort_by_key(|answer| answer.status);
        answers
    }

    /// The document that its schemas refer to.
    pub(crate) fn root(&self) -> &'a Value {
        self.root
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
