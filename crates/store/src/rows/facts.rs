//! What every typed kind tells about itself.

use super::Meta;
use crate::cell::{Cell, Column};
use crate::judge::{Judgement, Verdict};

pub(crate) trait Facts {
    /// In the order in which they are shown. `name`, `namespace` and `cluster` are implied.
    const COLUMNS: &'static [Column];

    /// What stands in the column `id`.
    fn cell<'a>(&'a self, id: &str, meta: &'a Meta) -> Cell<'a>;

    /// The state in kubectl's words and what it means, at `now` (epoch seconds).
    fn judge(&self, meta: &Meta, now: i64) -> Verdict;
}

/// Columns that are the same for every kind.
pub(super) fn common<'a>(id: &str, meta: &'a Meta, judged: &'a Judgement) -> Option<Cell<'a>> {
    match id {
        "status" if !judged.status.is_empty() => Some(Cell::text(&judged.status)),
        "age" => Some(Cell::time(meta.created)),
        "labels" => Some(if meta.labels.is_empty() { Cell::Missing } else { Cell::Labels(&meta.labels) }),
        "owner" => Some(Cell::some(meta.controller().map(|owner| owner.name.as_ref()))),
        _ => None,
    }
}
