//! How large the Lambda functions are, how soon they are there, and what they hold: the real binaries, built as for Lambda,
//! behind the Runtime API of `rez serve --lambda-binaries`.
//!
//! `cargo bench -p functions` builds them as `sam build` does, for this machine, and prints a table; `REZ_LAMBDA_TARGET`
//! names another target directory.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use functions::{Function, Invocation, Output, Settings, Stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Each function, and what is asked of it here: the archive in MB, the start and the memory.
const FUNCTIONS: [(&str, Target); 9] = [
    ("persist-message", ACTIVITY),
    ("deliver-message", ACTIVITY),
    ("record-outcome", ACTIVITY),
    ("list-dead-letters", ACTIVITY),
    ("ask-for-acknowledgement", ACTIVITY),
    ("redrive-message", ACTIVITY),
    ("start-messages", ACTIVITY),
    ("authorizer", WITHOUT_SDK),
    ("web-api", API),
];

/// What is wanted: bytes of program and archive, start, bytes of memory.
struct Target {
    program: f64,
    archive: f64,
    start: f64,
    resident: f64,
}

const ACTIVITY: Target = Target {
    program: 6.0,
    archive: 2.7,
    start: 10.0,
    resident: 12.0,
};
const WITHOUT_SDK: Target = Target {
    archive: 2.0,
    ..ACTIVITY
};
const API: Target = Target {
    program: f64::INFINITY,
    archive: 5.0,
    start: 20.0,
    resident: f64::INFINITY,
};

/// How often each is started.
const STARTS: usize = 21;

struct Silence;

impl Output for Silence {
    fn line(&self, _: &str, _: Stream, _: &str) {}
}

fn main() {
    // cargo's own arguments for harnesses are no matter here.
    let directory = build();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(measure(&directory));
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// Builds the functions alone, so that none of their libraries has what only other crates ask of it; gives where they lie.
/// Their directory has settings of its own for that.
fn build() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--locked", "--quiet", "--release"])
        .current_dir(root().join("activities"));
    for (name, _) in &FUNCTIONS {
        cargo.args(["--package", name]);
    }
    let target = std::env::var_os("REZ_LAMBDA_TARGET").or_else(|| std::env::var_os("CARGO_TARGET_DIR"));
    let target = target.map_or_else(|| root().join("target"), PathBuf::from);
    let status = cargo.env("CARGO_TARGET_DIR", &target).status().expect("cargo runs");
    assert!(status.success(), "the functions are built");
    target.join("release")
}

async fn measure(directory: &Path) {
    let aws = aws().await;
    println!("{STARTS} starts each, medians\n");
    println!("| function | program MB | archive MB | start ms | resident MB | first event ms | next event ms |");
    println!("|---|---:|---:|---:|---:|---:|---:|");
    let mut missed = Vec::new();
    for (name, target) in FUNCTIONS {
        let program = directory.join(name);
        let bytes = std::fs::read(&program).expect("it is built");
        let archive = megabytes(archived(&bytes));
        let [start, resident, first, next] = runs(name, &program, &aws).await;
        let size = megabytes(bytes.len());
        println!("| {name} | {size:.2} | {archive:.2} | {start:.1} | {resident:.1} | {first:.2} | {next:.2} |");
        for (what, is, most) in [
            ("program MB", size, target.program),
            ("archive MB", archive, target.archive),
            ("start ms", start, target.start),
            ("resident MB", resident, target.resident),
        ] {
            if is > most {
                missed.push(format!("{name}: {what} {is:.2}, at most {most} is wanted"));
            }
        }
    }
    println!(
        "\n{}",
        if missed.is_empty() {
            "every target is met".to_owned()
        } else {
            missed.join("\n")
        }
    );
}

/// Starts a function again and again: start, memory at the first wait for an event, an event that needs no call, and another.
async fn runs(name: &str, program: &Path, aws: &str) -> [f64; 4] {
    let mut seen: [Vec<f64>; 4] = Default::default();
    for _ in 0..STARTS {
        let function = Function::new(settings(name, program, aws), Arc::new(Silence));
        let begun = Instant::now();
        function.warm().await.expect("it starts");
        seen[0].push(milliseconds(begun.elapsed()));
        seen[1].push(resident(function.frozen()[0]));
        for times in &mut seen[2..] {
            let begun = Instant::now();
            // An activity refuses this; the API has no such page. Neither asks anybody.
            let _ = function.invoke(event(name)).await;
            times.push(milliseconds(begun.elapsed()));
        }
        function.close().await;
    }
    seen.map(|mut values| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    })
}

fn event(name: &str) -> Invocation {
    let proxy = include_str!("../../../../tests/data/api-gateway/proxy-event.json");
    let authorizer = include_str!("../../../../tests/data/api-gateway/authorizer-event.json");
    let payload = match name {
        "web-api" => proxy.to_owned(),
        "authorizer" => authorizer.to_owned(),
        "start-messages" => json!({ "Records": [] }).to_string(),
        _ => json!({}).to_string(),
    };
    Invocation {
        request_id: "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned(),
        payload,
        trace: None,
        client_context: None,
    }
}

/// The settings of all functions: each reads its own.
fn settings(name: &str, program: &Path, aws: &str) -> Settings {
    const MACHINE: &str = "arn:aws:states:us-east-1:123456789012:stateMachine:process-message";
    let environment = [
        ("AWS_ENDPOINT_URL", aws),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "session"),
        ("STAGE", "dev"),
        ("LOG_LEVEL", "ERROR"),
        ("DYNAMODB_TABLE_NAME", "messages"),
        ("CIRCUIT_BREAKER_TABLE", "breakers"),
        ("NTFY_URL_PARAM", "/rez-agent/dev/ntfy-url"),
        ("SNS_TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:events"),
        ("STATE_MACHINE_ARN", MACHINE),
        (
            "DEAD_LETTER_QUEUE_URL",
            "https://sqs.us-east-1.amazonaws.com/123456789012/q",
        ),
        ("SCHEDULE_GROUP", "rez-agent-dev"),
        ("SCHEDULER_ROLE_ARN", "arn:aws:iam::123456789012:role/scheduler"),
        (
            "UNDELIVERED_QUEUE_ARN",
            "arn:aws:sqs:us-east-1:123456789012:undelivered",
        ),
        ("SESSION_KEY_PARAM", "/rez-agent/dev/session-key"),
        ("REZ_PUBLIC_URL", "https://rez.example.org"),
        ("COGNITO_USER_POOL_ID", "us-east-1_Ab1"),
        ("COGNITO_CLIENT_ID", "client"),
    ];
    Settings {
        timeout: Duration::from_secs(15),
        environment: environment
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        ..Settings::new(
            name,
            format!("arn:aws:lambda:us-east-1:123456789012:function:{name}"),
            program,
        )
    }
}

/// The one call that a start makes: the API reads its key.
async fn aws() -> String {
    let key = json!({ "Parameter": {
        "Name": "session-key", "Type": "SecureString", "Value": BASE64_STANDARD.encode([7; 32]), "Version": 1,
    } });
    let router = Router::new().route("/", post(async move || axum::Json::<Value>(key.clone())));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// How long the archive is that Lambda gets: the program deflated, and some bytes around it.
fn archived(program: &[u8]) -> usize {
    const AROUND: usize = 150;
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
    deflated.write_all(program).expect("memory takes it");
    deflated.finish().expect("memory takes it").len() + AROUND
}

/// What a process holds, in MB, as Linux counts it.
fn resident(process: i32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs on Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line
        .and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .expect("Linux tells it in kB");
    kib / 1_024.0
}

#[expect(clippy::cast_precision_loss, reason = "no program has 2^53 bytes")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1_048_576.0
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
