//! What is asked of AWS: a proxy before moto that keeps every call as policies name it.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use aws_config::SdkConfig;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::Response,
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::moto::{ACCOUNT, REGION, aws};

/// A call as a policy allows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// For example `dynamodb:Query`.
    pub action: String,
    /// The ARN, or `*` where the service knows no resource for the action.
    pub resource: String,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.action, self.resource)
    }
}

/// A proxy, which ends with this value.
pub struct Recorder {
    /// Where it listens.
    pub url: String,
    /// What asks through it, whatever the service.
    pub aws: SdkConfig,
    calls: Calls,
    served: JoinHandle<()>,
}

type Calls = Arc<Mutex<BTreeSet<Call>>>;

#[derive(Clone)]
struct Proxy {
    http: reqwest::Client,
    to: String,
    calls: Calls,
}

impl Recorder {
    /// Before whatever listens at this address.
    pub async fn before(to: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let calls = Calls::default();
        let proxy = Proxy {
            http: reqwest::Client::builder().no_proxy().build().expect("an HTTP client"),
            to: to.to_owned(),
            calls: Arc::clone(&calls),
        };
        let router = Router::new().fallback(pass).with_state(proxy);
        let served = async move { axum::serve(listener, router).await.expect("it serves") };
        Self {
            aws: aws(&url),
            url,
            calls,
            served: tokio::spawn(served),
        }
    }

    /// What has been asked since it was taken last.
    pub fn take(&self) -> BTreeSet<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.served.abort();
    }
}

/// Passes a request on as it is, its `Host` too, which is under the signature.
async fn pass(State(proxy): State<Proxy>, method: Method, uri: Uri, mut headers: HeaderMap, body: Bytes) -> Response {
    let calls = calls(&method, &uri, &headers, &body);
    proxy.calls.lock().unwrap_or_else(PoisonError::into_inner).extend(calls);
    let body = without_alias(&headers, body);
    // The client tells how long it is now.
    headers.remove(header::CONTENT_LENGTH);
    let answer = proxy
        .http
        .request(method, format!("{}{uri}", proxy.to))
        .headers(headers)
        .body(body);
    let answer = answer.send().await.expect("moto answers");
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    // It is sent whole, whatever it was sent in.
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    match answer.bytes().await {
        Ok(bytes) => *response.body_mut() = Body::from(bytes),
        Err(_) => *response.status_mut() = StatusCode::BAD_GATEWAY,
    }
    response
}

/// moto starts no executions by an alias: it is asked for the state machine itself.
fn without_alias(headers: &HeaderMap, body: Bytes) -> Bytes {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    if target != Some("AWSStepFunctions.StartExecution") {
        return body;
    }
    let mut input: Value = serde_json::from_slice(&body).unwrap_or_default();
    input["stateMachineArn"] = unqualified(input["stateMachineArn"].as_str().unwrap_or_default()).into();
    input.to_string().into()
}

/// A state machine's ARN without version or alias, as policies name it: those are a condition of its own.
///
/// Source: Service Authorization Reference, "AWS Step Functions", `states:StateMachineQualifier`.
fn unqualified(arn: &str) -> &str {
    match arn.match_indices(':').nth(6) {
        Some((end, _)) if arn.contains(":stateMachine:") => &arn[..end],
        _ => arn,
    }
}

/// What a request does, by the service that it is signed for.
fn calls(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Vec<Call> {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let scope = text("authorization").split("Credential=").nth(1).unwrap_or_default();
    let service = scope.split('/').nth(3).unwrap_or_default();
    let operation = text("x-amz-target").rsplit('.').next().unwrap_or_default();
    let input: Value = serde_json::from_slice(body).unwrap_or_default();
    let form: Vec<(String, String)> = reqwest::Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(body)))
        .map(|url| url.query_pairs().into_owned().collect())
        .unwrap_or_default();
    let field = |name: &str| {
        let found = form.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    let call = |action: &str, resource: String| Call {
        action: action.to_owned(),
        resource,
    };
    match service {
        "dynamodb" => vec![call(&format!("dynamodb:{operation}"), table(&input))],
        // A batch is as many deletions. Source: Service Authorization Reference, "Amazon SQS".
        "sqs" => vec![call(
            &format!("sqs:{}", operation.trim_end_matches("Batch")),
            queue(&input),
        )],
        "states" => vec![call(&format!("states:{operation}"), machine(operation, &input))],
        "ssm" => named(&input)
            .into_iter()
            .map(|name| call(&format!("ssm:{operation}"), arn("ssm", &format!("parameter{name}"))))
            .collect(),
        "sns" => vec![call(&format!("sns:{}", field("Action")), field("TopicArn").to_owned())],
        "scheduler" => vec![schedule(method, uri, &input)],
        "logs" => {
            let group = input["logGroupName"].as_str().unwrap_or_default();
            vec![call(
                &format!("logs:{operation}"),
                arn("logs", &format!("log-group:{group}:*")),
            )]
        }
        "lambda" => {
            let function = uri.path().split('/').nth(3).unwrap_or_default();
            let qualifier = uri.query().and_then(|query| query.strip_prefix("Qualifier="));
            let qualifier = qualifier.map(|one| format!(":{one}")).unwrap_or_default();
            let resource = arn("lambda", &format!("function:{function}{qualifier}"));
            vec![call("lambda:GetFunctionConfiguration", resource)]
        }
        "monitoring" => vec![call(&format!("cloudwatch:{operation}"), "*".to_owned())],
        // Whoever is signed in may ask who they are.
        "sts" => Vec::new(),
        other => vec![call(&format!("{other}:{operation}"), "*".to_owned())],
    }
}

fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}")
}

fn table(input: &Value) -> String {
    let index = input["IndexName"].as_str().map(|index| format!("/index/{index}"));
    let table = input["TableName"].as_str().unwrap_or_default();
    arn("dynamodb", &format!("table/{table}{}", index.unwrap_or_default()))
}

fn queue(input: &Value) -> String {
    let url = input["QueueUrl"].as_str().unwrap_or_default();
    arn("sqs", url.rsplit('/').next().unwrap_or_default())
}

/// Source: Service Authorization Reference, "AWS Step Functions": these know no resource.
fn machine(operation: &str, input: &Value) -> String {
    if operation.starts_with("SendTask") || operation == "ListStateMachines" {
        return "*".to_owned();
    }
    let named = ["stateMachineArn", "stateMachineAliasArn", "executionArn"];
    let named = named.into_iter().find_map(|name| input[name].as_str());
    unqualified(named.unwrap_or_default()).to_owned()
}

/// The parameters that a request names, or all of them: to describe parameters knows no resource.
fn named(input: &Value) -> Vec<String> {
    let one = input["Name"].as_str().map(str::to_owned);
    one.map_or_else(|| vec!["/*".to_owned()], |one| vec![one])
}

/// Source: EventBridge Scheduler API reference, the addresses of each operation.
fn schedule(method: &Method, uri: &Uri, input: &Value) -> Call {
    let name = uri.path().strip_prefix("/schedules/");
    let operation = match (method.as_str(), name) {
        (_, None) => "ListSchedules",
        ("POST", _) => "CreateSchedule",
        ("PUT", _) => "UpdateSchedule",
        ("DELETE", _) => "DeleteSchedule",
        _ => "GetSchedule",
    };
    let mut of_query = uri.query().into_iter().flat_map(|query| query.split('&'));
    let of_query = of_query.find_map(|pair| pair.strip_prefix("groupName="));
    let group = input["GroupName"].as_str().or(of_query).unwrap_or_default();
    let resource = name.map_or_else(
        || "*".to_owned(),
        |name| arn("scheduler", &format!("schedule/{group}/{name}")),
    );
    Call {
        action: format!("scheduler:{operation}"),
        resource,
    }
}
