//! What the cases have shown: a generator that no longer reaches something fails the test.

use std::collections::BTreeMap;

use crate::simulation::Outcome;

/// How many of 10,000 executions show each at the least: events, errors that nobody caught, and what the machine consists of.
/// It is about a fifth of what they do show. Below that the generator has lost something.
const LEAST: &[(&str, usize)] = &[
    ("ActivityFailed", 200),
    ("ActivityScheduled", 550),
    ("ActivityStarted", 500),
    ("ActivitySucceeded", 300),
    ("ActivityTimedOut", 200),
    ("ChoiceStateEntered", 1_200),
    ("ChoiceStateExited", 1_200),
    ("EvaluationFailed", 550),
    ("ExecutionAborted", 100),
    ("ExecutionFailed", 1_050),
    ("ExecutionRedriven", 250),
    ("ExecutionSucceeded", 850),
    ("ExecutionTimedOut", 50),
    ("FailStateEntered", 500),
    ("LambdaFunctionFailed", 150),
    ("LambdaFunctionScheduled", 550),
    ("LambdaFunctionStarted", 550),
    ("LambdaFunctionSucceeded", 300),
    ("LambdaFunctionTimedOut", 200),
    ("MapIterationAborted", 300),
    ("MapIterationFailed", 650),
    ("MapIterationStarted", 1_200),
    ("MapIterationSucceeded", 800),
    ("MapStateAborted", 100),
    ("MapStateEntered", 1_450),
    ("MapStateExited", 1_150),
    ("MapStateFailed", 750),
    ("MapStateStarted", 1_450),
    ("MapStateSucceeded", 1_050),
    ("ParallelStateAborted", 150),
    ("ParallelStateEntered", 1_450),
    ("ParallelStateExited", 950),
    ("ParallelStateFailed", 1_100),
    ("ParallelStateStarted", 1_400),
    ("ParallelStateSucceeded", 750),
    ("PassStateEntered", 2_000),
    ("PassStateExited", 2_000),
    ("States.QueryEvaluationError", 300),
    ("States.Runtime", 150),
    ("States.Timeout", 200),
    ("SucceedStateEntered", 1_500),
    ("SucceedStateExited", 1_500),
    ("TaskFailed", 500),
    ("TaskScheduled", 1_150),
    ("TaskStarted", 1_150),
    ("TaskStateAborted", 1_000),
    ("TaskStateEntered", 1_500),
    ("TaskStateExited", 1_100),
    ("TaskSubmitFailed", 250),
    ("TaskSubmitted", 800),
    ("TaskSucceeded", 700),
    ("TaskTimedOut", 450),
    ("WaitStateAborted", 350),
    ("WaitStateEntered", 850),
    ("WaitStateExited", 650),
    ("JSONPath", 3_000),
    ("JSONata", 3_000),
    ("a JSONata state among JSONPath", 1_000),
    ("a map within a map", 300),
    ("a bound on concurrency", 1_000),
    ("a retrier", 2_000),
    ("a catcher", 2_000),
    ("a number computed", 2_000),
    ("a redrive that succeeds", 20),
];

/// Counts executions by what they show.
#[derive(Default)]
pub(super) struct Coverage {
    cases: usize,
    shown: BTreeMap<String, usize>,
}

impl Coverage {
    /// Counts an execution.
    pub(super) fn count(&mut self, outcome: &Outcome, parts: &[&'static str]) {
        self.cases += 1;
        let mut shown = outcome.types();
        shown.push(format!("{:?}", outcome.status));
        shown.extend(parts.iter().map(ToString::to_string));
        if shown.contains(&"ExecutionRedriven".to_owned()) && outcome.output.is_some() {
            shown.push("a redrive that succeeds".to_owned());
        }
        shown.extend(outcome.error.clone());
        shown.sort_unstable();
        shown.dedup();
        for what in shown {
            *self.shown.entry(what).or_default() += 1;
        }
    }

    /// Fails if something was shown too rarely.
    pub(super) fn check(&self) {
        let missing: Vec<String> = LEAST
            .iter()
            .map(|(what, least)| {
                (
                    what,
                    self.shown.get(*what).copied().unwrap_or_default(),
                    least * self.cases / 10_000,
                )
            })
            .filter(|(_, shown, least)| shown < least)
            .map(|(what, shown, least)| format!("{what}: {shown} of {} cases, at least {least} expected", self.cases))
            .collect();
        assert!(missing.is_empty(), "{}\nall: {:#?}", missing.join("\n"), self.shown);
    }
}
