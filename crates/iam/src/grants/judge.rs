//! What a principal's layers allow on a resource, for many actions at once.

use super::applicable::{self, applicable, needing_resource, wildcard_only};
use super::layers::Layers;
use super::resource::ResourceGlob;
use super::rules::{Resources, Rule};
use crate::action_set::ActionSet;
use crate::truth::Truth;

/// The most places that are looked at within one pattern, when what limits it names many.
const NARROWINGS: usize = 48;

/// What is asked: some actions, on some resources or on any.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) actions: &'a ActionSet,
    pub(crate) resource: Option<&'a ResourceGlob>,
}

impl<'a> Asked<'a> {
    pub(crate) fn anywhere(actions: &'a ActionSet) -> Self {
        Self { actions, resource: None }
    }
}

/// What is allowed somewhere in what was asked: without a condition, and under one only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Granted {
    pub(crate) certain: ActionSet,
    pub(crate) conditional: ActionSet,
}

impl Granted {
    /// Whether some of these are: `True` without a condition.
    pub(crate) fn truth(&self, wanted: &ActionSet) -> Truth {
        if self.certain.intersects(wanted) {
            Truth::True
        } else if self.conditional.intersects(wanted) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }

    pub(crate) fn intersection(&self, wanted: &ActionSet) -> Self {
        Self { certain: self.certain.intersection(wanted), conditional: self.conditional.intersection(wanted) }
    }

    pub(crate) fn compact(self) -> Self {
        Self { certain: self.certain.compact(), conditional: self.conditional.compact() }
    }

    pub(crate) fn add(&mut self, certain: &ActionSet, conditional: &ActionSet) {
        if !certain.is_subset(&self.certain) {
            self.certain = self.certain.union(certain);
        }
        if !conditional.is_subset(&self.conditional) {
            self.conditional = self.conditional.union(conditional);
        }
    }
}

/// What one pattern of one Allow comes to.
#[derive(Debug)]
pub(crate) struct Finding<'a> {
    /// The policy's place among the identity policies, and the statement's in it.
    pub(crate) statement: (usize, usize),
    /// What of the pattern was asked for.
    pub(crate) scope: &'a ResourceGlob,
    /// What of it was judged: narrower where limits or Denies name resources.
    pub(crate) place: &'a ResourceGlob,
    /// The resource that was judged; everything stands for the `*` of actions that know none.
    pub(crate) resource: &'a ResourceGlob,
    pub(crate) asked: &'a ActionSet,
    pub(crate) certain: ActionSet,
    pub(crate) conditional: ActionSet,
}

impl Layers {
    pub(crate) fn granted(&self, asked: Asked<'_>) -> Granted {
        let mut granted = Granted::default();
        self.judge(asked, &mut |finding| {
            granted.certain = granted.certain.union(&finding.certain);
            granted.conditional = granted.conditional.union(&finding.conditional);
        });
        granted.conditional = granted.conditional.difference(&granted.certain);
        granted
    }

    /// Every Allow that has to do with what is asked, pattern by pattern.
    pub(crate) fn judge(&self, asked: Asked<'_>, visit: &mut dyn FnMut(Finding<'_>)) {
        let Some(identity) = self.layers.first() else { return };
        let everything = ResourceGlob::everything();
        for (policy, rules) in identity.policies.iter().enumerate() {
            for (at, rule, truth) in rules.of(true) {
                if !rule.actions.intersects(asked.actions) {
                    continue;
                }
                let wanted = rule.actions.intersection(asked.actions);
                let allow = Allow { statement: (policy, at), wanted: &wanted, truth, except: &[] };
                match &rule.resources {
                    Resources::Only(globs) => {
                        for glob in globs {
                            let truth = if glob.open { truth.and(Truth::Unknown) } else { truth };
                            let allow = Allow { truth, ..allow };
                            match asked.resource {
                                None => self.scope(&allow, glob, visit),
                                Some(resource) if resource.is_concrete() => {
                                    if glob.intersects(resource) {
                                        self.scope(&allow, resource, visit);
                                    }
                                }
                                Some(resource) => {
                                    glob.meets(resource).iter().for_each(|scope| self.scope(&allow, scope, visit));
                                }
                            }
                        }
                    }
                    Resources::Except(globs) => {
                        self.scope(&Allow { except: globs, ..allow }, asked.resource.unwrap_or(&everything), visit);
                    }
                }
            }
        }
    }

    pub(super) fn scope(&self, allow: &Allow<'_>, scope: &ResourceGlob, visit: &mut dyn FnMut(Finding<'_>)) {
        let wanted =
            if scope.is_everything() { allow.wanted.clone() } else { allow.wanted.intersection(&applicable(scope)) };
        if wanted.is_empty() {
            return;
        }
        if scope.is_concrete() && !scope.is_everything() {
            return self.place(allow, [scope, scope, scope], &wanted, visit);
        }
        // What no limit and no Deny ties to resources is the same everywhere.
        let tied = if allow.except.is_empty() { self.tied(&wanted) } else { wanted.clone() };
        let everything = ResourceGlob::everything();
        let free = wanted.difference(&tied);
        if !free.is_empty() {
            self.place(allow, [scope, scope, &everything], &free, visit);
        }
        if tied.is_empty() {
            return;
        }
        if scope.is_everything() {
            let nowhere = tied.intersection(wildcard_only());
            if !nowhere.is_empty() {
                self.place(allow, [scope, scope, &everything], &nowhere, visit);
            }
        }
        for kind in applicable::types(scope) {
            let actions = tied.intersection(&kind.actions);
            if actions.is_empty() {
                continue;
            }
            let inner = scope.meets(&kind.glob).into_iter().map(|inner| self.home.put(inner)).collect();
            for place in self.narrowings(inner, &actions) {
                if let Some(concrete) = ResourceGlob::parse(&place.example()) {
                    self.place(allow, [scope, &place, &concrete], &actions, visit);
                }
            }
        }
    }

    pub(super) fn place(
        &self,
        allow: &Allow<'_>,
        [scope, place, resource]: [&ResourceGlob; 3],
        asked: &ActionSet,
        visit: &mut dyn FnMut(Finding<'_>),
    ) {
        let mut truth = allow.truth;
        for glob in allow.except {
            let listed = if glob.open { Truth::Unknown } else { Truth::True };
            let fits =
                if glob.open { !resource.is_everything() && glob.intersects(resource) } else { glob.covers(resource) };
            if fits {
                truth = truth.and(!listed);
            }
        }
        if truth.is_false() {
            return;
        }
        let (mut certain, possible) = self.at(asked, resource);
        if !scope.is_everything() && self.home.is_abroad(scope) {
            // There the resource's own policy decides as well.
            truth = truth.and(Truth::Unknown);
        }
        certain = certain.difference(needing_resource());
        let conditional = if truth.is_true() {
            possible.difference(&certain)
        } else {
            certain = ActionSet::new();
            possible
        };
        visit(Finding { statement: allow.statement, scope, place, resource, asked, certain, conditional });
    }

    /// What the limits and the Denies leave of actions that an Allow allows on this very resource: for certain, and perhaps.
    pub(crate) fn at(&self, actions: &ActionSet, resource: &ResourceGlob) -> (ActionSet, ActionSet) {
        let (mut certain, mut possible) = (actions.clone(), actions.clone());
        for limit in &self.layers[1..] {
            let (mut allowed, mut perhaps) = (ActionSet::new(), ActionSet::new());
            for (_, rule, truth) in limit.policies.iter().flat_map(|rules| rules.of(true)) {
                if !rule.actions.intersects(&possible) {
                    continue;
                }
                match truth.and(rule.resources.at(resource)) {
                    Truth::True => allowed = allowed.union(&rule.actions),
                    Truth::Unknown => perhaps = perhaps.union(&rule.actions),
                    Truth::False => {}
                }
            }
            certain = certain.intersection(&allowed);
            possible = possible.intersection(&allowed.union(&perhaps));
            if possible.is_empty() {
                return (certain, possible);
            }
        }
        for (_, rule, truth) in self.denials() {
            if !rule.actions.intersects(&possible) {
                continue;
            }
            let truth = truth.and(rule.resources.at(resource));
            if !truth.is_false() {
                certain = certain.difference(&rule.actions);
            }
            if truth.is_true() {
                possible = possible.difference(&rule.actions);
            }
        }
        (certain, possible)
    }

    /// What is allowed on all of the resources that fit, without a condition. Says less rather than more.
    pub(crate) fn throughout(&self, actions: &ActionSet, resources: &ResourceGlob) -> ActionSet {
        let mut left = actions.clone();
        for layer in &self.layers {
            let allowed = layer.policies.iter().flat_map(|rules| rules.of(true)).filter(|(_, rule, truth)| {
                truth.is_true() && rule.actions.intersects(&left) && rule.resources.cover(resources)
            });
            left = left.intersection(&allowed.fold(ActionSet::new(), |all, (_, rule, _)| all.union(&rule.actions)));
        }
        for (_, rule, _) in self.denials() {
            if rule.actions.intersects(&left) && rule.resources.touch(resources) {
                left = left.difference(&rule.actions);
            }
        }
        left
    }

    /// Whether what limits it allows all of these on all of the resources that fit.
    pub(crate) fn limits_cover(&self, actions: &ActionSet, resources: &ResourceGlob) -> bool {
        self.layers[1..].iter().all(|layer| {
            let covering = layer
                .policies
                .iter()
                .flat_map(|rules| rules.of(true))
                .filter(|(_, rule, _)| rule.resources.cover(resources));
            let mut left = actions.clone();
            for (_, rule, _) in covering {
                left = left.difference(&rule.actions);
            }
            left.is_empty()
        })
    }

    pub(crate) fn denied_rules(&self) -> impl Iterator<Item = (&Rule, Truth)> {
        self.denials().map(|(_, rule, truth)| (rule, truth))
    }

    pub(crate) fn has_denials(&self) -> bool {
        self.denials().next().is_some()
    }

    pub(super) fn denials(&self) -> impl Iterator<Item = (usize, &Rule, Truth)> {
        self.layers.iter().flat_map(|layer| &layer.policies).flat_map(|rules| rules.of(false))
    }

    /// The actions of which some limit or Deny speaks only for certain resources.
    pub(super) fn tied(&self, actions: &ActionSet) -> ActionSet {
        let limits = self.layers[1..].iter().flat_map(|layer| &layer.policies).flat_map(|rules| rules.of(true));
        let mut tied = ActionSet::new();
        for (_, rule, _) in limits.chain(self.denials()) {
            if !rule.resources.is_everything() && rule.actions.intersects(actions) {
                tied = tied.union(&rule.actions.intersection(actions));
            }
        }
        tied
    }

    /// Places within a pattern: itself, and what of it a limit names, or a Deny spares.
    fn narrowings(&self, mut places: Vec<ResourceGlob>, actions: &ActionSet) -> Vec<ResourceGlob> {
        let limits = self.layers[1..].iter().flat_map(|layer| &layer.policies).flat_map(|rules| rules.of(true));
        let named = limits.chain(self.denials()).filter(|(_, rule, _)| rule.actions.intersects(actions));
        for (_, rule, _) in named {
            let globs = match &rule.resources {
                Resources::Only(globs) if rule.allow => globs,
                Resources::Except(globs) if !rule.allow => globs,
                _ => continue,
            };
            for glob in globs {
                for at in 0..places.len() {
                    if glob.covers(&places[at]) || places.len() >= NARROWINGS {
                        continue;
                    }
                    for inner in places[at].meets(glob) {
                        if !places.contains(&inner) {
                            places.push(inner);
                        }
                    }
                }
            }
        }
        places
    }
}

/// One Allow that is judged.
#[derive(Clone, Copy)]
pub(super) struct Allow<'a> {
    pub(super) statement: (usize, usize),
    pub(super) wanted: &'a ActionSet,
    pub(super) truth: Truth,
    /// `NotResource`
    pub(super) except: &'a [ResourceGlob],
}
