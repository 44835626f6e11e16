//! Any kind as the API server's Table shows it: kubectl's own columns, metadata, and nothing else of the object.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;

use super::meta::RawMeta;
use super::parse::{Identity, ParseError, Parsed};
use super::{Body, Draft, Meta};
use crate::cell::{Cell, Column, ColumnType};
use crate::intern::{Interner, Sym};
use crate::json::{List, Text};
use crate::judge::{Class, Verdict};
use crate::time;

/// Longer cells are cut: a list is not the place to read them.
const MAX_CELL: usize = 512;

/// The columns of a table, and where each comes from.
#[derive(Debug, PartialEq)]
pub struct Shape {
    pub columns: Arc<[Column]>,
    /// Of each of the API server's columns: which of ours it fills.
    takes: Box<[Take]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Take {
    Skip,
    Text,
    Number,
    /// A human duration, turned back into an instant.
    Age,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    shape: Arc<Shape>,
    cells: Box<[TableCell]>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TableCell {
    Missing,
    Text(Sym),
    Number(f64),
    /// Epoch seconds.
    Time(i64),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RawColumn {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    format: String,
    description: String,
    priority: i32,
}

impl Shape {
    pub(crate) fn new(columns: &[RawColumn]) -> Self {
        let mut ids = HashSet::from(["name".to_owned(), "namespace".to_owned(), "cluster".to_owned()]);
        let mut ours = Vec::new();
        let mut takes = Vec::new();
        for (at, raw) in columns.iter().enumerate() {
            let named = raw.format == "name" || (at == 0 && raw.name.eq_ignore_ascii_case("name"));
            // Age is told exactly by the metadata.
            if named || ["age", "created at", "namespace"].iter().any(|ours| raw.name.eq_ignore_ascii_case(ours)) {
                takes.push(Take::Skip);
                continue;
            }
            let id = unique(&mut ids, &camel(&raw.name));
            let (kind, take) = match raw.kind.as_str() {
                "date" => (ColumnType::Age, Take::Age),
                "integer" | "number" => (ColumnType::Number, Take::Number),
                _ if id == "status" => (ColumnType::Status, Take::Text),
                _ => (ColumnType::Text, Take::Text),
            };
            takes.push(take);
            ours.push(Column {
                id: id.into(),
                title: raw.name.clone().into(),
                kind,
                priority: u8::from(raw.priority > 0),
                sortable: true,
                description: (!raw.description.is_empty()).then(|| raw.description.clone().into()),
                reference: None,
            });
        }
        ours.push(Column::age());
        ours.push(Column::labels());
        Self { columns: ours.into(), takes: takes.into() }
    }
}

/// `Load-Balancer IP` → `loadBalancerIp`: an id that can be written in a filter.
fn camel(name: &str) -> String {
    let mut id = String::new();
    for word in name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            if id.is_empty() { id.extend(first.to_lowercase()) } else { id.extend(first.to_uppercase()) }
        }
        id.extend(letters.flat_map(char::to_lowercase));
    }
    if id.is_empty() { "column".to_owned() } else { id }
}

fn unique(ids: &mut HashSet<String>, id: &str) -> String {
    let mut candidate = id.to_owned();
    for number in 2.. {
        if ids.insert(candidate.clone()) {
            break;
        }
        candidate = format!("{id}{number}");
    }
    candidate
}

impl TableRow {
    pub(super) fn columns(&self) -> &[Column] {
        &self.shape.columns
    }

    pub(crate) fn cell<'a>(&'a self, id: &str, meta: &'a Meta) -> Cell<'a> {
        match id {
            "age" => return Cell::time(meta.created),
            "labels" if !meta.labels.is_empty() => return Cell::Labels(&meta.labels),
            "owner" => return Cell::some(meta.controller().map(|owner| owner.name.as_ref())),
            _ => {}
        }
        let at = self.shape.columns.iter().position(|column| column.id == id);
        match at.and_then(|at| self.cells.get(at)) {
            Some(TableCell::Text(text)) => Cell::text(text),
            #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is within range")]
            Some(TableCell::Number(number)) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Cell::Int(*number as i64)
            }
            Some(TableCell::Number(number)) => Cell::Float(*number),
            Some(TableCell::Time(time)) => Cell::Time(*time),
            Some(TableCell::Missing) | None => Cell::Missing,
        }
    }

    /// The words that custom resources commonly use for their state.
    pub(super) fn judge(&self, meta: &Meta) -> Verdict {
        let text = |id: &str| match self.cell(id, meta) {
            Cell::Text(text) => Some(text.into_owned()),
            _ => None,
        };
        if meta.deleting.is_some() {
            return Verdict::new("Terminating", Class::Terminating).since(meta.deleting);
        }
        if let Some(ready) = text("ready") {
            return match ready.as_str() {
                "True" | "true" => Verdict::new("Ready", Class::Ok),
                "False" | "false" => Verdict::new("NotReady", Class::Failing).tone(periscope_model::Tone::Warning),
                _ => Verdict::new(ready, Class::Unknown),
            };
        }
        let Some(status) = ["status", "phase", "state"].into_iter().find_map(text) else { return Verdict::neutral() };
        let class = match status.to_ascii_lowercase().as_str() {
            "failed" | "error" | "degraded" | "lost" | "invalid" => Class::Failing,
            "pending" | "progressing" | "creating" | "waiting" | "updating" => Class::Pending,
            "ready" | "active" | "available" | "bound" | "established" | "healthy" | "ok" | "true" => Class::Ok,
            "running" => Class::Running,
            "succeeded" | "complete" | "completed" => Class::Succeeded,
            "unknown" => Class::Unknown,
            _ => Class::Neutral,
        };
        Verdict::new(status, class)
    }
}

/// Reads rows of one table.
#[derive(Debug, Clone)]
pub(crate) struct TableParser {
    pub(crate) shape: Arc<Shape>,
}

#[derive(Debug, Deserialize)]
struct RawRow<'a> {
    #[serde(borrow, default)]
    cells: List<RawCell<'a>>,
    #[serde(borrow, default)]
    object: RawPartial<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawPartial<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
}

/// Arrays and objects in cells are not shown.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RawCell<'a> {
    Number(f64),
    Text(#[serde(borrow)] Text<'a>),
    Other(serde::de::IgnoredAny),
}

impl TableParser {
    /// `now` is when the API server wrote the row: human durations count back from it.
    pub(crate) fn parse(&self, json: &[u8], interner: &Interner, now: i64) -> Parsed {
        let raw: RawRow<'_> = serde_json::from_slice(json)?;
        if raw.object.metadata.name.is_empty() {
            return Err(ParseError::Nameless);
        }
        let mut pools = interner.lock();
        let mut cells = Vec::new();
        for (take, cell) in self.shape.takes.iter().zip(raw.cells.iter()) {
            cells.push(match (take, cell) {
                (Take::Skip, _) => continue,
                (Take::Age, RawCell::Text(text)) => age(text, now).map_or(TableCell::Missing, TableCell::Time),
                (_, RawCell::Number(number)) => TableCell::Number(*number),
                (Take::Number, RawCell::Text(text)) if text.parse::<f64>().is_ok_and(f64::is_finite) => {
                    TableCell::Number(text.parse().unwrap_or_default())
                }
                (_, RawCell::Text(text)) if text.is_empty() || &**text == "<none>" => TableCell::Missing,
                (_, RawCell::Text(text)) => TableCell::Text(pools.sym(cut(text))),
                (_, RawCell::Other(_)) => TableCell::Missing,
            });
        }
        let row = TableRow { shape: self.shape.clone(), cells: cells.into() };
        let meta = &raw.object.metadata;
        Ok(Draft { meta: meta.slim(&mut pools), body: Body::Table(row), version: Box::from(&*meta.resource_version) })
    }
}

/// One event of a table's watch: a whole table of one row. Only the first carries columns.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct RawTable<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    pub(crate) column_definitions: List<RawColumn>,
    #[serde(borrow)]
    pub(crate) rows: List<&'a serde_json::value::RawValue>,
}

impl RawTable<'_> {
    /// Of the table's only object, for a bookmark or a deletion.
    pub(crate) fn identity(&self) -> Result<Identity, ParseError> {
        let Some(row) = self.rows.first() else { return Ok(self.metadata.identity()) };
        let row: RawRow<'_> = serde_json::from_str(row.get())?;
        Ok(row.object.metadata.identity())
    }
}

fn age(text: &str, now: i64) -> Option<i64> {
    time::epoch(text).or_else(|| time::duration(text.trim_end_matches(" ago")).map(|seconds| now - seconds))
}

fn cut(text: &str) -> &str {
    let end = (0..=MAX_CELL.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &str = r#"[{"name":"Name","type":"string","format":"name"},{"name":"Load-Balancer IP","type":"string"},
        {"name":"Replicas","type":"integer","priority":1},{"name":"Last Run","type":"date"},{"name":"Age","type":"date"},
        {"name":"Replicas","type":"string"}]"#;

    fn parser() -> TableParser {
        let columns: Vec<RawColumn> = serde_json::from_str(COLUMNS).expect("columns");
        TableParser { shape: Arc::new(Shape::new(&columns)) }
    }

    #[test]
    fn columns_get_ids_that_can_be_written_in_a_filter() {
        let shape = parser().shape;
        let ids: Vec<&str> = shape.columns.iter().map(|column| &*column.id).collect();
        assert_eq!(ids, ["loadBalancerIp", "replicas", "lastRun", "replicas2", "age", "labels"]);
        assert_eq!(shape.columns[1].priority, 1);
    }

    #[test]
    fn human_durations_become_instants() {
        let json = r#"{"cells":["x","<none>",3,"5m","9d","three"],"object":{"metadata":{"name":"x","namespace":"n",
            "annotations":{"secret":"no"},"creationTimestamp":"2026-11-24T10:19:06Z"}}}"#;
        let draft = parser().parse(json.as_bytes(), &Interner::new(), 10_000).expect("a row");
        let row = draft.into_row(1, &mut Interner::new().lock(), 0);
        assert_eq!(row.cell("loadBalancerIp"), Cell::Missing);
        assert_eq!(row.cell("replicas"), Cell::Int(3));
        assert_eq!(row.cell("lastRun"), Cell::Time(10_000 - 300));
        assert_eq!(row.cell("age"), Cell::Time(1_795_515_546));
        assert_eq!(row.cell("replicas2"), Cell::Text("three".into()));
        assert_eq!(row.cell("nothing"), Cell::Missing);
    }
}
