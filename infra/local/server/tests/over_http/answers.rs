//! What every answer carries.

use reqwest::Client;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use server::{Config, StartError};

use crate::support::{http, start};

#[tokio::test]
async fn a_public_address_is_a_scheme_and_a_host() {
    let directory = tempfile::tempdir().unwrap();
    let at = |public_url: &str| Config {
        public_url: Some(public_url.to_owned()),
        ..Config::new(directory.path())
    };
    for wrong in [
        "rez.example.org",
        "https://rez.example.org/rez",
        "https://rez.example.org/?a=b",
        "https://rez.example.org/#a",
        "https://a:b@rez.example.org",
        "ftp://rez.example.org",
        "unix:/run/rez",
    ] {
        let Err(StartError::Setting { setting, detail }) = server::start(at(wrong)).await else {
            panic!("{wrong} is taken");
        };
        assert!(
            setting == "REZ_PUBLIC_URL" && detail.contains("https://rez.example.org"),
            "{wrong}: {detail}"
        );
    }
    let server = start(&at("HTTPS://REZ.example.org:443/")).await;
    let link = server.sign_in_link();
    assert!(
        link.expose_secret()
            .starts_with("https://rez.example.org/sign-in?code="),
        "it is written as browsers do"
    );
    let browser = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let path = link
        .expose_secret()
        .trim_start_matches("https://rez.example.org")
        .to_owned();
    let signed_in = browser.get(format!("http://{}{path}", server.addresses.api));
    let signed_in = signed_in.header("Host", "rez.example.org").send().await.unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.starts_with("__Host-rez_session=") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
    server.shutdown().await;
}

/// Whatever is asked for, and whatever comes of it.
#[tokio::test]
async fn every_answer_says_what_browsers_may_do_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(&Config::new(directory.path())).await;
    let owner = http(&server);
    for path in [
        "/",
        "/api",
        "/api/messages",
        "/api/nothing",
        "/nothing",
        "/sign-in",
        "/sign-in?code=made-up",
        "/sign-out",
        "/console/messages",
        "/console/messages/nothing",
        "/console/nothing",
        "/inbox",
        "/inbox/nothing",
        "/metrics",
        "/openapi.json",
    ] {
        for accept in ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8"] {
            let url = format!("http://{}{path}", server.addresses.api);
            let answer = owner.get(url).header("Accept", accept).send().await.unwrap();
            let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
            assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
            assert!(
                header("content-security-policy").contains("frame-ancestors 'none'"),
                "{path}"
            );
            assert!(
                ["no-referrer", "same-origin"].contains(&header("referrer-policy")),
                "{path}"
            );
            assert_eq!(header("cache-control"), "no-store", "{path}");
            let is_page = header("content-type").starts_with("text/html");
            let refused = answer.status().is_client_error();
            if refused && !path.starts_with("/inbox") {
                assert_eq!(
                    is_page,
                    accept.starts_with("text/html") || path.starts_with("/console"),
                    "{path} {accept}"
                );
                let text = answer.text().await.unwrap();
                assert!(!is_page || text.contains("/console/assets/console."), "{path}: {text}");
            }
        }
    }
    server.shutdown().await;
}

/// A page and what it asks of the API are one request in the log.
#[tokio::test]
async fn a_page_hands_its_correlation_id_on_to_the_api() {
    let directory = tempfile::tempdir().unwrap();
    let server = start(&Config::new(directory.path())).await;
    let http = http(&server);
    let form = http
        .post(format!("http://{}/console/messages/new", server.addresses.api))
        .header("X-Correlation-Id", "page-1")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("body=hello");
    let sent = form.send().await.unwrap();
    let id = sent.url().path().rsplit('/').next().unwrap().to_owned();
    let message = http.get(format!("http://{}/api/messages/{id}", server.addresses.api));
    let message: Value = message.send().await.unwrap().json().await.unwrap();
    assert_eq!(message["correlation_id"], "page-1", "{message}");
    server.shutdown().await;
}
