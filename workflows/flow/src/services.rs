//! Calls of AWS services whose answer nobody needs: sent, published, started.

use std::rc::Rc;

use expr::{Is, Node, Shape, Source, Written};
use serde_json::json;

use crate::{
    Failure, Place, Scope, Then,
    calls::{DEFAULT, literal, record},
    names::camel_case,
    tree::{Block, Call, End, Unexpected},
};

/// What a service may report, whatever its own names for it are.
const ERRORS: &[&str] = &["States.Timeout", "States.TaskFailed"];

/// Seconds for which a call of a service may last.
const TIMEOUT_SECONDS: u32 = 30;

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
        let arguments = [
            ("QueueUrl", literal(&format!("${{{queue}Url}}"))),
            ("MessageBody", body.expr().settled()),
        ];
        let failed = self.clause(ERRORS, Some(DEFAULT), on_failure);
        self.request(
            "arn:aws:states:::sqs:sendMessage",
            &format!("SendTo{queue}"),
            &arguments,
            failed,
        );
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
        let arguments = [
            ("TopicArn", literal(&format!("${{{topic}Arn}}"))),
            ("Message", message.expr().settled()),
        ];
        let failed = self.clause(ERRORS, Some(DEFAULT), on_failure);
        self.request(
            "arn:aws:states:::sns:publish",
            &format!("PublishTo{topic}"),
            &arguments,
            failed,
        );
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
        let arguments = [
            ("StateMachineArn", literal(&format!("${{{state_machine}Arn}}"))),
            ("Name", name.expr().settled()),
            ("Input", input.expr().settled()),
        ];
        let failed = self.clause(ERRORS, Some(DEFAULT), on_failure);
        self.request(
            "arn:aws:states:::states:startExecution",
            &format!("Start{state_machine}"),
            &arguments,
            failed,
        );
    }

    #[track_caller]
    fn request(&self, resource: &'static str, name: &str, arguments: &[(&str, Rc<Node>)], failed: Unexpected) {
        let place = Place::here();
        let (label, limits) = self.limited_label(|| name.to_owned(), place);
        limits.refuse_concurrency(self, place);
        let call = Call {
            arguments: record(arguments),
            resource,
            timeout_seconds: limits.timeout_seconds.unwrap_or(TIMEOUT_SECONDS),
            heartbeat_seconds: limits.heartbeat_seconds,
            variable: camel_case(&label.name),
            result: Rc::new(Node::Source(Source::Result(&[]))),
            success: Some(Block {
                steps: Vec::new(),
                end: End::Value(Rc::new(Node::Literal(json!(null)))),
            }),
            errors: Vec::new(),
            unexpected: failed,
            label,
        };
        self.finish_call::<()>(call, Written::Unknown);
    }
}
