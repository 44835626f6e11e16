//! The ordered rows of a view, and how a change finds its place in them.

use std::sync::Arc;

use super::{Part, Query};
use crate::cell::Column;
use crate::filter::{Memo, Place};
use crate::judge::Class;
use crate::partition::{Change, Tally};
use crate::rows::Row;
use crate::sort::Entry;

/// More changes at once than this share of the rows, and building anew is cheaper.
const REBUILD_SHARE: usize = 16;
const REBUILD_FLOOR: usize = 64;

pub(super) struct Ordered {
    pub(super) entries: Vec<Entry>,
    /// By class, of everything that the query without its `status:` terms holds for.
    pub(super) facets: Tally,
    /// Of each part: its version when it was last looked at; `None` before the first look.
    seen: Vec<Option<u64>>,
}

/// What decides whether a row is in the view, and where.
pub(super) struct Lens<'a> {
    pub(super) parts: &'a [Part],
    pub(super) clusters: &'a [String],
    pub(super) query: &'a Query,
    /// Epoch seconds.
    pub(super) now: i64,
}

/// What a lens makes of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Out,
    /// Only its status keeps it out: it counts in the facets.
    Counted,
    In,
}

impl Lens<'_> {
    /// Whether a namespace is in the view at all. Visibility comes first: nothing else is asked of what is not visible.
    fn admits(&self, part: usize, namespace: &str) -> bool {
        let wanted = &self.query.namespaces;
        self.parts[part].visible.allows(namespace)
            && (wanted.is_empty()
                || namespace.is_empty()
                || wanted.binary_search_by(|one| one.as_str().cmp(namespace)).is_ok())
    }

    fn judge(&self, part: usize, row: &Row) -> Verdict {
        if !self.admits(part, &row.meta.namespace) {
            return Verdict::Out;
        }
        self.filter(part, row, &Memo::none())
    }

    fn filter(&self, part: usize, row: &Row, memo: &Memo) -> Verdict {
        let place = Place { cluster: &self.clusters[part], now: self.now, memo };
        let filter = &self.query.filter;
        if filter.is_empty() {
            return Verdict::In;
        }
        match filter.holds_but_status(row, place) {
            false => Verdict::Out,
            true if filter.status_holds(row, place) => Verdict::In,
            true => Verdict::Counted,
        }
    }
}

/// A change of one part.
struct Moved {
    at: usize,
    old: Option<Arc<Row>>,
    new: Option<Arc<Row>>,
}

impl Moved {
    fn new(at: usize, change: &Change) -> Self {
        Self { at, old: change.old.clone(), new: change.new.clone() }
    }
}

impl Ordered {
    pub(super) fn new(parts: usize) -> Self {
        Self { entries: Vec::new(), facets: Tally::default(), seen: vec![None; parts] }
    }

    /// Takes in what the parts have by now. Returns whether anything may have changed.
    pub(super) fn refresh(&mut self, lens: &Lens<'_>, anew: bool) -> bool {
        let mut changes: Vec<Moved> = Vec::new();
        let mut rebuild = anew;
        for (at, part) in lens.parts.iter().enumerate() {
            let partition = part.lease.feed().partition.read();
            let known = self.seen[at].and_then(|seen| partition.changes_since(seen));
            match known {
                Some(known) => changes.extend(known.map(|change| Moved::new(at, change))),
                None => rebuild = true,
            }
            if !rebuild {
                self.seen[at] = Some(partition.version());
            }
        }
        // What held a moment ago cannot be told from what holds now if the time decides.
        rebuild |= lens.query.filter.depends_on_time() && !changes.is_empty();
        if rebuild || changes.len() > REBUILD_FLOOR.max(self.entries.len() / REBUILD_SHARE) {
            self.rebuild(lens);
            return true;
        }
        let any = !changes.is_empty();
        for moved in changes {
            self.change(lens, moved);
        }
        any
    }

    fn rebuild(&mut self, lens: &Lens<'_>) {
        self.entries.clear();
        self.facets = Tally::default();
        for at in 0..lens.parts.len() {
            let partition = lens.parts[at].lease.feed().partition.read();
            let part = u32::try_from(at).unwrap_or(u32::MAX);
            // The lock keeps the rows where they are, as a memo needs.
            let memo = Memo::for_pass();
            let mut rows = partition.rows_where(|namespace| lens.admits(at, namespace));
            let mut some: Vec<&Arc<Row>> = Vec::with_capacity(Row::WARM);
            loop {
                some.clear();
                some.extend(rows.by_ref().take(Row::WARM));
                if some.is_empty() {
                    break;
                }
                Row::warm(some.iter().copied());
                for row in &some {
                    let verdict = lens.filter(at, row, &memo);
                    if verdict != Verdict::Out {
                        self.facets.add(row);
                    }
                    if verdict == Verdict::In {
                        self.entries.push(Entry { row: Arc::clone(row), part });
                    }
                }
            }
            self.seen[at] = Some(partition.version());
        }
        lens.query.sort.order(&mut self.entries, lens.clusters);
        self.entries.shrink_to(self.entries.len() + self.entries.len() / 8);
    }

    fn change(&mut self, lens: &Lens<'_>, Moved { at, old, new }: Moved) {
        let part = u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(row) = old {
            let verdict = lens.judge(at, &row);
            if verdict != Verdict::Out {
                self.facets.remove(&row);
            }
            if verdict == Verdict::In
                && let Ok(place) = self.place(lens, &Entry { row, part })
            {
                self.entries.remove(place);
            }
        }
        if let Some(row) = new {
            let verdict = lens.judge(at, &row);
            if verdict != Verdict::Out {
                self.facets.add(&row);
            }
            let entry = Entry { row, part };
            if verdict == Verdict::In
                && let Err(place) = self.place(lens, &entry)
            {
                self.entries.insert(place, entry);
            }
        }
    }

    fn place(&self, lens: &Lens<'_>, entry: &Entry) -> Result<usize, usize> {
        self.entries.binary_search_by(|have| lens.query.sort.compare(have, entry, lens.clusters))
    }

    pub(super) fn facets(&self) -> impl Iterator<Item = (Class, usize)> {
        let counts = Class::ALL.into_iter().filter(|class| *class != Class::Neutral);
        counts.map(|class| (class, self.facets.of(class))).filter(|(_, count)| *count > 0)
    }
}

/// The columns of all parts, in the order in which they first appear.
pub(super) fn columns(parts: &[Part]) -> Vec<Column> {
    let mut merged: Vec<Column> = Vec::new();
    for part in parts {
        let columns = part.lease.feed().partition.read().columns().clone();
        if merged.is_empty() {
            merged = columns.to_vec();
            continue;
        }
        for column in columns.iter() {
            if !merged.iter().any(|have| have.id == column.id) {
                merged.push(column.clone());
            }
        }
    }
    merged
}
