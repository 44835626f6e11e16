//! EKS: clusters, access entries with their policies, Pod Identity associations.

mod access;
mod association;
mod cluster;

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value, json};

use super::http::{Call, Failure, Pages, Reply};
use super::registry::Registry;

/// The operation that a method and a path mean.
pub(super) fn action(method: &Method, path: &[String]) -> Option<&'static str> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    Some(match (method.as_str(), path.as_slice()) {
        ("GET", ["clusters"]) => "ListClusters",
        ("GET", ["clusters", _]) => "DescribeCluster",
        ("GET", ["cluster-versions"]) => "DescribeClusterVersions",
        ("GET", ["access-policies"]) => "ListAccessPolicies",
        ("GET", ["tags", _]) => "ListTagsForResource",
        ("POST", ["clusters", _, "assume-role-for-pod-identity"]) => "AssumeRoleForPodIdentity",
        ("GET", ["clusters", _, "access-entries"]) => "ListAccessEntries",
        ("POST", ["clusters", _, "access-entries"]) => "CreateAccessEntry",
        ("GET", ["clusters", _, "access-entries", _]) => "DescribeAccessEntry",
        ("POST", ["clusters", _, "access-entries", _]) => "UpdateAccessEntry",
        ("DELETE", ["clusters", _, "access-entries", _]) => "DeleteAccessEntry",
        ("GET", ["clusters", _, "access-entries", _, "access-policies"]) => "ListAssociatedAccessPolicies",
        ("POST", ["clusters", _, "access-entries", _, "access-policies"]) => "AssociateAccessPolicy",
        ("DELETE", ["clusters", _, "access-entries", _, "access-policies", _]) => "DisassociateAccessPolicy",
        ("GET", ["clusters", _, "pod-identity-associations"]) => "ListPodIdentityAssociations",
        ("POST", ["clusters", _, "pod-identity-associations"]) => "CreatePodIdentityAssociation",
        ("GET", ["clusters", _, "pod-identity-associations", _]) => "DescribePodIdentityAssociation",
        ("POST", ["clusters", _, "pod-identity-associations", _]) => "UpdatePodIdentityAssociation",
        ("DELETE", ["clusters", _, "pod-identity-associations", _]) => "DeletePodIdentityAssociation",
        _ => return None,
    })
}

pub(super) fn answer(call: &Call<'_>) -> Reply {
    match call.action.as_str() {
        "ListClusters" => cluster::list(call),
        "DescribeCluster" => cluster::describe(call),
        "DescribeClusterVersions" => cluster::versions(call),
        "ListAccessPolicies" => access::policies(call),
        "ListTagsForResource" => tags_of(call),
        "ListAccessEntries" => access::list(call),
        "CreateAccessEntry" => access::create(call),
        "DescribeAccessEntry" => access::describe(call),
        "UpdateAccessEntry" => access::update(call),
        "DeleteAccessEntry" => access::delete(call),
        "ListAssociatedAccessPolicies" => access::associated(call),
        "AssociateAccessPolicy" => access::associate(call),
        "DisassociateAccessPolicy" => access::disassociate(call),
        "ListPodIdentityAssociations" => association::list(call),
        "CreatePodIdentityAssociation" => association::create(call),
        "DescribePodIdentityAssociation" => association::describe(call),
        "UpdatePodIdentityAssociation" => association::update(call),
        "DeletePodIdentityAssociation" => association::delete(call),
        other => Err(call.protocol.unknown_action(other)),
    }
}

/// The cluster in the path: only its own account sees it, in its own region.
pub(super) fn registry<'a>(call: &Call<'a>) -> Result<&'a Registry, Failure> {
    let name = call.path.get(1).map_or("", String::as_str);
    let account = call.account()?;
    call.aws()
        .registry(name)
        .filter(|registry| {
            let cluster = registry.cluster;
            *cluster.account == *account && cluster.account.region == call.region
        })
        .ok_or_else(|| not_found(format!("No cluster found for name: {name}.")))
}

/// Of a cluster, an access entry or an association, whichever the ARN names.
fn tags_of(call: &Call<'_>) -> Reply {
    let arn = call.path.get(1).map_or("", String::as_str);
    let account = call.account()?;
    let own = call.aws().registries().filter(|one| *one.cluster.account == *account && account.region == call.region);
    let found = own.into_iter().find_map(|registry| {
        if registry.cluster.arn() == arn {
            return Some(cluster::tags(registry.cluster));
        }
        let entry = registry.entries.read().values().find(|one| one.arn == arn).map(|one| json!(one.tags));
        entry.or_else(|| registry.associations.read().values().find(|one| one.arn == arn).map(|one| json!(one.tags)))
    });
    let tags =
        found.ok_or_else(|| Failure::new(404, "NotFoundException", format!("The resource {arn} was not found")))?;
    Ok(json!({"tags": tags}))
}

fn not_found(message: String) -> Failure {
    Failure::new(404, "ResourceNotFoundException", message)
}

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(400, "InvalidParameterException", message)
}

/// A page of a list, short: five at most.
fn page<T>(call: &Call<'_>, all: Vec<T>, what: &str) -> Result<Pages<T>, Failure> {
    Pages::of(all, (call.param("nextToken"), call.number("maxResults")), (what, 5), "InvalidParameterException")
}

/// The list as a member of this name, with the token for the next page when there is one.
fn listed(name: &str, page: Pages<Value>) -> Value {
    let mut members = Map::from_iter([(name.to_owned(), Value::Array(page.items))]);
    if let Some(next) = page.next {
        members.insert("nextToken".to_owned(), json!(next));
    }
    Value::Object(members)
}

fn text(call: &Call<'_>, name: &str) -> Option<String> {
    call.body[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn required(call: &Call<'_>, name: &str) -> Result<String, Failure> {
    text(call, name).ok_or_else(|| invalid(format!("{name} can not be null or empty.")))
}

/// What the caller gave of a list of texts; `None` when it is absent.
fn texts(value: &Value) -> Option<Vec<String>> {
    let items = value.as_array()?;
    Some(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
}

fn tags(call: &Call<'_>) -> BTreeMap<String, String> {
    let tags = call.body["tags"].as_object().into_iter().flatten();
    tags.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// Whether this is the ARN of a role that a pod or a person could have.
fn role_arn(text: &str) -> Result<(), Failure> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ok = matches!(parts.as_slice(), ["arn", _, "iam", "", account, resource]
        if account.len() == 12 && resource.strip_prefix("role/").is_some_and(|name| !name.is_empty()));
    if ok { Ok(()) } else { Err(invalid(format!("The role ARN {text} is not valid"))) }
}
