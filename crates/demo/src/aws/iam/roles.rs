//! Roles one by one: what a reader uses that may not read the whole account at once.

use serde_json::{Value, json};

use super::{document, listed, no_such, page, time};
use crate::aws::estate::{self, Account};
use crate::aws::http::{Call, Failure, Reply};
use crate::aws::role::Role;

fn role(call: &Call<'_>) -> Result<Role, Failure> {
    let name = call.required("RoleName")?;
    let role = call.aws().role(call.account()?, name);
    role.ok_or_else(|| no_such(format!("The role with name {name} cannot be found.")))
}

/// What `ListRoles` tells of a role; boundary, tags and last use are only told one by one.
pub(super) fn brief(call: &Call<'_>, role: &Role) -> Value {
    let mut value = json!({"Path": role.path, "RoleName": role.name, "RoleId": role.id(), "Arn": role.arn(),
        "CreateDate": time(call.aws().started - role.age()), "AssumeRolePolicyDocument": document(&role.trust), "MaxSessionDuration": 3600});
    if !role.description.is_empty() {
        value["Description"] = json!(role.description);
    }
    value
}

/// Boundary, tags and last use.
pub(super) fn complete(call: &Call<'_>, role: &Role, value: &mut Value) {
    if let Some(boundary) = &role.boundary {
        value["PermissionsBoundary"] =
            json!({"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": boundary});
    }
    value["Tags"] = tag_list(&role.tags);
    value["RoleLastUsed"] = role.unused_for().map_or_else(
        || json!({}),
        |ago| json!({"LastUsedDate": time(call.aws().started - ago), "Region": region_of(role)}),
    );
}

fn region_of(role: &Role) -> &'static str {
    estate::account(role.account).map_or("eu-west-1", |account| account.region)
}

pub(super) fn tag_list(tags: &[(String, String)]) -> Value {
    tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect()
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let account = call.account()?;
    let prefix = call.param("PathPrefix");
    let mut names = call.aws().role_names(account);
    if let Some(prefix) = prefix {
        names.retain(|name| call.aws().role(account, name).is_some_and(|role| role.path.starts_with(prefix)));
    }
    let page = page(call, names, ("roles", 25))?;
    let roles = page.map(|name| call.aws().role(account, &name).map_or(Value::Null, |role| brief(call, &role)));
    Ok(listed("Roles", roles))
}

pub(super) fn get(call: &Call<'_>) -> Reply {
    let role = role(call)?;
    let mut value = brief(call, &role);
    complete(call, &role, &mut value);
    Ok(json!({"Role": value}))
}

pub(super) fn inline_names(call: &Call<'_>) -> Reply {
    let names = role(call)?.inline.into_iter().map(|(name, _)| json!(name)).collect();
    Ok(listed("PolicyNames", page(call, names, ("role-policies", 1))?))
}

pub(super) fn inline(call: &Call<'_>) -> Reply {
    let (role, name) = (role(call)?, call.required("PolicyName")?);
    let held = role.inline.iter().find(|(held, _)| held == name);
    let (_, text) = held.ok_or_else(|| no_such(format!("The role policy with name {name} cannot be found.")))?;
    Ok(json!({"RoleName": role.name, "PolicyName": name, "PolicyDocument": document(text)}))
}

pub(super) fn attached_list(role: &Role) -> Vec<Value> {
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    role.attached.iter().map(|arn| json!({"PolicyName": name(arn), "PolicyArn": arn})).collect()
}

pub(super) fn attached(call: &Call<'_>) -> Reply {
    let all = attached_list(&role(call)?);
    Ok(listed("AttachedPolicies", page(call, all, ("attached-role-policies", 2))?))
}

pub(super) fn tags(call: &Call<'_>) -> Reply {
    let tags = role(call)?.tags;
    let all = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    Ok(listed("Tags", page(call, all, ("role-tags", 1))?))
}

/// The profile that carries a node role has its name.
pub(super) fn profile_of(call: &Call<'_>, role: &Role) -> Value {
    let arn = profile_arn(role.account, &role.name);
    json!({"Path": "/", "InstanceProfileName": role.name, "InstanceProfileId": estate::unique_id("AIPA", &arn), "Arn": arn,
        "CreateDate": time(call.aws().started - role.age()), "Roles": [brief(call, role)]})
}

fn profile_arn(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:instance-profile/{name}")
}

pub(super) fn profiles_for_role(call: &Call<'_>) -> Reply {
    let role = role(call)?;
    let all = role.instance_profile.then(|| profile_of(call, &role)).into_iter().collect();
    Ok(listed("InstanceProfiles", page(call, all, ("instance-profiles-for-role", 5))?))
}

fn of_instances(call: &Call<'_>, account: &'static Account) -> Vec<Role> {
    let names = call.aws().role_names(account).into_iter().filter(|name| name.ends_with("-node"));
    names.filter_map(|name| call.aws().role(account, &name)).filter(|role| role.instance_profile).collect()
}

pub(super) fn profiles(call: &Call<'_>) -> Reply {
    let all = of_instances(call, call.account()?).iter().map(|role| profile_of(call, role)).collect();
    Ok(listed("InstanceProfiles", page(call, all, ("instance-profiles", 5))?))
}

pub(super) fn profile(call: &Call<'_>) -> Reply {
    let name = call.required("InstanceProfileName")?;
    let found = of_instances(call, call.account()?).into_iter().find(|role| role.name == name);
    let role = found.ok_or_else(|| no_such(format!("Instance Profile {name} cannot be found.")))?;
    Ok(json!({"InstanceProfile": profile_of(call, &role)}))
}
