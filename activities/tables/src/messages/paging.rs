//! Going through a list page by page while messages come in.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use tokio::task::JoinSet;

use super::*;
use crate::testing::{at, execution, message, messages};

/// How many are put in at the same time.
const AT_ONCE: usize = 32;

/// A message that was accepted so many seconds after the day began: many at the same time, so that ties are met.
fn accepted(id: usize, second: i64) -> MessageItem {
    let id = format!("m{id:07}");
    let message = contracts::Message {
        created_at: Some(at(second)),
        ..message(&id)
    };
    MessageItem::new("dev", Status::Processing, message, execution(&id), at(second))
}

async fn put(messages: &Messages, items: impl IntoIterator<Item = MessageItem>) {
    let mut putting = JoinSet::new();
    for item in items {
        let messages = messages.clone();
        putting.spawn(async move { messages.put(&item).await.unwrap() });
        if putting.len() >= AT_ONCE {
            putting.join_next().await.unwrap().unwrap();
        }
    }
    putting.join_all().await;
}

/// Goes through the whole list; puts one of `added` in before each further page. Gives the ids in the order in which they were
/// shown.
async fn walk(messages: &Messages, limit: usize, mut added: impl Iterator<Item = MessageItem>) -> Vec<String> {
    let mut query = ListQuery {
        limit,
        ..ListQuery::newest(ListBy::Stage("dev".into()))
    };
    let mut shown = Vec::new();
    loop {
        let page = messages.list(&query).await.unwrap().unwrap();
        assert!(
            page.items.len() == limit || page.next.is_none(),
            "a page is full, or the last"
        );
        shown.extend(page.items.into_iter().map(|item| item.message_id));
        let Some(next) = page.next else { return shown };
        query.cursor = Some(next);
        put(messages, added.next()).await;
    }
}

/// Whatever was there is shown once, in order; what came in meanwhile is shown once at most.
fn judge(shown: &[String], there: usize) {
    let once: BTreeSet<&str> = shown.iter().map(String::as_str).collect();
    assert_eq!(once.len(), shown.len(), "nothing is shown twice");
    let missed: Vec<String> = (0..there)
        .map(|id| format!("m{id:07}"))
        .filter(|id| !once.contains(id.as_str()))
        .collect();
    assert!(missed.is_empty(), "missed: {missed:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_shown_twice_and_nothing_is_missed(
        rows in vec(0..5_i64, 0..40),
        added in vec(0..6_i64, 0..40),
        limit in 1..7_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let messages = messages().await;
            put(&messages, rows.iter().enumerate().map(|(id, second)| accepted(id, *second))).await;
            let added = added.iter().enumerate().map(|(id, second)| accepted(rows.len() + id, *second));
            let shown = walk(&messages, limit, added).await;
            judge(&shown, rows.len());
        });
    }
}

/// The same with a long list: `REZ_CURSOR_ROWS=1000000` has a million.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_list_is_gone_through_once() {
    let rows = std::env::var("REZ_CURSOR_ROWS")
        .ok()
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(2_000);
    let messages = messages().await;
    // Three a second.
    let second = |id: usize| i64::try_from(id / 3).unwrap();
    put(&messages, (0..rows).map(|id| accepted(id, second(id)))).await;
    // Some newer than all, some among them.
    let added = (0..rows).map(|id| accepted(rows + id, second((id * 7) % (2 * rows))));
    let shown = walk(&messages, 100, added).await;
    judge(&shown, rows);
}
