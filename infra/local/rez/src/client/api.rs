//! The JSON API.

use reqwest::{Method, StatusCode, Url};
use serde_json::{Value, json};

use super::Client;
use crate::failure::{Exit, Failure};

impl Client {
    /// Sends a message; the answer is the message as it was accepted.
    pub(crate) async fn send(&self, message: &Value) -> Result<Value, Failure> {
        self.ask(Method::POST, &["messages"], &[], Some(message)).await
    }

    /// One message.
    pub(crate) async fn message(&self, id: &str) -> Result<Value, Failure> {
        self.ask(Method::GET, &["messages", id], &[], None).await
    }

    /// At most `limit` messages, newest first.
    pub(crate) async fn messages(&self, status: Option<&str>, limit: usize) -> Result<Vec<Value>, Failure> {
        let filter: Vec<(&str, &str)> = status.map(|status| ("status", status)).into_iter().collect();
        self.pages("messages", &filter, limit).await
    }

    /// Every dead letter, newest message first.
    pub(crate) async fn dead_letters(&self) -> Result<Vec<Value>, Failure> {
        self.pages("dead-letters", &[], usize::MAX).await
    }

    /// Redrives dead letters; `request` as the API takes it. The answer may be a part: see its `next_cursor`.
    pub(crate) async fn redrive(&self, request: &Value) -> Result<Value, Failure> {
        self.ask(Method::POST, &["dead-letters", "redrive"], &[], Some(request))
            .await
    }

    /// Every circuit breaker.
    pub(crate) async fn breakers(&self) -> Result<Vec<Value>, Failure> {
        let answer = self.ask(Method::GET, &["breakers"], &[], None).await?;
        Ok(list(&answer, "breakers"))
    }

    /// Closes a circuit breaker.
    pub(crate) async fn reset_breaker(&self, service: &str) -> Result<Value, Failure> {
        self.ask(Method::POST, &["breakers", service, "reset"], &[], Some(&json!({})))
            .await
    }

    async fn pages(&self, what: &str, filter: &[(&str, &str)], limit: usize) -> Result<Vec<Value>, Failure> {
        let (mut all, mut cursor) = (Vec::new(), None::<String>);
        while all.len() < limit {
            let size = (limit - all.len()).min(100).to_string();
            let mut query = [filter, &[("limit", size.as_str())]].concat();
            query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let page = self.ask(Method::GET, &[what], &query, None).await?;
            all.extend(list(&page, &what.replace('-', "_")));
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        Ok(all)
    }

    async fn ask(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let mut request = self.http.request(method, self.address(path, query)?);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|error| unreachable_server(&error))?;
        let status = answer.status();
        let document: Value = answer.json().await.map_err(|error| unreachable_server(&error))?;
        if status.is_success() {
            Ok(document)
        } else {
            Err(problem(status, &document))
        }
    }

    /// The address of a resource; each part is encoded, whatever it is.
    fn address(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url, Failure> {
        let mut address = self.api.clone();
        address
            .path_segments_mut()
            .map_err(|()| Failure::failed("the server's address in serve.json is not an http address"))?
            .pop_if_empty()
            .push("api")
            .extend(path);
        if !query.is_empty() {
            address.query_pairs_mut().extend_pairs(query);
        }
        Ok(address)
    }
}

fn list(document: &Value, name: &str) -> Vec<Value> {
    document[name].as_array().cloned().unwrap_or_default()
}

pub(super) fn unreachable_server(error: &reqwest::Error) -> Failure {
    let error = error.to_string();
    Failure::failed(format!(
        "the server on this data directory does not answer ({error}): try again, or restart rez serve"
    ))
}

/// A problem document as a failure: what the input did is refused, everything else has failed.
fn problem(status: StatusCode, document: &Value) -> Failure {
    let fields = document["errors"].as_array().into_iter().flatten();
    let fields: Vec<String> = fields
        .map(|error| format!("{} {}", word(&error["field"]), word(&error["detail"])))
        .collect();
    let text = if fields.is_empty() {
        word(&document["detail"]).to_owned()
    } else {
        fields.join("; ")
    };
    let exit = if status.is_client_error() {
        Exit::Refused
    } else {
        Exit::Failed
    };
    Failure::new(exit, text)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
