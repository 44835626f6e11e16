//! `watch`: replay from history, then follow; bookmarks, initial events, 410 when history is too short.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures::stream;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::list::too_new;
use super::request::Call;
use super::respond::{self, Form, Include};
use super::{Failure, table};
use crate::cluster::Cluster;
use crate::registry::KindRef;
use crate::selector::Selector;
use crate::storage::{Change, ChangeKind, Entry};

const DEFAULT_SECONDS: u64 = 1800;
const BOOKMARK_EVERY: Duration = Duration::from_secs(30);
/// How much one write may carry when a watch catches up.
const PIECE: usize = 128 * 1024;

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about one stream")]
struct Watch {
    cluster: Arc<Cluster>,
    kind: KindRef,
    namespace: Option<String>,
    selector: Selector,
    form: Form,
    include: Include,
    bookmarks: bool,
    version: u64,
    changed: watch::Receiver<u64>,
    ends: Instant,
    next_bookmark: Instant,
    queue: VecDeque<(&'static str, Bytes)>,
    columns_sent: bool,
    initial: VecDeque<Arc<Entry>>,
    initial_end: bool,
    over: bool,
}

pub(super) fn answer(cluster: &Arc<Cluster>, call: &Call, headers: &HeaderMap) -> Result<Response, Failure> {
    let place = call.place()?;
    if place.kind.source != crate::registry::Source::Stored {
        return Err(Failure::method_not_allowed());
    }
    let namespace = place.namespace.clone().filter(|_| place.kind.namespaced);
    let selector = match &place.name {
        Some(name) => Selector::parse("", &format!("metadata.name={name}")).map_err(Failure::bad_request)?,
        None => call.selector.clone(),
    };
    let asked: Option<u64> = call.number("resourceVersion")?;
    let send_initial = call.flag("sendInitialEvents");
    let seconds = call.number("timeoutSeconds")?.filter(|&seconds| seconds > 0).unwrap_or(DEFAULT_SECONDS);
    let storage = cluster.storage.read();
    let partition = storage.partition(&place.kind.id).ok_or_else(Failure::no_such_path)?;
    let changed = partition.subscribe();
    let (version, initial) = match asked {
        Some(version) if version > storage.version() => return Err(too_new(version, storage.version())),
        Some(version) if version > 0 && !send_initial => (version, VecDeque::new()),
        _ => (storage.version(), partition.range(namespace.as_deref(), None).cloned().collect()),
    };
    drop(storage);
    let now = Instant::now();
    let watch = Watch {
        cluster: Arc::clone(cluster),
        kind: Arc::clone(&place.kind),
        namespace,
        selector,
        form: Form::accepted(headers),
        include: Include::of(call.param("includeObject")),
        bookmarks: call.flag("allowWatchBookmarks"),
        version,
        changed,
        ends: now + Duration::from_secs(seconds),
        next_bookmark: now + BOOKMARK_EVERY,
        queue: VecDeque::new(),
        columns_sent: false,
        initial,
        initial_end: send_initial,
        over: false,
    };
    let body = stream::unfold(watch, |mut watch| async move {
        let piece = watch.piece().await?;
        Some((Ok::<_, std::io::Error>(piece), watch))
    });
    Ok(respond::json_bytes(StatusCode::OK, Body::from_stream(body)))
}

impl Watch {
    /// The next bytes for the client; `None` ends the stream.
    async fn piece(&mut self) -> Option<Bytes> {
        loop {
            self.fill();
            if !self.queue.is_empty() {
                return Some(self.drain());
            }
            if self.over {
                return None;
            }
            let until = if self.bookmarks { self.ends.min(self.next_bookmark) } else { self.ends };
            match timeout_at(until, self.changed.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                Err(_) if Instant::now() >= self.ends => return None,
                Err(_) => {
                    self.next_bookmark = Instant::now() + BOOKMARK_EVERY;
                    self.version = self.version.max(self.safe_version());
                    self.bookmark(false);
                }
            }
        }
    }

    /// A version such that this kind has no change between the one seen last and it.
    fn safe_version(&mut self) -> u64 {
        let storage = self.cluster.storage.read();
        let current = storage.version();
        let missed = storage
            .partition(&self.kind.id)
            .is_some_and(|partition| partition.since(self.version).map_or(true, |changes| !changes.is_empty()));
        if missed { self.version } else { current }
    }

    fn drain(&mut self) -> Bytes {
        let mut bytes = BytesMut::new();
        while let Some((event, object)) = self.queue.pop_front() {
            bytes.extend_from_slice(b"{\"type\":\"");
            bytes.extend_from_slice(event.as_bytes());
            bytes.extend_from_slice(b"\",\"object\":");
            bytes.extend_from_slice(&object);
            bytes.extend_from_slice(b"}\n");
            if bytes.len() >= PIECE {
                break;
            }
        }
        bytes.freeze()
    }

    fn fill(&mut self) {
        if !self.queue.is_empty() || self.over {
            return;
        }
        if !self.initial.is_empty() {
            let batch: Vec<_> = self.initial.drain(..self.initial.len().min(64)).collect();
            let matching: Vec<_> = batch.iter().filter(|entry| self.selector.matches(entry)).collect();
            for entry in matching {
                self.push("ADDED", entry);
            }
            // a batch may have matched nothing, but there may be more
            if self.queue.is_empty() {
                self.fill();
            }
            return;
        }
        if std::mem::take(&mut self.initial_end) {
            self.bookmark(true);
            return;
        }
        self.changed.mark_unchanged();
        let changes = {
            let storage = self.cluster.storage.read();
            storage.partition(&self.kind.id).map_or(Ok(Vec::new()), |partition| partition.since(self.version))
        };
        match changes {
            Ok(changes) => changes.iter().for_each(|change| self.change(change)),
            Err(gone) => {
                let message = format!("too old resource version: {} ({})", self.version, gone.oldest);
                let status = Failure::expired(message).status();
                self.queue.push_back(("ERROR", status.to_string().into()));
                self.over = true;
            }
        }
    }

    fn change(&mut self, change: &Change) {
        self.version = change.version;
        if self.namespace.as_deref().is_some_and(|namespace| *change.entry.key.namespace != *namespace) {
            return;
        }
        let is = self.selector.matches(&change.entry);
        let was = change.before.as_ref().is_some_and(|before| self.selector.matches(before));
        let event = match (change.kind, was, is) {
            (ChangeKind::Deleted, true, _) | (ChangeKind::Modified, true, false) => "DELETED",
            (ChangeKind::Modified, true, true) => "MODIFIED",
            (ChangeKind::Added | ChangeKind::Modified, false, true) => "ADDED",
            _ => return,
        };
        self.push(event, &change.entry);
    }

    fn push(&mut self, event: &'static str, entry: &Arc<Entry>) {
        let now = self.cluster.now().as_second();
        let object = match self.form {
            Form::Table => {
                let value = entry.value();
                let row = table::row(&self.kind, &value, self.include, now);
                let first = !std::mem::replace(&mut self.columns_sent, true);
                table::document(&self.kind, &[row], &value["metadata"]["resourceVersion"], first).to_string().into()
            }
            form => respond::item(&self.kind, entry, form, self.include, now),
        };
        self.queue.push_back((event, object));
    }

    fn bookmark(&mut self, initial_end: bool) {
        let mut metadata = json!({"resourceVersion": self.version.to_string(), "creationTimestamp": null});
        if initial_end {
            metadata["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        let object = match self.form {
            Form::Object => {
                json!({"kind": self.kind.kind, "apiVersion": self.kind.api_version(), "metadata": metadata})
            }
            Form::Metadata => respond::metadata_object(&json!({"metadata": metadata})),
            Form::Table => {
                let object =
                    json!({"kind": self.kind.kind, "apiVersion": self.kind.api_version(), "metadata": metadata});
                let row = json!({"cells": [], "object": object});
                table::document(&self.kind, &[row], &Value::String(self.version.to_string()), false)
            }
        };
        self.queue.push_back(("BOOKMARK", object.to_string().into()));
    }
}
