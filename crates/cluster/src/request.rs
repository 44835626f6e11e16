//! Requests are built here, from checked parts, and nowhere else.
//!
//! Nothing a caller says becomes a header or leaves its place in the URL: names and namespaces are one path segment
//! each, everything else is an encoded query value.

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use periscope_model::{Permission, ResourceType};

use crate::{Error, Place};

/// RFC 3986's unreserved characters, and the colon of RBAC names.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');
const MAX_NAME: usize = 512;
const MAX_LABEL: usize = 63;
const MAX_QUERY_VALUE: usize = 16 << 10;

/// One request without address, credentials and identity: the transport adds those.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    /// Path and query, encoded.
    pub(crate) path: String,
    pub(crate) accept: &'static str,
    pub(crate) body: Option<Bytes>,
    /// Of the body.
    pub(crate) content: &'static str,
    /// Changes something: when no answer comes, nobody knows whether it happened, and it is not sent again.
    pub(crate) changes: bool,
    /// What the API server will ask its authorisers about, for error messages.
    pub(crate) permission: Permission,
}

impl Ask {
    /// A GET of a path of our own, without anything from a caller in it.
    pub(crate) fn get(path: &'static str) -> Self {
        let permission = Permission { verb: "get".to_owned(), resource: path.to_owned(), ..Permission::default() };
        Self {
            method: Method::GET,
            path: path.to_owned(),
            accept: JSON,
            body: None,
            content: JSON,
            changes: false,
            permission,
        }
    }

    /// Describes the request for people: `list pods in namespace shop`.
    pub(crate) fn what(&self) -> String {
        if self.permission.resource.starts_with('/') {
            format!("GET {}", self.permission.resource)
        } else {
            self.permission.to_string()
        }
    }
}

pub(crate) const JSON: &str = "application/json";

/// A path to a resource, grown segment by segment, then a query.
#[derive(Debug)]
pub(crate) struct UrlPath {
    text: String,
    queries: u32,
}

impl UrlPath {
    /// `/api/v1` or `/apis/{group}/{version}`.
    pub(crate) fn group_version(group: &str, version: &str) -> Result<Self, Error> {
        let mut path = Self { text: String::with_capacity(128), queries: 0 };
        if group.is_empty() {
            path.text.push_str("/api");
        } else {
            path.text.push_str("/apis");
            path.segment("group", group, MAX_NAME)?;
        }
        path.segment("version", version, MAX_LABEL)?;
        Ok(path)
    }

    /// The collection of `resource`, everywhere or in one namespace.
    pub(crate) fn collection(resource: &ResourceType, namespace: Option<&str>) -> Result<Self, Error> {
        let mut path = Self::group_version(resource.kind.group(), &resource.version)?;
        if let Some(namespace) = namespace {
            if !resource.namespaced {
                return Err(invalid(format!("{} are not in namespaces", resource.kind)));
            }
            path.text.push_str("/namespaces");
            path.namespace(namespace)?;
        }
        path.segment("resource", resource.kind.resource(), MAX_LABEL)?;
        Ok(path)
    }

    /// One object.
    pub(crate) fn object(resource: &ResourceType, namespace: Option<&str>, name: &str) -> Result<Self, Error> {
        if resource.namespaced && namespace.is_none() {
            return Err(invalid(format!("{} are in namespaces, and none was given", resource.kind)));
        }
        let mut path = Self::collection(resource, namespace)?;
        path.segment("name", name, MAX_NAME)?;
        Ok(path)
    }

    /// An object, something below it, or (without a name) the collection.
    pub(crate) fn place(place: &Place<'_>) -> Result<Self, Error> {
        let mut path = match place.name {
            Some(name) => Self::object(place.resource, place.namespace, name)?,
            None => Self::collection(place.resource, place.namespace)?,
        };
        if let Some(subresource) = place.subresource {
            path.segment("subresource", subresource, MAX_LABEL)?;
        }
        Ok(path)
    }

    pub(crate) fn query(&mut self, key: &'static str, value: &str) -> Result<(), Error> {
        if value.len() > MAX_QUERY_VALUE {
            return Err(invalid(format!("{key} is longer than {MAX_QUERY_VALUE} bytes")));
        }
        self.text.push(if self.queries == 0 { '?' } else { '&' });
        self.queries += 1;
        self.text.push_str(key);
        self.text.push('=');
        self.text.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        Ok(())
    }

    pub(crate) fn query_if(&mut self, key: &'static str, value: Option<&str>) -> Result<(), Error> {
        value.map_or(Ok(()), |value| self.query(key, value))
    }

    pub(crate) fn into_string(self) -> String {
        self.text
    }

    fn namespace(&mut self, text: &str) -> Result<(), Error> {
        let label = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !label {
            return Err(invalid(format!("the namespace {:?} is not a lower-case DNS label", start(text))));
        }
        self.segment("namespace", text, MAX_LABEL)
    }

    fn segment(&mut self, what: &str, text: &str, longest: usize) -> Result<(), Error> {
        // The API server's own rule for names in paths, and no control characters.
        let wrong = text.is_empty()
            || text.len() > longest
            || matches!(text, "." | "..")
            || text.chars().any(|c| c == '/' || c == '%' || c == '\\' || c.is_control());
        if wrong {
            return Err(invalid(format!("the {what} {:?} cannot be one segment of a path", start(text))));
        }
        self.text.push('/');
        self.text.extend(utf8_percent_encode(text, SEGMENT));
        Ok(())
    }
}

fn invalid(what: String) -> Error {
    Error::Invalid { what }
}

fn start(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests;
