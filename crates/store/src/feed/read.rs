//! Frames and events into a partition. A bad object becomes a row that says so, or is counted; it never ends a stream.

use std::collections::HashSet;
use std::sync::Arc;

use periscope_cluster::{Error, ListEnd, ListFrame, WatchEvent, WatchKind};

use crate::intern::Interner;
use crate::partition::Partition;
use crate::rows::{self, ParseError, Parsed, RawColumn, RawTable, Shape, TableParser, Typed};

/// What a list has shown so far.
#[derive(Debug, Default)]
pub(super) struct ListRead {
    pub(super) seen: HashSet<u64>,
    pub(super) unreadable: usize,
    /// Present when the list is complete.
    pub(super) version: Option<String>,
    /// Rows of a table whose columns are not known yet.
    waiting: Vec<Box<[u8]>>,
}

pub(super) struct Reading {
    typed: Option<Typed>,
    table: Option<TableParser>,
    interner: Arc<Interner>,
    /// Objects of watches that could not be read.
    pub(super) unreadable: usize,
}

impl Reading {
    pub(super) fn new(typed: Option<Typed>, interner: Arc<Interner>) -> Self {
        Self { typed, table: None, interner, unreadable: 0 }
    }

    /// Applies one frame of a list.
    pub(super) fn frame(
        &mut self,
        frame: ListFrame,
        read: &mut ListRead,
        partition: &mut Partition,
        now: i64,
    ) -> Result<(), Error> {
        match frame {
            ListFrame::Item(json) => match self.parse(&json, now) {
                Some(parsed) => take(parsed, read, partition, now),
                None => read.waiting.push(slim(&json)),
            },
            ListFrame::Skipped(skipped) => {
                read.unreadable += 1;
                if let Some(name) = &skipped.name {
                    let namespace = skipped.namespace.as_deref().unwrap_or_default();
                    let draft = rows::unreadable(namespace, name, &skipped.reason, &self.interner);
                    read.seen.insert(partition.upsert(draft, now));
                }
            }
            ListFrame::End(end) => self.end(end, read, partition, now)?,
        }
        Ok(())
    }

    fn end(&mut self, end: ListEnd, read: &mut ListRead, partition: &mut Partition, now: i64) -> Result<(), Error> {
        if let Some(columns) = &end.columns {
            let columns: Vec<RawColumn> = serde_json::from_slice(columns)
                .map_err(|error| Error::Garbage { what: format!("columns of a table: {error}") })?;
            self.set_columns(&columns, partition);
        } else if self.typed.is_none() && self.table.is_none() {
            self.set_columns(&[], partition);
        }
        for json in std::mem::take(&mut read.waiting) {
            if let Some(parsed) = self.parse(&json, now) {
                take(parsed, read, partition, now);
            }
        }
        read.version = Some(end.resource_version);
        Ok(())
    }

    /// `None` while the columns of a table are not known.
    fn parse(&self, json: &[u8], now: i64) -> Option<Parsed> {
        match self.typed {
            Some(typed) => Some(rows::parse(typed, json, &self.interner)),
            None => self.table.as_ref().map(|table| table.parse(json, &self.interner, now)),
        }
    }

    fn set_columns(&mut self, columns: &[RawColumn], partition: &mut Partition) {
        let shape = Shape::new(columns);
        if self.table.as_ref().is_some_and(|table| *table.shape == shape) {
            return;
        }
        partition.set_columns(shape.columns.clone());
        self.table = Some(TableParser { shape: Arc::new(shape) });
    }

    /// Applies one event of a watch. Returns where the watch stands now.
    pub(super) fn event(&mut self, event: &WatchEvent, partition: &mut Partition, now: i64) -> Option<Box<str>> {
        let applied = match self.typed {
            Some(typed) => self.object(typed, event, partition, now),
            None => self.table_event(event, partition, now),
        };
        match applied {
            Ok(version) => (!version.is_empty()).then_some(version),
            Err(error) => {
                self.unreadable += 1;
                tracing::debug!(%error, "an event is skipped");
                None
            }
        }
    }

    fn object(&self, typed: Typed, event: &WatchEvent, to: &mut Partition, now: i64) -> Result<Box<str>, ParseError> {
        match event.kind {
            WatchKind::Added | WatchKind::Modified => {
                let draft = rows::parse(typed, &event.object, &self.interner)?;
                let version = draft.version.clone();
                to.upsert(draft, now);
                Ok(version)
            }
            kind => Ok(gone(kind, rows::identity_of(&event.object)?, to)),
        }
    }

    fn table_event(&mut self, event: &WatchEvent, to: &mut Partition, now: i64) -> Result<Box<str>, ParseError> {
        let table: RawTable<'_> = serde_json::from_slice(&event.object)?;
        if !table.column_definitions.is_empty() {
            self.set_columns(&table.column_definitions, to);
        }
        if matches!(event.kind, WatchKind::Deleted | WatchKind::Bookmark) {
            return Ok(gone(event.kind, table.identity()?, to));
        }
        let mut version = Box::default();
        for row in table.rows.iter() {
            if let Some(parsed) = self.parse(row.get().as_bytes(), now) {
                let draft = parsed?;
                version = draft.version.clone();
                to.upsert(draft, now);
            }
        }
        Ok(version)
    }
}

fn gone(kind: WatchKind, identity: rows::Identity, partition: &mut Partition) -> Box<str> {
    if kind == WatchKind::Deleted {
        partition.remove(&identity.namespace, &identity.name);
    }
    identity.version
}

fn take(parsed: Parsed, read: &mut ListRead, partition: &mut Partition, now: i64) {
    match parsed {
        Ok(draft) => {
            read.seen.insert(partition.upsert(draft, now));
        }
        Err(error) => {
            read.unreadable += 1;
            tracing::debug!(%error, "an object is skipped");
        }
    }
}

/// A table row without what is not read: a list of rows waits for its columns, and most of a row is managedFields.
fn slim(json: &[u8]) -> Box<[u8]> {
    #[derive(serde::Deserialize, serde::Serialize)]
    struct Row<'a> {
        #[serde(borrow)]
        cells: &'a serde_json::value::RawValue,
        #[serde(borrow)]
        object: Object<'a>,
    }
    #[derive(serde::Deserialize, serde::Serialize)]
    struct Object<'a> {
        #[serde(borrow)]
        metadata: std::collections::BTreeMap<&'a str, &'a serde_json::value::RawValue>,
    }
    let Ok(mut row) = serde_json::from_slice::<Row<'_>>(json) else { return json.into() };
    row.object.metadata.retain(|key, _| !matches!(*key, "managedFields" | "annotations"));
    serde_json::to_vec(&row).map_or_else(|_| json.into(), Vec::into_boxed_slice)
}
