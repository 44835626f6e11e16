//! `SimulatePrincipalPolicy`: whether a role's own policies would allow an action. What the world's faults deny is
//! denied here too, so that who asks learns it beforehand.

use serde_json::{Value, json};

use super::{listed, no_such, page};
use crate::aws::documents::managed;
use crate::aws::http::{Call, Failure, Reply, denies};
use crate::aws::role::Role;
use crate::aws::sts::like;

pub(super) fn answer(call: &Call<'_>) -> Reply {
    let source = call.required("PolicySourceArn")?;
    let actions = call.list("ActionNames.member");
    if actions.is_empty() {
        call.required("ActionNames.member.1")?;
    }
    let role = call.aws().role_by_arn(source).filter(|role| call.account().is_ok_and(|own| own.id == role.account));
    let role = role.ok_or_else(|| no_such(format!("The policy source {source} cannot be found.")))?;
    let mut resources = call.list("ResourceArns.member");
    if resources.is_empty() {
        resources.push("*");
    }
    if let Some(action) = actions.iter().find(|action| !action.contains(':')) {
        return Err(Failure::new(400, "InvalidInput", format!("Invalid action {action}: a service prefix is missing")));
    }
    let documents = documents(&role);
    let mut results = Vec::new();
    for action in actions {
        for resource in &resources {
            let faulty = call
                .aws()
                .faults
                .read()
                .deny
                .iter()
                .any(|pattern| call.account().is_ok_and(|account| denies(pattern, account, action)));
            let decision = if faulty { "implicitDeny" } else { decide(&documents, action, resource) };
            results.push(json!({"EvalActionName": action, "EvalResourceName": resource, "EvalDecision": decision,
                "MatchedStatements": [], "MissingContextValues": []}));
        }
    }
    Ok(listed("EvaluationResults", page(call, results, ("simulation", 10))?))
}

/// Everything attached to the role.
fn documents(role: &Role) -> Vec<Value> {
    let own = super::super::estate::account(role.account);
    let managed = own.into_iter().flat_map(managed::of_account).chain(managed::of_aws());
    let attached = managed.filter(|policy| role.attached.contains(&policy.arn()));
    let texts = role.inline.iter().map(|(_, text)| text.clone());
    let texts = texts.chain(attached.filter_map(|policy| policy.versions().into_iter().next().map(|(_, text)| text)));
    texts.filter_map(|text| serde_json::from_str(&text).ok()).collect()
}

/// A statement with conditions counts when it denies and not when it allows: no context is given here.
fn decide(documents: &[Value], action: &str, resource: &str) -> &'static str {
    let mut allowed = false;
    for statement in documents.iter().flat_map(|document| items(&document["Statement"])) {
        if !covers(statement, "Action", action, true) || !covers(statement, "Resource", resource, false) {
            continue;
        }
        if statement["Effect"] == "Deny" {
            return "explicitDeny";
        }
        allowed |= statement["Condition"].is_null();
    }
    if allowed { "allowed" } else { "implicitDeny" }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(list) => list.iter(),
        Value::Null => [].iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
fn covers(statement: &Value, element: &str, text: &str, fold: bool) -> bool {
    let within = |value: &Value| {
        items(value)
            .filter_map(Value::as_str)
            .any(|pattern| if fold { like(&pattern.to_lowercase(), &text.to_lowercase()) } else { like(pattern, text) })
    };
    match &statement[element] {
        Value::Null => {
            let complement = &statement[format!("Not{element}")];
            !complement.is_null() && !within(complement)
        }
        patterns => within(patterns),
    }
}
