//! What people and programs wait for: sending a message, reading one, turning a page of many.

use std::time::{Duration, Instant};

use crate::http::Http;
use crate::load::{self, Done, Load, Until};
use crate::serve::{Serve, directory};
use crate::settings::{Settings, median};

const CLIENTS: usize = 32;

/// How long the first states of the stored messages may take.
const STORED: Duration = Duration::from_mins(30);

/// A request: its method, and its path and body by a number that nobody else is given.
type Request = (&'static str, Box<dyn Fn(usize) -> String + Sync>, fn(usize) -> String);

pub(crate) fn run(settings: &Settings) {
    let data = directory();
    let serve = Serve::start(settings, &data);
    println!(
        "| API, 32 clients, {} messages stored | p50 ms | p95 ms | p99 ms | a second |\n|---|---:|---:|---:|---:|",
        settings.messages
    );
    let some = fill(&serve, settings.messages).expect("every message is accepted and stored");
    let (page, began) = ("/api/messages?limit=50", jiff::Timestamp::now());
    let another_page = move |number: usize| {
        let to = began + jiff::SignedDuration::from_millis(i64::try_from(number).unwrap_or_default());
        format!("{page}&to={to}")
    };
    let requests: [(&str, Request); 6] = [
        ("GET /api/messages/{id}", get(move |_| format!("/api/messages/{some}"))),
        (
            "GET /api/messages, all of them the same page",
            get(move |_| page.to_owned()),
        ),
        (
            "GET /api/messages?status=scheduled, the same",
            get(move |_| format!("{page}&status=scheduled")),
        ),
        ("GET /api/messages?to=…, each another page", get(another_page)),
        ("POST /api/messages, scheduled", post(scheduled)),
        (
            "POST /api/messages",
            post(|number| format!("{{\"body\": \"message {number}\"}}")),
        ),
    ];
    for (name, request) in &requests {
        let runs: Vec<Load> = (0..=settings.runs)
            .map(|_| clients(&serve, request, Until::Elapsed(settings.time)).expect(name))
            .skip(1)
            .collect();
        let middle = |figure: fn(&Load) -> f64| median(runs.iter().map(figure).collect());
        println!(
            "| {name} | {:.1} | {:.1} | {:.1} | {:.0} |",
            middle(|load| load.answered(500)),
            middle(|load| load.answered(950)),
            middle(|load| load.answered(990)),
            middle(Load::per_second)
        );
    }
    println!();
}

fn get(path: impl Fn(usize) -> String + Sync + 'static) -> Request {
    ("GET", Box::new(path), |_| String::new())
}

fn post(body: fn(usize) -> String) -> Request {
    ("POST", Box::new(|_| "/api/messages".to_owned()), body)
}

fn scheduled(number: usize) -> String {
    format!("{{\"body\": \"message {number}\", \"deliver_at\": \"{}\"}}", later())
}

/// Within the year that a message may wait, and after every run.
fn later() -> jiff::Timestamp {
    jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 30)
}

/// Sends messages that are due much later, and waits until each has its item; gives the id of one.
fn fill(serve: &Serve, messages: usize) -> Result<String, String> {
    clients(serve, &post(scheduled), Until::Count(messages))?;
    let deadline = Instant::now() + STORED;
    while !idle(&mut serve.http())? {
        if Instant::now() > deadline {
            return Err("the messages are not stored in time".to_owned());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let head = serve.bearer.as_str();
    let answer = serve.http().send("GET", "/api/messages?limit=1", head, "");
    let answer = answer.map_err(|error| error.to_string())?;
    let page: serde_json::Value = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
    let id = page["messages"][0]["message_id"].as_str();
    id.map(str::to_owned)
        .ok_or_else(|| format!("no message: {}", answer.body))
}

/// Whether no task is under way or waits for its turn.
fn idle(client: &mut Http) -> Result<bool, String> {
    let answer = client
        .send("GET", "/metrics", "", "")
        .map_err(|error| error.to_string())?;
    let gauge = |name: &str| {
        let line = answer.body.lines().find_map(|line| line.strip_prefix(name));
        line.map(str::trim).ok_or_else(|| format!("no metric {name}"))
    };
    Ok(gauge("rez_tasks_running ")? == "0" && gauge("rez_tasks_waiting ")? == "0")
}

fn clients(serve: &Serve, (method, path, body): &Request, until: Until) -> Result<Load, String> {
    load::run(CLIENTS, until, || {
        let mut client = serve.http();
        let head = format!("content-type: application/json\r\n{}", serve.bearer);
        move |number| {
            let (path, body) = (path(number), body(number));
            let began = Instant::now();
            let answer = client.send(method, &path, &head, &body);
            let answer = answer.map_err(|error| error.to_string())?;
            let answered = began.elapsed();
            match answer.status {
                200 | 202 => Ok(Done {
                    answered,
                    ended: answered,
                }),
                _ => Err(answer.body),
            }
        }
    })
}
