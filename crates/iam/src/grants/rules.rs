//! Statements as sets: compiled once per document, and once more per principal where variables stand in its resources.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use super::resource::ResourceGlob;
use crate::action_set::ActionSet;
use crate::context::View;
use crate::policy::{Compiled, Effect, Policy, PolicyKind, Resources as Written};
use crate::request::Layer;
use crate::text::Texts;
use crate::truth::Truth;

/// One statement. An Allow that is not understood names no action.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) allow: bool,
    pub(crate) actions: Arc<ActionSet>,
    pub(crate) resources: Resources,
}

#[derive(Debug)]
pub(crate) enum Resources {
    Only(Box<[ResourceGlob]>),
    Except(Box<[ResourceGlob]>),
}

/// A policy's statements, in its order.
#[derive(Debug)]
pub(crate) struct PolicyRules {
    pub(crate) policy: Policy,
    pub(crate) rules: Box<[Rule]>,
}

/// A policy as one principal has it.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) compiled: Arc<PolicyRules>,
    /// Of each statement, what is known of its conditions; absent when there are none.
    truths: Option<Box<[Truth]>>,
}

/// The policies of one layer; of control policies, one level.
#[derive(Debug, Clone)]
pub(crate) struct LayerRules {
    pub(crate) layer: Layer,
    pub(crate) policies: Vec<Rules>,
}

impl Resources {
    pub(crate) fn is_everything(&self) -> bool {
        match self {
            Self::Only(globs) => globs.iter().any(ResourceGlob::is_everything),
            Self::Except(globs) => globs.is_empty(),
        }
    }

    /// Whether a concrete resource is among them; everything stands for the `*` of actions that know no resources.
    pub(crate) fn at(&self, resource: &ResourceGlob) -> Truth {
        let (Self::Only(globs) | Self::Except(globs)) = self;
        let listed = Truth::any(globs.iter().map(|glob| {
            if !glob.open {
                glob.covers(resource).into()
            } else if !resource.is_everything() && glob.intersects(resource) {
                Truth::Unknown
            } else {
                Truth::False
            }
        }));
        if matches!(self, Self::Except(_)) { !listed } else { listed }
    }

    /// Whether all that fit are certainly among them.
    pub(crate) fn cover(&self, resources: &ResourceGlob) -> bool {
        match self {
            Self::Only(globs) => globs.iter().any(|glob| glob.covers(resources)),
            Self::Except(globs) => !globs.iter().any(|glob| glob.intersects(resources)),
        }
    }

    /// Whether some that fit may be among them.
    pub(crate) fn touch(&self, resources: &ResourceGlob) -> bool {
        match self {
            Self::Only(globs) => globs.iter().any(|glob| glob.intersects(resources)),
            Self::Except(globs) => !globs.iter().any(|glob| glob.covers(resources)),
        }
    }
}

impl Rules {
    pub(crate) fn truth(&self, at: usize) -> Truth {
        self.truths.as_ref().map_or(Truth::True, |truths| truths[at])
    }

    /// The statements with this effect that are not known to be without one, with their place and what is known.
    pub(crate) fn of(&self, allow: bool) -> impl Iterator<Item = (usize, &Rule, Truth)> {
        let rules = self.compiled.rules.iter().enumerate().filter(move |(_, rule)| rule.allow == allow);
        rules.map(|(at, rule)| (at, rule, self.truth(at))).filter(|(_, _, truth)| !truth.is_false())
    }

    /// Whether another principal's are judged the same.
    pub(crate) fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.compiled, &other.compiled) && self.truths == other.truths
    }

    /// What two that are the same have in common.
    pub(crate) fn identity(&self) -> (usize, &[Truth]) {
        (Arc::as_ptr(&self.compiled).addr(), self.truths.as_deref().unwrap_or_default())
    }
}

/// Compiles policies, and knows those it has compiled: documents that many principals share are kept once.
#[derive(Debug, Default)]
pub(crate) struct Compiler {
    sets: HashMap<Box<str>, Arc<ActionSet>>,
    policies: HashMap<(PolicyKind, Arc<str>), Weak<PolicyRules>>,
}

impl Compiler {
    pub(crate) fn layer<'a>(
        &mut self,
        layer: Layer,
        policies: impl IntoIterator<Item = &'a Policy>,
        view: &View<'_>,
    ) -> LayerRules {
        LayerRules { layer, policies: policies.into_iter().map(|policy| self.rules(policy, view)).collect() }
    }

    fn rules(&mut self, policy: &Policy, view: &View<'_>) -> Rules {
        let body = &policy.body;
        let conditional = body.statements.iter().any(|one| !one.conditions.is_empty() || !one.judged);
        let truths = conditional.then(|| body.statements.iter().map(|one| truth(one, &body.texts, view)).collect());
        Rules { compiled: self.compiled(policy, view), truths }
    }

    fn compiled(&mut self, policy: &Policy, view: &View<'_>) -> Arc<PolicyRules> {
        if policy.body.statements.iter().any(has_variables) {
            return Arc::new(self.compile(policy, view));
        }
        let key = (policy.body.kind, Arc::clone(policy.source()));
        if let Some(known) = self.policies.get(&key).and_then(Weak::upgrade) {
            return known;
        }
        let compiled = Arc::new(self.compile(policy, view));
        self.policies.insert(key, Arc::downgrade(&compiled));
        compiled
    }

    fn compile(&mut self, policy: &Policy, view: &View<'_>) -> PolicyRules {
        let body = &policy.body;
        let rules = body.statements.iter().map(|statement| Rule {
            allow: statement.effect == Effect::Allow,
            actions: self.actions(statement, &body.texts),
            resources: resources(&statement.resources, &body.texts, view),
        });
        PolicyRules { policy: policy.clone(), rules: rules.collect() }
    }

    fn actions(&mut self, statement: &Compiled, texts: &Texts) -> Arc<ActionSet> {
        if statement.effect == Effect::Allow && !statement.judged {
            return Arc::default();
        }
        let patterns = || statement.actions.patterns.iter().map(|one| texts.get(one.span));
        let mut key = String::from(if statement.actions.not { "!" } else { "" });
        patterns().for_each(|pattern| {
            key.push_str(pattern);
            key.push(' ');
        });
        if let Some(known) = self.sets.get(&*key) {
            return Arc::clone(known);
        }
        let set = if statement.actions.not {
            ActionSet::complement_of(patterns())
        } else {
            ActionSet::of_patterns(patterns())
        };
        let set = Arc::new(set.compact());
        self.sets.insert(key.into(), Arc::clone(&set));
        set
    }

    /// Lets go of what nobody has any more.
    pub(crate) fn tidy(&mut self) {
        self.policies.retain(|_, policy| policy.strong_count() > 0);
        self.sets.retain(|_, set| Arc::strong_count(set) > 1);
    }
}

fn has_variables(statement: &Compiled) -> bool {
    matches!(&statement.resources, Written::Listed { patterns, .. } if patterns.iter().any(crate::resource::ResourcePattern::has_variable))
}

fn truth(statement: &Compiled, texts: &Texts, view: &View<'_>) -> Truth {
    let holds = Truth::all(statement.conditions.iter().map(|condition| condition.holds(texts, view)));
    if statement.judged || statement.effect == Effect::Allow { holds } else { Truth::Unknown }
}

fn resources(written: &Written, texts: &Texts, view: &View<'_>) -> Resources {
    match written {
        Written::Any => Resources::Only([ResourceGlob::everything()].into()),
        Written::Listed { not, patterns } => {
            let globs = patterns.iter().filter_map(|one| ResourceGlob::of(one, texts.get(one.span), view)).collect();
            if *not { Resources::Except(globs) } else { Resources::Only(globs) }
        }
    }
}
