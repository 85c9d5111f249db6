//! Histories as they are kept: without what repeats.
//!
//! The shape of the wire says the time, the names of types and states, and all data anew in each event; what one state gives
//! on is said again by the next. Kept so, the history would be most of what is written for an execution. So the texts of a
//! step stand in one list, each once, and an event is a row of numbers:
//!
//! ```json
//! {"at":1700000000123,"texts":["PassStateEntered","{}","A"],"events":[[0,1,1,2]]}
//! ```
//!
//! A row begins with the event's type and with how far back the event lies that led to it.

mod texts;

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::data::Data;
use crate::details::{Carried, Details, Members};
use crate::{HistoryEvent, HistoryEventType};
use texts::Texts;

/// The events of one step in the form in which they are kept. Their ids follow each other, and all happened at the same
/// time.
///
/// ```
/// # let definition = r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#;
/// # let machine = engine::compile(&asl::parse(definition).unwrap().machine).unwrap();
/// # let [execution_arn, execution_name, state_machine_arn, state_machine_name, role_arn] = Default::default();
/// # let identity =
/// #     engine::Identity { execution_arn, execution_name, state_machine_arn, state_machine_name, role_arn };
/// # let (_, step) = engine::Execution::start(&machine, identity, "{}", jiff::Timestamp::UNIX_EPOCH, 0);
/// let kept = engine::pack(&step.history);
/// assert_eq!(engine::unpack(&kept, 1).unwrap(), step.history);
/// ```
pub fn pack(events: &[HistoryEvent]) -> String {
    let mut texts = Texts::default();
    let rows = events.iter().map(|event| Row::of(event, &mut texts)).collect();
    let packed = Packed {
        at: events.first().map_or(0, |event| event.timestamp.as_millisecond()),
        texts: texts.into_list(),
        events: rows,
    };
    serde_json::to_string(&packed).expect("numbers and texts can be written, and the keys of objects are texts")
}

/// The events of a text that [`pack`] made, of which the first has the id `first`.
pub fn unpack(text: &str, first: u64) -> Result<Vec<HistoryEvent>, Unreadable> {
    let packed: Packed<'_> = serde_json::from_str(text).map_err(|error| Unreadable(error.to_string()))?;
    let at = Timestamp::from_millisecond(packed.at).map_err(|error| Unreadable(error.to_string()))?;
    let texts: Vec<Arc<str>> = packed.texts.iter().map(|text| Arc::from(&**text)).collect();
    (first..)
        .zip(packed.events)
        .map(|(id, row)| {
            row.event(id, at, &texts)
                .ok_or_else(|| Unreadable(format!("event {id} makes no sense")))
        })
        .collect()
}

/// A kept history that cannot be read, and why.
#[derive(Debug, thiserror::Error)]
#[error("a kept history cannot be read: {0}")]
pub struct Unreadable(String);

#[derive(Serialize, Deserialize)]
struct Packed<'a> {
    at: i64,
    texts: Vec<Cow<'a, str>>,
    events: Vec<Row<'a>>,
}

/// An event: its type, how far back the event before it lies, and its details. Texts are indices.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Row<'a> {
    /// Without details.
    Plain(usize, u64),
    /// Data and name of a state, or name and index of an iteration.
    Pair(usize, u64, usize, usize),
    /// Data and name of a state that assigns, and the variables: names and values in turn.
    Assigning(usize, u64, usize, usize, Vec<usize>),
    /// Members that carry no data.
    Members(usize, u64, Cow<'a, Members>),
    /// Members that carry data.
    Carrying(usize, u64, Cow<'a, Members>, Kind, usize),
}

/// What the data is that an event carries.
#[derive(Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "i")]
    Input,
    #[serde(rename = "p")]
    Parameters,
    #[serde(rename = "o")]
    Output,
}

impl<'a> Row<'a> {
    fn of(event: &'a HistoryEvent, texts: &mut Texts<'a>) -> Self {
        let back = event.id - event.previous_event_id;
        let name = texts.index(event.event_type.name());
        match &event.details {
            Details::None => Self::Plain(name, back),
            Details::Entered { input, name: state } => {
                Self::Pair(name, back, texts.index(input.text()), texts.index(state))
            }
            Details::Exited {
                output,
                name: state,
                assigned,
            } => {
                let (output, state) = (texts.index(output.text()), texts.index(state));
                if assigned.is_empty() {
                    return Self::Pair(name, back, output, state);
                }
                let pair = |(name, data): &'a (String, Data)| [texts.index(name), texts.index(data.text())];
                Self::Assigning(name, back, output, state, assigned.iter().flat_map(pair).collect())
            }
            Details::Iteration { name: state, index } => Self::Pair(name, back, texts.index(state), *index as usize),
            Details::Members(members) => {
                let (kind, data) = match &members.data {
                    None => return Self::Members(name, back, Cow::Borrowed(members)),
                    Some(Carried::Input(data)) => (Kind::Input, data),
                    Some(Carried::Parameters(data)) => (Kind::Parameters, data),
                    Some(Carried::Output(data)) => (Kind::Output, data),
                };
                Self::Carrying(name, back, Cow::Borrowed(members), kind, texts.index(data.text()))
            }
        }
    }

    /// The event, unless an index leads nowhere.
    fn event(self, id: u64, timestamp: Timestamp, texts: &[Arc<str>]) -> Option<HistoryEvent> {
        let text = |index: usize| texts.get(index).map(Arc::clone);
        let data = |index: usize| texts.get(index).map(|text| Data::from_text(&**text));
        let (Self::Plain(name, back)
        | Self::Pair(name, back, ..)
        | Self::Assigning(name, back, ..)
        | Self::Members(name, back, _)
        | Self::Carrying(name, back, ..)) = self;
        let name = texts.get(name)?;
        let details = match self {
            Self::Plain(..) => Details::None,
            Self::Pair(_, _, input, state) if name.ends_with("StateEntered") => Details::Entered {
                input: data(input)?,
                name: text(state)?,
            },
            Self::Pair(_, _, output, state) if name.ends_with("StateExited") => Details::Exited {
                output: data(output)?,
                name: text(state)?,
                assigned: Box::default(),
            },
            Self::Pair(_, _, state, index) => Details::Iteration {
                name: text(state)?,
                index: u32::try_from(index).ok()?,
            },
            Self::Assigning(_, _, output, state, variables) => Details::Exited {
                output: data(output)?,
                name: text(state)?,
                assigned: variables
                    .chunks_exact(2)
                    .map(|pair| Some((text(pair[0])?.to_string(), data(pair[1])?)))
                    .collect::<Option<_>>()?,
            },
            Self::Members(_, _, members) => members.into_owned().into(),
            Self::Carrying(_, _, members, kind, index) => {
                let data = data(index)?;
                let data = match kind {
                    Kind::Input => Carried::Input(data),
                    Kind::Parameters => Carried::Parameters(data),
                    Kind::Output => Carried::Output(data),
                };
                let data = Some(data);
                Members {
                    data,
                    ..members.into_owned()
                }
                .into()
            }
        };
        Some(HistoryEvent {
            id,
            previous_event_id: id.checked_sub(back)?,
            timestamp,
            event_type: HistoryEventType::of(name)?,
            details,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{pack, unpack};
    use crate::data::Data;
    use crate::details::{Details, Members};
    use crate::{HistoryEvent, HistoryEventType};

    fn event(id: u64, event_type: HistoryEventType, details: Details) -> HistoryEvent {
        HistoryEvent {
            id,
            previous_event_id: id - 1,
            timestamp: Timestamp::from_millisecond(1_700_000_000_123).unwrap(),
            event_type,
            details,
        }
    }

    fn history() -> Vec<HistoryEvent> {
        let (data, name) = (Data::from_text("{ }"), std::sync::Arc::<str>::from("A"));
        let failed = Members {
            error: Some("Why".into()),
            ..Members::default()
        };
        let exited = |assigned: Vec<(String, Data)>| Details::Exited {
            output: data.clone(),
            name: name.clone(),
            assigned: assigned.into(),
        };
        let entered = Details::Entered {
            input: data.clone(),
            name: name.clone(),
        };
        vec![
            event(
                8,
                HistoryEventType::ExecutionStarted,
                Members::input(data.clone()).into(),
            ),
            event(9, HistoryEventType::PassStateEntered, entered),
            event(10, HistoryEventType::PassStateExited, exited(Vec::new())),
            event(
                11,
                HistoryEventType::MapStateExited,
                exited(vec![("x".into(), data.clone())]),
            ),
            event(
                12,
                HistoryEventType::MapIterationStarted,
                Details::Iteration { name, index: 7 },
            ),
            event(13, HistoryEventType::MapStateFailed, Details::None),
            event(14, HistoryEventType::ExecutionTimedOut, Members::default().into()),
            event(15, HistoryEventType::ExecutionFailed, failed.into()),
        ]
    }

    #[test]
    fn what_is_kept_is_what_was() {
        let history = history();
        let kept = pack(&history);
        assert_eq!(unpack(&kept, 8).unwrap(), history, "{kept}");
        assert_eq!(kept.matches("{ }").count(), 1, "{kept}");
    }

    #[test]
    fn what_is_damaged_is_an_error() {
        let kept = pack(&history());
        for (whole, broken) in [
            ("\"events\"", "\"e\""),
            ("[0,1,", "[99,1,"),
            ("ExecutionStarted", "Other"),
            ("[2,1,", "[2,99,"),
        ] {
            let damaged = kept.replacen(whole, broken, 1);
            assert_ne!(damaged, kept);
            assert!(unpack(&damaged, 8).is_err(), "{damaged}");
        }
    }
}
