//! A function: it is invoked, and answers as Lambda would.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::death::Death;
use crate::environment::{Answer, Environment, Invocation};
use crate::output::Output;
use crate::pool::{Held, Pool};
use crate::settings::{PAYLOAD_BYTES, Settings};

/// A Lambda function of this machine. Its processes end when it is dropped.
pub struct Function {
    settings: Arc<Settings>,
    output: Arc<dyn Output>,
    pool: Arc<Pool>,
}

/// A call gave no output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvokeError {
    /// The function failed, as `X-Amz-Function-Error` says of Lambda's answer: the answer's payload, mostly an object with
    /// `errorType` and `errorMessage`.
    #[error("{0}")]
    Function(String),
    /// The same, and what failed it is that somebody ended its process by SIGTERM: whoever ends everything that belongs to this
    /// process, as service managers do, ends this process as well.
    #[error("{0}")]
    Terminated(String),
    /// The event is longer than [`PAYLOAD_BYTES`]: `RequestTooLargeException`.
    #[error("{0} byte payload is too large for the RequestResponse invocation type (limit {PAYLOAD_BYTES} bytes)")]
    TooLarge(usize),
    /// The function has been ended.
    #[error("the function ends")]
    Ended,
}

impl Function {
    /// A function, of which nothing runs yet.
    pub fn new(settings: Settings, output: Arc<dyn Output>) -> Self {
        Self {
            settings: Arc::new(settings),
            output,
            pool: Pool::new(),
        }
    }

    /// What it was made with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Gives the function an event and waits for its answer, which is JSON text.
    ///
    /// Whoever stops waiting does not stop the function: on Lambda nobody can. An event that waits for a process goes with its
    /// caller.
    pub async fn invoke(&self, invocation: Invocation) -> Result<String, InvokeError> {
        if invocation.payload.len() > PAYLOAD_BYTES {
            return Err(InvokeError::TooLarge(invocation.payload.len()));
        }
        let (mut answer, answered) = oneshot::channel();
        let call = Call {
            settings: Arc::clone(&self.settings),
            output: Arc::clone(&self.output),
            invocation,
        };
        let pool = Arc::clone(&self.pool);
        self.pool.run(async move {
            let held = tokio::select! {
                held = pool.hold(call.settings.most) => held,
                // No process has seen the event yet: on Lambda it would have been throttled.
                () = answer.closed() => return,
            };
            call.run(held, answer).await;
        });
        answered.await.unwrap_or(Err(InvokeError::Ended))
    }

    /// Starts a process ahead of its first event, unless one has nothing to do, as Lambda does where concurrency is provisioned.
    pub async fn warm(&self) -> Result<(), InvokeError> {
        let (settings, output, pool) = (
            Arc::clone(&self.settings),
            Arc::clone(&self.output),
            Arc::clone(&self.pool),
        );
        let (warm, warmed) = oneshot::channel();
        self.pool.run(async move {
            let mut held = pool.hold(settings.most).await;
            let begun = match held.environment.take() {
                Some(environment) => Ok(environment),
                None => Environment::start(&settings, &output, Instant::now() + settings.init).await,
            };
            let begun = begun.map(|mut environment| {
                environment.freeze();
                held.environment = Some(environment);
                held.keep(&settings);
            });
            // Whoever has gone away need not know.
            let _ = warm.send(begun.map_err(|death| InvokeError::Function(death.payload("", settings.init))));
        });
        warmed.await.unwrap_or(Err(InvokeError::Ended))
    }

    /// How many processes there are.
    pub fn processes(&self) -> usize {
        self.pool.alive()
    }

    /// The numbers of the processes that have nothing to do: they are frozen.
    pub fn frozen(&self) -> Vec<i32> {
        self.pool.idle()
    }

    /// Ends every process at once, as Lambda does with functions that have no extensions.
    pub fn kill(&self) {
        self.pool.kill();
    }

    /// The same; returns when no call runs any more.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Function")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.kill();
    }
}

/// One call on its way.
struct Call {
    settings: Arc<Settings>,
    output: Arc<dyn Output>,
    invocation: Invocation,
}

impl Call {
    async fn run(self, mut held: Held, answer: oneshot::Sender<Result<String, InvokeError>>) {
        let (environment, until) = match held.environment.take() {
            Some(environment) => (Ok(environment), self.until()),
            None => self.begin().await,
        };
        let answered = match environment {
            Ok(environment) => {
                let environment = held.environment.insert(environment);
                environment.invoke(&self.settings, &self.invocation, until).await
            }
            Err(death) => Err(death),
        };
        if answered.is_err() {
            // It is gone before anybody hears of it.
            held.environment = None;
        }
        let told = match &answered {
            Ok(Answer::Response(payload)) => Ok(payload.clone()),
            Ok(Answer::Error(payload)) => Err(InvokeError::Function(payload.clone())),
            Err(death) if death.is_termination() => Err(InvokeError::Terminated(self.died(death))),
            Err(death) => Err(InvokeError::Function(self.died(death))),
        };
        if answered.is_ok() {
            held.settles();
        }
        // A caller that has gone away needs no answer.
        let _ = answer.send(told);
        if answered.is_ok() {
            self.settle(held, until).await;
        }
    }

    /// When this call has taken too long, from now.
    fn until(&self) -> Instant {
        Instant::now() + self.settings.timeout
    }

    /// A new environment. One that does not begin in time, or ends, is begun once more within the time of the call.
    ///
    /// Source: "Understanding the Lambda execution environment lifecycle", "Failures during the Init phase".
    async fn begin(&self) -> (Result<Environment, Death>, Instant) {
        let begun = Instant::now() + self.settings.init;
        match Environment::start(&self.settings, &self.output, begun).await {
            Err(Death::NotStarted(error)) => (Err(Death::NotStarted(error)), self.until()),
            Err(_) => {
                let until = self.until();
                (Environment::start(&self.settings, &self.output, until).await, until)
            }
            Ok(environment) => (Ok(environment), self.until()),
        }
    }

    fn died(&self, death: &Death) -> String {
        // What a function says of its start may quote its configuration: that is for its caller.
        let how = death.name();
        tracing::warn!(
            function = self.settings.name,
            how,
            "the process of a function has ended"
        );
        death.payload(&self.invocation.request_id, self.settings.timeout)
    }

    /// Keeps the environment if its process asks for its next event within the time of its last one.
    async fn settle(&self, mut held: Held, until: Instant) {
        let Some(environment) = held.environment.as_mut() else {
            return;
        };
        if environment.asks(until).await.is_ok() {
            environment.freeze();
            held.keep(&self.settings);
        }
    }
}
