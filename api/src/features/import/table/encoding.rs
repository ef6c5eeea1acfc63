//! The encodings of text files: UTF-8 with and without its mark, UTF-16, and GB 18030 as office programs
//! in China save it.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use encoding_rs::{CoderResult, Decoder, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

const CHUNK: usize = 32 * 1024;

/// The encodings that a file may have, the likeliest first: one where it is sure.
///
/// # Errors
/// When the file cannot be read.
pub fn candidates(file: &mut File) -> io::Result<Vec<&'static Encoding>> {
    let head = head(file)?;
    if let Some((encoding, _)) = Encoding::for_bom(&head) {
        return Ok(vec![encoding]);
    }
    if let Some(encoding) = wide(&head) {
        return Ok(vec![encoding]);
    }
    if is_free_of_faults(file, UTF_8)? {
        return Ok(vec![UTF_8]);
    }
    if is_free_of_faults(file, GB18030)? {
        // A text in UTF-8 with one broken character often passes for one in GB 18030, full of nonsense.
        return Ok(vec![GB18030, UTF_8]);
    }
    Ok(vec![UTF_8, GB18030])
}

fn head(file: &mut File) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    file.take(4096).read_to_end(&mut head)?;
    Ok(head)
}

/// UTF-16 without its mark: separators and line ends have a zero byte on one side.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    let zeros = |side: usize| head.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if (even + odd) * 50 < head.len() {
        return None;
    }
    match (even, odd) {
        (even, odd) if odd > even * 4 => Some(UTF_16LE),
        (even, odd) if even > odd * 4 => Some(UTF_16BE),
        _ => None,
    }
}

fn is_free_of_faults(file: &mut File, encoding: &'static Encoding) -> io::Result<bool> {
    file.seek(SeekFrom::Start(0))?;
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut raw, mut out) = (vec![0_u8; CHUNK], vec![0_u8; CHUNK * 3 + 16]);
    loop {
        let n = file.read(&mut raw)?;
        let mut rest = raw.get(..n).unwrap_or_default();
        loop {
            let (result, read, _, faulty) = decoder.decode_to_utf8(rest, &mut out, n == 0);
            if faulty {
                return Ok(false);
            }
            rest = rest.get(read..).unwrap_or_default();
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        if n == 0 {
            return Ok(true);
        }
    }
}

/// A file as UTF-8. What is no character becomes U+FFFD.
pub struct Decoded {
    file: File,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What is in `raw` and not decoded yet.
    at: (usize, usize),
    out: Vec<u8>,
    /// What is decoded and not read yet.
    ready: (usize, usize),
    ended: bool,
}

impl Decoded {
    /// # Errors
    /// When the file cannot be read.
    pub fn of(mut file: File, encoding: &'static Encoding) -> io::Result<Self> {
        file.seek(SeekFrom::Start(0))?;
        Ok(Self {
            file,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; CHUNK],
            at: (0, 0),
            out: vec![0; CHUNK * 3 + 16],
            ready: (0, 0),
            ended: false,
        })
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.ready.0 == self.ready.1 {
            if self.ended {
                return Ok(0);
            }
            let mut last = false;
            if self.at.0 == self.at.1 {
                let n = self.file.read(&mut self.raw)?;
                self.at = (0, n);
                last = n == 0;
            }
            let rest = self.raw.get(self.at.0..self.at.1).unwrap_or_default();
            let (result, read, written, _) = self.decoder.decode_to_utf8(rest, &mut self.out, last);
            self.at.0 += read;
            self.ready = (0, written);
            self.ended = last && result == CoderResult::InputEmpty;
        }
        let mut ready = self.out.get(self.ready.0..self.ready.1).unwrap_or_default();
        let n = ready.read(buffer)?;
        self.ready.0 += n;
        Ok(n)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use std::io::{Read, Write};

    use encoding_rs::{Encoding, GB18030, UTF_8};

    use super::{Decoded, candidates};

    fn read(bytes: &[u8]) -> (&'static Encoding, String) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let encoding = candidates(&mut file).unwrap()[0];
        let mut text = String::new();
        Decoded::of(file, encoding).unwrap().read_to_string(&mut text).unwrap();
        (encoding, text)
    }

    #[test]
    fn a_text_is_read_however_the_program_saved_it() {
        let text = format!("成果名称,简介\r\n{}", "氢气循环泵,用于燃料电池𠮷\r\n".repeat(5000));
        let wide = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<u8>>();
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        let little = [b"\xFF\xFE".to_vec(), wide(u16::to_le_bytes)].concat();
        let chinese = GB18030.encode(&text).0.into_owned();
        for bytes in [text.as_bytes(), &marked, &little, &wide(u16::to_be_bytes), &chinese] {
            assert_eq!(read(bytes).1, text);
        }
        assert_eq!(read(text.as_bytes()).0, UTF_8);
    }
}
