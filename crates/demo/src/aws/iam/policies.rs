//! Managed policies: AWS's and the account's.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{document, listed, no_such, page, time};
use crate::aws::documents::managed::{self, Policy};
use crate::aws::http::{Call, Failure, Reply};

fn visible(call: &Call<'_>) -> Result<Vec<&'static Policy>, Failure> {
    let account = call.account()?;
    Ok(managed::of_account(account).chain(managed::of_aws()).collect())
}

fn policy(call: &Call<'_>) -> Result<&'static Policy, Failure> {
    let arn = call.required("PolicyArn")?;
    if !arn.starts_with("arn:aws:iam::") {
        return Err(super::invalid(format!("ARN {arn} is not valid.")));
    }
    let found = visible(call)?.into_iter().find(|policy| policy.arn() == arn);
    found.ok_or_else(|| no_such(format!("Policy {arn} was not found.")))
}

/// How often each policy is attached, and how often it is a boundary.
pub(super) fn usage(call: &Call<'_>) -> Result<Usage, Failure> {
    let account = call.account()?;
    let mut usage = Usage::new();
    for role in call.aws().roles(account) {
        for arn in role.attached {
            usage.entry(arn).or_default().0 += 1;
        }
        if let Some(arn) = role.boundary {
            usage.entry(arn).or_default().1 += 1;
        }
    }
    Ok(usage)
}

pub(super) type Usage = HashMap<String, (usize, usize)>;

/// What is told of a policy everywhere.
pub(super) fn value(call: &Call<'_>, usage: &Usage, policy: &Policy) -> Value {
    let (attached, bounds) = usage.get(&policy.arn()).copied().unwrap_or_default();
    let made = time(call.aws().started - policy.age());
    json!({"PolicyName": policy.name, "PolicyId": policy.id(), "Arn": policy.arn(), "Path": policy.path, "DefaultVersionId": policy.version,
        "AttachmentCount": attached, "PermissionsBoundaryUsageCount": bounds, "IsAttachable": true, "CreateDate": made, "UpdateDate": made})
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let mut all = visible(call)?;
    match call.param("Scope") {
        None | Some("All") => {}
        Some("AWS") => all.retain(|policy| policy.is_aws()),
        Some("Local") => all.retain(|policy| !policy.is_aws()),
        Some(other) => {
            return Err(Failure::new(400, "ValidationError", format!("{other} is no scope: All, AWS or Local")));
        }
    }
    if let Some(prefix) = call.param("PathPrefix") {
        all.retain(|policy| policy.path.starts_with(prefix));
    }
    let usage = usage(call)?;
    let used = |policy: &Policy| usage.get(&policy.arn()).copied().unwrap_or_default();
    if call.flag("OnlyAttached") {
        all.retain(|policy| used(policy).0 > 0);
    }
    match call.param("PolicyUsageFilter") {
        None => {}
        Some("PermissionsPolicy") => all.retain(|policy| used(policy).0 > 0),
        Some("PermissionsBoundary") => all.retain(|policy| used(policy).1 > 0),
        Some(other) => {
            let message = format!("{other} is no usage: PermissionsPolicy or PermissionsBoundary");
            return Err(Failure::new(400, "ValidationError", message));
        }
    }
    let page = page(call, all, ("policies", 5))?;
    Ok(listed("Policies", page.map(|policy| value(call, &usage, policy))))
}

pub(super) fn get(call: &Call<'_>) -> Reply {
    let policy = policy(call)?;
    let mut value = value(call, &usage(call)?, policy);
    if !policy.description.is_empty() {
        value["Description"] = json!(policy.description);
    }
    Ok(json!({"Policy": value}))
}

fn version_value(call: &Call<'_>, policy: &Policy, version: &str) -> Value {
    json!({"VersionId": version, "IsDefaultVersion": version == policy.version,
        "CreateDate": time(call.aws().started - policy.age())})
}

pub(super) fn version(call: &Call<'_>) -> Reply {
    let (policy, wanted) = (policy(call)?, call.required("VersionId")?);
    let versions = policy.versions();
    let held = versions.iter().find(|(version, _)| *version == wanted);
    let (version, text) = held.ok_or_else(|| {
        no_such(format!("Policy {} version {wanted} does not exist or is not attachable.", policy.arn()))
    })?;
    let mut value = version_value(call, policy, version);
    value["Document"] = json!(document(text));
    Ok(json!({"PolicyVersion": value}))
}

pub(super) fn versions(call: &Call<'_>) -> Reply {
    let policy = policy(call)?;
    let all = policy.versions().into_iter().map(|(version, _)| version_value(call, policy, version)).collect();
    Ok(listed("Versions", page(call, all, ("policy-versions", 1))?))
}

/// `ListEntitiesForPolicy`: the roles that have it, or are bounded by it.
pub(super) fn entities(call: &Call<'_>) -> Reply {
    let arn = policy(call)?.arn();
    let filter = call.param("EntityFilter");
    let wanted = matches!(filter, None | Some("Role" | "LocalManagedPolicy" | "AWSManagedPolicy"));
    let (attached, bounds) = match call.param("PolicyUsageFilter") {
        Some("PermissionsPolicy") => (true, false),
        Some("PermissionsBoundary") => (false, true),
        _ => (true, true),
    };
    let mut roles = call.aws().roles(call.account()?);
    roles.retain(|role| {
        wanted && (attached && role.attached.contains(&arn) || bounds && role.boundary.as_ref() == Some(&arn))
    });
    let page = page(call, roles, ("policy-entities", 5))?;
    let mut reply = listed("PolicyRoles", page.map(|role| json!({"RoleName": role.name, "RoleId": role.id()})));
    reply["PolicyUsers"] = json!([]);
    reply["PolicyGroups"] = json!([]);
    Ok(reply)
}
