//! The options of commands that look after what is under way.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use contracts::limits;

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Warnings count as problems.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Send a message of the lowest priority to the topic, to see whether it takes one.
    #[arg(long)]
    pub(crate) send_test: bool,
    /// How much of the disk should be free, in MiB.
    #[arg(long, default_value_t = 512, value_name = "MIB")]
    pub(crate) free: u64,
    /// JSON lines.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DlqArgs {
    #[command(subcommand)]
    pub(crate) action: Option<DlqAction>,
    /// JSON lines.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DlqAction {
    /// List the dead letters, the newest first.
    #[command(after_help = "Example: rez dlq list --json")]
    List,
    /// Send dead letters again, each as a new execution.
    #[command(after_help = "Example: rez dlq redrive --all")]
    Redrive(RedriveArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RedriveArgs {
    /// The messages' ids.
    #[arg(conflicts_with = "all", value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) ids: Vec<String>,
    /// Every dead letter there is.
    #[arg(long)]
    pub(crate) all: bool,
    /// Say what would be sent again, and send nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Let an execution of `redrive-dead-letters` do it: a few at a time, under the retries of a workflow, and with a
    /// history that can be read later.
    #[arg(long, conflicts_with_all = ["ids", "all"])]
    pub(crate) workflow: bool,
    /// How many the workflow sends again at most: 1 to 100.
    #[arg(long, requires = "workflow", conflicts_with_all = ["ids", "all"], value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(limits::REDRIVES)))]
    pub(crate) limit: u32,
    /// The workflow sends again only what failed for exactly this reason, as `rez dlq --json` gives it.
    #[arg(long, requires = "workflow", conflicts_with_all = ["ids", "all"], value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AckArgs {
    /// The name of the execution that escalates the message.
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) id: String,
    /// Who you are, for whoever reads the execution's output; at most 64 characters.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// JSON lines.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    /// The message's id.
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) id: String,
    /// JSON lines.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BreakerArgs {
    #[command(subcommand)]
    pub(crate) action: Option<BreakerAction>,
    /// JSON lines.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BreakerAction {
    /// Close a breaker, so that messages are delivered again at once.
    #[command(after_help = "Example: rez breaker reset https://ntfy.sh")]
    Reset {
        /// The service's name, as `rez breaker` shows it; every one when left out.
        service: Option<String>,
    },
}
