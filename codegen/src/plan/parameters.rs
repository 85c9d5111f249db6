//! What a stage sets: the parameters of the template by `samconfig.toml`, and by their defaults.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Release, shown};

/// The values of parameters by their names. One that has neither a value nor a default is not among them.
pub(super) type Values = BTreeMap<String, String>;

/// A stage is not one of `samconfig.toml`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StageError {
    /// The file cannot be read as TOML.
    #[error("infra/aws/samconfig.toml: {0}")]
    Unreadable(String),
    /// The stage does not stand in it.
    #[error("infra/aws/samconfig.toml has no stage `{stage}`; it has {}", known.join(", "))]
    Unknown {
        /// What was asked for.
        stage: String,
        /// What there is.
        known: Vec<String>,
    },
}

/// The values in a stage.
pub(super) fn values(release: &Release, stage: &str) -> Result<Values, StageError> {
    let set = set(&release.samconfig, stage)?;
    let mut values = Values::new();
    for (name, parameter) in parameters(&release.template) {
        let default = parameter.get("Default").map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        if let Some(value) = set.get(name).cloned().or(default) {
            values.insert(name.clone(), value);
        }
    }
    Ok(values)
}

fn parameters(template: &Value) -> impl Iterator<Item = (&String, &Value)> {
    template["Parameters"].as_object().into_iter().flatten()
}

/// What `samconfig.toml` sets for a stage.
fn set(samconfig: &str, stage: &str) -> Result<Values, StageError> {
    let table: toml::Table = samconfig
        .parse()
        .map_err(|error: toml::de::Error| StageError::Unreadable(error.message().to_owned()))?;
    let of_stage = |name: &str| table.get(name)?.get("deploy")?.get("parameters")?.as_table();
    let Some(stage_table) = of_stage(stage) else {
        let mut known: Vec<String> = table.keys().filter(|name| of_stage(name).is_some()).cloned().collect();
        known.sort();
        return Err(StageError::Unknown {
            stage: stage.to_owned(),
            known,
        });
    };
    let pairs = match stage_table.get("parameter_overrides") {
        Some(toml::Value::String(text)) => words(text),
        Some(toml::Value::Array(items)) => items
            .iter()
            .filter_map(|item| Some(item.as_str()?.to_owned()))
            .collect(),
        _ => Vec::new(),
    };
    let pairs = pairs.iter().filter_map(|pair| pair.split_once('='));
    Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// `A=1 B="two words"` in its parts, without the quotes.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            blank if blank.is_whitespace() && !quoted => words.push(String::new()),
            other => words.last_mut().into_iter().for_each(|word| word.push(other)),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What an operator has to know of parameters: which are new, gone or without a value, and whose default is another.
pub(super) fn lines(before: &Release, after: &Release, values: &Values) -> String {
    let old: BTreeMap<_, _> = parameters(&before.template).collect();
    let new: BTreeMap<_, _> = parameters(&after.template).collect();
    let mut lines = Vec::new();
    for (name, parameter) in &new {
        let about = parameter["Description"].as_str().unwrap_or_default();
        match old.get(name) {
            _ if !values.contains_key(*name) => lines.push(format!(
                "- `{name}` has no value: set it in `infra/aws/samconfig.toml` ({about})"
            )),
            None => lines.push(format!("- new: `{name}`, here `{}` ({about})", values[*name])),
            Some(before) if before.get("Default") != parameter.get("Default") => {
                let default = |parameter: &Value| shown(&parameter["Default"]);
                let (before, after) = (default(before), default(parameter));
                lines.push(format!("- `{name}`: its default was `{before}` and is `{after}`"));
            }
            Some(_) => {}
        }
    }
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    lines.extend(gone.map(|name| format!("- gone: `{name}`; a value that is set for it is refused")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_sets_parameters_in_either_form() {
        let text = "[a.deploy.parameters]\nparameter_overrides = 'A=1 B=\"two words\" C=x=y'\n\
                    [b.deploy.parameters]\nparameter_overrides = [\"A=2\"]\n[default.build.parameters]\nparallel = false\n";
        let pairs = |pairs: &[(&str, &str)]| -> Values {
            let owned = pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            owned.collect()
        };
        assert_eq!(
            set(text, "a").unwrap(),
            pairs(&[("A", "1"), ("B", "two words"), ("C", "x=y")])
        );
        assert_eq!(set(text, "b").unwrap(), pairs(&[("A", "2")]));
        let unknown = set(text, "default").unwrap_err().to_string();
        assert_eq!(unknown, "infra/aws/samconfig.toml has no stage `default`; it has a, b");
        assert!(matches!(set("a = ", "a"), Err(StageError::Unreadable(_))));
    }
}
