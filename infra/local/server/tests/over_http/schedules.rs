//! Schedules fire when the clock says so: once, whatever becomes of the server and of the clock.
//!
//! The years lie ahead, because the embedded DynamoDB takes away items whose time to live is over by the machine's clock.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use server::{Clock as _, Config, ManualClock, Server};

use crate::support::{Client, http, http_at, jsonata, server, server_at, start};

const HOUR: Duration = Duration::from_hours(1);

/// The schedules' API of one server, and the executions that they have started.
struct Api {
    server: Server,
    clock: ManualClock,
}

impl Api {
    async fn at(directory: &Path, clock: &ManualClock) -> Self {
        Self::of(server_at(directory, clock).await.0, clock)
    }

    fn of(server: Server, clock: &ManualClock) -> Self {
        Self {
            server,
            clock: clock.clone(),
        }
    }

    async fn ask(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let url = format!("http://{}/api/{path}", self.server.addresses.api);
        // Its clock leaps: a token of before may be of another decade.
        let mut request = http_at(&self.server, self.clock.now()).request(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        self.ask(reqwest::Method::GET, path, None).await.1
    }

    async fn create(&self, schedule: Value) -> Value {
        let (status, body) = self.ask(reqwest::Method::POST, "schedules", Some(&schedule)).await;
        assert_eq!(status, 201, "{body}");
        body
    }

    /// Returns once this many messages of schedules are completed, and gives their texts.
    async fn sent(&self, count: usize) -> Vec<String> {
        let sent = async {
            loop {
                let page = self.get("messages?status=completed&limit=100").await;
                let messages = page["messages"].as_array().unwrap();
                assert!(messages.len() <= count, "{messages:?}");
                if messages.len() == count {
                    return messages
                        .iter()
                        .map(|message| word(&message["body"]))
                        .collect::<Vec<String>>();
                }
                tokio::task::yield_now().await;
            }
        };
        let Ok(mut texts) = tokio::time::timeout(Duration::from_secs(20), sent).await else {
            panic!("{count} are sent: {}", self.get("messages").await)
        };
        texts.sort();
        texts
    }

    /// Returns once the schedule has fired for this time and its message is completed: a clock that is moved while a
    /// message is under way makes its calls time out.
    async fn fired(&self, name: &str, time: &str) -> Value {
        let fired = async {
            loop {
                let schedule = self.get(&format!("schedules/{name}")).await;
                let last = &schedule["last"];
                if last["scheduled_time"] == time {
                    let message = self.get(&format!("messages/{}", word(&last["message_id"]))).await;
                    if message["status"] == "completed" {
                        return schedule;
                    }
                }
                tokio::task::yield_now().await;
            }
        };
        let Ok(schedule) = tokio::time::timeout(Duration::from_secs(20), fired).await else {
            panic!("{name} fires at {time}: {}", self.get("schedules").await)
        };
        schedule
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn hourly(name: &str) -> Value {
    json!({ "name": name, "expression": "cron(0 * * * ? *)", "message": { "body": name, "title": "t" } })
}

#[tokio::test]
async fn a_schedule_sends_a_message_each_time() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(at("2126-01-01T08:30:00Z"));
    let api = Api::at(directory.path(), &clock).await;
    let created = api.create(hourly("hourly")).await;
    assert_eq!(created["next"][0], "2126-01-01T09:00:00Z");
    clock.advance(HOUR / 2);
    let fired = api.fired("hourly", "2126-01-01T09:00:00Z").await;
    api.sent(1).await;
    let message = api
        .get(&format!("messages/{}", word(&fired["last"]["message_id"])))
        .await;
    for (field, value) in [
        ("status", json!("completed")),
        ("message_type", json!("scheduled")),
        ("body", json!("hourly")),
        ("title", json!("t")),
        ("created_at", json!("2126-01-01T09:00:00Z")),
    ] {
        assert_eq!(message[field], value, "{message}");
    }
    for hour in 10..=12 {
        clock.advance(HOUR);
        api.fired("hourly", &format!("2126-01-01T{hour}:00:00Z")).await;
    }
    api.sent(4).await;
    api.server.shutdown().await;
}

#[tokio::test]
async fn a_rate_fires_at_its_creation_and_then_without_drift() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(at("2126-03-28T08:30:00.7Z"));
    let api = Api::at(directory.path(), &clock).await;
    let rate = json!({
        "name": "rate", "expression": "rate(1 day)", "timezone": "Europe/Berlin", "message": { "body": "x" },
    });
    api.create(rate).await;
    api.fired("rate", "2126-03-28T08:30:00Z").await;
    clock.advance(HOUR * 24 + Duration::from_millis(3_300));
    let fired = api.fired("rate", "2126-03-29T08:30:00Z").await;
    assert_eq!(fired["next"][0], "2126-03-30T08:30:00Z");
    api.sent(2).await;
    api.server.shutdown().await;
}

#[tokio::test]
async fn what_was_missed_is_made_up_for_once_and_not_when_it_is_too_late() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(at("2126-01-01T08:30:00Z"));
    let api = Api::at(directory.path(), &clock).await;
    api.create(hourly("latest")).await;
    let strict = json!({
        "name": "strict", "expression": "cron(0 9 * * ? *)", "catch_up": 60, "message": { "body": "strict" },
    });
    api.create(strict).await;
    let once = json!({ "name": "once", "expression": "at(2126-01-01T10:00:00)", "message": { "body": "once" } });
    api.create(once).await;
    api.server.shutdown().await;

    clock.advance(HOUR * 5);
    let api = Api::at(directory.path(), &clock).await;
    assert_eq!(api.sent(2).await, ["latest", "once"]);
    api.fired("latest", "2126-01-01T13:00:00Z").await;
    let once = api.fired("once", "2126-01-01T10:00:00Z").await;
    assert_eq!(once["next"], json!([]));
    let strict = api.get("schedules/strict").await;
    assert_eq!(
        (&strict["last"], &strict["next"][0]),
        (&Value::Null, &json!("2126-01-02T09:00:00Z"))
    );
    // The same day again changes nothing, and the next one is on time.
    api.server.shutdown().await;
    let api = Api::at(directory.path(), &clock).await;
    clock.set(at("2126-01-02T09:00:59Z"));
    api.fired("strict", "2126-01-02T09:00:00Z").await;
    api.fired("latest", "2126-01-02T09:00:00Z").await;
    assert_eq!(api.sent(4).await, ["latest", "latest", "once", "strict"]);
    api.server.shutdown().await;
}

#[tokio::test]
async fn a_clock_that_leaps_ahead_and_is_set_right_again_costs_no_time_and_doubles_none() {
    for restarts in [true, false] {
        leap(restarts).await;
    }
}

async fn leap(restarts: bool) {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(at("2126-01-01T08:30:00Z"));
    let mut api = Api::at(directory.path(), &clock).await;
    api.create(hourly("hourly")).await;
    let once = json!({ "name": "once", "expression": "at(2126-01-01T10:00:00)", "message": { "body": "once" } });
    api.create(once).await;
    clock.advance(HOUR / 2);
    api.fired("hourly", "2126-01-01T09:00:00Z").await;
    // A broken battery: what lies between is too late by then, but for the last hour.
    clock.set(at("2136-01-01T00:00:30Z"));
    api.fired("hourly", "2136-01-01T00:00:00Z").await;
    // It is noticed at the next start, and whenever the clock is looked at: each time that something is changed, and every
    // quarter of a minute by the machine's clock.
    clock.set(at("2126-01-01T08:59:00Z"));
    if restarts {
        api.server.shutdown().await;
        api = Api::at(directory.path(), &clock).await;
    } else {
        api.create(json!({ "name": "new", "expression": "rate(1 day)", "message": { "body": "new" } }))
            .await;
        api.fired("new", "2126-01-01T08:59:00Z").await;
    }
    clock.set(at("2126-01-01T09:00:30Z"));
    api.fired("hourly", "2126-01-01T09:00:00Z").await;
    clock.set(at("2126-01-01T10:00:00Z"));
    api.fired("once", "2126-01-01T10:00:00Z").await;
    api.fired("hourly", "2126-01-01T10:00:00Z").await;
    // Nine o'clock came twice and was sent once.
    let mut sent = vec!["hourly", "hourly", "hourly", "once"];
    sent.splice(3..3, (!restarts).then_some("new"));
    assert_eq!(api.sent(sent.len()).await, sent);
    api.server.shutdown().await;
}

#[tokio::test]
async fn a_paused_schedule_is_silent_and_goes_on_with_the_next_time() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(at("2126-01-01T08:30:00Z"));
    let api = Api::at(directory.path(), &clock).await;
    api.create(hourly("hourly")).await;
    api.create(hourly("other")).await;
    let mut change = hourly("hourly");
    change["enabled"] = json!(false);
    let (_, paused) = api.ask(reqwest::Method::PUT, "schedules/hourly", Some(&change)).await;
    assert_eq!(paused["next"], json!([]));
    clock.advance(HOUR);
    api.fired("other", "2126-01-01T09:00:00Z").await;
    change["enabled"] = json!(true);
    let (_, resumed) = api.ask(reqwest::Method::PUT, "schedules/hourly", Some(&change)).await;
    assert_eq!(
        (&resumed["last"], &resumed["next"][0]),
        (&Value::Null, &json!("2126-01-01T10:00:00Z"))
    );
    clock.advance(HOUR / 2);
    api.fired("hourly", "2126-01-01T10:00:00Z").await;
    api.fired("other", "2126-01-01T10:00:00Z").await;
    let (deleted, _) = api.ask(reqwest::Method::DELETE, "schedules/other", None).await;
    assert_eq!(deleted, 204);
    clock.advance(HOUR);
    api.fired("hourly", "2126-01-01T11:00:00Z").await;
    assert_eq!(api.sent(4).await, ["hourly", "hourly", "other", "other"]);
    api.server.shutdown().await;
}

#[tokio::test]
async fn the_daily_schedule_is_there_paused_and_does_not_come_back() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(at("2126-01-01T08:30:00Z"));
    let api = Api::at(directory.path(), &clock).await;
    let daily = api.get("schedules/daily").await;
    assert_eq!(
        (&daily["enabled"], &daily["expression"]),
        (&json!(false), &json!("cron(0 9 * * ? *)"))
    );
    let on = json!({ "expression": daily["expression"], "message": daily["message"] });
    let (status, changed) = api.ask(reqwest::Method::PUT, "schedules/daily", Some(&on)).await;
    assert_eq!((status, &changed["enabled"]), (200, &json!(true)), "{changed}");
    clock.advance(HOUR);
    api.fired("daily", "2126-01-01T09:00:00Z").await;
    api.ask(reqwest::Method::DELETE, "schedules/daily", None).await;
    api.server.shutdown().await;
    let api = Api::at(directory.path(), &clock).await;
    assert_eq!(api.get("schedules").await["schedules"], json!([]));
    api.server.shutdown().await;
}

/// A row that a later version has written holds up nobody and is not lost.
#[tokio::test]
async fn a_schedule_that_cannot_be_read_is_put_off() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(at("2126-01-01T08:30:00Z"));
    let api = Api::at(directory.path(), &clock).await;
    for name in ["later", "now"] {
        api.create(hourly(name)).await;
    }
    api.server.shutdown().await;
    let sqlite = || rusqlite::Connection::open(directory.path().join("journal.sqlite")).unwrap();
    let document: String = sqlite()
        .query_row("SELECT document FROM schedules WHERE name = 'later'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let write = |document: &str| {
        sqlite()
            .execute("UPDATE schedules SET document = ?1 WHERE name = 'later'", [document])
            .unwrap()
    };
    write(r#"{"of a later version": 1}"#);
    let api = Api::at(directory.path(), &clock).await;
    clock.advance(HOUR / 2);
    api.fired("now", "2126-01-01T09:00:00Z").await;
    api.server.shutdown().await;
    write(&document);
    let api = Api::at(directory.path(), &clock).await;
    clock.advance(HOUR / 2);
    api.fired("later", "2126-01-01T09:00:00Z").await;
    api.sent(2).await;
    api.server.shutdown().await;
}

/// A server that has as many executions open as it may lets nothing fire, and loses nothing.
#[tokio::test]
async fn a_schedule_fires_late_when_there_was_no_room() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new(at("2126-01-01T08:30:00Z"));
    let config = Config {
        clock: Arc::new(clock.clone()),
        most_open: 1,
        ..Config::new(directory.path())
    };
    let api = Api::of(start(&config).await, &clock);
    let client = Client::of(&api.server);
    let waits = json!({"Wait": {"Type": "Wait", "Seconds": 86_400, "End": true}});
    let machine = client.create("m", &jsonata("Wait", waits)).await;
    let sleeper = client.start(&machine, "sleeper", "{}").await;
    api.create(hourly("hourly")).await;
    clock.advance(HOUR / 2 + Duration::from_secs(5));
    // Whether it has been tried meanwhile or not: it has not fired.
    assert_eq!(api.get("schedules/hourly").await["last"], Value::Null);
    client
        .call("StopExecution", json!({ "executionArn": sleeper }))
        .await
        .unwrap();
    api.fired("hourly", "2126-01-01T09:00:00Z").await;
    assert_eq!(api.sent(1).await, ["hourly"]);
    api.server.shutdown().await;
}

/// The page's forms change what they show: what somebody else has changed meanwhile is not overwritten.
#[tokio::test]
async fn a_form_of_the_console_changes_the_version_that_it_shows() {
    let directory = tempfile::tempdir().unwrap();
    let (server, _) = server(directory.path()).await;
    let http = http(&server);
    let (api, page) = ("api/schedules/often", "console/schedules/often");
    let url = |path: &str| format!("http://{}/{path}", server.addresses.api);
    let schedule = json!({ "expression": "rate(1 hour)", "enabled": false, "message": { "body": "hello" } });
    let mut named = schedule.clone();
    named["name"] = json!("often");
    let created = http.post(url("api/schedules")).json(&named).send().await.unwrap();
    assert_eq!(created.status(), 201);
    let tag_of = async || {
        let page = http.get(url(page)).send().await.unwrap().text().await.unwrap();
        let tags: Vec<&str> = page.split("name=\"tag\" value=\"").skip(1).collect();
        // The form and the two buttons show one version.
        assert_eq!(tags.len(), 3, "{page}");
        tags[0].split("\">").next().unwrap().replace("&#34;", "\"")
    };
    let send = async |path: String, fields: &[(&str, &str)]| {
        let body = reqwest::Url::parse_with_params("form:", fields)
            .unwrap()
            .query()
            .unwrap()
            .to_owned();
        let request = http
            .post(url(&path))
            .header("Content-Type", "application/x-www-form-urlencoded");
        request.body(body).send().await.unwrap().status().as_u16()
    };
    let expression = async || {
        let read: Value = http.get(url(api)).send().await.unwrap().json().await.unwrap();
        read["expression"].as_str().map(str::to_owned)
    };

    let old = tag_of().await;
    let mut changed = schedule.clone();
    changed["expression"] = json!("rate(2 hours)");
    assert_eq!(http.put(url(api)).json(&changed).send().await.unwrap().status(), 200);
    let form = [
        ("expression", "rate(3 hours)"),
        ("body", "hello"),
        ("tag", old.as_str()),
    ];
    assert_eq!(send(page.to_owned(), &form).await, 422);
    for act in ["pause", "resume", "delete"] {
        assert_eq!(send(format!("{page}/{act}"), &[("tag", &old)]).await, 412, "{act}");
        assert_eq!(send(format!("{page}/{act}"), &[("other", "")]).await, 412, "{act}");
    }
    assert_eq!(expression().await.as_deref(), Some("rate(2 hours)"));

    let now = tag_of().await;
    let form = [
        ("expression", "rate(3 hours)"),
        ("body", "hello"),
        ("tag", now.as_str()),
    ];
    assert_eq!(send(page.to_owned(), &form).await, 200, "it leads to the page");
    assert_eq!(expression().await.as_deref(), Some("rate(3 hours)"));
    let now = tag_of().await;
    assert_eq!(send(format!("{page}/delete"), &[("tag", &now)]).await, 200);
    assert_eq!(expression().await, None);
    server.shutdown().await;
}
