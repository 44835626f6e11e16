//! What can go wrong, in words that say what to do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// An act could not be recorded: it must not be done, or its outcome must be told as not recorded. Answer 503.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Unrecorded {
    /// More acts wait than the queue holds, for longer than anybody should wait.
    #[error("the record is too busy: {waiting} acts wait already; try again")]
    Busy { waiting: usize },
    /// The store did not answer in time. The row may still be written; an intent then ends as `unknown`.
    #[error("the record did not become durable within {} s; try again when its disk or database is well", .0.as_secs())]
    Slow(Duration),
    /// The store failed; it is reopened by itself.
    #[error("the record cannot be written: {0}; acts are refused until it can")]
    Store(Arc<str>),
    /// Rows that were acknowledged are missing or differ after the store was reopened. Only a restart ends this.
    #[error("the record lost rows that it had acknowledged: {0}; run `periscope audit verify` and restart")]
    Lost(Arc<str>),
    #[error("the record is closed")]
    Closed,
}

/// The record could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot open the record {place}: {source}")]
    Store {
        place: String,
        #[source]
        source: sqlx::Error,
    },
    #[error("cannot open the record {place}: {source}")]
    File {
        place: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the record {0} is in use by another process: stop it, or give this one a record of its own")]
    Locked(String),
    #[error("the record {place} has format {found}, this version writes {wanted}: use the version that made it")]
    Format { place: String, found: String, wanted: u32 },
    #[error("{0:?} is no replica's name: use 1 to 63 letters, digits and '-'")]
    Replica(String),
    #[error("this record belongs to replica {found:?}, not to {wanted:?}: each replica keeps a record of its own")]
    OtherReplica { found: String, wanted: String },
    #[error("PostgreSQL runs with {0}: it would acknowledge what it has not written; turn it on")]
    NotDurable(&'static str),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the record {place} is damaged at row {number}: {what}; run `periscope audit verify`")]
    Damaged { place: String, number: u64, what: String },
    #[error("the record {place} cannot take the row that says it was opened: {source}")]
    First {
        place: String,
        #[source]
        source: Unrecorded,
    },
}

/// The key that signs checkpoints.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("cannot read or write the record's signing key {path}: {source}")]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("everybody can read the record's signing key {path}: chmod 600 it")]
    Readable { path: PathBuf },
    #[error("{path} holds no Ed25519 key: {what}")]
    Content { path: PathBuf, what: String },
    #[error("the machine gives no random numbers for a signing key")]
    Random,
}

/// The record could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("cannot read the record: {0}")]
    Store(#[from] sqlx::Error),
    #[error("row {sequence} of the record cannot be read: {source}; run `periscope audit verify`")]
    Row {
        sequence: String,
        #[source]
        source: crate::Malformed,
    },
    #[error("the cursor is not one that this record gave: start again from the first page")]
    Cursor,
    #[error("{0}")]
    Filter(String),
    #[error("cannot read {path}: {source}")]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{path} is no checkpoint: {what}")]
    Checkpoint { path: PathBuf, what: String },
    #[error("{place} is no record of Periscope: {what}")]
    NoRecord { place: String, what: String },
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("cannot write the export: {0}")]
    Write(#[source] std::io::Error),
}
