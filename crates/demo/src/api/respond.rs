//! Which form of an object a client wants, and objects in that form.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::table;
use crate::registry::Kind;
use crate::storage::Entry;

/// The representation asked for by `Accept`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Object,
    Table,
    Metadata,
}

/// What a table row carries of its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Include {
    None,
    Metadata,
    Object,
}

impl Form {
    /// The first acceptable form in the client's order; anything unknown is taken as plain JSON.
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        for choice in accept.split(',').map(str::trim) {
            if !choice.starts_with("application/json") && !choice.starts_with("*/*") {
                continue;
            }
            let parameter = |name: &str| choice.split(';').any(|part| part.trim() == name);
            if parameter("as=Table") && parameter("v=v1") && parameter("g=meta.k8s.io") {
                return Self::Table;
            }
            if parameter("as=PartialObjectMetadata") || parameter("as=PartialObjectMetadataList") {
                return Self::Metadata;
            }
            if !choice.contains("as=") {
                return Self::Object;
            }
        }
        Self::Object
    }
}

impl Include {
    pub(crate) fn of(parameter: Option<&str>) -> Self {
        match parameter {
            Some("None") => Self::None,
            Some("Object") => Self::Object,
            _ => Self::Metadata,
        }
    }
}

pub(crate) fn json_bytes(code: StatusCode, bytes: impl Into<Body>) -> Response {
    let mut response = Response::new(bytes.into());
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache, private"));
    response
}

pub(crate) fn json_value(code: StatusCode, value: &Value) -> Response {
    json_bytes(code, value.to_string())
}

/// One object in the form asked for.
pub(crate) fn object(kind: &Kind, entry: &Arc<Entry>, form: Form, include: Include, now: i64) -> Response {
    match form {
        Form::Object => json_bytes(StatusCode::OK, entry.bytes()),
        Form::Metadata => json_bytes(StatusCode::OK, metadata_object(&entry.value()).to_string()),
        Form::Table => {
            let value = entry.value();
            let row = table::row(kind, &value, include, now);
            let whole = table::document(kind, &[row], &value["metadata"]["resourceVersion"], true);
            json_value(StatusCode::OK, &whole)
        }
    }
}

pub(crate) fn metadata_object(value: &Value) -> Value {
    json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": value["metadata"]})
}

/// An entry's bytes in the form of a list's item (or of a row, for tables).
pub(crate) fn item(kind: &Kind, entry: &Arc<Entry>, form: Form, include: Include, now: i64) -> Bytes {
    match form {
        Form::Object => entry.bytes(),
        Form::Metadata => metadata_object(&entry.value()).to_string().into(),
        Form::Table => table::row(kind, &entry.value(), include, now).to_string().into(),
    }
}
