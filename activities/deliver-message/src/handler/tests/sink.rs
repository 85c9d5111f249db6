//! A server that answers by script: for what a real ntfy cannot be brought to do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the sink does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Answers with a status, header lines and a body.
    Answer(u16, &'static str, String),
    /// Closes the connection without a word.
    Reset,
    /// Says nothing, and keeps the connection.
    Silence,
    /// Promises a body and closes half-way through it.
    BreakOff(u16),
    /// Promises a body and stops half-way through it.
    Stall(u16),
}

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// Method and target, for example `POST /`.
    pub(crate) line: String,
    /// The header lines, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: String,
}

/// The sink: one scripted act per request, in order; what is not in the script is answered as ntfy would.
#[derive(Clone)]
pub(crate) struct Sink {
    /// Its base URL.
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Sink {
    pub(crate) async fn with(script: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            requests: Arc::default(),
        };
        let script = Arc::new(Mutex::new(script.into_iter().collect::<VecDeque<_>>()));
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream, script.clone()));
            }
        });
        sink
    }

    /// What has arrived so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The methods and targets of what has arrived so far, the time in the target left out.
    pub(crate) fn lines(&self) -> Vec<String> {
        let until_since = |line: String| line.split("&since=").next().unwrap().to_owned();
        self.requests()
            .into_iter()
            .map(|request| until_since(request.line))
            .collect()
    }

    async fn serve(self, mut stream: TcpStream, script: Arc<Mutex<VecDeque<Act>>>) {
        let Some(request) = read(&mut stream).await else { return };
        let act = script
            .lock()
            .unwrap()
            .pop_front()
            .unwrap_or_else(|| Act::accepts(&request));
        self.requests.lock().unwrap().push(request);
        let (text, stays) = match act {
            Act::Answer(status, headers, body) => (response(status, headers, body.len(), &body), false),
            Act::Reset => (String::new(), false),
            Act::Silence => (String::new(), true),
            Act::BreakOff(status) => (response(status, "", 100, r#"{"id":"#), false),
            Act::Stall(status) => (response(status, "", 100, r#"{"id":"#), true),
        };
        stream.write_all(text.as_bytes()).await.unwrap();
        if stays {
            std::future::pending::<()>().await;
        }
    }
}

impl Act {
    /// A refusal as ntfy writes it.
    pub(crate) fn refuses(code: u32) -> Self {
        let status = u16::try_from(code / 100).unwrap();
        Self::Answer(status, "", format!(r#"{{"code":{code},"http":{status},"error":"no"}}"#))
    }

    /// A page of a proxy.
    pub(crate) fn page(status: u16) -> Self {
        Self::Answer(status, "", "<html>from a proxy</html>".to_owned())
    }

    /// What ntfy says to a message it takes; a topic has nothing in it.
    fn accepts(request: &Request) -> Self {
        let Ok(sent) = serde_json::from_str::<serde_json::Value>(&request.body) else {
            return Self::Answer(200, "", String::new());
        };
        let (topic, sequence_id) = (&sent["topic"], &sent["sequence_id"]);
        let taken = serde_json::json!({
            "id": "ntfy-1", "sequence_id": sequence_id, "time": 1_795_600_000, "event": "message", "topic": topic,
        });
        Self::Answer(200, "", taken.to_string())
    }
}

fn response(status: u16, headers: &str, length: usize, body: &str) -> String {
    format!("HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}")
}

/// One request with a `Content-Length`, or none if the peer does not speak HTTP.
async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut received = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&received).into_owned();
        if let Some(request) = text.split_once("\r\n\r\n").and_then(|(head, body)| parse(head, body)) {
            return Some(request);
        }
        if stream.read_buf(&mut received).await.ok()? == 0 {
            return None;
        }
    }
}

fn parse(head: &str, body: &str) -> Option<Request> {
    let (line, rest) = head.split_once("\r\n").unwrap_or((head, ""));
    let headers: Vec<_> = rest
        .split("\r\n")
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    let whole = body.len() >= length;
    whole.then(|| Request {
        line: line.replace(" HTTP/1.1", ""),
        headers,
        body: body.to_owned(),
    })
}
