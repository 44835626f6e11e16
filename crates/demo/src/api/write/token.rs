//! `serviceaccounts/token`: a token for whom it is asked.

use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::request::Place;
use super::super::{Failure, respond};
use crate::cluster::Cluster;
use crate::content::builder::time;
use crate::tokens::{API, Claims};

/// Seconds that a token lives at least.
const SHORTEST: i64 = 600;

pub(super) fn create(cluster: &Cluster, place: &Place, body: &Value) -> Result<Response, Failure> {
    let account = cluster.storage.read().get("serviceaccounts", place.namespace(), place.name()).cloned();
    let account = account.ok_or_else(|| Failure::not_found(&place.kind, place.name()))?;
    let spec = &body["spec"];
    let seconds = spec["expirationSeconds"].as_i64().unwrap_or(3600);
    if seconds < SHORTEST {
        let message = format!(
            "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: {seconds}: may not specify a duration less than 10 minutes"
        );
        return Err(Failure::new(422, "Invalid", message));
    }
    let asked = spec["audiences"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let mut audiences: Vec<String> = asked.collect();
    if audiences.is_empty() {
        audiences.push(API.to_owned());
    }
    let now = cluster.now().as_second();
    let claims = Claims {
        namespace: place.namespace().to_owned(),
        name: place.name().to_owned(),
        uid: account.uid.to_string(),
        audiences,
        pod: pod(cluster, place, &spec["boundObjectRef"])?,
        issued: now,
        expires: now + seconds,
    };
    let token = cluster.issuer.sign(&claims);
    let token =
        token.ok_or_else(|| Failure::new(500, "InternalError", "the system gives no random bytes to sign with"))?;
    let mut reply = json!({"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"name": claims.name, "namespace": claims.namespace, "creationTimestamp": time(now)},
        "spec": {"audiences": claims.audiences, "expirationSeconds": seconds, "boundObjectRef": spec["boundObjectRef"]}});
    reply["status"] = json!({"token": token, "expirationTimestamp": time(claims.expires)});
    Ok(respond::json_value(StatusCode::CREATED, &reply))
}

/// The pod that a token is bound to; nothing else can be bound to here.
fn pod(cluster: &Cluster, place: &Place, bound: &Value) -> Result<Option<(String, String)>, Failure> {
    if bound.is_null() {
        return Ok(None);
    }
    let (kind, name) = (cluster.kind("pods"), bound["name"].as_str().unwrap_or_default());
    if bound["kind"] != "Pod" {
        return Err(Failure::bad_request(format!("cannot bind token to object of type {}", bound["kind"])));
    }
    let pod = cluster.storage.read().get("pods", place.namespace(), name).cloned();
    let pod = pod.ok_or_else(|| Failure::not_found(&kind, name))?;
    if bound["uid"].as_str().is_some_and(|uid| *uid != *pod.uid) {
        let why = format!("the UID in the bound object reference ({}) does not match the UID in record", bound["uid"]);
        return Err(Failure::conflict(&kind, name, &why));
    }
    let own = pod.value()["spec"]["serviceAccountName"].as_str().unwrap_or("default").to_owned();
    if own != place.name() {
        let message = format!(
            "cannot bind token for serviceaccount {:?} to pod running with different serviceaccount name.",
            place.name()
        );
        return Err(Failure::bad_request(message));
    }
    Ok(Some((pod.key.name.to_string(), pod.uid.to_string())))
}
