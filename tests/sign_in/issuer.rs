//! The issuer: `tests/tools/oidc.mjs` in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tests::tools;

pub(crate) struct Issuer {
    process: Child,
    pub(crate) url: String,
    http: reqwest::Client,
}

/// The doors for tests of an issuer.
pub(crate) struct Doors {
    url: String,
    http: reqwest::Client,
}

impl Doors {
    pub(crate) async fn knock(&self, door: &str, text: impl Into<reqwest::Body>) -> String {
        let request = self.http.post(format!("{}/test/{door}", self.url)).body(text);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{door}");
        answer.text().await.expect("text")
    }
}

impl Issuer {
    pub(crate) fn start() -> Option<Self> {
        let modules = tools::file("oidc/node_modules")?;
        let script = tests::root().join("tests/tools/oidc.mjs");
        let spawned = Command::new("node")
            .arg(script)
            .arg(modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut process) = spawned else {
            eprintln!("skipped: node is not on this machine");
            return None;
        };
        let mut lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let url = lines
            .find_map(|line| line.ok().filter(|line| line.starts_with("http")))
            .expect("its address");
        // Nobody reads what it says later; a full pipe would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Some(Self {
            process,
            url,
            http: reqwest::Client::new(),
        })
    }

    /// Knocks at a door for tests.
    pub(crate) async fn knock(&self, door: &str, text: impl Into<reqwest::Body>) -> String {
        self.doors().knock(door, text).await
    }

    /// Its doors for tests, for whoever outlives it or is elsewhere.
    pub(crate) fn doors(&self) -> Doors {
        Doors {
            url: self.url.clone(),
            http: self.http.clone(),
        }
    }

    /// Signs a token, however wrong it is.
    pub(crate) async fn sign(&self, token: &Value) -> String {
        self.knock("sign", token.to_string()).await
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
