//! Who can do this: an index over principals that answers for thousands of them at once. Principals whose policies come to the same
//! are judged once; what each may do anywhere is kept as a set of actions, so that a question without a resource is a
//! few words per group, and one with a resource is judged only where the set says that it can be.

mod group;
mod places;
mod question;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

pub use question::{Question, QuestionError};

use self::group::{Group, Source};
use self::places::Places;
use crate::action::Action;
use crate::action_set::ActionSet;
use crate::context::Context;
use crate::decide::{Case, Verdict, decide};
use crate::grants::{Asked, CellSets, Compiler, Granted, Layers, ResourceGlob, applicable, example};
use crate::reference::{ActionId, reference};
use crate::request::{Facts, Policies, Request, RolePolicies};
use crate::truth::Truth;

/// Principals by the key their owner knows them by.
#[derive(Debug)]
pub struct Index<K> {
    compiler: Compiler,
    roles: Vec<Role<K>>,
    places: HashMap<K, u32>,
    groups: Vec<Group>,
    free: Vec<u32>,
    /// Cells by where their patterns begin, and sets that many cells have.
    cells: Places,
    sets: HashSet<Arc<CellSets>>,
    /// Groups by the hash of their layers.
    alike: HashMap<u64, Vec<u32>>,
    changes: u32,
}

#[derive(Debug)]
struct Role<K> {
    key: K,
    policies: RolePolicies,
    context: Context,
    group: u32,
}

/// One principal that can, wholly or in part.
#[derive(Debug, Clone)]
pub struct Found<'a, K> {
    pub key: &'a K,
    source: Source<'a>,
    truth: Truth,
}

/// One principal's answer in full.
#[derive(Debug)]
pub struct Detail {
    /// An action that was asked for, and a resource, that the verdict is about: of those that are allowed if there are any.
    pub action: String,
    pub resource: String,
    pub verdict: Verdict,
    /// What is allowed without a condition on all resources that were asked for, as far as they are the principal's own
    /// account's. Where it lacks some, the answer is yes only for a part of them.
    pub throughout: ActionSet,
    /// The patterns of the statements that allow, as far as they are about what was asked, the first few.
    pub resources: Vec<String>,
}

const SHOWN_RESOURCES: usize = 20;
/// Changes after which what nobody uses any more is let go.
const TIDY_AFTER: u32 = 1000;

impl<K> Found<'_, K> {
    /// What was asked for that is allowed on some of the resources, without a condition.
    pub fn certain(&self) -> ActionSet {
        self.source.granted().certain
    }

    /// What is allowed only under a condition, or where a policy of the resource that was not seen allows it too.
    pub fn conditional(&self) -> ActionSet {
        self.source.granted().conditional
    }

    /// Both.
    pub fn matched(&self) -> ActionSet {
        let granted = self.source.granted();
        granted.certain.union(&granted.conditional)
    }

    /// Whether at least one action is allowed without a condition. An action that is newer than the reference table is in
    /// neither set, and only here.
    pub fn is_certain(&self) -> bool {
        self.truth.is_true()
    }
}

impl<K: Clone + Eq + Hash> Default for Index<K> {
    fn default() -> Self {
        Self {
            compiler: Compiler::default(),
            roles: Vec::new(),
            places: HashMap::new(),
            groups: Vec::new(),
            free: Vec::new(),
            cells: Places::default(),
            sets: HashSet::new(),
            alike: HashMap::new(),
            changes: 0,
        }
    }
}

impl<K: Clone + Eq + Hash> Index<K> {
    pub fn build(principals: impl IntoIterator<Item = (K, RolePolicies, Context)>) -> Self {
        let mut index = Self::default();
        for (key, policies, context) in principals {
            index.set(key, policies, context);
        }
        index
    }

    pub fn len(&self) -> usize {
        self.roles.len()
    }

    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
    }

    /// How many different judgements there are among them.
    pub fn groups(&self) -> usize {
        self.groups.len() - self.free.len()
    }

    pub fn policies(&self, key: &K) -> Option<&RolePolicies> {
        self.places.get(key).map(|place| &self.roles[*place as usize].policies)
    }

    /// Adds a principal, or replaces what was known of it.
    pub fn set(&mut self, key: K, policies: RolePolicies, context: Context) {
        let layers = Layers::new(&mut self.compiler, &policies, &context);
        let group = self.group(layers);
        if let Some(place) = self.places.get(&key) {
            let role = &mut self.roles[*place as usize];
            let before = std::mem::replace(&mut role.group, group);
            (role.policies, role.context) = (policies, context);
            self.leave(before);
        } else {
            let place = u32::try_from(self.roles.len()).unwrap_or(u32::MAX);
            self.places.insert(key.clone(), place);
            self.roles.push(Role { key, policies, context, group });
        }
        self.changed();
    }

    pub fn remove(&mut self, key: &K) -> bool {
        let Some(place) = self.places.remove(key) else { return false };
        let role = self.roles.swap_remove(place as usize);
        if let Some(moved) = self.roles.get(place as usize) {
            self.places.insert(moved.key.clone(), place);
        }
        self.leave(role.group);
        self.changed();
        true
    }

    fn changed(&mut self) {
        self.changes += 1;
        if self.changes >= TIDY_AFTER.max(u32::try_from(self.roles.len()).unwrap_or(u32::MAX)) {
            self.compiler.tidy();
            self.sets.retain(|set| Arc::strong_count(set) > 1);
            self.changes = 0;
        }
    }

    fn group(&mut self, layers: Layers) -> u32 {
        let mut hasher = DefaultHasher::new();
        layers.hash(&mut hasher);
        let alike = self.alike.entry(hasher.finish()).or_default();
        if let Some(place) = alike.iter().find(|place| self.groups[**place as usize].layers.same(&layers)) {
            self.groups[*place as usize].members += 1;
            return *place;
        }
        let group = Group::new(layers, &mut self.sets);
        let place = if let Some(place) = self.free.pop() {
            self.groups[place as usize] = group;
            place
        } else {
            self.groups.push(group);
            u32::try_from(self.groups.len() - 1).unwrap_or(u32::MAX)
        };
        alike.push(place);
        let group = &self.groups[place as usize];
        for (at, (cell, sets)) in group.cells.iter().enumerate() {
            self.cells.add(group.layers.glob(*cell), sets, (place, u16::try_from(at).unwrap_or(u16::MAX)));
        }
        place
    }

    fn leave(&mut self, place: u32) {
        let group = &mut self.groups[place as usize];
        group.members -= 1;
        if group.members > 0 {
            return;
        }
        let mut hasher = DefaultHasher::new();
        group.layers.hash(&mut hasher);
        for (cell, _) in &group.cells {
            self.cells.remove(group.layers.glob(*cell), place);
        }
        group.layers.layers.clear();
        (group.cells, group.anywhere) = (Box::default(), Granted::default());
        if let Some(alike) = self.alike.get_mut(&hasher.finish()) {
            alike.retain(|one| *one != place);
            if alike.is_empty() {
                self.alike.remove(&hasher.finish());
            }
        }
        self.free.push(place);
    }

    /// Everybody who can do some of what is asked on some of the resources asked for. In no particular order.
    pub fn who_can<'a>(&'a self, question: &'a Question) -> Vec<Found<'a, K>> {
        let mut judged = self.judged(question);
        let exact = question.exact();
        let found = self.roles.iter().filter_map(|role| {
            let group = role.group as usize;
            let alone = self.groups[group].members == 1;
            let (source, truth) = if alone { judged[group].take()? } else { judged[group].clone()? };
            let found = Found { key: &role.key, source, truth };
            match &exact {
                // One request: what depends on something may be settled by what the request itself tells.
                Some((action, resource, id)) if !truth.is_true() => role.settled(found, (action, resource, *id)),
                _ => Some(found),
            }
        });
        found.collect()
    }

    /// What each group is granted of what is asked.
    fn judged<'a>(&'a self, question: &'a Question) -> Vec<Option<(Source<'a>, Truth)>> {
        let wanted = question.wanted();
        let Some(resource) = question.resource().filter(|_| !question.actions().is_empty()) else {
            return self.groups.iter().map(|group| group.anywhere(question)).collect();
        };
        let mut judged = vec![None; self.groups.len()];
        for hits in self.cells.hits(wanted, resource).chunk_by(|one, other| one.group == other.group) {
            let group = hits[0].group as usize;
            judged[group] = self.groups[group].on(hits, wanted, resource);
        }
        judged
    }

    /// The verdict on one principal's row, with what it depends on; `None` where there is no such row.
    pub fn detail(&self, question: &Question, key: &K) -> Option<Detail> {
        let role = &self.roles[*self.places.get(key)? as usize];
        let group = &self.groups[role.group as usize];
        let granted = match question.resource() {
            Some(_) => group.layers.granted(question.asked()),
            None => group.anywhere.intersection(question.wanted()),
        };
        let unknown = question.actions().is_empty();
        let none = granted.certain.is_empty() && granted.conditional.is_empty();
        if none && !(unknown && group.anywhere(question).is_some()) {
            return None;
        }
        let first = granted.certain.iter().next().or_else(|| granted.conditional.iter().next());
        let mut resources: Vec<String> = Vec::new();
        let mut place: Option<ResourceGlob> = None;
        group.layers.judge(question.asked(), &mut |finding| {
            if finding.certain.is_empty() && finding.conditional.is_empty() {
                return;
            }
            let shown = finding.scope.as_str();
            if resources.len() < SHOWN_RESOURCES && !resources.iter().any(|one| one == shown) {
                resources.push(shown.to_owned());
            }
            let about = first
                .is_some_and(|id| finding.certain.contains(id) || place.is_none() && finding.conditional.contains(id));
            if about {
                let judged = if finding.resource.is_everything() { finding.scope } else { finding.resource };
                place = Some(judged.clone());
            }
        });
        let everything = ResourceGlob::everything();
        let asked = question.resource().unwrap_or(&everything);
        let (name, resource) = match first {
            Some(id) => {
                let action = reference().action(id);
                (action.to_string(), example(&group.layers, action, place.as_ref().unwrap_or(asked)))
            }
            None => (question.action().as_str().to_owned(), asked.as_str().to_owned()),
        };
        let verdict =
            Action::parse(&name).map_or(Verdict::Denied { explicit: false }, |action| role.decide(&action, &resource));
        let throughout = match question.resource() {
            Some(resource) => group.layers.throughout(&granted.certain, resource),
            None => granted.certain,
        };
        Some(Detail { action: name, resource, verdict, throughout, resources })
    }
}

impl<K> Role<K> {
    fn case<T>(&self, action: &Action, resource: &str, ask: impl FnOnce(&Request<'_>, &Policies<'_>) -> T) -> T {
        let request = Request {
            principal: Some(&self.policies.principal),
            action,
            resource,
            account: None,
            context: &self.context,
        };
        let policies = self.policies.policies();
        // What the resource itself says is not known here.
        let facts = Facts { resource_unseen: true, ..policies.facts };
        ask(&request, &Policies { facts, ..policies })
    }

    fn decide(&self, action: &Action, resource: &str) -> Verdict {
        self.case(action, resource, decide)
    }

    fn settled<'a>(
        &self,
        found: Found<'a, K>,
        (action, resource, id): (&Action, &str, Option<ActionId>),
    ) -> Option<Found<'a, K>> {
        match self.case(action, resource, |request, policies| Case::new(request, policies).truth()) {
            Truth::False => None,
            Truth::Unknown => Some(found),
            Truth::True => {
                let granted = Granted { certain: id.into_iter().collect(), conditional: ActionSet::new() };
                Some(Found { source: Source::Own(Arc::new(granted)), truth: Truth::True, ..found })
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
