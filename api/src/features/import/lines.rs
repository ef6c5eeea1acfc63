//! The lines of a stream, one at a time, none longer than is taken.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};

/// The most bytes of a line.
pub const LIMIT: usize = 1024 * 1024;

/// A line of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// 1, 2, 3 … in the file, blank ones included.
    pub number: i64,
    /// Without its end; only the beginning of a line that is too long.
    pub bytes: Vec<u8>,
    pub too_long: bool,
}

/// Cuts a stream of bytes into lines.
#[derive(Debug)]
pub struct Lines<S> {
    stream: S,
    chunk: Bytes,
    number: i64,
}

impl<S, E> Lines<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    pub fn of(stream: S) -> Self {
        Self { stream, chunk: Bytes::new(), number: 0 }
    }

    /// The next line that is not blank.
    ///
    /// # Errors
    /// When the stream breaks off.
    pub async fn next(&mut self) -> Result<Option<Line>, E> {
        loop {
            let Some(mut line) = self.any().await? else { return Ok(None) };
            if line.number == 1 && line.bytes.starts_with(b"\xEF\xBB\xBF") {
                line.bytes.drain(..3);
            }
            if !line.bytes.iter().all(u8::is_ascii_whitespace) {
                return Ok(Some(line));
            }
        }
    }

    async fn any(&mut self) -> Result<Option<Line>, E> {
        let mut line = Line { number: self.number + 1, bytes: Vec::new(), too_long: false };
        let mut began = false;
        loop {
            while self.chunk.is_empty() {
                match self.stream.next().await {
                    Some(chunk) => self.chunk = chunk?,
                    None => {
                        self.number += i64::from(began);
                        return Ok(began.then_some(line));
                    }
                }
            }
            began = true;
            let end = self.chunk.iter().position(|byte| *byte == b'\n');
            let piece = self.chunk.split_to(end.unwrap_or(self.chunk.len()));
            let room = LIMIT - line.bytes.len();
            line.too_long |= piece.len() > room;
            line.bytes.extend_from_slice(piece.get(..room).unwrap_or(&piece));
            if end.is_some() {
                // The line feed itself.
                let _ = self.chunk.split_to(1);
                self.number += 1;
                return Ok(Some(line));
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use std::convert::Infallible;

    use bytes::Bytes;
    use futures_util::stream;

    use super::{LIMIT, Lines};

    async fn lines(chunks: &[&[u8]]) -> Vec<(i64, Vec<u8>, bool)> {
        let chunks: Vec<Result<Bytes, Infallible>> =
            chunks.iter().map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        let mut lines = Lines::of(stream::iter(chunks));
        let mut found = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            found.push((line.number, line.bytes, line.too_long));
        }
        found
    }

    #[tokio::test]
    async fn lines_come_whole_however_the_bytes_come() {
        let found = lines(&[b"\xEF\xBB\xBF{\"a\"", b":1}\r", b"\n\n  \n{}", b"\n[1]"]).await;
        let expected: Vec<(i64, Vec<u8>, bool)> = vec![
            (1, b"{\"a\":1}\r".to_vec(), false),
            (4, b"{}".to_vec(), false),
            (5, b"[1]".to_vec(), false),
        ];
        assert_eq!(found, expected);
        assert!(lines(&[]).await.is_empty() && lines(&[b"\n", b""]).await.is_empty());
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_cut_and_the_next_one_is_read() {
        let long = vec![b'x'; LIMIT + 1];
        let found = lines(&[&long, b"xx\n{}\n"]).await;
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].0, found[0].1.len(), found[0].2), (1, LIMIT, true));
        assert_eq!(found[1], (2, b"{}".to_vec(), false));
        assert!(!lines(&[&vec![b'x'; LIMIT]]).await[0].2);
    }
}
