mod specification;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use self::specification::Model;
use super::*;
use crate::breaker::Probe;
use crate::ensure;
use crate::testing::{at, store};

const TABLE: &str = "circuit-breaker";

/// The breakers of a fresh store, and the client they use.
async fn breakers() -> (Breakers, Client) {
    let client = store().await;
    ensure(&client, "messages", TABLE).await.unwrap();
    (Breakers::new(client.clone(), TABLE, Thresholds::default()), client)
}

const FAILED: Observation = Observation::Failed { ticket: None };

#[tokio::test]
async fn five_failures_open_it_for_every_client() {
    let (one, client) = breakers().await;
    let other = Breakers::new(client, TABLE, Thresholds::default());
    assert_eq!(one.ask("s", at(0)).await.unwrap().0, Permit::Granted { ticket: None });
    for second in 0..5 {
        one.report("s", FAILED, at(second)).await.unwrap();
    }
    let (permit, record) = other.ask("s", at(5)).await.unwrap();
    assert_eq!(permit, Permit::Refused { until: at(34) });
    assert_eq!(record.breaker.state(), "OPEN");
    assert_eq!(
        other.ask("another", at(5)).await.unwrap().0,
        Permit::Granted { ticket: None }
    );
}

#[tokio::test]
async fn a_closed_breaker_is_not_written_by_successes() {
    let (breakers, _) = breakers().await;
    breakers.ask("s", at(0)).await.unwrap();
    breakers
        .report("s", Observation::Succeeded { ticket: None }, at(0))
        .await
        .unwrap();
    assert_eq!(breakers.list().await.unwrap(), []);
}

#[tokio::test]
async fn list_shows_every_breaker_and_reset_closes_one() {
    let (breakers, _) = breakers().await;
    for service in ["b", "a"] {
        for second in 0..5 {
            breakers.report(service, FAILED, at(second)).await.unwrap();
        }
    }
    breakers.reset("a", at(6)).await.unwrap();
    let states: Vec<_> = breakers.list().await.unwrap();
    let states: Vec<_> = states
        .iter()
        .map(|r| (r.service_name.as_str(), r.breaker.state(), r.version))
        .collect();
    assert_eq!(states, [("a", "CLOSED", 6), ("b", "OPEN", 5)]);
    assert_eq!(breakers.get("a").await.unwrap().breaker, Breaker::default());
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_an_error_until_it_is_reset() {
    let (breakers, client) = breakers().await;
    let put = client
        .put_item()
        .table_name(TABLE)
        .item(CIRCUIT_BREAKER.key, AttributeValue::S("s".into()));
    put.item("state", AttributeValue::S("AJAR".into()))
        .send()
        .await
        .unwrap();
    let error = breakers.ask("s", at(0)).await.unwrap_err();
    assert_eq!(error.to_string(), "GetItem: the item cannot be read");
    breakers.reset("s", at(0)).await.unwrap();
    assert_eq!(
        breakers.ask("s", at(1)).await.unwrap().0,
        Permit::Granted { ticket: None }
    );
}

#[tokio::test]
async fn an_item_says_in_words_how_the_breaker_stands() {
    let (breakers, client) = breakers().await;
    for second in [0, 1, 2, 3, 4, 40] {
        breakers.report("s", FAILED, at(second)).await.unwrap();
    }
    breakers.ask("s", at(40)).await.unwrap();
    let item = client
        .scan()
        .table_name(TABLE)
        .send()
        .await
        .unwrap()
        .items
        .unwrap()
        .remove(0);
    let item: serde_json::Value = from_attributes("Scan", &item).unwrap();
    assert_eq!(
        item,
        serde_json::json!({
            "service_name": "s", "version": 6, "state": "HALF_OPEN", "successes": 0,
            "probe": { "ticket": 6, "until": "2026-11-25T00:01:10Z" }, "since": "2026-11-25T00:00:04Z",
        })
    );
}

#[tokio::test]
async fn a_table_that_is_away_is_an_error() {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .endpoint_url("http://127.0.0.1:1");
    let breakers = Breakers::new(Client::from_conf(config.build()), TABLE, Thresholds::default());
    assert_eq!(breakers.get("s").await.unwrap_err().kind, TableErrorKind::Unavailable);
}

/// What one client does: it lets the clock move on, asks, and where it may call the service that ends like this.
#[derive(Clone, Copy, Debug)]
struct Call {
    after_millis: i64,
    ends: End,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Success,
    Failure,
    NeitherNor,
    Lost,
    ResetByHand,
}

fn calls() -> impl Strategy<Value = Vec<Vec<Call>>> {
    let ends = prop_oneof![
        5 => Just(End::Failure),
        4 => Just(End::Success),
        1 => Just(End::NeitherNor),
        1 => Just(End::Lost),
        1 => Just(End::ResetByHand),
    ];
    let call = (0_i64..4_000, ends).prop_map(|(after_millis, ends)| Call { after_millis, ends });
    prop::collection::vec(prop::collection::vec(call, 12), 6)
}

/// One client of its own, with its own connection; writes down every transition it got through.
async fn carry_out(breakers: Breakers, clock: Arc<AtomicI64>, service: String, calls: Vec<Call>) -> Vec<Applied> {
    let mut history = Vec::new();
    let move_on = |millis| Timestamp::from_millisecond(clock.fetch_add(millis, Ordering::SeqCst) + millis).unwrap();
    for call in calls {
        let asks = |version| Observation::Asked { ticket: version + 1 };
        let asked = breakers
            .apply(&service, asks, move_on(call.after_millis))
            .await
            .unwrap();
        let permit = asked.step.permit;
        history.push(asked);
        let report = match (permit, call.ends) {
            (_, End::ResetByHand) => Observation::Reset,
            (Permit::Refused { .. }, _) | (_, End::Lost) => continue,
            (Permit::Granted { ticket }, End::Success) => Observation::Succeeded { ticket },
            (Permit::Granted { ticket }, End::Failure) => Observation::Failed { ticket },
            (Permit::Granted { ticket }, End::NeitherNor) => Observation::Undecided { ticket },
        };
        history.push(breakers.apply(&service, |_| report, move_on(0)).await.unwrap());
    }
    history
}

/// All clients at once against one breaker.
async fn concurrently(store: &Client, service: &str, scripts: Vec<Vec<Call>>) -> Vec<Applied> {
    let clock = Arc::new(AtomicI64::new(at(0).as_millisecond()));
    let clients: Vec<_> = scripts
        .into_iter()
        .map(|calls| {
            let client = Client::from_conf(store.config().clone());
            let breakers = Breakers::new(client, TABLE, Thresholds::default());
            tokio::spawn(carry_out(breakers, clock.clone(), service.to_owned(), calls))
        })
        .collect();
    let mut history = Vec::new();
    for client in clients {
        history.extend(client.await.unwrap());
    }
    history
}

/// Whatever the clients did at once is one walk of the specification's model, each step from where the last one
/// ended; what was not written left the breaker as it stood.
fn check(history: &[Applied]) -> Result<(), TestCaseError> {
    let mut writes: Vec<_> = history.iter().filter(|applied| applied.step.next.is_some()).collect();
    writes.sort_by_key(|applied| applied.before.version);
    let mut walk = vec![Model::default()];
    for (version, write) in writes.iter().enumerate() {
        prop_assert_eq!(
            write.before.version,
            version as u64,
            "two writes from one version, or a gap"
        );
        let mut model = walk[version].clone();
        model.put(write.observation, write.now.as_millisecond());
        walk.push(model);
    }
    for applied in history {
        let mut model = walk[usize::try_from(applied.before.version).unwrap()].clone();
        prop_assert_eq!(&applied.before.breaker, &model.shown());
        let permit = model.put(applied.observation, applied.now.as_millisecond());
        prop_assert_eq!(applied.step.permit, permit);
        prop_assert_eq!(&applied.after().breaker, &model.shown());
    }
    probes_never_overlap(&writes)
}

/// Said without the automaton: while a lease holds, nobody else gets one.
fn probes_never_overlap(writes: &[&Applied]) -> Result<(), TestCaseError> {
    let mut held: Option<Probe> = None;
    for write in writes {
        if let (Some(lease), Observation::Asked { ticket }) = (held, write.observation) {
            prop_assert!(
                write.now >= lease.until,
                "{} got a lease while {} held one",
                ticket,
                lease.ticket
            );
        }
        held = match write.step.next {
            Some(Breaker::HalfOpen { probe, .. }) => probe,
            _ => None,
        };
    }
    Ok(())
}

#[test]
fn concurrent_clients_walk_the_automaton() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let (_, store) = runtime.block_on(breakers());
    let mut runner = TestRunner::new(ProptestConfig {
        cases: std::env::var("BREAKER_CASES").map_or(6, |cases| cases.parse().unwrap()),
        ..ProptestConfig::default()
    });
    let services = AtomicI64::new(0);
    let seen = Mutex::new(BTreeSet::new());
    let result = runner.run(&calls(), |scripts| {
        let service = format!("service-{}", services.fetch_add(1, Ordering::SeqCst));
        let history = runtime.block_on(concurrently(&store, &service, scripts));
        seen.lock()
            .unwrap()
            .extend(history.iter().map(|applied| applied.after().breaker.state()));
        check(&history)
    });
    result.unwrap();
    assert_eq!(
        seen.into_inner().unwrap().len(),
        3,
        "the clients never reached one of the three states"
    );
}
