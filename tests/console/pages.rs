//! The console over HTTP, without a browser.

use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::World;

impl World {
    fn page(&self, path: &str) -> RequestBuilder {
        self.http.get(self.address(path))
    }

    fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.addresses.api)
    }

    async fn read(&self, path: &str) -> (StatusCode, String) {
        let answer = self.page(path).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("text"))
    }

    /// A state machine of this definition.
    async fn machine(&self, name: &str, definition: &Value) {
        let role = "arn:aws:iam::123456789012:role/any";
        let request = json!({ "name": name, "definition": definition.to_string(), "roleArn": role });
        self.ask("CreateStateMachine", &request).await;
    }
}

/// Every address has the policy, also those that are not there.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_from_elsewhere_runs_on_any_page() {
    let world = World::new(&[]).await;
    for path in [
        "/console",
        "/console/messages",
        "/console/machines/none",
        "/console/none",
        "/console/assets/none",
        "/docs",
        "/docs/sendMessage",
        "/docs/none",
    ] {
        let answer = world.page(path).send().await.expect("an answer");
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .expect("text")
            .to_owned();
        assert!(
            policy.starts_with("default-src 'self';") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff", "{path}");
        let text = answer.text().await.expect("text");
        for inline in ["<script>", " style=", " onclick=", "<style", "javascript:"] {
            assert!(!text.contains(inline), "{path} has {inline}");
        }
    }
}

/// What another site makes a browser send is refused, and nothing of it happens.
#[tokio::test(flavor = "multi_thread")]
async fn forms_of_other_sites_are_refused() {
    let world = World::new(&[]).await;
    world
        .machine(
            "m",
            &json!({ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }),
        )
        .await;
    let own = format!("http://{}", world.server.addresses.api);
    for (name, value, taken) in [
        ("sec-fetch-site", "cross-site", false),
        ("sec-fetch-site", "same-site", false),
        ("sec-fetch-site", "same-origin", true),
        ("origin", "http://example.com", false),
        ("origin", "null", false),
        ("origin", own.as_str(), true),
    ] {
        let form = world
            .http
            .post(world.address("/console/machines/m/start"))
            .header(name, value);
        let form = form
            .header("content-type", "application/x-www-form-urlencoded")
            .body("input=%7B%7D");
        let answer = form.send().await.expect("an answer");
        let expected = if taken {
            StatusCode::SEE_OTHER
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(answer.status(), expected, "{name}: {value}");
    }
    let request = json!({ "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:m" });
    let started = world.ask("ListExecutions", &request).await;
    assert_eq!(started["executions"].as_array().expect("a list").len(), 2);
}

/// Whoever has not signed in is sent to do so, and whoever has shows the token of their forms.
#[tokio::test(flavor = "multi_thread")]
async fn pages_are_for_people_who_have_signed_in() {
    let world = World::new(&[]).await;
    let stranger = reqwest::Client::builder().redirect(Policy::none()).no_proxy();
    let stranger = stranger.build().expect("a client");
    for path in [
        "/console/messages",
        "/console/machines",
        "/console/executions/a:b?state=c",
    ] {
        let answer = stranger.get(world.address(path)).send().await.expect("an answer");
        let (status, to) = (
            answer.status(),
            answer.headers()["location"].to_str().expect("text").to_owned(),
        );
        assert_eq!(status, StatusCode::SEE_OTHER, "{path}");
        assert!(to.starts_with("/sign-in?return_to=%2Fconsole%2F"), "{path}: {to}");
    }
    let port = world.server.addresses.api.port();
    let session = format!("rez_session_{port}={}", tests::signed_in::session(&world.server).await);
    let form = |body: &'static str| {
        let form = stranger
            .post(world.address("/console/messages/new"))
            .header("cookie", &session);
        form.header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    };
    for body in ["body=hello", "body=hello&csrf_token=made-up"] {
        let answer = form(body).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{body}");
    }
    let page = stranger
        .get(world.address("/console/messages"))
        .header("cookie", &session);
    let page = page.send().await.expect("an answer").text().await.expect("text");
    assert!(page.contains("No messages yet") && page.contains("Sign out"), "{page}");
}

/// Names, texts and errors of somebody's definition and data are never markup.
#[tokio::test(flavor = "multi_thread")]
async fn what_people_wrote_is_text() {
    let world = World::new(&[]).await;
    let evil = "<img src=x onerror=alert(1)>\"'&";
    let definition = json!({ "Comment": evil, "StartAt": evil, "States": { evil: {
        "Type": "Choice", "Comment": evil, "Choices": [{ "Variable": "$.a", "StringEquals": evil, "Next": "End" }], "Default": "End"
    }, "End": { "Type": "Fail", "Error": evil, "Cause": evil } } });
    world.machine("evil", &definition).await;
    world.start("evil", "e", &json!({ "a": evil, "<script>": 1 })).await;
    let state = "state=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%22'%26";
    for path in [
        "/console/machines/evil".to_owned(),
        format!("/console/executions/evil:e?{state}"),
        format!("/console/executions/evil:e?{state}&side=definition&left=timeline&event=2"),
        "/console/executions/evil:e?side=data&find=%3Cimg%20src=x%3E".to_owned(),
        "/console/machines/evil/start?from=evil:e".to_owned(),
        "/console/messages?q=%3Cimg%20src=x%3E&status=%3Cimg%20src=x%3E".to_owned(),
    ] {
        let (status, text) = world.read(&path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(!text.contains("<img src=x") && !text.contains("<script>"), "{path}");
    }
}

/// A loop that fills its history to the last event: pages stay small, and everything can still be reached.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_history_does_not_hang_a_page() {
    let world = World::new(&[]).await;
    let definition = json!({ "QueryLanguage": "JSONata", "StartAt": "Count", "States": {
        "Count": { "Type": "Pass", "Output": "{% $states.input %}", "Next": "Again" },
        "Again": { "Type": "Choice", "Choices": [{ "Condition": "{% false %}", "Next": "Never" }], "Default": "Count" },
        "Never": { "Type": "Succeed" } } });
    world.machine("loop", &definition).await;
    let arn = world
        .start("loop", "full", &json!({ "padding": "x".repeat(2_000) }))
        .await;
    world.until(&arn, |status| status == "FAILED").await;
    for query in [
        "",
        "?left=timeline",
        "?state=Count&side=state",
        "?find=ExecutionFailed",
        "?page=500",
        "?state=Count&only=1",
    ] {
        let (status, text) = world.read(&format!("/console/executions/loop:full{query}")).await;
        assert_eq!(status, StatusCode::OK, "{query}");
        assert!(text.len() < 600_000, "{query}: {} bytes", text.len());
    }
    let (_, last) = world.read("/console/executions/loop:full?page=500").await;
    assert!(last.contains("24951–25000 of 25000"), "the last page");
    let (_, raw) = world.read("/console/executions/loop:full/events/25000").await;
    let event: Value = serde_json::from_str(&raw).expect("JSON");
    assert_eq!(event["type"], "ExecutionFailed");
}

/// The largest input there is: shown from its beginning, and whole behind a link.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_payload_is_cut_on_the_page_and_whole_behind_a_link() {
    let world = World::new(&[]).await;
    world
        .machine(
            "m",
            &json!({ "StartAt": "A", "States": { "A": { "Type": "Pass", "End": true } } }),
        )
        .await;
    let input = json!({ "text": "<".repeat(262_000) });
    let arn = world.start("m", "large", &input).await;
    world.until(&arn, |status| status == "SUCCEEDED").await;
    let (status, page) = world.read("/console/executions/m:large?state=A").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.len() < 600_000 && page.contains("Only the beginning is shown"),
        "{} bytes",
        page.len()
    );
    let (_, whole) = world.read("/console/executions/m:large/input").await;
    assert_eq!(serde_json::from_str::<Value>(&whole).expect("JSON"), input);
}

/// Asking again costs nothing while nothing happens.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_is_204() {
    let world = World::new(&[]).await;
    let wait = json!({ "StartAt": "W", "States": { "W": { "Type": "Wait", "Seconds": 3_600, "End": true } } });
    world.machine("wait", &wait).await;
    let arn = world.start("wait", "w", &json!({})).await;
    let (status, _) = world.read("/console/executions/wait:w?since=2").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, page) = world.read("/console/executions/wait:w?since=1").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("data-since=\"2\""));
    // By its ARN it is found, too.
    let answer = world
        .page(&format!("/console/executions/{arn}?state=W"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(answer.headers()["location"], "/console/executions/wait:w?state=W");
    world.ask("StopExecution", &json!({ "executionArn": arn })).await;
    let (status, page) = world.read("/console/executions/wait:w?since=2").await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        !page.contains("data-since"),
        "an execution that has ended is asked about no more"
    );
}

/// Every operation of the document has its page, for everybody, and each example is one that the API's schema allows.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_of_the_api_is_described_and_can_be_tried() {
    let world = World::new(&[]).await;
    let stranger = reqwest::Client::builder().redirect(Policy::none()).no_proxy();
    let stranger = stranger.build().expect("a client");
    let get = async |path: &str| {
        let answer = stranger.get(world.address(path)).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("text"))
    };
    let (status, index) = get("/docs").await;
    assert_eq!(status, StatusCode::OK);
    let document: Value = serde_json::from_str(&get("/openapi.json").await.1).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths
        .values()
        .flat_map(|item| item.as_object().expect("methods").values());
    let mut seen = 0;
    for operation in operations {
        let id = operation["operationId"].as_str().expect("an id");
        let address = format!("/docs/{id}");
        assert!(index.contains(&format!("href=\"{address}\"")), "{id} is not listed");
        let (status, page) = get(&address).await;
        assert_eq!(status, StatusCode::OK, "{id}");
        assert!(page.contains("curl \\\n"), "{id} has no command");
        assert!(!page.contains("<form"), "{id} offers a stranger a form");
        for status in operation["responses"].as_object().expect("answers").keys() {
            assert!(page.contains(&format!("<code>{status}</code>")), "{id} hides {status}");
        }
        seen += 1;
    }
    assert!(seen >= 20, "{seen}");
    assert_eq!(get("/docs/none").await.0, StatusCode::NOT_FOUND);
    let refused = stranger
        .post(world.address("/docs/sendMessage"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
}

/// What is sent from the page is done as whoever sends it, and the answer is shown as it came, refusals too.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_the_api_page_sends_what_it_says() {
    let world = World::new(&[]).await;
    let send = async |operation: &str, fields: &[(&str, &str)]| {
        let filled = reqwest::Url::parse_with_params("http://form", fields).expect("a form");
        let form = world.http.post(world.address(&format!("/docs/{operation}")));
        let form = form
            .header("content-type", "application/x-www-form-urlencoded")
            .body(filled.query().unwrap_or_default().to_owned());
        let answer = form.send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("text"))
    };
    let fields = [
        ("field.Idempotency-Key", "it's tea"),
        ("body", "{\"body\": \"Tea <b>\"}"),
    ];
    let (status, page) = send("sendMessage", &fields).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("202 Accepted") && page.contains("Tea &#60;b&#62;"),
        "{page}"
    );
    assert!(
        page.contains("&#39;Idempotency-Key: it&#39;\\&#39;&#39;s tea&#39;"),
        "{page}"
    );
    let (_, again) = send("sendMessage", &fields).await;
    assert!(again.contains("idempotent-replayed"), "{again}");
    let (_, list) = send("listMessages", &[("field.limit", "5"), ("field.status", "")]).await;
    assert!(
        list.contains("200 OK") && list.contains("/api/messages?limit=5"),
        "{list}"
    );
    for (operation, fields, said) in [
        (
            "sendMessage",
            [("body", "{\"body\": \"\"}")].as_slice(),
            "422 Unprocessable Entity",
        ),
        ("sendMessage", &[("body", "no JSON")], "400 Bad Request"),
        ("readMessage", &[("field.id", "none/..?")], "404 Not Found"),
        ("readMessage", &[], "must be filled in"),
        ("listMessages", &[("field.limit", "many")], "must be a whole number"),
    ] {
        let (status, page) = send(operation, fields).await;
        assert_eq!(status, StatusCode::OK, "{operation} {fields:?}");
        assert!(page.contains(said), "{operation} {fields:?}: {page}");
    }
    let (status, _) = send("sendMessage", &[("field.Idempotency-Key", "a\nb"), ("body", "{}")]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(send("watchEvents", &[]).await.0, StatusCode::NOT_FOUND);
}

/// One message has failed: the alarms and objectives say so alike on the page, in the API and to Prometheus.
#[tokio::test(flavor = "multi_thread")]
async fn alarms_and_objectives_are_the_same_wherever_they_are_read() {
    let world = World::new(&[super::REFUSED]).await;
    world.failed("full").await;
    // An answer that can be measured.
    world.read("/api/messages").await;
    let (_, health) = world.read("/api/health").await;
    let health: Value = serde_json::from_str(&health).expect("JSON");
    let (_, metrics) = world.read("/metrics").await;
    let (_, page) = world.read("/console/health").await;
    for (name, state, value) in [
        ("dead-letters", "ALARM", Some(1.0)),
        ("success-rate", "ALARM", Some(0.0)),
        ("notification-failures", "OK", Some(1.0)),
        ("function-errors", "OK", Some(0.0)),
        ("circuit-breaker", "INSUFFICIENT_DATA", None),
        ("availability", "OK", Some(100.0)),
        ("response-p95", "OK", None),
    ] {
        let alarms = health["alarms"].as_array().expect("alarms");
        let alarm = alarms.iter().find(|alarm| alarm["name"] == name).expect("it is there");
        assert_eq!(alarm["state"], state, "{alarm}");
        assert!(value.is_none_or(|value| alarm["value"] == value), "{alarm}");
        let sample = format!("rez_alarm_state{{alarm=\"{name}\",state=\"{state}\"}} 1.0");
        assert!(metrics.contains(&sample), "{sample}\n{metrics}");
        assert!(page.contains(&format!("<code>{name}</code>")), "{name}");
    }
    assert!(
        page.contains(">alarm</span>") && page.contains("more than 240 s"),
        "{page}"
    );
}
