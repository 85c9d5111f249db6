//! What every activity Lambda shares: telemetry, configuration, errors on the wire.
//!
//! An activity implements [`Handler`] and knows its ports. [`invoke`] turns a payload into an answer or a [`WireError`];
//! the Lambda adapter and the local engine both call it, so that an activity behaves alike in both. [`Lambda`] is the one
//! place that knows `lambda_runtime`.
//!
//! This crate does not know which activities exist.

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

pub use clock::{Clock, FixedClock, SystemClock};
pub use emf::Emf;
pub use environment::{Environment, MissingSetting, setting};
pub use failure::{Failure, Infrastructure, Kind};
pub use handler::{Handler, Invocation, Subject};
pub use invoke::{Invoke, invoke};
pub use lambda::{Lambda, StartError};
pub use logs::{JsonLogs, init_logs, level, log_filter};
pub use metrics::{Measurement, Metric, Metrics, NAMESPACE, Unit};
pub use parameters::{EnvironmentParameters, FixedParameters, ParameterError, Parameters};
pub use ssm::SsmParameters;
pub use tally::{Series, Tally};
pub use wire_error::WireError;
