//! What makes the record quick to ask: for each block of 65,536 rows, which rows have which term, and when they were.
//!
//! The index is made from the rows, after they are durable and beside them. It may be deleted at any time; a block that is
//! missing is made again when somebody asks for it. Rows it finds are decoded and checked before anybody sees them.

mod bits;
mod build;
mod sealed;
mod terms;

pub(crate) use bits::Bits;
pub(crate) use build::Build;
pub(crate) use sealed::{Header, Part, decode_times, encode, find};
use terms::terms_of;
pub(crate) use terms::{Piece, closes, exact, has_pieces, pieces, request_prefix, word_prefix};

/// Rows of a block: what two bytes can count.
pub(crate) const BLOCK: u64 = ROWS as u64;
/// The same, to count with.
const ROWS: usize = 1 << 16;
/// Words of 64 rows in a block.
pub(crate) const WORDS: usize = ROWS / WORD;
/// Rows whose earliest and latest time are kept together: one word of a bit set.
pub(crate) const WORD: usize = 64;
/// Rows of one part of exact times.
pub(crate) const TIMES: usize = 4096;
