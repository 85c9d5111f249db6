//! `redrive-dead-letters`: failed messages are sent again, a few at a time.
//!
//! What another redrive has taken meanwhile is a result like any other: one message never keeps the others.

use contracts::{
    DeadLetterQueryExpr, FailedMessage, ListDeadLetters, ListDeadLettersError, RedriveDeadLetters, RedriveMessage,
    RedriveMessageError, RedriveOutcome, RedriveReport, RedriveReportExpr, RedriveRequestExpr, RedriveResult,
    RedriveResultExpr,
};
use expr::{Expr, Is, Nothing, constant};
use flow::{Scope, Then, Workflow, value, workflow};

use crate::process_message::blame;

/// How many messages are sent again at the same time: a server that has just come back is not overrun.
const AT_ONCE: u32 = 5;
/// The input asks for what is not possible; the cause names the field.
const INVALID: &str = "Redrive.InvalidInput";
/// A message could not be sent again, because what that needs does not answer.
const UNREACHABLE: &str = "Redrive.Unavailable";
/// The tables or the engine could not be reached for minutes. What has been sent again stays so; start it again for the rest.
const STOPPED: &str = "Redrive.Stopped";

/// One execution redrives up to 100 messages, each as an execution of `process-message` of its own.
pub fn redrive_dead_letters() -> Workflow {
    let main = workflow::<RedriveDeadLetters, RedriveReport>(
        "redrive-dead-letters",
        |w, _, failure| w.fail_because(STOPPED, blame(failure)),
        |w, asked| {
            let query = DeadLetterQueryExpr {
                limit: &asked.limit,
                reason: &asked.reason,
            };
            let found = w.call(ListDeadLetters, query, |w, error| match error {
                ListDeadLettersError::InvalidQuery { field, reason } => {
                    w.fail_because(INVALID, field.concat(": ").concat(reason))
                }
            });
            let messages = w.max_concurrency(AT_ONCE).map(
                "ForEachDeadLetter",
                &found.messages,
                |w, failed| {
                    w.otherwise(|w, failure| w.fail_because(UNREACHABLE, blame(failure)));
                    let result = w.named("IsDryRun").if_else(
                        &asked.dry_run,
                        |_| {
                            result(
                                &failed.value,
                                RedriveOutcome::WouldBeRedriven,
                                &failed.value.execution,
                                Nothing,
                            )
                        },
                        |w| redrive(w, &failed.value),
                    );
                    value(result)
                },
                |w, failure| w.fail_because(STOPPED, blame(failure)),
            );
            value(RedriveReportExpr {
                messages,
                more: &found.more,
            })
        },
    );
    main.commented("Sends dead letters again, a few at a time, each as an execution of process-message of its own.")
}

fn redrive<'s>(w: &Scope<'s, '_>, failed: impl Is<'s, FailedMessage>) -> Then<'s, RedriveResult> {
    let failed = failed.expr();
    let request = RedriveRequestExpr {
        message_id: &failed.message_id,
    };
    let result = w.call_then(
        RedriveMessage,
        request,
        |_, redriven| result(&failed, RedriveOutcome::Redriven, &redriven.execution, Nothing),
        |_, error| match error {
            RedriveMessageError::Taken { status } => {
                let reason = constant::<String>("the message is ").concat(status);
                result(&failed, RedriveOutcome::Taken, Nothing, reason)
            }
            RedriveMessageError::NotFound => result(&failed, RedriveOutcome::NotFound, Nothing, "its item has expired"),
            RedriveMessageError::Refused { reason } => result(&failed, RedriveOutcome::Refused, Nothing, reason),
        },
    );
    value(result)
}

/// What became of a dead letter: the execution that carries it, or why there is none.
fn result<'x, 's: 'x>(
    failed: &Expr<'s, FailedMessage>,
    outcome: RedriveOutcome,
    execution: impl Is<'x, Option<String>>,
    reason: impl Is<'x, Option<String>>,
) -> Then<'x, RedriveResult> {
    value::<RedriveResult>(RedriveResultExpr {
        message_id: &failed.message_id,
        outcome,
        execution,
        reason,
    })
}
