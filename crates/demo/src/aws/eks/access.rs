//! Access entries: who may enter a cluster, and with which of EKS's own policies.

use periscope_model::aws::AccessScope;
use serde_json::{Value, json};

use super::{invalid, listed, not_found, page, registry, required, tags, text, texts};
use crate::aws::documents::access::{ACCESS_POLICIES, access_policy_arn};
use crate::aws::estate::EksCluster;
use crate::aws::http::{Call, Failure, Reply};
use crate::aws::registry::AccessEntry;

const KINDS: [&str; 7] =
    ["STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX"];
/// Entries that one principal may have policies in.
const MOST: usize = 20;

pub(super) fn policies(call: &Call<'_>) -> Reply {
    let all = ACCESS_POLICIES.iter().map(|name| json!({"name": name, "arn": access_policy_arn(name)})).collect();
    Ok(listed("accessPolicies", page(call, all, "access-policies")?))
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let registry = registry(call)?;
    let policy = call.param("associatedPolicyArn");
    let entries = registry.entries.read();
    let all = entries.values().filter(|entry| policy.is_none_or(|policy| entry.policies.contains_key(policy)));
    let all = all.map(|entry| json!(entry.principal_arn)).collect();
    Ok(listed("accessEntries", page(call, all, "access-entries")?))
}

fn principal<'a>(call: &'a Call<'_>) -> &'a str {
    call.path.get(3).map_or("", String::as_str)
}

fn unknown(call: &Call<'_>) -> Failure {
    not_found(format!("The specified principalArn could not be found: {}.", principal(call)))
}

fn value(cluster: &EksCluster, entry: &AccessEntry) -> Value {
    json!({"accessEntry": {"clusterName": cluster.name, "principalArn": entry.principal_arn, "kubernetesGroups": entry.groups,
        "accessEntryArn": entry.arn, "createdAt": entry.created, "modifiedAt": entry.modified, "tags": entry.tags,
        "username": entry.username, "type": entry.kind}})
}

pub(super) fn describe(call: &Call<'_>) -> Reply {
    let registry = registry(call)?;
    let entries = registry.entries.read();
    entries.get(principal(call)).map(|entry| value(registry.cluster, entry)).ok_or_else(|| unknown(call))
}

pub(super) fn create(call: &Call<'_>) -> Reply {
    let registry = registry(call)?;
    let principal = required(call, "principalArn")?;
    principal_exists(call, &principal)?;
    let mut entry = AccessEntry::new(registry.cluster, &principal, call.aws().now());
    if let Some(kind) = text(call, "type") {
        if !KINDS.contains(&kind.as_str()) {
            return Err(invalid(format!("The type {kind} is not one of {}", KINDS.join(", "))));
        }
        if kind != "STANDARD" {
            "system:node:{{EC2PrivateDNSName}}".clone_into(&mut entry.username);
            entry.groups = vec!["system:nodes".to_owned()];
        }
        entry.kind = kind;
    }
    entry.tags = tags(call);
    change(call, &mut entry)?;
    let mut entries = registry.entries.write();
    if entries.contains_key(&principal) {
        let message = "The specified access entry resource is already in use on this cluster.";
        return Err(Failure::new(409, "ResourceInUseException", message));
    }
    let reply = value(registry.cluster, &entry);
    entries.insert(principal, entry);
    Ok(reply)
}

/// EKS looks the principal up, when it is made.
fn principal_exists(call: &Call<'_>, arn: &str) -> Result<(), Failure> {
    let ok = arn.starts_with("arn:aws:iam::") && (arn.contains(":user/") || call.aws().role_by_arn(arn).is_some());
    if ok { Ok(()) } else { Err(invalid(format!("The specified principalArn is invalid: invalid principal: {arn}."))) }
}

/// Username and groups from the request, as far as it has them.
fn change(call: &Call<'_>, entry: &mut AccessEntry) -> Result<(), Failure> {
    let (username, groups) = (text(call, "username"), texts(&call.body["kubernetesGroups"]));
    if entry.kind != "STANDARD" && (username.is_some() || groups.is_some()) {
        return Err(invalid(format!("An access entry of type {} takes neither username nor groups", entry.kind)));
    }
    if let Some(username) = username {
        if ["system:", "eks:", "aws:", "amazon:", "iam:"].iter().any(|prefix| username.starts_with(prefix)) {
            return Err(invalid("The username can't begin with system:, eks:, aws:, amazon:, or iam:."));
        }
        entry.username = username;
    }
    if let Some(groups) = groups {
        if let Some(group) = groups.iter().find(|group| group.starts_with("system:")) {
            return Err(invalid(format!("The kubernetes group name {group} is invalid, it cannot start with system:")));
        }
        entry.groups = groups;
    }
    Ok(())
}

pub(super) fn update(call: &Call<'_>) -> Reply {
    let registry = registry(call)?;
    let mut entries = registry.entries.write();
    let entry = entries.get_mut(principal(call)).ok_or_else(|| unknown(call))?;
    let mut changed = entry.clone();
    change(call, &mut changed)?;
    changed.modified = call.aws().now();
    *entry = changed;
    Ok(value(registry.cluster, entry))
}

pub(super) fn delete(call: &Call<'_>) -> Reply {
    let removed = registry(call)?.entries.write().remove(principal(call));
    removed.map(|_| json!({})).ok_or_else(|| unknown(call))
}

fn association(arn: &str, scope: &AccessScope, at: i64, modified: i64) -> Value {
    let scope = match scope {
        AccessScope::Cluster => json!({"type": "cluster", "namespaces": []}),
        AccessScope::Namespaces(list) => json!({"type": "namespace", "namespaces": list}),
    };
    json!({"policyArn": arn, "accessScope": scope, "associatedAt": at, "modifiedAt": modified})
}

pub(super) fn associated(call: &Call<'_>) -> Reply {
    let registry = registry(call)?;
    let entries = registry.entries.read();
    let entry = entries.get(principal(call)).ok_or_else(|| unknown(call))?;
    let all = entry.policies.iter().map(|(arn, (scope, at))| association(arn, scope, *at, entry.modified)).collect();
    let mut reply = listed("associatedAccessPolicies", page(call, all, "associated-access-policies")?);
    reply["clusterName"] = json!(registry.cluster.name);
    reply["principalArn"] = json!(entry.principal_arn);
    Ok(reply)
}

pub(super) fn associate(call: &Call<'_>) -> Reply {
    let registry = registry(call)?;
    let policy = required(call, "policyArn")?;
    if !ACCESS_POLICIES.iter().any(|name| access_policy_arn(name) == policy) {
        return Err(invalid(format!("The policyArn parameter format is not valid: {policy}")));
    }
    let namespaces = texts(&call.body["accessScope"]["namespaces"]).unwrap_or_default();
    let scope = match (call.body["accessScope"]["type"].as_str(), namespaces.is_empty()) {
        (Some("cluster"), true) => AccessScope::Cluster,
        (Some("namespace"), false) => AccessScope::Namespaces(namespaces),
        _ => return Err(invalid("The access scope is either the cluster, or a list of namespaces")),
    };
    let now = call.aws().now();
    let mut entries = registry.entries.write();
    let entry = entries.get_mut(principal(call)).ok_or_else(|| unknown(call))?;
    if entry.kind != "STANDARD" {
        return Err(Failure::new(400, "InvalidRequestException", "Only entries of type STANDARD can have policies"));
    }
    if entry.policies.len() >= MOST && !entry.policies.contains_key(&policy) {
        return Err(Failure::new(400, "ResourceLimitExceededException", "There are too many policies already"));
    }
    let reply = association(&policy, &scope, now, now);
    entry.policies.insert(policy, (scope, now));
    entry.modified = now;
    Ok(
        json!({"clusterName": registry.cluster.name, "principalArn": entry.principal_arn, "associatedAccessPolicy": reply}),
    )
}

pub(super) fn disassociate(call: &Call<'_>) -> Reply {
    let mut entries = registry(call)?.entries.write();
    let entry = entries.get_mut(principal(call)).ok_or_else(|| unknown(call))?;
    let policy = call.path.get(5).map_or("", String::as_str);
    let removed = entry.policies.remove(policy);
    entry.modified = call.aws().now();
    removed.map(|_| json!({})).ok_or_else(|| not_found(format!("The policy {policy} is not associated")))
}
