//! Lists, item by item as they arrive.

mod frames;

use std::time::Duration;

use bytes::Bytes;
use periscope_model::{Permission, ResourceType};

use crate::Error;
use crate::request::{Ask, JSON, UrlPath};
use crate::transport::Body;
use frames::Frames;

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

impl Form {
    /// Plain JSON is no fallback for metadata: it would bring the values that were not to come.
    fn list_accept(self) -> &'static str {
        match self {
            Self::Objects => JSON,
            Self::Table => TABLE,
            Self::Metadata => "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
        }
    }

    pub(crate) fn watch_accept(self) -> &'static str {
        match self {
            Self::Objects => JSON,
            Self::Table => TABLE,
            Self::Metadata => "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
        }
    }

    /// Tables say what their rows carry of the object; without it some servers of aggregated APIs send nothing.
    pub(crate) fn include_object(self) -> Option<&'static str> {
        (self == Self::Table).then_some("Metadata")
    }
}

/// Some servers of aggregated APIs know no tables; `table` makes some of what they send.
const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

#[derive(Debug, Clone, Default)]
pub struct ListOptions {
    pub namespace: Option<String>,
    pub form: Form,
    /// The list is to be no older than this; `None` asks for the newest, `0` for whatever the API server has at hand.
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

pub(crate) fn ask(resource: &ResourceType, options: &ListOptions) -> Result<Ask, Error> {
    let namespace = options.namespace.as_deref();
    let mut path = UrlPath::collection(resource, namespace)?;
    path.query_if("labelSelector", options.label_selector.as_deref())?;
    path.query_if("fieldSelector", options.field_selector.as_deref())?;
    path.query_if("includeObject", options.form.include_object())?;
    if let Some(limit) = options.limit {
        path.query("limit", &limit.to_string())?;
    }
    match (filled(options.continue_token.as_ref()), filled(options.resource_version.as_ref())) {
        // The token says which version the list is of; API servers refuse another one beside it.
        (Some(token), _) => path.query("continue", token)?,
        (None, Some(version)) => {
            path.query("resourceVersion", version)?;
            path.query("resourceVersionMatch", "NotOlderThan")?;
        }
        (None, None) => {}
    }
    let permission = Permission::on("list", &resource.kind, namespace);
    Ok(Ask { path: path.into_string(), accept: options.form.list_accept(), permission, ..Ask::get("") })
}

fn filled(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty())
}

/// A list as it arrives: never more than one item and one network chunk in memory.
#[derive(Debug)]
pub struct ListStream {
    /// Gone once nothing more is to come.
    body: Option<Body>,
    frames: Frames,
    idle: Duration,
}

impl ListStream {
    pub(crate) fn new(body: Body, form: Form, idle: Duration) -> Self {
        Self { frames: Frames::new(body.what().to_owned(), form), body: Some(body), idle }
    }

    /// The next frame; `None` after the end or an error. Cancel safe.
    pub async fn next(&mut self) -> Option<Result<ListFrame, Error>> {
        let frame = self.read().await.transpose();
        if !matches!(frame, Some(Ok(ListFrame::Item(_) | ListFrame::Skipped(_)))) {
            self.body = None;
        }
        frame
    }

    async fn read(&mut self) -> Result<Option<ListFrame>, Error> {
        let Some(body) = &mut self.body else { return Ok(None) };
        loop {
            if let Some(frame) = self.frames.next()? {
                return Ok(Some(frame));
            }
            match body.chunk(self.idle).await? {
                Some(chunk) => self.frames.push(chunk),
                None => return self.frames.end().map(Some),
            }
        }
    }
}

#[cfg(test)]
mod tests;
