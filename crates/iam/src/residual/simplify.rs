//! Fewer words for the same truth. Every step is an equivalence, so that the value never changes; what takes more than
//! near-linear work is not done for what is large.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::{Expression, Leaf};

/// Up to how many parts of a list are compared each with each.
const FEW: usize = 64;
/// Nothing more is tried once so many steps were taken for each node, beside what is small anyway.
const STEPS_A_NODE: usize = 32;
const STEPS_OF_SMALL: usize = 100_000;

impl Expression {
    /// All of them. Nothing is compared here, so that joining many one by one takes no longer than reading them.
    pub(crate) fn all(one: Self, other: Self) -> Self {
        match (one, other) {
            (Self::Known(true), other) | (other, Self::Known(true)) => other,
            (Self::Known(false), _) | (_, Self::Known(false)) => Self::Known(false),
            (Self::All(mut list), Self::All(more)) => {
                list.extend(more);
                Self::All(list)
            }
            (Self::All(mut list), one) => {
                list.push(one);
                Self::All(list)
            }
            (one, other) => Self::All(vec![one, other]),
        }
    }

    /// Any of them.
    pub(crate) fn any(one: Self, other: Self) -> Self {
        match (one, other) {
            (Self::Known(false), other) | (other, Self::Known(false)) => other,
            (Self::Known(true), _) | (_, Self::Known(true)) => Self::Known(true),
            (Self::Any(mut list), Self::Any(more)) => {
                list.extend(more);
                Self::Any(list)
            }
            (Self::Any(mut list), one) => {
                list.push(one);
                Self::Any(list)
            }
            (one, other) => Self::Any(vec![one, other]),
        }
    }

    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Known(known) => Self::Known(!known),
            Self::Not(one) => *one,
            Self::All(all) => Self::Any(all.into_iter().map(Self::negated).collect()),
            Self::Any(any) => Self::All(any.into_iter().map(Self::negated).collect()),
            leaf @ Self::Leaf(_) => Self::Not(Box::new(leaf)),
        }
    }

    /// With what is said twice left out, and with what one part already says taken out of the others.
    pub(crate) fn simplified(self) -> Self {
        let mut terms = Terms::default();
        let term = terms.take(self);
        terms.limit = terms.steps * STEPS_A_NODE + STEPS_OF_SMALL;
        let term = terms.simplified(term);
        #[cfg(test)]
        super::work::did(terms.steps);
        terms.give(term)
    }
}

/// An expression in which equal parts are one: comparing two takes one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Term {
    Known(bool),
    Literal {
        leaf: usize,
        holds: bool,
    },
    /// Never in a list of its own kind.
    List(usize),
}

#[derive(Clone)]
struct List {
    /// Whether one part is enough, so that `true` decides; otherwise `false` does.
    any: bool,
    /// As they are said.
    parts: Rc<[Term]>,
    /// In order, to find the list by.
    sorted: Rc<[Term]>,
}

#[derive(Default)]
struct Terms {
    leaves: Vec<Arc<Leaf>>,
    known: HashMap<Arc<Leaf>, usize>,
    lists: Vec<List>,
    found: HashMap<(bool, Rc<[Term]>), usize>,
    steps: usize,
    limit: usize,
}

impl Term {
    fn opposite(self) -> Option<Self> {
        match self {
            Self::Known(known) => Some(Self::Known(!known)),
            Self::Literal { leaf, holds } => Some(Self::Literal { leaf, holds: !holds }),
            Self::List(_) => None,
        }
    }
}

impl Terms {
    fn take(&mut self, expression: Expression) -> Term {
        self.steps += 1;
        match expression {
            Expression::Known(known) => Term::Known(known),
            Expression::Leaf(leaf) => Term::Literal { leaf: self.leaf(leaf), holds: true },
            Expression::Not(one) => match *one {
                Expression::Leaf(leaf) => Term::Literal { leaf: self.leaf(leaf), holds: false },
                other => self.take(other.negated()),
            },
            Expression::All(list) => self.take_list(list, false),
            Expression::Any(list) => self.take_list(list, true),
        }
    }

    fn take_list(&mut self, list: Vec<Expression>, any: bool) -> Term {
        let parts: Vec<Term> = list.into_iter().map(|one| self.take(one)).collect();
        self.join(parts, any)
    }

    fn leaf(&mut self, leaf: Arc<Leaf>) -> usize {
        let next = self.leaves.len();
        let at = *self.known.entry(Arc::clone(&leaf)).or_insert(next);
        if at == next {
            self.leaves.push(leaf);
        }
        at
    }

    fn give(&self, term: Term) -> Expression {
        match term {
            Term::Known(known) => Expression::Known(known),
            Term::Literal { leaf, holds } => {
                let leaf = Expression::Leaf(Arc::clone(&self.leaves[leaf]));
                if holds { leaf } else { leaf.negated() }
            }
            Term::List(at) => {
                let parts = self.lists[at].parts.iter().map(|one| self.give(*one)).collect();
                if self.lists[at].any { Expression::Any(parts) } else { Expression::All(parts) }
            }
        }
    }

    /// Flattened; what is repeated or known drops out, and what stands beside its opposite decides.
    fn join(&mut self, parts: impl IntoIterator<Item = Term>, any: bool) -> Term {
        let mut kept: Vec<Term> = Vec::new();
        let mut seen: HashSet<Term> = HashSet::new();
        for part in parts {
            let inner = match part {
                Term::List(at) if self.lists[at].any == any => Some(Rc::clone(&self.lists[at].parts)),
                _ => None,
            };
            for part in inner.as_deref().unwrap_or(&[part]).iter().copied() {
                self.steps += 1;
                match part {
                    Term::Known(known) if known == any => return part,
                    Term::Known(_) => {}
                    part if part.opposite().is_some_and(|other| seen.contains(&other)) => return Term::Known(any),
                    part if seen.insert(part) => kept.push(part),
                    _ => {}
                }
            }
        }
        match kept[..] {
            [] => Term::Known(!any),
            [one] => one,
            _ => Term::List(self.list(kept, any)),
        }
    }

    fn list(&mut self, parts: Vec<Term>, any: bool) -> usize {
        let mut sorted = parts.clone();
        sorted.sort_unstable();
        let sorted: Rc<[Term]> = sorted.into();
        let next = self.lists.len();
        let at = *self.found.entry((any, Rc::clone(&sorted))).or_insert(next);
        if at == next {
            self.lists.push(List { any, parts: parts.into(), sorted });
        }
        at
    }

    fn simplified(&mut self, term: Term) -> Term {
        let Term::List(at) = term else { return term };
        let List { any, parts, .. } = self.lists[at].clone();
        let parts: Vec<Term> = parts.iter().map(|one| self.simplified(*one)).collect();
        let joined = self.join(parts, any);
        self.propagated(joined)
    }

    /// In `a and (not a or b)` the second part is just `b`; likewise in `a or (not a and b)`.
    fn propagated(&mut self, mut term: Term) -> Term {
        while let Term::List(at) = term {
            let List { any, parts, .. } = self.lists[at].clone();
            // Beside `a or …` the rest counts only where `a` is false.
            let given: HashMap<usize, bool> = parts
                .iter()
                .filter_map(|one| match *one {
                    Term::Literal { leaf, holds } => Some((leaf, holds != any)),
                    _ => None,
                })
                .collect();
            if given.is_empty() || given.len() == parts.len() || self.steps > self.limit {
                return self.absorbed(at);
            }
            let parts: Vec<Term> =
                parts.iter().map(|one| if let Term::List(_) = one { self.given(*one, &given) } else { *one }).collect();
            let next = self.join(parts, any);
            if next == term {
                return self.absorbed(at);
            }
            term = next;
        }
        term
    }

    /// What a part is where some leaves are known.
    fn given(&mut self, term: Term, known: &HashMap<usize, bool>) -> Term {
        self.steps += 1;
        match term {
            Term::Known(_) => term,
            Term::Literal { leaf, holds } => known.get(&leaf).map_or(term, |known| Term::Known(*known == holds)),
            Term::List(at) => {
                let List { any, parts, .. } = self.lists[at].clone();
                let new: Vec<Term> = parts.iter().map(|one| self.given(*one, known)).collect();
                if new[..] == parts[..] { term } else { self.join(new, any) }
            }
        }
    }

    /// `(a and b) or (a and b and c)` is `a and b`.
    fn absorbed(&mut self, at: usize) -> Term {
        let List { any, parts, .. } = self.lists[at].clone();
        if parts.len() > FEW || self.steps > self.limit {
            return Term::List(at);
        }
        let members = |part: &Term| match *part {
            Term::List(at) if self.lists[at].any != any => Rc::clone(&self.lists[at].sorted),
            other => Rc::from([other]),
        };
        let lists: Vec<Rc<[Term]>> = parts.iter().map(members).collect();
        // No two are the same: they would be one part.
        let is_spare =
            |index: usize| (0..lists.len()).any(|other| other != index && covers(&lists[other], &lists[index]));
        let kept: Vec<Term> = (0..parts.len()).filter(|index| !is_spare(*index)).map(|index| parts[index]).collect();
        self.steps += lists.len() * lists.iter().map(|list| list.len()).sum::<usize>();
        if kept.len() == parts.len() { Term::List(at) } else { self.join(kept, any) }
    }
}

/// Whether all of `few` is in `many`; both are in order.
fn covers(few: &[Term], many: &[Term]) -> bool {
    let mut rest = many.iter();
    few.len() <= many.len() && few.iter().all(|one| rest.by_ref().find(|other| *other >= one) == Some(one))
}
