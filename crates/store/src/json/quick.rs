//! A reader for JSON of which most is not wanted: it jumps over the rest without looking at it closely.
//!
//! It takes what API servers write and gives up on what is odd, without a reason: then `serde_json` reads the same again
//! and decides. So nothing is refused here, and nothing has to be worded. What is jumped over is not checked.

use std::borrow::Cow;
use std::fmt;

use periscope_cluster::Nesting;
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// Not what this reader takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Odd;

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("odd JSON")
    }
}

impl std::error::Error for Odd {}

impl de::Error for Odd {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// The value of `json`, borrowing from it where it can.
pub(crate) fn from_slice<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, serde_json::Error> {
    quick(json).or_else(|Odd| serde_json::from_slice(json))
}

fn quick<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Odd> {
    let mut reader = Reader { json, at: 0 };
    let value = T::deserialize(&mut reader)?;
    reader.peek().map_or(Ok(value), |_| Err(Odd))
}

struct Reader<'a> {
    json: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// The next byte that is not space; none at the end.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.json.get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Result<(), Odd> {
        if self.peek() != Some(byte) {
            return Err(Odd);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), Odd> {
        let found = self.json[self.at..].starts_with(word.as_bytes());
        self.at += word.len();
        if found { Ok(()) } else { Err(Odd) }
    }

    /// A string as it is written, between its quotes, and whether there are escapes in it.
    fn string(&mut self) -> Result<(&'a [u8], bool), Odd> {
        self.take(b'"')?;
        let (from, mut escapes) = (self.at, false);
        loop {
            self.at += quote_or_backslash(&self.json[self.at..]).ok_or(Odd)?;
            if self.json[self.at] == b'"' {
                self.at += 1;
                return Ok((&self.json[from..self.at - 1], escapes));
            }
            escapes = true;
            // What is escaped may itself be a quote or a backslash.
            self.at += 2;
            if self.at > self.json.len() {
                return Err(Odd);
            }
        }
    }

    fn text(&mut self) -> Result<Cow<'a, str>, Odd> {
        let (raw, escapes) = self.string()?;
        if escapes {
            let quoted = &self.json[self.at - raw.len() - 2..self.at];
            return serde_json::from_slice(quoted).map(Cow::Owned).map_err(|_| Odd);
        }
        std::str::from_utf8(raw).map(Cow::Borrowed).map_err(|_| Odd)
    }

    fn number<V: Visitor<'a>>(&mut self, visitor: V) -> Result<V::Value, Odd> {
        let rest = &self.json[self.at..];
        let digits = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let text = &rest[..rest.iter().position(|byte| !digits(byte)).unwrap_or(rest.len())];
        if !text.first().is_some_and(|first| first.is_ascii_digit() || *first == b'-') {
            return Err(Odd);
        }
        self.at += text.len();
        let text = std::str::from_utf8(text).map_err(|_| Odd)?;
        if let Ok(number) = text.parse() {
            return visitor.visit_u64(number);
        }
        match text.parse() {
            // Minus zero is no integer.
            Ok(number) if number != 0 => visitor.visit_i64(number),
            _ => visitor.visit_f64(serde_json::from_str(text).map_err(|_| Odd)?),
        }
    }

    /// Jumps over a value.
    fn skip(&mut self) -> Result<(), Odd> {
        match self.peek().ok_or(Odd)? {
            b'"' => self.string().map(|_| ()),
            b'{' | b'[' => {
                self.at = Nesting::new(u32::MAX / 2).close(self.json, self.at).ok_or(Odd)?;
                Ok(())
            }
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(de::IgnoredAny).map(|_| ()),
        }
    }
}

/// Where the first of both is. Most strings are shorter than what the start of a vector search costs.
fn quote_or_backslash(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const QUOTES: u64 = ONES * b'"' as u64;
    const BACKSLASHES: u64 = ONES * b'\\' as u64;
    // The lowest bit that is set stands in the first byte that is zero; what is above it may be wrong.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    let (words, rest) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zeros(word ^ QUOTES) | zeros(word ^ BACKSLASHES);
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).map(|at| words.len() * 8 + at)
}

impl<'a> Deserializer<'a> for &mut Reader<'a> {
    type Error = Odd;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Odd> {
        match self.peek().ok_or(Odd)? {
            b'"' => match self.text()? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            b'{' => {
                self.at += 1;
                visitor.visit_map(Members { reader: self, first: true })
            }
            b'[' => {
                self.at += 1;
                visitor.visit_seq(Members { reader: self, first: true })
            }
            b't' => self.word("true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.word("false").and_then(|()| visitor.visit_bool(false)),
            b'n' => self.word("null").and_then(|()| visitor.visit_unit()),
            _ => self.number(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Odd> {
        if self.peek() == Some(b'n') {
            return self.word("null").and_then(|()| visitor.visit_none());
        }
        visitor.visit_some(self)
    }

    fn deserialize_identifier<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Odd> {
        match self.string()? {
            // Names of fields that are known are no other bytes than these.
            (raw, false) => visitor.visit_borrowed_bytes(raw),
            (_, true) => Err(Odd),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Odd> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, _: &'static str, visitor: V) -> Result<V::Value, Odd> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum
    }
}

/// What is between the brackets of an object or a list.
struct Members<'r, 'a> {
    reader: &'r mut Reader<'a>,
    first: bool,
}

impl Members<'_, '_> {
    /// Whether there is another one.
    fn more(&mut self, end: u8) -> Result<bool, Odd> {
        if self.reader.peek() == Some(end) {
            self.reader.at += 1;
            return Ok(false);
        }
        if !std::mem::take(&mut self.first) {
            self.reader.take(b',')?;
        }
        Ok(true)
    }
}

impl<'a> MapAccess<'a> for Members<'_, 'a> {
    type Error = Odd;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Odd> {
        if !self.more(b'}')? {
            return Ok(None);
        }
        if self.reader.peek() != Some(b'"') {
            return Err(Odd);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Odd> {
        self.reader.take(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

impl<'a> SeqAccess<'a> for Members<'_, 'a> {
    type Error = Odd;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Odd> {
        if self.more(b']')? { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }
}

#[cfg(test)]
mod tests;
