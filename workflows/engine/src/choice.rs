//! The `Choice` state.

use asl::Pointer;

use crate::compile::{Compiled, Compiler, Names};
use crate::data_flow::{Fault, Query, Seen};
use crate::frame::FrameId;
use crate::jsonpath::Test;
use crate::machine::{Next, Shape, StateId};
use crate::run::Run;

/// A compiled `Choice`.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) rules: Vec<Rule>,
    pub(crate) default: Option<StateId>,
}

/// A rule: where it leads when its condition holds.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) condition: Condition,
    pub(crate) shape: Shape,
    pub(crate) next: StateId,
}

/// When a rule holds.
#[derive(Debug)]
pub(crate) enum Condition {
    Jsonata(Query),
    JsonPath(Test),
}

impl Compiler {
    pub(crate) fn choice(&mut self, choice: &asl::Choice, names: &Names<'_>, at: &Pointer) -> Compiled<Choice> {
        let rules: Vec<_> = (0..)
            .zip(&choice.choices)
            .map(|(index, rule)| self.rule(rule, index, names, at))
            .collect();
        let default = match &choice.default {
            Some(name) => Some(self.target(name, names, &at.key("Default"))?),
            None => None,
        };
        Ok(Choice {
            rules: rules.into_iter().collect::<Compiled<_>>()?,
            default,
        })
    }

    fn rule(&mut self, rule: &asl::ChoiceRule, index: usize, names: &Names<'_>, at: &Pointer) -> Compiled<Rule> {
        let at = at.key("Choices").index(index);
        let prefix = format!("Choices[{index}]/");
        let condition = match &rule.condition {
            asl::Condition::Jsonata(value) => self
                .query(value, &format!("{prefix}Condition"), &at.key("Condition"))
                .map(Condition::Jsonata),
            test => self.supported(Test::compile(test), &at).map(Condition::JsonPath),
        };
        let shape = self.shape(rule.assign.as_ref(), rule.output.as_ref(), None, &prefix, &at);
        let next = self.target(&rule.next, names, &at.key("Next"));
        Ok(Rule {
            condition: condition?,
            shape: shape?,
            next: next?,
        })
    }
}

impl Run<'_> {
    /// Takes the first rule that holds with its own `Assign` and `Output`, or the default with the state's.
    pub(crate) fn choose(&mut self, frame: FrameId, choice: &Choice) {
        let taken = match self.first_rule(frame, choice) {
            Ok(taken) => taken,
            Err(error) => return self.query_failed(frame, &error),
        };
        let state = self.state(frame);
        let (shape, next) = match (taken, choice.default) {
            (Some(rule), _) => (&rule.shape, rule.next),
            (None, Some(default)) => (&state.shape, default),
            (None, None) => return self.no_choice(frame),
        };
        if let Err(error) = self.leave(frame, shape, Seen::default(), None, Next::State(next)) {
            self.query_failed(frame, &error);
        }
    }

    fn first_rule<'c>(&self, frame: FrameId, choice: &'c Choice) -> Result<Option<&'c Rule>, Fault> {
        let input = self.effective_input(frame)?;
        for rule in &choice.rules {
            let holds = match &rule.condition {
                Condition::Jsonata(query) => self.condition(frame, query)?,
                Condition::JsonPath(test) => self.look(frame, test.sees_context(), Seen::data(&input), |scope| {
                    test.holds(scope)
                })?,
            };
            if holds {
                return Ok(Some(rule));
            }
        }
        Ok(None)
    }

    fn no_choice(&mut self, frame: FrameId) {
        self.follow_entered(frame);
        let failure = self.state_broke(
            frame,
            "Failed to transition out of the state. The state does not point to a next state.",
        );
        self.handle(frame, failure);
    }
}
