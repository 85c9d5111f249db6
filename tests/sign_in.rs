//! Signing in at a real OpenID Connect server, and every attack on it that we know of. Skipped, with a word, where node or the
//! tools of `tests/tools/install` are missing.

mod attacks;
mod browser;
mod chromium;
mod flows;
pub(crate) mod issuer;
mod tokens;

use std::sync::Arc;

use authorizer::IssuerSettings;
use jiff::Timestamp;
use serde_json::Value;
use server::{Config, ManualClock, Server};
use tempfile::TempDir;

use browser::{Answer, Browser};
use issuer::Issuer;

/// A server that trusts an issuer of its own.
struct World {
    issuer: Issuer,
    server: Server,
    clock: ManualClock,
    url: String,
    // Deleted when the server is gone.
    _directory: TempDir,
}

impl World {
    /// `None`, with a word, without the tools.
    async fn new() -> Option<Self> {
        let issuer = Issuer::start()?;
        let directory = tempfile::tempdir().expect("a temporary directory");
        let clock = ManualClock::new(Timestamp::now());
        let config = Config {
            issuer: Some(settings(&issuer.url)),
            clock: Arc::new(clock.clone()),
            ..Config::new(directory.path())
        };
        let server = server::start(config)
            .await
            .expect("it starts, whether the issuer answers or not");
        Some(Self {
            url: format!("http://{}", server.addresses.api),
            issuer,
            server,
            clock,
            _directory: directory,
        })
    }

    /// A browser in which somebody has signed in.
    async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = Browser::default();
        let callback = self.callback(&mut browser, name, |_| {}).await;
        let answer = browser.get(&callback).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        browser
    }

    /// Signs in up to the address to which the issuer sends the browser back. `alter` may change the address at which the
    /// issuer is asked.
    async fn callback(&self, browser: &mut Browser, name: &str, alter: impl Fn(&mut Vec<(String, String)>)) -> String {
        let login = browser.get(&format!("{}/api/auth/login", self.url)).await;
        assert_eq!(login.status, 303, "{}", login.text);
        let mut address = reqwest::Url::parse(&login.location).expect("an address");
        let mut query: Vec<(String, String)> = address.query_pairs().into_owned().collect();
        alter(&mut query);
        address.query_pairs_mut().clear().extend_pairs(query);
        let page = browser.follow(address.as_str(), &self.url).await;
        assert!(page.text.contains("<form"), "{}", page.text);
        let sent = browser.post(&page.url, &[("name", name)]).await;
        browser.follow(&sent.location, &self.url).await.url
    }

    async fn me(&self, browser: &mut Browser) -> Answer {
        browser.get(&format!("{}/api/auth/me", self.url)).await
    }

    /// What the API answers to a token.
    async fn with_token(&self, token: &str) -> (u16, Value) {
        let request = reqwest::Client::new().get(format!("{}/api/messages", self.url));
        let answer = request.bearer_auth(token).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }
}

fn settings(issuer: &str) -> IssuerSettings {
    let set = [
        ("OIDC_ISSUER", issuer),
        ("OIDC_CLIENT_ID", "rez"),
        ("OIDC_SCOPES", "openid messages:read messages:write"),
    ];
    let settings = IssuerSettings::of(&set.into_iter().collect());
    settings.expect("they make sense").expect("an issuer is named")
}
