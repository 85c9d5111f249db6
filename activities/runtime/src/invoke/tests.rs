//! An activity that does what its input says, called as hosts call it.

use expr::NoError;
use serde::{Deserialize, Serialize};

use super::*;
use crate::Kind;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Answer,
    FailDeclared,
    FindStoreAway,
    PanicBeforeFuture,
    PanicInFuture,
}

#[derive(Debug, Serialize, Deserialize, thiserror::Error)]
#[error("told to fail")]
struct Told;

impl ActivityError for Told {
    const NAMES: &'static [&'static str] = &["Obey.Told"];
    const VARIANTS: &'static [&'static str] = &["Told"];

    fn error_name(&self) -> &'static str {
        "Obey.Told"
    }

    fn payload(&self) -> String {
        r#"{"by":"the test"}"#.to_owned()
    }
}

struct Obey;

impl Activity for Obey {
    const NAME: &'static str = "Obey";
    type Input = Order;
    type Output = Option<bool>;
    type Error = Told;
}

impl Handler for Obey {
    type Activity = Self;

    fn subject(_: &Order) -> Subject {
        Subject::default()
    }

    fn handle(
        &self,
        order: Order,
        invocation: &Invocation,
    ) -> impl Future<Output = Result<Option<bool>, Failure<Told>>> + Send {
        assert!(!matches!(order, Order::PanicBeforeFuture), "a person's text");
        async move {
            tokio::task::yield_now().await;
            match order {
                Order::FailDeclared => Err(Failure::Declared(Told)),
                Order::FindStoreAway => Err(Infrastructure::new(Kind::Unavailable, "PutItem: no answer").into()),
                Order::PanicInFuture => panic!("a person's text"),
                Order::Answer | Order::PanicBeforeFuture => Ok(invocation.repeated.then_some(true)),
            }
        }
    }
}

async fn call(payload: &str) -> Result<String, (&'static str, String)> {
    let handler: &dyn Invoke = &Obey;
    let ended = handler.invoke(payload.as_bytes(), &Invocation::default()).await;
    ended
        .map(|json| String::from_utf8(json).unwrap())
        .map_err(|error| (error.error_type, error.error_message))
}

#[tokio::test]
async fn an_answer_is_json_and_writes_null() {
    assert_eq!(call(r#""answer""#).await.unwrap(), "null");
    let repeated = Invocation {
        repeated: true,
        ..Invocation::default()
    };
    assert_eq!(invoke(&Obey, br#""answer""#, &repeated).await.unwrap(), b"true");
    assert_eq!(Invoke::name(&Obey), "Obey");
}

#[tokio::test]
async fn every_failure_has_its_name() {
    let panicked = ("Activity.Panicked", "the activity panicked: see its log".to_owned());
    assert_eq!(
        call(r#""fail_declared""#).await.unwrap_err(),
        ("Obey.Told", r#"{"by":"the test"}"#.to_owned())
    );
    assert_eq!(
        call(r#""find_store_away""#).await.unwrap_err(),
        ("Activity.Unavailable", "PutItem: no answer".to_owned())
    );
    assert_eq!(call(r#""panic_before_future""#).await.unwrap_err(), panicked);
    assert_eq!(call(r#""panic_in_future""#).await.unwrap_err(), panicked);
    assert_eq!(call(r#""dance""#).await.unwrap_err().0, "Activity.InvalidInput");
}

#[test]
fn an_activity_without_errors_can_only_fail_by_its_surroundings() {
    let failure: Failure<NoError> = Infrastructure::new(Kind::Failed, "why").caused_by(Told).into();
    assert_eq!(WireError::from(&failure).error_type, "Activity.Failed");
    let Failure::Infrastructure(failure) = failure;
    assert_eq!(causes(&failure).as_deref(), Some("told to fail"));
}
