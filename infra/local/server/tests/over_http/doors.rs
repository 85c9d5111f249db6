//! Who may knock: by which names the listeners are called, which pages may change something, and what comes from a proxy.

use std::net::SocketAddr;

use authorizer::{Lifetime, Right};
use reqwest::{Client, Method, RequestBuilder, Response};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use server::{Config, Identity, Server, StartError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{http, start};

/// A request to each listener that works, from a program of this machine.
const LISTENERS: [&str; 3] = ["api", "sfn", "dynamodb"];

fn address(server: &Server, listener: &str) -> SocketAddr {
    match listener {
        "api" => server.addresses.api,
        "sfn" => server.addresses.sfn,
        _ => server.addresses.dynamodb,
    }
}

fn request(server: &Server, listener: &str) -> RequestBuilder {
    let url = format!("http://{}", address(server, listener));
    let http = Client::new();
    match listener {
        "api" => http
            .post(format!("{url}/inbox/"))
            .body(r#"{"topic":"rez","message":"hello"}"#),
        "sfn" => http
            .post(url)
            .header("X-Amz-Target", "AWSStepFunctions.ListStateMachines")
            .body("{}"),
        _ => http
            .post(url)
            .header("X-Amz-Target", "DynamoDB_20120810.ListTables")
            .header("Content-Type", "application/x-amz-json-1.0")
            .body("{}"),
    }
}

/// Status and `code` of problem+json, or the name of AWS's error.
async fn refusal(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert!(
        !response.headers().contains_key("access-control-allow-origin"),
        "{response:?}"
    );
    let said: Value = response.json().await.unwrap();
    let code = said["code"]
        .as_str()
        .or_else(|| said["__type"].as_str())
        .unwrap_or_default();
    let detail = said["detail"].as_str().or_else(|| said["message"].as_str());
    assert!(detail.is_some_and(|detail| !detail.contains("evil")), "{said}");
    (status, code.rsplit('#').next().unwrap().to_owned())
}

/// DNS rebinding: a page of `evil.example`, whose name now leads to this machine, is of the same origin as the listener.
#[tokio::test]
async fn a_name_that_is_not_this_servers_is_refused_at_every_listener() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config {
        allowed_hosts: vec!["rez".to_owned(), "Host.Docker.internal".to_owned()],
        ..Config::new(directory.path())
    };
    let server = start(&config).await;
    for listener in LISTENERS {
        let port = address(&server, listener).port();
        for host in [
            "evil.example",
            "evil.example:80",
            "192.0.2.1",
            "0.0.0.0",
            "localhost.evil.example",
            "rez.evil",
        ] {
            let refused = request(&server, listener).header("Host", host).send().await.unwrap();
            let expected = if listener == "api" {
                (421, "misdirected".to_owned())
            } else {
                (403, "AccessDeniedException".to_owned())
            };
            assert_eq!(refusal(refused).await, expected, "{listener} {host}");
        }
        for host in [
            "localhost",
            "LOCALHOST.",
            "127.0.0.1",
            "127.9.9.9",
            "[::1]",
            "a.localhost",
            "rez",
            "host.docker.internal",
        ] {
            let host = format!("{host}:{port}");
            let answer = request(&server, listener).header("Host", &host).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{listener} {host}");
        }
    }
    server.shutdown().await;
}

/// Source: RFC 9112, section 3.2 and 3.2.2.
#[tokio::test]
async fn a_request_names_one_host() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(&Config::new(directory.path())).await;
    for listener in LISTENERS {
        for (head, status) in [
            ("GET / HTTP/1.1\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a@localhost\r\n", 400),
            ("GET / HTTP/1.1\r\nHost:\r\n", 400),
            ("GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n", 400),
        ] {
            let mut stream = TcpStream::connect(address(&server, listener)).await.unwrap();
            let request = format!("{head}Connection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status}")),
                "{listener} {head}: {answer}"
            );
        }
    }
    server.shutdown().await;
}

/// A page elsewhere can make a browser post without asking first, as it does with forms.
#[tokio::test]
async fn what_another_sites_page_sends_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(&Config::new(directory.path())).await;
    for listener in LISTENERS {
        let own = format!("http://{}", address(&server, listener));
        let other_port = "http://127.0.0.1:9";
        for (header, value) in [
            ("Origin", "http://evil.example"),
            ("Origin", "null"),
            ("Origin", other_port),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
        ] {
            let refused = request(&server, listener).header(header, value).send().await.unwrap();
            let code = if listener == "api" {
                "cross_site"
            } else {
                "AccessDeniedException"
            };
            let found = refusal(refused).await;
            assert_eq!(found, (403, code.to_owned()), "{listener} {header}: {value}");
        }
        for (header, value) in [("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin")] {
            let answer = request(&server, listener).header(header, value).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{listener} {header}: {value}");
        }
    }
    let inbox = format!("http://{}/inbox/rez/json?poll=1&since=all", server.addresses.api);
    let kept = Client::new().get(inbox).send().await.unwrap().text().await.unwrap();
    assert_eq!(kept.lines().count(), 2, "{kept}");
    server.shutdown().await;
}

/// No page may read the tables: other local servers of DynamoDB answer every origin.
#[tokio::test]
async fn the_dynamodb_listener_grants_no_origin_anything() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(&Config::new(directory.path())).await;
    let url = format!("http://{}", server.addresses.dynamodb);
    let asks = Client::new()
        .request(Method::OPTIONS, &url)
        .header("Origin", "http://evil.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "x-amz-target,authorization");
    let answer = asks.send().await.unwrap();
    assert!(
        !answer.headers().contains_key("access-control-allow-origin"),
        "{answer:?}"
    );
    // What a page can send without asking first is no operation.
    let plain = Client::new()
        .post(&url)
        .header("X-Amz-Target", "DynamoDB_20120810.ListTables")
        .header("Content-Type", "text/plain")
        .body("{}");
    assert_eq!(plain.send().await.unwrap().status(), 400);
    server.shutdown().await;
}

/// Behind a proxy the whole world would read the inbox and the metrics.
#[tokio::test]
async fn the_inbox_and_the_metrics_ask_for_an_administrators_token_beyond_this_machine() {
    let directory = tempfile::tempdir().unwrap();
    let config = Config {
        public_url: Some("https://rez.example.org".to_owned()),
        ..Config::new(directory.path())
    };
    let server = start(&config).await;
    let url = format!("http://{}", server.addresses.api);
    let reader = {
        let identity = Identity::open(directory.path()).unwrap();
        let rights = [Right::Read, Right::Write].into_iter().collect();
        let hour = Lifetime::new(jiff::SignedDuration::from_hours(1)).unwrap();
        identity
            .issuer
            .token("reader", rights, hour, jiff::Timestamp::now())
            .unwrap()
    };
    let (anybody, owner) = (Client::new(), http(&server));
    for path in ["/inbox/rez/json?poll=1", "/inbox", "/inbox/v1/health", "/metrics"] {
        for (header, value) in [
            ("Host", "rez.example.org"),
            ("Host", "REZ.example.org:443"),
            ("X-Forwarded-For", "192.0.2.1"),
            ("X-Forwarded-Host", "rez.example.org"),
            ("Forwarded", "for=192.0.2.1"),
            ("Via", "1.1 proxy"),
            // A proxy that says nothing, as nginx does since 1.29.7 unless told otherwise.
            ("Accept", "*/*"),
        ] {
            let ask = |http: &Client| http.get(format!("{url}{path}")).header(header, value);
            let status = async |request: RequestBuilder| request.send().await.unwrap().status().as_u16();
            assert_eq!(status(ask(&anybody)).await, 401, "{path} {header}");
            let limited = ask(&anybody).bearer_auth(reader.expose_secret());
            assert_eq!(status(limited).await, 403, "{path} {header}");
            assert_eq!(status(ask(&owner)).await, 200, "{path} {header}");
        }
    }
    let request_of = |body: &'static str| owner.post(format!("{url}/api/messages")).body(body);
    let message = request_of(r#"{"body":"hello"}"#).header("Content-Type", "application/json");
    assert_eq!(message.send().await.unwrap().status(), 202);
    let delivered = async {
        let inbox = || owner.get(format!("{url}/inbox/rez/json?poll=1&since=all")).send();
        while inbox().await.unwrap().text().await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(20), delivered).await;
    in_time.expect("the server's own deliveries are let in");
    let publish = request(&server, "api").header("Host", "rez.example.org");
    assert_eq!(publish.send().await.unwrap().status(), 401);
    let health = anybody
        .get(format!("{url}/api/health"))
        .header("Host", "rez.example.org");
    assert_eq!(health.send().await.unwrap().status(), 200);
    server.shutdown().await;
}

#[tokio::test]
async fn a_host_that_is_no_name_is_refused_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    for wrong in ["http://rez:8083", "rez:8083", "rez/x", "a b", "", "*"] {
        let config = Config {
            allowed_hosts: vec![wrong.to_owned()],
            ..Config::new(directory.path())
        };
        let Err(StartError::Setting { setting, detail }) = server::start(config).await else {
            panic!("{wrong} is taken");
        };
        assert!(
            setting == "REZ_ALLOWED_HOSTS" && detail.contains("name alone"),
            "{wrong}: {detail}"
        );
    }
}

/// The operations that the AWS CLI looks around with, and errors as DynamoDB words them.
#[tokio::test]
async fn the_tables_can_be_looked_into() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(&Config::new(directory.path())).await;
    let url = format!("http://{}", server.addresses.dynamodb);
    let call = async |operation: &str, body: Value| {
        let request = Client::new()
            .post(&url)
            .header("X-Amz-Target", format!("DynamoDB_20120810.{operation}"))
            .header("Content-Type", "application/x-amz-json-1.0");
        let response = request.body(body.to_string()).send().await.unwrap();
        assert!(response.headers().contains_key("x-amzn-requestid"), "{response:?}");
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (status, tables) = call("ListTables", json!({})).await;
    assert_eq!(
        (status, tables["TableNames"].as_array().unwrap().len()),
        (200, 2),
        "{tables}"
    );
    let table = json!({ "TableName": "rez-agent-messages-dev" });
    assert_eq!(call("DescribeTable", table.clone()).await.0, 200);
    assert_eq!(call("DescribeTimeToLive", table.clone()).await.0, 200);
    assert_eq!(call("Scan", table).await.1["Count"], 0);
    let (status, absent) = call("Scan", json!({ "TableName": "absent" })).await;
    assert_eq!(status, 400);
    assert!(
        absent["__type"]
            .as_str()
            .unwrap()
            .ends_with("ResourceNotFoundException"),
        "{absent}"
    );
    let (status, unknown) = call("Nonsense", json!({})).await;
    assert_eq!(status, 400);
    assert!(
        unknown["__type"]
            .as_str()
            .unwrap()
            .ends_with("UnknownOperationException"),
        "{unknown}"
    );
    server.shutdown().await;
}
