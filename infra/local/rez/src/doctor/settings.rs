//! The settings in force, and variables that look like settings.

use clap::CommandFactory;

use super::finding::Finding;
use crate::arguments::{Cli, Settings};
use crate::session;

/// Read beside those that the command line knows.
const ALSO_READ: &[&str] = &["NTFY_API_KEY"];

pub(super) fn check(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![match session::config(settings) {
        Ok(config) => {
            let token = if config.ntfy.token.is_some() {
                "with a token"
            } else {
                "without a token"
            };
            let target = config
                .ntfy
                .url
                .as_deref()
                .map_or("the built-in inbox", |_| "an ntfy server");
            Finding::ok(
                "settings",
                format!(
                    "messages go to {target} {token}, topic {}, version {}",
                    config.ntfy.topic,
                    env!("CARGO_PKG_VERSION")
                ),
            )
        }
        Err(failure) => Finding::problem(
            "settings",
            failure.to_string(),
            "correct the variable or the option that is named",
        ),
    }];
    let known = known();
    let unknown: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("REZ_") || name.starts_with("NTFY_"))
        .filter(|name| !known.contains(name))
        .collect();
    findings.extend(unknown.iter().map(|name| {
        let nearest = known.iter().min_by_key(|known| distance(known, name));
        let meant = nearest.map_or_else(String::new, |nearest| format!(": was {nearest} meant?"));
        Finding::warning(
            "settings",
            format!("nobody reads {name}"),
            format!("unset {name}{meant}"),
        )
    }));
    findings
}

/// The variables that the command line reads, of all commands.
fn known() -> Vec<String> {
    let command = Cli::command();
    let of = |command: &clap::Command| -> Vec<String> {
        let names = command.get_arguments().filter_map(clap::Arg::get_env);
        names.filter_map(|name| name.to_str().map(str::to_owned)).collect()
    };
    let mut known: Vec<String> = ALSO_READ.iter().map(|&name| name.to_owned()).collect();
    known.extend(of(&command));
    known.extend(command.get_subcommands().flat_map(of));
    known
}

/// How many letters differ, more or less: enough to guess what was meant.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, b) in right.bytes().enumerate() {
            let replaced = before + usize::from(a != b);
            before = row[j + 1];
            row[j + 1] = replaced.min(before + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, known};

    #[test]
    fn settings_are_known_and_typing_errors_are_near_them() {
        let known = known();
        for name in ["REZ_DATA_DIR", "REZ_LISTEN", "NTFY_URL", "NTFY_API_KEY"] {
            assert!(known.iter().any(|known| known == name), "{name} in {known:?}");
        }
        assert_eq!(
            (
                distance("NTFY_URL", "NTFY_URI"),
                distance("abc", "abc"),
                distance("", "ab")
            ),
            (1, 0, 2)
        );
    }
}
