//! A row: immutable, shared, replaced when its object changes.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Body, Meta};
use crate::cell::{Cell, Column, ColumnType};
use crate::filter::Look;
use crate::intern::Pools;
use crate::judge::{Class, Judgement};
use periscope_model::Tone;

/// One object as the inventory knows it.
#[derive(Debug)]
pub struct Row {
    /// Stays the same for the same object while it is watched; unique in this process.
    id: u64,
    pub meta: Meta,
    pub body: Body,
    pub judged: Judgement,
}

/// A parsed object that has no place in a partition yet.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) meta: Meta,
    pub(crate) body: Body,
    /// As the API server wrote it: where a watch goes on.
    pub(crate) version: Box<str>,
}

impl Draft {
    pub(crate) fn into_row(self, id: u64, pools: &mut Pools, now: i64) -> Row {
        let judged = Judgement::new(self.body.judge(&self.meta, now), pools);
        Row { id, meta: self.meta, body: self.body, judged }
    }
}

impl Row {
    /// As many rows as are worth warming at once.
    pub(crate) const WARM: usize = 32;

    pub fn id(&self) -> u64 {
        self.id
    }

    pub fn status(&self) -> &str {
        &self.judged.status
    }

    pub fn tone(&self) -> Tone {
        self.judged.tone
    }

    pub fn class(&self) -> Class {
        self.judged.class
    }

    /// What stands in the column `id`; `Missing` for a column that the row does not have.
    pub fn cell(&self, id: &str) -> Cell<'_> {
        self.body.cell(id, &self.meta, &self.judged)
    }

    /// The column `id` of this row's kind.
    pub(crate) fn column(&self, id: &str) -> Option<&Column> {
        self.columns().iter().find(|column| column.id == id)
    }

    /// Brings what tests look at into the cache. Called for some rows in a row, the memory reads overlap; waiting for
    /// each in turn is most of what a pass over a hundred thousand rows costs.
    pub(crate) fn warm<'a>(rows: impl Iterator<Item = &'a Arc<Self>>) {
        let touched = |row: &'a Arc<Self>| {
            let name = row.meta.name.as_bytes().first().copied().unwrap_or_default();
            let body = match &row.body {
                Body::Pod(pod) => Arc::as_ptr(&pod.template).addr(),
                _ => 0,
            };
            usize::from(name) ^ body
        };
        std::hint::black_box(rows.map(touched).fold(0, |all, one| all ^ one));
    }

    pub(crate) fn columns(&self) -> &[Column] {
        self.body.columns()
    }

    /// Whether what is looked for is in its name, its namespace or any text that it shows.
    pub(crate) fn any_text(&self, look: &Look<'_>) -> bool {
        if look.at(&self.meta.name) || look.at_shared(&self.meta.namespace) || look.at_shared(&self.judged.status) {
            return true;
        }
        if let Body::Pod(pod) = &self.body {
            return pod.any_text(&self.meta, look);
        }
        self.body.columns().iter().any(|column| match column.kind {
            ColumnType::Text | ColumnType::Kindref => match self.cell(&column.id) {
                Cell::Text(text) => look.at(&text),
                _ => false,
            },
            _ => false,
        })
    }

    /// The same object, judged at another time.
    pub(crate) fn judged_at(&self, pools: &mut Pools, now: i64) -> Self {
        let judged = Judgement::new(self.body.judge(&self.meta, now), pools);
        Self { id: self.id, meta: self.meta.clone(), body: self.body.clone(), judged }
    }

    /// Whether both say the same, so that nobody needs to be told.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.meta == other.meta && self.judged == other.judged && self.body == other.body
    }
}

/// Rows in a set, ordered and found by name alone.
#[derive(Debug, Clone)]
pub(crate) struct Order(pub(crate) Arc<Row>);

impl std::borrow::Borrow<str> for Order {
    fn borrow(&self) -> &str {
        &self.0.meta.name
    }
}

impl PartialEq for Order {
    fn eq(&self, other: &Self) -> bool {
        self.0.meta.name == other.0.meta.name
    }
}

impl Eq for Order {}

impl PartialOrd for Order {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Order {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.meta.name.cmp(&other.0.meta.name)
    }
}
