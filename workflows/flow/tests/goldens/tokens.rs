//! Tasks that wait for an answer.

use expr::{Expr, Is, Shape, TaskToken};
use flow::{Retry, Scope, Then, Through, Unanswered, Workflow, value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    running::{Answer, run},
    services::UNREADABLE,
    support::{ChargeCard, ChargeCardError, ChargeError, ChargeExpr, Order, order, state},
};

/// What an approver is asked.
#[derive(Serialize, Deserialize, Shape)]
struct Question {
    token: TaskToken,
    order: String,
}

/// What an approver answers.
#[derive(Serialize, Deserialize, JsonSchema, Shape)]
struct Decision {
    approved: bool,
    comment: Option<String>,
}

fn decide<'s>(w: &Scope<'s, '_>, unanswered: Unanswered<'s>) -> Then<'s, Decision> {
    match unanswered {
        Unanswered::Timeout => value(DecisionExpr {
            approved: false,
            comment: "nobody decided",
        }),
        Unanswered::HeartbeatTimeout => w.fail("Order.ApproverGone"),
        Unanswered::Failed(failure) => w.fail_because("Order.Undecided", &failure.error),
    }
}

fn approval(heartbeat: Option<u32>) -> Workflow {
    order::<Decision>(move |w, order| {
        if let Some(seconds) = heartbeat {
            w.heartbeat(seconds);
        }
        let decision = w.wait_for_token::<Decision, Question>(
            3_600,
            Through::Queue("ApprovalQueue"),
            |token| {
                QuestionExpr {
                    token,
                    order: &order.id,
                }
                .expr()
            },
            decide,
        );
        value(decision)
    })
}

#[test]
fn an_answer_is_waited_for_as_long_as_is_said() {
    let workflow = approval(Some(60));
    insta::assert_json_snapshot!(state(&workflow, "AskThroughApprovalQueue"));
    let (requests, end) = run(&workflow, |_| Answer::Gives(json!({ "approved": true })));
    assert_eq!(requests[0]["MessageBody"]["order"], "ü-7");
    assert!(requests[0]["MessageBody"]["token"].is_string(), "{requests:?}");
    assert_eq!(end, Ok(json!({ "approved": true })));
}

#[test]
fn every_reason_not_to_have_an_answer_is_decided() {
    let (requests, end) = run(&approval(None), |_| Answer::Silence);
    assert_eq!(requests.len(), 1, "nobody is asked twice");
    assert_eq!(end, Ok(json!({ "approved": false, "comment": "nobody decided" })));
    let (_, end) = run(&approval(Some(60)), |_| Answer::Silence);
    assert_eq!(end, Err("Order.ApproverGone".to_owned()));
    let (requests, end) = run(&approval(None), |_| Answer::fails("Approver.Declined"));
    assert_eq!((requests.len(), end), (1, Err("Order.Undecided".to_owned())));
}

#[test]
fn who_says_so_asks_again() {
    let workflow = order::<Decision>(|w, order| {
        let decision = w.wait_for_token::<Decision, Question>(
            60,
            Through::Topic("Approvals"),
            |token| {
                QuestionExpr {
                    token,
                    order: &order.id,
                }
                .expr()
            },
            |w, _| Retry::times(2).then(w.fail("Order.Undecided")),
        );
        value(decision)
    });
    let (requests, end) = run(&workflow, |_| Answer::Silence);
    assert_eq!((requests.len(), end), (3, Err("Order.Undecided".to_owned())));
    let (requests, _) = run(&workflow, |_| Answer::fails("Approver.Declined"));
    assert_eq!(requests.len(), 3);
}

#[test]
fn an_activity_that_asks_declares_its_errors_beside_the_answer() {
    let workflow = order::<String>(|w, _: expr::Expr<Order>| {
        let answer = w.call_and_wait::<_, String>(
            ChargeCard,
            600,
            |token| {
                ChargeExpr {
                    order: token,
                    cents: 1,
                    note: expr::Nothing,
                }
                .expr()
            },
            |w, _| w.fail("Order.Unpaid"),
            |_, _| value("unanswered"),
        );
        value(answer)
    });
    insta::assert_json_snapshot!(state(&workflow, "ChargeCard"));
    assert_eq!(run(&workflow, |_| Answer::Gives(json!("yes"))).1, Ok(json!("yes")));
    let busy = ChargeError::Busy;
    let busy = expr::ActivityError::error_name(&busy);
    let (_, end) = run(&workflow, |_: &Value| Answer::declared(busy, &json!({})));
    assert_eq!(end, Err("Order.Unpaid".to_owned()));
    assert_eq!(run(&workflow, |_| Answer::Silence).1, Ok(json!("unanswered")));
}

#[test]
fn a_declared_error_whose_fields_cannot_be_read_is_no_answer() {
    let workflow = order::<u32>(|w, _: Expr<Order>| {
        let answer = w.call_and_wait::<_, u32>(
            ChargeCard,
            600,
            |token| {
                ChargeExpr {
                    order: token,
                    cents: 1,
                    note: expr::Nothing,
                }
                .expr()
            },
            |w, error| match error {
                ChargeCardError::Declined { .. } | ChargeCardError::Busy => w.fail("Order.Unpaid"),
                ChargeCardError::Locked { retry_after } => value(retry_after),
            },
            |w, unanswered| match unanswered {
                Unanswered::Timeout | Unanswered::HeartbeatTimeout => value(1),
                Unanswered::Failed(failure) => {
                    w.keep::<String>("because", failure.error);
                    value(2)
                }
            },
        );
        value(answer)
    });
    let ended = |cause: String| {
        let error = "Card.Locked";
        run(&workflow, |_| Answer::Fails {
            error,
            cause: cause.clone(),
        })
        .1
    };
    for fields in UNREADABLE {
        // Whoever has the token may say anything, also what Lambda would not.
        assert_eq!(ended(fields.to_owned()), Ok(json!(2)), "{fields}");
        assert_eq!(
            ended(json!({ "errorMessage": fields }).to_string()),
            Ok(json!(2)),
            "{fields}"
        );
    }
    assert_eq!(
        run(&workflow, |_| Answer::FailsWithoutCause("Card.Locked")).1,
        Ok(json!(2))
    );
    let (_, end) = run(&workflow, |_| {
        Answer::declared("Card.Locked", &json!({ "retry_after": 5 }))
    });
    assert_eq!(end, Ok(json!(5)));
}

#[test]
fn an_answer_is_waited_for_whatever_the_data_say_and_longer_than_a_heartbeat() {
    for seconds in ["-5", "0", "20", "1000000000"] {
        let workflow = order::<u32>(|w, _| {
            let answer = w.heartbeat(20).wait_for_token::<u32, TaskToken>(
                Expr::<u32>::jsonata(seconds, &[]),
                Through::Queue("Questions"),
                |token| token.expr(),
                |_, unanswered| match unanswered {
                    Unanswered::HeartbeatTimeout => value(1),
                    Unanswered::Timeout => value(2),
                    Unanswered::Failed(_) => value(3),
                },
            );
            value(answer)
        });
        assert_eq!(run(&workflow, |_| Answer::Silence).1, Ok(json!(1)), "{seconds}");
    }
}

#[test]
fn how_long_an_answer_is_waited_for_may_stand_in_the_data() {
    let workflow = order::<String>(|w, order| {
        w.named("Pack").wait(1);
        let answer = w.call_and_wait::<_, String>(
            ChargeCard,
            &order.copies,
            |token| {
                ChargeExpr {
                    order: token,
                    cents: 1,
                    note: expr::Nothing,
                }
                .expr()
            },
            |w, _| w.fail("Order.Unpaid"),
            |_, _| value("unanswered"),
        );
        value(answer)
    });
    let seconds = &state(&workflow, "ChargeCard")["TimeoutSeconds"];
    assert_eq!(
        seconds,
        "{% $min([$max([$exists($states.input.copies) ? $states.input.copies : 1, 1]), 99999999]) %}"
    );
    assert_eq!(run(&workflow, |_| Answer::Silence).1, Ok(json!("unanswered")));
    assert_eq!(run(&workflow, |_| Answer::Gives(json!("yes"))).1, Ok(json!("yes")));
}

#[test]
fn a_question_without_the_token_is_a_mistake() {
    let workflow = order::<Decision>(|w, order| {
        let decision = w.wait_for_token::<Decision, String>(
            60,
            Through::Function("Ask"),
            |_| Is::<String>::expr(&order.id),
            decide,
        );
        value(decision)
    });
    assert_eq!(
        workflow.findings[0].message,
        "nobody is told the token, so nobody can answer: put it into what is sent"
    );
}
