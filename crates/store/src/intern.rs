//! Repeated values of one cluster, held once.
//!
//! References are counted; what nobody refers to any more is freed by a sweep that runs when a pool has doubled since
//! the last one, so interning stays O(1) amortised and churn never leaks.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use foldhash::fast::RandomState;
use parking_lot::{Mutex, MutexGuard};

use crate::labels::Labels;
use crate::rows::{Owner, PodTemplate};

/// An interned string.
pub type Sym = Arc<str>;

/// Below this many values a sweep is not worth its walk.
const SWEEP_FROM: usize = 4096;

struct Pool<T: ?Sized> {
    held: HashSet<Arc<T>, RandomState>,
    sweep_at: usize,
}

impl<T: ?Sized + Hash + Eq> Pool<T> {
    fn new() -> Self {
        Self { held: HashSet::default(), sweep_at: SWEEP_FROM }
    }

    fn insert(&mut self, value: Arc<T>) -> Arc<T> {
        self.held.insert(value.clone());
        value
    }

    fn is_due(&self) -> bool {
        self.held.len() >= self.sweep_at
    }

    fn sweep(&mut self) {
        self.held.retain(|value| Arc::strong_count(value) > 1);
        self.held.shrink_to(self.held.len() * 2);
        self.sweep_at = SWEEP_FROM.max(self.held.len() * 2);
    }
}

/// The pools of one cluster, locked for the conversion of one object at a time.
pub(crate) struct Pools {
    strings: Pool<str>,
    labels: Pool<[(Sym, Sym)]>,
    owners: Pool<[Owner]>,
    templates: Pool<PodTemplate>,
}

impl Pools {
    pub(crate) fn sym(&mut self, text: &str) -> Sym {
        if text.is_empty() {
            return Sym::default();
        }
        match self.strings.held.get(text) {
            Some(found) => found.clone(),
            None => self.strings.insert(Arc::from(text)),
        }
    }

    /// `None` for the empty string, which is how Kubernetes leaves a field out.
    pub(crate) fn some(&mut self, text: &str) -> Option<Sym> {
        (!text.is_empty()).then(|| self.sym(text))
    }

    pub(crate) fn labels<'a>(&mut self, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Labels {
        let mut pairs: Vec<(Sym, Sym)> = pairs.map(|(key, value)| (self.sym(key), self.sym(value))).collect();
        pairs.sort();
        Labels(match self.labels.held.get(&pairs[..]) {
            Some(found) => found.clone(),
            None => self.labels.insert(pairs.into()),
        })
    }

    pub(crate) fn owners(&mut self, owners: Vec<Owner>) -> Arc<[Owner]> {
        match self.owners.held.get(&owners[..]) {
            Some(found) => found.clone(),
            None => self.owners.insert(owners.into()),
        }
    }

    pub(crate) fn template(&mut self, template: PodTemplate) -> Arc<PodTemplate> {
        match self.templates.held.get(&template) {
            Some(found) => found.clone(),
            None => self.templates.insert(Arc::new(template)),
        }
    }

    fn sweep_if_due(&mut self) {
        // Outer values first: they hold strings.
        if self.templates.is_due() {
            self.templates.sweep();
        }
        if self.labels.is_due() {
            self.labels.sweep();
        }
        if self.owners.is_due() {
            self.owners.sweep();
        }
        if self.strings.is_due() {
            self.templates.sweep();
            self.labels.sweep();
            self.owners.sweep();
            self.strings.sweep();
        }
    }
}

/// One cluster's pools; shared by its feeds.
pub(crate) struct Interner(Mutex<Pools>);

impl Interner {
    pub(crate) fn new() -> Arc<Self> {
        let (strings, labels, owners, templates) = (Pool::new(), Pool::new(), Pool::new(), Pool::new());
        Arc::new(Self(Mutex::new(Pools { strings, labels, owners, templates })))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Pools> {
        let mut pools = self.0.lock();
        pools.sweep_if_due();
        pools
    }

    #[cfg(test)]
    pub(crate) fn strings_held(&self) -> usize {
        self.0.lock().strings.held.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_held_once() {
        let interner = Interner::new();
        let mut pools = interner.lock();
        assert!(Arc::ptr_eq(&pools.sym("node-1"), &pools.sym("node-1")));
        let a = pools.labels([("app", "web"), ("a", "b")].into_iter());
        let b = pools.labels([("a", "b"), ("app", "web")].into_iter());
        assert!(Arc::ptr_eq(&a.0, &b.0));
        assert_eq!(a.get("app"), Some("web"));
    }

    #[test]
    fn names_that_come_and_go_do_not_pile_up() {
        let interner = Interner::new();
        let kept = interner.lock().sym("kept");
        for number in 0..100_000 {
            interner.lock().sym(&format!("churn-{number}"));
        }
        assert!(interner.strings_held() <= SWEEP_FROM, "{}", interner.strings_held());
        assert!(Arc::ptr_eq(&kept, &interner.lock().sym("kept")), "what is in use survives a sweep");
    }
}
