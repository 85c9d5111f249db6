//! What can be written, and what is refused.

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
            matches!(&cli.command, Some(Command::Send(send)) if send.body.as_deref() == Some(body.as_ref())),
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
