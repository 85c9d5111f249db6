//! Work for activity workers.

use std::rc::Rc;

use expr::{Activity, Cases, Expr, Is, Node, Shape, Source, Written};

use crate::{
    Place, Scope, Then,
    calls::seconds,
    causes::{Cause, read_apart},
    failures::ANY,
    names::camel_case,
    tree::Call,
};

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    /// Gives work to the workers of an activity, which ask for it (`GetActivityTask`) and report with `SendTaskSuccess` or
    /// `SendTaskFailure`. Its ARN is `${…ActivityArn}`. The contract is an [`Activity`], as for a Lambda function of ours; a
    /// worker reports a declared error under its name, with the fields as JSON in the cause; where a field is wanted that is not
    /// there or not what its type says, it counts as an error that is not declared.
    ///
    /// The contract's `TIMEOUT_SECONDS` count from when the work was offered, unless [`timeout`](Self::timeout) says
    /// otherwise. What errors lead to that it does not declare says [`otherwise`](Self::otherwise).
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html>.
    #[track_caller]
    pub fn activity_worker<A: Activity>(
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
        let place = Place::here();
        let (label, limits) = self.limited_label(|| A::NAME.to_owned(), place);
        limits.refuse_concurrency(self, place);
        let errors = self.declared::<A, A::Output>(&label.name, Cause::Fields, on_error);
        let call = Call {
            success: None,
            arguments: input.expr().settled(),
            resource: format!("${{{}ActivityArn}}", A::NAME),
            is_ours: false,
            timeout: seconds(limits.timeout_seconds.unwrap_or(A::TIMEOUT_SECONDS)),
            heartbeat_seconds: limits.heartbeat_seconds,
            variable: camel_case(&label.name),
            result: Rc::new(Node::Source(Source::Result(&[]))),
            errors,
            unexpected: self.unexpected(&label, ANY),
            label,
        };
        self.finish_call(read_apart(call), Written::Unknown)
    }
}
