//! What a request asks for, taken from its method, path and query.

use std::collections::HashMap;

use axum::body::Body;
use bytes::Bytes;
use http::{Method, Uri};
use percent_encoding::percent_decode_str;

use super::{BODY_LIMIT, Failure};
use crate::cluster::Cluster;
use crate::identity::User;
use crate::registry::{KindRef, Source};
use crate::selector::Selector;

pub(crate) struct Call {
    pub(crate) method: Method,
    /// The verb authorisation knows it by.
    pub(crate) verb: &'static str,
    pub(crate) target: Target,
    pub(crate) user: User,
    pub(crate) selector: Selector,
    query: HashMap<String, Vec<String>>,
}

pub(crate) enum Target {
    Path(String),
    Resource(Place),
}

#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) kind: KindRef,
    pub(crate) namespace: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) subresource: Option<String>,
}

impl Place {
    /// Empty for cluster-scoped objects, as the storage wants it.
    pub(crate) fn namespace(&self) -> &str {
        match &self.namespace {
            Some(namespace) if self.kind.namespaced => namespace,
            _ => "",
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

impl Call {
    pub(super) fn parse(cluster: &Cluster, method: &Method, uri: &Uri, user: User) -> Result<Self, Failure> {
        let query = parse_query(uri.query().unwrap_or_default());
        let first =
            |name: &str| query.get(name).and_then(|values| values.first()).map(String::as_str).unwrap_or_default();
        let selector = Selector::parse(first("labelSelector"), first("fieldSelector")).map_err(Failure::bad_request)?;
        let watching = matches!(first("watch"), "1" | "true");
        let Some(place) = place(cluster, uri.path())? else {
            let verb = path_verb(method);
            let target = Target::Path(uri.path().to_owned());
            return Ok(Self { method: method.clone(), verb, target, user, selector, query });
        };
        let verb = verb(method, place.name.is_some(), watching)?;
        Ok(Self { method: method.clone(), verb, target: Target::Resource(place), user, selector, query })
    }

    pub(crate) fn place(&self) -> Result<&Place, Failure> {
        match &self.target {
            Target::Resource(place) => Ok(place),
            Target::Path(_) => Err(Failure::no_such_path()),
        }
    }

    pub(crate) fn is_review(&self) -> bool {
        matches!(&self.target, Target::Resource(place) if place.kind.source == Source::Review)
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.get(name).and_then(|values| values.first()).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn params(&self, name: &str) -> &[String] {
        self.query.get(name).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.param(name), Some("1" | "true" | "All"))
    }

    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Failure> {
        self.param(name)
            .map(|text| text.parse().map_err(|_| Failure::bad_request(format!("invalid {name} {text:?}"))))
            .transpose()
    }
}

pub(crate) async fn body(body: Body) -> Result<Bytes, Failure> {
    axum::body::to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| Failure::new(413, "RequestEntityTooLarge", format!("limit is {BODY_LIMIT}")))
}

fn parse_query(query: &str) -> HashMap<String, Vec<String>> {
    let mut parsed: HashMap<String, Vec<String>> = HashMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        parsed.entry(decode(key)).or_default().push(decode(value));
    }
    parsed
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// `None` for paths that name no resource.
fn place(cluster: &Cluster, path: &str) -> Result<Option<Place>, Failure> {
    let segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (group, version, rest) = match segments.as_slice() {
        ["api", version, rest @ ..] => ("", *version, rest),
        ["apis", group, version, rest @ ..] => (*group, *version, rest),
        _ => return Ok(None),
    };
    // `namespaces/shop/pods` names pods, but `namespaces/shop` and `namespaces/shop/status` name the namespace
    let (namespace, rest) = match rest {
        [] => return Ok(None),
        ["namespaces", _, "status" | "finalize"] => (None, rest),
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some((*namespace).to_owned()), rest),
        _ => (None, rest),
    };
    let kind = cluster.registry().find(group, version, rest[0]).ok_or_else(Failure::no_such_path)?;
    if namespace.is_some() && !kind.namespaced {
        return Err(Failure::no_such_path());
    }
    let name = rest.get(1).map(|&name| name.to_owned());
    let subresource = rest.get(2).map(|&part| part.to_owned());
    if let Some(part) = &subresource
        && !kind.subresources.iter().any(|held| **held == **part)
    {
        return Err(Failure::no_such_path());
    }
    // a namespace is its own namespace for authorisation
    let namespace = if &*kind.id == "namespaces" { name.clone() } else { namespace };
    Ok(Some(Place { kind, namespace, name, subresource }))
}

fn verb(method: &Method, named: bool, watching: bool) -> Result<&'static str, Failure> {
    Ok(match (method, named) {
        (&Method::GET | &Method::HEAD, _) if watching => "watch",
        (&Method::GET | &Method::HEAD, true) => "get",
        (&Method::GET | &Method::HEAD, false) => "list",
        (&Method::POST, _) => "create",
        (&Method::PUT, _) => "update",
        (&Method::PATCH, _) => "patch",
        (&Method::DELETE, true) => "delete",
        (&Method::DELETE, false) => "deletecollection",
        _ => return Err(Failure::method_not_allowed()),
    })
}

fn path_verb(method: &Method) -> &'static str {
    match *method {
        Method::POST => "post",
        Method::PUT => "put",
        Method::PATCH => "patch",
        Method::DELETE => "delete",
        _ => "get",
    }
}
