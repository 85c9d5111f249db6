//! Mistakes that rustc cannot see are found when the workflow is built, with their place.

use std::cell::Cell;

use asl::ExecutionType;
use expr::{Expr, Is, Node, Nothing, Source, TaskToken, Written, random};
use flow::{Retry, Through, Workflow, value, workflow};

use crate::{
    running::{Answer, run},
    support::{ChargeCard, ChargeExpr, Charged, Order, broken, order, text},
};

/// The only finding.
#[track_caller]
fn finding(workflow: &Workflow) -> String {
    let [finding] = workflow.findings.as_slice() else {
        panic!("{:?}", workflow.findings)
    };
    assert!(finding.place.file.ends_with("goldens/findings.rs"), "{finding}");
    finding.to_string().split_once(": ").unwrap().1.to_owned()
}

#[test]
fn a_name_is_used_once() {
    let workflow = order::<()>(|w, order| {
        w.wait(1);
        w.wait(&order.cents);
        w.wait(2);
        value(())
    });
    assert!(finding(&workflow).starts_with("state `Wait`: the name is taken by the state of "));
}

#[test]
fn a_name_is_pascal_case_and_short() {
    for name in ["wait a bit", "lower", "Ünicode", &"A".repeat(81)] {
        let name = name.to_owned();
        let workflow = order::<()>(move |w, _| {
            w.named(&name).wait(1);
            value(())
        });
        assert!(finding(&workflow).ends_with("a state's name is PascalCase letters and digits, at most 80"));
    }
}

#[test]
fn a_name_without_a_step_is_a_mistake() {
    let workflow = order::<()>(|w, _| {
        w.wait(1);
        w.named("Forgotten");
        value(())
    });
    assert_eq!(finding(&workflow), "no step follows that this is said of");
}

#[test]
fn a_closure_uses_its_own_scope() {
    let workflow = order::<()>(|w, order| {
        w.if_some(&order.ship_at, |_, _| w.wait(1));
        w.named("Last").wait(1);
        value(())
    });
    assert_eq!(
        finding(&workflow),
        "this scope waits for its closure to end: use the scope that the closure was given"
    );
}

#[test]
fn closures_answer_alike_each_time() {
    let runs = Cell::new(0);
    let workflow = order::<()>(|w, _| {
        runs.set(runs.get() + 1);
        w.wait(runs.get());
        value(())
    });
    assert_eq!(
        finding(&workflow),
        "two runs of the closures built two different workflows: they must be pure"
    );
}

#[test]
fn an_early_success_has_the_workflows_type() {
    let workflow = order::<()>(|w, order| {
        w.end_if(order.cents.equals(0), |w| w.succeed::<u32, _>(1));
        w.wait(1);
        value(())
    });
    assert_eq!(
        finding(&workflow),
        "the workflow's output is `()`, this succeeds with `u32`"
    );
}

#[test]
fn a_variable_that_is_still_needed_is_not_written_over() {
    let workflow = order::<u32>(|w, order| {
        let outer = w.keep("price", &order.cents);
        w.when(order.cents.equals(0), |w| {
            let inner = w.keep("price", 1);
            w.wait(inner);
        });
        value(outer)
    });
    assert_eq!(
        finding(&workflow),
        "`price` holds another value here that would be lost: name this one otherwise"
    );
}

#[test]
fn a_variable_has_a_name_that_can_be_written() {
    let workflow = order::<u32>(|w, order| value(w.keep("states", &order.cents)));
    assert!(finding(&workflow).starts_with("`states` cannot name a variable"));
}

#[test]
fn a_random_number_is_drawn_once() {
    let workflow = order::<f64>(|w, _| {
        w.wait(1);
        let drawn = w.keep("drawn", random());
        let twice = w.keep("twice", &drawn + &drawn);
        w.named("Again").wait(1);
        value(drawn + twice)
    });
    assert!(
        workflow.findings[0]
            .to_string()
            .ends_with("`drawn` would be evaluated twice with different values: keep it before a state")
    );
}

#[test]
fn a_policy_stays_in_the_ranges_of_the_language() {
    for policy in [
        Retry::times(100_000_000),
        Retry::times(1).interval(0),
        Retry::times(1).backoff(0.5),
        Retry::times(1).interval(5).max_delay(5),
    ] {
        let workflow = order::<Charged>(move |w, order| {
            let charge = ChargeExpr {
                order: &order.id,
                cents: 1,
                note: Nothing,
            };
            w.otherwise(|w, _| policy.then(w.named("Broken").fail("Order.Broken")));
            value(w.call(ChargeCard, charge, |w, _| w.fail("Order.Unpaid")))
        });
        finding(&workflow);
    }
}

#[test]
fn only_what_failed_is_retried() {
    let workflow = order::<()>(|w, order| {
        w.end_if(order.cents.equals(0), |w| Retry::times(3).then(w.fail("Order.Free")));
        w.wait(1);
        value(())
    });
    assert!(finding(&workflow).starts_with("only what has failed can be retried"));
}

#[test]
fn a_call_outlasts_its_function_and_its_heartbeat() {
    let charged = |timeout: u32, heartbeat: u32| {
        order::<Charged>(move |w, order| {
            let charge = ChargeExpr {
                order: &order.id,
                cents: 1,
                note: Nothing,
            };
            value(
                w.timeout(timeout)
                    .heartbeat(heartbeat)
                    .call(ChargeCard, charge, |w, _| w.fail("Order.Unpaid")),
            )
        })
    };
    let short = finding(&charged(34, 5));
    assert_eq!(
        short,
        "ChargeCard runs up to 35 s with its margin, else the first invocation still runs beside the second"
    );
    assert_eq!(
        finding(&charged(40, 40)),
        "state `ChargeCard`: the heartbeat must be shorter than the timeout"
    );
    assert_eq!(charged(35, 34).findings, []);
}

#[test]
fn what_undeclared_errors_lead_to_has_to_be_said_inside_the_clause_too() {
    let workflow = workflow::<Order, ()>(
        "order",
        |w, order, _| {
            let charge = ChargeExpr {
                order: &order.id,
                cents: 1,
                note: Nothing,
            };
            w.call(ChargeCard, charge, |w, _| w.fail("Order.Unpaid"));
            broken_again(w)
        },
        |_, _| value(()),
    );
    assert_eq!(
        finding(&workflow),
        "what errors that nobody declared lead to has not been said: `otherwise` does"
    );
    let _ = broken;
}

fn broken_again<'s>(w: &flow::Scope<'s, '_>) -> flow::Then<'s, expr::Never> {
    w.named("Broken").fail("Order.Broken")
}

#[test]
fn a_variable_that_nobody_writes_is_not_read() {
    let workflow = order::<u32>(|w, _| {
        w.wait(1);
        let source = Source::Variable {
            name: "ghost".into(),
            written: Written::Deep,
        };
        value(Expr::<u32>::from_node(Node::Source(source).into()))
    });
    assert_eq!(
        finding(&workflow),
        "state `Wait`: `$ghost` may be read before it is written"
    );
}

#[test]
fn an_express_workflow_does_what_such_a_one_can() {
    let quick = order::<u32>(|w, order| {
        w.wait(1);
        value(&order.cents)
    });
    let quick = quick.express();
    assert_eq!((quick.kind, quick.findings), (ExecutionType::Express, vec![]));

    let patient = order::<u32>(|w, order| {
        let shipped = w.run_execution::<u32, u32>("ShipOrder", 60, &order.id, 1, |_, _| value(0));
        let decided =
            w.wait_for_token::<u32, TaskToken>(60, Through::Queue("Questions"), |token| token.expr(), |_, _| value(0));
        let each = w.map_distributed::<String, u32>(
            "EachTag",
            &order.tag_names,
            ExecutionType::Standard,
            None,
            |_, tag| value(tag.index),
            |w, _| w.fail("Order.Broken"),
        );
        value(shipped + decided + each.count())
    });
    assert_eq!(patient.findings, []);
    let found = patient.express().findings;
    let found = found
        .iter()
        .map(|finding| (finding.state.as_deref().unwrap(), finding.message.as_str()));
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            (
                "RunShipOrder",
                "an Express workflow cannot wait for the end of an execution"
            ),
            ("AskThroughQuestions", "an Express workflow cannot wait for an answer"),
            ("EachTag", "an Express workflow has no distributed Map"),
        ]
    );
}

#[test]
fn a_branch_ends_neither_the_execution_nor_a_round_outside() {
    let workflow = order::<u32>(|w, order| {
        let looped = w.repeat_at_most(
            3,
            |w, round| {
                let left = w.branch("Left", |w| w.succeed::<u32, u32>(1));
                let right = w.branch("Right", |_| round.again::<u32>(()));
                let both = w.parallel((left, right), |w, _| w.fail("Order.Broken"));
                value::<u32>(&both.0)
            },
            |_| value(0),
        );
        value(looped + &order.cents)
    });
    let found = workflow.findings.iter().map(|finding| finding.message.as_str());
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            "a branch or an iteration cannot end the execution well: end it with a value",
            "a branch or an iteration cannot go round a loop that lies outside of it",
        ]
    );
}

#[test]
fn limits_are_said_of_what_has_them() {
    let workflow = order::<u32>(|w, order| {
        w.timeout(5).wait(1);
        w.max_concurrency(2)
            .sqs_send_message::<u32>("Queue", &order.cents, |_, _| value(()));
        value(1)
    });
    let found = workflow.findings.iter().map(|finding| finding.message.as_str());
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            "only a call has a timeout and a heartbeat",
            "only a Map has a concurrency"
        ]
    );
}

#[test]
fn written_seconds_are_those_that_step_functions_takes() {
    let workflow = order::<u32>(|w, order| {
        w.wait(100_000_000);
        let shipped = w.run_execution::<u32, u32>("ShipOrder", 0, &order.id, 1, |_, _| value(0));
        w.heartbeat(30)
            .sqs_send_message::<u32>("Queue", shipped, |_, _| value(()));
        value(1)
    });
    let found = workflow.findings.iter().map(|finding| finding.message.as_str());
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            "a wait lasts 0 to 99999999 seconds",
            "a timeout lasts 1 to 99999999 seconds",
            "the heartbeat must be shorter than the timeout",
        ]
    );
}

#[test]
fn a_workflow_may_have_an_end_in_time() {
    let workflow = || {
        order::<u32>(|w, _| {
            w.wait(3_600);
            value(1)
        })
    };
    assert_eq!(workflow().definition.timeout_seconds, None);
    let timed = workflow().timeout(60);
    assert!(text(&timed).contains("\"TimeoutSeconds\": 60"), "{}", text(&timed));
    let (_, end) = run(&timed, |_| Answer::Silence);
    assert_eq!(end, Err(String::new()), "it has timed out, which has no error");
    for seconds in [0, 100_000_000] {
        let findings = workflow().timeout(seconds).findings;
        assert_eq!(findings[0].message, "a workflow's timeout lasts 1 to 99999999 seconds");
        assert!(findings[0].place.file.ends_with("findings.rs"), "{}", findings[0]);
    }
}

#[test]
fn a_branch_has_a_name_that_can_stand_in_those_of_states() {
    let workflow = order::<u32>(|w, order| {
        let left = w.branch("left side", |w| {
            w.wait(1);
            value::<u32>(&order.cents)
        });
        let right = w.branch("Right", |w| {
            w.wait(1);
            value::<u32>(&order.cents)
        });
        let both = w.parallel((right, left), |w, _| w.fail("Order.Broken"));
        value(both.0.clone() + &both.1)
    });
    let found = workflow.findings.iter().map(|finding| finding.message.as_str());
    assert_eq!(
        found.collect::<Vec<_>>(),
        [
            "`left side` cannot stand in the names of states: PascalCase letters and digits",
            "a state's name is PascalCase letters and digits, at most 80",
        ]
    );
}
