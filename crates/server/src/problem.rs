//! The one place where errors become HTTP: RFC 9457 problem documents.

use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use periscope_answers::Error;
use periscope_model::Permission;
use serde::Serialize;

/// An `application/problem+json` body.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Problem {
    /// Always `about:blank`: `code` is what programs match on.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: &'static str,
    pub status: u16,
    pub detail: String,
    pub code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The permissions that would have let the request through.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Permission>,
    /// Start and end of the wrong part of the input, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<(usize, usize)>,
    /// The API server's own `Status`, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub kubernetes: Option<serde_json::Value>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("error"),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            request_id: None,
            needs: Vec::new(),
            at: None,
            kubernetes: None,
        }
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "sign in first")
    }

    /// Of a body that is not the JSON it should be.
    pub(crate) fn of_body(error: &JsonRejection) -> Self {
        match error.status() {
            status @ StatusCode::PAYLOAD_TOO_LARGE => {
                Self::new(status, "body_too_large", "the body is larger than anything that is sent here")
            }
            _ => Self::bad_request("body_invalid", error.body_text()),
        }
    }

    pub(crate) fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::UnknownCluster(_) | Error::UnknownKind { .. } | Error::NotFound { .. } | Error::NoPolicy { .. } => {
                StatusCode::NOT_FOUND
            }
            Error::Refused { .. } | Error::NotAdmitted { .. } => StatusCode::FORBIDDEN,
            Error::Invalid { .. } => StatusCode::BAD_REQUEST,
            Error::Conflict { .. } => StatusCode::CONFLICT,
            Error::Unreachable { .. } | Error::Lost { .. } => StatusCode::GATEWAY_TIMEOUT,
            Error::Upstream { .. } => StatusCode::BAD_GATEWAY,
            Error::NotRecorded { .. }
            | Error::NotReadable { .. }
            | Error::SessionsUnavailable { .. }
            | Error::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut problem = Self::new(status, error.code(), error.to_string());
        match error {
            Error::Refused { needs, .. } => problem.needs = needs,
            Error::Invalid { at, .. } => problem.at = at,
            Error::Upstream { status, .. } | Error::Conflict { status, .. } => problem.kubernetes = status,
            _ => {}
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // Kept for the request-id layer, which completes the document (see `request::with_request_id`).
        response.extensions_mut().insert(self);
        response
    }
}
