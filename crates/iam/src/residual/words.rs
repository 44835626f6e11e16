//! Expressions in words a person reads.

use std::borrow::Cow;

use super::{Expression, Leaf};
use crate::condition::{Comparison, Condition, Family, Set};
use crate::policy::Policy;
use crate::text::Texts;

/// Nobody reads more conditions than this.
const MOST: usize = 64;
/// Nor a longer text than this.
const LONGEST: usize = 1024;

pub(super) fn of(expression: &Expression) -> String {
    Words { left: MOST }.say(expression, true, false)
}

/// Without the brackets that keep it apart from what it stands beside.
pub(crate) fn alone(text: &str) -> &str {
    text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text)
}

struct Words {
    /// How many conditions are still to be said.
    left: usize,
}

impl Words {
    /// `positive`: whether it is to hold. `inside`: whether it stands in a list of the other kind.
    fn say(&mut self, expression: &Expression, positive: bool, inside: bool) -> String {
        match expression {
            Expression::Known(known) => if *known == positive { "always" } else { "never" }.to_owned(),
            Expression::Leaf(leaf) => {
                self.left = self.left.saturating_sub(1);
                leaf_words(leaf, positive)
            }
            Expression::Not(one) => self.say(one, !positive, inside),
            Expression::All(list) => self.joined(list, positive, if positive { "and" } else { "or" }, inside),
            Expression::Any(list) => self.joined(list, positive, if positive { "or" } else { "and" }, inside),
        }
    }

    fn joined(&mut self, list: &[Expression], positive: bool, word: &str, inside: bool) -> String {
        let mut parts: Vec<String> = Vec::new();
        for (said, one) in list.iter().enumerate() {
            if self.left == 0 {
                parts.push(format!("{} more", list.len() - said));
                break;
            }
            // What differs only for keys with several values reads alike: `not (is not a)` and `is a`.
            let part = self.say(one, positive, true);
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        let text = parts.join(&format!(" {word} "));
        if inside && parts.len() > 1 { format!("({text})") } else { text }
    }
}

fn leaf_words(leaf: &Leaf, positive: bool) -> String {
    match leaf {
        Leaf::Condition(place, index) => {
            condition(&place.policy.body.texts, &place.compiled().conditions[*index], positive)
        }
        Leaf::Resource(place, resource) => {
            let statement = place.policy.statement(place.index);
            let listed = statement.and_then(|one| one.resources());
            let patterns = listed.as_ref().map(|listed| list(&listed.patterns)).unwrap_or_default();
            let matches = positive != listed.is_some_and(|listed| listed.not);
            let verb = if matches { "matches" } else { "does not match" };
            format!("{} {verb} {patterns}", shortened(resource))
        }
        Leaf::Unjudged(place) => {
            let label = label(&place.policy, place.index);
            let verb = if positive { "applies" } else { "does not apply" };
            format!("the Deny {label} of {}, which could not be judged, {verb}", place.policy.name())
        }
        Leaf::Unseen(layer) => {
            let verb = if positive { "allows" } else { "does not allow" };
            format!("the {layer}, which was not seen, {verb} it")
        }
    }
}

pub(crate) fn label(policy: &Policy, index: usize) -> String {
    policy.statement(index).map(|one| one.label()).unwrap_or_default()
}

pub(crate) fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return text.into();
    }
    format!("{}…", &text[..text.floor_char_boundary(LONGEST)]).into()
}

/// `a`, `a or b`, `a, b or 3 more`.
pub(crate) fn list(values: &[&str]) -> String {
    enumerated(values, "or")
}

fn enumerated(values: &[&str], word: &str) -> String {
    const SHOWN: usize = 5;
    let shown = |value: &&str| if value.is_empty() { "\"\"".to_owned() } else { shortened(value).into_owned() };
    let (last, rest) = match values {
        [] => return "nothing".to_owned(),
        [one] => return shown(one),
        values if values.len() > SHOWN + 1 => (format!("{} more", values.len() - SHOWN), &values[..SHOWN]),
        [rest @ .., last] => (shown(last), rest),
    };
    format!("{} {word} {last}", rest.iter().map(shown).collect::<Vec<_>>().join(", "))
}

/// One condition, or its opposite.
pub(crate) fn condition(texts: &Texts, condition: &Condition, positive: bool) -> String {
    let operator = condition.operator;
    let key = texts.get(condition.key);
    let values: Vec<&str> = condition.values.iter().map(|value| texts.get(value.span)).collect();
    if operator.family == Family::Null {
        return null(key, &values, positive);
    }
    if let (Some(wants), None) = (multi_factor_wanted(operator.family, key, &values), operator.set) {
        return multi_factor(wants, operator.if_exists, positive);
    }
    match operator.set {
        None => {
            let yes = positive != operator.negated;
            let text = format!("{key} {}", relation(operator.family, &values, yes));
            let comma = if values.len() > 1 { "," } else { "" };
            // What holds for an absent key is worth a word where it is not what one expects.
            let absent = operator.if_exists || operator.negated;
            if absent == positive { format!("({text}{comma} or is absent)") } else { text }
        }
        Some(set) => {
            let part = relation(operator.family, &values, positive != operator.negated);
            // The opposite of some value that is a is that none is: every value is something else.
            match (set, positive) {
                (Set::All, true) | (Set::Any, false) => format!("(every value of {key} {part}, or there is none)"),
                (Set::All, false) | (Set::Any, true) => format!("some value of {key} {part}"),
            }
        }
    }
}

/// One condition, where its key is there.
pub(crate) fn present(texts: &Texts, condition: &Condition) -> String {
    let (operator, key) = (condition.operator, texts.get(condition.key));
    let values: Vec<&str> = condition.values.iter().map(|value| texts.get(value.span)).collect();
    let part = relation(operator.family, &values, !operator.negated);
    match operator.set {
        None => format!("{key} {part}"),
        Some(Set::All) => format!("every value of {key} {part}"),
        Some(Set::Any) => format!("some value of {key} {part}"),
    }
}

fn null(key: &str, values: &[&str], positive: bool) -> String {
    let absent = values.iter().any(|value| value.eq_ignore_ascii_case("true"));
    let present = values.iter().any(|value| value.eq_ignore_ascii_case("false"));
    match (absent, present) {
        (true, true) | (false, false) => if absent == positive { "always" } else { "never" }.to_owned(),
        _ if absent == positive => format!("{key} is absent"),
        _ => format!("{key} is present"),
    }
}

/// Whether a condition asks for MFA, or for its absence.
fn multi_factor_wanted(family: Family, key: &str, values: &[&str]) -> Option<bool> {
    let is_asked = family == Family::Bool && key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent");
    if is_asked { the_boolean(values) } else { None }
}

/// Of one value that is `true` or `false`: which.
fn the_boolean(values: &[&str]) -> Option<bool> {
    match values {
        [one] if one.eq_ignore_ascii_case("true") => Some(true),
        [one] if one.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// MFA has words of its own, and a trap: long-term keys do not carry the key at all (fact 26).
fn multi_factor(wants: bool, if_exists: bool, positive: bool) -> String {
    // Where an absent key meets the condition, and where it meets the opposite.
    match (wants == positive, if_exists == positive) {
        (true, true) => "(MFA is present or the caller has long-term keys)",
        (true, false) => "MFA is present",
        (false, true) => "MFA is absent",
        (false, false) => "(MFA is absent and the caller has temporary credentials)",
    }
    .to_owned()
}

fn relation(family: Family, values: &[&str], yes: bool) -> String {
    if let (Family::Bool, false, Some(one)) = (family, yes, the_boolean(values)) {
        return format!("is {}", !one);
    }
    if let (false, Some(none), true) = (yes, none_of(family), values.len() > 1) {
        return format!("{none} none of {}", enumerated(values, "and"));
    }
    let values = list(values);
    let verb = match (family, yes) {
        (Family::String | Family::Binary | Family::Bool | Family::Null, true) => "is",
        (Family::String | Family::Binary | Family::Bool | Family::Null, false) => "is not",
        (Family::StringIgnoreCase, true) => "is, in any case,",
        (Family::StringIgnoreCase, false) => "is not, in any case,",
        (Family::StringLike | Family::Arn, true) => "matches",
        (Family::StringLike | Family::Arn, false) => "does not match",
        (Family::Ip, true) => "is in",
        (Family::Ip, false) => "is not in",
        (Family::Numeric(comparison), yes) => number(comparison, yes),
        (Family::Date(comparison), yes) => date(comparison, yes),
    };
    format!("{verb} {values}")
}

/// How it is said that none of several values is met.
fn none_of(family: Family) -> Option<&'static str> {
    Some(match family {
        Family::StringLike | Family::Arn => "matches",
        Family::StringIgnoreCase => "is, in any case,",
        Family::Ip => "is in",
        Family::Numeric(comparison) | Family::Date(comparison) if comparison != Comparison::Equal => return None,
        _ => "is",
    })
}

fn number(comparison: Comparison, yes: bool) -> &'static str {
    match (comparison, yes) {
        (Comparison::Equal, true) => "is",
        (Comparison::Equal, false) => "is not",
        (Comparison::Less, true) => "is below",
        (Comparison::Less, false) => "is not below",
        (Comparison::LessOrEqual, true) => "is at most",
        (Comparison::LessOrEqual, false) => "is not at most",
        (Comparison::Greater, true) => "is above",
        (Comparison::Greater, false) => "is not above",
        (Comparison::GreaterOrEqual, true) => "is at least",
        (Comparison::GreaterOrEqual, false) => "is not at least",
    }
}

fn date(comparison: Comparison, yes: bool) -> &'static str {
    match (comparison, yes) {
        (Comparison::Equal, true) => "is",
        (Comparison::Equal, false) => "is not",
        (Comparison::Less, true) | (Comparison::GreaterOrEqual, false) => "is before",
        (Comparison::GreaterOrEqual, true) | (Comparison::Less, false) => "is not before",
        (Comparison::Greater, true) | (Comparison::LessOrEqual, false) => "is after",
        (Comparison::LessOrEqual, true) | (Comparison::Greater, false) => "is not after",
    }
}
