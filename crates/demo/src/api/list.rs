//! `list`: a snapshot of references, streamed piece by piece.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::{Bytes, BytesMut};
use futures::stream;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::request::{Call, Place};
use super::respond::{self, Form, Include};
use super::{Failure, table};
use crate::cluster::Cluster;
use crate::registry::KindRef;
use crate::storage::{Entry, ObjectKey};

/// Pieces of the body; small enough that no list is ever in memory as a whole.
const PIECE: usize = 64 * 1024;

struct Page {
    entries: Vec<Arc<Entry>>,
    version: u64,
    next: Option<String>,
    remaining: Option<usize>,
}

pub(super) fn answer(cluster: &Cluster, call: &Call, headers: &HeaderMap) -> Result<Response, Failure> {
    let place = call.place()?;
    let page = page(cluster, call, place)?;
    let form = Form::accepted(headers);
    let include = Include::of(call.param("includeObject"));
    Ok(respond::json_bytes(StatusCode::OK, body(&place.kind, page, form, include, cluster.now().as_second())))
}

fn page(cluster: &Cluster, call: &Call, place: &Place) -> Result<Page, Failure> {
    let limit: usize = call.number("limit")?.unwrap_or(0);
    let token = call.param("continue").map(Token::decode).transpose()?;
    let storage = cluster.storage.read();
    if let Some(asked) = call.number::<u64>("resourceVersion")?
        && asked > storage.version()
    {
        return Err(too_new(asked, storage.version()));
    }
    let after = token.as_ref().map(|token| &token.after);
    let version = token.as_ref().map_or(storage.version(), |token| token.version);
    let namespace = place.namespace.as_deref().filter(|_| place.kind.namespaced);
    let objects: Box<dyn Iterator<Item = &Arc<Entry>>> = match storage.partition(&place.kind.id) {
        Some(partition) => partition.range(namespace, after),
        None => Box::new(std::iter::empty()),
    };
    let mut matching = objects.filter(|entry| call.selector.is_empty() || call.selector.matches(entry));
    if limit == 0 {
        return Ok(Page { entries: matching.cloned().collect(), version, next: None, remaining: None });
    }
    let entries: Vec<_> = matching.by_ref().take(limit).cloned().collect();
    let rest = matching.count();
    let last = entries.last().filter(|_| rest > 0);
    let next = last.map(|last| Token { version, after: last.key.clone() }.encode());
    // with a selector the API server does not know how many are left
    let remaining = (rest > 0 && call.selector.is_empty()).then_some(rest);
    Ok(Page { entries, version, next, remaining })
}

pub(super) fn too_new(asked: u64, current: u64) -> Failure {
    Failure::new(504, "Timeout", format!("Too large resource version: {asked}, current: {current}")).with_details(
        json!({"causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}], "retryAfterSeconds": 1}),
    )
}

fn body(kind: &KindRef, page: Page, form: Form, include: Include, now: i64) -> Body {
    let metadata = list_metadata(&page);
    let (head, first) = match form {
        Form::Object => (
            format!(
                "{{\"kind\":\"{}List\",\"apiVersion\":\"{}\",\"metadata\":{metadata},\"items\":[",
                kind.kind,
                kind.api_version()
            ),
            false,
        ),
        Form::Metadata => (
            format!(
                "{{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{metadata},\"items\":["
            ),
            false,
        ),
        Form::Table => (
            format!(
                "{{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{metadata},\"columnDefinitions\":{},\"rows\":[",
                Value::Array(table::columns(kind))
            ),
            false,
        ),
    };
    let state = State { head: Some(head), entries: page.entries.into_iter(), comma: first, done: false };
    let kind = Arc::clone(kind);
    Body::from_stream(stream::unfold(state, move |mut state| {
        let piece = state.piece(&kind, form, include, now);
        async move { piece.map(|bytes| (Ok::<_, std::io::Error>(bytes), state)) }
    }))
}

struct State {
    head: Option<String>,
    entries: std::vec::IntoIter<Arc<Entry>>,
    comma: bool,
    done: bool,
}

impl State {
    fn piece(&mut self, kind: &KindRef, form: Form, include: Include, now: i64) -> Option<Bytes> {
        if self.done {
            return None;
        }
        let mut bytes = BytesMut::with_capacity(PIECE + 16 * 1024);
        if let Some(head) = self.head.take() {
            bytes.extend_from_slice(head.as_bytes());
        }
        while bytes.len() < PIECE {
            let Some(entry) = self.entries.next() else {
                bytes.extend_from_slice(b"]}\n");
                self.done = true;
                break;
            };
            if self.comma {
                bytes.extend_from_slice(b",");
            }
            self.comma = true;
            bytes.extend_from_slice(&respond::item(kind, &entry, form, include, now));
        }
        Some(bytes.freeze())
    }
}

fn list_metadata(page: &Page) -> Value {
    let mut metadata = json!({"resourceVersion": page.version.to_string()});
    if let Some(next) = &page.next {
        metadata["continue"] = json!(next);
    }
    if let Some(remaining) = page.remaining {
        metadata["remainingItemCount"] = json!(remaining);
    }
    metadata
}

struct Token {
    version: u64,
    after: ObjectKey,
}

impl Token {
    fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(json!([self.version, &*self.after.namespace, &*self.after.name]).to_string())
    }

    fn decode(text: &str) -> Result<Self, Failure> {
        let invalid = || Failure::bad_request("continue key is not valid: expected a token of an earlier list");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let (version, namespace, name): (u64, String, String) =
            serde_json::from_slice(&bytes).map_err(|_| invalid())?;
        Ok(Self { version, after: ObjectKey::new(&namespace, &name) })
    }
}
