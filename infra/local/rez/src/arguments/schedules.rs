//! The options of `rez schedules`.

use std::ffi::OsString;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::MessageOptions;
use super::values::at_least_one;

#[derive(Debug, Args)]
pub(crate) struct SchedulesArgs {
    #[command(subcommand)]
    pub(crate) action: Option<SchedulesAction>,
    /// JSON lines.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SchedulesAction {
    /// List the schedules, by name.
    #[command(after_help = "Example: rez schedules list --json")]
    List,
    /// Create a schedule that sends a message.
    #[command(
        after_help = "Example: rez schedules create stand-up --cron \"0 9 ? * MON-FRI *\" --timezone Europe/Berlin -- \"Stand-up\"\n         \
                            rez schedules create disk --rate \"6 hours\" --priority low -- \"Look at the disks\"\n         \
                            rez schedules create party --at 2030-12-31T23:59:00 -- \"Happy new year\""
    )]
    Create(Box<CreateArgs>),
    /// Show a schedule, with its next times.
    #[command(after_help = "Example: rez schedules show daily")]
    Show(NameArgs),
    /// Pause a schedule: it does not fire until it is resumed.
    #[command(after_help = "Example: rez schedules pause daily")]
    Pause(NameArgs),
    /// Let a paused schedule go on, with the next of its times.
    #[command(after_help = "Example: rez schedules resume daily")]
    Resume(NameArgs),
    /// Delete a schedule. What it has sent goes on.
    #[command(after_help = "Example: rez schedules delete daily")]
    Delete(NameArgs),
    /// Say when an expression fires, and create nothing.
    #[command(after_help = "Example: rez schedules next \"cron(0 9 L * ? *)\" --timezone Europe/Berlin --count 12")]
    Next(NextArgs),
}

#[derive(Debug, Args)]
pub(crate) struct NameArgs {
    /// The schedule's name.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: String,
}

/// When to fire: one of them.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct WhenArgs {
    /// Minutes, hours, day of month, month, day of week, year; one of the fields for days is ?.
    #[arg(long, value_name = "FIELDS")]
    pub(crate) cron: Option<String>,
    /// Again and again after so long: 5 minutes, 6 hours, 1 day.
    #[arg(long, value_name = "VALUE UNIT")]
    pub(crate) rate: Option<String>,
    /// Once, at this time in the time zone.
    #[arg(long, value_name = "YYYY-MM-DDThh:mm:ss")]
    pub(crate) at: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// The schedule's name: 1 to 64 of A-Z a-z 0-9 - _ .
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: String,
    /// The text; `-` reads standard input.
    pub(crate) body: OsString,
    #[command(flatten)]
    pub(crate) when: WhenArgs,
    /// The time zone whose clocks count, as Europe/Berlin.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub(crate) timezone: String,
    /// It does not fire before this; a rate counts from here.
    #[arg(long, value_name = "RFC3339")]
    pub(crate) start: Option<Timestamp>,
    /// It does not fire after this.
    #[arg(long, value_name = "RFC3339")]
    pub(crate) end: Option<Timestamp>,
    /// How late a time that was missed may be made up for, 60s to 1d. A day when left out.
    #[arg(long, value_name = "DURATION")]
    pub(crate) catch_up: Option<String>,
    /// Create it, and let it fire only once it is resumed.
    #[arg(long)]
    pub(crate) paused: bool,
    #[command(flatten)]
    pub(crate) options: MessageOptions,
}

#[derive(Debug, Args)]
pub(crate) struct NextArgs {
    /// `rate(…)`, `cron(…)` or `at(…)`.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) expression: String,
    /// The time zone whose clocks count, as Europe/Berlin.
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub(crate) timezone: String,
    /// From when on; now when left out. A rate counts from here.
    #[arg(long, value_name = "RFC3339")]
    pub(crate) from: Option<Timestamp>,
    /// How many times.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = at_least_one)]
    pub(crate) count: usize,
}
