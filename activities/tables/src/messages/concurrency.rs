//! The table behind the real client: many clients at once.

use std::collections::{BTreeMap, BTreeSet};

use contracts::OutcomeStatus;
use proptest::prelude::*;
use tokio::task::JoinSet;

use super::*;
use crate::testing::{at, execution, item, messages, outcome};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_executions_one_carries_the_message() {
    let messages = messages().await;
    let mut puts = JoinSet::new();
    for n in 0..16 {
        let (messages, item) = (messages.clone(), item("m", &format!("e{n}"), 0));
        puts.spawn(async move { messages.put(&item).await.unwrap() });
    }
    let fresh = puts
        .join_all()
        .await
        .into_iter()
        .filter(|put| *put == Put::Fresh)
        .count();
    assert_eq!(fresh, 1);
}

/// What one of several people and executions does, at no particular moment. Executions compete: `Carry(0)` and `End(0)`
/// are those of the one that is named as it should be, other numbers are strangers with the same message.
#[derive(Clone, Copy, Debug)]
enum Act {
    Redrive,
    Carry(u8),
    End(u8, OutcomeStatus),
}

fn any_act() -> impl Strategy<Value = Act> {
    let status = prop_oneof![
        3 => Just(OutcomeStatus::Failed),
        1 => Just(OutcomeStatus::Completed),
        1 => Just(OutcomeStatus::Cancelled),
    ];
    prop_oneof![
        2 => Just(Act::Redrive),
        2 => (0..3_u8).prop_map(Act::Carry),
        4 => (0..2_u8, status).prop_map(|(stranger, status)| Act::End(stranger, status)),
    ]
}

/// What the one who acted was told.
#[derive(Debug)]
enum Told {
    Nothing,
    Redrive(u32),
    /// The message of this redrive is this execution's, and ended so.
    Mine(u32, String, Option<Status>),
}

/// Acts on the item as it stands.
async fn act(messages: Messages, act: Act) -> Told {
    let n = messages.get("m").await.unwrap().map_or(0, |item| item.redrive);
    let name = |stranger: u8| format!("{}{}", contracts::execution_name("m", n), "x".repeat(stranger.into()));
    match act {
        Act::Redrive => match messages.begin_redrive("m", at(2)).await {
            Ok(item) => Told::Redrive(item.redrive),
            Err(RedriveError::Not(_)) => Told::Nothing,
            Err(RedriveError::Table(error)) => panic!("{error}"),
        },
        Act::Carry(stranger) => match messages.put(&item("m", &name(stranger), n)).await.unwrap() {
            Put::Fresh => Told::Mine(n, name(stranger), None),
            Put::Duplicate => Told::Nothing,
        },
        Act::End(stranger, status) => {
            let outcome = Outcome {
                execution: execution(&name(stranger)),
                ..outcome("m", n, status)
            };
            let recording = messages.record("dev", &outcome, at(3)).await.unwrap();
            let status = recording.recorded.status;
            if recording.stands {
                Told::Mine(n, name(stranger), Some(status))
            } else {
                Told::Nothing
            }
        }
    }
}

/// All that was told, held together.
#[derive(Default)]
struct Tale {
    redrives: BTreeSet<u32>,
    owners: BTreeMap<u32, BTreeSet<String>>,
    ends: BTreeMap<u32, BTreeSet<&'static str>>,
}

impl Tale {
    fn hear(&mut self, told: Told) {
        match told {
            Told::Nothing => {}
            Told::Redrive(n) => _ = self.redrives.insert(n),
            Told::Mine(n, execution, end) => {
                self.owners.entry(n).or_default().insert(execution);
                self.ends.entry(n).or_default().extend(end.map(Status::as_str));
            }
        }
    }

    /// Numbers of redrives have no gap, one execution carries the message in each, and it has one end.
    fn is_lawful(&self, item: &MessageItem) {
        assert_eq!(self.redrives, (1..=item.redrive).collect());
        assert!(
            self.owners.values().all(|owners| owners.len() == 1),
            "{:?}",
            self.owners
        );
        assert!(self.ends.values().all(|ends| ends.len() <= 1), "{:?}", self.ends);
    }
}

/// The item is in one of the shapes that its life allows.
fn is_whole(item: &MessageItem) {
    assert_eq!(item.finished_at.is_some(), item.status.is_final());
    assert_eq!(item.dead_letter.is_some(), item.status == Status::Failed);
    assert!(!item.redrive_pending || item.status == Status::Failed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn concurrent_lives_stay_lawful(rounds in prop::collection::vec(prop::collection::vec(any_act(), 2..8), 1..6)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let (messages, mut tale) = (messages().await, Tale::default());
            for round in rounds {
                let acts: JoinSet<_> = round.into_iter().map(|one| act(messages.clone(), one)).collect();
                acts.join_all().await.into_iter().for_each(|told| tale.hear(told));
                if let Some(item) = messages.get("m").await.unwrap() {
                    is_whole(&item);
                    tale.is_lawful(&item);
                }
            }
        });
    }
}
