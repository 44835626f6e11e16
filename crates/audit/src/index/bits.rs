//! A set of rows of one block.

use super::{WORD, WORDS};

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Bits(Box<[u64; WORDS]>);

impl Bits {
    pub(crate) fn none() -> Self {
        Self(Box::new([0; WORDS]))
    }

    /// The rows from `from` until before `to`.
    pub(crate) fn range(from: usize, to: usize) -> Self {
        let mut bits = Self::none();
        for (at, word) in bits.0.iter_mut().enumerate() {
            let (start, end) = (at * WORD, (at + 1) * WORD);
            let (low, high) = (from.clamp(start, end) - start, to.clamp(start, end) - start);
            *word = below(high) & !below(low);
        }
        bits
    }

    pub(crate) fn insert(&mut self, row: usize) {
        self.0[row / WORD] |= 1 << (row % WORD);
    }

    pub(crate) fn and(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0.iter()).for_each(|(word, other)| *word &= other);
    }

    pub(crate) fn or(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0.iter()).for_each(|(word, other)| *word |= other);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(crate) fn word(&self, at: usize) -> u64 {
        self.0[at]
    }

    pub(crate) fn set_word(&mut self, at: usize, word: u64) {
        self.0[at] = word;
    }

    /// The last `limit` rows of the set, last first.
    pub(crate) fn last(&self, limit: usize) -> Vec<usize> {
        let mut rows = Vec::new();
        for (at, word) in self.0.iter().enumerate().rev() {
            let mut word = *word;
            while word != 0 {
                if rows.len() == limit {
                    return rows;
                }
                let bit = WORD - 1 - word.leading_zeros() as usize;
                rows.push(at * WORD + bit);
                word &= !(1 << bit);
            }
        }
        rows
    }

    pub(crate) fn first(&self) -> Option<usize> {
        let at = self.0.iter().position(|word| *word != 0)?;
        Some(at * WORD + self.0[at].trailing_zeros() as usize)
    }

    /// Sets what `encoded` holds (see [`encode_rows`]).
    pub(crate) fn insert_encoded(&mut self, encoded: &[u8]) -> Option<()> {
        if encoded.len() == WORDS * 8 {
            for (word, bytes) in self.0.iter_mut().zip(encoded.as_chunks::<8>().0) {
                *word |= u64::from_le_bytes(*bytes);
            }
            return Some(());
        }
        let (mut rest, mut row) = (encoded, 0);
        while !rest.is_empty() {
            row += usize::try_from(take_varint(&mut rest)?).ok()?;
            if row >= WORDS * WORD {
                return None;
            }
            self.insert(row);
            row += 1;
        }
        Some(())
    }
}

/// Bits below `count`.
fn below(count: usize) -> u64 {
    if count >= WORD { u64::MAX } else { (1 << count) - 1 }
}

/// Ascending rows as distances, or as a bit set where that is shorter.
pub(crate) fn encode_rows(rows: &[u16]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rows.len());
    let mut next = 0;
    for row in rows {
        put_varint(&mut bytes, u64::from(*row) - next);
        next = u64::from(*row) + 1;
    }
    if bytes.len() < WORDS * 8 {
        return bytes;
    }
    let mut bits = Bits::none();
    for row in rows {
        bits.insert(usize::from(*row));
    }
    bits.0.iter().flat_map(|word| word.to_le_bytes()).collect()
}

pub(crate) fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}

pub(crate) fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_full_block_is_a_bit_set_and_a_sparse_one_is_not() {
        let all: Vec<u16> = (0..=u16::MAX).collect();
        assert_eq!(encode_rows(&all).len(), 8192);
        assert_eq!(encode_rows(&[65535]).len(), 3);
        let mut bits = Bits::none();
        bits.insert_encoded(&encode_rows(&all)).expect("decoded");
        assert!(bits == Bits::range(0, 65536));
    }

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(rows in proptest::collection::btree_set(any::<u16>(), 0..300), dense in any::<bool>()) {
            let rows: BTreeSet<u16> = if dense { rows.iter().flat_map(|row| row.saturating_sub(90)..=*row).collect() } else { rows };
            let list: Vec<u16> = rows.iter().copied().collect();
            let mut bits = Bits::none();
            bits.insert_encoded(&encode_rows(&list)).expect("decoded");
            let last: Vec<usize> = bits.last(usize::MAX);
            prop_assert_eq!(last, list.iter().rev().map(|row| usize::from(*row)).collect::<Vec<_>>());
            prop_assert_eq!(bits.first(), list.first().map(|row| usize::from(*row)));
        }

        #[test]
        fn ranges_hold_what_is_between(from in 0usize..65537, to in 0usize..65537) {
            let bits = Bits::range(from, to);
            prop_assert_eq!(bits.last(usize::MAX).len(), to.saturating_sub(from));
            prop_assert_eq!(bits.first(), (from < to).then_some(from));
        }

        #[test]
        fn bytes_from_anywhere_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Bits::none().insert_encoded(&bytes);
        }
    }
}
