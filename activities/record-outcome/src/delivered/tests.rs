use serde_json::json;

use super::*;

fn scheduled(function: &str) -> Value {
    let parameters = json!({ "FunctionName": format!("arn:aws:lambda:eu-central-1:123456789012:function:{function}"), "Payload": {} });
    json!({ "type": "TaskScheduled", "taskScheduledEventDetails": { "parameters": parameters.to_string() } })
}

fn succeeded(payload: &Value) -> Value {
    let output = json!({ "Payload": payload, "StatusCode": 200 }).to_string();
    json!({ "type": "TaskSucceeded", "taskSucceededEventDetails": { "output": output } })
}

fn failed(error: &str) -> Value {
    json!({ "type": "TaskFailed", "taskFailedEventDetails": { "error": error } })
}

fn a_receipt() -> Value {
    json!({ "ntfy_id": "n", "topic": "t", "delivered_at": "2026-11-25T00:00:00Z", "truncated": false, "found": false })
}

/// `Y`, `N` or `?`.
fn told(events: &[Value], last: Option<&LastCall>) -> char {
    let mut reader = HistoryReader::default();
    for event in events {
        reader.read(event);
    }
    match reader.end(last) {
        Delivered::Yes(_) => 'Y',
        Delivered::No => 'N',
        Delivered::Perhaps => '?',
    }
}

#[test]
fn only_the_answer_of_a_delivery_is_a_receipt() {
    for (function, payload, delivered) in [
        ("deliver-message", a_receipt(), 'Y'),
        ("persist-message", a_receipt(), 'N'),
        ("deliver-message", json!({}), '?'),
    ] {
        let history = [
            scheduled(function),
            json!({ "type": "TaskStarted" }),
            succeeded(&payload),
            scheduled("record-outcome"),
            json!({ "type": "ExecutionAborted" }),
        ];
        assert_eq!(told(&history, None), delivered, "{function} {payload}");
    }
}

#[test]
fn a_doubt_stays_until_there_is_a_receipt() {
    let deliver = || scheduled("deliver-message");
    let timed_out = || json!({ "type": "TaskTimedOut" });
    let stopped = || json!({ "type": "ExecutionAborted" });
    let redriven = || json!({ "type": "ExecutionRedriven" });
    for (history, delivered) in [
        (vec![deliver(), failed("Delivery.CircuitOpen")], 'N'),
        (vec![deliver(), failed("Delivery.Unavailable")], 'N'),
        (vec![deliver(), failed("Activity.InvalidInput")], 'N'),
        (vec![deliver(), failed("Delivery.Ambiguous")], '?'),
        (vec![deliver(), failed("Sandbox.Timedout")], '?'),
        (vec![deliver(), timed_out()], '?'),
        (
            vec![deliver(), timed_out(), deliver(), failed("Delivery.CircuitOpen")],
            '?',
        ),
        (vec![deliver(), timed_out(), deliver(), succeeded(&a_receipt())], 'Y'),
        (vec![scheduled("persist-message"), timed_out()], 'N'),
        (
            vec![
                deliver(),
                stopped(),
                redriven(),
                deliver(),
                failed("Delivery.CircuitOpen"),
            ],
            '?',
        ),
        (
            vec![deliver(), stopped(), redriven(), deliver(), succeeded(&a_receipt())],
            'Y',
        ),
        (
            vec![deliver(), failed("Delivery.Rejected"), stopped(), redriven(), stopped()],
            'N',
        ),
    ] {
        assert_eq!(told(&history, None), delivered, "{history:?}");
    }
}

#[test]
fn an_open_call_is_what_became_of_it() {
    let answered = |payload: Value| LastCall::Succeeded(json!({ "Payload": payload }).to_string());
    let refused = |error: &str| LastCall::Failed(Some(error.to_owned()));
    for (last, delivered) in [
        (Some(answered(a_receipt())), 'Y'),
        (Some(refused("Delivery.Rejected")), 'N'),
        (Some(refused("Delivery.Ambiguous")), '?'),
        (Some(LastCall::NeverBegan), 'N'),
        (None, '?'),
    ] {
        assert_eq!(
            told(&[scheduled("deliver-message")], last.as_ref()),
            delivered,
            "{last:?}"
        );
        assert_eq!(told(&[scheduled("record-outcome")], last.as_ref()), 'N');
    }
}

#[test]
fn the_function_is_known_by_its_name_in_every_host() {
    for name in [
        "deliver-message",
        "arn:aws:lambda:eu-central-1:123456789012:function:deliver-message",
        "arn:aws:lambda:eu-central-1:123456789012:function:rez-agent-deliver-message-prod:7",
    ] {
        let parameters = json!({ "FunctionName": name }).to_string();
        assert_eq!(function(&json!({ "parameters": parameters })).unwrap(), DELIVER_MESSAGE);
    }
}
