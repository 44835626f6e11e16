//! Bearer tokens and impersonation.

use std::collections::BTreeMap;

use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use periscope_rbac::{Request, Target};
use serde_json::json;

use super::{Failure, authz};
use crate::aws;
use crate::cluster::Cluster;
use crate::identity::User;
use crate::tokens::{API, Claims};

const EXTRA: &str = "impersonate-extra-";

/// The user the request runs as.
pub(super) fn caller(cluster: &Cluster, headers: &HeaderMap) -> Result<User, Failure> {
    let user = match headers.get(header::AUTHORIZATION) {
        None => User::anonymous(),
        Some(value) => {
            let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
            let token = token.map(str::trim).unwrap_or_default();
            of_token(cluster, token).ok_or_else(Failure::unauthorized)?
        }
    };
    impersonated(cluster, headers, user)
}

/// Whose token this is.
pub(super) fn of_token(cluster: &Cluster, token: &str) -> Option<User> {
    let known = cluster.tokens.get(token).cloned();
    known.or_else(|| aws::bearer_user(cluster, token)).or_else(|| of_service_account(cluster, token))
}

/// Its token counts as long as it is there itself, and the pod that the token was made for.
fn of_service_account(cluster: &Cluster, token: &str) -> Option<User> {
    let claims = cluster.issuer.read(token, cluster.now().as_second()).ok().filter(|claims| claims.is_for(API))?;
    let Claims { namespace, name, uid, pod, .. } = claims;
    let storage = cluster.storage.read();
    let there =
        |kind: &str, name: &str, uid: &str| storage.get(kind, &namespace, name).is_some_and(|entry| *entry.uid == *uid);
    let bound = pod.as_ref().is_none_or(|(name, uid)| there("pods", name, uid));
    if !bound || !there("serviceaccounts", &name, &uid) {
        return None;
    }
    let mut user = complete(User { name: format!("system:serviceaccount:{namespace}:{name}"), uid, ..User::default() });
    if let Some((name, uid)) = pod {
        for (key, value) in [("pod-name", name), ("pod-uid", uid)] {
            user.extra.insert(format!("authentication.kubernetes.io/{key}"), vec![value]);
        }
    }
    Some(user)
}

fn impersonated(cluster: &Cluster, headers: &HeaderMap, caller: User) -> Result<User, Failure> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let groups: Vec<String> = headers
        .get_all("impersonate-group")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .map(str::to_owned)
        .collect();
    let wanted = User {
        name: text("impersonate-user"),
        uid: text("impersonate-uid"),
        groups,
        extra: extra(headers),
        principal: None,
    };
    if wanted.name.is_empty() {
        if wanted == User::default() {
            return Ok(caller);
        }
        return Err(Failure::new(
            500,
            "InternalError",
            format!("Internal error occurred: requested {wanted:?} without impersonating a user"),
        ));
    }
    may_impersonate(cluster, &caller, &wanted)?;
    Ok(complete(wanted))
}

fn extra(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let mut extra: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        if let Some(key) = name.as_str().strip_prefix(EXTRA) {
            let key = percent_decode_str(key).decode_utf8_lossy().to_lowercase();
            extra.entry(key).or_default().push(value.to_str().unwrap_or_default().to_owned());
        }
    }
    extra
}

/// Each part is asked for by itself, under the names the API server uses.
fn may_impersonate(cluster: &Cluster, caller: &User, wanted: &User) -> Result<(), Failure> {
    if let Some((namespace, name)) = service_account(&wanted.name) {
        ask(cluster, caller, ("", "serviceaccounts", None), Some(namespace), name)?;
    } else {
        ask(cluster, caller, ("", "users", None), None, &wanted.name)?;
    }
    if !wanted.uid.is_empty() {
        ask(cluster, caller, ("authentication.k8s.io", "uids", None), None, &wanted.uid)?;
    }
    for group in &wanted.groups {
        ask(cluster, caller, ("", "groups", None), None, group)?;
    }
    for (key, values) in &wanted.extra {
        for value in values {
            ask(cluster, caller, ("authentication.k8s.io", "userextras", Some(key)), None, value)?;
        }
    }
    Ok(())
}

fn ask(
    cluster: &Cluster,
    caller: &User,
    (group, resource, subresource): (&str, &str, Option<&str>),
    namespace: Option<&str>,
    name: &str,
) -> Result<(), Failure> {
    let target = Target::Resource { group, resource, subresource, namespace, name: Some(name) };
    let request = Request { verb: "impersonate", target };
    if authz::allowed(cluster, caller, &request).0 {
        return Ok(());
    }
    let shown = subresource.map_or_else(|| resource.to_owned(), |part| format!("{resource}/{part}"));
    let place = namespace
        .map_or_else(|| "at the cluster scope".to_owned(), |namespace| format!("in the namespace {namespace:?}"));
    let message = format!(
        "{resource} {name:?} is forbidden: User {:?} cannot impersonate resource {shown:?} in API group {group:?} {place}",
        caller.name
    );
    Err(Failure::forbidden(message, json!({"name": name, "kind": resource})))
}

fn service_account(user: &str) -> Option<(&str, &str)> {
    user.strip_prefix("system:serviceaccount:")?.split_once(':')
}

/// What the API server adds by itself.
fn complete(mut user: User) -> User {
    if let Some((namespace, _)) = service_account(&user.name)
        && user.groups.is_empty()
    {
        user.groups = vec!["system:serviceaccounts".to_owned(), format!("system:serviceaccounts:{namespace}")];
    }
    let missing = if user.name == "system:anonymous" { "system:unauthenticated" } else { "system:authenticated" };
    if !user.groups.iter().any(|group| group == missing) {
        user.groups.push(missing.to_owned());
    }
    user
}
