//! What state machines may do: policies in IAM's language, held against every call that a task makes.
//!
//! Of IAM's language what an execution role's policy needs: `Effect`, `Action`, `Resource`, with `*` and `?`. What is not
//! understood is refused when it is read, for a statement that is skipped would allow or deny something by accident.
//!
//! Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements reference".

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::workflows;

/// The policies of state machines, by the machines' names. A machine without one may do everything.
#[derive(Clone, Debug, Default)]
pub struct Policies(BTreeMap<String, Policy>);

/// A policy document.
#[derive(Clone, Debug)]
pub struct Policy {
    statements: Vec<Statement>,
}

/// Why a policy document cannot be enforced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("statement {statement}: {detail}")]
pub struct PolicyError {
    /// Which statement, from 1; 0 of the document itself.
    pub statement: usize,
    /// What is wrong with it.
    pub detail: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Statement {
    #[serde(default, rename = "Sid")]
    _sid: Option<String>,
    effect: Effect,
    action: OneOrMany,
    resource: OneOrMany,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Effect {
    Allow,
    Deny,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Statement {
    /// The statement as one for each action and resource.
    fn pairs(&self) -> Vec<Self> {
        let (actions, resources) = (self.action.list(), self.resource.list());
        let pairs = actions
            .iter()
            .flat_map(|action| resources.iter().map(move |resource| (action, resource)));
        let one = |(action, resource): (&String, &String)| Self {
            _sid: None,
            effect: self.effect,
            action: OneOrMany::One(action.clone()),
            resource: OneOrMany::One(resource.clone()),
        };
        pairs.map(one).collect()
    }
}

impl OneOrMany {
    fn list(&self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one.clone()],
            Self::Many(many) => many.clone(),
        }
    }

    fn any(&self, fits: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::One(one) => fits(one),
            Self::Many(many) => many.iter().any(|one| fits(one)),
        }
    }
}

impl Policies {
    /// The generated policies of our own workflows, with this machine's addresses.
    pub fn of_workflows(stage: &str) -> Self {
        workflows::ALL.iter().fold(Self::default(), |policies, workflow| {
            let policy = Policy::parse(&workflow.policy(stage)).unwrap_or_else(|error| {
                tracing::error!("the generated policy of {} allows nothing: {error}", workflow.name);
                Policy { statements: Vec::new() }
            });
            policies.with(workflow.name, policy)
        })
    }

    /// The same, but without what the policy of a state machine has in one place: `index` counts pairs of an action and a
    /// resource. `None`: there are not so many. For tests of whether a policy is exact.
    #[must_use]
    pub fn without(&self, state_machine: &str, index: usize) -> Option<Self> {
        let policy = self.0.get(state_machine)?;
        let pairs = policy.statements.iter().flat_map(Statement::pairs).collect::<Vec<_>>();
        let left = pairs
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != index)
            .map(|(_, pair)| pair.clone());
        let rest = Policy {
            statements: left.collect(),
        };
        (index < pairs.len()).then(|| self.clone().with(state_machine, rest))
    }

    /// Gives a state machine its policy.
    #[must_use]
    pub fn with(mut self, state_machine: &str, policy: Policy) -> Self {
        self.0.insert(state_machine.to_owned(), policy);
        self
    }

    /// Whether a state machine may do `action` to `resource`.
    pub(crate) fn allow(&self, state_machine: &str, action: &str, resource: &str) -> bool {
        self.0
            .get(state_machine)
            .is_none_or(|policy| policy.allows(action, resource))
    }

    /// Whether nothing is held to a policy.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Policy {
    /// Reads a policy document.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let document = |detail: String| PolicyError { statement: 0, detail };
        let value: Value = serde_json::from_str(text).map_err(|error| document(error.to_string()))?;
        let statements = match &value["Statement"] {
            Value::Array(statements) => statements.clone(),
            Value::Object(_) => vec![value["Statement"].clone()],
            _ => return Err(document("a policy has `Statement`: a list of statements".to_owned())),
        };
        let read = statements.into_iter().enumerate().map(|(index, statement)| {
            serde_json::from_value(statement).map_err(|error| PolicyError {
                statement: index + 1,
                detail: error.to_string(),
            })
        });
        Ok(Self {
            statements: read.collect::<Result<_, _>>()?,
        })
    }

    /// A denial counts before what is allowed, and what nothing allows is denied.
    fn allows(&self, action: &str, resource: &str) -> bool {
        let fits = |statement: &&Statement| {
            // Actions are case-insensitive, resources are not.
            let action = action.to_lowercase();
            statement
                .action
                .any(|pattern| matches(&pattern.to_lowercase(), &action))
                && statement.resource.any(|pattern| matches(pattern, resource))
        };
        let mut fitting = self.statements.iter().filter(fits).peekable();
        fitting.peek().is_some() && fitting.all(|statement| statement.effect == Effect::Allow)
    }
}

/// Whether a text is of a pattern in which `*` stands for any characters and `?` for one.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // Where the last star stands, and how much of the text it has taken.
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[read] => {
                at += 1;
                read += 1;
            }
            _ => match star {
                Some((place, taken)) => {
                    star = Some((place, taken + 1));
                    (at, read) = (place + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{Policies, Policy, matches};

    fn policy(statements: &serde_json::Value) -> Policies {
        let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        Policies::default().with("m", Policy::parse(&text).unwrap())
    }

    #[test]
    fn what_nothing_allows_is_denied_and_a_denial_counts_first() {
        let some = policy(&json!([
            {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": ["arn:aws:lambda:us-east-1:1:function:a*"]},
            {"Sid": "No", "Effect": "Deny", "Action": "lambda:*", "Resource": "*:function:ab"},
        ]));
        for (machine, action, resource, allowed) in [
            (
                "m",
                "lambda:InvokeFunction",
                "arn:aws:lambda:us-east-1:1:function:a",
                true,
            ),
            (
                "m",
                "lambda:invokefunction",
                "arn:aws:lambda:us-east-1:1:function:ac",
                true,
            ),
            (
                "m",
                "lambda:InvokeFunction",
                "arn:aws:lambda:us-east-1:1:function:ab",
                false,
            ),
            (
                "m",
                "lambda:InvokeFunction",
                "arn:aws:lambda:us-east-1:1:function:b",
                false,
            ),
            ("m", "sqs:SendMessage", "arn:aws:lambda:us-east-1:1:function:a", false),
            ("another", "sqs:SendMessage", "anything", true),
        ] {
            assert_eq!(
                some.allow(machine, action, resource),
                allowed,
                "{machine} {action} {resource}"
            );
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_statement() {
        for (text, part) in [
            ("{}", "statement 0: a policy has `Statement`"),
            (
                r#"{"Statement": [{"Effect": "Allow", "NotAction": "a", "Resource": "*"}]}"#,
                "statement 1: unknown field `NotAction`",
            ),
            (
                r#"{"Statement": {"Effect": "Maybe", "Action": "a", "Resource": "*"}}"#,
                "statement 1: unknown variant `Maybe`",
            ),
            (
                r#"{"Statement": [{"Effect": "Allow", "Action": "a", "Resource": "*", "Condition": {}}]}"#,
                "unknown field `Condition`",
            ),
        ] {
            let error = Policy::parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    proptest! {
        /// A text is of its own pattern, and of what is left when parts of it become stars.
        #[test]
        fn stars_stand_for_anything(parts in proptest::collection::vec("[a-c:?]{0,4}", 1..5)) {
            let text = parts.concat();
            prop_assert!(matches(&text, &text));
            let starred: Vec<_> = parts.iter().enumerate().map(|(index, part)| if index % 2 == 0 { part.as_str() } else { "*" }).collect();
            prop_assert!(matches(&starred.concat(), &text));
            let literal = text.replace('?', "x");
            let longer = literal.clone() + "z";
            prop_assert!(!matches(&literal, &longer));
        }
    }
}
