//! Fewer words for the same truth. Every step is an equivalence, so that the value never changes.

use super::Expression;

/// Beyond this size only the cheap steps are taken.
const LARGE: usize = 400;

impl Expression {
    /// All of them, flattened; what is repeated or known drops out.
    pub(crate) fn all(parts: Vec<Self>) -> Self {
        join(parts, false)
    }

    /// Any of them.
    pub(crate) fn any(parts: Vec<Self>) -> Self {
        join(parts, true)
    }

    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Known(known) => Self::Known(!known),
            Self::Not(one) => *one,
            Self::All(all) => Self::any(all.into_iter().map(Self::negated).collect()),
            Self::Any(any) => Self::all(any.into_iter().map(Self::negated).collect()),
            leaf @ Self::Leaf(_) => Self::Not(Box::new(leaf)),
        }
    }

    /// With what one part already says taken out of the others.
    pub(crate) fn simplified(self) -> Self {
        if self.size() > LARGE {
            return self;
        }
        match self {
            Self::All(parts) => propagated(parts, false),
            Self::Any(parts) => propagated(parts, true),
            other => other,
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Known(_) | Self::Leaf(_) => 1,
            Self::Not(one) => 1 + one.size(),
            Self::All(list) | Self::Any(list) => 1 + list.iter().map(Self::size).sum::<usize>(),
        }
    }

    fn is_literal(&self) -> bool {
        matches!(self, Self::Leaf(_) | Self::Not(_))
    }

    fn is_opposite(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Not(one), other) | (other, Self::Not(one)) => **one == *other,
            _ => false,
        }
    }

    /// Itself where a literal is known to be true.
    fn given(self, literal: &Self) -> Self {
        match self {
            Self::All(list) => Self::all(list.into_iter().map(|one| one.given(literal)).collect()),
            Self::Any(list) => Self::any(list.into_iter().map(|one| one.given(literal)).collect()),
            one if one == *literal => Self::Known(true),
            one if one.is_opposite(literal) => Self::Known(false),
            other => other,
        }
    }
}

/// `any`: whether one is enough, so that `true` decides; otherwise `false` does.
fn join(parts: Vec<Expression>, any: bool) -> Expression {
    let mut kept: Vec<Expression> = Vec::new();
    let mut queue = parts;
    queue.reverse();
    while let Some(part) = queue.pop() {
        match part {
            Expression::Known(known) if known == any => return Expression::Known(any),
            Expression::Known(_) => {}
            Expression::Any(inner) if any => queue.extend(inner.into_iter().rev()),
            Expression::All(inner) if !any => queue.extend(inner.into_iter().rev()),
            part if kept.contains(&part) => {}
            part if kept.iter().any(|one| one.is_opposite(&part)) => return Expression::Known(any),
            part => kept.push(part),
        }
    }
    match kept.len() {
        0 => Expression::Known(!any),
        1 => kept.remove(0),
        _ if any => Expression::Any(kept),
        _ => Expression::All(kept),
    }
}

/// In `a and (not a or b)` the second part is just `b`; likewise in `a or (not a and b)`.
fn propagated(parts: Vec<Expression>, any: bool) -> Expression {
    let mut parts: Vec<Expression> = parts.into_iter().map(Expression::simplified).collect();
    loop {
        let before = parts.clone();
        for index in 0..parts.len() {
            if !parts[index].is_literal() {
                continue;
            }
            // Beside `a or …` the rest counts only where `a` is false.
            let literal = if any { parts[index].clone().negated() } else { parts[index].clone() };
            for (_, part) in parts.iter_mut().enumerate().filter(|(other, _)| *other != index) {
                let whole = std::mem::replace(part, Expression::Known(!any));
                *part = whole.given(&literal);
            }
        }
        parts = match join(parts, any) {
            Expression::All(list) if !any => list,
            Expression::Any(list) if any => list,
            done => return done.simplified_once(any),
        };
        if parts == before {
            return absorbed(parts, any);
        }
    }
}

impl Expression {
    /// What a joined list came down to; a list of the other kind is simplified in turn.
    fn simplified_once(self, any: bool) -> Self {
        match self {
            Self::All(parts) if any => propagated(parts, false),
            Self::Any(parts) if !any => propagated(parts, true),
            other => other,
        }
    }
}

/// `(a and b) or (a and b and c)` is `a and b`.
fn absorbed(parts: Vec<Expression>, any: bool) -> Expression {
    let members = |part: &Expression| -> Vec<Expression> {
        match part {
            Expression::All(list) if any => list.clone(),
            Expression::Any(list) if !any => list.clone(),
            other => vec![other.clone()],
        }
    };
    let lists: Vec<_> = parts.iter().map(members).collect();
    let covers = |one: &[Expression], other: &[Expression]| one.iter().all(|part| other.contains(part));
    let is_spare = |index: usize| {
        (0..lists.len()).any(|other| {
            other != index
                && covers(&lists[other], &lists[index])
                && (other < index || !covers(&lists[index], &lists[other]))
        })
    };
    let spare: Vec<bool> = (0..parts.len()).map(is_spare).collect();
    join(parts.into_iter().zip(spare).filter(|(_, spare)| !spare).map(|(part, _)| part).collect(), any)
}
