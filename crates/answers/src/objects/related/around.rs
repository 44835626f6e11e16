//! An object with the rows around it that its caller may see.

use std::collections::BTreeMap;

use periscope_model::{KindId, ObjectRef, Tone};
use periscope_store::rows::{PodTemplate, uid_number};
use periscope_store::{Labels, Part, Row, Selector};
use serde_json::Value;

use super::{RelatedGroup, RelatedItem};
use crate::clusters::Discovered;
use crate::events::kind_named;
use crate::kinds::known;
use crate::reach::Member;

/// Items of one relation.
const MAX_ITEMS: usize = 100;

pub(super) struct Around<'a> {
    pub(super) place: &'a ObjectRef,
    pub(super) object: &'a Value,
    members: &'a [Member],
    discovered: &'a Discovered,
    found: BTreeMap<&'static str, BTreeMap<ObjectRef, (Tone, String)>>,
    order: Vec<&'static str>,
}

impl<'a> Around<'a> {
    pub(super) fn new(
        place: &'a ObjectRef,
        object: &'a Value,
        members: &'a [Member],
        discovered: &'a Discovered,
    ) -> Self {
        Self { place, object, members, discovered, found: BTreeMap::new(), order: Vec::new() }
    }

    pub(super) fn namespace(&self) -> &'a str {
        self.place.namespace.as_deref().unwrap_or_default()
    }

    pub(super) fn uid(&self) -> u128 {
        uid_number(self.object["metadata"]["uid"].as_str().unwrap_or_default())
    }

    /// The object's own row.
    pub(super) fn own_row<T>(&self, read: impl FnOnce(&Row) -> T) -> Option<T> {
        let part = self.part(&self.place.kind)?;
        part.lease.read().get(self.namespace(), &self.place.name).map(|row| read(row))
    }

    fn part(&self, kind: &KindId) -> Option<&'a Part> {
        self.members.iter().find(|member| member.kind == *kind).and_then(Member::known)
    }

    /// Looks at every visible row of `kind` in the object's namespace; of cluster-scoped objects, everywhere.
    pub(super) fn look(&self, kind: &str, mut look: impl FnMut(&Row)) {
        let namespace = self.namespace();
        self.look_everywhere(kind, |row| {
            if namespace.is_empty() || row.meta.namespace.is_empty() || &*row.meta.namespace == namespace {
                look(row);
            }
        });
    }

    fn look_everywhere(&self, kind: &str, mut look: impl FnMut(&Row)) {
        if let Some(Part { lease, visible }) = self.part(&known(kind)) {
            lease.read().rows_in(visible).for_each(|row| look(row));
        }
    }

    /// Tells every row of `kind` that fits, where [`Around::look`] looks.
    pub(super) fn each(&mut self, relation: &'static str, kind: &str, fits: impl Fn(&Row) -> bool) {
        let mut found = Vec::new();
        self.look(kind, |row| {
            if fits(row) {
                found.push(self.item(kind, row));
            }
        });
        self.add_all(relation, found);
    }

    /// The same in every namespace.
    pub(super) fn each_everywhere(&mut self, relation: &'static str, kind: &str, fits: impl Fn(&Row) -> bool) {
        let mut found = Vec::new();
        self.look_everywhere(kind, |row| {
            if fits(row) {
                found.push(self.item(kind, row));
            }
        });
        self.add_all(relation, found);
    }

    /// The different label sets of the pods that `selector` selects.
    pub(super) fn labels_of_pods(&self, selector: &Selector) -> Vec<Labels> {
        let mut sets: Vec<Labels> = Vec::new();
        self.look("pods", |row| {
            if selector.matches(&row.meta.labels) && !sets.contains(&row.meta.labels) && sets.len() < MAX_ITEMS {
                sets.push(row.meta.labels.clone());
            }
        });
        sets
    }

    fn item(&self, kind: &str, row: &Row) -> RelatedItem {
        let object = reference(self.place, &known(kind), &row.meta.namespace, &row.meta.name);
        RelatedItem { object, tone: row.tone(), status: row.status().to_owned() }
    }

    fn add_all(&mut self, relation: &'static str, found: Vec<RelatedItem>) {
        for RelatedItem { object, tone, status } in found {
            self.add(relation, object, tone, status);
        }
    }

    /// An object by its name, with its state if the caller sees it.
    pub(super) fn named(&mut self, relation: &'static str, kind: &KindId, namespace: &str, name: &str) {
        if name.is_empty() {
            return;
        }
        let state = self
            .part(kind)
            .filter(|part| part.visible.allows(namespace))
            .and_then(|part| part.lease.read().get(namespace, name).map(|row| (row.tone(), row.status().to_owned())));
        let (tone, status) = state.unwrap_or_default();
        self.add(relation, reference(self.place, kind, namespace, name), tone, status);
    }

    /// What an owner reference or a similar one names: by API group and kind.
    pub(super) fn referred(&mut self, relation: &'static str, group: &str, kind: &str, name: &str) {
        let kind = kind_named(Some(self.discovered), group, kind);
        let namespaced = self.discovered.get(&kind).is_none_or(|resource| resource.namespaced);
        let namespace = if namespaced { self.namespace() } else { "" };
        self.named(relation, &kind, namespace, name);
    }

    fn add(&mut self, relation: &'static str, object: ObjectRef, tone: Tone, status: String) {
        if object == *self.place {
            return;
        }
        if !self.order.contains(&relation) {
            self.order.push(relation);
        }
        self.found.entry(relation).or_default().insert(object, (tone, status));
    }

    pub(super) fn groups(mut self) -> Vec<RelatedGroup> {
        let group = |relation: &'static str| {
            let found = self.found.remove(relation).unwrap_or_default();
            let total = found.len();
            let mut items: Vec<RelatedItem> =
                found.into_iter().map(|(object, (tone, status))| RelatedItem { object, tone, status }).collect();
            items.sort_by_key(|item| std::cmp::Reverse(item.tone));
            items.truncate(MAX_ITEMS);
            RelatedGroup { relation, items, total }
        };
        self.order.iter().copied().map(group).collect()
    }
}

fn reference(place: &ObjectRef, kind: &KindId, namespace: &str, name: &str) -> ObjectRef {
    let namespace = (!namespace.is_empty()).then(|| namespace.to_owned());
    ObjectRef { cluster: place.cluster.clone(), kind: kind.clone(), namespace, name: name.to_owned() }
}

/// The template of whatever makes pods, or is one.
pub(super) fn template(row: &Row) -> Option<&PodTemplate> {
    let replicated = || {
        let deployment = row.deployment().map(|one| &one.replicas);
        let set = deployment.or_else(|| row.stateful_set().map(|one| &one.replicas));
        let set = set.or_else(|| row.daemon_set().map(|one| &one.replicas));
        set.or_else(|| row.replica_set().map(|one| &one.replicas)).map(|replicas| &replicas.template)
    };
    let job = || row.job().map(|job| &job.template).or_else(|| row.cron_job().map(|job| &job.template));
    row.pod().map(|pod| &pod.template).or_else(replicated).or_else(job).map(AsRef::as_ref)
}
