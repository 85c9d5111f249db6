//! Calls of activities.

use std::rc::Rc;

use expr::{Activity, Cases, Expr, Is, Node, Shape, Source, Written};
use serde_json::json;

use crate::{
    Place, Scope, Then,
    causes::{Cause, text_of},
    failures::LAMBDA,
    names::camel_case,
    scope::variable,
    tree::{Call, End, ErrorArm, Payload, Step},
};

/// Where an activity is invoked.
pub(crate) const LAMBDA_INVOKE: &str = "arn:aws:states:::lambda:invoke";

/// What an activity says of an input that it cannot read: the contract's `activity_errors::INVALID_INPUT`.
pub(crate) const INVALID_INPUT: &str = "Activity.InvalidInput";

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
        on_error: impl for<'x> FnMut(&Scope<'x, 's>, <A::Error as Cases>::Case<'x>) -> Then<'x, T>,
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
        let errors = self.declared::<A, T>(&label.name, Cause::OfLambda, on_error);
        Call {
            success: None,
            arguments: record(&[("FunctionName", arn(A::NAME)), ("Payload", input)]),
            resource: LAMBDA_INVOKE.to_owned(),
            is_ours: true,
            timeout: seconds(limits.timeout_seconds.unwrap_or(least)),
            heartbeat_seconds: limits.heartbeat_seconds,
            variable: camel_case(&label.name),
            result: Rc::new(Node::Source(Source::Result(&["Payload"]))),
            errors,
            unexpected: self.unexpected(&label, LAMBDA),
            label,
        }
    }

    /// An arm for each error that an activity declares, whose fields stand in the cause as `cause` says.
    pub(crate) fn declared<A: Activity, T: Shape>(
        &self,
        state: &str,
        cause: Cause,
        mut on_error: impl for<'x> FnMut(&Scope<'x, 's>, <A::Error as Cases>::Case<'x>) -> Then<'x, T>,
    ) -> Vec<ErrorArm>
    where
        A::Error: Cases,
    {
        self.build.activities.borrow_mut().insert(A::NAME);
        let error = self.free_name(&format!("{}Error", camel_case(state)));
        let of = Rc::clone(variable::<()>(&error, Written::Deep).node());
        let fields = cause.fields(&text_of(&error));
        let cases = <A::Error as Cases>::cases(&fields).into_iter().enumerate();
        cases
            .map(|(at, case)| {
                let (block, retry) = self.arm(std::slice::from_ref(&error), |inner| {
                    on_error(inner, <A::Error as Cases>::cases(&of).swap_remove(at).case)
                });
                ErrorArm {
                    name: case.name,
                    retry,
                    block,
                    payload: Some(Payload {
                        variable: error.clone(),
                        source: Rc::new(Node::Source(Source::Error)),
                        checked: case.checked,
                    }),
                }
            })
            .collect()
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

/// The placeholder of something's ARN.
pub(crate) fn arn(name: &str) -> Rc<Node> {
    literal(&format!("${{{name}Arn}}"))
}

pub(crate) fn literal(text: &str) -> Rc<Node> {
    Rc::new(Node::Literal(json!(text)))
}

/// A time that is written down.
pub(crate) fn seconds(seconds: u32) -> Rc<Node> {
    Rc::new(Node::Literal(json!(seconds)))
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
