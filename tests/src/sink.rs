//! A server that speaks as ntfy does, keeps what it takes, and fails at random in every way that a server and what stands
//! before it can fail.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// A proxy's page with this status, and nothing kept.
    Page(u16),
    /// 429 with `Retry-After: 1`.
    Busy,
    /// The connection is closed without a word, and nothing kept.
    ResetBefore,
    /// The message is kept, and the connection closed without a word.
    ResetAfter,
    /// The message is kept, and half of the answer given.
    HalfAnswer,
    /// The message is kept, and the answer is a proxy's page with this status.
    PageAfter(u16),
    /// The message is kept, and the answer never comes.
    Silence,
}

/// All ways but silence, which takes as long as a client has patience.
pub const QUICK: &[Way] = &[
    Way::Page(502),
    Way::Page(503),
    Way::Page(408),
    Way::Busy,
    Way::ResetBefore,
    Way::ResetAfter,
    Way::HalfAnswer,
    Way::PageAfter(500),
    Way::PageAfter(504),
];

/// The sink.
#[derive(Clone)]
pub struct Sink {
    /// Its base URL.
    pub url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    dice: StdRng,
    share: f64,
    ways: Vec<Way>,
    /// What was kept, in order: id, text and sequence id.
    kept: Vec<Kept>,
    failed: BTreeMap<Way, usize>,
}

/// A message that the sink took.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The id it was given.
    pub id: String,
    /// Its text.
    pub text: String,
    sequence_id: String,
}

impl Sink {
    /// A sink that fails this share of all requests, looks included, in one of these ways.
    pub async fn start(seed: u64, share: f64, ways: &[Way]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = State {
            dice: StdRng::seed_from_u64(seed),
            share,
            ways: ways.to_vec(),
            kept: Vec::new(),
            failed: BTreeMap::new(),
        };
        let sink = Self {
            url,
            state: Arc::new(Mutex::new(state)),
        };
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let sink = serving.clone();
                // A client that goes away is what this is about.
                tokio::spawn(async move { sink.serve(stream).await });
            }
        });
        sink
    }

    /// What was kept.
    pub fn kept(&self) -> Vec<Kept> {
        self.state().kept.clone()
    }

    /// How often it failed in each way.
    pub fn failed(&self) -> BTreeMap<Way, usize> {
        self.state().failed.clone()
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let (line, body) = request(&mut stream).await?;
        let way = self.state().throw();
        let (status, answer) = match way {
            Some(Way::Page(status)) => (status, page()),
            Some(Way::Busy) => (429, page()),
            Some(Way::ResetBefore) => return None,
            _ => self.take(&line, &body),
        };
        let (status, answer) = match way {
            Some(Way::ResetAfter) => return None,
            Some(Way::PageAfter(status)) => (status, page()),
            Some(Way::Silence) => std::future::pending().await,
            _ => (status, answer),
        };
        let retry_after = if way == Some(Way::Busy) {
            "Retry-After: 1\r\n"
        } else {
            ""
        };
        let head = format!(
            "HTTP/1.1 {status} As told\r\nContent-Length: {}\r\n{retry_after}Connection: close\r\n\r\n",
            answer.len()
        );
        let sent = if way == Some(Way::HalfAnswer) {
            answer.len() / 2
        } else {
            answer.len()
        };
        stream
            .write_all(&[head.as_bytes(), &answer.as_bytes()[..sent]].concat())
            .await
            .ok()
    }

    /// Does what ntfy does: keeps a message, or shows those of a topic.
    fn take(&self, line: &str, body: &[u8]) -> (u16, String) {
        let mut state = self.state();
        if line.starts_with("GET ") {
            let lines: Vec<String> = state.kept.iter().map(|kept| kept.as_ntfy().to_string()).collect();
            return (200, lines.join("\n"));
        }
        let Ok(message) = serde_json::from_slice::<Value>(body) else {
            return (
                400,
                json!({ "code": 40024, "http": 400, "error": "invalid request" }).to_string(),
            );
        };
        let kept = Kept {
            id: format!("sink{}", state.kept.len()),
            text: message["message"].as_str().unwrap_or_default().to_owned(),
            sequence_id: message["sequence_id"].as_str().unwrap_or_default().to_owned(),
        };
        let answer = kept.as_ntfy().to_string();
        state.kept.push(kept);
        (200, answer)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How the next request fails, if it does.
    fn throw(&mut self) -> Option<Way> {
        if !self.dice.random_bool(self.share) {
            return None;
        }
        let way = self.ways[self.dice.random_range(0..self.ways.len())];
        *self.failed.entry(way).or_default() += 1;
        Some(way)
    }
}

impl Kept {
    fn as_ntfy(&self) -> Value {
        json!({
            "id": self.id, "time": 1_795_600_000, "event": "message", "topic": "rez", "message": self.text,
            "sequence_id": self.sequence_id,
        })
    }
}

fn page() -> String {
    "<html><body>Something is in the way</body></html>".to_owned()
}

/// The first line and the body of a request.
async fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut read = Vec::new();
    let end = loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    while read.len() < end + length.unwrap_or_default() {
        if stream.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
    Some((head.lines().next()?.to_owned(), read.split_off(end)))
}
