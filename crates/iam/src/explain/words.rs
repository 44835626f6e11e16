//! Reasons in words a person reads.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Matched, Met, Outcome, Part, Reason};
use crate::condition::{Comparison, Condition, Family, Set};
use crate::policy::{Compiled, Effect, Policy, Principals, Resources};
use crate::principal::Naming;
use crate::request::{Layer, Policies};
use crate::residual::words::{alone, condition, list, present, shortened};
use crate::text::{Span, Texts};

impl Reason {
    /// What it did, in words.
    pub fn words(&self) -> String {
        let Some((policy, index)) = &self.statement else {
            return if let Part::Text(text) = &self.part { text.clone().into_owned() } else { String::new() };
        };
        Words { reason: self, policy, statement: &policy.body.statements[*index], texts: &policy.body.texts }.said()
    }
}

struct Words<'a> {
    reason: &'a Reason,
    policy: &'a Policy,
    statement: &'a Compiled,
    texts: &'a Texts,
}

impl Words<'_> {
    fn said(&self) -> String {
        let does = match self.reason.effect {
            Effect::Allow => format!("allows {}", self.action()),
            Effect::Deny => format!("denies {}", self.action()),
        };
        match &self.reason.part {
            Part::Text(text) => text.clone().into_owned(),
            Part::Resource { wildcard_only, lacking } => {
                let mut text = format!("{does}, but {}", self.resources());
                if *wildcard_only {
                    text.push_str(", and an action that knows no resources needs *");
                }
                if let Some(key) = lacking {
                    let _ = write!(text, ", and {key} has no single value");
                }
                text
            }
            Part::Principal => format!("{does}, but {}", self.principals()),
            Part::Condition { index, met } => {
                let failed = &self.statement.conditions[*index];
                let wanted = condition(self.texts, failed, true);
                format!("{does} only if {}, and {}", alone(&wanted), self.found(failed, met))
            }
            Part::Matched(matched) => self.matched(&does, matched),
        }
    }

    fn matched(&self, does: &str, matched: &Matched) -> String {
        let mut text = match self.reason.outcome {
            Outcome::Unjudged => format!("could not be judged{}; perhaps {does}", self.problem()),
            _ => does.to_owned(),
        };
        let on = match (&self.statement.resources, matched.resource) {
            (_, Some(pattern)) => format!(" on {}", self.shown(pattern)),
            (Resources::Listed { not: true, .. }, _) => format!(" on everything but {}", self.listed_resources()),
            _ => String::new(),
        };
        text.push_str(&on);
        text.push_str(&self.whom(matched.principal));
        let conditions = self.statement.conditions.iter().zip(&matched.met);
        let conditions: Vec<_> = conditions.map(|(one, met)| self.held(one, met)).collect();
        if !conditions.is_empty() {
            let word = if self.reason.outcome == Outcome::Applies { "because" } else { "if" };
            let joined = if let [one] = &*conditions { alone(one).to_owned() } else { conditions.join(" and ") };
            let _ = write!(text, " {word} {joined}");
        }
        text.push_str(matched.principal.map_or("", |named| self.peculiar(named)));
        text
    }

    /// For whom, where policies say so.
    fn whom(&self, named: Option<(Span, Naming)>) -> String {
        match (&self.statement.principals, named) {
            (Principals::Listed { not: true, .. }, _) => format!(" to everybody but {}", self.listed_principals()),
            (_, None) => String::new(),
            (_, Some((pattern, _))) => {
                let pattern = self.shown(pattern);
                format!(" to {}", if matches!(&*pattern, "" | "*") { "everybody" } else { &pattern })
            }
        }
    }

    /// What is peculiar about how the caller is named.
    fn peculiar(&self, (_, naming): (Span, Naming)) -> &'static str {
        match (&self.statement.principals, self.reason.effect) {
            (Principals::Listed { not: true, .. }, _) => {
                "; that spares nobody with a permissions boundary, and others only if all their names are listed"
            }
            (_, Effect::Allow) if self.reason.layer == Layer::Resource && naming == Naming::Account => {
                "; that leaves it to the account's own policies"
            }
            _ => "",
        }
    }

    fn shown(&self, span: Span) -> String {
        shortened(self.texts.get(span)).into_owned()
    }

    fn action(&self) -> String {
        match self.reason.action {
            Some(pattern) => self.shown(pattern),
            None if self.statement.actions.patterns.is_empty() => "everything".to_owned(),
            None => {
                let listed: Vec<_> =
                    self.statement.actions.patterns.iter().map(|one| self.texts.get(one.span)).collect();
                format!("everything but {}", list(&listed))
            }
        }
    }

    fn listed_resources(&self) -> String {
        let Resources::Listed { patterns, .. } = &self.statement.resources else { return String::new() };
        list(&patterns.iter().map(|one| self.texts.get(one.span)).collect::<Vec<_>>())
    }

    /// Of a statement for other resources.
    fn resources(&self) -> String {
        let not = matches!(&self.statement.resources, Resources::Listed { not: true, .. });
        format!("{} on {}", if not { "not" } else { "only" }, self.listed_resources())
    }

    fn listed_principals(&self) -> String {
        let Principals::Listed { patterns, .. } = &self.statement.principals else { return String::new() };
        list(&patterns.iter().map(|one| self.texts.get(one.span)).collect::<Vec<_>>())
    }

    /// Of a statement for other callers.
    fn principals(&self) -> String {
        match &self.statement.principals {
            Principals::Absent => "to nobody: it names no principal".to_owned(),
            Principals::Listed { not, .. } => {
                format!("{} to {}", if *not { "not" } else { "only" }, self.listed_principals())
            }
        }
    }

    /// Why it could not be judged.
    fn problem(&self) -> String {
        let index = self.reason.statement.as_ref().map(|(_, index)| *index);
        let here =
            |problem: &&crate::Problem| problem.unjudged && (problem.statement.is_none() || problem.statement == index);
        let Some(problem) = self.policy.problems().iter().find(here) else { return String::new() };
        let place = if problem.path.is_empty() { String::new() } else { format!("{}: ", problem.path) };
        format!(" ({place}{})", problem.message)
    }

    /// A condition that holds, or that is not known to, with what it met.
    fn held(&self, one: &Condition, met: &Met) -> String {
        let key = self.texts.get(one.key);
        match met {
            Met::Unknown => condition(self.texts, one, true),
            _ if one.operator.family == Family::Null => condition(self.texts, one, true),
            Met::Absent => format!("{key} is absent"),
            Met::One(value) if is_said_by(one) => format!("{key} is {value}"),
            Met::One(value) => format!("{} (it is {value})", present(self.texts, one)),
            Met::Many(values) => format!("{} (they are {values})", present(self.texts, one)),
        }
    }

    /// What a condition met that does not hold.
    fn found(&self, one: &Condition, met: &Met) -> String {
        let key = self.texts.get(one.key);
        match met {
            Met::Unknown | Met::Absent => format!("{key} is absent"),
            Met::One(value) => format!("{key} is {value}"),
            Met::Many(values) if one.operator.set.is_none() && one.operator.family != Family::Null => {
                format!(
                    "{key} has several values ({values}), which no operator without ForAllValues or ForAnyValue meets"
                )
            }
            Met::Many(values) => format!("its values are {values}"),
        }
    }
}

/// Whether the value itself says all: it is one of those that are wanted.
fn is_said_by(one: &Condition) -> bool {
    let equal = matches!(one.operator.family, Family::String | Family::Bool | Family::Numeric(Comparison::Equal));
    equal
        && !one.operator.negated
        && one.operator.set != Some(Set::All)
        && one.values.iter().all(|value| !value.variable)
}

/// Several values: `a, b and 3 more`.
pub(super) fn several(values: &[Box<str>]) -> String {
    const SHOWN: usize = 5;
    let mut shown: Vec<_> = values.iter().take(SHOWN).map(|value| shortened(value).into_owned()).collect();
    if values.len() > SHOWN {
        shown.push(format!("{} more", values.len() - SHOWN));
    }
    shown.join(", ")
}

/// Why a layer allows nothing.
pub(super) fn silence(layer: Layer, policies: &Policies<'_>) -> Cow<'static, str> {
    let none = match layer {
        Layer::Identity => policies.identity.is_empty(),
        Layer::Resource => policies.resource.is_none(),
        _ => false,
    };
    if none && layer == Layer::Resource && policies.facts.resource_unseen {
        return "the resource policy was not seen".into();
    }
    if none { format!("there is no {layer}") } else { format!("no statement of the {layer} allows this") }.into()
}
