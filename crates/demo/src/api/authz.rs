//! The authorisers: RBAC over the objects the cluster stores right now, then EKS's access policies.

use periscope_rbac::{Decision, Request, Target as Asked};

use super::failure::{Failure, details};
use super::request::{Call, Target};
use crate::aws;
use crate::cluster::Cluster;
use crate::identity::User;

pub(super) fn check(cluster: &Cluster, call: &Call) -> Result<(), Failure> {
    let request = asked(call);
    if allowed(cluster, &call.user, &request).0 {
        return Ok(());
    }
    Err(refusal(call))
}

/// The decision and the reason an access review gives for it.
pub(super) fn allowed(cluster: &Cluster, user: &User, request: &Request<'_>) -> (bool, String) {
    if user.is_master() {
        return (true, String::new());
    }
    match cluster.policies.read().allows(&user.name, &user.groups, request) {
        Decision::Refused => match aws::access::allowed(cluster, user, request) {
            Some(reason) => (true, reason),
            None => (false, String::new()),
        },
        Decision::Allowed(grant) => {
            let kind =
                if grant.scope == periscope_rbac::BindingScope::Cluster { "ClusterRoleBinding" } else { "RoleBinding" };
            let place = match &grant.scope {
                periscope_rbac::BindingScope::Cluster => String::new(),
                periscope_rbac::BindingScope::Namespace(namespace) => format!("/{namespace}"),
            };
            let reason = format!(
                "RBAC: allowed by {kind} {:?} of {} {:?} to User {:?}",
                format!("{}{place}", grant.binding),
                grant.role.kind,
                grant.role.name,
                user.name
            );
            (true, reason)
        }
    }
}

fn asked(call: &Call) -> Request<'_> {
    let target = match &call.target {
        Target::Path(path) => Asked::Path(path),
        Target::Resource(place) => Asked::Resource {
            group: &place.kind.group,
            resource: &place.kind.plural,
            subresource: place.subresource.as_deref(),
            namespace: place.namespace.as_deref(),
            name: place.name.as_deref().or_else(|| call.selector.name()),
        },
    };
    Request { verb: call.verb, target }
}

/// `pods is forbidden: User "x" cannot list resource "pods" in API group "" in the namespace "y"`
fn refusal(call: &Call) -> Failure {
    let user = &call.user.name;
    let place = match &call.target {
        Target::Path(path) => {
            let message = format!("forbidden: User {user:?} cannot {} path {path:?}", call.verb);
            return Failure::forbidden(message, serde_json::json!({}));
        }
        Target::Resource(place) => place,
    };
    let resource = match &place.subresource {
        Some(part) => format!("{}/{part}", place.kind.plural),
        None => place.kind.plural.to_string(),
    };
    let mut what = super::failure::qualified(&place.kind);
    let name = place.name.as_deref().or_else(|| call.selector.name()).unwrap_or_default();
    if !name.is_empty() {
        what = format!("{what} {name:?}");
    }
    let at = match &place.namespace {
        Some(namespace) => format!("in the namespace {namespace:?}"),
        None => "at the cluster scope".to_owned(),
    };
    let message = format!(
        "{what} is forbidden: User {user:?} cannot {} resource {resource:?} in API group {:?} {at}",
        call.verb, &*place.kind.group
    );
    let mut details = details(&place.kind, name);
    if name.is_empty()
        && let Some(details) = details.as_object_mut()
    {
        details.remove("name");
    }
    Failure::forbidden(message, details)
}
