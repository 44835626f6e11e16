#![doc = include_str!("../README.md")]

mod canonical;
mod checkpoint;
mod error;
mod event;
mod hash;
mod index;
mod key;
mod line;
mod query;
mod record;
mod row;
mod store;
mod verb;

pub use canonical::Malformed;
pub use error::{KeyError, OpenError, ReadError, Unrecorded};
pub use event::{AuditActor, Event, MAX_EXTRA, MAX_GROUPS, MAX_REASON, MAX_TEXT, Target};
pub use key::PublicKey;
pub use query::{Counts, Field, Filter, Histogram, Page, Pair, Visibility};
pub use record::{CopySink, Intent, Record, RecordOptions, Retention};
pub use row::{NoSequence, Outcome, Row, Sequence, Stage};
pub use store::Store;
pub use verb::{Verb, VerbClass};
