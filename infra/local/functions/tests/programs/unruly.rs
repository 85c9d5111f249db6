//! A Lambda function that does what its event tells it, by an HTTP client of its own: what is asked and answered here is the
//! wire, whatever a runtime's library makes of it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{abort, exit, id};

use serde_json::{Map, Value, json};

/// Lambda, as the environment says where it is.
struct Lambda {
    address: String,
}

/// An answer of it.
struct Answer {
    status: u16,
    headers: Map<String, Value>,
    body: String,
}

impl Lambda {
    fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let path = format!("/2018-06-01/runtime/{path}");
        self.ask_as(&self.address, method, &path, "", body)
    }

    fn ask_as(&self, host: &str, method: &str, path: &str, more: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).expect("Lambda is there");
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("the head is sent");
        // Who refuses a body that is too long may not read it to its end.
        let _ = stream.write_all(body.as_bytes());
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).expect("a status");
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .expect("a status");
        let mut headers = Map::new();
        loop {
            line.clear();
            reader.read_line(&mut line).expect("a header");
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.insert(name.to_ascii_lowercase(), json!(value));
        }
        let mut body = String::new();
        // Its end is that of the connection.
        let _ = reader.read_to_string(&mut body);
        Answer { status, headers, body }
    }
}

/// What it does before it asks for its first event.
fn init(lambda: &Lambda) {
    match std::env::var("UNRULY_INIT").unwrap_or_default().as_str() {
        "exit" => exit(7),
        "error" => {
            let error = json!({ "errorType": "Init.Failed", "errorMessage": "no configuration" });
            assert_eq!(lambda.ask("POST", "init/error", &error.to_string()).status, 202);
            exit(1)
        }
        "hang" => sleep(),
        "first time" => {
            let mark = std::env::var("UNRULY_MARK").expect("where it leaves its mark");
            if std::fs::File::create_new(mark).is_ok() {
                exit(1)
            }
        }
        _ => {}
    }
}

fn main() {
    let address = std::env::var("AWS_LAMBDA_RUNTIME_API").expect("Lambda says where it is");
    let lambda = Lambda { address };
    init(&lambda);
    for count in 1.. {
        let event = lambda.ask("GET", "invocation/next", "");
        assert_eq!(event.status, 200);
        obey(&lambda, &event, count);
    }
}

fn obey(lambda: &Lambda, event: &Answer, count: u64) {
    let told: Value = serde_json::from_str(&event.body).expect("an event is JSON");
    let request = event.headers["lambda-runtime-aws-request-id"]
        .as_str()
        .expect("a request");
    let answer = |what: &str, body: &str| lambda.ask("POST", &format!("invocation/{request}/{what}"), body);
    let said = match told["do"].as_str().unwrap_or_default() {
        "fail" => {
            let error = r#"{"errorMessage": "as told", "errorType": "Custom", "stackTrace": []}"#;
            assert_eq!(answer("error", error).status, 202);
            return;
        }
        "fail without a word" => {
            assert_eq!(answer("error", "").status, 202);
            return;
        }
        "exit" => exit(
            told["code"]
                .as_i64()
                .and_then(|code| code.try_into().ok())
                .unwrap_or_default(),
        ),
        "abort" => abort(),
        "hang" => sleep(),
        "large" => {
            let status = answer("response", &format!("\"{}\"", "x".repeat(6 * 1024 * 1024 + 99))).status;
            eprintln!("refused with {status}");
            return;
        }
        "say" => {
            println!("on standard output");
            eprintln!("on standard error");
            json!(null)
        }
        "wait" => {
            println!("waiting");
            if let Some(begun) = told["begun"].as_str() {
                std::fs::write(begun, "").expect("it can be written");
            }
            let file = std::path::Path::new(told["file"].as_str().expect("a file"));
            while !file.exists() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            json!(null)
        }
        "environment" => json!(std::env::vars().collect::<std::collections::BTreeMap<_, _>>()),
        "meddle" => meddle(lambda, event),
        _ => json!({ "count": count, "process": id(), "event": told, "headers": event.headers }),
    };
    let accepted = answer("response", &said.to_string());
    assert_eq!((accepted.status, accepted.body.as_str()), (202, r#"{"status":"OK"}"#));
    if told["then"] == "exit" {
        exit(0);
    }
}

/// What nobody may do, and the statuses of it.
fn meddle(lambda: &Lambda, event: &Answer) -> Value {
    let request = &event.headers["lambda-runtime-aws-request-id"];
    let next = "/2018-06-01/runtime/invocation/next";
    let page = |host: &str, more: &str| lambda.ask_as(host, "GET", next, more, "").status;
    json!({
        "another request": lambda.ask("POST", "invocation/other/response", "1").status,
        "next before the answer": lambda.ask("GET", "invocation/next", "").status,
        "init error after the start": lambda.ask("POST", "init/error", "{}").status,
        "a page": page(&lambda.address, "Origin: http://evil.example\r\n"),
        "a page without a name": page(&lambda.address, "Sec-Fetch-Site: cross-site\r\n"),
        "another name": page("evil.example", ""),
        "another version": lambda.ask_as(&lambda.address, "GET", "/2099-01-01/runtime/invocation/next", "", "").status,
        "request": request,
    })
}

fn sleep() -> ! {
    loop {
        std::thread::park();
    }
}
