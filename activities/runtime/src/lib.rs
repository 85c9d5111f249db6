//! What every activity Lambda shares: telemetry, configuration, errors on the wire.
//!
//! An activity implements [`Handler`] and knows its ports. [`invoke`] turns a payload into an answer or a [`WireError`];
//! the Lambda adapter and the local engine both call it, so that an activity behaves alike in both. [`Lambda`] is the one
//! place that knows `lambda_runtime`.
//!
//! This crate does not know which activities exist.
//!
//! ```
//! use activity_runtime::{Failure, Handler, Infrastructure, Invocation, Kind, Subject, invoke};
//! use expr::{Activity, NoError};
//!
//! /// The contract: what goes in, what comes out.
//! struct CountLetters;
//!
//! impl Activity for CountLetters {
//!     const NAME: &'static str = "CountLetters";
//!     type Input = String;
//!     type Output = usize;
//!     type Error = NoError;
//! }
//!
//! /// The code that keeps it.
//! struct Counter;
//!
//! impl Handler for Counter {
//!     type Activity = CountLetters;
//!
//!     fn subject(_: &String) -> Subject {
//!         Subject::default()
//!     }
//!
//!     async fn handle(&self, text: String, _: &Invocation) -> Result<usize, Failure<NoError>> {
//!         match text.as_str() {
//!             "" => Err(Infrastructure::new(Kind::Unavailable, "the text has not come yet").into()),
//!             text => Ok(text.chars().count()),
//!         }
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let invocation = Invocation::default();
//! assert_eq!(invoke(&Counter, br#""hello""#, &invocation).await.unwrap(), b"5");
//!
//! let error = invoke(&Counter, br#""""#, &invocation).await.unwrap_err();
//! assert_eq!(error.to_string(), "Activity.Unavailable: the text has not come yet");
//!
//! let error = invoke(&Counter, b"5", &invocation).await.unwrap_err();
//! assert_eq!(error.to_string(), "Activity.InvalidInput: input: expected a string");
//! # });
//! ```

mod acknowledgement;
mod clock;
mod emf;
mod environment;
mod failure;
mod handler;
mod input;
mod invoke;
mod lambda;
mod logs;
mod metrics;
mod parameters;
mod ssm;
mod tally;
mod wire_error;

pub use acknowledgement::{AcknowledgementLinks, ShortKey};
pub use clock::{Clock, FixedClock, SystemClock};
pub use emf::Emf;
pub use environment::{Environment, MissingSetting, setting};
pub use failure::{Failure, Infrastructure, Kind};
pub use handler::{Handler, Invocation, Subject};
pub use invoke::{Invoke, invoke};
pub use lambda::{Lambda, REPEATED, StartError};
pub use logs::{JsonLogs, init_logs, level, log_filter};
pub use metrics::{Measurement, Metric, Metrics, NAMESPACE, Unit};
pub use parameters::{EnvironmentParameters, FixedParameters, ParameterError, Parameters};
pub use ssm::SsmParameters;
pub use tally::{Series, Tally};
pub use wire_error::WireError;
