//! What breaks a generated definition is found: every mutant of each kind is made, and validation and the data-flow pass
//! must find most of them, of each kind as many as stand beside it.
//!
//! The mutants are what a slip of a hand or a bug of the builder would do. One that does not change behaviour is not made:
//! swapped fields of equal value, the drop of a retrier for errors that are not retried.

use std::collections::BTreeMap;

use codegen::Contracts;
use serde_json::{Map, Value};

/// A way to break a definition: what is done, every mutant of it, and how many of a hundred must be found.
struct Kind {
    what: &'static str,
    mutants: fn(&Value) -> Vec<Mutant>,
    least: usize,
}

struct Mutant {
    what: String,
    definition: Value,
}

const fn kind(what: &'static str, mutants: fn(&Value) -> Vec<Mutant>, least: usize) -> Kind {
    Kind { what, mutants, least }
}

const KINDS: [Kind; 9] = [
    kind("a catcher is dropped", drop_catchers, 90),
    kind("a variable is misspelled", misspell_variables, 100),
    kind("a field of a path is misspelled", misspell_fields, 95),
    kind("a state is removed", remove_states, 100),
    kind("two fields are swapped", swap_fields, 90),
    kind("a field is dropped", drop_fields, 90),
    kind("an assignment is dropped", drop_assignments, 90),
    kind("an error's name is misspelled", misspell_errors, 90),
    kind("a transition leads to the state's own successor", redirect, 100),
];

#[test]
fn mutants_of_each_kind_are_found() {
    let workflows = catalog::all();
    let contracts = Contracts::ours(&workflows);
    let originals = workflows.iter().map(|workflow| {
        let original = serde_json::from_str(&asl::print(&workflow.definition)).expect("JSON");
        assert_eq!(
            told(workflow, &original, &contracts),
            None,
            "{}: the original",
            workflow.name
        );
        (workflow, original)
    });
    let originals: Vec<(_, Value)> = originals.collect();
    let mut wrong = Vec::new();
    for kind in KINDS {
        let (mut made, mut missed) = (0, Vec::new());
        for (workflow, original) in &originals {
            for mutant in (kind.mutants)(original) {
                made += 1;
                if told(workflow, &mutant.definition, &contracts).is_none() {
                    missed.push(format!("    {}: {}", workflow.name, mutant.what));
                }
            }
        }
        let found = made - missed.len();
        let line = format!("{}: {found} of {made} found\n{}", kind.what, missed.join("\n"));
        println!("{line}");
        if made < 10 || found * 100 < made * kind.least {
            wrong.push(line);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The first thing that validation or the pass finds.
fn told(workflow: &flow::Workflow, definition: &Value, contracts: &Contracts) -> Option<String> {
    let text = definition.to_string();
    let parsed = match asl::check(
        &text,
        &asl::Options {
            machine_type: workflow.kind,
            placeholders: true,
        },
    ) {
        Ok(parsed) => parsed,
        Err(findings) => return Some(findings[0].to_string()),
    };
    let invalid = codegen::check(workflow, &parsed.machine, contracts).err()?;
    invalid.first().map(ToString::to_string)
}

/// What may become of a value at a pointer: each change in words, and the new value.
type Change<'a> = &'a dyn Fn(&str, &Value) -> Vec<(String, Value)>;

/// Every change that `change` makes to an object or text of the definition, one at a time.
fn each(definition: &Value, change: Change<'_>) -> Vec<Mutant> {
    let mut places = BTreeMap::new();
    collect(definition, String::new(), &mut places);
    let mut mutants = Vec::new();
    for (pointer, value) in places {
        for (what, changed) in change(&pointer, value) {
            let mut mutant = definition.clone();
            *mutant.pointer_mut(&pointer).expect("a place of the definition") = changed;
            mutants.push(Mutant {
                what: format!("{pointer}: {what}"),
                definition: mutant,
            });
        }
    }
    mutants
}

fn collect<'a>(value: &'a Value, pointer: String, places: &mut BTreeMap<String, &'a Value>) {
    match value {
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(key, value)| collect(value, format!("{pointer}/{key}"), places));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| collect(value, format!("{pointer}/{index}"), places));
        }
        _ => {}
    }
    places.insert(pointer, value);
}

fn without(list: &[Value], index: usize) -> Value {
    list.iter()
        .enumerate()
        .filter(|(at, _)| *at != index)
        .map(|(_, value)| value.clone())
        .collect()
}

fn drop_catchers(definition: &Value) -> Vec<Mutant> {
    each(definition, &|pointer, value| match value {
        Value::Array(catchers) if pointer.ends_with("/Catch") => (0..catchers.len())
            .map(|index| {
                (
                    format!("without {}", catchers[index]["ErrorEquals"]),
                    without(catchers, index),
                )
            })
            .collect(),
        _ => Vec::new(),
    })
}

/// Doubles the last letter of each variable that the text names.
fn misspell_variables(definition: &Value) -> Vec<Mutant> {
    expressions(definition, &|text| {
        let starts = text.match_indices('$').map(|(at, _)| at + 1);
        let words = starts.map(|at| {
            (
                at,
                text[at..]
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next()
                    .unwrap_or(""),
            )
        });
        let variables = words.filter(|(at, word)| {
            let after = text[at + word.len()..].chars().next();
            !word.is_empty() && *word != "states" && after != Some('(')
        });
        variables.map(|(at, word)| misspelled(text, at, word)).collect()
    })
}

/// Doubles the last letter of each name after a dot.
fn misspell_fields(definition: &Value) -> Vec<Mutant> {
    expressions(definition, &|text| {
        let starts = text.match_indices('.').map(|(at, _)| at + 1);
        let words = starts.map(|at| {
            (
                at,
                text[at..]
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next()
                    .unwrap_or(""),
            )
        });
        let fields = words.filter(|(_, word)| word.starts_with(|c: char| c.is_alphabetic()));
        fields.map(|(at, word)| misspelled(text, at, word)).collect()
    })
}

fn misspelled(text: &str, at: usize, word: &str) -> String {
    let end = at + word.len();
    format!("{}{}{}", &text[..end], &word[word.len() - 1..], &text[end..])
}

fn expressions(definition: &Value, change: &dyn Fn(&str) -> Vec<String>) -> Vec<Mutant> {
    each(definition, &|_, value| match value {
        Value::String(text) if text.starts_with("{%") => change(text)
            .into_iter()
            .map(|changed| (changed.clone(), Value::String(changed)))
            .collect(),
        _ => Vec::new(),
    })
}

fn remove_states(definition: &Value) -> Vec<Mutant> {
    drop_members(definition, |pointer| pointer.ends_with("/States"))
}

fn drop_fields(definition: &Value) -> Vec<Mutant> {
    drop_members(definition, is_data)
}

fn drop_assignments(definition: &Value) -> Vec<Mutant> {
    drop_members(definition, |pointer| pointer.ends_with("/Assign"))
}

/// Each member of the objects at these pointers, left out in turn.
fn drop_members(definition: &Value, of: fn(&str) -> bool) -> Vec<Mutant> {
    each(definition, &|pointer, value| match value {
        Value::Object(members) if of(pointer) => members
            .keys()
            .map(|name| (format!("without {name}"), without_key(members, name)))
            .collect(),
        _ => Vec::new(),
    })
}

fn without_key(members: &Map<String, Value>, key: &str) -> Value {
    Value::Object(
        members
            .iter()
            .filter(|(own, _)| *own != key)
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    )
}

/// The objects that authors fill: payloads, outputs, and the variables that are records.
fn is_data(pointer: &str) -> bool {
    [
        "/Payload",
        "/Output",
        "/MessageBody",
        "/deadEnd",
        "/setback",
        "/execution",
    ]
    .iter()
    .any(|end| pointer.ends_with(end))
}

fn swap_fields(definition: &Value) -> Vec<Mutant> {
    each(definition, &|pointer, value| match value {
        Value::Object(members) if is_data(pointer) => {
            let names: Vec<&String> = members.keys().collect();
            let pairs = names.windows(2).filter(|pair| members[pair[0]] != members[pair[1]]);
            let swapped = pairs.map(|pair| {
                let mut members = members.clone();
                members.insert(pair[0].clone(), value[pair[1]].clone());
                members.insert(pair[1].clone(), value[pair[0]].clone());
                (format!("{} for {}", pair[0], pair[1]), Value::Object(members))
            });
            swapped.collect()
        }
        _ => Vec::new(),
    })
}

fn misspell_errors(definition: &Value) -> Vec<Mutant> {
    each(definition, &|pointer, value| match value {
        // A retrier only names errors again that a catcher names.
        Value::String(name) if pointer.contains("/ErrorEquals/") && pointer.contains("/Catch/") => {
            vec![(format!("{name}s"), Value::String(format!("{name}s")))]
        }
        _ => Vec::new(),
    })
}

/// `Next` skips the state it leads to, where that one has a `Next` of its own.
fn redirect(definition: &Value) -> Vec<Mutant> {
    let states = definition["States"].clone();
    each(definition, &|pointer, value| match value {
        Value::String(name) if pointer.ends_with("/Next") => {
            let after = states[name]["Next"].as_str().filter(|after| *after != name);
            after
                .map(|after| (format!("{after} instead of {name}"), Value::from(after)))
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    })
}
