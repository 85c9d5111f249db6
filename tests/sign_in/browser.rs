//! As much of a browser as a sign-in needs: cookies, and redirects one by one.

use std::collections::BTreeMap;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Url};

pub(super) struct Browser {
    http: Client,
    pub(super) cookies: BTreeMap<String, String>,
}

impl Default for Browser {
    fn default() -> Self {
        let http = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .pool_max_idle_per_host(0);
        Self {
            http: http.build().expect("a client"),
            cookies: BTreeMap::new(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) url: String,
    pub(super) status: u16,
    /// Where it leads, as a whole address; empty if nowhere.
    pub(super) location: String,
    pub(super) set_cookies: Vec<String>,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

impl Browser {
    /// A cookie by its name without the port of its server.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let mut found = self
            .cookies
            .iter()
            .filter(|(known, _)| known.rsplit_once('_').is_some_and(|(known, _)| known == name));
        found.next().map(|(_, value)| value.as_str())
    }

    pub(super) async fn get(&mut self, url: &str) -> Answer {
        let request = self.http.get(url);
        self.send(url, request).await
    }

    pub(super) async fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Answer {
        let mut body = Url::parse("form:").expect("an address");
        body.query_pairs_mut().extend_pairs(form);
        let body = body.query().unwrap_or_default().to_owned();
        let request = self
            .http
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        self.send(url, request).await
    }

    /// Posts as a script of our pages does.
    pub(super) async fn post_with_token(&mut self, url: &str, csrf: &str) -> Answer {
        let request = self.http.post(url).header("x-csrf-token", csrf);
        self.send(url, request).await
    }

    /// Goes where answers lead, until a page is there or the next address is on the server at `end`.
    pub(super) async fn follow(&mut self, url: &str, end: &str) -> Answer {
        let mut answer = self.get(url).await;
        for _ in 0..10 {
            if answer.location.is_empty() {
                return answer;
            }
            if answer.location.starts_with(end) {
                answer.url.clone_from(&answer.location);
                return answer;
            }
            let next = answer.location.clone();
            answer = self.get(&next).await;
        }
        panic!("it leads nowhere: {answer:?}")
    }

    async fn send(&mut self, url: &str, request: RequestBuilder) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let answer = request
            .header("cookie", cookies.join("; "))
            .send()
            .await
            .expect("an answer");
        let texts = |name: &str| -> Vec<String> {
            let values = answer.headers().get_all(name).iter();
            values.map(|value| value.to_str().expect("text").to_owned()).collect()
        };
        let (set_cookies, location) = (texts("set-cookie"), texts("location"));
        for cookie in &set_cookies {
            let (name, value) = cookie
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
                .expect("a pair");
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let base = Url::parse(url).expect("an address");
        let location = location
            .first()
            .map(|location| base.join(location).expect("an address").to_string());
        Answer {
            url: url.to_owned(),
            status: answer.status().as_u16(),
            location: location.unwrap_or_default(),
            set_cookies,
            text: answer.text().await.expect("text"),
        }
    }
}
