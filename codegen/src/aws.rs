//! The template of AWS SAM: the parts that people write in `infra/aws/parts`, and what follows from the activities and the
//! workflows: functions with their roles, state machines with theirs, alarms, the dashboard and saved queries.

mod alarms;
mod cost;
mod dashboard;
mod error;
mod function;
mod machine;
mod names;
mod part;
mod queries;
mod targets;
mod template;

pub(crate) use cost::transitions;
pub use cost::{BOUNDS, Line, Load, costs};
pub use error::TemplateError;
pub use function::{Function, functions};
pub use template::template;
