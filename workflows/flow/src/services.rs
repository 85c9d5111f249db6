//! Calls of AWS services: sent, published, started, invoked.

use std::rc::Rc;

use expr::{Activity, Cases, Expr, Is, Node, Shape, Source, Written};
use serde_json::{Value, json};

use crate::{
    Failure, Place, Scope, Then,
    calls::{LAMBDA_INVOKE, arn, literal, record, seconds},
    causes::{Cause, read_apart},
    failures::{ANY, DEFAULT, FAILED, LAMBDA},
    limits,
    names::{camel_case, pascal_case},
    tree::{Block, Call, End, Unexpected},
};

/// Seconds for which a call of a service may last.
const TIMEOUT_SECONDS: u32 = 30;

/// Seconds for which the invocation of somebody else's function may last: as long as any function, and a margin.
const FUNCTION_TIMEOUT_SECONDS: u32 = 905;

/// A call of a service.
pub(crate) struct Request<'a> {
    pub(crate) resource: &'a str,
    /// What its state is called if nobody says otherwise.
    pub(crate) name: &'a str,
    pub(crate) arguments: Rc<Node>,
    pub(crate) timeout: Rc<Node>,
    /// Where the result stands in the answer.
    pub(crate) result: &'static [&'static str],
}

impl Default for Request<'_> {
    fn default() -> Self {
        Self {
            resource: "",
            name: "",
            arguments: record(&[]),
            timeout: seconds(TIMEOUT_SECONDS),
            result: &[],
        }
    }
}

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    /// Sends a message to the queue whose URL is `${…Url}`: `sqs_send_message("DeadLetterQueue", …)`. The closure decides
    /// what a failure leads to; the body travels as JSON.
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html>.
    #[track_caller]
    pub fn sqs_send_message<T: Shape>(
        &self,
        queue: &str,
        body: impl Is<'s, T>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, ()>,
    ) {
        let failed = self.clause(ANY, Some(DEFAULT), on_failure);
        let request = Request {
            resource: "arn:aws:states:::sqs:sendMessage",
            name: &format!("SendTo{queue}"),
            arguments: record(&[("QueueUrl", url(queue)), ("MessageBody", body.expr().settled())]),
            ..Request::default()
        };
        self.finish_call::<()>(self.request(request, failed).without_result(), Written::Unknown);
    }

    /// Publishes a message to the topic whose ARN is `${…Arn}`: `sns_publish("AlarmTopic", …)`. The closure decides what a
    /// failure leads to; a text travels as it is, anything else as JSON. A retry may publish twice.
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html>.
    #[track_caller]
    pub fn sns_publish<T: Shape>(
        &self,
        topic: &str,
        message: impl Is<'s, T>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, ()>,
    ) {
        let failed = self.clause(ANY, Some(DEFAULT), on_failure);
        let request = Request {
            resource: "arn:aws:states:::sns:publish",
            name: &format!("PublishTo{topic}"),
            arguments: record(&[("TopicArn", arn(topic)), ("Message", message.expr().settled())]),
            ..Request::default()
        };
        self.finish_call::<()>(self.request(request, failed).without_result(), Written::Unknown);
    }

    /// Starts an execution of the state machine whose ARN is `${…Arn}` and does not wait for its end:
    /// `start_execution("ShipOrder", &order.id, …)`. The closure decides what a failure leads to.
    ///
    /// The execution's name is required: a start that is retried under one name cannot start a second execution.
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html>; `Name` in
    /// <https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>.
    #[track_caller]
    pub fn start_execution<T: Shape>(
        &self,
        state_machine: &str,
        name: impl Is<'s, String>,
        input: impl Is<'s, T>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, ()>,
    ) {
        let failed = self.clause(ANY, Some(DEFAULT), on_failure);
        let request = Request {
            resource: "arn:aws:states:::states:startExecution",
            name: &format!("Start{state_machine}"),
            arguments: start(state_machine, &name.expr(), &input.expr()),
            ..Request::default()
        };
        self.finish_call::<()>(self.request(request, failed).without_result(), Written::Unknown);
    }

    /// Runs an execution of the state machine whose ARN is `${…Arn}` and gives its output; `seconds` (1 to 99,999,999) is how
    /// long it may take. The closure decides what its failure leads to, its end in time or at the hands of a person.
    ///
    /// Nothing is repeated of its own accord: an execution that has ended takes its name with it, and a second one does its
    /// work again.
    ///
    /// Source: `.sync:2` in <https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html>.
    #[track_caller]
    pub fn run_execution<I: Shape, O: Shape>(
        &self,
        state_machine: &str,
        seconds: u32,
        name: impl Is<'s, String>,
        input: impl Is<'s, I>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, O>,
    ) -> Expr<'s, O> {
        let failed = self.clause(FAILED, None, on_failure);
        let request = Request {
            resource: "arn:aws:states:::states:startExecution.sync:2",
            name: &format!("Run{state_machine}"),
            arguments: start(state_machine, &name.expr(), &input.expr()),
            timeout: crate::calls::seconds(seconds),
            result: &["Output"],
        };
        self.finish_call(self.request(request, failed), Written::Unknown)
    }

    /// Invokes the Lambda function whose ARN is `${…Arn}`, which has no contract here: what it is given and what it answers
    /// is taken at the workflow's word. The closure decides what any failure leads to, after the default policy.
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html>.
    #[track_caller]
    pub fn lambda_invoke<I: Shape, O: Shape>(
        &self,
        function: &str,
        payload: impl Is<'s, I>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, O>,
    ) -> Expr<'s, O> {
        let failed = self.clause(LAMBDA, Some(DEFAULT), on_failure);
        let request = Request {
            resource: LAMBDA_INVOKE,
            name: function,
            arguments: record(&[("FunctionName", arn(function)), ("Payload", payload.expr().settled())]),
            timeout: seconds(FUNCTION_TIMEOUT_SECONDS),
            result: &["Payload"],
        };
        self.finish_call(self.request(request, failed), Written::Unknown)
    }

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

    /// Calls what no method here calls, by its resource: `arn:aws:states:::aws-sdk:s3:getObject`. Neither the arguments
    /// ([`untyped`](expr::untyped)) nor the answer are checked against anything: a visible exception. The closure decides
    /// what any failure leads to; nothing is repeated of its own accord.
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html>.
    #[track_caller]
    pub fn task_unchecked<O: Shape>(
        &self,
        resource: &str,
        arguments: impl Is<'s, Value>,
        on_failure: impl for<'x> FnOnce(&Scope<'x, 's>, &Failure<'x>) -> Then<'x, O>,
    ) -> Expr<'s, O> {
        let failed = self.clause(FAILED, None, on_failure);
        let action = resource.rsplit(':').next().unwrap_or_default();
        let request = Request {
            resource,
            name: &pascal_case(action.split('.').next().unwrap_or_default()),
            arguments: arguments.expr().settled(),
            ..Request::default()
        };
        self.finish_call(self.request(request, failed), Written::Unknown)
    }

    /// A call whose errors all lead one way.
    #[track_caller]
    pub(crate) fn request(&self, request: Request<'_>, failed: Unexpected) -> Call {
        let place = Place::here();
        let (label, limits) = self.limited_label(|| request.name.to_owned(), place);
        limits.refuse_concurrency(self, place);
        // A heartbeat has to come within the timeout.
        let least = limits.heartbeat_seconds.map_or(1, |seconds| seconds.saturating_add(1));
        Call {
            arguments: request.arguments,
            resource: request.resource.to_owned(),
            is_ours: false,
            timeout: limits
                .timeout_seconds
                .map_or_else(|| limits::within(&request.timeout, least), seconds),
            heartbeat_seconds: limits.heartbeat_seconds,
            variable: camel_case(&label.name),
            result: Rc::new(Node::Source(Source::Result(request.result))),
            success: None,
            errors: Vec::new(),
            unexpected: failed,
            label,
        }
    }
}

impl Call {
    /// The same call, whose answer nobody needs.
    pub(crate) fn without_result(self) -> Self {
        Self {
            success: Some(Block {
                steps: Vec::new(),
                end: End::Value(Rc::new(Node::Literal(json!(null)))),
            }),
            ..self
        }
    }
}

/// The placeholder of a queue's URL.
pub(crate) fn url(queue: &str) -> Rc<Node> {
    literal(&format!("${{{queue}Url}}"))
}

fn start<I: Shape>(state_machine: &str, name: &Expr<'_, String>, input: &Expr<'_, I>) -> Rc<Node> {
    record(&[
        ("StateMachineArn", arn(state_machine)),
        ("Name", name.settled()),
        ("Input", input.settled()),
    ])
}
