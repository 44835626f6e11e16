//! Which entries a role is granted: for certain, or under a condition.

use super::{Catalogue, Entry};
use crate::action_set::ActionSet;
use crate::grants::needing_resource;
use crate::truth::Truth;

/// What a role is granted, as sets; the first of each pair without any condition, the second also under one.
pub(crate) struct Held<'a> {
    pub(crate) anywhere: (&'a ActionSet, &'a ActionSet),
    /// Only what is granted on all resources of its kind.
    pub(crate) broadly: (&'a ActionSet, &'a ActionSet),
    /// Whether some role may be passed to this service.
    pub(crate) passes: &'a dyn Fn(&str) -> Truth,
}

impl Catalogue {
    /// The entries that are granted, with `True` for those that no condition limits; `Unknown` ones depend on one.
    pub(crate) fn held(&self, held: &Held<'_>) -> Vec<(&Entry, Truth)> {
        let entries = self.entries.iter().map(|entry| (entry, entry.held(held)));
        entries.filter(|(_, truth)| !truth.is_false()).collect()
    }
}

impl Entry {
    pub(crate) fn held(&self, held: &Held<'_>) -> Truth {
        let (certain, possible) = if self.broad { held.broadly } else { held.anywhere };
        let mut truth = Truth::all(self.sets.iter().map(|wanted| {
            let within = |set: &ActionSet| if self.whole { wanted.is_subset(set) } else { wanted.intersects(set) };
            // What is asked of keys and roles hangs on their policies as well, which takes nothing from having all.
            let all = || wanted.difference(needing_resource()).is_subset(certain) && within(possible);
            if within(certain) || self.whole && all() {
                Truth::True
            } else if within(possible) {
                Truth::Unknown
            } else {
                Truth::False
            }
        }));
        if let Some(service) = &self.passed_to
            && !truth.is_false()
        {
            // That it is passed to this service is known then, which decides conditions on it.
            let pass_role = self.sets.iter().zip(&self.actions).find(|(_, name)| is_pass_role(name));
            let passes = if pass_role.is_some_and(|(set, _)| set.intersects(certain)) {
                Truth::True
            } else {
                (held.passes)(service)
            };
            truth = match passes {
                Truth::True => Truth::all(
                    self.sets
                        .iter()
                        .zip(&self.actions)
                        .filter(|(_, name)| !is_pass_role(name))
                        .map(|(wanted, _)| if wanted.intersects(certain) { Truth::True } else { Truth::Unknown }),
                ),
                other => truth.and(other),
            };
        }
        truth
    }
}

fn is_pass_role(action: &str) -> bool {
    action.eq_ignore_ascii_case("iam:PassRole")
}
