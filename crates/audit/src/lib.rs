#![doc = include_str!("../README.md")]

mod canonical;
mod checkpoint;
mod error;
mod event;
mod export;
mod fill;
mod hash;
mod index;
mod key;
mod line;
mod query;
mod record;
mod row;
mod store;
mod verb;
mod verify;

pub use canonical::Malformed;
pub use error::{KeyError, OpenError, ReadError, Unrecorded};
pub use event::{AuditActor, Event, MAX_EXTRA, MAX_GROUPS, MAX_REASON, MAX_TEXT, Target};
pub use export::{Export, ExportFormat, export_store};
pub use fill::fill;
pub use key::PublicKey;
pub use query::{Counts, Covering, Field, Filter, Histogram, Page, Pair, Standing, Visibility};
pub use record::{CopySink, Intent, Record, RecordOptions, Retention};
pub use row::{NoSequence, Outcome, Row, Sequence, Stage};
pub use store::Store;
pub use verb::{Verb, VerbClass};
pub use verify::{ChainVerdict, Fault, Problem, Verdict, Verification, verify};
