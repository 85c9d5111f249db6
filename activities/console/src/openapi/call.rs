//! A request to an operation, made from what somebody has filled in.

use serde_json::{Map, Value};

use super::Operation;

/// A request to the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    /// With its query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    /// Sent as JSON, whether it is or not: the API says what is wrong with it.
    pub(crate) body: Option<String>,
    /// Whether it needs a token.
    needs_token: bool,
}

impl Call {
    /// The request with these parameters. A parameter of the path that is missing stands in it by its name in braces.
    pub(crate) fn new(operation: Operation<'_>, given: &Map<String, Value>, body: Option<String>) -> Self {
        let mut path = operation.path.to_owned();
        let mut query = Vec::new();
        let mut headers = Vec::new();
        for (name, place) in operation.places() {
            let Some(value) = given.get(name) else { continue };
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match place {
                "path" => path = path.replace(&format!("{{{name}}}"), &encoded(&value)),
                "query" => query.push(format!("{}={}", encoded(name), encoded(&value))),
                "header" => headers.push((name.to_owned(), value)),
                _ => {}
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        Self {
            method: operation.method,
            path,
            headers,
            body,
            needs_token: operation.scope().is_some(),
        }
    }

    /// The same as a command for a shell. `base` is the server's address, without a slash at its end.
    pub(crate) fn curl(&self, base: &str, streams: bool) -> String {
        let mut words = vec!["curl".to_owned()];
        if streams {
            words.push("--no-buffer".to_owned());
        }
        if self.method != "GET" && !(self.method == "POST" && self.body.is_some()) {
            words.push(format!("--request {}", self.method));
        }
        words.push(quoted(&format!("{base}{}", self.path)));
        if self.needs_token {
            words.push("--header \"Authorization: Bearer $TOKEN\"".to_owned());
        }
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}"));
        words.extend(headers.map(|header| format!("--header {}", quoted(&header))));
        if let Some(body) = &self.body {
            words.push(format!("--json {}", quoted(body)));
        }
        words.join(" \\\n  ")
    }
}

/// A text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A text as one part of a path or of a query, whatever is in it. Source: RFC 3986, section 2.3.
fn encoded(text: &str) -> String {
    crate::html::encoded(text).replace(':', "%3A")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Call, quoted};
    use crate::openapi::Document;

    fn document() -> Document {
        Document(json!({ "paths": { "/api/things/{id}": { "put": {
            "operationId": "change",
            "security": [{ "token": ["messages:write"] }],
            "parameters": [
                { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
                { "name": "If-Match", "in": "header", "schema": { "type": "string" } },
                { "name": "limit", "in": "query", "schema": { "type": "integer" } },
                { "name": "q", "in": "query", "schema": { "type": "string" } },
            ],
        } }, "/api/open": { "get": { "operationId": "open", "security": [{}] } } } }))
    }

    #[test]
    fn every_parameter_stands_where_it_belongs() {
        let document = document();
        let given = json!({ "id": "a/b?#:ü", "If-Match": "\"1\"", "limit": 3, "q": "x&y z" });
        let operation = document.operation("change").unwrap();
        let call = Call::new(
            operation,
            given.as_object().unwrap(),
            Some("{\"a\":\"it's\"}".to_owned()),
        );
        assert_eq!(call.path, "/api/things/a%2Fb%3F%23%3A%C3%BC?limit=3&q=x%26y%20z");
        assert_eq!(call.headers, [("If-Match".to_owned(), "\"1\"".to_owned())]);
        assert_eq!(
            call.curl("http://127.0.0.1:8080", false),
            "curl \\\n  --request PUT \\\n  'http://127.0.0.1:8080/api/things/a%2Fb%3F%23%3A%C3%BC?limit=3&q=x%26y%20z' \\\n  \
             --header \"Authorization: Bearer $TOKEN\" \\\n  --header 'If-Match: \"1\"' \\\n  \
             --json '{\"a\":\"it'\\''s\"}'"
        );
        let open = Call::new(document.operation("open").unwrap(), given.as_object().unwrap(), None);
        assert_eq!(open.curl("http://h", false), "curl \\\n  'http://h/api/open'");
    }

    /// What a shell reads from the command is what was meant.
    #[test]
    fn a_shell_reads_one_word() {
        for text in ["plain", "it's", "$(id) `id` \"x\" \\ \n !", ""] {
            let told = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {}", quoted(text))])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(told.stdout).unwrap(), text);
        }
    }
}
