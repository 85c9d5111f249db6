//! Tasks that wait until somebody answers.

use std::{marker::PhantomData, rc::Rc};

use expr::{Activity, Cases, Expr, Is, Node, Shape, Source, TaskToken, Written};

use crate::{
    Failure, Place, Retry, Scope, Then,
    calls::{LAMBDA_INVOKE, arn, record},
    causes::{Cause, read_apart},
    failures::{FAILED, LAMBDA_NOT_BEGUN},
    requests::Request,
    services::url,
    tree::{Call, ErrorArm},
};

/// By which way somebody is asked for an answer.
#[derive(Clone, Copy, Debug)]
pub enum Through<'a> {
    /// A message to the queue whose URL is `${…Url}`.
    Queue(&'a str),
    /// A message to the topic whose ARN is `${…Arn}`.
    Topic(&'a str),
    /// The payload of the Lambda function whose ARN is `${…Arn}`; what the function itself gives is no answer.
    Function(&'a str),
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub enum Unanswered<'x> {
    /// Nobody answered in time.
    Timeout,
    /// Whoever works on the answer did not report in time that they still do. Only where a
    /// [`heartbeat`](Scope::heartbeat) is asked for.
    HeartbeatTimeout,
    /// Nobody could be asked, or the answer was `SendTaskFailure`, which gives the error its name.
    Failed(Failure<'x>),
}

/// The token of the task that asks: it belongs into what is sent.
#[derive(Debug)]
pub struct Token<'x, 'outer: 'x> {
    scope: PhantomData<(&'x (), &'outer ())>,
}

impl<'x> Is<'x, TaskToken> for Token<'x, '_> {
    fn expr(self) -> Expr<'x, TaskToken> {
        Expr::from_node(token())
    }
}

impl<'x> Is<'x, String> for Token<'x, '_> {
    fn expr(self) -> Expr<'x, String> {
        Expr::from_node(token())
    }
}

fn token() -> Rc<Node> {
    Rc::new(Node::Source(Source::Context(TOKEN)))
}

const TOKEN: &[&str] = &["Task", "Token"];

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    /// Asks somebody and waits for the answer, at most `seconds`: 1 to 99,999,999, and more than a
    /// [`heartbeat`](Self::heartbeat). What lies beyond that in the data waits as long as the nearest of them. Whoever is asked answers with
    /// `SendTaskSuccess` under the token; that the answer is a `T` is taken at their word.
    ///
    /// `question` makes what is sent, with the token in it. `unanswered` is called once for each reason not to have an
    /// answer, and decides; nothing is asked twice unless it says so with [`Retry`]. An Express workflow cannot wait so.
    ///
    /// ```text
    /// let decision = w.wait_for_token::<Decision, Question>(
    ///     3_600,
    ///     Through::Queue("ApprovalQueue"),
    ///     |token| QuestionExpr { token, order: &order.id }.expr(),
    ///     |w, unanswered| match unanswered {
    ///         Unanswered::Timeout | Unanswered::HeartbeatTimeout => w.fail("Order.NobodyDecided"),
    ///         Unanswered::Failed(failure) => w.fail_because("Order.Undecided", &failure.error),
    ///     },
    /// );
    /// ```
    ///
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token>.
    #[track_caller]
    pub fn wait_for_token<T: Shape, Q: Shape>(
        &self,
        seconds: impl Is<'s, u32>,
        through: Through<'_>,
        question: impl for<'x> FnOnce(Token<'x, 's>) -> Expr<'x, Q>,
        unanswered: impl for<'x> FnMut(&Scope<'x, 's>, Unanswered<'x>) -> Then<'x, T>,
    ) -> Expr<'s, T> {
        let asked = question(Token { scope: PhantomData }).settled();
        let (resource, name, fields) = match through {
            Through::Queue(queue) => (
                "arn:aws:states:::sqs:sendMessage",
                format!("AskThrough{queue}"),
                [("QueueUrl", url(queue)), ("MessageBody", asked)],
            ),
            Through::Topic(topic) => (
                "arn:aws:states:::sns:publish",
                format!("AskThrough{topic}"),
                [("TopicArn", arn(topic)), ("Message", asked)],
            ),
            Through::Function(function) => (
                LAMBDA_INVOKE,
                function.to_owned(),
                [("FunctionName", arn(function)), ("Payload", asked)],
            ),
        };
        let request = Request {
            resource,
            name: &name,
            arguments: record(&fields),
            timeout: seconds.expr().settled(),
            ..Request::default()
        };
        let call = self.waiting(request, Vec::new(), unanswered);
        self.finish_call(call, Written::Unknown)
    }

    /// The same where an activity of ours asks. What it declares is decided apart; its output is no answer.
    ///
    /// Whoever has the token may report an error under a declared name and say anything with it. Where a field of it is wanted
    /// that is not there or not what its type says, there is no answer: [`Unanswered::Failed`], with
    /// `States.QueryEvaluationError`.
    #[track_caller]
    pub fn call_and_wait<A: Activity, T: Shape>(
        &self,
        _: A,
        seconds: impl Is<'s, u32>,
        input: impl for<'x> FnOnce(Token<'x, 's>) -> Expr<'x, A::Input>,
        on_error: impl for<'x> FnMut(&Scope<'x, 's>, <A::Error as Cases>::Case<'x>) -> Then<'x, T>,
        unanswered: impl for<'x> FnMut(&Scope<'x, 's>, Unanswered<'x>) -> Then<'x, T>,
    ) -> Expr<'s, T>
    where
        A::Input: Shape,
        A::Error: Cases,
    {
        let payload = input(Token { scope: PhantomData }).settled();
        let request = Request {
            resource: LAMBDA_INVOKE,
            name: A::NAME,
            arguments: record(&[("FunctionName", arn(A::NAME)), ("Payload", payload)]),
            timeout: seconds.expr().settled(),
            ..Request::default()
        };
        let errors = self.declared::<A, T>(A::NAME, Cause::OfLambda, on_error);
        let call = Call {
            is_ours: true,
            ..self.waiting(request, errors, unanswered)
        };
        self.finish_call(read_apart(call), Written::Unknown)
    }

    #[track_caller]
    fn waiting<T: Shape>(
        &self,
        request: Request<'_>,
        mut errors: Vec<ErrorArm>,
        mut unanswered: impl for<'x> FnMut(&Scope<'x, 's>, Unanswered<'x>) -> Then<'x, T>,
    ) -> Call {
        let place = Place::here();
        if !tells_token(&request.arguments) {
            self.build.find(
                place,
                "nobody is told the token, so nobody can answer: put it into what is sent",
            );
        }
        let invokes = request.resource == LAMBDA_INVOKE;
        let mut failed = self.clause(FAILED, None, |inner, failure| {
            unanswered(inner, Unanswered::Failed(failure.clone()))
        });
        if failed.retry.is_none() && invokes {
            failed.retried = LAMBDA_NOT_BEGUN;
            failed.retry = Some(crate::failures::DEFAULT);
        }
        let mut call = self.request(
            Request {
                resource: &format!("{}.waitForTaskToken", request.resource),
                ..request
            },
            failed,
        );
        let beats = call.heartbeat_seconds.is_some();
        if beats {
            let (block, retry) = self.arm(&[], |inner| unanswered(inner, Unanswered::HeartbeatTimeout));
            errors.push(in_time("States.HeartbeatTimeout", block, retry));
        }
        let (block, retry) = self.arm(&[], |inner| unanswered(inner, Unanswered::Timeout));
        errors.push(in_time("States.Timeout", block, retry));
        call.errors = errors;
        call
    }
}

fn in_time(name: &'static str, block: crate::tree::Block, retry: Option<Retry>) -> ErrorArm {
    ErrorArm {
        name,
        retry,
        block,
        payload: None,
    }
}

fn tells_token(node: &Node) -> bool {
    matches!(node, Node::Source(Source::Context(path)) if *path == TOKEN)
        || node.children().into_iter().any(|child| tells_token(child))
}
