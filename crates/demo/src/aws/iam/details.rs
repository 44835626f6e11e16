//! `GetAccountAuthorizationDetails`: the whole account, page by page, users before roles before policies.

use serde_json::{Value, json};

use super::policies::{self, Usage};
use super::{document, marker, page, roles, users};
use crate::aws::documents::managed::{self, Policy};
use crate::aws::http::{Call, Failure, Pages, Reply};

/// Items on a page, of all kinds together.
const MOST: usize = 40;

const KINDS: [&str; 5] = ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"];

enum Item {
    User(Value),
    Role(String),
    Policy(&'static Policy),
}

pub(super) fn answer(call: &Call<'_>) -> Reply {
    let filter = call.list("Filter.member");
    if let Some(kind) = filter.iter().find(|kind| !KINDS.contains(kind)) {
        let message = format!(
            "1 validation error detected: Value '[{kind}]' at 'filter' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
            KINDS.join(", ")
        );
        return Err(Failure::new(400, "ValidationError", message));
    }
    let wanted = |kind: &str| filter.is_empty() || filter.contains(&kind);
    let account = call.account()?;
    let mut all = Vec::new();
    if wanted("User") {
        all.extend(users::details(call)?.into_iter().map(Item::User));
    }
    if wanted("Role") {
        all.extend(call.aws().role_names(account).into_iter().map(Item::Role));
    }
    if wanted("LocalManagedPolicy") {
        all.extend(managed::of_account(account).map(Item::Policy));
    }
    if wanted("AWSManagedPolicy") {
        all.extend(managed::of_aws().map(Item::Policy));
    }
    let Pages { items, next } = page(call, all, ("account-authorization-details", MOST))?;
    let usage = policies::usage(call)?;
    let (mut users, mut role_details, mut policy_details) = (Vec::new(), Vec::new(), Vec::new());
    for item in items {
        match item {
            Item::User(user) => users.push(user),
            Item::Role(name) => role_details.extend(call.aws().role(account, &name).map(|role| {
                let mut value = roles::brief(call, &role);
                roles::complete(call, &role, &mut value);
                let inline = role.inline.iter();
                value["RolePolicyList"] =
                    inline.map(|(name, text)| json!({"PolicyName": name, "PolicyDocument": document(text)})).collect();
                value["AttachedManagedPolicies"] = json!(roles::attached_list(&role));
                let profile = role.instance_profile.then(|| roles::profile_of(call, &role));
                value["InstanceProfileList"] = profile.into_iter().collect();
                for absent in ["MaxSessionDuration", "Description"] {
                    if let Some(members) = value.as_object_mut() {
                        members.remove(absent);
                    }
                }
                value
            })),
            Item::Policy(policy) => policy_details.push(detail(call, &usage, policy)),
        }
    }
    let mut members = marker(next.as_deref());
    for (name, list) in [
        ("UserDetailList", users),
        ("GroupDetailList", Vec::new()),
        ("RoleDetailList", role_details),
        ("Policies", policy_details),
    ] {
        members.insert(name.to_owned(), Value::Array(list));
    }
    Ok(Value::Object(members))
}

fn detail(call: &Call<'_>, usage: &Usage, policy: &Policy) -> Value {
    let mut value = policies::value(call, usage, policy);
    let versions: Vec<Value> = policy
        .versions()
        .into_iter()
        .map(|(version, text)| {
            json!({"Document": document(&text), "VersionId": version, "IsDefaultVersion": version == policy.version,
                "CreateDate": value["CreateDate"]})
        })
        .collect();
    value["PolicyVersionList"] = json!(versions);
    value
}
