//! IAM: roles, policies, identity providers and users of the caller's account.

mod details;
mod policies;
mod providers;
mod roles;
mod simulate;
pub(super) mod users;

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::http::{Call, Failure, Pages, Reply};

pub(super) fn answer(call: &Call<'_>) -> Reply {
    match call.action.as_str() {
        "GetAccountAuthorizationDetails" => details::answer(call),
        "ListRoles" => roles::list(call),
        "GetRole" => roles::get(call),
        "ListRolePolicies" => roles::inline_names(call),
        "GetRolePolicy" => roles::inline(call),
        "ListAttachedRolePolicies" => roles::attached(call),
        "ListRoleTags" => roles::tags(call),
        "ListInstanceProfilesForRole" => roles::profiles_for_role(call),
        "GetInstanceProfile" => roles::profile(call),
        "ListInstanceProfiles" => roles::profiles(call),
        "ListPolicies" => policies::list(call),
        "GetPolicy" => policies::get(call),
        "GetPolicyVersion" => policies::version(call),
        "ListPolicyVersions" => policies::versions(call),
        "ListOpenIDConnectProviders" => providers::list(call),
        "GetOpenIDConnectProvider" => providers::get(call),
        "ListEntitiesForPolicy" => policies::entities(call),
        "ListUsers" => users::list(call),
        "GetUser" => users::get(call),
        "ListUserPolicies" => users::inline_names(call),
        "GetUserPolicy" => users::inline(call),
        "ListAttachedUserPolicies" => users::nothing(call, "AttachedPolicies"),
        "ListGroupsForUser" => users::nothing(call, "Groups"),
        "ListGroups" => Ok(json!({"Groups": [], "IsTruncated": false})),
        "ListAccountAliases" => {
            Ok(json!({"AccountAliases": [format!("corp-{}", call.account()?.name)], "IsTruncated": false}))
        }
        "SimulatePrincipalPolicy" => simulate::of_principal(call),
        "SimulateCustomPolicy" => simulate::of_documents(call),
        "GetContextKeysForPrincipalPolicy" => simulate::keys_of_principal(call),
        "GetContextKeysForCustomPolicy" => simulate::keys_of_documents(call),
        other => Err(call.protocol.unknown_action(other)),
    }
}

fn no_such(message: String) -> Failure {
    Failure::new(404, "NoSuchEntity", message)
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(400, "InvalidInput", message)
}

/// As the query protocol writes times.
fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| String::new(), |time| time.to_string())
}

/// Documents are URL-encoded wherever IAM hands them out.
fn document(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A page of a list; `most` is less than IAM's own limit.
fn page<T>(call: &Call<'_>, all: Vec<T>, (what, most): (&str, usize)) -> Result<Pages<T>, Failure> {
    Pages::of(all, (call.param("Marker"), call.number("MaxItems")), (what, most), "ValidationError")
}

fn listed(name: &str, page: Pages<Value>) -> Value {
    let mut members = marker(page.next.as_deref());
    members.insert(name.to_owned(), Value::Array(page.items));
    Value::Object(members)
}

fn marker(next: Option<&str>) -> Map<String, Value> {
    let mut members = Map::from_iter([("IsTruncated".to_owned(), json!(next.is_some()))]);
    if let Some(next) = next {
        members.insert("Marker".to_owned(), json!(next));
    }
    members
}
