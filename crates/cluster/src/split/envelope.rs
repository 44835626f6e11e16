//! The envelope of a list: everything but the array of items.

use bytes::{BufMut, Bytes, BytesMut};

use super::Limits;

/// Why the scan stopped.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The chunk is used up.
    More,
    /// The array of items has just been opened.
    Array,
    /// The envelope's object has just been closed.
    End,
}

/// The key that an array of items stands under.
#[derive(Debug, PartialEq, Eq)]
enum Array {
    Items,
    Rows,
}

/// A byte-by-byte scanner: the envelope is small, so it can afford to be plain.
#[derive(Debug)]
pub(super) struct EnvelopeScan {
    limits: Limits,
    kept: BytesMut,
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// Where in `kept` the last string at depth 1 begins and ends.
    last_string: (usize, usize),
    /// Depth 1, and a colon has followed the key.
    after_colon: bool,
    /// The array of items, once it has begun.
    array: Option<Array>,
}

impl EnvelopeScan {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            kept: BytesMut::new(),
            depth: 0,
            in_string: false,
            escaped: false,
            last_string: (0, 0),
            after_colon: false,
            array: None,
        }
    }

    pub(super) fn take(&mut self) -> Bytes {
        self.kept.split().freeze()
    }

    pub(super) fn rows(&self) -> bool {
        self.array == Some(Array::Rows)
    }

    /// The array's closing bracket was read by the splitter.
    pub(super) fn array_closed(&mut self) {
        self.kept.put_u8(b']');
        self.depth -= 1;
    }

    pub(super) fn scan(&mut self, chunk: &[u8], at: &mut usize) -> Result<Step, String> {
        while let Some(&byte) = chunk.get(*at) {
            if self.in_string {
                self.string_byte(byte);
            } else {
                self.check(byte)?;
            }
            if self.kept.len() >= self.limits.envelope {
                return Err(format!("the list's metadata is larger than {} bytes", self.limits.envelope));
            }
            *at += 1;
            self.kept.put_u8(byte);
            if self.in_string || self.escaped {
                continue;
            }
            match byte {
                b'[' if self.depth == 2 && self.is_items() => {
                    self.array = Some(if self.key() == Some(b"rows") { Array::Rows } else { Array::Items });
                    self.after_colon = false;
                    return Ok(Step::Array);
                }
                b'}' if self.depth == 0 => return Ok(Step::End),
                _ => {}
            }
        }
        Ok(Step::More)
    }

    fn string_byte(&mut self, byte: u8) {
        if self.escaped {
            self.escaped = false;
        } else if byte == b'\\' {
            self.escaped = true;
        } else if byte == b'"' {
            self.in_string = false;
            if self.depth == 1 && !self.after_colon {
                self.last_string.1 = self.kept.len();
            }
        }
    }

    fn check(&mut self, byte: u8) -> Result<(), String> {
        match byte {
            b'"' if self.depth > 0 => {
                self.in_string = true;
                if self.depth == 1 && !self.after_colon {
                    self.last_string = (self.kept.len() + 1, 0);
                }
            }
            b'{' | b'[' if self.depth > 0 || (byte == b'{' && self.kept.iter().all(u8::is_ascii_whitespace)) => {
                self.depth += 1;
                if self.depth > self.limits.depth {
                    return Err("the list's metadata is nested too deeply".to_owned());
                }
            }
            b'}' | b']' if self.depth > 0 => self.depth -= 1,
            b':' if self.depth == 1 => self.after_colon = true,
            b',' if self.depth == 1 => self.after_colon = false,
            _ if self.depth == 0 && !byte.is_ascii_whitespace() => {
                return Err("the body is not a JSON object".to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the bracket just read opens the value of `items` or `rows` at depth 1.
    fn is_items(&self) -> bool {
        self.after_colon && self.array.is_none() && matches!(self.key(), Some(b"items" | b"rows"))
    }

    fn key(&self) -> Option<&[u8]> {
        let (from, to) = self.last_string;
        self.kept.get(from..to)
    }
}
