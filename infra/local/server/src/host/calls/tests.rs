use engine::{Integration, TaskRequest};

use super::*;

const NOW: Duration = Duration::from_secs(100);

fn key(number: i64) -> Key {
    (ExecutionId(number), TaskId(1))
}

fn turn(number: i64) -> Turn {
    Turn {
        key: key(number),
        repeated: false,
        request: None,
    }
}

/// The same with its request.
pub(super) fn asked(number: i64) -> Turn {
    let request = TaskRequest {
        task: TaskId(1),
        scheduled: 1,
        resource: "r".to_owned(),
        integration: Integration::Lambda,
        parameters: "{}".to_owned(),
        token: None,
        state: "s".to_owned(),
        timeout_seconds: None,
        heartbeat_seconds: None,
        role_arn: None,
    };
    Turn {
        request: Some(Box::new(request)),
        ..turn(number)
    }
}

/// Whether it waits for its turn, or for its time to begin.
fn is_waiting(calls: &Calls, key: Key) -> bool {
    calls.table().waiting.contains_key(&key)
}

fn full(line: Line) -> Calls {
    let calls = Calls::default();
    let places = i64::try_from(PLACES[line as usize]).unwrap();
    assert!((0..places).all(|number| begins(&calls, line, turn(number))));
    calls
}

fn begins(calls: &Calls, line: Line, turn: Turn) -> bool {
    let key = turn.key;
    calls.enter(line, turn, NOW).iter().any(|turn| turn.key == key)
}

fn left(calls: &Calls, line: Line, number: i64) -> Vec<Key> {
    let next = calls.leave(line, key(number), NOW);
    next.iter().map(|turn| turn.key).collect()
}

#[test]
fn places_are_given_in_the_order_of_the_line() {
    let calls = full(Line::Linked);
    let enters = |line, number| begins(&calls, line, turn(number));
    assert!(!enters(Line::Linked, 1000) && !enters(Line::Linked, 1001));
    assert!(enters(Line::Remote, 2000), "another line has places of its own");
    assert!(is_waiting(&calls, key(1000)) && calls.calls_for(ExecutionId(1000)));
    assert_eq!(calls.count(), (PLACES[Line::Linked as usize] + 1, 2));
    assert_eq!(left(&calls, Line::Linked, 0), [key(1000)]);
    assert!(is_waiting(&calls, key(1000)), "until its time has begun");
    calls.has_begun(key(1000));
    assert!(!is_waiting(&calls, key(1000)));
    assert_eq!(left(&calls, Line::Linked, 1000), [key(1001)]);
    assert_eq!(left(&calls, Line::Linked, 1001), []);
    assert!(enters(Line::Linked, 1002), "a place is free again");
    calls.close();
    assert!(!enters(Line::Linked, 1003) && !is_waiting(&calls, key(1003)));
}

#[test]
fn while_executions_are_accepted_few_begin_inside_and_afterwards_all_that_wait() {
    let calls = Calls::default();
    calls.table().processors = 2;
    calls.starting(NOW);
    let begun = (0..40).filter(|number| begins(&calls, Line::Inside, turn(*number)));
    assert_eq!(begun.count(), 8);
    assert!(begins(&calls, Line::Linked, turn(100)), "others do not give way");
    assert_eq!(left(&calls, Line::Inside, 0), [key(8)]);
    let later = calls.enter(Line::Inside, turn(40), NOW + GIVES_WAY);
    assert_eq!(
        later.iter().map(|turn| turn.key).collect::<Vec<_>>(),
        (9..=40).map(key).collect::<Vec<_>>()
    );
    assert_eq!(calls.count(), (41, 33), "the time of 33 has yet to begin");
}

#[test]
fn a_call_that_waited_with_its_request_begins_at_once_and_its_timers_are_put_off_once() {
    let calls = full(Line::Inside);
    assert!(!begins(&calls, Line::Inside, asked(1000)));
    let too_early = |number, timer| calls.too_early(key(number), TimerId(timer));
    let next = calls.leave(Line::Inside, key(0), NOW + Duration::from_secs(7));
    assert!(next[0].request.is_some() && !is_waiting(&calls, key(1000)));
    assert_eq!(too_early(1000, 1), Some(Duration::from_secs(7)));
    assert_eq!(too_early(1000, 1), None, "now it is its own");
    assert_eq!(too_early(1000, 2), Some(Duration::from_secs(7)), "another timer of it");
    assert_eq!(too_early(1, 3), None, "it did not wait");
    assert_eq!(too_early(5000, 4), None, "there is none");
}

#[test]
fn a_call_whose_time_would_have_been_over_while_it_waited_begins_it_anew() {
    let calls = full(Line::Inside);
    assert!(!begins(&calls, Line::Inside, asked(1000)));
    assert_eq!(calls.too_early(key(1000), TimerId(1)), Some(Duration::from_mins(1)));
    let next = calls.leave(Line::Inside, key(0), NOW + Duration::from_secs(7));
    assert!(next[0].request.is_none() && is_waiting(&calls, key(1000)));
    calls.has_begun(key(1000));
    assert_eq!(calls.too_early(key(1000), TimerId(1)), None);
}

#[test]
fn a_call_that_is_called_off_while_it_waits_has_no_turn() {
    let calls = full(Line::Inside);
    for number in 1000..1004 {
        calls.enter(Line::Inside, asked(number), NOW);
    }
    calls.abort(key(1000));
    calls.abort_execution(ExecutionId(1002));
    assert_eq!(left(&calls, Line::Inside, 0), [key(1001)]);
    assert_eq!(left(&calls, Line::Inside, 1), [key(1003)]);
    assert_eq!(calls.count(), (PLACES[Line::Inside as usize], 0));
}

#[tokio::test]
async fn a_call_of_an_execution_that_has_ended_never_begins_and_that_is_known() {
    let calls = full(Line::Inside);
    calls.enter(Line::Inside, asked(1000), NOW);
    calls.let_end(ExecutionId(1000));
    assert_eq!(left(&calls, Line::Inside, 0), []);
    assert_eq!(calls.last_call(ExecutionId(1000)).await, Some(LastCall::NeverBegan));
}
