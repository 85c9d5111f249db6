//! When a schedule fires: the expressions of EventBridge Scheduler, and the times that they mean.
//!
//! Nothing here knows what time it is, and no file is read: the time zones are part of the crate, so that every machine
//! and every run answers the same.
//!
//! ```
//! use schedule::{Expression, Schedule, Zone};
//!
//! let nine_on_weekdays = Schedule {
//!     expression: Expression::parse("cron(0 9 ? * MON-FRI *)").unwrap(),
//!     zone: Zone::named("Europe/Berlin").unwrap(),
//!     start: None,
//!     end: None,
//!     created_at: "2026-03-01T00:00:00Z".parse().unwrap(),
//! };
//! // The clocks go forward on Sunday, 29 March: nine o'clock comes an hour earlier from then on.
//! let friday = "2026-03-27T08:00:00Z".parse().unwrap();
//! assert_eq!(nine_on_weekdays.at_or_after(friday), Some(friday));
//! assert_eq!(nine_on_weekdays.next(friday), Some("2026-03-30T07:00:00Z".parse().unwrap()));
//!
//! let wrong = Expression::parse("cron(0 25 * * ? *)").unwrap_err();
//! assert_eq!(wrong.to_string(), "hours: 25 is out of range: write 0 to 23");
//! assert_eq!(
//!     format!("{wrong:#}"),
//!     "hours: 25 is out of range: write 0 to 23\n  cron(0 25 * * ? *)\n         ^^"
//! );
//! ```
//!
//! Source of every rule: EventBridge Scheduler user guide, "Schedule types", and its API reference, `CreateSchedule`.

mod cron;
mod error;
mod expression;
mod rate;
mod schedule;
mod zone;

pub use cron::Cron;
pub use error::ExpressionError;
pub use expression::Expression;
pub use rate::Rate;
pub use schedule::Schedule;
pub use zone::{UnknownZone, Zone};
