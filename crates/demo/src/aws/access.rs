//! Who somebody of AWS is in a cluster, and what EKS itself lets them do: by their access entry, or else by the ConfigMap
//! `aws-auth`, as it stands now.

use std::collections::BTreeMap;

use periscope_identity::{AccessPolicy, AwsAuth, scope_covers};
use periscope_model::aws::AccessScope;
use periscope_rbac::{Request, Rule, Target};

use super::EksCluster;
use super::keys::Caller;
use super::registry::AccessEntry;
use crate::cluster::Cluster;
use crate::identity::User;

/// Username and groups; `None`: nobody has let them in.
pub(super) fn mapped(cluster: &Cluster, eks: &EksCluster, caller: &Caller) -> Option<User> {
    let registry = cluster.aws.registry(eks.name)?;
    // an entry counts alone, whatever the ConfigMap says of the same principal
    if let Some(entry) = registry.entries.read().get(&caller.principal_arn) {
        return by_entry(entry, caller);
    }
    by_config_map(cluster, caller)
}

/// Entries of nodes are for instances, and no caller of this world is one.
fn by_entry(entry: &AccessEntry, caller: &Caller) -> Option<User> {
    let groups: Vec<&str> = entry.groups.iter().map(String::as_str).collect();
    (entry.kind == "STANDARD").then(|| User::new(&filled(&entry.username, caller), &groups))
}

fn by_config_map(cluster: &Cluster, caller: &Caller) -> Option<User> {
    let data = cluster.get("configmaps", "kube-system", "aws-auth")?["data"].clone();
    let data: BTreeMap<String, String> = serde_json::from_value(data).ok()?;
    let auth = AwsAuth::parse(&data);
    let own = caller.canonical_arn();
    // EKS compares what is written, so a path in it never fits
    let entry = auth.counting().find(|entry| entry.arn.eq_ignore_ascii_case(&own));
    if let Some(entry) = entry.filter(|entry| !entry.is_node()) {
        let groups: Vec<&str> = entry.groups.iter().map(String::as_str).collect();
        return Some(User::new(&filled(entry.username.as_deref().unwrap_or(&own), caller), &groups));
    }
    let of_account = entry.is_none() && auth.accounts.iter().any(|account| *account == caller.account.id);
    of_account.then(|| User::new(&own, &[]))
}

/// A name with the session's parts in it.
fn filled(name: &str, caller: &Caller) -> String {
    let session = caller.session.as_deref().unwrap_or_default();
    name.replace("{{AccountID}}", caller.account.id)
        .replace("{{SessionName}}", &session.replace('@', "-"))
        .replace("{{SessionNameRaw}}", session)
}

/// The associated policies that speak of a user, with the ARN of each.
fn policies(cluster: &Cluster, user: &User) -> Vec<(String, &'static AccessPolicy, AccessScope)> {
    let Some((principal, registry)) = user.principal.as_ref().zip(cluster.aws.registry(cluster.profile.id)) else {
        return Vec::new();
    };
    let entries = registry.entries.read();
    let held = entries.get(principal).into_iter().flat_map(|entry| &entry.policies);
    held.filter_map(|(arn, (scope, _))| Some((arn.clone(), AccessPolicy::find(arn)?, scope.clone()))).collect()
}

/// Why one of them allows a request, as EKS says it.
pub(crate) fn allowed(cluster: &Cluster, user: &User, request: &Request<'_>) -> Option<String> {
    let namespace = match &request.target {
        Target::Resource { namespace, .. } => *namespace,
        Target::Path(_) => None,
    };
    let all = policies(cluster, user);
    let (arn, _, scope) =
        all.iter().find(|(_, policy, scope)| scope_covers(scope, namespace) && policy.allows(request))?;
    let principal = user.principal.as_deref().unwrap_or_default();
    let id = user.extra.get("principalId").and_then(|ids| ids.first()).map_or("", String::as_str);
    let (kind, place) = match (scope, namespace) {
        (AccessScope::Namespaces(_), Some(namespace)) => ("RoleBinding", format!("/{namespace}")),
        _ => ("ClusterRoleBinding", String::new()),
    };
    let binding = format!("{principal}+{arn}{place}");
    Some(format!("EKS Access Policy: allowed by {kind} {binding:?} of ClusterRole {arn:?} to User {id:?}"))
}

/// What they allow in a namespace.
pub(crate) fn rules(cluster: &Cluster, user: &User, namespace: &str) -> Vec<Rule> {
    let all = policies(cluster, user).into_iter();
    all.filter(|(_, _, scope)| scope_covers(scope, Some(namespace))).flat_map(|(_, policy, _)| policy.rules()).collect()
}
