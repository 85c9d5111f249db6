//! Clients that have signed in.

use std::path::Path;

use authorizer::Lifetime;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use secrecy::ExposeSecret as _;
use server::Server;

/// A client that shows a token of the data directory's owner with every request.
pub fn client(data_dir: &Path) -> reqwest::Client {
    builder(data_dir).build().expect("a client")
}

/// The same, to be set up further.
pub fn builder(data_dir: &Path) -> reqwest::ClientBuilder {
    let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer(data_dir))]);
    reqwest::Client::builder().no_proxy().default_headers(headers)
}

/// The value of the session cookie of somebody who has opened a sign-in link.
pub async fn session(server: &Server) -> String {
    let browser = reqwest::Client::builder().redirect(Policy::none()).no_proxy();
    let browser = browser.build().expect("a client");
    let link = server.sign_in_link();
    let answer = browser.get(link.expose_secret()).send().await.expect("an answer");
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    let value = cookie.split(';').next().and_then(|pair| pair.split_once('='));
    value.expect("a cookie").1.to_owned()
}

/// `Bearer …` of the data directory's owner. It is valid for a year, because some servers' clocks are set ahead.
pub fn bearer(data_dir: &Path) -> HeaderValue {
    let identity = server::Identity::open(data_dir).expect("keys");
    let year = Lifetime::new(SignedDuration::from_hours(24 * 366)).expect("it is within bounds");
    let token = identity.owners_token(year, Timestamp::now()).expect("a token");
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).expect("it is printable");
    value.set_sensitive(true);
    value
}
