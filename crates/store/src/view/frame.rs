//! Windows as bytes: rendered once, shared by everybody who gets the same.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use periscope_model::Tone;
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};

use super::cursor;
use super::order::Ordered;
use crate::cell::Column;
use crate::rows::uid_text;
use crate::sort::Entry;

/// A window, whole or what changed in it, as JSON.
#[derive(Debug)]
pub struct Frame {
    /// Whether it is whole: what the receiver had before is void.
    pub reset: bool,
    /// What the receiver has after it; to be given to [`super::View::next`].
    pub version: u64,
    pub total: usize,
    pub from: usize,
    /// Rows in the window.
    pub len: usize,
    tail: Bytes,
}

impl Frame {
    /// The fields `reset`, `version`, `total`, `from`, `order`, `rows`, `columns`, `facets`, `asOf`, as far as they
    /// changed, separated by commas, without braces and without a line break.
    pub fn fields(&self) -> Bytes {
        self.tail.slice(..self.tail.len() - 1)
    }

    /// The same with the closing brace.
    pub fn tail(&self) -> Bytes {
        self.tail.clone()
    }
}

/// A window for one request.
#[derive(Debug)]
pub struct Page {
    pub total: usize,
    pub from: usize,
    /// Rows in the window.
    pub len: usize,
    pub next_cursor: Option<String>,
    pub prev_cursor: Option<String>,
    fields: Bytes,
}

impl Page {
    /// The fields `columns`, `rows`, `total`, `from`, `facets`, `asOf` and the cursors there are, without braces.
    pub fn fields(&self) -> Bytes {
        self.fields.clone()
    }
}

/// What all frames of a view share.
pub(super) struct Scene<'a> {
    pub(super) clusters: &'a [String],
    pub(super) columns: &'a Arc<[Column]>,
    pub(super) as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Facet {
    filter: String,
    label: &'static str,
    count: usize,
    tone: Tone,
}

pub(super) fn facets(ordered: &Ordered) -> Vec<Facet> {
    let facet = |(class, count): (crate::Class, usize)| Facet {
        filter: format!("status:{}", class.as_str()),
        label: class.as_str(),
        count,
        tone: class.tone(),
    };
    ordered.facets().map(facet).collect()
}

/// Everything a frame may say; what is absent did not change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Said<'a> {
    pub(super) reset: bool,
    pub(super) version: u64,
    pub(super) total: usize,
    pub(super) from: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) order: Option<Vec<u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rows: Option<Rows<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) columns: Option<&'a [Column]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) facets: Option<&'a [Facet]>,
    pub(super) as_of: Timestamp,
}

impl Said<'_> {
    pub(super) fn frame(&self, len: usize) -> Frame {
        let Self { reset, version, total, from, .. } = *self;
        Frame { reset, version, total, from, len, tail: without_opening_brace(self) }
    }
}

fn without_opening_brace(value: &impl Serialize) -> Bytes {
    // Serialising our own types into memory cannot fail; an empty object is a frame that says nothing.
    let json = serde_json::to_vec(value).unwrap_or_else(|_| b"{}".to_vec());
    Bytes::from(json).slice(1..)
}

/// Rows to render, with the columns to render them in.
pub(super) struct Rows<'a> {
    pub(super) entries: Vec<&'a Entry>,
    pub(super) columns: &'a [Column],
    pub(super) clusters: &'a [String],
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = self.entries.iter().map(|entry| RowShown { entry, rows: self });
        serializer.collect_seq(rows)
    }
}

struct RowShown<'a> {
    entry: &'a Entry,
    rows: &'a Rows<'a>,
}

#[derive(Serialize)]
struct RowFields<'a> {
    id: u64,
    cluster: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    name: &'a str,
    uid: String,
    tone: Tone,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    cells: Cells<'a>,
}

struct Cells<'a>(&'a RowShown<'a>);

impl Serialize for RowShown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = &self.entry.row;
        let cluster = self.rows.clusters.get(self.entry.part as usize).map_or("", String::as_str);
        RowFields {
            id: row.id(),
            cluster,
            namespace: (!row.meta.namespace.is_empty()).then_some(&*row.meta.namespace),
            name: &row.meta.name,
            uid: uid_text(row.meta.uid),
            tone: row.tone(),
            note: row.judged.note.as_deref(),
            cells: Cells(self),
        }
        .serialize(serializer)
    }
}

impl Serialize for Cells<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = self.0.rows.columns;
        let mut cells = serializer.serialize_seq(Some(columns.len()))?;
        for column in columns {
            cells.serialize_element(&self.0.entry.row.cell(&column.id))?;
        }
        cells.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageFields<'a> {
    columns: &'a [Column],
    rows: Rows<'a>,
    total: usize,
    from: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev_cursor: Option<&'a str>,
    facets: Vec<Facet>,
    as_of: Timestamp,
}

/// `from` beyond the end gives the last window there is.
pub(super) fn range(total: usize, from: usize, limit: usize) -> std::ops::Range<usize> {
    let from = from.min(total);
    from..total.min(from.saturating_add(limit))
}

pub(super) fn page(ordered: &Ordered, from: usize, limit: usize, scene: &Scene<'_>, scope: cursor::Scope<'_>) -> Page {
    let total = ordered.entries.len();
    let range = range(total, from, limit);
    let shown = &ordered.entries[range.clone()];
    let next = shown.last().filter(|_| range.end < total).map(|last| scope.after(last));
    let prev = shown.first().filter(|_| range.start > 0).map(|first| scope.before(first));
    let fields = PageFields {
        columns: scene.columns,
        rows: Rows { entries: shown.iter().collect(), columns: scene.columns, clusters: scene.clusters },
        total,
        from: range.start,
        next_cursor: next.as_deref(),
        prev_cursor: prev.as_deref(),
        facets: facets(ordered),
        as_of: scene.as_of,
    };
    let bytes = without_opening_brace(&fields);
    let fields = bytes.slice(..bytes.len() - 1);
    Page { total, from: range.start, len: range.len(), next_cursor: next, prev_cursor: prev, fields }
}
