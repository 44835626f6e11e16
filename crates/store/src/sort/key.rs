//! What one row is ordered by in one column.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde::{Deserialize, Serialize};

use super::Entry as Listed;
use crate::cell::Cell;

const NUMBER: u128 = 0;
const TEXT: u128 = 1;
const MISSING: u128 = 3;
/// The kind stands in the topmost bits, the value below it.
const KIND_SHIFT: u32 = 120;
const VALUE: u128 = (1 << KIND_SHIFT) - 1;
/// The class of a text stands above its bytes.
const CLASS_SHIFT: u32 = 112;
/// More distinct texts than this are not counted through.
const MAX_DISTINCT: usize = 4096;
/// Bytes of a text that fit.
const PREFIX: usize = 15;

/// A key, borrowed from a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SortKey<'a> {
    Missing,
    Number(f64),
    /// A class comes before the text: statuses are ordered by how bad they are, then by their words.
    Text(u8, Cow<'a, str>),
}

/// A key on its own, for cursors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum OwnedKey {
    #[serde(rename = "m")]
    Missing,
    #[serde(rename = "n")]
    Number(f64),
    #[serde(rename = "t")]
    Text(u8, String),
}

impl<'a> SortKey<'a> {
    pub(crate) fn of(entry: &'a Listed, column: &str, clusters: &'a [String]) -> Self {
        let row = &entry.row;
        let text = |text: &'a str| if text.is_empty() { Self::Missing } else { Self::Text(0, Cow::Borrowed(text)) };
        match column {
            "name" => return text(&row.meta.name),
            "namespace" => return text(&row.meta.namespace),
            "cluster" => return clusters.get(entry.part as usize).map_or(Self::Missing, |cluster| text(cluster)),
            "status" if !row.status().is_empty() => {
                return Self::Text(row.class() as u8 + 1, Cow::Borrowed(row.status()));
            }
            _ => {}
        }
        let cell = row.cell(column);
        match (cell.number(), cell) {
            (Some(number), _) => Self::Number(number),
            (None, Cell::Text(text)) => Self::Text(0, text),
            _ => Self::Missing,
        }
    }

    /// The same key with its own memory.
    pub(crate) fn to_owned_key(&self) -> OwnedKey {
        match self {
            Self::Missing => OwnedKey::Missing,
            Self::Number(number) => OwnedKey::Number(*number),
            Self::Text(class, text) => OwnedKey::Text(*class, text.to_string()),
        }
    }

    /// Missing is last, whichever way.
    pub(crate) fn compare(&self, other: &SortKey<'_>, descending: bool) -> Ordering {
        let ordering = match (self, other) {
            (Self::Missing, SortKey::Missing) => return Ordering::Equal,
            (Self::Missing, _) => return Ordering::Greater,
            (_, SortKey::Missing) => return Ordering::Less,
            (Self::Number(a), SortKey::Number(b)) => ordered(*a).cmp(&ordered(*b)),
            (Self::Number(_), SortKey::Text(..)) => Ordering::Less,
            (Self::Text(..), SortKey::Number(_)) => Ordering::Greater,
            (Self::Text(a, x), SortKey::Text(b, y)) => a.cmp(b).then_with(|| {
                // Interned texts are often the very same.
                if std::ptr::eq::<str>(x.as_ref(), y.as_ref()) {
                    Ordering::Equal
                } else {
                    x.as_bytes().cmp(y.as_bytes())
                }
            }),
        };
        if descending { ordering.reverse() } else { ordering }
    }

    /// A number that orders like the key as far as it can tell keys apart.
    pub(crate) fn rank(&self, descending: bool) -> u128 {
        let rank = match self {
            Self::Missing => return MISSING << KIND_SHIFT,
            Self::Number(number) => NUMBER << KIND_SHIFT | u128::from(ordered(*number)),
            Self::Text(class, text) => {
                let mut bytes = [0_u8; 16];
                bytes[1] = *class;
                let kept = text.len().min(PREFIX - 1);
                bytes[2..2 + kept].copy_from_slice(&text.as_bytes()[..kept]);
                TEXT << KIND_SHIFT | u128::from_be_bytes(bytes)
            }
        };
        if descending { reversed(rank) } else { rank }
    }
}

impl OwnedKey {
    pub(crate) fn borrowed(&self) -> SortKey<'_> {
        match self {
            Self::Missing => SortKey::Missing,
            Self::Number(number) => SortKey::Number(*number),
            Self::Text(class, text) => SortKey::Text(*class, Cow::Borrowed(text)),
        }
    }
}

/// The ranks of many keys. Texts of which there are only some (nodes, images, owners) are counted through, so that
/// their ranks are exact and need no second look.
pub(super) fn ranks(keys: &[SortKey<'_>], descending: bool) -> Vec<u128> {
    let ordinals = ordinals(keys);
    let rank = |key: &SortKey<'_>| match (key, &ordinals) {
        (SortKey::Text(class, text), Some(ordinals)) => {
            let ordinal = ordinals.get(&address(text)).copied().unwrap_or_default();
            let rank = TEXT << KIND_SHIFT | u128::from(*class) << CLASS_SHIFT | u128::from(ordinal) << 8;
            if descending { reversed(rank) } else { rank }
        }
        _ => key.rank(descending),
    };
    keys.iter().map(rank).collect()
}

type Address = (usize, usize);

fn address(text: &str) -> Address {
    (text.as_ptr() as usize, text.len())
}

/// The place of each distinct text among them; `None` when there are too many to be worth it.
fn ordinals(keys: &[SortKey<'_>]) -> Option<HashMap<Address, u32>> {
    let mut ordinals: HashMap<Address, u32> = HashMap::new();
    let mut texts: Vec<&str> = Vec::new();
    for key in keys {
        let SortKey::Text(_, text) = key else { continue };
        if let Entry::Vacant(vacant) = ordinals.entry(address(text)) {
            if texts.len() == MAX_DISTINCT {
                return None;
            }
            vacant.insert(0);
            texts.push(text);
        }
    }
    texts.sort_unstable();
    let mut ordinal = 0;
    for (at, text) in texts.iter().enumerate() {
        if at > 0 && texts[at - 1] != *text {
            ordinal += 1;
        }
        ordinals.insert(address(text), ordinal);
    }
    Some(ordinals)
}

/// Texts before numbers, and each the other way round; still before what is missing.
fn reversed(rank: u128) -> u128 {
    let kind = TEXT - (rank >> KIND_SHIFT);
    kind << KIND_SHIFT | (VALUE - (rank & VALUE))
}

/// Whether equal ranks mean equal keys.
pub(super) fn rank_is_exact(rank: u128, descending: bool) -> bool {
    if rank >> KIND_SHIFT == MISSING {
        return true;
    }
    let rank = if descending { reversed(rank) } else { rank };
    rank >> KIND_SHIFT != TEXT || rank.trailing_zeros() >= 8
}

/// Bits that order like the number.
fn ordered(number: f64) -> u64 {
    let bits = if number == 0.0 { 0 } else { number.to_bits() };
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> impl Strategy<Value = OwnedKey> {
        prop_oneof![
            Just(OwnedKey::Missing),
            proptest::num::f64::NORMAL.prop_map(OwnedKey::Number),
            (0_u8..9, "[a-z0-9-]{1,20}").prop_map(|(class, text)| OwnedKey::Text(class, text)),
        ]
    }

    #[test]
    fn counted_texts_order_like_their_keys() {
        let texts =
            ["ip-10-0-0-12.eu-west-1.internal", "ip-10-0-0-123.eu-west-1.internal", "b", "b"].map(str::to_owned);
        let mut keys: Vec<SortKey<'_>> = texts.iter().map(|text| SortKey::Text(0, Cow::Borrowed(text))).collect();
        keys.extend([SortKey::Missing, SortKey::Number(1.0), SortKey::Text(2, Cow::Borrowed(&texts[2]))]);
        for descending in [false, true] {
            let ranks = ranks(&keys, descending);
            for (a, x) in keys.iter().zip(&ranks) {
                for (b, y) in keys.iter().zip(&ranks) {
                    assert_eq!(x.cmp(y), a.compare(b, descending), "{a:?} {b:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn ranks_agree_with_keys(a in key(), b in key(), descending: bool) {
            let (a, b) = (a.borrowed(), b.borrowed());
            let (x, y) = (a.rank(descending), b.rank(descending));
            let full = a.compare(&b, descending);
            if x == y {
                prop_assert!(full == Ordering::Equal || !rank_is_exact(x, descending));
            } else {
                prop_assert_eq!(x.cmp(&y), full);
            }
        }
    }
}
