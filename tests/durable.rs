//! Durable means that the disk has it: a process that is killed leaves its writes to the system, a power cut does not. So
//! `strace` watches `rez serve`, and of everything that it acknowledges or sends to ntfy an fsync of the journal's log has
//! to have returned before. So has one of the embedded DynamoDB's log: a message is sent to ntfy after its item is durable.

use std::{collections::HashMap, fmt::Write as _, path::Path, process::Command, time::Duration};

use serde_json::{Value, json};
use tests::home::{Home, Serve};
use tokio::task::JoinSet;

/// How many executions are started, and how many messages sent, one after the other and then all at once.
const COUNT: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_acknowledged_or_sent_has_been_synced_before() {
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("skipped: there is no strace (apt-get install strace)");
        return;
    }
    let home = Home::new();
    let traces = tempfile::tempdir().expect("a directory");
    let trace = traces.path().join("trace");
    let calls = "trace=write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync";
    let trace_path = trace.to_str().expect("a path in UTF-8");
    // `-D`: the process is `rez`, and what watches it is its grandchild.
    let strace = [
        "strace", "-D", "-f", "-ttt", "-y", "-s", "65536", "-e", calls, "-o", trace_path,
    ];
    let serve = home.start_under(&strace, "127.0.0.1:0").listening();
    let started = start_executions(&serve).await;
    let sent = send_messages(&serve).await;
    serve.stop();
    let text = whole(&trace);
    let seen = violations(&text, &started, &sent);
    assert_eq!(seen, Ok([2 * COUNT; 4]));
    // The same run without its syncs is what `synchronous = OFF` looks like: every answer is found out.
    let unsynced: Vec<_> = text.lines().filter(|line| !line.contains("sync")).collect();
    let found = violations(&unsynced.join("\n"), &started, &sent).expect_err("nothing was synced");
    assert_eq!(found.lines().count(), 8 * COUNT, "{found}");
    // A log that is synced does not stand for another one.
    let unsynced: Vec<_> = text.lines().filter(|line| !is_sync_of(line, "dynamodb")).collect();
    let found = violations(&unsynced.join("\n"), &started, &sent).expect_err("one was not synced");
    assert_eq!(found.lines().count(), 2 * COUNT, "{found}");
}

/// Without a sync nothing passes: the trace of a server that had none.
#[test]
fn a_trace_without_its_syncs_is_found_out() {
    let write = r#"7 1.0 pwrite64(9</d/journal.sqlite-wal>, "..name-1..", 10, 0) = 10"#;
    let sync = "7 1.1 fdatasync(9</d/journal.sqlite-wal>) = 0";
    let answer = r#"8 1.2 writev(5<socket:[1]>, [{iov_base="HTTP/1.1 200 OK {\"executionArn\":\"x:name-1\",\"startDate\":1}", iov_len=60}], 1) = 60"#;
    let names = ["name-1".to_owned()];
    let check = |lines: &[&str]| violations(&lines.join("\n"), &names, &[]);
    assert_eq!(check(&[write, sync, answer]), Ok([1, 0, 0, 0]));
    assert!(check(&[write, answer]).is_err());
    assert!(check(&[write, answer, sync]).is_err());
    assert!(check(&[sync, write, answer]).is_err());
    let begun = "7 1.1 fdatasync(9</d/journal.sqlite-wal> <unfinished ...>";
    let resumed = "7 1.3 <... fdatasync resumed>) = 0";
    assert!(check(&[write, begun, answer, resumed]).is_err());
    assert_eq!(check(&[write, begun, resumed, answer]), Ok([1, 0, 0, 0]));
}

/// A call as far as it matters here, when it began or when it returned.
struct Call<'a> {
    /// Where its line stands, which is the order of things.
    began: usize,
    returned: usize,
    text: &'a str,
}

/// The calls of a trace, those that another thread interrupted put together again.
fn calls(trace: &str) -> Vec<Call<'_>> {
    let (mut open, mut calls) = (HashMap::new(), Vec::new());
    for (at, line) in trace.lines().enumerate() {
        let mut words = line.splitn(3, ' ').map(str::trim);
        let thread = words.next().unwrap_or_default();
        let text = line.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
        let text = text.split_once(' ').map_or("", |(_, rest)| rest);
        if text.starts_with("<... ") {
            if let Some(index) = open.remove(thread) {
                let call: &mut Call<'_> = &mut calls[index];
                call.returned = at;
            }
            continue;
        }
        let unfinished = text.ends_with("<unfinished ...>");
        if unfinished {
            open.insert(thread, calls.len());
        }
        let returned = if unfinished { usize::MAX } else { at };
        calls.push(Call {
            began: at,
            returned,
            text,
        });
    }
    calls
}

/// What happened to a write-ahead log.
struct Log<'a> {
    writes: Vec<&'a Call<'a>>,
    syncs: Vec<&'a Call<'a>>,
}

impl<'a> Log<'a> {
    /// Of the database of this name.
    fn of(calls: &'a [Call<'a>], database: &str) -> Self {
        let file = format!("{database}.sqlite-wal>");
        let all = |is_it: fn(&str) -> bool| {
            let calls = calls.iter().filter(|call| is_it(call.text));
            calls.filter(|call| call.text.contains(&file)).collect()
        };
        Self {
            writes: all(|text| text.starts_with("pwrite64")),
            syncs: all(|text| text.starts_with("fdatasync") || text.starts_with("fsync")),
        }
    }

    /// When the first write with this text is on the disk: the next sync that begins after it has returned.
    fn durable(&self, text: &str) -> Option<usize> {
        let write = self.writes.iter().find(|write| write.text.contains(text))?;
        let sync = self.syncs.iter().find(|sync| sync.began > write.returned)?;
        Some(sync.returned)
    }
}

fn is_sync_of(line: &str, database: &str) -> bool {
    line.contains("sync(") && line.contains(database)
}

/// Looks at each answer and each request: how many starts, messages, requests to ntfy by the journal and requests to ntfy
/// by the tables there were, or what was wrong.
///
/// The logs' pages hold names and bodies as they are. The first write with a name belongs to the commit that creates what
/// it names, and the commit ends with the next sync that begins after it.
fn violations(trace: &str, executions: &[String], messages: &[String]) -> Result<[usize; 4], String> {
    let calls = calls(trace);
    let [journal, tables] = ["journal", "dynamodb"].map(|database| Log::of(&calls, database));
    let mut wrong = String::new();
    let mut check = |what: &str, log: &Log<'_>, name: &str, is_it: fn(&str) -> bool| {
        let sends: Vec<_> = calls
            .iter()
            .filter(|call| is_it(call.text) && call.text.contains(name) && call.text.contains("<socket:"))
            .collect();
        for send in &sends {
            if log.durable(name).is_none_or(|durable| durable > send.began) {
                let _ = writeln!(wrong, "{what} {name} at line {}", send.began + 1);
            }
        }
        usize::from(!sends.is_empty())
    };
    let started = |text: &str| text.contains("HTTP/1.1 200") && text.contains("startDate");
    let accepted = |text: &str| text.contains("HTTP/1.1 202");
    let published = |text: &str| text.contains("\"POST /inbox") || text.contains("\"PUT /inbox");
    let mut count = [0; 4];
    for name in executions {
        count[0] += check("start", &journal, name, started);
    }
    for body in messages {
        count[1] += check("message", &journal, body, accepted);
        count[2] += check("request to ntfy", &journal, body, published);
        count[3] += check("request to ntfy before its item", &tables, body, published);
    }
    if wrong.is_empty() { Ok(count) } else { Err(wrong) }
}

async fn start_executions(serve: &Serve) -> Vec<String> {
    let definition = json!({
        "QueryLanguage": "JSONata", "StartAt": "Done", "States": { "Done": { "Type": "Succeed" } },
    });
    let role = "arn:aws:iam::123456789012:role/anybody";
    let machine = json!({ "name": "traced", "roleArn": role, "definition": definition.to_string() });
    let created = call(serve, "CreateStateMachine", machine).await;
    let arn = created["stateMachineArn"].as_str().expect("an ARN").to_owned();
    let start = |name: String| {
        let (url, arn) = (serve.sfn.clone(), arn.clone());
        async move {
            let request = json!({ "stateMachineArn": arn, "name": name });
            call_at(&url, "StartExecution", request).await;
            name
        }
    };
    let mut names = Vec::new();
    for index in 0..COUNT {
        names.push(start(format!("start-alone-{index:04}")).await);
    }
    let together: JoinSet<String> = (0..COUNT)
        .map(|index| start(format!("start-together-{index:04}")))
        .collect();
    names.extend(together.join_all().await);
    names
}

async fn send_messages(serve: &Serve) -> Vec<String> {
    let one = |body: String| {
        let request = serve.http.post(format!("{}/api/messages", serve.api));
        async move {
            let request = request.json(&json!({ "body": body }));
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), 202);
            let message: Value = answer.json().await.expect("JSON");
            (message["message_id"].as_str().expect("an id").to_owned(), body)
        }
    };
    let mut sent = Vec::new();
    for index in 0..COUNT {
        sent.push(one(format!("body alone {index:04}")).await);
    }
    let together: JoinSet<_> = (0..COUNT)
        .map(|index| one(format!("body together {index:04}")))
        .collect();
    sent.extend(together.join_all().await);
    for (id, _) in &sent {
        completed(serve, id).await;
    }
    sent.into_iter().map(|(_, body)| body).collect()
}

async fn completed(serve: &Serve, id: &str) {
    let done = async {
        loop {
            let message = serve.message(id).await;
            if message["status"] == "completed" {
                return;
            }
            // Another process does the work: there is nothing to wait on but its answers.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), done)
        .await
        .expect("it is delivered");
}

async fn call(serve: &Serve, operation: &str, parameters: Value) -> Value {
    call_at(&serve.sfn, operation, parameters).await
}

async fn call_at(url: &str, operation: &str, parameters: Value) -> Value {
    let request = reqwest::Client::new()
        .post(url)
        .header("X-Amz-Target", format!("AWSStepFunctions.{operation}"))
        .body(parameters.to_string());
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{operation}");
    answer.json().await.expect("JSON")
}

/// The trace, once what writes it has ended too, a moment after `rez`.
fn whole(trace: &Path) -> String {
    for _ in 0..500 {
        let text = String::from_utf8_lossy(&std::fs::read(trace).expect("a trace")).into_owned();
        if text.lines().last().is_some_and(|line| line.contains("+++ exited with")) {
            return text;
        }
        // It is another process, which tells nobody when it is done.
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("strace did not finish its trace")
}
