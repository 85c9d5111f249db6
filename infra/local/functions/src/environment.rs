//! One execution environment: a process and the API through which it gets its events.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use crate::death::Death;
use crate::output::Output;
use crate::process::Process;
use crate::runtime_api::{Event, RuntimeApi, Said};
use crate::settings::Settings;

/// A call of a function.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Names the call: a UUID on Lambda.
    pub request_id: String,
    /// The event, as JSON; at most [`PAYLOAD_BYTES`](crate::PAYLOAD_BYTES).
    pub payload: String,
    /// Where the call stands in a trace, as X-Ray writes it: `Root=1-…;Parent=…;Sampled=1`.
    pub trace: Option<String>,
    /// `ClientContext` of Lambda's Invoke, as JSON.
    pub client_context: Option<String>,
}

/// What a process answered.
#[derive(Debug)]
pub(crate) enum Answer {
    Response(String),
    /// What it said of its error.
    Error(String),
}

/// A process that has begun, or is about to.
#[derive(Debug)]
pub(crate) struct Environment {
    process: Process,
    api: RuntimeApi,
    /// Where the next event goes, once the process has asked for it.
    asked: Option<oneshot::Sender<Event>>,
}

impl Environment {
    /// Starts the program and waits until it asks for its first event.
    pub(crate) async fn start(settings: &Settings, output: &Arc<dyn Output>, until: Instant) -> Result<Self, Death> {
        let api = RuntimeApi::listen().await.map_err(Death::NotStarted)?;
        let process = Process::start(settings, api.address, output).map_err(Death::NotStarted)?;
        let mut environment = Self {
            process,
            api,
            asked: None,
        };
        environment.asks(until).await?;
        Ok(environment)
    }

    /// The number of its process.
    pub(crate) fn process_id(&self) -> Option<i32> {
        self.process.id()
    }

    /// Waits until the process has nothing to do.
    pub(crate) async fn asks(&mut self, until: Instant) -> Result<(), Death> {
        while self.asked.is_none() {
            match self.hears(until).await? {
                Said::Next(asked) => self.asked = Some(asked),
                Said::InitError(said) => return Err(Death::Init(said)),
                // The API lets nobody answer what was not asked.
                Said::Response(_) | Said::Error(_) => {}
            }
        }
        Ok(())
    }

    /// Gives the process an event and waits for its answer.
    pub(crate) async fn invoke(
        &mut self,
        settings: &Settings,
        invocation: &Invocation,
        until: Instant,
    ) -> Result<Answer, Death> {
        let event = event(settings, invocation, until);
        loop {
            self.process.thaw();
            self.asks(until).await?;
            self.api.begins(&event.request_id);
            let given = self.asked.take().map(|asked| asked.send(event.clone()));
            if matches!(given, Some(Ok(()))) {
                break;
            }
            // A process that has hung up asks again.
            self.api.withdraws();
        }
        loop {
            match self.hears(until).await? {
                Said::Response(payload) => return Ok(Answer::Response(payload)),
                Said::Error(payload) => return Ok(Answer::Error(payload)),
                Said::Next(_) | Said::InitError(_) => {}
            }
        }
    }

    /// Keeps the process from running until there is an event for it.
    pub(crate) fn freeze(&mut self) {
        self.process.freeze();
    }

    /// Whether its process still runs.
    pub(crate) fn lives(&mut self) -> bool {
        !self.process.has_exited()
    }

    async fn hears(&mut self, until: Instant) -> Result<Said, Death> {
        tokio::select! {
            // What it said before it ended counts.
            biased;
            Some(said) = self.api.said.recv() => Ok(said),
            status = self.process.exited() => self.api.said.try_recv().map_err(|_| Death::Exited(status)),
            () = sleep_until(until) => Err(Death::TimedOut),
        }
    }
}

fn event(settings: &Settings, invocation: &Invocation, until: Instant) -> Event {
    let left = until.saturating_duration_since(Instant::now());
    let deadline = SystemTime::now() + left;
    let milliseconds = deadline
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_millis();
    let mut headers = vec![
        ("lambda-runtime-aws-request-id", invocation.request_id.clone()),
        ("lambda-runtime-deadline-ms", milliseconds.to_string()),
        ("lambda-runtime-invoked-function-arn", settings.arn.clone()),
    ];
    headers.extend(invocation.trace.clone().map(|trace| ("lambda-runtime-trace-id", trace)));
    let context = invocation.client_context.clone();
    headers.extend(context.map(|context| ("lambda-runtime-client-context", context)));
    Event {
        request_id: invocation.request_id.clone(),
        headers,
        payload: invocation.payload.clone(),
    }
}
