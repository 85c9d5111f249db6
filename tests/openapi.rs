//! The document at `/openapi.json`, held against the server by tools that know nothing of either.

use std::process::Command;

use tests::{home::Home, signed_in, tools};

/// How many requests Schemathesis makes up for each operation and phase; `REZ_SCHEMATHESIS` sets another number.
const EXAMPLES: &str = "15";

#[tokio::test]
async fn a_linter_finds_no_error() {
    let Some(redocly) = tools::file("redocly/node_modules/@redocly/cli/bin/cli.js") else {
        return;
    };
    let home = Home::new();
    let serve = home.serve();
    let document = reqwest::get(format!("{}/openapi.json", serve.api))
        .await
        .expect("an answer");
    let file = home.path().join("openapi.json");
    std::fs::write(&file, document.bytes().await.expect("a document")).expect("it can be written");
    let linted = Command::new("node")
        .arg(redocly)
        .args(["lint", "--format", "stylish"])
        .arg(&file)
        .output()
        .expect("node runs");
    let (out, err) = (
        String::from_utf8_lossy(&linted.stdout),
        String::from_utf8_lossy(&linted.stderr),
    );
    assert!(linted.status.success(), "{out}{err}");
}

/// Every operation, with requests that follow the document and requests that break it: no answer of the server's own fault, none
/// that is not documented, and none that is not as documented.
#[test]
fn what_is_documented_is_what_there_is() {
    let Some(schemathesis) = tools::file("schemathesis/bin/st") else {
        return;
    };
    let home = Home::new();
    let serve = home.serve();
    let examples = std::env::var("REZ_SCHEMATHESIS").unwrap_or_else(|_| EXAMPLES.to_owned());
    let token = signed_in::bearer(home.path());
    let token = token.to_str().expect("it is printable");
    let run = Command::new(schemathesis)
        .arg("--config-file")
        .arg(tests::root().join("tests/data/schemathesis.toml"))
        .args(["run", &format!("{}/openapi.json", serve.api)])
        .args(["--checks", "all", "--max-examples", &examples, "--seed", "20261125"])
        // The stream of events does not end while the server runs; `events` watches it.
        .args(["--exclude-path", "/api/events"])
        // To delete a message is to cancel it: it stays, and says how it ended.
        .args(["--exclude-checks", "use_after_free"])
        .args(["--header", &format!("Authorization: {token}"), "--no-color"])
        .current_dir(home.path())
        .output()
        .expect("schemathesis runs");
    let out = String::from_utf8_lossy(&run.stdout);
    if let Some(summary) = out.split("SUMMARY").nth(1) {
        println!("{summary}");
    }
    assert!(run.status.success(), "{out}{}", String::from_utf8_lossy(&run.stderr));
}
