//! The API and the console as a Lambda function: the same router as on one machine, over ports that ask AWS.
//!
//! API Gateway's authorizer has looked at the token of a request to `/api/*` before it comes here; it is verified once more by
//! the same code, so that a route on which the authorizer was forgotten is no open door. Pages are let in by their cookies
//! alone, which are opened here.

mod changes;
mod measures;
mod places;
mod router;
mod settings;
mod signed;
mod start;
mod step_functions;
mod task_tokens;

pub use changes::StageChanges;
pub use console::ServiceError;
pub use measures::AwsMeasures;
pub use places::Places;
pub use router::router;
pub use settings::{Settings, WrongSetting};
pub use signed::{CannotSign, Service, Signed, said};
pub use start::{StartError, on_aws};
pub use step_functions::SignedStepFunctions;
pub use task_tokens::SfnTaskTokens;
