//! One condition: an operator on a key with values (facts 18 to 26).

mod operator;
mod value;

use std::cmp::Ordering;

pub(crate) use operator::{Comparison, Family, Operator, Set};

use crate::context::{Found, View};
use crate::pattern;
use crate::text::{Span, Texts};
use crate::truth::Truth;
use crate::variable::{self, Filled, Units};

#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) operator: Operator,
    /// The operator as it is written.
    pub(crate) name: Span,
    pub(crate) key: Span,
    pub(crate) values: Box<[ConditionValue]>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct ConditionValue {
    pub(crate) span: Span,
    /// Whether there are variables in it, in a document and an operator that knows them.
    pub(crate) variable: bool,
}

impl Condition {
    pub(crate) fn holds(&self, texts: &Texts, view: &View<'_>) -> Truth {
        let found = view.get(texts.get(self.key));
        if self.operator.family == Family::Null {
            return self.is_null(texts, found);
        }
        match found {
            Found::Unknown => Truth::Unknown,
            Found::Absent => self.missing().into(),
            Found::One(one) => self.one(texts, view, one),
            Found::Many(many) => match self.operator.set {
                // Observed: a key with several values never meets an operator for one.
                None => Truth::False,
                Some(Set::All) => Truth::all(many.iter().map(|one| self.one(texts, view, one))),
                Some(Set::Any) => Truth::any(many.iter().map(|one| self.one(texts, view, one))),
            },
        }
    }

    fn is_null(&self, texts: &Texts, found: Found<'_>) -> Truth {
        let absent = match found {
            Found::Unknown => return Truth::Unknown,
            Found::Absent => true,
            Found::One(_) | Found::Many(_) => false,
        };
        self.values.iter().any(|value| value::boolean(texts.get(value.span)) == Some(absent)).into()
    }

    /// What holds when the key is not there (fact 20).
    fn missing(&self) -> bool {
        match self.operator.set {
            Some(Set::All) => true,
            Some(Set::Any) => false,
            None => self.operator.if_exists || self.operator.negated,
        }
    }

    /// Whether one value of the request meets it.
    fn one(&self, texts: &Texts, view: &View<'_>, actual: &str) -> Truth {
        let met = Truth::any(self.values.iter().map(|value| {
            let text = texts.get(value.span);
            if value.variable { self.with_variables(text, view, actual) } else { self.meets(text, actual).into() }
        }));
        if self.operator.negated { !met } else { met }
    }

    fn meets(&self, text: &str, actual: &str) -> bool {
        match self.operator.family {
            Family::String => text == actual,
            Family::StringIgnoreCase => value::same_letters(text, actual),
            Family::StringLike => pattern::matches(text.as_bytes(), actual.as_bytes()),
            Family::Arn => arn_like(text.as_bytes(), actual),
            Family::Bool => value::boolean(text).is_some_and(|wanted| value::boolean(actual) == Some(wanted)),
            Family::Numeric(comparison) => compare(comparison, value::numbers(actual, text)),
            Family::Date(comparison) => compare(comparison, value::dates(actual, text)),
            Family::Binary => value::same_bytes(text, actual),
            Family::Ip => value::in_range(text, actual),
            Family::Null => false,
        }
    }

    fn with_variables(&self, text: &str, view: &View<'_>, actual: &str) -> Truth {
        let wild = matches!(self.operator.family, Family::StringLike | Family::Arn);
        // Texts that are equal but for their case may differ in length, though not that much.
        let same_length = matches!(self.operator.family, Family::String | Family::StringLike | Family::Arn);
        let mut units = Units::for_text(actual.len() * if same_length { 1 } else { 8 });
        match variable::fill(text, view, wild, &mut units) {
            Filled::Nothing => Truth::False,
            Filled::Unknown => {
                // Whatever it stands for, what is around it must match.
                let possible = !matches!(self.operator.family, Family::String | Family::StringLike)
                    || pattern::matches(units.get(), actual.as_bytes());
                if possible { Truth::Unknown } else { Truth::False }
            }
            Filled::Known => match self.operator.family {
                Family::String | Family::StringLike => pattern::matches(units.get(), actual.as_bytes()),
                Family::Arn => arn_like(units.get(), actual),
                _ => units.text().is_some_and(|text| self.meets(&text, actual)),
            }
            .into(),
        }
    }
}

fn compare(comparison: Comparison, ordering: Option<Ordering>) -> bool {
    ordering.is_some_and(|ordering| match comparison {
        Comparison::Equal => ordering.is_eq(),
        Comparison::Less => ordering.is_lt(),
        Comparison::LessOrEqual => ordering.is_le(),
        Comparison::Greater => ordering.is_gt(),
        Comparison::GreaterOrEqual => ordering.is_ge(),
    })
}

/// Segment by segment, so that no wildcard crosses a colon but in the last one (fact 25).
fn arn_like<U: pattern::Unit>(wanted: &[U], actual: &str) -> bool {
    let Some(actual) = crate::arn::segments(actual) else { return false };
    let mut rest = wanted;
    for segment in &actual[..5] {
        let Some(colon) = rest.iter().position(|unit| unit.is(b':')) else { return false };
        if !pattern::matches(&rest[..colon], segment.as_bytes()) {
            return false;
        }
        rest = &rest[colon + 1..];
    }
    pattern::matches(rest, actual[5].as_bytes())
}
