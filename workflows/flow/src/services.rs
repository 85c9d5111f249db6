//! Calls of AWS services: sent, published, started, invoked.

use std::rc::Rc;

use expr::{Expr, Is, Node, Shape, Written};
use serde_json::Value;

use crate::{
    Failure, Place, Scope, Then,
    calls::{LAMBDA_INVOKE, arn, literal, record, seconds},
    failures::{ANY, DEFAULT, FAILED, LAMBDA},
    names::pascal_case,
    requests::Request,
};

/// Seconds for which the invocation of somebody else's function may last: as long as any function, and a margin.
const FUNCTION_TIMEOUT_SECONDS: u32 = 905;

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
        self.build.unchecked.borrow_mut().insert(Place::here());
        let action = resource.rsplit(':').next().unwrap_or_default();
        let request = Request {
            resource,
            name: &pascal_case(action.split('.').next().unwrap_or_default()),
            arguments: arguments.expr().settled(),
            ..Request::default()
        };
        self.finish_call(self.request(request, failed), Written::Unknown)
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
