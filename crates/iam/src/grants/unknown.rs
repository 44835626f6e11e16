//! Actions that are newer than the reference table, or patterns of such: no set has them, so the statements' own patterns are asked.

use super::layers::Layers;
use super::resource::ResourceGlob;
use super::rules::{LayerRules, Resources, Rule};
use crate::action_set::ActionGlob;
use crate::policy::{Effect, Policy};
use crate::truth::Truth;

impl Layers {
    /// An action that the reference table does not know, or a pattern of them, from the statements' own patterns.
    pub(crate) fn unknown(&self, glob: &ActionGlob, resource: Option<&ResourceGlob>) -> Truth {
        let everything = ResourceGlob::everything();
        let asked = resource.unwrap_or(&everything);
        let mut result = Truth::False;
        let Some((identity, limits)) = self.layers.split_first() else { return result };
        for (policy, at, rule, truth) in statements(identity, true) {
            if names(policy, at, glob).is_false() {
                continue;
            }
            let (Resources::Only(globs) | Resources::Except(globs)) = &rule.resources;
            let places: Vec<ResourceGlob> = match &rule.resources {
                Resources::Only(_) => globs.iter().flat_map(|one| one.meets(asked)).collect(),
                Resources::Except(_) => vec![asked.clone()],
            };
            for place in places.iter().filter_map(|place| ResourceGlob::parse(&place.example())) {
                let mut here = truth.and(rule.resources.at(&place));
                for limit in limits {
                    let allowed = statements(limit, true).map(|(policy, at, rule, truth)| {
                        truth.and(rule.resources.at(&place)).and(names(policy, at, glob))
                    });
                    here = here.and(Truth::any(allowed));
                }
                let denied =
                    self.layers.iter().flat_map(|layer| statements(layer, false)).map(|(policy, at, rule, truth)| {
                        truth.and(rule.resources.at(&place)).and(names(policy, at, glob))
                    });
                here = here.and(!Truth::any(denied));
                result = result.or(here);
            }
        }
        result
    }
}

type Stated<'a> = (&'a Policy, usize, &'a Rule, Truth);

fn statements(layer: &LayerRules, allow: bool) -> impl Iterator<Item = Stated<'_>> {
    layer
        .policies
        .iter()
        .flat_map(move |rules| rules.of(allow).map(move |(at, rule, truth)| (&rules.compiled.policy, at, rule, truth)))
}

/// Whether a statement's patterns name all of what is asked, or some.
fn names(policy: &Policy, at: usize, glob: &ActionGlob) -> Truth {
    let Some(statement) = policy.statement(at).filter(|one| one.is_judged() || one.effect() == Effect::Deny) else {
        return Truth::False;
    };
    let listed = statement.actions();
    let named = Truth::any(listed.patterns.iter().map(|pattern| {
        let pattern = ActionGlob::new(pattern);
        if pattern.covers(glob) {
            Truth::True
        } else if pattern.intersects(glob) {
            Truth::Unknown
        } else {
            Truth::False
        }
    }));
    if listed.not { !named } else { named }
}
