//! The real client against a small topic that answers over HTTP.

use std::sync::{Arc, Mutex};

use aws_sdk_sns::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
use axum::{Router, extract::State, http::StatusCode, routing::post};
use contracts::{MessageType, Status};

use super::*;

/// What was asked, and what is answered.
type Topic = Arc<(Mutex<Vec<String>>, StatusCode, &'static str)>;

async fn answer(State(topic): State<Topic>, request: String) -> (StatusCode, &'static str) {
    topic.0.lock().unwrap().push(request);
    (topic.1, topic.2)
}

async fn topic(status: StatusCode, body: &'static str) -> (SnsEvents, Topic) {
    let topic: Topic = Arc::new((Mutex::default(), status, body));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/", post(answer)).with_state(topic.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = aws_sdk_sns::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(url)
        .build();
    (
        SnsEvents::new(Client::from_conf(config), "arn:aws:sns:us-east-1:000000000000:events"),
        topic,
    )
}

fn event() -> MessageEvent {
    MessageEvent {
        message_id: "m".into(),
        status: Status::Completed,
        stage: "dev".into(),
        message_type: MessageType::Api,
        owner: None,
        correlation_id: None,
        execution_arn: "arn:m".into(),
        redrive: 0,
        finished_at: jiff::Timestamp::UNIX_EPOCH,
        ntfy_id: None,
        reason: None,
    }
}

#[tokio::test]
async fn an_event_goes_to_the_topic_with_attributes_to_filter_by() {
    let taken = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
    let (events, topic) = topic(StatusCode::OK, taken).await;
    events.publish(&event()).await.unwrap();
    let asked = topic.0.lock().unwrap();
    let [request] = &asked[..] else {
        panic!("one request: {asked:?}")
    };
    for part in [
        "Action=Publish",
        "TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A000000000000%3Aevents",
        "Name=message_type&MessageAttributes.entry",
        "StringValue=completed",
        "message_id%22%3A%22m%22",
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_from_an_outage() {
    let refusal = "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code></Error></ErrorResponse>";
    let outage = "<ErrorResponse><Error><Type>Receiver</Type><Code>Throttled</Code></Error></ErrorResponse>";
    for (status, body, retryable, text) in [
        (StatusCode::NOT_FOUND, refusal, false, "Publish: NotFound"),
        (StatusCode::TOO_MANY_REQUESTS, outage, true, "Publish: Throttled"),
        (StatusCode::BAD_GATEWAY, "a page of a proxy", true, "Publish: no answer"),
    ] {
        let (events, _) = topic(status, body).await;
        let error = events.publish(&event()).await.unwrap_err();
        assert_eq!((error.retryable, error.to_string().as_str()), (retryable, text));
    }
}
