//! What a process says on standard output and standard error, line by line.

use std::sync::Arc;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, BufReader};

/// Which of the two a line comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// Takes the lines of processes, as CloudWatch Logs does of functions.
pub trait Output: Send + Sync {
    /// Takes one line of a function, without its end. Never waits.
    fn line(&self, function: &str, stream: Stream, line: &str);
}

/// The longest line; a longer one goes on in the next. Source: CloudWatch Logs quotas, event size.
const LINE_BYTES: usize = 256 * 1024;

/// Passes lines on until the process has closed its end.
pub(crate) async fn pass_on(function: String, stream: Stream, from: impl AsyncRead + Unpin, to: Arc<dyn Output>) {
    let (mut from, mut line) = (BufReader::new(from), Vec::new());
    while let Ok(Some(ended)) = piece(&mut from, &mut line).await {
        if ended || line.len() >= LINE_BYTES {
            say(&*to, &function, stream, &line);
            line.clear();
        }
    }
    if !line.is_empty() {
        say(&*to, &function, stream, &line);
    }
}

/// Reads what is there of a line; `None` at the end, else whether the line is whole.
async fn piece(from: &mut (impl AsyncBufRead + Unpin), line: &mut Vec<u8>) -> std::io::Result<Option<bool>> {
    let there = from.fill_buf().await?;
    if there.is_empty() {
        return Ok(None);
    }
    let room = &there[..there.len().min(LINE_BYTES - line.len())];
    let end = room.iter().position(|byte| *byte == b'\n');
    line.extend_from_slice(&room[..end.unwrap_or(room.len())]);
    let read = end.map_or(room.len(), |end| end + 1);
    from.consume(read);
    Ok(Some(end.is_some()))
}

fn say(to: &dyn Output, function: &str, stream: Stream, line: &[u8]) {
    let text = String::from_utf8_lossy(line);
    to.line(function, stream, text.trim_end_matches('\r'));
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Heard(Mutex<Vec<String>>);

    impl Output for Heard {
        fn line(&self, _: &str, _: Stream, line: &str) {
            self.0.lock().unwrap().push(line.to_owned());
        }
    }

    #[tokio::test]
    async fn lines_come_whole_and_a_line_without_end_in_pieces() {
        let heard = Arc::new(Heard::default());
        let endless = "x".repeat(2 * LINE_BYTES + 1);
        let said = format!("one\r\n\ntwo\n{endless}\nlast");
        pass_on("f".to_owned(), Stream::Out, said.as_bytes(), heard.clone()).await;
        let lines: Vec<usize> = heard.0.lock().unwrap().iter().map(String::len).collect();
        assert_eq!(lines, [3, 0, 3, LINE_BYTES, LINE_BYTES, 1, 4]);
    }
}
