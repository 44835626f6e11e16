//! Watches: changes as they happen.

use bytes::Bytes;

use crate::{Error, Form};

#[derive(Debug, Clone, Default)]
pub struct WatchOptions {
    pub namespace: Option<String>,
    pub form: Form,
    /// Where the list ended; `None` starts with synthetic `Added` events for everything there is.
    pub resource_version: Option<String>,
    pub label_selector: Option<String>,
    pub field_selector: Option<String>,
    /// After how long the API server ends the watch in good order; 290 s when absent.
    pub timeout_seconds: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WatchKind {
    Added,
    Modified,
    Deleted,
    /// Nothing changed up to the object's resource version.
    Bookmark,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchEvent {
    pub kind: WatchKind,
    /// Raw JSON. As a table, a whole `Table` with one row; only the first carries column definitions.
    pub object: Bytes,
}

#[derive(Debug)]
pub struct WatchStream(());

impl WatchStream {
    /// The next event; `None` when the API server ended the watch in good order. Cancel safe.
    pub async fn next(&mut self) -> Option<Result<WatchEvent, Error>> {
        std::future::ready(None).await
    }
}
