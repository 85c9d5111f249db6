//! The command line as clap reads it.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use contracts::Status;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

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
        let option = send.body.as_encoded_bytes().strip_prefix(b"--");
        option.and_then(<[u8]>::first).is_some_and(u8::is_ascii_alphabetic)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API, the inbox and the Step Functions API, and carry messages until told to stop.
    #[command(after_help = "Example: REZ_LISTEN=127.0.0.1:9000 rez serve")]
    Serve(ServeArgs),
    /// Send a message and show how it fares.
    ///
    /// Exit status: 0 delivered (or accepted, with --no-wait), 3 failed or dead-lettered, 2 input refused, 1 anything else.
    #[command(
        after_help = "Example: rez send \"Stand-up in ten minutes\" --in 50m --title Calendar\n         \
                            df -h | rez send - --title Disks"
    )]
    Send(Box<SendArgs>),
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
    /// List dead letters, or send them again.
    #[command(after_help = "Example: rez dlq\n         rez dlq redrive --all --dry-run")]
    Dlq(DlqArgs),
    /// Show the circuit breakers, or close them.
    #[command(after_help = "Example: rez breaker reset")]
    Breaker(BreakerArgs),
    /// Look at everything that messages depend on, and name the remedy of what is wrong. Changes nothing.
    ///
    /// Exit status: 0 nothing is wrong (there may be warnings), 1 something is.
    #[command(after_help = "Example: rez doctor --strict && echo fine\n         rez doctor --send-test")]
    Doctor(DoctorArgs),
}

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
pub(crate) struct ServeArgs {
    /// Where the API and the inbox listen.
    #[arg(
        long,
        env = "REZ_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS:PORT"
    )]
    pub(crate) listen: SocketAddr,
    /// Where the Step Functions API listens.
    #[arg(
        long,
        env = "REZ_SFN_LISTEN",
        default_value = "127.0.0.1:8083",
        value_name = "ADDRESS:PORT"
    )]
    pub(crate) sfn_listen: SocketAddr,
    /// Listen beyond loopback although nobody has to sign in: whoever reaches the port may send and read everything.
    #[arg(long)]
    pub(crate) without_sign_in_beyond_loopback: bool,
    /// How long executions that have ended, with their histories, and messages in the inbox and in queues are kept.
    ///
    /// Running executions stay, however old. A name may be used again when its execution is gone.
    #[arg(
        long,
        env = "REZ_RETENTION",
        default_value = "90d",
        value_name = "DURATION",
        value_parser = retention
    )]
    pub(crate) retention: std::time::Duration,
    /// Where functions that are not ours are invoked, by the Lambda Invoke protocol.
    #[arg(long, value_name = "URL")]
    pub(crate) lambda_endpoint: Option<String>,
    /// How many executions may be open at once. More are refused with 503 or `ExecutionLimitExceeded` until some have
    /// ended.
    #[arg(long, env = "REZ_MAX_OPEN_EXECUTIONS", default_value_t = server::MOST_OPEN, value_name = "N", value_parser = at_least_one)]
    pub(crate) max_open_executions: usize,
}

#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    /// The text; `-` reads standard input.
    #[arg(allow_hyphen_values = true)]
    pub(crate) body: OsString,
    /// The heading.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// The ntfy topic; `NTFY_TOPIC` when left out.
    #[arg(long)]
    pub(crate) topic: Option<String>,
    /// How urgent: min, low, default, high, urgent or 1 to 5.
    #[arg(long)]
    pub(crate) priority: Option<String>,
    /// Tags, separated by commas; emoji short codes are shown as emoji.
    #[arg(long, value_delimiter = ',', value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// The URL that a click on the notification opens.
    #[arg(long, value_name = "URL")]
    pub(crate) click: Option<String>,
    /// The text is Markdown.
    #[arg(long)]
    pub(crate) markdown: bool,
    /// When to deliver it.
    #[arg(long, value_name = "RFC3339", conflicts_with = "in")]
    pub(crate) at: Option<Timestamp>,
    /// How long from now to deliver it, for example 10s or 1h30m.
    #[arg(long, value_name = "DURATION", value_parser = duration, allow_hyphen_values = true)]
    pub(crate) r#in: Option<SignedDuration>,
    /// How long an outage of ntfy is waited out: 1h, 90s, PT1H or seconds. One hour when left out.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub(crate) patience: Option<String>,
    /// The same key twice sends one message.
    #[arg(long, value_name = "KEY")]
    pub(crate) dedup_key: Option<String>,
    /// Return once the message is accepted.
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Print the message as one line of JSON, and nothing else.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MessagesArgs {
    /// Only those.
    #[arg(long, value_parser = Status::ALL.map(Status::as_str))]
    pub(crate) status: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = at_least_one)]
    pub(crate) limit: usize,
    /// JSON lines.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MessageArgs {
    /// Its id.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) id: String,
    /// One line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExecutionsArgs {
    /// Only those.
    #[arg(long, ignore_case = true, value_parser = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"])]
    pub(crate) status: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = at_least_one)]
    pub(crate) limit: usize,
    /// JSON lines.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Its name, its ARN, or the id of a message.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) execution: String,
    /// One line of JSON for each event, in the shape of `GetExecutionHistory`.
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

/// A number of rows; a listing of none answers nothing.
fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or_else(|| "write a whole number from 1 on".to_owned())
}

/// A duration in ISO 8601 or in words; a day is 24 hours.
fn duration(text: &str) -> Result<SignedDuration, String> {
    let span: Span = text
        .parse()
        .map_err(|_| "write a duration as 10s, 1h30m or PT10S".to_owned())?;
    span.to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| "write days, hours, minutes or seconds".to_owned())
}

/// How long something is kept: at least a second.
fn retention(text: &str) -> Result<std::time::Duration, String> {
    let kept = std::time::Duration::try_from(duration(text)?).unwrap_or_default();
    if kept < std::time::Duration::from_secs(1) {
        return Err("keep what has ended for a second at least".to_owned());
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::{CommandFactory, Parser};

    use super::{Cli, Command};

    #[test]
    fn clap_finds_no_contradiction() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        let mut waiting = vec![Cli::command()];
        while let Some(mut command) = waiting.pop() {
            let help = command.render_long_help().to_string();
            assert!(
                command.has_subcommands() || help.contains("Example: "),
                "{}",
                command.get_name()
            );
            waiting.extend(
                command
                    .get_subcommands()
                    .filter(|sub| sub.get_name() != "help")
                    .cloned(),
            );
        }
    }

    fn read(arguments: &[&str]) -> Result<Cli, clap::Error> {
        let arguments: Vec<OsString> = std::iter::once(&"rez").chain(arguments).map(OsString::from).collect();
        Cli::read(&arguments)
    }

    #[test]
    fn a_body_may_begin_with_a_hyphen() {
        for (arguments, body) in [
            (&["send", "-x"][..], "-x"),
            (
                &["send", "-half of the disk is left", "--no-wait"],
                "-half of the disk is left",
            ),
            (&["send", "--no-wait", "- milk\n- eggs"], "- milk\n- eggs"),
            (&["send", "-5 °C"], "-5 °C"),
            (&["send", "---"], "---"),
            (&["send", "--", "--all"], "--all"),
        ] {
            let cli = read(arguments).unwrap();
            assert!(
                matches!(&cli.command, Some(Command::Send(send)) if send.body == body),
                "{arguments:?}: {cli:?}"
            );
        }
    }

    #[test]
    fn a_misspelt_option_is_never_sent() {
        for arguments in [
            &["send", "--dry-run"][..],
            &["send", "--titel", "Backup"],
            &["send", "hello", "--prio", "high"],
        ] {
            let error = read(arguments).unwrap_err().to_string();
            assert!(error.contains("unexpected argument '--"), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let refused: [&[&str]; 12] = [
            &["send"],
            &["send", "x", "--at", "yesterday"],
            &["send", "x", "--in", "soon"],
            &["send", "x", "--in", "1month"],
            &["send", "x", "--in", "1s", "--at", "2030-01-01T00:00:00Z"],
            &["dlq", "redrive", "id", "--all"],
            &["message", ""],
            &["messages", "--status", "lost"],
            &["messages", "--limit", "0"],
            &["executions", "--status", "completed"],
            &["serve", "--listen", "nowhere"],
            &["unknown"],
        ];
        for arguments in refused {
            assert!(
                Cli::try_parse_from(std::iter::once(&"rez").chain(arguments)).is_err(),
                "{arguments:?}"
            );
        }
    }
}
