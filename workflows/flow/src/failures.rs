//! Errors that nobody declared, and what they lead to.

use std::rc::Rc;

use expr::{Expr, Never, Node, Shape, Source, Written};

use crate::{
    Place, Retry, Scope, Then,
    scope::variable,
    tree::{Block, End, Label, Step, Unexpected},
};

/// An error that no activity declares: the function was throttled, timed out, crashed, or could not be reached.
///
/// Its cause is not given: it may quote what went in.
#[derive(Clone, Debug)]
pub struct Failure<'x> {
    /// Its name, for example `States.Timeout`.
    pub error: Expr<'x, String>,
    /// The name of the state that failed.
    pub state: Expr<'x, String>,
}

/// What Lambda and Step Functions themselves report of an invocation, from the special to the general.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html> and the error names of
/// <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.
pub(crate) const LAMBDA: &[&str] = &[
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
    "Runtime.ExitError",
    "States.Timeout",
    "States.TaskFailed",
];

/// What Lambda itself reports of an invocation that has not begun: repeating it asks nobody twice.
pub(crate) const LAMBDA_NOT_BEGUN: &[&str] = &[
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
];

/// What any service may report, whatever its own names for it are.
pub(crate) const ANY: &[&str] = &["States.Timeout", "States.TaskFailed"];

/// The same without having waited in vain.
pub(crate) const FAILED: &[&str] = &["States.TaskFailed"];

/// The policy for infrastructure errors unless a clause answers with another: 6 retries, 2 s → 64 s, full jitter.
pub(crate) const DEFAULT: Retry = Retry::times(6).interval(2);

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    /// What errors that nobody declared lead to, from here on in this scope and those inside it, instead of what was said
    /// further out. Answered with `Retry::…then(…)`, the policy replaces the default one, which is 6 retries from 2 s on.
    pub fn otherwise(&self, clause: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, Never>) {
        let clause = self.clause(LAMBDA, Some(DEFAULT), clause);
        *self.unexpected.borrow_mut() = Some(Rc::new(clause));
    }

    pub(crate) fn clause<T: Shape>(
        &self,
        retried: &'static [&'static str],
        policy: Option<Retry>,
        run: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, T>,
    ) -> Unexpected {
        let names = ["unexpectedError", "failedState"].map(|name| self.free_name(name));
        let [error, state] = &names;
        let (mut block, retry) = self.arm(&names, |inner| {
            run(
                inner,
                &Failure {
                    error: variable(error, Written::Deep),
                    state: variable(state, Written::Deep),
                },
            )
        });
        let place = Place {
            file: "",
            line: 0,
            column: 0,
        };
        let parts = [(error, Source::ErrorName), (state, Source::Context(&["State", "Name"]))];
        let keeps = parts.map(|(name, source)| Step::Keep {
            variable: name.clone(),
            value: Rc::new(Node::Source(source)),
            place,
        });
        block.steps.splice(..0, keeps);
        Unexpected {
            retried,
            retry: retry.or(policy),
            block: Some(Rc::new(block)),
        }
    }

    pub(crate) fn unexpected(&self, label: &Label, retried: &'static [&'static str]) -> Unexpected {
        if let Some(clause) = &*self.unexpected.borrow() {
            return Unexpected {
                retried,
                ..(**clause).clone()
            };
        }
        self.build.find(
            label.place,
            "what errors that nobody declared lead to has not been said: `otherwise` does",
        );
        let end = End::Fail {
            label: label.clone(),
            error: String::new(),
            cause: None,
        };
        Unexpected {
            retried,
            block: Some(Rc::new(Block { steps: Vec::new(), end })),
            ..Unexpected::fails()
        }
    }
}

impl Unexpected {
    /// The default policy, after which the branch or iteration fails.
    pub(crate) fn fails() -> Self {
        Self {
            retried: LAMBDA,
            retry: Some(DEFAULT),
            block: None,
        }
    }
}
