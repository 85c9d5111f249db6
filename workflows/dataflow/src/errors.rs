//! Which errors of a task are decided, and by whom.

use asl::{Pointer, State};

use crate::{Contract, Rule, contract::text, finding::Sink, shape::Shape, words};

/// Catches every error but those that nothing catches.
pub(crate) const ALL: &str = "States.ALL";
/// Catches what the called thing raises.
const TASK_FAILED: &str = "States.TaskFailed";

/// The errors of the language itself, whose names begin with `States.`; those of HTTP end in a status.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>, "Error names", and
/// `States.BranchFailed` in the language's specification, "Appendix A".
const RESERVED: [&str; 17] = [
    ALL,
    TASK_FAILED,
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.Timeout",
];

/// The longest `Cause` in characters: what is beyond is cut. Source: API reference, `HistoryEvent`.
const LONGEST_CAUSE: u64 = 32_768;

/// Reports what is not decided.
pub(crate) fn check(state: &State, contract: Option<&Contract>, all: bool, at: &Pointer, sink: &mut Sink) {
    if all && !catches(state, ALL) {
        let message = "an error that no catcher names ends the execution".to_owned();
        let help = "catch `States.ALL` last".to_owned();
        sink.report(Rule::UncaughtError, at, message, Some(help));
    }
    let Some(contract) = contract.filter(|contract| contract.exhaustive) else {
        return;
    };
    for (error, _) in &contract.errors {
        if !catches(state, error) {
            let message = format!(
                "`{error}`, which {} declares, is decided by no catcher of its own",
                contract.name
            );
            sink.report(Rule::UndecidedError, at, message, Some("name it in `Catch`".to_owned()));
        }
    }
    named(state, contract, at, sink);
}

/// Whether a catcher of a state names an error.
pub(crate) fn catches(state: &State, error: &str) -> bool {
    let mut catchers = state.kind.catch().iter();
    catchers.any(|catcher| catcher.error_equals.iter().any(|own| own == error))
}

/// The names that catchers and retriers answer to, and where each stands.
fn names<'s>(state: &'s State, at: &Pointer) -> Vec<(&'s str, Pointer)> {
    let catchers = state.kind.catch().iter().enumerate();
    let catchers = catchers.map(|(index, own)| ("Catch", index, &own.error_equals));
    let retriers = state.kind.retry().iter().enumerate();
    let retriers = retriers.map(|(index, own)| ("Retry", index, &own.error_equals));
    let mut names = Vec::new();
    for (field, index, errors) in catchers.chain(retriers) {
        let list = at.key(field).index(index).key("ErrorEquals");
        let errors = errors.iter().enumerate();
        names.extend(errors.map(|(position, name)| (name.as_str(), list.index(position))));
    }
    names
}

/// Names that begin as the language's own do and are none of them: nothing raises such an error.
pub(crate) fn reserved(state: &State, at: &Pointer, sink: &mut Sink) {
    for (name, place) in names(state, at) {
        let is_own = name.starts_with("States.") && !name.starts_with("States.Http.StatusCode.");
        if !is_own || RESERVED.contains(&name) {
            continue;
        }
        let message = format!("nothing raises `{name}`: names that begin with `States.` are the language's own");
        let closest = RESERVED.iter().min_by_key(|known| words::distance(known, name));
        let help = closest.map(|known| format!("did you mean `{known}`?"));
        sink.report(Rule::UndeclaredError, &place, message, help);
    }
}

/// Names of catchers and retriers that nobody raises.
fn named(state: &State, contract: &Contract, at: &Pointer, sink: &mut Sink) {
    for (name, place) in names(state, at).into_iter().filter(|(name, _)| is_own(name)) {
        if !contract.errors.iter().any(|(error, _)| error == name) {
            let message = format!("{} declares no error `{name}`", contract.name);
            let declared = contract
                .errors
                .iter()
                .map(|(error, _)| error.as_str())
                .collect::<Vec<_>>()
                .join(", ");
            sink.report(
                Rule::UndeclaredError,
                &place,
                message,
                Some(format!("it declares {declared}")),
            );
        }
    }
}

/// Not an error of the platform, whose names begin like this.
fn is_own(name: &str) -> bool {
    !["States.", "Lambda.", "Sandbox.", "Runtime.", "Activity."]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// `$states.errorOutput` for a catcher: what those of its errors are that get past the catchers before it.
pub(crate) fn output(names: &[String], earlier: &[&String], contract: Option<&Contract>) -> Shape {
    let plain = Shape::object([("Error", text(256)), ("Cause", text(LONGEST_CAUSE))]);
    let Some(contract) = contract else { return plain };
    let mut shape = Shape::impossible();
    for name in names {
        let declared = contract.errors.iter().find(|(error, _)| error == name);
        let own = match declared {
            Some((_, output)) => output.clone(),
            None if name == ALL || name == TASK_FAILED => {
                let rest = contract.errors.iter().filter(|(error, _)| !earlier.contains(&error));
                rest.fold(plain.clone(), |shape, (_, output)| shape.join(output.clone()))
            }
            None => plain.clone(),
        };
        shape = shape.join(own);
    }
    shape
}
