//! What is known of a function: its `function.toml`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;

use super::SETTING;
use crate::StartError;

macro_rules! ours {
    ($($name:literal)*) => {
        [$(($name, include_str!(concat!("../../../../../activities/", $name, "/function.toml")))),*]
    };
}

/// Our functions that state machines call, with their descriptions, of which the template on AWS is made as well.
pub(super) const OURS: [(&str, &str); 6] = ours! {
    "ask-for-acknowledgement"
    "deliver-message"
    "list-dead-letters"
    "persist-message"
    "record-outcome"
    "redrive-message"
};

/// The longest that a function may run, in seconds. Source: "Lambda quotas".
const LONGEST: u64 = 900;

/// A function's description, as far as a process needs it.
#[derive(Debug, Deserialize)]
pub(super) struct Description {
    /// Seconds for one event.
    #[serde(default = "three")]
    timeout: u64,
    /// MiB.
    #[serde(default = "least")]
    pub(super) memory: u32,
    /// The settings that this server knows and the function wants.
    #[serde(default)]
    pub(super) settings: Vec<String>,
    /// What it may do, as policies name it.
    #[serde(default)]
    permissions: Vec<Permission>,
    /// Variables with their values, of functions that are not ours.
    #[serde(default)]
    pub(super) environment: BTreeMap<String, String>,
}

/// On which resources, the names of the settings say here.
#[derive(Debug, Deserialize)]
struct Permission {
    actions: Vec<String>,
}

/// Lambda's default.
fn three() -> u64 {
    3
}

/// Lambda's default.
fn least() -> u32 {
    128
}

impl Description {
    /// Of one of our functions what is committed; of any other `DIR/NAME/function.toml`, else Lambda's defaults.
    pub(super) fn of(directory: &Path, name: &str) -> Result<Self, StartError> {
        if let Some((_, text)) = OURS.iter().find(|(ours, _)| *ours == name) {
            return Self::parse(name, text);
        }
        let path = directory.join(name).join("function.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&path.display().to_string(), &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::parse(name, ""),
            Err(error) => Err(refused(&path.display().to_string(), &error.to_string())),
        }
    }

    fn parse(of: &str, text: &str) -> Result<Self, StartError> {
        let read: Self = toml::from_str(text).map_err(|error| refused(of, error.message()))?;
        if !(1..=LONGEST).contains(&read.timeout) {
            return Err(refused(of, "timeout must be 1 to 900 seconds"));
        }
        Ok(read)
    }

    /// Whether it names a setting.
    pub(super) fn wants(&self, setting: &str) -> bool {
        self.settings.iter().any(|wanted| wanted == setting)
    }

    /// Every action that it may perform on something.
    pub(super) fn actions(&self) -> impl Iterator<Item = &str> {
        let actions = self.permissions.iter().flat_map(|permission| &permission.actions);
        actions.map(String::as_str)
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

fn refused(of: &str, detail: &str) -> StartError {
    StartError::Setting {
        setting: SETTING,
        detail: format!("{of}: {detail}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runners::function_name;

    #[test]
    fn every_activity_of_a_workflow_is_here() {
        let mut called: Vec<String> = contracts::signatures()
            .iter()
            .map(|one| function_name(one.name))
            .collect();
        called.sort();
        assert_eq!(called, OURS.map(|(name, _)| name));
        for (name, text) in OURS {
            let read = Description::parse(name, text).unwrap();
            assert!(read.settings.contains(&"STAGE".to_owned()), "{name}");
        }
    }

    #[test]
    fn a_description_that_makes_no_sense_is_named() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("f")).unwrap();
        let described = |text: &str| {
            std::fs::write(directory.path().join("f/function.toml"), text).unwrap();
            Description::of(directory.path(), "f").map_err(|error| error.to_string())
        };
        let good = described("timeout = 1\nmemory = 256\nenvironment = { A = \"b\" }").unwrap();
        assert_eq!((good.timeout(), good.memory), (Duration::from_secs(1), 256));
        assert_eq!(good.environment["A"], "b");
        for (text, word) in [
            ("timeout = 0", "1 to 900"),
            ("timeout = 901", "1 to 900"),
            ("timeout = \"x\"", "u64"),
        ] {
            let error = described(text).unwrap_err();
            assert!(error.contains("f/function.toml") && error.contains(word), "{error}");
        }
        std::fs::remove_file(directory.path().join("f/function.toml")).unwrap();
        let defaults = Description::of(directory.path(), "f").unwrap();
        assert_eq!((defaults.timeout(), defaults.memory), (Duration::from_secs(3), 128));
    }
}
