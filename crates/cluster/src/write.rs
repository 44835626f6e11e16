//! Changes: patch, create, delete. Each is sent once.
//!
//! A change whose answer is lost may have happened, so it is told as [`Error::Lost`] and never tried again here. Only
//! what did not leave this process (no connection, no credentials) fails like a read does.

use bytes::Bytes;
use http::Method;
use periscope_model::{Permission, ResourceType};
use serde_json::{Map, Value, json};

use crate::connection::MAX_OBJECT;
use crate::request::{Ask, UrlPath};
use crate::transport::Lane;
use crate::{Connection, Error, Identity};

/// Whom the API server names as the manager of what is changed.
const MANAGER: &str = "periscope";
/// The API server takes 3 MiB.
const MAX_BODY: usize = 3 << 20;

/// An object, something below it, or a collection.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub resource: &'a ResourceType,
    /// Absent for cluster-scoped kinds.
    pub namespace: Option<&'a str>,
    /// Absent: the collection.
    pub name: Option<&'a str>,
    pub subresource: Option<&'a str>,
}

impl Place<'_> {
    /// What `verb` here takes.
    pub fn permission(&self, verb: &str) -> Permission {
        Permission {
            name: self.name.map(str::to_owned),
            subresource: self.subresource.map(str::to_owned),
            ..Permission::on(verb, &self.resource.kind, self.namespace)
        }
    }
}

/// How an object is to be changed. A `metadata.resourceVersion` in a merge is a condition: another one is a conflict.
#[derive(Debug, Clone, PartialEq)]
pub enum Patch {
    /// RFC 7386.
    Merge(Value),
    /// Lists merge by their keys; built-in kinds only.
    Strategic(Value),
    /// RFC 6902.
    Json(Vec<Value>),
}

/// Whether a change happens, or everything of it but the writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Real,
    DryRun,
}

/// What becomes of what an object owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Propagation {
    Background,
    Foreground,
    Orphan,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    pub propagation: Option<Propagation>,
    pub grace_period_seconds: Option<u32>,
    /// The object must still be this one.
    pub uid: Option<String>,
    /// The object must not have changed.
    pub resource_version: Option<String>,
}

impl DeleteOptions {
    /// As `meta.k8s.io/v1`; also the part of an eviction that says how.
    pub fn to_json(&self, effect: Effect) -> Value {
        let mut options = Map::new();
        options.insert("apiVersion".to_owned(), Value::from("v1"));
        options.insert("kind".to_owned(), Value::from("DeleteOptions"));
        if let Some(propagation) = self.propagation {
            let policy = match propagation {
                Propagation::Background => "Background",
                Propagation::Foreground => "Foreground",
                Propagation::Orphan => "Orphan",
            };
            options.insert("propagationPolicy".to_owned(), Value::from(policy));
        }
        if let Some(seconds) = self.grace_period_seconds {
            options.insert("gracePeriodSeconds".to_owned(), Value::from(seconds));
        }
        let mut preconditions = Map::new();
        for (key, value) in [("uid", &self.uid), ("resourceVersion", &self.resource_version)] {
            if let Some(value) = value {
                preconditions.insert(key.to_owned(), Value::from(value.as_str()));
            }
        }
        if !preconditions.is_empty() {
            options.insert("preconditions".to_owned(), Value::Object(preconditions));
        }
        if effect == Effect::DryRun {
            options.insert("dryRun".to_owned(), json!(["All"]));
        }
        Value::Object(options)
    }
}

pub(crate) fn patch(place: &Place<'_>, patch: &Patch, effect: Effect) -> Result<Ask, Error> {
    let (content, body) = match patch {
        Patch::Merge(body) => ("application/merge-patch+json", body.to_string()),
        Patch::Strategic(body) => ("application/strategic-merge-patch+json", body.to_string()),
        Patch::Json(steps) => ("application/json-patch+json", Value::from(steps.as_slice()).to_string()),
    };
    let ask = ask(Method::PATCH, place, "patch", effect, body)?;
    Ok(Ask { content, ..ask })
}

pub(crate) fn create(place: &Place<'_>, object: &Value, effect: Effect) -> Result<Ask, Error> {
    ask(Method::POST, place, "create", effect, object.to_string())
}

/// Everything is said in the body: next to one, the API server ignores the query.
pub(crate) fn delete(place: &Place<'_>, options: &DeleteOptions, effect: Effect) -> Result<Ask, Error> {
    if place.name.is_none() {
        return Err(Error::Invalid { what: "a whole collection is never deleted at once".to_owned() });
    }
    let path = UrlPath::place(place)?.into_string();
    let body = Some(Bytes::from(options.to_json(effect).to_string()));
    let changes = effect == Effect::Real;
    Ok(Ask { method: Method::DELETE, path, body, changes, permission: place.permission("delete"), ..Ask::get("") })
}

fn ask(method: Method, place: &Place<'_>, verb: &str, effect: Effect, body: String) -> Result<Ask, Error> {
    if body.len() > MAX_BODY {
        return Err(Error::Invalid { what: format!("the body has more than {MAX_BODY} bytes") });
    }
    let mut path = UrlPath::place(place)?;
    path.query("fieldManager", MANAGER)?;
    if effect == Effect::DryRun {
        path.query("dryRun", "All")?;
    }
    Ok(Ask {
        method,
        path: path.into_string(),
        body: Some(Bytes::from(body)),
        changes: effect == Effect::Real,
        permission: place.permission(verb),
        ..Ask::get("")
    })
}

/// What the API server says the object is now. `None`: it happened, and what it said about it was lost.
pub(crate) async fn send(connection: &Connection, identity: &Identity, ask: &Ask) -> Result<Option<Bytes>, Error> {
    let body = connection.send(identity, ask, Lane::Calls).await?;
    let deadlines = connection.deadlines();
    let deadline = if ask.changes { deadlines.change } else { deadlines.call };
    match body.collect(MAX_OBJECT, deadline).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(_) if ask.changes => Ok(None),
        Err(error) => Err(error),
    }
}
