//! Splits a JSON list into its items while it arrives, without parsing it.
//!
//! A list is an object (the envelope) with one long array under `items` or `rows`. The splitter hands out each
//! element's bytes as soon as it is complete and keeps the envelope with that array left out. It knows strings,
//! escapes and nesting, nothing else: whether an element is valid JSON is found out by whoever parses it.

mod envelope;
mod item;

use bytes::Bytes;
use envelope::EnvelopeScan;
use item::ItemScan;

/// One item; the API server's own limit for an object is 1.5 MiB by default.
pub(crate) const MAX_ITEM: usize = 8 << 20;
/// Everything outside the array: metadata and column definitions.
const MAX_ENVELOPE: usize = 1 << 20;
/// `serde_json` refuses deeper values.
const MAX_DEPTH: u32 = 120;

/// What the splitter found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Item(Bytes),
    /// An element beyond a limit: its beginning, and which limit.
    Skipped {
        start: Bytes,
        reason: String,
    },
    /// The envelope with an empty array where the items were.
    Envelope(Bytes),
}

/// Why a body is not a list; `at` counts bytes from its beginning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}{}", Near(.near))]
pub(crate) struct SplitError {
    pub(crate) what: String,
    pub(crate) at: u64,
    pub(crate) near: Vec<u8>,
}

/// The bytes around a mistake, made safe to show.
struct Near<'a>(&'a [u8]);

impl std::fmt::Display for Near<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, ", near {:?}", String::from_utf8_lossy(self.0))
    }
}

/// Limits, smaller in tests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) item: usize,
    pub(crate) envelope: usize,
    pub(crate) depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { item: MAX_ITEM, envelope: MAX_ENVELOPE, depth: MAX_DEPTH }
    }
}

#[derive(Debug)]
enum Place {
    /// Outside the array.
    Envelope,
    /// In the array, before an item, a comma or its end.
    Between {
        expect: Expect,
    },
    InItem,
    /// The envelope's object is closed.
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    ItemOrEnd,
    Item,
    CommaOrEnd,
}

/// Push chunks, take pieces until there is none, push on; then [`Splitter::finish`].
#[derive(Debug)]
pub(crate) struct Splitter {
    place: Place,
    envelope: EnvelopeScan,
    item: ItemScan,
    chunk: Bytes,
    /// Where in `chunk` to go on.
    at: usize,
    /// Bytes in the chunks before this one.
    before: u64,
    items: u64,
}

impl Splitter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            place: Place::Envelope,
            envelope: EnvelopeScan::new(limits),
            item: ItemScan::new(limits),
            chunk: Bytes::new(),
            at: 0,
            before: 0,
            items: 0,
        }
    }

    /// Takes the next chunk; the one before must have been used up (`next` returned `None`).
    pub(crate) fn push(&mut self, chunk: Bytes) {
        self.before += self.chunk.len() as u64;
        self.chunk = chunk;
        self.at = 0;
    }

    /// The next piece that is complete, or `None` when another chunk is needed.
    pub(crate) fn next(&mut self) -> Result<Option<Piece>, SplitError> {
        while self.at < self.chunk.len() {
            match self.place {
                Place::Envelope => {
                    if let Some(piece) = self.scan_envelope()? {
                        return Ok(Some(piece));
                    }
                }
                Place::Between { expect } => self.scan_between(expect)?,
                Place::InItem => {
                    let (end, piece) = self.item.scan(&self.chunk, self.at);
                    self.at = end;
                    if let Some(piece) = piece {
                        self.items += 1;
                        self.place = Place::Between { expect: Expect::CommaOrEnd };
                        return Ok(Some(piece));
                    }
                }
                Place::Done => {
                    let rest = &self.chunk[self.at..];
                    match rest.iter().position(|byte| !byte.is_ascii_whitespace()) {
                        Some(offset) => {
                            self.at += offset;
                            return Err(self.error("something follows the list"));
                        }
                        None => self.at = self.chunk.len(),
                    }
                }
            }
        }
        Ok(None)
    }

    /// Whether the items are rows of a table.
    pub(crate) fn rows(&self) -> bool {
        self.envelope.rows()
    }

    /// Whether the body may end here.
    pub(crate) fn finish(&self) -> Result<(), SplitError> {
        let what = match self.place {
            Place::Done => return Ok(()),
            Place::Envelope if self.before == 0 && self.chunk.is_empty() => "the body is empty".to_owned(),
            Place::Envelope => format!("the body ends before the list does, after {} items", self.items),
            Place::Between { .. } => format!("the body ends after item {}, before the list does", self.items),
            Place::InItem => format!("the body ends inside item {}", self.items + 1),
        };
        Err(SplitError { what, at: self.before + self.at as u64, near: Vec::new() })
    }

    fn scan_envelope(&mut self) -> Result<Option<Piece>, SplitError> {
        use envelope::Step;
        match self.envelope.scan(&self.chunk, &mut self.at) {
            Ok(Step::More) => Ok(None),
            Ok(Step::Array) => {
                self.place = Place::Between { expect: Expect::ItemOrEnd };
                Ok(None)
            }
            Ok(Step::End) => {
                self.place = Place::Done;
                Ok(Some(Piece::Envelope(self.envelope.take())))
            }
            Err(what) => Err(self.error(what)),
        }
    }

    fn scan_between(&mut self, expect: Expect) -> Result<(), SplitError> {
        let byte = self.chunk[self.at];
        if byte.is_ascii_whitespace() {
            self.at += 1;
            return Ok(());
        }
        self.place = match (byte, expect) {
            (b'{', Expect::ItemOrEnd | Expect::Item) => {
                self.item.begin();
                self.place = Place::InItem;
                return Ok(());
            }
            (b']', Expect::ItemOrEnd | Expect::CommaOrEnd) => {
                self.envelope.array_closed();
                Place::Envelope
            }
            (b',', Expect::CommaOrEnd) => Place::Between { expect: Expect::Item },
            _ => return Err(self.error("an item or the end of the list was expected")),
        };
        self.at += 1;
        Ok(())
    }

    fn error(&self, what: impl Into<String>) -> SplitError {
        let near = &self.chunk[self.at.min(self.chunk.len())..];
        SplitError { what: what.into(), at: self.before + self.at as u64, near: near[..near.len().min(40)].to_vec() }
    }
}

#[cfg(test)]
mod tests;
