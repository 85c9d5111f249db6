//! `rez`: the command line of one machine's server.
//!
//! Every command is an HTTP client. It talks to the `rez serve` that runs on the data directory, or else to a server that
//! it starts in its own process for as long as it needs one; with `--aws` to a deployment on AWS.

mod arguments;
mod aws;
mod client;
mod commands;
mod doctor;
mod failure;
mod follow;
mod hint;
mod logs;
mod output;
mod session;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::CommandFactory;
use clap::error::ErrorKind;
use tracing::level_filters::LevelFilter;

use arguments::{Cli, Command};
use failure::Failure;
use server::Traces;

/// A sixth of the server's time on the wire is spent on memory; this allocator takes half as long as glibc's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match run(std::env::args_os().collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.text.is_empty() {
                output::error(&failure);
            }
            failure.exit.into()
        }
    }
}

fn run(arguments: Vec<OsString>) -> Result<(), Failure> {
    let Some((cli, command)) = read(arguments)? else {
        return Ok(());
    };
    // A plan is of a stage, and asks AWS nothing.
    if !matches!(command, Command::Release(_)) {
        cli.on_aws.check()?;
    }
    hint::on(&cli.on_aws);
    let runtime = tokio::runtime::Runtime::new().map_err(|error| Failure::failed(format!("no threads: {error}")))?;
    let traces = Traces::from_environment(runtime.handle());
    let traces = traces.map_err(|error| Failure::refused(format!("{:#}", anyhow::Error::new(error))))?;
    let level = if cli.on_aws.aws {
        // What AWS refuses is told with what helps, in one line.
        LevelFilter::OFF
    } else if matches!(command, Command::Serve(_)) {
        LevelFilter::INFO
    } else {
        // What a server of this process's own would warn of is what the command tells anyway.
        LevelFilter::ERROR
    };
    logs::start(level, traces)?;
    runtime.block_on(commands::run(&cli.settings, &cli.on_aws, command))
}

/// Reads the command line; `None` when it asked for help or the version, which have been printed.
fn read(mut arguments: Vec<OsString>) -> Result<Option<(Cli, Command)>, Failure> {
    let mut cli = match Cli::read(&arguments) {
        Ok(cli) => cli,
        Err(error) => return shown(&error, &arguments).map(|()| None),
    };
    if let Some(command) = cli.command.take() {
        return Ok(Some((cli, command)));
    }
    // `rez` alone is `rez serve`, with the defaults and the environment of `serve`.
    arguments.push("serve".into());
    read(arguments)
}

/// Help goes to standard output; what is wrong becomes one line.
fn shown(error: &clap::Error, arguments: &[OsString]) -> Result<(), Failure> {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return error.print().map_err(Failure::from);
    }
    let text = error.to_string();
    let what = text
        .split("\n\nUsage:")
        .next()
        .unwrap_or_default()
        .split("\n\nFor more information")
        .next();
    let what = what.unwrap_or_default().trim_start_matches("error: ");
    Err(Failure::refused(format!("{what}; see {} --help", misused(arguments))))
}

/// The command whose help says more: the names of commands among the arguments.
fn misused(arguments: &[OsString]) -> String {
    let (mut command, mut words) = (Cli::command(), vec![hint::rez().to_owned()]);
    for argument in arguments {
        if let Some(found) = command.find_subcommand(argument).cloned() {
            words.push(found.get_name().to_owned());
            command = found;
        }
    }
    words.join(" ")
}
