//! The JSON API.

use std::time::Duration;

use authorizer::Lifetime;
use jiff::Timestamp;
use reqwest::header::ETAG;
use reqwest::{Method, StatusCode, Url};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Answer, Client, Local, Question, Way};
use crate::failure::{Exit, Failure, Server};
use crate::hint::rez;

/// Source: draft-ietf-httpapi-idempotency-key-header.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// How long the end of a message may be recorded after its execution has ended.
const RECORDED: Duration = Duration::from_secs(10);

/// A message that the server has.
pub(crate) struct Accepted {
    pub(crate) message: Value,
    /// It was accepted before, under the same key.
    pub(crate) replayed: bool,
}

impl Client {
    /// Sends a message. Under one key it is accepted once, however often it is sent.
    pub(crate) async fn send(&self, message: &Value, key: &str) -> Result<Accepted, Failure> {
        // A key that the message names itself stands there as it was given: a header has no blanks at its ends.
        let header = message["dedup_key"].is_null().then_some((IDEMPOTENCY_KEY, key));
        let question = Question {
            header,
            ..posted(&["messages"], message)
        };
        let answer = self.answer(&question).await?;
        let replayed = answer.headers.contains_key("Idempotent-Replayed");
        Ok(Accepted {
            message: answer.success("messages")?,
            replayed,
        })
    }

    /// One message.
    pub(crate) async fn message(&self, id: &str) -> Result<Value, Failure> {
        self.ask(Method::GET, &["messages", id], &[], None).await
    }

    /// One message, once its end is recorded: an end that the workflow could not see is recorded a moment later.
    pub(crate) async fn ended(&self, id: &str) -> Result<Value, Failure> {
        let (deadline, mut pause) = (Instant::now() + RECORDED, Duration::from_millis(10));
        loop {
            let message = self.message(id).await?;
            if ["completed", "failed", "cancelled"].contains(&word(&message["status"])) || Instant::now() >= deadline {
                return Ok(message);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(500));
        }
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

    /// Acknowledges a message that is being escalated.
    pub(crate) async fn acknowledge(&self, id: &str, by: Option<&str>) -> Result<Value, Failure> {
        let path = ["messages", id, "acknowledge"];
        self.ask(Method::POST, &path, &[], Some(&json!({ "by": by }))).await
    }

    /// Cancels a message that is not delivered yet.
    pub(crate) async fn cancel(&self, id: &str) -> Result<Value, Failure> {
        self.ask(Method::DELETE, &["messages", id], &[], None).await
    }

    /// A one-time link for the browser.
    pub(crate) async fn sign_in_link(&self) -> Result<String, Failure> {
        let answer = self
            .ask(Method::POST, &["auth", "links"], &[], Some(&json!({})))
            .await?;
        Ok(word(&answer["link"]).to_owned())
    }

    /// How many dead letters there are.
    pub(crate) async fn count_dead_letters(&self) -> Result<usize, Failure> {
        let metrics = self.ask(Method::GET, &["metrics"], &[("window", "1h")], None).await?;
        let count = metrics["dead_letters"].as_u64().unwrap_or_default();
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// How the server is, by its own account.
    pub(crate) async fn health(&self) -> Result<Value, Failure> {
        // An unwell server says so with 503 and the same document.
        Ok(self.answer(&got(&["health"], &[])).await?.document)
    }

    /// Every schedule, by name.
    pub(crate) async fn schedules(&self) -> Result<Vec<Value>, Failure> {
        self.pages("schedules", &[], usize::MAX).await
    }

    /// One schedule, and the tag that a change of it is to match.
    pub(crate) async fn schedule(&self, name: &str) -> Result<(Value, String), Failure> {
        let answer = self.answer(&got(&["schedules", name], &[])).await?;
        let tag = answer.headers.get(ETAG).and_then(|tag| tag.to_str().ok());
        let tag = tag.unwrap_or_default().to_owned();
        Ok((answer.success("schedules")?, tag))
    }

    /// Creates a schedule.
    pub(crate) async fn create_schedule(&self, schedule: &Value) -> Result<Value, Failure> {
        self.ask(Method::POST, &["schedules"], &[], Some(schedule)).await
    }

    /// Changes a schedule that is still as its tag says.
    pub(crate) async fn change_schedule(&self, name: &str, schedule: &Value, tag: &str) -> Result<Value, Failure> {
        let path = ["schedules", name];
        let question = Question {
            method: Method::PUT,
            header: Some(("if-match", tag)),
            ..posted(&path, schedule)
        };
        self.answer(&question).await?.success("schedules")
    }

    /// Deletes a schedule.
    pub(crate) async fn delete_schedule(&self, name: &str) -> Result<(), Failure> {
        self.ask(Method::DELETE, &["schedules", name], &[], None)
            .await
            .map(|_| ())
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
        let question = Question {
            method,
            path,
            query,
            header: None,
            body,
        };
        self.answer(&question).await?.success(path[0])
    }

    async fn answer(&self, question: &Question<'_>) -> Result<Answer, Failure> {
        match &self.0 {
            Way::Local(local) => local.answer(question).await,
            Way::Aws(deployment) => {
                // Only what follows the host is looked at: the API is in this process.
                let base = Url::parse("http://localhost").map_err(|error| Failure::failed(error.to_string()))?;
                deployment.answer(&address(&base, question)?, question).await
            }
        }
    }
}

impl Local {
    /// A request of the data directory's owner.
    async fn answer(&self, question: &Question<'_>) -> Result<Answer, Failure> {
        let token = self.identity.owners_token(Lifetime::REQUEST, Timestamp::now());
        let token = token.ok_or_else(|| Failure::failed("no token can be made: set the clock to today"))?;
        let address = address(&self.api, question)?;
        let mut request = self.http.request(question.method.clone(), address);
        if let Some((name, value)) = question.header {
            request = request.header(name, value);
        }
        if let Some(body) = question.body {
            request = request.json(body);
        }
        let answer = request.bearer_auth(token.expose_secret()).send().await;
        let answer = answer.map_err(|error| unreachable_server(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let document = match status {
            StatusCode::NO_CONTENT => Value::Null,
            _ => answer.json().await.map_err(|error| unreachable_server(&error))?,
        };
        Ok(Answer {
            status,
            headers,
            document,
        })
    }
}

impl Answer {
    /// The document of a success; a problem as a failure.
    fn success(self, about: &str) -> Result<Value, Failure> {
        if self.status.is_success() {
            Ok(self.document)
        } else {
            Err(problem(self.status, &self.document, about))
        }
    }
}

fn got<'a>(path: &'a [&'a str], query: &'a [(&'a str, &'a str)]) -> Question<'a> {
    Question {
        method: Method::GET,
        path,
        query,
        header: None,
        body: None,
    }
}

fn posted<'a>(path: &'a [&'a str], body: &'a Value) -> Question<'a> {
    Question {
        method: Method::POST,
        body: Some(body),
        ..got(path, &[])
    }
}

/// The address of a resource; each part is encoded, whatever it is.
fn address(base: &Url, question: &Question<'_>) -> Result<Url, Failure> {
    let mut address = base.clone();
    address
        .path_segments_mut()
        .map_err(|()| Failure::failed("the server's address in serve.json is not an http address"))?
        .pop_if_empty()
        .push("api")
        .extend(question.path);
    if !question.query.is_empty() {
        address.query_pairs_mut().extend_pairs(question.query);
    }
    Ok(address)
}

fn list(document: &Value, name: &str) -> Vec<Value> {
    document[name].as_array().cloned().unwrap_or_default()
}

pub(super) fn unreachable_server(error: &reqwest::Error) -> Failure {
    let server = if error.is_connect() { Server::Away } else { Server::Lost };
    Failure::failed(format!(
        "the server on this data directory does not answer ({error}): try again, or restart {} serve",
        rez()
    ))
    .blaming(server)
}

/// A problem document as a failure: what the input did is refused, everything else has failed.
fn problem(status: StatusCode, document: &Value, about: &str) -> Failure {
    let fields = document["errors"].as_array().into_iter().flatten();
    let fields: Vec<String> = fields
        .map(|error| format!("{}: {}", word(&error["field"]), word(&error["detail"])))
        .collect();
    let text = match status {
        _ if !fields.is_empty() => fields.join("; "),
        // The API says which request helps; here it is a command.
        StatusCode::NOT_FOUND => {
            format!(
                "{}: see {} {}",
                without_request(word(&document["detail"])),
                rez(),
                command(about)
            )
        }
        _ => word(&document["detail"]).to_owned(),
    };
    let exit = if status.is_client_error() {
        Exit::Refused
    } else {
        Exit::Failed
    };
    let server = if status == StatusCode::SERVICE_UNAVAILABLE {
        Server::Away
    } else {
        Server::Answered
    };
    Failure::new(exit, text).blaming(server)
}

/// The command that shows these things.
fn command(about: &str) -> &str {
    match about {
        "breakers" => "breaker",
        "dead-letters" => "dlq",
        other => other,
    }
}

/// A detail without the request that it recommends.
pub(crate) fn without_request(detail: &str) -> &str {
    detail.split("; GET ").next().unwrap_or(detail)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
