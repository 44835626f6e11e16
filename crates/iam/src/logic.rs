//! The decision is written once and computed in two ways: as one of three truths, fast and without allocating, and, when
//! that is unknown, as the exact expression over what is unknown.

use crate::residual::{Expression, Leaf};
use crate::truth::Truth;

pub(crate) trait Logic {
    type Value: Clone;

    fn known(value: bool) -> Self::Value;
    /// Something that context or documents decide.
    fn leaf(truth: Truth, leaf: impl FnOnce() -> Leaf) -> Self::Value;
    fn and(one: Self::Value, other: impl FnOnce() -> Self::Value) -> Self::Value;
    fn or(one: Self::Value, other: impl FnOnce() -> Self::Value) -> Self::Value;
    fn not(one: Self::Value) -> Self::Value;
    /// Whether it is plain that it holds whatever the unknown is.
    fn holds(one: &Self::Value) -> bool;
    fn fails(one: &Self::Value) -> bool;
}

/// Three truths.
pub(crate) struct Kleene;

impl Logic for Kleene {
    type Value = Truth;

    fn known(value: bool) -> Truth {
        value.into()
    }

    fn leaf(truth: Truth, _: impl FnOnce() -> Leaf) -> Truth {
        truth
    }

    fn and(one: Truth, other: impl FnOnce() -> Truth) -> Truth {
        if one.is_false() { one } else { one.and(other()) }
    }

    fn or(one: Truth, other: impl FnOnce() -> Truth) -> Truth {
        if one.is_true() { one } else { one.or(other()) }
    }

    fn not(one: Truth) -> Truth {
        !one
    }

    fn holds(one: &Truth) -> bool {
        one.is_true()
    }

    fn fails(one: &Truth) -> bool {
        one.is_false()
    }
}

/// Expressions.
pub(crate) struct Symbolic;

impl Logic for Symbolic {
    type Value = Expression;

    fn known(value: bool) -> Expression {
        Expression::Known(value)
    }

    fn leaf(truth: Truth, leaf: impl FnOnce() -> Leaf) -> Expression {
        match truth {
            Truth::True => Expression::Known(true),
            Truth::False => Expression::Known(false),
            Truth::Unknown => Expression::leaf(leaf()),
        }
    }

    fn and(one: Expression, other: impl FnOnce() -> Expression) -> Expression {
        if Self::fails(&one) { one } else { Expression::all(one, other()) }
    }

    fn or(one: Expression, other: impl FnOnce() -> Expression) -> Expression {
        if Self::holds(&one) { one } else { Expression::any(one, other()) }
    }

    fn not(one: Expression) -> Expression {
        one.negated()
    }

    fn holds(one: &Expression) -> bool {
        matches!(one, Expression::Known(true))
    }

    fn fails(one: &Expression) -> bool {
        matches!(one, Expression::Known(false))
    }
}
