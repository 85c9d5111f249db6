//! The options of `rez start` and `rez redrive-execution`.

use std::ffi::OsString;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;

#[derive(Debug, Args)]
pub(crate) struct StartArgs {
    /// The state machine's name. For one that is not there, those that are there are listed.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) state_machine: String,
    /// The input, as JSON; `-` reads it from standard input.
    #[arg(long, default_value = "{}", value_name = "JSON")]
    pub(crate) input: OsString,
    /// The execution's name; the same name with the same input starts nothing twice. Made up when left out.
    #[arg(long, value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: Option<String>,
    /// Do not wait for the end.
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// One line of JSON, in the shape of `DescribeExecution`.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RedriveExecutionArgs {
    /// Its name, or its ARN.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) execution: String,
    /// Do not wait for the end.
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// One line of JSON, in the shape of `DescribeExecution`.
    #[arg(long)]
    pub(crate) json: bool,
}
