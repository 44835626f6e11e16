//! Questions to the API server about identities.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Method;
use periscope_model::{AccessQuery, Actor, Permission};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::answer::clean;
use crate::request::{Ask, UrlPath};
use crate::{Connection, Error, Identity, parse};

const MAX_REVIEW: usize = 1 << 20;

/// What the API server's authorisers say about one permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub allowed: bool,
    /// In the authoriser's words; also what kept it from deciding.
    pub reason: Option<String>,
}

/// Asks as `identity` what it may do itself. An authoriser that could not tell leaves `allowed` false: not a yes.
pub(crate) async fn access(
    connection: &Connection,
    identity: &Identity,
    query: &AccessQuery,
) -> Result<Decision, Error> {
    let ask = ask("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews", &spec(query))?;
    let review: AccessReview = parse(&connection.call(identity, &ask, MAX_REVIEW).await?, &ask)?;
    Ok(review.status.decision())
}

pub(crate) async fn who_am_i(connection: &Connection, identity: &Identity) -> Result<Actor, Error> {
    let ask = ask("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews", &Value::Null)?;
    let review: SubjectReview = parse(&connection.call(identity, &ask, MAX_REVIEW).await?, &ask)?;
    Ok(review.status.user_info.actor())
}

fn ask(group: &str, kind: &str, resource: &str, spec: &Value) -> Result<Ask, Error> {
    let mut body = json!({"apiVersion": format!("{group}/v1"), "kind": kind});
    if !spec.is_null() {
        body["spec"] = spec.clone();
    }
    let permission = Permission {
        verb: "create".to_owned(),
        group: group.to_owned(),
        resource: resource.to_owned(),
        ..Permission::default()
    };
    Ok(Ask {
        method: Method::POST,
        path: format!("{}/{resource}", UrlPath::group_version(group, "v1")?.into_string()),
        body: Some(Bytes::from(body.to_string())),
        permission,
        ..Ask::get("")
    })
}

fn spec(query: &AccessQuery) -> Value {
    if query.resource.starts_with('/') {
        return json!({"nonResourceAttributes": {"verb": query.verb, "path": query.resource}});
    }
    let mut attributes = json!({"verb": query.verb, "group": query.group, "resource": query.resource});
    let optional = [("subresource", &query.subresource), ("namespace", &query.namespace), ("name", &query.name)];
    for (key, value) in optional {
        if let Some(value) = value {
            attributes[key] = Value::from(value.as_str());
        }
    }
    json!({"resourceAttributes": attributes})
}

#[derive(Deserialize)]
struct AccessReview {
    status: Reviewed,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reviewed {
    allowed: bool,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    evaluation_error: String,
}

impl Reviewed {
    fn decision(self) -> Decision {
        let told = [self.reason, self.evaluation_error].map(|text| clean(&text));
        let told: Vec<String> = told.into_iter().filter(|text| !text.is_empty()).collect();
        Decision { allowed: self.allowed, reason: (!told.is_empty()).then(|| told.join("; ")) }
    }
}

#[derive(Deserialize)]
struct SubjectReview {
    status: Subject,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subject {
    user_info: UserInfo,
}

#[derive(Deserialize)]
struct UserInfo {
    username: String,
    #[serde(default)]
    uid: String,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    extra: BTreeMap<String, Vec<String>>,
}

impl UserInfo {
    fn actor(self) -> Actor {
        Actor {
            uid: Some(self.uid).filter(|uid| !uid.is_empty()),
            extra: self.extra,
            ..Actor::new(self.username, self.groups)
        }
    }
}

#[cfg(test)]
mod tests;
