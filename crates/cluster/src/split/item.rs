//! One item: found whole in a chunk it is a slice of it, else it is gathered from several.

use bytes::{Bytes, BytesMut};

use super::{Limits, Piece};
use crate::nesting::Nesting;

/// How much of an item beyond a limit is kept, to tell its name.
const KEPT_START: usize = 16 << 10;

#[derive(Debug)]
pub(super) struct ItemScan {
    limits: Limits,
    nesting: Nesting,
    /// The item's bytes from earlier chunks.
    gathered: BytesMut,
    /// Length of the item so far; larger than `gathered` once it is beyond the limit.
    length: usize,
}

impl ItemScan {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, nesting: Nesting::new(limits.depth), gathered: BytesMut::new(), length: 0 }
    }

    pub(super) fn begin(&mut self) {
        self.nesting = Nesting::new(self.limits.depth);
        self.gathered = BytesMut::new();
        self.length = 0;
    }

    /// Reads on from `at`; returns where it stopped and the item if that is where it ends.
    pub(super) fn scan(&mut self, chunk: &Bytes, at: usize) -> (usize, Option<Piece>) {
        let closed = self.nesting.close(chunk, at);
        let end = closed.unwrap_or(chunk.len());
        self.length += end - at;
        let too_large = self.length > self.limits.item;
        if closed.is_none() {
            self.gather(&chunk[at..end], too_large);
            return (end, None);
        }
        let reason = if too_large {
            format!("it is {} bytes long, the limit is {}", self.length, self.limits.item)
        } else if let Some(levels) = self.nesting.too_deep() {
            format!("it is nested {levels} levels deep, the limit is {}", self.limits.depth)
        } else {
            return (end, Some(Piece::Item(self.whole(chunk, at, end))));
        };
        self.gather(&chunk[at..end], too_large);
        self.gathered.truncate(KEPT_START);
        (end, Some(Piece::Skipped { start: self.gathered.split().freeze(), reason }))
    }

    fn whole(&mut self, chunk: &Bytes, at: usize, end: usize) -> Bytes {
        if self.gathered.is_empty() {
            return chunk.slice(at..end);
        }
        self.gathered.extend_from_slice(&chunk[at..end]);
        self.gathered.split().freeze()
    }

    fn gather(&mut self, bytes: &[u8], too_large: bool) {
        if !too_large {
            self.gathered.extend_from_slice(bytes);
        } else if self.gathered.len() < KEPT_START {
            let room = KEPT_START - self.gathered.len();
            self.gathered.extend_from_slice(&bytes[..bytes.len().min(room)]);
        } else {
            // Beyond the limit only the beginning is of use.
            self.gathered.truncate(KEPT_START);
        }
    }
}
