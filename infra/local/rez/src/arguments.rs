//! The command line as clap reads it.

mod acting;
mod message;
mod on_aws;
mod reading;
mod release;
mod schedules;
mod send;
mod serve;
mod start;
#[cfg(test)]
mod tests;
mod token;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use acting::{AckArgs, BreakerAction, BreakerArgs, CancelArgs, DlqAction, DlqArgs, DoctorArgs, RedriveArgs};
pub(crate) use message::MessageOptions;
pub(crate) use on_aws::OnAws;
pub(crate) use reading::{ExecutionsArgs, HistoryArgs, LogsArgs, MessageArgs, MessagesArgs};
pub(crate) use release::{PlanArgs, ReleaseAction, ReleaseArgs};
pub(crate) use schedules::{CreateArgs, NameArgs, NextArgs, SchedulesAction, SchedulesArgs};
pub(crate) use send::SendArgs;
pub(crate) use serve::ServeArgs;
pub(crate) use start::{RedriveExecutionArgs, StartArgs};
pub(crate) use token::TokenArgs;

/// Reliable notifications and a Step Functions engine in one binary.
///
/// A command talks to the `rez serve` that runs on the data directory; without one it does its work by itself.
#[derive(Debug, Parser)]
#[command(
    name = "rez",
    version,
    after_help = "Example: rez send \"Backup finished\" --priority high --tags floppy_disk\n\n\
                  Also read from the environment: NTFY_API_KEY (ntfy's access token), LOG_LEVEL (ERROR, WARN, INFO, DEBUG, TRACE), \
                  NO_COLOR."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[command(flatten)]
    pub(crate) on_aws: OnAws,
    /// What to do; `serve` when left out.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What every command needs to know.
#[derive(Debug, Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct Settings {
    /// Where everything is kept.
    #[arg(
        long,
        env = "REZ_DATA_DIR",
        default_value = ".rez",
        global = true,
        value_name = "DIR"
    )]
    pub(crate) data_dir: PathBuf,
    /// The ntfy server that messages are delivered to; the built-in inbox when left out.
    ///
    /// Its access token is read from the environment variable `NTFY_API_KEY`.
    #[arg(long, env = "NTFY_URL", hide_env_values = true, global = true, value_name = "URL")]
    pub(crate) ntfy_url: Option<String>,
    /// The ntfy topic of messages that name none.
    #[arg(long, env = "NTFY_TOPIC", default_value = "rez", global = true, value_name = "TOPIC")]
    pub(crate) ntfy_topic: String,
}

impl Cli {
    /// Reads a command line.
    ///
    /// A body may begin with `-`, as `-5 °C` and `- milk` do, unless it is a long option: a misspelt option must be
    /// named as such and never be sent as a text.
    pub(crate) fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        match Self::try_parse_from(arguments) {
            Ok(cli) if !cli.sends_an_option() => Ok(cli),
            _ => {
                let strict = Self::command().mut_subcommand("send", |send| {
                    send.mut_arg("body", |body| body.allow_hyphen_values(false))
                });
                Self::from_arg_matches(&strict.try_get_matches_from(arguments)?)
            }
        }
    }

    fn sends_an_option(&self) -> bool {
        let Some(Command::Send(send)) = &self.command else {
            return false;
        };
        let body = send.body.as_ref().map(|body| body.as_encoded_bytes());
        let option = body.and_then(|body| body.strip_prefix(b"--"));
        option.and_then(<[u8]>::first).is_some_and(u8::is_ascii_alphabetic)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API, the inbox and the Step Functions API, and carry messages until told to stop.
    #[command(after_help = "Example: REZ_LISTEN=127.0.0.1:9000 rez serve")]
    Serve(ServeArgs),
    /// Print a link that signs your browser in to the running server; it works once, within a day.
    #[command(after_help = "Example: rez sign-in")]
    SignIn,
    /// Print a token for programs that use the API, signed with the key of the data directory.
    #[command(
        after_help = "Example: curl -H \"Authorization: Bearer $(rez token)\" http://127.0.0.1:8080/api/messages\n         \
                            rez token --subject backup --scope messages:write --expires 365d"
    )]
    Token(TokenArgs),
    /// Send a message and show how it fares.
    ///
    /// Exit status: 0 delivered (or accepted, with --no-wait), 3 failed or dead-lettered, 2 input refused, 1 anything else.
    #[command(
        after_help = "Example: rez send \"Stand-up in ten minutes\" --in 50m --title Calendar\n         \
                            df -h | rez send - --title Disks\n         \
                            rez send --file messages.jsonl --no-wait"
    )]
    Send(Box<SendArgs>),
    /// Start an execution of any state machine and show how it goes; its output comes last.
    ///
    /// Exit status: 0 it succeeded (or was started, with --no-wait), 2 input refused, 1 anything else.
    #[command(after_help = "Example: rez start redrive-dead-letters --input '{\"dry_run\": true}'")]
    Start(StartArgs),
    /// List messages, the newest first.
    #[command(after_help = "Example: rez messages --status failed --json")]
    Messages(MessagesArgs),
    /// Show one message.
    #[command(after_help = "Example: rez message 0190b3a4-1c2d-7e3f-8a4b-5c6d7e8f9a0b")]
    Message(MessageArgs),
    /// List executions of every state machine, the newest first.
    #[command(after_help = "Example: rez executions --status RUNNING")]
    Executions(ExecutionsArgs),
    /// Show the history of an execution, event by event as Step Functions returns it.
    #[command(after_help = "Example: rez history 0190b3a4-1c2d-7e3f-8a4b-5c6d7e8f9a0b --json")]
    History(HistoryArgs),
    /// Let an execution that did not succeed go on, from the states that did not, and show how it goes.
    ///
    /// It keeps its name, definition and history. A message that failed is sent again by `rez dlq redrive`.
    ///
    /// Exit status: 0 it succeeded (or goes on, with --no-wait), 2 there is none or it cannot be redriven, 1 anything else.
    #[command(after_help = "Example: rez redrive-execution 0190b3a4-1c2d-7e3f-8a4b-5c6d7e8f9a0b")]
    RedriveExecution(RedriveExecutionArgs),
    /// Show what `rez serve` has logged, the oldest line first.
    #[command(
        after_help = "Example: rez logs --correlation-id 0190b3a4-1c2d-7e3f-8a4b-5c6d7e8f9a0b\n         \
                            rez logs --level WARN --since 1h --follow"
    )]
    Logs(LogsArgs),
    /// List dead letters, or send them again.
    #[command(after_help = "Example: rez dlq\n         rez dlq redrive --all --dry-run")]
    Dlq(DlqArgs),
    /// Show what is sent again and again, or later; create, pause, resume or delete it.
    Schedules(SchedulesArgs),
    /// Say that you have seen a message that `escalate-message` delivers, so that nobody else is asked.
    ///
    /// Exit status: 0 it is acknowledged, 2 nobody waits for that or it was acknowledged before, 1 anything else.
    #[command(after_help = "Example: rez ack night-watch-7 --by Ada")]
    Ack(AckArgs),
    /// Cancel a message that is not delivered yet.
    ///
    /// Exit status: 0 its execution is stopped, 2 there is no such message or it has ended already, 1 anything else.
    #[command(after_help = "Example: rez cancel 0190b3a4-1c2d-7e3f-8a4b-5c6d7e8f9a0b")]
    Cancel(CancelArgs),
    /// Show the circuit breakers, or close them.
    #[command(after_help = "Example: rez breaker reset")]
    Breaker(BreakerArgs),
    /// Look at everything that messages depend on, and name the remedy of what is wrong. Changes nothing.
    ///
    /// Exit status: 0 nothing is wrong (there may be warnings), 1 something is.
    #[command(after_help = "Example: rez doctor --strict && echo fine\n         rez doctor --send-test")]
    Doctor(DoctorArgs),
    /// Look at a release before it is made.
    Release(ReleaseArgs),
}
