//! Where on AWS a command looks instead of on this machine.

use clap::Args;

use crate::failure::Failure;

/// The stages that the template knows.
const STAGES: [&str; 3] = ["dev", "stage", "prod"];

#[derive(Debug, Args)]
#[command(next_help_heading = "On AWS")]
pub(crate) struct OnAws {
    /// Ask the deployment on AWS instead of this machine's server.
    #[arg(long, global = true)]
    pub(crate) aws: bool,
    /// With --aws: the profile that you are signed in with; `AWS_PROFILE` when left out.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// With --aws: the region; `AWS_REGION` or the profile's when left out.
    #[arg(long, global = true, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// With --aws: the stage; dev when left out.
    #[arg(long, global = true, value_name = "STAGE", value_parser = STAGES)]
    pub(crate) stage: Option<String>,
}

impl OnAws {
    /// The stage that is meant.
    pub(crate) fn stage(&self) -> &str {
        self.stage.as_deref().unwrap_or(STAGES[0])
    }

    /// Refuses what would be heeded with `--aws` alone: nobody shall believe that they have looked at AWS.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let given = [
            ("--profile", &self.profile),
            ("--region", &self.region),
            ("--stage", &self.stage),
        ];
        match given.iter().find(|(_, value)| value.is_some() && !self.aws) {
            Some((option, _)) => Err(Failure::refused(format!(
                "{option} is about a deployment on AWS: add --aws, or leave it out"
            ))),
            None => Ok(()),
        }
    }

    /// The options as they are typed again, with a space before them; empty for this machine.
    pub(crate) fn typed(&self) -> String {
        if !self.aws {
            return String::new();
        }
        let options = [
            ("profile", &self.profile),
            ("region", &self.region),
            ("stage", &self.stage),
        ];
        let given = options.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let given = given.map(|(name, value)| format!("--{name} {value}"));
        let typed: Vec<_> = std::iter::once(" --aws".to_owned()).chain(given).collect();
        typed.join(" ")
    }
}
