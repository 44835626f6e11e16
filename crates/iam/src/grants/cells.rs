//! Patterns of Allows one by one, with what each comes to wherever it fits: what an index keeps so that a question only has
//! to meet patterns.

use super::applicable::applicable;
use super::judge::{Allow, Finding, Granted};
use super::layers::Layers;
use super::resource::ResourceGlob;
use super::rules::{Resources, Rule};
use crate::action_set::ActionSet;
use crate::truth::Truth;

/// One pattern of one Allow, by its place: policy, statement, pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) policy: u16,
    pub(crate) statement: u16,
    pub(crate) glob: u16,
    /// `NotResource`
    pub(crate) not: bool,
}

/// What a cell comes to: for certain or under a condition wherever it fits, and what hangs on the very resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct CellSets {
    pub(crate) free: Granted,
    pub(crate) tied: ActionSet,
}

/// A policy has far fewer of anything than fit.
fn narrow(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

impl Layers {
    /// Every pattern of every Allow with what it comes to by itself, as far as that is the same on all its resources.
    pub(crate) fn cells(&self, visit: &mut dyn FnMut(Cell, CellSets)) {
        let Some(identity) = self.layers.first() else { return };
        let everything = ResourceGlob::everything();
        for (policy, rules) in identity.policies.iter().enumerate() {
            for (at, rule, truth) in rules.of(true).filter(|(_, rule, _)| !rule.actions.is_empty()) {
                let allow = Allow { statement: (policy, at), wanted: &rule.actions, truth, except: &[] };
                let (globs, not) = match &rule.resources {
                    Resources::Only(globs) => (&**globs, false),
                    Resources::Except(_) => (std::slice::from_ref(&everything), true),
                };
                for (place, glob) in globs.iter().enumerate() {
                    let wanted = if glob.is_everything() {
                        (*rule.actions).clone()
                    } else {
                        rule.actions.intersection(&applicable(glob))
                    };
                    if wanted.is_empty() {
                        continue;
                    }
                    let tied = if not { wanted.clone() } else { self.tied(&wanted) };
                    let mut sets = CellSets { tied, ..CellSets::default() };
                    let free = wanted.difference(&sets.tied);
                    if !free.is_empty() {
                        let truth = if glob.open { truth.and(Truth::Unknown) } else { truth };
                        self.place(&Allow { truth, ..allow }, [glob, glob, &everything], &free, &mut |finding| {
                            sets.free.certain = finding.certain;
                            sets.free.conditional = finding.conditional;
                        });
                    }
                    let cell = Cell { policy: narrow(policy), statement: narrow(at), glob: narrow(place), not };
                    visit(cell, sets);
                }
            }
        }
    }

    /// The pattern of a cell.
    pub(crate) fn glob(&self, cell: Cell) -> Option<&ResourceGlob> {
        match &self.rule(cell)?.0.resources {
            Resources::Only(globs) => globs.get(usize::from(cell.glob)),
            Resources::Except(_) => None,
        }
    }

    fn rule(&self, cell: Cell) -> Option<(&Rule, Truth)> {
        let rules = self.layers.first()?.policies.get(usize::from(cell.policy))?;
        let at = usize::from(cell.statement);
        Some((rules.compiled.rules.get(at)?, rules.truth(at)))
    }

    /// What a cell's tied actions come to on what is asked.
    pub(crate) fn judge_tied(
        &self,
        cell: Cell,
        wanted: &ActionSet,
        resource: Option<&ResourceGlob>,
        visit: &mut dyn FnMut(Finding<'_>),
    ) {
        let Some((rule, truth)) = self.rule(cell) else { return };
        let allow = Allow { statement: (cell.policy.into(), cell.statement.into()), wanted, truth, except: &[] };
        let everything = ResourceGlob::everything();
        let asked = resource.unwrap_or(&everything);
        match &rule.resources {
            Resources::Except(globs) => self.scope(&Allow { except: globs, ..allow }, asked, visit),
            Resources::Only(globs) => {
                let Some(glob) = globs.get(usize::from(cell.glob)) else { return };
                let allow = if glob.open { Allow { truth: truth.and(Truth::Unknown), ..allow } } else { allow };
                if asked.is_concrete() && !asked.is_everything() {
                    if glob.intersects(asked) {
                        self.place(&allow, [asked, asked, asked], wanted, visit);
                    }
                } else if !self.ties(wanted, glob, asked) {
                    // Any of them stands for all.
                    let met = glob.meets(asked).into_iter().next();
                    if let Some(concrete) = met.and_then(|scope| ResourceGlob::parse(&self.home.put(scope).example())) {
                        self.place(&allow, [glob, glob, &concrete], wanted, visit);
                    }
                } else {
                    glob.meets(asked).iter().for_each(|scope| self.scope(&allow, scope, visit));
                }
            }
        }
    }

    /// Whether some limit, or a Deny, makes a difference among the resources that fit both.
    fn ties(&self, actions: &ActionSet, one: &ResourceGlob, other: &ResourceGlob) -> bool {
        let limits = self.layers[1..].iter().flat_map(|layer| &layer.policies).flat_map(|rules| rules.of(true));
        let limited =
            limits.into_iter().any(|(_, rule, _)| !rule.resources.is_everything() && rule.actions.intersects(actions));
        limited
            || self.denials().any(|(_, rule, _)| {
                !rule.resources.is_everything()
                    && rule.actions.intersects(actions)
                    && rule.resources.touch(one)
                    && rule.resources.touch(other)
            })
    }
}
