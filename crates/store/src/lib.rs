#![doc = include_str!("../README.md")]

mod cell;
mod feed;
mod filter;
mod intern;
mod json;
mod judge;
mod key;
mod labels;
mod lease;
mod partition;
mod quantity;
mod reader;
pub mod rows;
mod sort;
mod source;
mod store;
#[cfg(test)]
mod testing;
mod time;
mod view;
mod visible;

pub use cell::{Cell, Column, ColumnType};
pub use filter::{Filter, FilterError};
pub use intern::Sym;
pub use judge::{Class, Judgement};
pub use key::{FeedIdentity, FeedKey};
pub use labels::{Labels, Operator, Requirement, Selector};
pub use lease::Lease;
pub use partition::Tally;
pub use quantity::Quantity;
pub use reader::Reader;
pub use rows::{Row, is_typed};
pub use sort::Sort;
pub use source::{ClusterSource, ListFrames, Source, Upstream, WatchEvents};
pub use store::{Options, Stats, Store};
pub use view::{CursorError, Frame, Page, Part, Query, View};
pub use visible::Visible;
