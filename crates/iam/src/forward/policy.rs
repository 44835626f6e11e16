//! The effective permissions as one policy: what the limits leave of the Allows, their conditions kept, and every Deny.

mod meet;

use serde_json::{Map, Value, json};

use self::meet::{Conditions, Piece, met};
use crate::grants::is_exempt_of_control;
use crate::policy::{Effect, Policy};
use crate::request::RolePolicies;

/// One identity policy that allows what all policies of a principal together allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectivePolicy {
    /// Valid IAM JSON, indented. It may be longer than AWS lets a policy be.
    pub document: String,
    /// What one policy cannot say, each in a sentence: left out, so that the document never allows more.
    pub left_out: Vec<String>,
}

/// So many statements nobody reads, and no policy may have.
const MOST_PIECES: usize = 1000;

/// What identity policies, boundary, session policy and service control policies come to, as one identity policy.
pub fn effective_policy(role: &RolePolicies) -> EffectivePolicy {
    let mut left_out = Vec::new();
    let mut pieces = allowed(&role.identity, &mut left_out);
    let mut denied = denials(&role.identity, &mut left_out);
    let control = role.service_control.iter().flatten().filter(|_| !is_exempt_of_control(role));
    for policies in [&role.boundary, &role.session].into_iter().filter(|all| !all.is_empty()).chain(control) {
        let limit = allowed(policies, &mut left_out);
        pieces = limited(pieces, &limit, &mut left_out);
        denied.extend(denials(policies, &mut left_out));
    }
    let mut statements: Vec<Value> = Vec::new();
    for (effect, all) in [("Allow", pieces), ("Deny", denied)] {
        for piece in all {
            let statement = piece.json(effect);
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        }
    }
    if statements.iter().all(|one| one["Effect"] == "Deny") {
        // A policy needs a statement.
        statements = vec![json!({"Effect": "Deny", "Action": "*", "Resource": "*"})];
    }
    left_out.sort();
    left_out.dedup();
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    EffectivePolicy { document: serde_json::to_string_pretty(&document).unwrap_or_default(), left_out }
}

fn allowed(policies: &[Policy], left_out: &mut Vec<String>) -> Vec<Piece> {
    // What is not understood never grants.
    pieces(policies, Effect::Allow, &mut |_| {}, left_out)
}

fn denials(policies: &[Policy], left_out: &mut Vec<String>) -> Vec<Piece> {
    let mut unjudged = Vec::new();
    let pieces = pieces(policies, Effect::Deny, &mut |said| unjudged.push(said), left_out);
    left_out.extend(unjudged);
    pieces
}

fn pieces(
    policies: &[Policy],
    effect: Effect,
    unjudged: &mut dyn FnMut(String),
    left_out: &mut Vec<String>,
) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for policy in policies {
        for statement in policy.statements().filter(|one| one.effect() == effect) {
            let name = format!("{} of {}", statement.label(), policy.name());
            if !statement.is_judged() {
                unjudged(format!("{name} is not understood"));
            } else if let Some(piece) = Piece::new(&statement) {
                pieces.push(piece);
            }
        }
    }
    if pieces.len() > MOST_PIECES {
        pieces.truncate(MOST_PIECES);
        left_out.push(format!("what is behind the first {MOST_PIECES} statements"));
    }
    pieces
}

/// What a limit leaves.
fn limited(pieces: Vec<Piece>, limit: &[Piece], left_out: &mut Vec<String>) -> Vec<Piece> {
    if limit.iter().any(Piece::is_everything) {
        return pieces;
    }
    let mut result: Vec<Piece> = Vec::new();
    for piece in &pieces {
        for by in limit {
            match met(piece, by) {
                Ok(None) => {}
                Ok(Some(inner)) if result.contains(&inner) => {}
                Ok(Some(inner)) => result.push(inner),
                Err(why) => left_out.push(format!("{} within {}: {why}", piece.name, by.name)),
            }
        }
    }
    if result.len() > MOST_PIECES {
        result.truncate(MOST_PIECES);
        left_out.push(format!("what is behind the first {MOST_PIECES} statements"));
    }
    result
}

impl Piece {
    fn json(&self, effect: &str) -> Value {
        let list = |texts: &[String]| match texts {
            [one] => json!(one),
            more => json!(more),
        };
        let mut statement = Map::new();
        statement.insert("Effect".into(), json!(effect));
        let (actions, resources) = (&self.actions, &self.resources);
        statement.insert(if actions.not { "NotAction" } else { "Action" }.into(), list(&actions.patterns));
        statement.insert(if resources.not { "NotResource" } else { "Resource" }.into(), list(&resources.patterns));
        if !self.conditions.is_empty() {
            statement.insert("Condition".into(), condition(&self.conditions));
        }
        Value::Object(statement)
    }
}

fn condition(conditions: &Conditions) -> Value {
    let mut operators = Map::new();
    for (operator, key, values) in conditions {
        let keys = operators.entry(operator.clone()).or_insert_with(|| json!({}));
        keys[key.as_str()] = if let [one] = values.as_slice() { json!(one) } else { json!(values) };
    }
    Value::Object(operators)
}

#[cfg(test)]
mod tests;
