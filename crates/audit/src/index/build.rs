//! A block while it is being filled, in memory.

use std::collections::HashMap;

use super::{BLOCK, Bits, terms, terms_of};
use crate::store::Stored;

/// Rows of one block, by term.
#[derive(Debug, Clone, Default)]
pub(crate) struct Build {
    pub(super) terms: HashMap<Box<[u8]>, Vec<u16>>,
    /// By row; the time of a row that is not there is that of the row before it.
    pub(super) times: Vec<i64>,
}

impl Build {
    /// Adds the next row of the block. Rows that are missing before it stay without terms.
    pub(crate) fn add(&mut self, row: &Stored) {
        let at = u16::try_from(row.number % BLOCK).unwrap_or(u16::MAX);
        let decoded = terms::decoded(&row.body);
        let before = self.times.last().copied();
        let time = decoded.as_ref().map(|row| row.time.as_millisecond()).or(before).unwrap_or_default();
        self.times.resize(usize::from(at), before.unwrap_or(time));
        self.times.push(time);
        let Some(decoded) = decoded else { return };
        terms_of(&decoded, |term| {
            let rows = match self.terms.get_mut(term.as_slice()) {
                Some(rows) => rows,
                None => self.terms.entry(term.into_boxed_slice()).or_default(),
            };
            if rows.last() != Some(&at) {
                rows.push(at);
            }
        });
    }

    pub(crate) fn exact(&self, term: &[u8]) -> Bits {
        let mut bits = Bits::none();
        self.terms.get(term).into_iter().flatten().for_each(|row| bits.insert(usize::from(*row)));
        bits
    }

    pub(crate) fn prefix(&self, prefix: &[u8]) -> Bits {
        let mut bits = Bits::none();
        for (_, rows) in self.terms.iter().filter(|(term, _)| term.starts_with(prefix)) {
            for row in rows {
                bits.insert(usize::from(*row));
            }
        }
        bits
    }

    pub(crate) fn times(&self) -> &[i64] {
        &self.times
    }
}
