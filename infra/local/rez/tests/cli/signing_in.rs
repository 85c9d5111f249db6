//! Tokens for programs, and links for browsers.

use reqwest::StatusCode;
use reqwest::redirect::Policy;

use crate::process::Rez;

/// Asks the API of the server that runs.
async fn ask(rez: &Rez, method: &str, path: &str, token: &str) -> StatusCode {
    let file = rez.serve_file().expect("a server runs");
    let url = format!("http://{}{path}", file["addresses"]["api"].as_str().unwrap());
    let request = reqwest::Client::new().request(method.parse().unwrap(), url);
    let request = request
        .header("content-type", "application/json")
        .body(r#"{"body": "hello"}"#);
    request.bearer_auth(token).send().await.unwrap().status()
}

#[tokio::test]
async fn a_token_does_what_its_scope_says() {
    let rez = Rez::new();
    let before_any_server = rez.succeeds(&["token"]).stdout;
    let serving = rez.serve();
    let reading = rez
        .succeeds(&["token", "--scope", "messages:read", "--subject", "reader"])
        .stdout;
    let admin = rez.succeeds(&["token", "--scope", "admin", "--expires", "1m"]).stdout;
    let messages = "/api/messages";
    assert_eq!(before_any_server.lines().count(), 1, "{before_any_server:?}");
    for (token, method, path, status) in [
        (&before_any_server, "POST", messages, 202),
        (&before_any_server, "POST", "/api/breakers/x/reset", 403),
        (&reading, "GET", messages, 200),
        (&reading, "POST", messages, 403),
        (&admin, "POST", "/api/breakers/x/reset", 404),
        (&Rez::new().succeeds(&["token"]).stdout, "GET", messages, 401),
    ] {
        assert_eq!(ask(&rez, method, path, token.trim()).await, status, "{method} {path}");
    }
    assert_eq!(serving.terminate(), Some(0));
}

#[tokio::test]
async fn a_link_signs_a_browser_in_once() {
    let rez = Rez::new();
    let refused = rez.run(&["sign-in"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.error().contains("rez serve"), "{refused:?}");
    let serving = rez.serve();
    assert!(
        !serving.said.iter().any(|line| line.contains("code=")),
        "nobody watches: {:?}",
        serving.said
    );
    let link = rez.succeeds(&["sign-in"]).stdout;
    let browser = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let answer = browser.get(link.trim()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    let me = link.split("/sign-in").next().unwrap().to_owned() + "/api/auth/me";
    let me = browser.get(me).header("cookie", cookie.split(';').next().unwrap());
    assert_eq!(me.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(
        browser.get(link.trim()).send().await.unwrap().status(),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(serving.terminate(), Some(0));
}
