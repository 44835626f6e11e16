//! What two statements both allow, as one statement where that can be said.

use crate::action_set::{ActionGlob, ActionSet};
use crate::grants::ResourceGlob;
use crate::overlap;
use crate::policy::{Resources, Statement};
use crate::reference::reference;

/// Operator, key and values.
pub(super) type Conditions = Vec<(String, String, Vec<String>)>;

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) name: String,
    pub(super) actions: Patterns,
    pub(super) resources: Patterns,
    pub(super) conditions: Conditions,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Patterns {
    pub(super) not: bool,
    pub(super) patterns: Vec<String>,
}

impl Patterns {
    fn is_everything(&self) -> bool {
        !self.not && self.patterns.iter().any(|pattern| pattern == "*")
    }
}

impl Piece {
    /// `None`: it matches nothing.
    pub(super) fn new(statement: &Statement<'_>) -> Option<Self> {
        let actions = statement.actions();
        let actions =
            Patterns { not: actions.not, patterns: actions.patterns.into_iter().map(ToOwned::to_owned).collect() };
        let resources = match &statement.compiled().resources {
            Resources::Any => Patterns { not: false, patterns: vec!["*".to_owned()] },
            Resources::Listed { not, patterns } => {
                let written = statement.resources()?.patterns.into_iter().zip(patterns.iter());
                let texts = written
                    .filter(|(_, pattern)| !pattern.is_nothing())
                    .map(|(text, pattern)| if pattern.has_variable() { text.to_owned() } else { literal(text) });
                Patterns { not: *not, patterns: texts.collect() }
            }
        };
        let resources = match (resources.not, resources.patterns.is_empty()) {
            (false, true) => return None,
            (true, true) => Patterns { not: false, patterns: vec!["*".to_owned()] },
            _ => resources,
        };
        let mut conditions = Conditions::new();
        for (text, compiled) in statement.conditions().zip(&statement.compiled().conditions) {
            let knows = text.operator.to_ascii_lowercase();
            let knows = knows.contains("string") || knows.contains("arn");
            let values = text.values.iter().zip(&compiled.values).map(|(value, compiled)| {
                if compiled.variable || !knows { (*value).to_owned() } else { literal(value) }
            });
            conditions.push((text.operator.to_owned(), text.key.to_owned(), values.collect()));
        }
        let name = format!("{} of {}", statement.label(), statement.policy().name());
        Some(Self { name, actions, resources, conditions })
    }

    pub(super) fn is_everything(&self) -> bool {
        self.conditions.is_empty() && self.actions.is_everything() && self.resources.is_everything()
    }
}

/// What looks like a variable in a document whose version knows none.
fn literal(text: &str) -> String {
    text.replace("${", "${$}{")
}

/// `Ok(None)`: nothing. An error says why it cannot be said.
pub(super) fn met(one: &Piece, other: &Piece) -> Result<Option<Piece>, String> {
    let actions = patterns(&one.actions, &other.actions, &ActionKind)?;
    if !actions.not && actions.patterns.is_empty() {
        return Ok(None);
    }
    let resources = patterns(&one.resources, &other.resources, &ResourceKind)?;
    if !resources.not && resources.patterns.is_empty() {
        return Ok(None);
    }
    let Some(conditions) = conditions(&one.conditions, &other.conditions)? else { return Ok(None) };
    Ok(Some(Piece { name: one.name.clone(), actions, resources, conditions }))
}

trait Kind {
    /// What both take, as patterns.
    fn meets(&self, one: &str, other: &str) -> Result<Vec<String>, String>;
    fn covers(&self, outer: &str, inner: &str) -> bool;
    fn intersects(&self, one: &str, other: &str) -> bool;
    /// What is left of a pattern that others take a part of.
    fn without(&self, pattern: &str, taken: &[String]) -> Result<Vec<String>, String>;
}

fn patterns(one: &Patterns, other: &Patterns, kind: &impl Kind) -> Result<Patterns, String> {
    let mut result: Vec<String> = Vec::new();
    let mut add = |pattern: String| {
        if !result.contains(&pattern) {
            result.push(pattern);
        }
    };
    match (one.not, other.not) {
        (true, true) => {
            one.patterns.iter().chain(&other.patterns).cloned().for_each(add);
            return Ok(Patterns { not: true, patterns: result });
        }
        (false, false) => {
            for pattern in &one.patterns {
                for by in &other.patterns {
                    kind.meets(pattern, by)?.into_iter().for_each(&mut add);
                }
            }
        }
        (false, true) | (true, false) => {
            let (listed, taken) = if one.not { (other, one) } else { (one, other) };
            for pattern in &listed.patterns {
                if taken.patterns.iter().any(|by| kind.covers(by, pattern)) {
                    continue;
                }
                let touching: Vec<String> =
                    taken.patterns.iter().filter(|by| kind.intersects(by, pattern)).cloned().collect();
                if touching.is_empty() {
                    add(pattern.clone());
                } else if pattern == "*" && listed.patterns.len() == 1 {
                    return Ok(Patterns { not: true, patterns: taken.patterns.clone() });
                } else {
                    kind.without(pattern, &touching)?.into_iter().for_each(&mut add);
                }
            }
        }
    }
    Ok(Patterns { not: false, patterns: result })
}

struct ActionKind;

impl Kind for ActionKind {
    fn meets(&self, one: &str, other: &str) -> Result<Vec<String>, String> {
        let (left, right) = (ActionGlob::new(one), ActionGlob::new(other));
        if left.covers(&right) {
            return Ok(vec![other.to_owned()]);
        }
        if right.covers(&left) {
            return Ok(vec![one.to_owned()]);
        }
        if !left.intersects(&right) {
            return Ok(Vec::new());
        }
        let (Some((service, name)), Some((others_service, others_name))) = (left.parts(), right.parts()) else {
            return Ok(Vec::new());
        };
        let meets =
            |one, other| overlap::meets(one, other).ok_or_else(|| "its actions overlap in too many ways".to_owned());
        let names = meets(name, others_name)?;
        let services = meets(service, others_service)?;
        Ok(services.iter().flat_map(|service| names.iter().map(move |name| format!("{service}:{name}"))).collect())
    }

    fn covers(&self, outer: &str, inner: &str) -> bool {
        ActionGlob::new(outer).covers(&ActionGlob::new(inner))
    }

    fn intersects(&self, one: &str, other: &str) -> bool {
        ActionGlob::new(one).intersects(&ActionGlob::new(other))
    }

    /// By name: of actions that AWS adds later none is among them.
    fn without(&self, pattern: &str, taken: &[String]) -> Result<Vec<String>, String> {
        let left = ActionSet::of_patterns([pattern]).difference(&ActionSet::of_patterns(taken));
        Ok(left.iter().map(|id| reference().action(id).to_string()).collect())
    }
}

struct ResourceKind;

impl ResourceKind {
    /// A variable may be anything, so `*` stands for it; the second: whether there is one.
    fn glob(text: &str) -> Option<(ResourceGlob, bool)> {
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            plain.push_str(before);
            plain.push('*');
            rest = after.split_once('}').map_or("", |(_, rest)| rest);
        }
        plain.push_str(rest);
        let colons = plain.matches(':').count();
        if plain != "*" && (2..5).contains(&colons) {
            plain.push_str(&":*".repeat(5 - colons));
        }
        Some((ResourceGlob::parse(&plain)?, plain != text && text.contains("${")))
    }
}

impl Kind for ResourceKind {
    fn meets(&self, one: &str, other: &str) -> Result<Vec<String>, String> {
        if one == other || self.covers(other, one) {
            return Ok(vec![one.to_owned()]);
        }
        if self.covers(one, other) {
            return Ok(vec![other.to_owned()]);
        }
        let (Some((left, variable)), Some((right, others_variable))) = (Self::glob(one), Self::glob(other)) else {
            return Ok(Vec::new());
        };
        if !left.intersects(&right) {
            return Ok(Vec::new());
        }
        if variable || others_variable {
            return Err(format!("what {one} and {other} have in common depends on a variable"));
        }
        Ok(left.meets(&right).iter().map(|glob| glob.as_str().to_owned()).collect())
    }

    fn covers(&self, outer: &str, inner: &str) -> bool {
        let (Some((wide, false)), Some((narrow, _))) = (Self::glob(outer), Self::glob(inner)) else {
            return outer == inner;
        };
        wide.covers(&narrow)
    }

    fn intersects(&self, one: &str, other: &str) -> bool {
        let (Some((left, _)), Some((right, _))) = (Self::glob(one), Self::glob(other)) else { return false };
        left.intersects(&right)
    }

    fn without(&self, pattern: &str, taken: &[String]) -> Result<Vec<String>, String> {
        Err(format!("a part of {pattern} is taken out by {}", taken.join(", ")))
    }
}

/// Both must hold. `Ok(None)`: they never do.
fn conditions(one: &Conditions, other: &Conditions) -> Result<Option<Conditions>, String> {
    let mut result = one.clone();
    for (operator, key, values) in other {
        let same = |(theirs, their_key, _): &&mut (String, String, Vec<String>)| {
            theirs.eq_ignore_ascii_case(operator) && their_key.eq_ignore_ascii_case(key)
        };
        let Some((_, _, known)) = result.iter_mut().find(same) else {
            // Another spelling of the same operator would be the same member of the document.
            result.push((operator.clone(), key.clone(), values.clone()));
            continue;
        };
        if known == values {
            continue;
        }
        let lower = operator.to_ascii_lowercase();
        let base = lower.trim_start_matches("forallvalues:").trim_end_matches("ifexists");
        let plain = values.iter().chain(known.iter()).all(|value| !value.contains("${"));
        if base.contains("not") && !base.starts_with("foranyvalue") {
            // None of these and none of those.
            known.extend(values.iter().filter(|value| !known.contains(value)).cloned().collect::<Vec<_>>());
        } else if base == "stringequals" && plain && lower == "stringequals" {
            known.retain(|value| values.contains(value));
            if known.is_empty() {
                return Ok(None);
            }
        } else {
            return Err(format!("both have a condition {operator} on {key}"));
        }
    }
    Ok(Some(result))
}
