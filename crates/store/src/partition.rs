//! The rows of one kind in one cluster, for one identity: pure state, changed only by [`Partition::upsert`] and its
//! siblings, so that everything about it can be tested without a cluster.

mod log;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::cell::Column;
use crate::intern::{Interner, Sym};
use crate::judge::Class;
use crate::rows::{Draft, Order, Row};
use crate::visible::Visible;
use periscope_model::Tone;

pub(crate) use log::{Change, ChangeLog};

/// Ids are numbers that survive JavaScript.
static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// How many rows there are, and how they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub total: usize,
    pub danger: usize,
    pub warning: usize,
    classes: [usize; Class::ALL.len()],
}

impl Tally {
    pub fn of(&self, class: Class) -> usize {
        self.classes[class as usize]
    }

    pub(crate) fn add(&mut self, row: &Row) {
        self.total += 1;
        self.danger += usize::from(row.tone() == Tone::Danger);
        self.warning += usize::from(row.tone() == Tone::Warning);
        self.classes[row.class() as usize] += 1;
    }

    pub(crate) fn remove(&mut self, row: &Row) {
        self.total -= 1;
        self.danger -= usize::from(row.tone() == Tone::Danger);
        self.warning -= usize::from(row.tone() == Tone::Warning);
        self.classes[row.class() as usize] -= 1;
    }

    fn plus(mut self, other: &Self) -> Self {
        self.total += other.total;
        self.danger += other.danger;
        self.warning += other.warning;
        for (mine, theirs) in self.classes.iter_mut().zip(other.classes) {
            *mine += theirs;
        }
        self
    }
}

#[derive(Debug, Default)]
struct Shelf {
    rows: BTreeSet<Order>,
    tally: Tally,
}

pub(crate) struct Partition {
    interner: Arc<Interner>,
    columns: Arc<[Column]>,
    shelves: BTreeMap<Sym, Shelf>,
    /// When time alone changes a row.
    timers: BTreeMap<(i64, u64), Arc<Row>>,
    log: ChangeLog,
}

impl Partition {
    pub(crate) fn new(interner: Arc<Interner>, columns: Arc<[Column]>) -> Self {
        Self { interner, columns, shelves: BTreeMap::new(), timers: BTreeMap::new(), log: ChangeLog::default() }
    }

    pub(crate) fn columns(&self) -> &Arc<[Column]> {
        &self.columns
    }

    /// Columns of tables arrive with their rows. Returns whether they changed.
    pub(crate) fn set_columns(&mut self, columns: Arc<[Column]>) -> bool {
        let changed = self.columns != columns;
        if changed {
            self.columns = columns;
            self.log.forget();
        }
        changed
    }

    pub(crate) fn version(&self) -> u64 {
        self.log.version()
    }

    /// What changed after `version`; `None` when that is no longer known.
    pub(crate) fn changes_since(&self, version: u64) -> Option<impl Iterator<Item = &Change>> {
        self.log.since(version)
    }

    /// Puts an object in or replaces it. Returns its row's id.
    pub(crate) fn upsert(&mut self, draft: Draft, now: i64) -> u64 {
        let old = self.get(&draft.meta.namespace, &draft.meta.name).cloned();
        let id = match &old {
            Some(old) if old.meta.uid == draft.meta.uid => old.id(),
            _ => NEXT_ID.fetch_add(1, Ordering::Relaxed),
        };
        let row = draft.into_row(id, &mut self.interner.lock(), now);
        if old.as_ref().is_none_or(|old| old.id() != id || !old.says_the_same(&row)) {
            self.replace(old, Some(Arc::new(row)));
        }
        id
    }

    pub(crate) fn remove(&mut self, namespace: &str, name: &str) {
        let old = self.get(namespace, name).cloned();
        self.replace(old, None);
    }

    /// After a complete list of `namespace` (or of all): removes what the list did not have.
    pub(crate) fn retain(&mut self, namespace: Option<&str>, seen: &HashSet<u64>) {
        let in_scope = |row: &&Arc<Row>| namespace.is_none_or(|namespace| &*row.meta.namespace == namespace);
        let gone: Vec<Arc<Row>> =
            self.rows().filter(in_scope).filter(|row| !seen.contains(&row.id())).cloned().collect();
        for row in gone {
            self.replace(Some(row), None);
        }
    }

    /// Removes the rows of namespaces that are not watched any more.
    pub(crate) fn retain_namespaces(&mut self, kept: &[String]) {
        let gone: Vec<Arc<Row>> = self
            .rows()
            .filter(|row| !kept.iter().any(|namespace| **namespace == *row.meta.namespace))
            .cloned()
            .collect();
        for row in gone {
            self.replace(Some(row), None);
        }
    }

    /// Judges anew what the passing of time has changed by `now`. Returns whether anything did.
    pub(crate) fn tick(&mut self, now: i64) -> bool {
        let due: Vec<Arc<Row>> = self.timers.range(..=(now, u64::MAX)).map(|(_, row)| row.clone()).collect();
        for old in &due {
            let row = old.judged_at(&mut self.interner.lock(), now);
            self.replace(Some(old.clone()), Some(Arc::new(row)));
        }
        !due.is_empty()
    }

    fn replace(&mut self, old: Option<Arc<Row>>, new: Option<Arc<Row>>) {
        if old.is_none() && new.is_none() {
            return;
        }
        if let Some(old) = &old {
            self.take_out(old);
        }
        if let Some(row) = &new {
            if let Some(at) = row.judged.again_at {
                self.timers.insert((at, row.id()), row.clone());
            }
            let home = self.shelves.entry(row.meta.namespace.clone()).or_default();
            home.tally.add(row);
            home.rows.insert(Order(row.clone()));
        }
        self.log.push(old, new);
    }

    fn take_out(&mut self, old: &Arc<Row>) {
        if let Some(at) = old.judged.again_at {
            self.timers.remove(&(at, old.id()));
        }
        if let Some(shelf) = self.shelves.get_mut(&*old.meta.namespace) {
            if shelf.rows.remove(&*old.meta.name) {
                shelf.tally.remove(old);
            }
            if shelf.rows.is_empty() {
                self.shelves.remove(&*old.meta.namespace);
            }
        }
    }

    pub(crate) fn get(&self, namespace: &str, name: &str) -> Option<&Arc<Row>> {
        self.shelves.get(namespace)?.rows.get(name).map(|order| &order.0)
    }

    /// All rows, by namespace and name.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.shelves.values().flat_map(|shelf| shelf.rows.iter().map(|order| &order.0))
    }

    pub(crate) fn rows_in<'a>(&'a self, visible: &'a Visible) -> impl Iterator<Item = &'a Arc<Row>> {
        self.shelves_in(visible).flat_map(|(_, shelf)| shelf.rows.iter().map(|order| &order.0))
    }

    /// The rows of the namespaces that `wanted` accepts.
    pub(crate) fn rows_where(&self, wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = &Arc<Row>> {
        let shelves = self.shelves.iter().filter(move |(namespace, _)| wanted(namespace));
        shelves.flat_map(|(_, shelf)| shelf.rows.iter().map(|order| &order.0))
    }

    pub(crate) fn in_namespace(&self, namespace: &str) -> impl Iterator<Item = &Arc<Row>> {
        self.shelves.get(namespace).into_iter().flat_map(|shelf| shelf.rows.iter().map(|order| &order.0))
    }

    pub(crate) fn namespaces<'a>(&'a self, visible: &'a Visible) -> impl Iterator<Item = (&'a Sym, &'a Tally)> {
        self.shelves_in(visible).map(|(namespace, shelf)| (namespace, &shelf.tally))
    }

    pub(crate) fn tally(&self, visible: &Visible) -> Tally {
        self.shelves_in(visible).fold(Tally::default(), |sum, (_, shelf)| sum.plus(&shelf.tally))
    }

    fn shelves_in<'a>(&'a self, visible: &'a Visible) -> impl Iterator<Item = (&'a Sym, &'a Shelf)> {
        self.shelves.iter().filter(|(namespace, _)| visible.allows(namespace))
    }

    #[cfg(test)]
    pub(crate) fn interner(&self) -> &Arc<Interner> {
        &self.interner
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{self, Typed};
    use crate::testing;

    const NOW: i64 = 1_795_515_546;

    fn partition() -> Partition {
        Partition::new(Interner::new(), Typed::Pod.columns().into())
    }

    fn put(partition: &mut Partition, json: &str) -> u64 {
        let draft = rows::parse(Typed::Pod, json.as_bytes(), partition.interner()).expect("a pod");
        partition.upsert(draft, NOW)
    }

    #[test]
    fn a_relist_removes_what_is_gone_and_touches_nothing_else() {
        let mut partition = partition();
        let a = put(&mut partition, &testing::pod("n", "a"));
        put(&mut partition, &testing::pod("n", "b"));
        let before = partition.version();
        let again = put(&mut partition, &testing::pod("n", "a"));
        assert_eq!((again, partition.version()), (a, before), "the same object again is no change");
        partition.retain(None, &HashSet::from([a]));
        let names: Vec<&str> = partition.rows().map(|row| &*row.meta.name).collect();
        assert_eq!(names, ["a"]);
        assert_eq!(partition.tally(&Visible::All).of(Class::Running), 1);
    }

    #[test]
    fn an_object_made_anew_under_its_name_is_another_row() {
        let mut partition = partition();
        let first = put(&mut partition, &testing::pod("n", "a"));
        let second = put(&mut partition, &testing::pod("n", "a").replace("a-n", "other"));
        assert_ne!(first, second);
        assert_eq!(partition.tally(&Visible::All).total, 1);
    }

    #[test]
    fn time_alone_changes_a_judgement_once() {
        let mut partition = partition();
        let going = testing::pod("n", "a")
            .replace(r#""name":"a","#, r#""name":"a","deletionTimestamp":"2026-11-24T10:19:06Z","#);
        put(&mut partition, &going);
        assert!(!partition.tick(NOW + 10));
        assert!(partition.tick(NOW + 60));
        assert_eq!(partition.tally(&Visible::All).danger, 1);
        assert!(!partition.tick(NOW + 1000));
    }

    #[test]
    fn only_visible_namespaces_are_counted() {
        let mut partition = partition();
        put(&mut partition, &testing::pod("mine", "a"));
        put(&mut partition, &testing::pod("theirs", "b"));
        let mine = Visible::Namespaces(Arc::new(BTreeSet::from(["mine".into()])));
        assert_eq!(partition.tally(&mine).total, 1);
        assert_eq!(partition.rows_in(&mine).count(), 1);
        assert_eq!(partition.tally(&Visible::Nothing).total, 0);
    }
}
