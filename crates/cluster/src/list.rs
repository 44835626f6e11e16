//! Lists, item by item as they arrive.

use bytes::Bytes;

use crate::Error;

/// The representation asked of the API server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Form {
    #[default]
    Objects,
    /// kubectl's columns; each row carries its object's metadata.
    Table,
    /// `PartialObjectMetadata`: the way to list Secrets without their values.
    Metadata,
}

#[derive(Debug, Clone, Default)]
pub struct ListOptions {
    pub namespace: Option<String>,
    pub form: Form,
    pub resource_version: Option<String>,
    pub label_selector: Option<String>,
    pub field_selector: Option<String>,
    pub limit: Option<u32>,
    pub continue_token: Option<String>,
}

#[derive(Debug)]
pub enum ListFrame {
    /// The raw JSON of one item or table row. Often a slice of a network buffer: copy what you keep.
    Item(Bytes),
    /// An item that could not be taken; the list goes on without it.
    Skipped(Skipped),
    /// The last frame of a complete list. A list without it is not complete.
    End(ListEnd),
}

/// An item beyond a limit, named as far as its beginning tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub namespace: Option<String>,
    pub name: Option<String>,
    pub reason: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListEnd {
    /// Opaque; where a watch goes on.
    pub resource_version: String,
    /// The raw `columnDefinitions` array of a table.
    pub columns: Option<Bytes>,
    pub remaining: Option<u64>,
    pub continue_token: Option<String>,
}

/// A list as it arrives: never more than one item and one network chunk in memory.
#[derive(Debug)]
pub struct ListStream(());

impl ListStream {
    /// The next frame; `None` after the end or an error. Cancel safe.
    pub async fn next(&mut self) -> Option<Result<ListFrame, Error>> {
        std::future::ready(None).await
    }
}
