//! A whole block as it is stored: a header, times, and terms in order, in parts that are read one by one.

use super::bits::{encode_rows, put_varint, take_varint};
use super::{Bits, Build, ROWS, TIMES, WORD, WORDS};

const FORMAT: u8 = 1;
/// Terms and their rows are cut into parts of about so many bytes.
const PART: usize = 24 * 1024;

/// The name of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Header,
    /// The times of 4096 rows.
    Times(u8),
    Terms(u32),
}

impl Part {
    pub(crate) fn key(self) -> Vec<u8> {
        match self {
            Self::Header => vec![0],
            Self::Times(at) => vec![1, at],
            Self::Terms(at) => [&[2][..], &at.to_be_bytes()].concat(),
        }
    }

    /// Whether bytes make sense as this part.
    pub(crate) fn is_whole(self, bytes: &[u8]) -> bool {
        match self {
            Self::Header => Header::decode(bytes).is_some(),
            Self::Times(_) => decode_times(bytes).is_some(),
            // Longer than any term: all of the part is gone through, and nothing is found.
            Self::Terms(_) => find(bytes, &[u8::MAX; 300], true, &mut Bits::none()).is_some(),
        }
    }
}

/// What is known of a block without reading its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// The earliest and the latest time of each 64 rows.
    pub(crate) spans: Vec<(i64, i64)>,
    /// The first term of each part of terms.
    pub(crate) directory: Vec<Box<[u8]>>,
}

impl Header {
    /// The earliest and the latest time of all.
    pub(crate) fn span(&self) -> (i64, i64) {
        let low = self.spans.iter().map(|span| span.0).min().unwrap_or(i64::MAX);
        (low, self.spans.iter().map(|span| span.1).max().unwrap_or(i64::MIN))
    }

    /// The parts in which terms that start with `prefix` may be.
    pub(crate) fn parts(&self, prefix: &[u8]) -> std::ops::Range<u32> {
        let start = self.directory.partition_point(|first| first.as_ref() <= prefix).saturating_sub(1);
        let end = self.directory.partition_point(|first| first.as_ref() < prefix || first.starts_with(prefix));
        u32::try_from(start).unwrap_or(0)..u32::try_from(end).unwrap_or(0)
    }

    fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        for (low, high) in &self.spans {
            bytes.extend(low.to_le_bytes());
            put_varint(&mut bytes, u64::try_from(high - low).unwrap_or_default());
        }
        for term in &self.directory {
            put_varint(&mut bytes, term.len() as u64);
            bytes.extend(term);
        }
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(&[FORMAT])?;
        let mut spans = Vec::with_capacity(WORDS);
        for _ in 0..WORDS {
            let (low, after) = rest.split_first_chunk()?;
            rest = after;
            let low = i64::from_le_bytes(*low);
            spans.push((low, low.checked_add_unsigned(take_varint(&mut rest)?)?));
        }
        let mut directory = Vec::new();
        while !rest.is_empty() {
            let length = usize::try_from(take_varint(&mut rest)?).ok()?;
            let (term, after) = rest.split_at_checked(length)?;
            directory.push(term.into());
            rest = after;
        }
        Some(Self { spans, directory })
    }
}

/// The parts of a whole block. The same rows give the same bytes.
pub(crate) fn encode(build: &Build) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut times = build.times().to_vec();
    let last = times.last().copied().unwrap_or_default();
    times.resize(ROWS, last);
    let span = |times: &[i64]| {
        let low = times.iter().copied().min().unwrap_or_default();
        (low, times.iter().copied().max().unwrap_or_default())
    };
    let mut header = Header { spans: times.chunks(WORD).map(span).collect(), directory: Vec::new() };
    let mut parts = Vec::new();
    for (at, times) in (0..).zip(times.chunks(TIMES)) {
        parts.push((Part::Times(at).key(), encode_times(times)));
    }
    let mut terms: Vec<_> = build.terms.iter().collect();
    terms.sort_unstable_by_key(|(term, _)| *term);
    let mut part = Vec::new();
    for (term, rows) in terms {
        if part.len() >= PART || header.directory.is_empty() {
            flush(&mut parts, &mut part, header.directory.len());
            header.directory.push(term.clone());
        }
        let rows = encode_rows(rows);
        put_varint(&mut part, term.len() as u64);
        part.extend(term);
        put_varint(&mut part, rows.len() as u64);
        part.extend(rows);
    }
    flush(&mut parts, &mut part, header.directory.len());
    parts.insert(0, (Part::Header.key(), header.encode()));
    parts
}

fn flush(parts: &mut Vec<(Vec<u8>, Vec<u8>)>, part: &mut Vec<u8>, started: usize) {
    if !part.is_empty() {
        let at = u32::try_from(started - 1).unwrap_or(u32::MAX);
        parts.push((Part::Terms(at).key(), std::mem::take(part)));
    }
}

fn encode_times(times: &[i64]) -> Vec<u8> {
    let (mut bytes, mut before) = (Vec::with_capacity(times.len() + 8), 0);
    for time in times {
        let step = time.wrapping_sub(before);
        put_varint(&mut bytes, ((step << 1) ^ (step >> 63)).cast_unsigned());
        before = *time;
    }
    bytes
}

pub(crate) fn decode_times(bytes: &[u8]) -> Option<Vec<i64>> {
    let (mut rest, mut times, mut before) = (bytes, Vec::with_capacity(TIMES), 0i64);
    while !rest.is_empty() {
        let zigzag = take_varint(&mut rest)?;
        before = before.wrapping_add((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed());
        times.push(before);
    }
    (times.len() == TIMES).then_some(times)
}

/// Adds the rows of terms in a part to a set: of the very term, or of each that starts with it. None when the part makes
/// no sense.
pub(crate) fn find(part: &[u8], wanted: &[u8], whole: bool, found: &mut Bits) -> Option<()> {
    let mut rest = part;
    while !rest.is_empty() {
        let length = usize::try_from(take_varint(&mut rest)?).ok()?;
        let (term, after) = rest.split_at_checked(length)?;
        rest = after;
        let length = usize::try_from(take_varint(&mut rest)?).ok()?;
        let (rows, after) = rest.split_at_checked(length)?;
        rest = after;
        if if whole { term == wanted } else { term.starts_with(wanted) } {
            found.insert_encoded(rows)?;
        } else if term > wanted {
            break;
        }
    }
    Some(())
}
