//! Managed policies: AWS's and the account's.

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

fn value(call: &Call<'_>, policy: &Policy) -> Value {
    let made = time(call.aws().started - policy.age());
    json!({"PolicyName": policy.name, "PolicyId": policy.id(), "Arn": policy.arn(), "Path": policy.path, "DefaultVersionId": policy.version,
        "AttachmentCount": 1, "PermissionsBoundaryUsageCount": 0, "IsAttachable": true, "CreateDate": made, "UpdateDate": made})
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
    let page = page(call, all, ("policies", 5))?;
    Ok(listed("Policies", page.map(|policy| value(call, policy))))
}

pub(super) fn get(call: &Call<'_>) -> Reply {
    let policy = policy(call)?;
    let mut value = value(call, policy);
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
