//! A function that does what it is told, and what it says meanwhile.

use std::sync::Arc;
use std::time::Duration;

use functions::{Function, Invocation, InvokeError, Output, Settings, Stream};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// How long anything here may take that only waits for a process.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Passes lines on to a test.
struct Lines(mpsc::UnboundedSender<(Stream, String)>);

impl Output for Lines {
    fn line(&self, function: &str, stream: Stream, line: &str) {
        assert_eq!(function, "unruly");
        // A test that is over listens no more.
        let _ = self.0.send((stream, line.to_owned()));
    }
}

/// The function and the lines of its processes.
pub(crate) struct Unruly {
    pub(crate) function: Arc<Function>,
    pub(crate) lines: mpsc::UnboundedReceiver<(Stream, String)>,
}

impl Unruly {
    pub(crate) fn new(with: impl FnOnce(&mut Settings)) -> Self {
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:unruly";
        let mut settings = Settings::new("unruly", arn, env!("CARGO_BIN_EXE_unruly-function"));
        settings.timeout = PATIENCE;
        with(&mut settings);
        let (say, lines) = mpsc::unbounded_channel();
        Self {
            function: Arc::new(Function::new(settings, Arc::new(Lines(say)))),
            lines,
        }
    }

    /// A function whose start goes as `init` says.
    pub(crate) fn beginning(init: &str, with: impl FnOnce(&mut Settings)) -> Self {
        Self::new(|settings| {
            settings.environment.push(("UNRULY_INIT".to_owned(), init.to_owned()));
            with(settings);
        })
    }

    pub(crate) async fn told(&self, event: Value) -> Result<Value, Value> {
        match invoke(&self.function, event).await {
            Ok(answer) => Ok(answer),
            Err(InvokeError::Function(payload)) => Err(serde_json::from_str(&payload).unwrap()),
            Err(other) => panic!("{other}"),
        }
    }
}

pub(crate) fn invocation(event: &Value) -> Invocation {
    Invocation {
        request_id: uuid::Uuid::new_v4().to_string(),
        payload: event.to_string(),
        trace: Some("Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1".to_owned()),
        client_context: Some(json!({ "custom": { "a": "b" } }).to_string()),
    }
}

pub(crate) async fn invoke(function: &Function, event: Value) -> Result<Value, InvokeError> {
    let answer = tokio::time::timeout(PATIENCE, function.invoke(invocation(&event))).await;
    answer
        .expect("it ends")
        .map(|answer| serde_json::from_str(&answer).unwrap())
}

/// Waits until something of another process is so: there is nothing to wait on but to look again.
pub(crate) async fn until(so: impl Fn() -> bool) {
    let waiting = async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("it comes to be so");
}

/// The state of a process, as `ps` shows it; `None` if there is none. Linux alone tells.
pub(crate) fn state(process: i32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}
