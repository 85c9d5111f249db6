//! The table behind the real client: each operation by itself.

use contracts::{Message, OutcomeStatus};

use super::*;
use crate::testing::{at, execution, item, message, messages, outcome, store};

#[tokio::test]
async fn a_message_is_written_once() {
    let messages = messages().await;
    let item = item("m", "m", 0);
    assert_eq!(messages.put(&item).await.unwrap(), Put::Fresh);
    assert_eq!(
        messages.put(&item).await.unwrap(),
        Put::Fresh,
        "the same execution repeats"
    );
    let second = MessageItem {
        execution: execution("other"),
        ..item.clone()
    };
    assert_eq!(messages.put(&second).await.unwrap(), Put::Duplicate);
    assert_eq!(messages.get("m").await.unwrap(), Some(item));
    assert_eq!(messages.get("n").await.unwrap(), None);
}

#[tokio::test]
async fn a_failed_message_is_redriven_to_its_end() {
    let messages = messages().await;
    messages.put(&item("m", "m", 0)).await.unwrap();
    let failed = messages
        .record("dev", &outcome("m", 0, OutcomeStatus::Failed), at(2))
        .await
        .unwrap();
    assert_eq!((failed.recorded.status, failed.stands), (Status::Failed, true));
    assert_eq!(messages.begin_redrive("m", at(3)).await.unwrap().redrive, 1);
    assert_eq!(
        messages.begin_redrive("m", at(4)).await.unwrap().redrive,
        1,
        "cut off before it started"
    );
    assert_eq!(messages.put(&item("m", "m-r1", 1)).await.unwrap(), Put::Fresh);
    let reopened = messages.get("m").await.unwrap().unwrap();
    assert_eq!(
        (reopened.status, reopened.dead_letter, reopened.finished_at),
        (Status::Processing, None, None)
    );
    let refused = messages.begin_redrive("m", at(5)).await.unwrap_err();
    assert!(matches!(
        refused,
        RedriveError::Not(NotRedrivable::NotFailed(Status::Processing))
    ));
    let ended = messages
        .record("dev", &outcome("m", 1, OutcomeStatus::Completed), at(6))
        .await
        .unwrap();
    assert_eq!(
        (ended.recorded.status, ended.recorded.finished_at),
        (Status::Completed, at(6))
    );
    assert_eq!(messages.put(&item("m", "m-r1", 1)).await.unwrap(), Put::Fresh);
    assert_eq!(
        messages.get("m").await.unwrap().unwrap().status,
        Status::Completed,
        "a late repetition opens nothing"
    );
}

#[tokio::test]
async fn a_redrive_that_says_nothing_is_given_up() {
    let messages = messages().await;
    messages
        .record("dev", &outcome("m", 0, OutcomeStatus::Failed), at(1))
        .await
        .unwrap();
    assert!(
        !messages.abandon_redrive("m", 1, at(2)).await.unwrap(),
        "none is pending"
    );
    messages.begin_redrive("m", at(2)).await.unwrap();
    assert!(messages.abandon_redrive("m", 1, at(3)).await.unwrap());
    assert_eq!(messages.begin_redrive("m", at(4)).await.unwrap().redrive, 2);
    assert!(matches!(
        messages.begin_redrive("x", at(4)).await,
        Err(RedriveError::Not(NotRedrivable::NotFound))
    ));
}

#[tokio::test]
async fn lists_are_newest_first_and_go_on_where_they_stopped() {
    let messages = messages().await;
    for n in 0..7 {
        let created_at = Some(at(n));
        let message = Message {
            created_at,
            owner: (n % 2 == 0).then(|| "ada".into()),
            ..message(&format!("m{n}"))
        };
        let status = if n < 4 { Status::Processing } else { Status::Scheduled };
        messages
            .put(&MessageItem::new(
                "dev",
                status,
                message,
                execution(&format!("m{n}")),
                at(9),
            ))
            .await
            .unwrap();
    }
    let ids = async |query: ListQuery| {
        let (mut ids, mut query, mut pages) = (Vec::new(), query, 0);
        loop {
            let page = messages.list(&query).await.unwrap().unwrap();
            ids.extend(page.items.into_iter().map(|item| item.message_id));
            pages += 1;
            if page.next.is_none() {
                return (ids.join(" "), pages);
            }
            query.cursor = page.next;
        }
    };
    let stage = || ListQuery::newest(ListBy::Stage("dev".into()));
    let ada = || ListQuery::newest(ListBy::Owner("ada".into()));
    let expected = |text: &str, pages| (text.to_owned(), pages);
    assert_eq!(ids(stage()).await, expected("m6 m5 m4 m3 m2 m1 m0", 1));
    assert_eq!(
        ids(ListQuery { limit: 3, ..stage() }).await,
        expected("m6 m5 m4 m3 m2 m1 m0", 3)
    );
    assert_eq!(
        ids(ListQuery { limit: 7, ..stage() }).await,
        expected("m6 m5 m4 m3 m2 m1 m0", 1)
    );
    assert_eq!(ids(ada()).await, expected("m6 m4 m2 m0", 1));
    assert_eq!(
        ids(ListQuery {
            limit: 1,
            status: Some(Status::Scheduled),
            ..ada()
        })
        .await,
        expected("m6 m4", 2)
    );
    assert_eq!(
        ids(ListQuery::newest(ListBy::Status(Status::Scheduled))).await,
        expected("m6 m5 m4", 1)
    );
    assert_eq!(
        ids(ListQuery {
            since: Some(at(2)),
            until: Some(at(3)),
            ..stage()
        })
        .await,
        expected("m3 m2", 1)
    );
    assert_eq!(
        ids(ListQuery::newest(ListBy::Stage("prod".into()))).await,
        expected("", 1)
    );
    assert_eq!(messages.count(Status::Processing, None).await.unwrap(), 4);
    assert_eq!(messages.count(Status::Processing, Some(at(3))).await.unwrap(), 1);
    for cursor in ["", "x", "bm8gZGF0ZQ", "////"] {
        let query = ListQuery {
            cursor: Some(cursor.into()),
            ..stage()
        };
        assert_eq!(messages.list(&query).await.unwrap(), Err(InvalidCursor), "{cursor}");
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_worth_another_try() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let retries = aws_sdk_dynamodb::config::retry::RetryConfig::disabled();
    let config = store()
        .await
        .config()
        .to_builder()
        .endpoint_url(closed)
        .retry_config(retries)
        .build();
    let error = Messages::new(Client::from_conf(config), "messages")
        .put(&item("m", "m", 0))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "PutItem: the table does not answer");
    assert!(error.kind.retryable());
    let error = Messages::new(store().await, "absent").get("m").await.unwrap_err();
    assert_eq!(error.kind, TableErrorKind::Misconfigured);
}
