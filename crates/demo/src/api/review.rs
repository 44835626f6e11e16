//! Questions asked in the form of a create: access reviews, who am I.

use axum::response::Response;
use http::StatusCode;
use periscope_rbac::{Request, Target};
use serde_json::{Value, json};

use super::request::Call;
use super::{Failure, authn, authz, protobuf, respond};
use crate::aws;
use crate::cluster::Cluster;
use crate::identity::User;

pub(super) fn answer(cluster: &Cluster, call: &Call, body: &[u8]) -> Result<Response, Failure> {
    let place = call.place()?;
    let mut review = protobuf::value(body)?;
    if !review.is_object() {
        return Err(Failure::bad_request("the object provided is unrecognized: not a JSON object"));
    }
    let status = match &*place.kind.kind {
        "SelfSubjectAccessReview" => access(cluster, &call.user, &review["spec"], None)?,
        "SubjectAccessReview" => access(cluster, &named(&review["spec"])?, &review["spec"], None)?,
        "LocalSubjectAccessReview" => {
            access(cluster, &named(&review["spec"])?, &review["spec"], place.namespace.as_deref())?
        }
        "SelfSubjectRulesReview" => rules(cluster, &call.user, &review["spec"]),
        "SelfSubjectReview" => json!({"userInfo": user_info(&call.user)}),
        _ => token(cluster, &review["spec"]),
    };
    review["status"] = status;
    review["kind"] = json!(place.kind.kind);
    review["apiVersion"] = json!(place.kind.api_version());
    if !review["metadata"].is_object() {
        review["metadata"] = json!({"creationTimestamp": null});
    }
    Ok(respond::json_value(StatusCode::CREATED, &review))
}

fn named(spec: &Value) -> Result<User, Failure> {
    let groups = spec["groups"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let name = spec["user"].as_str().unwrap_or_default().to_owned();
    let user = User { name, groups, ..User::default() };
    if user.name.is_empty() && user.groups.is_empty() {
        return Err(Failure::new(
            422,
            "Invalid",
            "spec.user: Invalid value: \"\": at least one of user or group must be specified",
        ));
    }
    Ok(user)
}

fn text<'a>(place: &'a Value, name: &str) -> Option<&'a str> {
    place[name].as_str().filter(|text| !text.is_empty())
}

fn access(cluster: &Cluster, user: &User, spec: &Value, inside: Option<&str>) -> Result<Value, Failure> {
    let (resource, path) = (&spec["resourceAttributes"], &spec["nonResourceAttributes"]);
    let request = if resource.is_object() {
        let namespace = inside.or_else(|| text(resource, "namespace"));
        let target = Target::Resource {
            group: text(resource, "group").unwrap_or_default(),
            resource: text(resource, "resource").unwrap_or_default(),
            subresource: text(resource, "subresource"),
            namespace,
            name: text(resource, "name"),
        };
        Request { verb: text(resource, "verb").unwrap_or_default(), target }
    } else if path.is_object() {
        Request::path(text(path, "verb").unwrap_or_default(), text(path, "path").unwrap_or_default())
    } else {
        let message = "spec.resourceAttributes: Invalid value: \"null\": exactly one of nonResourceAttributes or resourceAttributes must be specified";
        return Err(Failure::new(422, "Invalid", message));
    };
    let (allowed, reason) = authz::allowed(cluster, user, &request);
    let mut status = json!({"allowed": allowed});
    if !reason.is_empty() {
        status["reason"] = json!(reason);
    }
    Ok(status)
}

fn rules(cluster: &Cluster, user: &User, spec: &Value) -> Value {
    let policies = cluster.policies.read();
    let namespace = spec["namespace"].as_str().unwrap_or("default");
    let held = policies.rules_for(&user.name, &user.groups, Some(namespace));
    let by_eks = aws::access::rules(cluster, user, namespace);
    let (mut resources, mut paths) = (Vec::new(), Vec::new());
    if user.is_master() {
        resources.push(json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}));
        paths.push(json!({"verbs": ["*"], "nonResourceURLs": ["*"]}));
    }
    for rule in held.into_iter().chain(&by_eks) {
        if !rule.resources.is_empty() {
            let mut entry = json!({"verbs": rule.verbs, "apiGroups": rule.api_groups, "resources": rule.resources});
            if !rule.resource_names.is_empty() {
                entry["resourceNames"] = json!(rule.resource_names);
            }
            resources.push(entry);
        }
        if !rule.non_resource_urls.is_empty() {
            paths.push(json!({"verbs": rule.verbs, "nonResourceURLs": rule.non_resource_urls}));
        }
    }
    json!({"resourceRules": resources, "nonResourceRules": paths, "incomplete": false})
}

fn user_info(user: &User) -> Value {
    let mut info = json!({"username": user.name, "groups": user.groups});
    if !user.uid.is_empty() {
        info["uid"] = json!(user.uid);
    }
    if !user.extra.is_empty() {
        info["extra"] = json!(user.extra);
    }
    info
}

fn token(cluster: &Cluster, spec: &Value) -> Value {
    let known = spec["token"].as_str().and_then(|token| authn::of_token(cluster, token));
    match known {
        Some(user) => json!({"authenticated": true, "user": user_info(&user)}),
        None => json!({"user": {}, "error": "[invalid bearer token]"}),
    }
}
