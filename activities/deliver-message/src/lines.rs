//! Lines out of chunks that break anywhere.

/// Collects chunks and hands out whole lines; a line above the limit is dropped, not collected.
pub struct Lines {
    partial: Vec<u8>,
    limit: usize,
    dropping: bool,
}

impl Lines {
    /// Lines of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            partial: Vec::new(),
            limit,
            dropping: false,
        }
    }

    /// The lines that `chunk` completes, in order.
    pub fn feed(&mut self, chunk: &[u8]) -> std::vec::IntoIter<Vec<u8>> {
        let mut lines = Vec::new();
        for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = piece.strip_suffix(b"\n").map_or((piece, false), |text| (text, true));
            self.append(text);
            if ends && let Some(line) = self.rest() {
                lines.push(line);
            }
        }
        lines.into_iter()
    }

    /// What stands after the last line break, if anything.
    pub fn rest(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.partial);
        let dropped = std::mem::take(&mut self.dropping);
        (!dropped && !line.is_empty()).then_some(line)
    }

    fn append(&mut self, text: &[u8]) {
        self.dropping |= self.partial.len() + text.len() > self.limit;
        if self.dropping {
            self.partial.clear();
        } else {
            self.partial.extend_from_slice(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_however_the_chunks_break() {
        let text = b"one\ntwo\n\nthree";
        for size in 1..=text.len() {
            let mut lines = Lines::new(8);
            let mut seen: Vec<_> = text.chunks(size).flat_map(|chunk| lines.feed(chunk)).collect();
            seen.extend(lines.rest());
            assert_eq!(
                seen,
                [b"one".to_vec(), b"two".to_vec(), b"three".to_vec()],
                "chunks of {size}"
            );
        }
    }

    #[test]
    fn a_line_too_long_is_dropped_and_the_next_is_read() {
        let mut lines = Lines::new(3);
        assert_eq!(lines.feed(b"long").count(), 0);
        assert_eq!(lines.feed(b"er still\nyes\n").collect::<Vec<_>>(), [b"yes".to_vec()]);
        assert_eq!(lines.rest(), None);
    }
}
