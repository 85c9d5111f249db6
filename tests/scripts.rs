//! The scripts of `infra/aws`, run as an operator runs them.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use aws_sdk_ssm::types::ParameterType;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tests::{root, tools};

use crate::web_api::moto::Moto;

/// `infra/aws/secrets` with these arguments, against this endpoint and with these lines on standard input; `None` where the AWS
/// CLI is not installed.
fn secrets(endpoint: &str, arguments: &[&str], input: &str) -> Option<Output> {
    let aws = tools::file("sam/bin/aws")?;
    let path = std::env::var("PATH").unwrap_or_default();
    let mut child = Command::new(root().join("infra/aws/secrets"))
        .args(arguments)
        .env(
            "PATH",
            format!("{}:{path}", aws.parent().expect("a directory").display()),
        )
        .envs([
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_MAX_ATTEMPTS", "1"),
            ("NO_PROXY", "127.0.0.1"),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash is there");
    // A script that refuses its arguments does not read: a broken pipe is no failure.
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
    Some(child.wait_with_output().expect("it ends"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

async fn parameter(moto: &Moto, name: &str) -> (ParameterType, String) {
    let request = aws_sdk_ssm::Client::new(&moto.aws).get_parameter();
    let found = request
        .name(format!("/rez-agent/dev/{name}"))
        .with_decryption(true)
        .send()
        .await;
    let found = found.expect("it is there").parameter.expect("it is answered");
    (found.r#type.expect("a type"), found.value.expect("a value"))
}

#[tokio::test]
async fn secrets_are_put_encrypted_and_left_where_nothing_is_said() {
    let Some(moto) = Moto::start() else { return };
    let endpoint = moto.aws.endpoint_url().expect("moto's").to_owned();
    let (url, key) = ("https://ntfy.example.org", r#"tk_"quoted"\slash"#);
    let Some(first) = secrets(&endpoint, &["dev"], &format!("{url}\n{key}\n")) else {
        return;
    };
    assert!(first.status.success(), "{}", said(&first));
    assert!(!said(&first).contains("tk_"), "{}", said(&first));
    for (name, value) in [("ntfy-url", url), ("ntfy-api-key", key)] {
        assert_eq!(
            parameter(&moto, name).await,
            (ParameterType::SecureString, value.to_owned())
        );
    }
    let (kind, session) = parameter(&moto, "session-key").await;
    assert_eq!(
        (kind, BASE64_STANDARD.decode(&session).expect("base64").len()),
        (ParameterType::SecureString, 32)
    );

    // A second time, with nothing but an empty line for each: everything is left as it is.
    let again = secrets(&endpoint, &["dev"], "\n\n").expect("it ran before");
    let left = ["ntfy-url", "ntfy-api-key", "session-key"]
        .map(|name| format!("left: /rez-agent/dev/{name}\n"))
        .concat();
    assert_eq!((again.status.code(), said(&again)), (Some(0), left));
    assert_eq!(parameter(&moto, "session-key").await.1, session);

    let renewed = secrets(&endpoint, &["dev", "--new-session-key"], "\n\n").expect("it ran before");
    assert!(renewed.status.success(), "{}", said(&renewed));
    assert_ne!(parameter(&moto, "session-key").await.1, session);
    assert_eq!(parameter(&moto, "ntfy-url").await.1, url);
}

#[tokio::test]
async fn what_makes_no_sense_puts_nothing() {
    let Some(moto) = Moto::start() else { return };
    let endpoint = moto.aws.endpoint_url().expect("moto's").to_owned();
    for (arguments, input, code, about) in [
        (
            vec!["dev"],
            "https://ntfy.example.org\ttoo much\n",
            1,
            "control character",
        ),
        (vec!["test"], "", 2, "usage"),
        (vec!["dev", "--new-key"], "", 2, "usage"),
        (vec![], "", 2, "usage"),
    ] {
        let Some(output) = secrets(&endpoint, &arguments, input) else {
            return;
        };
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(about), "{arguments:?}: {}", said(&output));
    }
    let all = aws_sdk_ssm::Client::new(&moto.aws)
        .describe_parameters()
        .send()
        .await
        .expect("an answer");
    assert_eq!(all.parameters.unwrap_or_default().len(), 0);
}

/// A key that is there must not be replaced because nobody could be asked whether it is.
#[test]
fn a_session_key_is_made_only_where_aws_says_that_there_is_none() {
    // Port 9 discards, and nobody listens there.
    let Some(output) = secrets("http://127.0.0.1:9", &["dev"], "\n\n") else {
        return;
    };
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(!said(&output).contains("put:"), "{}", said(&output));
}

/// What an operator installs is what the tests judge and build with.
#[test]
fn the_tools_of_an_operator_are_those_of_the_tests() {
    let pins = |script: &str| {
        let text = std::fs::read_to_string(root().join(script)).expect("the script");
        let words = text.split(|letter: char| letter.is_whitespace() || letter == '\'');
        let pinned = words.filter(|word| {
            ["aws-sam-cli", "cargo-lambda", "ziglang", "awscli"]
                .iter()
                .any(|tool| word.starts_with(tool))
        });
        pinned
            .filter(|word| word.contains("=="))
            .map(str::to_owned)
            .collect::<std::collections::BTreeSet<_>>()
    };
    let ours = pins("infra/aws/setup");
    assert_eq!(ours.len(), 4, "{ours:?}");
    assert_eq!(ours, pins("tests/tools/install"));
}
