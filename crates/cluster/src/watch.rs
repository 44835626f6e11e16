//! Watches: changes as they happen.

mod lines;

use std::time::Duration;

use bytes::Bytes;
use periscope_model::{Permission, ResourceType};

use crate::request::{Ask, UrlPath};
use crate::transport::Body;
use crate::{Error, Form};
use lines::Lines;

/// Below the five to ten minutes after which API servers end watches by themselves, and proxies silent connections.
const TIMEOUT_SECONDS: u32 = 290;

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
    /// Raw JSON. As a table, a whole `Table` with one row; only the first carries column definitions. Often a slice of
    /// a network buffer: copy what you keep.
    pub object: Bytes,
}

pub(crate) fn ask(resource: &ResourceType, options: &WatchOptions) -> Result<Ask, Error> {
    let namespace = options.namespace.as_deref();
    let mut path = UrlPath::collection(resource, namespace)?;
    path.query("watch", "1")?;
    path.query("allowWatchBookmarks", "true")?;
    path.query("timeoutSeconds", &options.timeout_seconds.unwrap_or(TIMEOUT_SECONDS).to_string())?;
    path.query_if("resourceVersion", options.resource_version.as_deref().filter(|version| !version.is_empty()))?;
    path.query_if("labelSelector", options.label_selector.as_deref())?;
    path.query_if("fieldSelector", options.field_selector.as_deref())?;
    path.query_if("includeObject", options.form.include_object())?;
    let permission = Permission::on("watch", &resource.kind, namespace);
    Ok(Ask { path: path.into_string(), accept: options.form.watch_accept(), permission, ..Ask::get("") })
}

#[derive(Debug)]
pub struct WatchStream {
    /// Gone once nothing more is to come.
    body: Option<Body>,
    lines: Lines,
    idle: Duration,
}

impl WatchStream {
    /// `asked` is what a refusal in the middle of the watch says is missing.
    pub(crate) fn new(body: Body, asked: Permission, form: Form, idle: Duration) -> Self {
        Self { body: Some(body), lines: Lines::new(asked, form), idle }
    }

    /// The next event; `None` when the API server ended the watch in good order, and after an error. Cancel safe.
    pub async fn next(&mut self) -> Option<Result<WatchEvent, Error>> {
        let event = self.read().await.transpose();
        if !matches!(event, Some(Ok(_))) {
            self.body = None;
        }
        event
    }

    async fn read(&mut self) -> Result<Option<WatchEvent>, Error> {
        let Some(body) = &mut self.body else { return Ok(None) };
        loop {
            if let Some(event) = self.lines.next()? {
                return Ok(Some(event));
            }
            match body.chunk(self.idle).await? {
                Some(chunk) => self.lines.push(chunk),
                None => return self.lines.end(),
            }
        }
    }
}

#[cfg(test)]
mod tests;
