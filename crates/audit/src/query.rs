//! Questions to the record: which rows, how many when, and which belong together.

mod field;
mod filter;
mod histogram;
mod page;
mod shelf;
mod standing;
mod tail;
mod walk;

pub use field::Field;
pub use filter::{Filter, Visibility};
pub use histogram::{Counts, Histogram};
pub use page::{Page, Pair};
pub use standing::{Covering, Standing};

pub(crate) use filter::Question;
pub(crate) use shelf::{Shelf, block_of};
