use std::sync::atomic::{AtomicUsize, Ordering};

use aws_config::Region;
use axum::http::StatusCode;
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;

use super::refusal::plain;
use super::*;

#[test]
fn a_code_is_read_however_it_is_written() {
    for code in [
        "ExecutionDoesNotExist",
        "com.amazonaws.swf.service.v2.model#ExecutionDoesNotExist",
        "ExecutionDoesNotExist:http://internal.amazon.com/coral/com.amazon.coral.validate/",
        "aws.protocols#ExecutionDoesNotExist:http://internal.amazon.com/coral/",
    ] {
        assert_eq!(plain(code), "ExecutionDoesNotExist", "{code}");
    }
}

#[test]
fn an_error_is_read_in_json_and_in_xml() {
    let json = br#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}"#;
    let xml = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
    let of = |body| said(None, body);
    assert_eq!(
        of(json),
        (Some("AccessDeniedException".to_owned()), Some("no".to_owned()))
    );
    assert_eq!(of(xml), (Some("AccessDenied".to_owned()), Some("no".to_owned())));
    assert_eq!(of(b"<html>"), (None, None));
    assert_eq!(said(Some("Throttling:http://x/"), b"").0.as_deref(), Some("Throttling"));
}

#[test]
fn china_has_a_domain_of_its_own() {
    let of = |region| Service::STEP_FUNCTIONS.endpoint(region);
    assert_eq!(of("eu-central-1"), "https://states.eu-central-1.amazonaws.com/");
    assert_eq!(of("cn-north-1"), "https://states.cn-north-1.amazonaws.com.cn/");
}

/// A service that refuses the first requests as this code says, and answers the others.
async fn refusing(times: usize, code: &'static str) -> (Signed, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let answer = move || async move {
        let refused = counted.fetch_add(1, Ordering::Relaxed) < times;
        let status = if refused {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::OK
        };
        (status, Json(json!({ "__type": code })))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let aws = SdkConfig::builder()
        .region(Region::new("eu-central-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "key", "secret", None, None, "tests",
        )))
        .build();
    let signed = Signed {
        pause: Duration::ZERO,
        ..Signed::new(&aws).unwrap()
    };
    (signed, asked)
}

#[tokio::test]
async fn what_is_asked_for_too_often_is_asked_for_again_and_nothing_else_is() {
    for (times, code, asked_for, answered) in [
        (4, "ThrottlingException", 5, true),
        (9, "com.amazonaws.logs#ThrottlingException", 5, false),
        (1, "AccessDeniedException", 1, false),
    ] {
        let (signed, asked) = refusing(times, code).await;
        let answer = signed.call(&Service::LOGS, "FilterLogEvents", &json!({})).await;
        assert_eq!(answer.is_ok(), answered, "{code}");
        assert_eq!(asked.load(Ordering::Relaxed), asked_for, "{code}");
    }
}
