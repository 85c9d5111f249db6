//! The options of `rez release`.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct ReleaseArgs {
    #[command(subcommand)]
    pub(crate) action: ReleaseAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ReleaseAction {
    /// Say in Markdown what a release of this clone would change on AWS: workflows, resources, permissions, cost.
    ///
    /// AWS is not asked: both sides are what stands in git. It needs git and cargo, and changes nothing.
    ///
    /// Exit status: 0 nothing changes, 4 something does, 1 it could not be said, 2 the arguments are wrong.
    #[command(after_help = "Example: rez release plan --from v1.2.0 --stage prod")]
    Plan(PlanArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// What is deployed: a revision of git. The last tag `v…` when left out.
    #[arg(long, value_name = "REV", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) from: Option<String>,
    /// The stage, as infra/aws/samconfig.toml has it.
    #[arg(long, value_name = "STAGE", default_value = "prod", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) stage: String,
}
