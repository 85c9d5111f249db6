//! Compares an answer with a recorded one, as strictly as the corpus says.

use std::collections::BTreeMap;

use serde_json::Value;

/// Metadata of HTTP calls, which no interpreter can know.
const METADATA: [&str; 3] = ["ResponseMetadata", "SdkHttpMetadata", "SdkResponseMetadata"];

/// A comparison of one case: what its wildcards stand for, once they are met.
#[derive(Clone, Default)]
pub(crate) struct Matching {
    bound: BTreeMap<String, String>,
}

impl Matching {
    /// The first difference, if there is one.
    pub(crate) fn compare(&mut self, expected: &Value, actual: &Value, at: &str) -> Result<(), String> {
        let differs = || Err(format!("{at}: want {expected} got {actual}"));
        match expected {
            Value::Object(wanted) => {
                let parsed = parsed(actual, Value::is_object);
                let Some(given) = parsed.as_ref().and_then(Value::as_object) else {
                    return differs();
                };
                let counts = |key: &&String| !METADATA.contains(&key.as_str());
                if wanted.keys().filter(counts).count() != given.keys().filter(counts).count() {
                    return differs();
                }
                for (key, value) in wanted.iter().filter(|(key, _)| counts(key)) {
                    let Some(given) = given.get(key) else { return differs() };
                    self.compare(value, given, &format!("{at}.{key}"))?;
                }
                Ok(())
            }
            Value::Array(wanted) => {
                let parsed = parsed(actual, Value::is_array);
                let Some(given) = parsed.as_ref().and_then(Value::as_array) else {
                    return differs();
                };
                if wanted.len() != given.len() {
                    return differs();
                }
                let mut pairs = wanted.iter().zip(given).enumerate();
                pairs.try_for_each(|(index, (value, given))| self.compare(value, given, &format!("{at}[{index}]")))
            }
            Value::String(wanted) if self.text(wanted, actual) => Ok(()),
            Value::String(_) => differs(),
            other if other == actual => Ok(()),
            _ => differs(),
        }
    }

    /// Events in the recorded order or, where branches run side by side, in any order with their ids left aside.
    pub(crate) fn history(&mut self, expected: &[Value], actual: &[Value], any_order: bool) -> Result<(), String> {
        let in_order = self.clone().in_order(expected, actual);
        if in_order.is_ok() || !any_order || expected.len() != actual.len() {
            return in_order;
        }
        let mut rest: Vec<Value> = actual.iter().map(without_ids).collect();
        for event in expected.iter().map(without_ids) {
            let same = |given: &Value| self.clone().compare(&event, given, "").is_ok();
            let Some(position) = rest.iter().position(same) else {
                return in_order;
            };
            rest.remove(position);
        }
        Ok(())
    }

    fn in_order(mut self, expected: &[Value], actual: &[Value]) -> Result<(), String> {
        if expected.len() != actual.len() {
            let types = |events: &[Value]| events.iter().map(|event| event["type"].clone()).collect::<Vec<_>>();
            return Err(format!("want {:?} got {:?}", types(expected), types(actual)));
        }
        let mut pairs = expected.iter().zip(actual).enumerate();
        pairs.try_for_each(|(index, (wanted, given))| self.compare(wanted, given, &format!("events[{index}]")))
    }

    fn text(&mut self, wanted: &str, given: &Value) -> bool {
        let pieces = pieces(wanted);
        if let [Piece::Wild(name)] = pieces.as_slice() {
            let given = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
            return given != "null" && self.bind(name, &given);
        }
        given.as_str().is_some_and(|given| self.pieces(&pieces, given))
    }

    fn pieces(&mut self, pieces: &[Piece<'_>], given: &str) -> bool {
        match pieces {
            [] => given.is_empty(),
            [Piece::Text(text), rest @ ..] => given.strip_prefix(text).is_some_and(|given| self.pieces(rest, given)),
            [Piece::Wild(name), rest @ ..] => {
                given
                    .char_indices()
                    .skip(1)
                    .map(|(at, _)| at)
                    .chain([given.len()])
                    .any(|at| {
                        let mut tried = self.clone();
                        let fits = tried.bind(name, &given[..at]) && tried.pieces(rest, &given[at..]);
                        if fits {
                            *self = tried;
                        }
                        fits
                    })
            }
        }
    }

    /// A numbered wildcard takes one value throughout a case.
    fn bind(&mut self, name: &str, value: &str) -> bool {
        !name.contains(':') || self.bound.entry(name.to_owned()).or_insert_with(|| value.to_owned()) == value
    }
}

enum Piece<'t> {
    Text(&'t str),
    Wild(&'t str),
}

/// Splits a text at its `{{…}}`; all of them are wildcards here.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, (name, after))) = rest
        .split_once("{{")
        .and_then(|(before, rest)| Some((before, rest.split_once("}}")?)))
    {
        pieces.extend((!before.is_empty()).then_some(Piece::Text(before)));
        pieces.push(Piece::Wild(name));
        rest = after;
    }
    pieces.extend((!rest.is_empty()).then_some(Piece::Text(rest)));
    pieces
}

/// The recorder parsed texts that begin with a brace or a bracket; so does the comparison, where it must.
fn parsed(actual: &Value, is: fn(&Value) -> bool) -> Option<Value> {
    let parsed = actual
        .as_str()
        .map_or_else(|| Some(actual.clone()), |text| serde_json::from_str(text).ok());
    parsed.filter(is)
}

fn without_ids(event: &Value) -> Value {
    let mut event = event.clone();
    if let Some(fields) = event.as_object_mut() {
        fields.retain(|key, _| key != "id" && key != "previousEventId");
    }
    event
}
