//! Histories as text: `id previous Type name #index error=…`, one event a line; event `n` happened `n` seconds after the
//! epoch.

use jiff::Timestamp;
use serde_json::{Map, json};

use super::{Event, Outcome, Outline, Place, Run, Scope};

fn history(text: &str) -> Vec<Event> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(event)
        .collect()
}

fn event(line: &str) -> Event {
    let mut words = line.split_whitespace();
    let (id, previous, kind) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
    let mut details = Map::new();
    for word in words {
        match (word.strip_prefix('#'), word.split_once('=')) {
            (Some(index), _) => details.insert("index".into(), json!(index.parse::<u32>().unwrap())),
            (None, Some((name, value))) => details.insert(name.into(), json!(value.replace('_', " "))),
            (None, None) => details.insert("name".into(), json!(word)),
        };
    }
    let id: u64 = id.parse().unwrap();
    Event {
        id,
        previous: previous.parse().unwrap(),
        at: Timestamp::from_second(i64::try_from(id).unwrap()).unwrap(),
        kind: kind.into(),
        details,
    }
}

/// A machine in which names tell the place: `Each` is a Map of `A` then `Inner`, a Map of `Z`; `Both` is a Parallel of
/// `L` then `M`, and `R`.
const DEFINITION: &str = r#"{
  "StartAt": "First", "States": {
    "First": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "Each"},
    "Each": {"Type": "Map", "Next": "Both", "ItemProcessor": {"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "Inner"},
        "Inner": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "Z", "States": {
            "Z": {"Type": "Pass", "End": true}}}}}}},
    "Both": {"Type": "Parallel", "Next": "Bad", "Branches": [
        {"StartAt": "L", "States": {"L": {"Type": "Wait", "Seconds": 1, "Next": "M"}, "M": {"Type": "Pass", "End": true}}},
        {"StartAt": "R", "States": {"R": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}}]},
    "Bad": {"Type": "Fail"}
  }
}"#;

fn outline() -> Outline {
    Outline::of(DEFINITION).unwrap().1
}

fn run(text: &str) -> Run {
    Run::of(&outline(), &history(text))
}

/// `state outcome retries` of every state that was entered, in the order of their names.
fn signs(run: &Run, scope: &Scope) -> Vec<String> {
    let mut signs: Vec<String> = (run.standings(scope).into_iter())
        .map(|(state, standing)| format!("{state} {:?} {}", standing.outcome, standing.retries))
        .collect();
    signs.sort();
    signs
}

fn all(run: &Run) -> Vec<String> {
    signs(run, &Scope::default())
}

const MAP: &str = "
    1 0 ExecutionStarted
    2 0 MapStateEntered Each
    3 2 MapStateStarted length=2
    4 3 MapIterationStarted Each #0
    5 3 MapIterationStarted Each #1
    6 4 TaskStateEntered A
    7 6 TaskScheduled
    8 5 TaskStateEntered A
    9 8 TaskScheduled
    10 7 TaskStarted
    11 9 TaskStarted
    12 10 TaskSucceeded
    13 12 TaskStateExited A";

#[test]
fn an_outline_knows_what_stands_in_what_and_where_it_is_written() {
    let outline = outline();
    assert_eq!(outline.part("Z").unwrap().owner, Some(("Inner".into(), 0)));
    assert_eq!(outline.part("Z").unwrap().depth, 2);
    assert_eq!(outline.part("R").unwrap().owner, Some(("Both".into(), 1)));
    assert_eq!(outline.part("First").unwrap().lines, 2..3);
    assert_eq!(outline.part("Both").unwrap().lines, 7..10);
    assert!(outline.is_within("Z", "Each") && !outline.is_within("R", "Each"));
}

#[test]
fn iterations_are_told_apart_by_what_led_to_them() {
    let run = run(MAP);
    assert_eq!(all(&run), ["A Running 0", "Each Running 0"]);
    let iteration = |index| run.scope(Some(Place { visit: 0, index }));
    assert_eq!(signs(&run, &iteration(0)), ["A Succeeded 0", "Each Running 0"]);
    assert_eq!(signs(&run, &iteration(1)), ["A Running 0", "Each Running 0"]);
}

#[test]
fn a_map_in_a_map_and_its_ends_go_to_the_right_one() {
    let text = format!(
        "{MAP}
        14 13 MapStateEntered Inner
        15 14 MapStateStarted
        16 15 MapIterationStarted Inner #0
        17 16 PassStateEntered Z
        18 17 PassStateExited Z
        19 18 MapIterationSucceeded Inner #0
        20 18 MapStateSucceeded
        21 20 MapStateExited Inner
        22 21 MapIterationSucceeded Each #0"
    );
    let run = run(&text);
    assert_eq!(
        all(&run),
        ["A Running 0", "Each Running 0", "Inner Succeeded 0", "Z Succeeded 0"]
    );
    assert_eq!(run.visits[0].iterations[&0].outcome, Outcome::Succeeded);
    assert_eq!(run.visits[0].iterations[&1].outcome, Outcome::Running);
    let z = run.visits.iter().find(|visit| visit.state == "Z").unwrap();
    assert_eq!(run.visits[z.inside.unwrap().visit].state, "Inner");
    assert_eq!(run.visits[3].attempts[0].outcome, Outcome::Succeeded);
}

#[test]
fn an_iteration_that_fails_takes_the_map_and_its_siblings_down() {
    let text = format!(
        "{MAP}
        14 11 TaskFailed error=Bad cause=because
        15 14 MapIterationFailed Each #1
        16 14 MapStateFailed
        17 16 ExecutionFailed error=Bad cause=because"
    );
    let run = run(&text);
    assert_eq!(all(&run), ["A Failed 0", "Each Failed 0"]);
    assert_eq!(run.visits[0].failure.as_ref().unwrap().error.as_deref(), Some("Bad"));
    assert_eq!(run.end.as_ref().unwrap().outcome, Outcome::Failed);
}

#[test]
fn branches_are_told_apart_and_broken_off_together() {
    let both = "
        1 0 ExecutionStarted
        2 0 ParallelStateEntered Both
        3 2 ParallelStateStarted
        4 3 WaitStateEntered L
        5 3 TaskStateEntered R
        6 5 TaskScheduled
        7 6 TaskStarted";
    let going = run(both);
    assert_eq!(all(&going), ["Both Running 0", "L Running 0", "R Running 0"]);
    assert_eq!(going.visits[2].inside, Some(Place { visit: 0, index: 1 }));
    assert_eq!(
        signs(&going, &going.scope(Some(Place { visit: 0, index: 0 }))),
        ["Both Running 0", "L Running 0"]
    );

    let failed = run(&format!(
        "{both}
        8 7 TaskFailed error=Bad
        9 8 WaitStateAborted
        10 8 ParallelStateFailed
        11 10 ParallelStateExited Both
        12 11 FailStateEntered Bad
        13 12 ExecutionFailed error=Worse"
    ));
    assert_eq!(
        all(&failed),
        ["Bad Failed 0", "Both Caught 0", "L Aborted 0", "R Failed 0"]
    );
    assert_eq!(
        failed.visits[3].failure.as_ref().unwrap().error.as_deref(),
        Some("Worse")
    );
}

#[test]
fn an_iteration_is_looked_at_beside_the_other_branches() {
    const NESTED: &str = r#"{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "I", "States": {
            "I": {"Type": "Pass", "End": true}}}}}},
        {"StartAt": "Q", "States": {"Q": {"Type": "Pass", "End": true}}}]}}}"#;
    let (_, outline) = Outline::of(NESTED).unwrap();
    let events = history(
        "1 0 ExecutionStarted
        2 0 ParallelStateEntered P
        3 2 ParallelStateStarted
        4 3 MapStateEntered M
        5 4 MapStateStarted
        6 3 PassStateEntered Q
        7 6 PassStateExited Q
        8 5 MapIterationStarted M #0
        9 5 MapIterationStarted M #1
        10 8 PassStateEntered I",
    );
    let run = Run::of(&outline, &events);
    let iteration = |index| run.scope(Some(Place { visit: 1, index }));
    assert_eq!(
        signs(&run, &iteration(0)),
        ["I Running 0", "M Running 0", "P Running 0", "Q Succeeded 0"]
    );
    assert_eq!(
        signs(&run, &iteration(1)),
        ["M Running 0", "P Running 0", "Q Succeeded 0"]
    );
    let branch = run.scope(Some(Place { visit: 0, index: 1 }));
    assert_eq!(signs(&run, &branch), ["P Running 0", "Q Succeeded 0"]);
}

#[test]
fn a_parallel_state_that_is_tried_again_forgets_what_was_inside() {
    let run = run("
        1 0 ExecutionStarted
        2 0 ParallelStateEntered Both
        3 2 ParallelStateStarted
        4 3 WaitStateEntered L
        5 3 TaskStateEntered R
        6 5 TaskScheduled
        7 6 TaskFailed error=Bad
        8 7 ParallelStateStarted
        9 8 WaitStateEntered L");
    assert_eq!(all(&run), ["Both Running 1", "L Running 0"]);
    assert_eq!(run.visits[0].attempts[0].outcome, Outcome::Failed);
    assert_eq!(run.visits[1].outcome, Outcome::Aborted);
    assert_eq!(run.visits[2].outcome, Outcome::Failed);
}

#[test]
fn retries_are_counted_and_a_caught_error_is_no_success() {
    let tried = "
        1 0 ExecutionStarted
        2 0 TaskStateEntered First
        3 2 TaskScheduled
        4 3 TaskStarted
        5 4 TaskFailed error=Once cause=c";
    let waiting = run(tried);
    assert_eq!(all(&waiting), ["First Retrying 0"]);
    let again = run(&format!("{tried}\n6 5 TaskScheduled\n7 6 TaskStarted"));
    assert_eq!(all(&again), ["First Running 1"]);
    let text = format!("{tried}\n6 5 TaskScheduled\n7 6 TaskTimedOut error=States.Timeout\n8 7 TaskStateExited First");
    let caught = run(&text);
    assert_eq!(all(&caught), ["First Caught 1"]);
    let outcomes: Vec<_> = caught.visits[0]
        .attempts
        .iter()
        .map(|attempt| attempt.outcome)
        .collect();
    assert_eq!(outcomes, [Outcome::Failed, Outcome::TimedOut]);
    let fine = run(&format!(
        "{tried}\n6 5 TaskScheduled\n7 6 TaskSucceeded\n8 7 TaskStateExited First"
    ));
    assert_eq!(all(&fine), ["First Succeeded 1"]);
}

#[test]
fn transitions_are_those_between_visits_of_one_level() {
    let text = format!(
        "{MAP}\n14 13 MapStateEntered Inner\n15 14 MapStateStarted\n16 15 MapIterationStarted Inner #0\n17 16 PassStateEntered Z"
    );
    let run = run(&text);
    let taken: Vec<_> = run.transitions(&Scope::default()).into_iter().collect();
    assert_eq!(taken, [("A", "Inner", false)]);
}

#[test]
fn a_loop_shows_its_last_visit_and_counts_them_all() {
    let run = run("
        1 0 ExecutionStarted
        2 0 TaskStateEntered First
        3 2 TaskScheduled
        4 3 TaskFailed error=Bad
        5 4 TaskStateExited First
        6 5 TaskStateEntered First
        7 6 TaskScheduled
        8 7 TaskSucceeded
        9 8 TaskStateExited First");
    let standing = run.standings(&Scope::default())["First"];
    assert_eq!((standing.outcome, standing.visits), (Outcome::Succeeded, 2));
    assert_eq!(run.visits[standing.visit].id, 6);
}

#[test]
fn a_second_visit_of_a_map_hides_what_the_first_left_behind() {
    let text = format!(
        "{MAP}
        14 11 TaskFailed error=Bad
        15 14 MapIterationFailed Each #1
        16 14 MapStateFailed
        17 16 MapStateExited Each
        18 17 MapStateEntered Each
        19 18 MapStateStarted
        20 19 MapIterationStarted Each #0
        21 20 TaskStateEntered A"
    );
    let run = run(&text);
    assert_eq!(all(&run), ["A Running 0", "Each Running 0"]);
    let first = run.scope(Some(Place { visit: 0, index: 1 }));
    assert_eq!(signs(&run, &first), ["A Failed 0", "Each Caught 0"]);
}

#[test]
fn what_is_open_ends_with_the_execution() {
    for (event, outcome) in [
        ("ExecutionAborted", Outcome::Aborted),
        ("ExecutionTimedOut", Outcome::Aborted),
    ] {
        let run = run(&format!("{MAP}\n14 0 {event}"));
        assert_eq!(
            all(&run),
            [format!("A {outcome:?} 0"), format!("Each {outcome:?} 0")],
            "{event}"
        );
        assert!(run.visits.iter().all(|visit| !visit.is_open()));
        assert!(
            run.visits[0]
                .iterations
                .values()
                .all(|iteration| iteration.ended_at.is_some())
        );
    }
}

#[test]
fn a_task_that_timed_out_says_so_when_nothing_answers() {
    let run = run("
        1 0 ExecutionStarted
        2 0 TaskStateEntered First
        3 2 TaskScheduled
        4 3 TaskTimedOut
        5 4 ExecutionFailed error=States.Timeout");
    assert_eq!(all(&run), ["First TimedOut 0"]);
    assert_eq!(
        run.visits[0].failure.as_ref().unwrap().error.as_deref(),
        Some("States.Timeout")
    );
}

#[test]
fn a_state_without_an_event_of_its_failure_is_found_by_the_cause() {
    let cause = "An_error_occurred_while_executing_the_state_'First'_(entered_at_the_event_id_#2)._No.";
    let run = run(&format!(
        "1 0 ExecutionStarted
        2 0 TaskStateEntered First
        3 0 ExecutionFailed error=States.Runtime cause={cause}"
    ));
    assert_eq!(all(&run), ["First Failed 0"]);
    assert_eq!(
        run.visits[0].failure.as_ref().unwrap().error.as_deref(),
        Some("States.Runtime")
    );
}

#[test]
fn an_evaluation_that_fails_belongs_to_the_state_that_it_names() {
    let run = run("
        1 0 ExecutionStarted
        2 0 TaskStateEntered First
        3 1 EvaluationFailed state=First error=States.QueryEvaluationError location=Arguments
        4 3 ExecutionFailed error=States.QueryEvaluationError");
    assert_eq!(all(&run), ["First Failed 0"]);
}

#[test]
fn a_redriven_execution_goes_on_with_what_has_not_succeeded() {
    let failed = format!(
        "{MAP}
        14 11 TaskFailed error=Custom
        15 14 MapIterationFailed Each #1
        16 14 TaskStateAborted
        17 14 MapIterationAborted Each #0
        18 14 MapStateFailed
        19 18 ExecutionFailed error=Custom"
    );
    assert_eq!(all(&run(&failed)), ["A Failed 0", "Each Failed 0"]);
    let redriven = format!(
        "{failed}
        20 19 ExecutionRedriven"
    );
    let goes_on = run(&redriven);
    assert_eq!(goes_on.end, None);
    assert_eq!(all(&goes_on), ["A Running 0", "Each Running 0"]);
    let iterations = &goes_on.visits[0].iterations;
    assert!(
        iterations
            .values()
            .all(|iteration| iteration.outcome == Outcome::Running)
    );
    let again = format!(
        "{redriven}
        21 14 TaskScheduled
        22 21 TaskStarted
        23 22 TaskSucceeded
        24 23 TaskStateExited A
        25 24 MapIterationSucceeded Each #1"
    );
    let again = run(&again);
    assert_eq!(
        again.visit_of(21),
        again.visit_of(14),
        "the attempt belongs to the visit that failed"
    );
    assert_eq!(all(&again), ["A Succeeded 1", "Each Running 0"]);
}

#[test]
fn a_fail_state_is_entered_anew_and_what_was_caught_stays_caught() {
    let text = "
        1 0 ExecutionStarted
        2 0 TaskStateEntered First
        3 2 TaskScheduled
        4 3 TaskFailed error=Custom
        5 4 TaskStateExited First
        6 5 FailStateEntered Bad
        7 6 ExecutionFailed error=Custom
        8 7 ExecutionRedriven
        9 6 FailStateEntered Bad
        10 9 ExecutionFailed error=Custom";
    let run = run(text);
    let outcomes: Vec<_> = run.visits.iter().map(|visit| visit.outcome).collect();
    assert_eq!(outcomes, [Outcome::Caught, Outcome::Failed, Outcome::Failed]);
    assert_eq!(run.end.map(|end| end.outcome), Some(Outcome::Failed));
}
