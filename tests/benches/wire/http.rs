//! One connection that is kept: a client far cheaper than the server it measures on the same cores.

use std::io::{BufRead, BufReader, Error, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A client with one connection, which is opened when it is needed.
pub(crate) struct Http {
    authority: String,
    stream: Option<BufReader<TcpStream>>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Http {
    /// A client of `http://host:port`.
    pub(crate) fn new(url: &str) -> Self {
        Self {
            authority: url.trim_start_matches("http://").trim_end_matches('/').to_owned(),
            stream: None,
        }
    }

    /// Sends a request. `head` holds more header lines, each with its end.
    pub(crate) fn send(&mut self, method: &str, path: &str, head: &str, body: &str) -> Result<Answer> {
        let length = body.len();
        let authority = &self.authority;
        let request =
            format!("{method} {path} HTTP/1.1\r\nhost: {authority}\r\n{head}content-length: {length}\r\n\r\n{body}");
        let answer = self.exchange(request.as_bytes());
        if answer.is_err() {
            self.stream = None;
        }
        answer
    }

    fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(&self.authority)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(Duration::from_secs(30)))?;
                none.insert(BufReader::new(stream))
            }
        };
        stream.get_mut().write_all(request)?;
        read(stream)
    }
}

/// An answer with a `content-length`, as hyper writes it for bodies that it knows.
fn read(stream: &mut BufReader<TcpStream>) -> Result<Answer> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| Error::other(format!("no status line: {line:?}")))?;
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(Error::other)?;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    let body = String::from_utf8(body).map_err(Error::other)?;
    Ok(Answer { status, body })
}
