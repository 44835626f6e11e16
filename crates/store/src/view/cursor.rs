//! Cursors: a place in an order, not a number, so that rows that come and go do not shift it.

use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use periscope_model::KindId;
use serde::{Deserialize, Serialize};

use super::Query;
use super::order::Ordered;
use crate::sort::{Entry, OwnedKey, SortKey};

/// Longest cursor that is looked at.
const MAX_CURSOR: usize = 8192;

/// A cursor that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    #[error("the cursor is not one of this server's; begin without one")]
    Forged,
    #[error("the cursor belongs to another query: kind, namespaces, filter and sort must stay the same")]
    Foreign,
}

/// What a cursor is valid for.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) kind: Option<&'a KindId>,
    pub(super) query: &'a Query,
    pub(super) clusters: &'a [String],
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    /// Of kind and query. It guards against mistakes, not against anybody: a cursor opens nothing.
    #[serde(rename = "q")]
    query: u64,
    #[serde(rename = "b")]
    before: bool,
    #[serde(rename = "k")]
    keys: Vec<OwnedKey>,
    #[serde(rename = "c")]
    cluster: String,
    #[serde(rename = "s")]
    namespace: String,
    #[serde(rename = "n")]
    name: String,
}

impl Scope<'_> {
    /// The page after `entry`.
    pub(super) fn after(&self, entry: &Entry) -> String {
        self.cursor(entry, false)
    }

    /// The page that ends before `entry`.
    pub(super) fn before(&self, entry: &Entry) -> String {
        self.cursor(entry, true)
    }

    fn cursor(&self, entry: &Entry, before: bool) -> String {
        let by = self.query.sort.columns().iter();
        let cursor = Cursor {
            query: self.digest(),
            before,
            keys: by.map(|by| SortKey::of(entry, &by.column, self.clusters).to_owned_key()).collect(),
            cluster: self.clusters.get(entry.part as usize).cloned().unwrap_or_default(),
            namespace: entry.row.meta.namespace.to_string(),
            name: entry.row.meta.name.to_string(),
        };
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
    }

    /// The same in every process of this version.
    fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.kind, self.query, self.clusters).hash(&mut hasher);
        hasher.finish() >> 1
    }

    fn compare(&self, entry: &Entry, cursor: &Cursor) -> Ordering {
        let by_columns = self
            .query
            .sort
            .columns()
            .iter()
            .zip(&cursor.keys)
            .map(|(by, key)| SortKey::of(entry, &by.column, self.clusters).compare(&key.borrowed(), by.descending));
        let cluster = self.clusters.get(entry.part as usize).map_or("", String::as_str);
        by_columns
            .fold(Ordering::Equal, Ordering::then)
            .then_with(|| cluster.cmp(&cursor.cluster))
            .then_with(|| (*entry.row.meta.namespace).cmp(&cursor.namespace))
            .then_with(|| (*entry.row.meta.name).cmp(&cursor.name))
    }
}

pub(super) fn position(text: &str, limit: usize, ordered: &Ordered, scope: Scope<'_>) -> Result<usize, CursorError> {
    if text.len() > MAX_CURSOR {
        return Err(CursorError::Forged);
    }
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| CursorError::Forged)?;
    let cursor: Cursor = serde_json::from_slice(&json).map_err(|_| CursorError::Forged)?;
    if cursor.query != scope.digest() || cursor.keys.len() != scope.query.sort.columns().len() {
        return Err(CursorError::Foreign);
    }
    let until =
        |stays: fn(Ordering) -> bool| ordered.entries.partition_point(|entry| stays(scope.compare(entry, &cursor)));
    Ok(if cursor.before { until(Ordering::is_lt).saturating_sub(limit) } else { until(Ordering::is_le) })
}
