//! Calls of activities.

use std::rc::Rc;

use expr::{Activity, Cases, Expr, Is, Never, Node, Shape, Source, Written};
use serde_json::json;

use crate::{
    Place, Retry, Scope, Then,
    names::camel_case,
    scope::variable,
    tree::{Block, Call, End, ErrorArm, Label, Step, Unexpected},
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
const LAMBDA: &[&str] = &[
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

/// Where an activity is invoked.
pub(crate) const LAMBDA_INVOKE: &str = "arn:aws:states:::lambda:invoke";

/// What an activity says of an input that it cannot read: the contract's `activity_errors::INVALID_INPUT`.
pub(crate) const INVALID_INPUT: &str = "Activity.InvalidInput";

/// The policy for infrastructure errors unless a clause answers with another: 6 retries, 2 s → 64 s, full jitter.
pub(crate) const DEFAULT: Retry = Retry::times(6).interval(2);

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    /// Calls an activity. The closure decides what each of its declared errors leads to; it is called once for each, so
    /// it must do the same at each call.
    #[track_caller]
    pub fn call<A: Activity>(
        &self,
        _: A,
        input: impl Is<'s, A::Input>,
        on_error: impl for<'x> FnMut(&Scope<'x, 's>, <A::Error as Cases>::Case<'x>) -> Then<'x, A::Output>,
    ) -> Expr<'s, A::Output>
    where
        A::Input: Shape,
        A::Output: Shape,
        A::Error: Cases,
    {
        let call = self.activity::<A, A::Output>(input.expr().settled(), on_error, Place::here());
        // What an arm stands in with may leave something out; an activity's answer does not.
        let stood_in = call.errors.iter().any(|arm| matches!(arm.block.end, End::Value(_)));
        self.finish_call(call, if stood_in { Written::Unknown } else { Written::Deep })
    }

    /// The same where success and errors lead to one value of another type.
    #[track_caller]
    pub fn call_then<A: Activity, T: Shape>(
        &self,
        _: A,
        input: impl Is<'s, A::Input>,
        on_success: impl for<'x> FnOnce(&Scope<'x, 's>, Expr<'x, A::Output>) -> Then<'x, T>,
        on_error: impl for<'x> FnMut(&Scope<'x, 's>, <A::Error as Cases>::Case<'x>) -> Then<'x, T>,
    ) -> Expr<'s, T>
    where
        A::Input: Shape,
        A::Output: Shape,
        A::Error: Cases,
    {
        let mut call = self.activity::<A, T>(input.expr().settled(), on_error, Place::here());
        let name = call.variable.clone();
        let answer = variable(&name, Written::Deep);
        call.success = Some(self.arm_without_retry(call.label.place, &[name], |inner| on_success(inner, answer)));
        self.finish_call(call, Written::Unknown)
    }

    fn activity<A: Activity, T: Shape>(
        &self,
        input: Rc<Node>,
        mut on_error: impl for<'x> FnMut(&Scope<'x, 's>, <A::Error as Cases>::Case<'x>) -> Then<'x, T>,
        place: Place,
    ) -> Call
    where
        A::Error: Cases,
    {
        let (label, limits) = self.limited_label(|| A::NAME.to_owned(), place);
        limits.refuse_concurrency(self, place);
        let least = A::TIMEOUT_SECONDS + A::TIMEOUT_MARGIN;
        if limits.timeout_seconds.is_some_and(|seconds| seconds < least) {
            let why = "else the first invocation still runs beside the second";
            self.build.find(
                place,
                format!("{} runs up to {least} s with its margin, {why}", A::NAME),
            );
        }
        let name = camel_case(&label.name);
        let error = self.free_name(&format!("{name}Error"));
        let of = Rc::clone(variable::<()>(&error, Written::Deep).node());
        let names = <A::Error as Cases>::cases(&of)
            .into_iter()
            .map(|case| case.name)
            .collect::<Vec<_>>();
        let errors = names
            .into_iter()
            .enumerate()
            .map(|(at, error_name)| {
                let (block, retry) = self.arm(std::slice::from_ref(&error), |inner| {
                    on_error(inner, <A::Error as Cases>::cases(&of).swap_remove(at).case)
                });
                ErrorArm {
                    name: error_name,
                    retry,
                    block,
                    variable: error.clone(),
                }
            })
            .collect();
        Call {
            success: None,
            arguments: record(&[
                ("FunctionName", literal(&format!("${{{}Arn}}", A::NAME))),
                ("Payload", input),
            ]),
            resource: LAMBDA_INVOKE,
            timeout_seconds: limits.timeout_seconds.unwrap_or(least),
            heartbeat_seconds: limits.heartbeat_seconds,
            variable: name,
            result: Rc::new(Node::Source(Source::Result(&["Payload"]))),
            errors,
            unexpected: self.unexpected(&label, LAMBDA),
            label,
        }
    }

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

    fn unexpected(&self, label: &Label, retried: &'static [&'static str]) -> Unexpected {
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

    pub(crate) fn finish_call<T: Shape>(&self, call: Call, written: Written) -> Expr<'s, T> {
        let name = call.variable.clone();
        for policy in call
            .errors
            .iter()
            .filter_map(|arm| arm.retry)
            .chain(call.unexpected.retry)
        {
            if let Some(fault) = policy.fault() {
                self.build.find(call.label.place, fault);
            }
        }
        self.bind(&name, call.label.place);
        self.push(Step::Call(Box::new(call)));
        variable(&name, written)
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

pub(crate) fn literal(text: &str) -> Rc<Node> {
    Rc::new(Node::Literal(json!(text)))
}

pub(crate) fn record(fields: &[(&str, Rc<Node>)]) -> Rc<Node> {
    Rc::new(Node::Record(
        fields
            .iter()
            .map(|(name, node)| ((*name).to_owned(), Rc::clone(node)))
            .collect(),
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_name_is_the_contract_s() {
        assert_eq!(super::INVALID_INPUT, contracts::activity_errors::INVALID_INPUT);
    }
}
