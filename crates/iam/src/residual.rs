//! What an answer depends on when not everything is known: an exact expression over single conditions.

mod simplify;
#[cfg(test)]
mod tests;
pub(crate) mod words;
#[cfg(test)]
mod work;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::context::{Context, View};
use crate::decide::Verdict;
use crate::policy::{Compiled, Policy};
use crate::request::Layer;
use crate::resource::Target;
use crate::truth::Truth;

/// When a request is allowed, as far as it depends on what is not known. Its `Display` says it in words, by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Residual(Expression);

impl Residual {
    pub(crate) fn verdict(expression: Expression, explicit: bool) -> Verdict {
        match expression.simplified() {
            Expression::Known(true) => Verdict::Allowed,
            Expression::Known(false) => Verdict::Denied { explicit },
            open => Verdict::Conditional(Self(open)),
        }
    }

    pub(crate) fn and(self, other: Self) -> Verdict {
        Self::verdict(Expression::all(self.0, other.0), false)
    }

    /// Whether the request is allowed once everything is known. What is still unknown then, or could not be judged at
    /// all, is not allowed.
    pub fn evaluate(&self, context: &Context) -> bool {
        self.0.truth(&View::of(context)).is_true()
    }

    /// Whether it hangs on a statement that could not be judged: nothing that becomes known will settle it.
    pub fn is_unjudged(&self) -> bool {
        self.0.any_leaf(&|leaf| matches!(leaf, Leaf::Unjudged(_)))
    }

    /// Whether it hangs on a policy that was not seen.
    pub fn is_unseen(&self) -> bool {
        self.0.any_leaf(&|leaf| matches!(leaf, Leaf::Unseen(_)))
    }

    /// The condition keys that it depends on, each once.
    pub fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        self.0.each_leaf(&mut |leaf| leaf.keys(&mut keys));
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// What must hold, in words, such that `and` can follow: `aws:SourceIp is in 10.0.0.0/8 and MFA is present`.
    pub fn words(&self) -> String {
        words::of(&self.0)
    }

    fn is_one(&self) -> bool {
        match &self.0 {
            Expression::Not(one) => matches!(**one, Expression::Leaf(_)),
            one => matches!(one, Expression::Leaf(_)),
        }
    }
}

impl fmt::Display for Residual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.words();
        f.write_str(if self.is_one() { words::alone(&words) } else { &words })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Known(bool),
    Leaf(Arc<Leaf>),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

/// A part of a statement that is not known to hold or not.
#[derive(Debug, Clone)]
pub(crate) enum Leaf {
    Condition(Place, usize),
    /// A resource with a variable in its pattern.
    Resource(Place, Arc<str>),
    /// A statement that is not understood.
    Unjudged(Place),
    /// A policy that was not read.
    Unseen(Layer),
}

/// A statement of a policy.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) policy: Policy,
    pub(crate) index: usize,
}

impl Place {
    pub(crate) fn compiled(&self) -> &Compiled {
        &self.policy.body.statements[self.index]
    }
}

impl Leaf {
    pub(crate) fn condition(policy: &Policy, index: usize, condition: usize) -> Self {
        Self::Condition(Place { policy: policy.clone(), index }, condition)
    }

    pub(crate) fn resource(policy: &Policy, index: usize, resource: &Arc<str>) -> Self {
        Self::Resource(Place { policy: policy.clone(), index }, Arc::clone(resource))
    }

    pub(crate) fn unjudged(policy: &Policy, index: usize) -> Self {
        Self::Unjudged(Place { policy: policy.clone(), index })
    }

    fn truth(&self, view: &View<'_>) -> Truth {
        match self {
            Self::Condition(place, condition) => {
                place.compiled().conditions[*condition].holds(&place.policy.body.texts, view)
            }
            Self::Resource(place, resource) => {
                place.compiled().matches_resource(&place.policy.body.texts, &Target::new(resource), view)
            }
            Self::Unjudged(_) | Self::Unseen(_) => Truth::Unknown,
        }
    }

    fn keys(&self, keys: &mut Vec<String>) {
        match self {
            Self::Condition(place, condition) => {
                let (texts, one) = (&place.policy.body.texts, &place.compiled().conditions[*condition]);
                keys.push(texts.get(one.key).to_owned());
                let values = one.values.iter().filter(|value| value.variable).map(|value| texts.get(value.span));
                keys.extend(values.flat_map(crate::variable::keys).map(ToOwned::to_owned));
            }
            Self::Resource(place, _) => {
                let statement = place.policy.statement(place.index);
                let patterns = statement.and_then(|one| one.resources()).map(|listed| listed.patterns);
                let patterns = patterns.unwrap_or_default();
                keys.extend(patterns.into_iter().flat_map(crate::variable::keys).map(ToOwned::to_owned));
            }
            Self::Unjudged(_) | Self::Unseen(_) => {}
        }
    }
}

/// Two leaves are one when they say the same, wherever they stand.
impl PartialEq for Leaf {
    fn eq(&self, other: &Self) -> bool {
        #[cfg(test)]
        work::did(1);
        match (self, other) {
            (Self::Condition(a, one), Self::Condition(b, another)) => {
                let (left, right) = (&a.compiled().conditions[*one], &b.compiled().conditions[*another]);
                let (a, b) = (&a.policy.body.texts, &b.policy.body.texts);
                left.operator == right.operator
                    && a.get(left.key).eq_ignore_ascii_case(b.get(right.key))
                    && left.values.len() == right.values.len()
                    && left
                        .values
                        .iter()
                        .zip(&right.values)
                        .all(|(left, right)| left.variable == right.variable && a.get(left.span) == b.get(right.span))
            }
            (Self::Resource(a, one), Self::Resource(b, another)) => {
                Arc::ptr_eq(&a.policy.body, &b.policy.body) && a.index == b.index && one == another
            }
            (Self::Unjudged(a), Self::Unjudged(b)) => Arc::ptr_eq(&a.policy.body, &b.policy.body) && a.index == b.index,
            (Self::Unseen(a), Self::Unseen(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Leaf {}

impl Hash for Leaf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Condition(place, condition) => {
                let (texts, one) = (&place.policy.body.texts, &place.compiled().conditions[*condition]);
                one.operator.hash(state);
                texts.get(one.key).bytes().for_each(|byte| byte.to_ascii_lowercase().hash(state));
                one.values.iter().for_each(|value| (value.variable, texts.get(value.span)).hash(state));
            }
            Self::Resource(place, _) | Self::Unjudged(place) => {
                (place.policy.document_id(), place.index).hash(state);
            }
            Self::Unseen(layer) => layer.hash(state),
        }
    }
}

impl Expression {
    pub(crate) fn leaf(leaf: Leaf) -> Self {
        Self::Leaf(Arc::new(leaf))
    }

    fn truth(&self, view: &View<'_>) -> Truth {
        match self {
            Self::Known(known) => (*known).into(),
            Self::Leaf(leaf) => leaf.truth(view),
            Self::Not(one) => !one.truth(view),
            Self::All(all) => Truth::all(all.iter().map(|one| one.truth(view))),
            Self::Any(any) => Truth::any(any.iter().map(|one| one.truth(view))),
        }
    }

    fn each_leaf(&self, visit: &mut impl FnMut(&Leaf)) {
        match self {
            Self::Known(_) => {}
            Self::Leaf(leaf) => visit(leaf),
            Self::Not(one) => one.each_leaf(visit),
            Self::All(list) | Self::Any(list) => list.iter().for_each(|one| one.each_leaf(visit)),
        }
    }

    fn any_leaf(&self, is: &impl Fn(&Leaf) -> bool) -> bool {
        let mut found = false;
        self.each_leaf(&mut |leaf| found |= is(leaf));
        found
    }
}
