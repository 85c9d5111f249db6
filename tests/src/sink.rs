//! A server that speaks as ntfy does, keeps what it takes, and fails at random or by script in every way that a server and
//! what stands before it can fail.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// Whether the message is kept all the same.
    takes_it: bool,
    answer: Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    /// A proxy's page with this status.
    Page(u16),
    /// ntfy's own refusal with this code.
    Code(u32),
    /// 429, and so many seconds in `Retry-After`.
    Busy(u32),
    /// The connection is closed without a word.
    Closes,
    /// What ntfy answers, when the sink is told to.
    Held,
    /// The first half of what ntfy answers.
    Half,
    /// None, which takes as long as a client has patience.
    Silence,
}

/// All ways but silence, which takes as long as a client has patience.
pub const QUICK: &[&str] = &[
    "502",
    "503",
    "408",
    "429 Retry-After: 1",
    "closes",
    "takes it: closes",
    "takes it: half an answer",
    "takes it: 500",
    "takes it: 504",
];

impl Way {
    /// The way that these words name: three digits a page with this status, five a code of ntfy's; `closes`,
    /// `half an answer`, `a late answer`, `silence`; `429 Retry-After: 7`; each of them behind `takes it: `.
    pub fn named(words: &str) -> Self {
        let (takes_it, words) = words
            .strip_prefix("takes it: ")
            .map_or((false, words), |words| (true, words));
        let number = words.parse::<u32>().ok();
        let answer = match (words, number) {
            ("closes", _) => Answer::Closes,
            ("a late answer", _) => Answer::Held,
            ("half an answer", _) => Answer::Half,
            ("silence", _) => Answer::Silence,
            (_, Some(status @ 100..=599)) => Answer::Page(u16::try_from(status).expect("three digits")),
            (_, Some(code @ 10_000..=59_999)) => Answer::Code(code),
            _ => {
                let seconds = words
                    .strip_prefix("429 Retry-After: ")
                    .and_then(|words| words.parse().ok());
                Answer::Busy(seconds.unwrap_or_else(|| panic!("nobody knows the way `{words}`")))
            }
        };
        Self { takes_it, answer }
    }
}

/// The sink.
#[derive(Clone)]
pub struct Sink {
    /// Its base URL.
    pub url: String,
    state: Arc<Mutex<State>>,
    release: Arc<Notify>,
}

struct State {
    dice: StdRng,
    share: f64,
    ways: Vec<Way>,
    /// How the next requests fail, one after the other.
    script: VecDeque<Way>,
    /// The methods of what was asked, in order.
    asked: Vec<String>,
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
    /// The topic it was published to.
    pub topic: String,
    sequence_id: String,
}

impl Sink {
    /// A sink that fails this share of all requests, looks included, in one of these ways.
    pub async fn start(seed: u64, share: f64, ways: &[&str]) -> Self {
        let ways = ways.iter().map(|words| Way::named(words)).collect();
        Self::with(StdRng::seed_from_u64(seed), share, ways, VecDeque::new()).await
    }

    /// A sink that fails so many requests as there are ways, one after the other, and then works.
    pub async fn scripted(ways: &[&str]) -> Self {
        let script = ways.iter().map(|words| Way::named(words)).collect();
        Self::with(StdRng::seed_from_u64(0), 0.0, Vec::new(), script).await
    }

    async fn with(dice: StdRng, share: f64, ways: Vec<Way>, script: VecDeque<Way>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let state = State {
            dice,
            share,
            ways,
            script,
            asked: Vec::new(),
            kept: Vec::new(),
            failed: BTreeMap::new(),
        };
        let sink = Self {
            url,
            state: Arc::new(Mutex::new(state)),
            release: Arc::default(),
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

    /// Gives one late answer, now or when it is asked for.
    pub fn release(&self) {
        self.release.notify_one();
    }

    /// The methods of what was asked: a publish request is a `POST`, a look a `GET`.
    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// How often it failed at random in each way.
    pub fn failed(&self) -> BTreeMap<Way, usize> {
        self.state().failed.clone()
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let (line, body) = request(&mut stream).await?;
        let way = self.state().asked(&line);
        let answer = way.map(|way| way.answer);
        let works = way.is_none_or(|way| way.takes_it) || matches!(answer, Some(Answer::Half | Answer::Held));
        let taken = works.then(|| self.take(&line, &body));
        let mut retry_after = String::new();
        if answer == Some(Answer::Held) {
            self.release.notified().await;
        }
        let (status, answered) = match (answer, taken) {
            (None | Some(Answer::Half | Answer::Held), Some(taken)) => taken,
            (Some(Answer::Page(status)), _) => (status, page()),
            (Some(Answer::Code(code)), _) => refusal(code),
            (Some(Answer::Busy(seconds)), _) => {
                retry_after = format!("Retry-After: {seconds}\r\n");
                (429, page())
            }
            (Some(Answer::Silence), _) => std::future::pending().await,
            _ => return None,
        };
        let head = format!(
            "HTTP/1.1 {status} As told\r\nContent-Length: {}\r\n{retry_after}Connection: close\r\n\r\n",
            answered.len()
        );
        let sent = if answer == Some(Answer::Half) {
            answered.len() / 2
        } else {
            answered.len()
        };
        stream
            .write_all(&[head.as_bytes(), &answered.as_bytes()[..sent]].concat())
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
            return refusal(40024);
        };
        let kept = Kept {
            id: format!("sink{}", state.kept.len()),
            text: message["message"].as_str().unwrap_or_default().to_owned(),
            topic: message["topic"].as_str().unwrap_or_default().to_owned(),
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
    /// How this request fails, if it does.
    fn asked(&mut self, line: &str) -> Option<Way> {
        self.asked.extend(line.split(' ').next().map(str::to_owned));
        if let Some(way) = self.script.pop_front() {
            return Some(way);
        }
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
            "id": self.id, "time": 1_795_600_000, "event": "message", "topic": self.topic, "message": self.text,
            "sequence_id": self.sequence_id,
        })
    }
}

/// A refusal as ntfy writes it.
fn refusal(code: u32) -> (u16, String) {
    let http = u16::try_from(code / 100).expect("three digits");
    (http, json!({ "code": code, "http": http, "error": "no" }).to_string())
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
