//! The fold over histories that AWS recorded.
//!
//! Set `REZ_CONFORMANCE_DIR` to the directory that holds `dev/localstack.jsonl`. Nothing of it becomes part of the
//! repository.

use console::run::{Event, Outcome, Outline, Run};
use serde_json::{Value, json};

/// Every history in a case. Times are left out of the recordings: an event happens as many seconds after the epoch as its id
/// says.
fn histories(value: &Value, found: &mut Vec<Vec<Event>>) {
    match value {
        Value::Object(members) => {
            let events = members.get("events").and_then(Value::as_array);
            let events = events.filter(|events| events.first().is_some_and(|event| event["previousEventId"].is_u64()));
            if let Some(events) = events {
                found.extend(events.iter().map(event).collect::<Option<Vec<_>>>());
            }
            members.values().for_each(|member| histories(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| histories(item, found)),
        _ => {}
    }
}

fn event(wire: &Value) -> Option<Event> {
    let mut wire = wire.clone();
    wire["timestamp"] = json!(wire["id"].as_u64()?);
    Event::read(&wire)
}

/// What must be true of every run, whatever the definition; the first thing that is not.
fn wrong(outline: &Outline, events: &[Event], run: &Run) -> Option<String> {
    for event in events.iter().filter(|event| !event.kind.starts_with("Execution")) {
        let Some(visit) = run.visit_of(event.id) else {
            return Some(format!("{} {} belongs to no state", event.id, event.kind));
        };
        let visit = &run.visits[visit];
        if event
            .text("name")
            .is_some_and(|name| event.kind.contains("State") && name != visit.state)
        {
            return Some(format!("{} {} went to {}", event.id, event.kind, visit.state));
        }
    }
    for visit in &run.visits {
        let owner = outline.part(&visit.state).and_then(|part| part.owner.clone());
        let inside = visit.inside.map(|place| run.visits[place.visit].state.clone());
        if owner.map(|(owner, _)| owner) != inside {
            return Some(format!("{} stands in {inside:?}", visit.state));
        }
        if visit.exited.is_some() && !matches!(visit.outcome, Outcome::Succeeded | Outcome::Caught) {
            return Some(format!("{} was exited and is {:?}", visit.state, visit.outcome));
        }
    }
    let end = run.end.as_ref()?;
    if let Some(open) = run.visits.iter().find(|visit| visit.is_open()) {
        return Some(format!("{} is open after the end", open.state));
    }
    let fell = |outcome| matches!(outcome, Outcome::Failed | Outcome::TimedOut);
    let top = run.visits.iter().filter(|visit| visit.inside.is_none());
    let failed = top.clone().filter(|visit| fell(visit.outcome)).count();
    match end.outcome {
        Outcome::Succeeded if failed > 0 => Some("a state failed, and the execution succeeded".to_owned()),
        Outcome::Failed if failed != 1 => Some(format!("{failed} states failed, and the execution did")),
        _ => None,
    }
}

#[test]
fn every_event_of_recorded_histories_finds_its_state() {
    let Some(directory) = std::env::var_os("REZ_CONFORMANCE_DIR") else {
        println!("skipped: REZ_CONFORMANCE_DIR names no directory with the conformance corpus");
        return;
    };
    let path = std::path::Path::new(&directory).join("dev/localstack.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (mut read, mut wrongs) = (0, Vec::new());
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("JSON");
        let Some(Ok((_, outline))) = case["definition"].as_str().map(Outline::of) else {
            continue;
        };
        let mut found = Vec::new();
        histories(&case["expected"], &mut found);
        for events in found {
            // A case may run other state machines beside its own.
            let names = events
                .iter()
                .filter(|event| event.kind.ends_with("StateEntered"))
                .filter_map(|event| event.text("name"));
            if names.into_iter().any(|name| outline.part(&name).is_none()) {
                continue;
            }
            read += 1;
            let run = Run::of(&outline, &events);
            let id = &case["id"];
            wrongs.extend(wrong(&outline, &events, &run).map(|wrong| format!("{id}: {wrong}")));
        }
    }
    assert!(read > 200, "{read} histories were read");
    assert!(wrongs.is_empty(), "{} of {read}:\n{}", wrongs.len(), wrongs.join("\n"));
}
