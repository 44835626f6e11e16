//! What every request passes through: an id, the browser's protections, and where it came from.

mod caller;
mod origin;
mod peer;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;
use tracing::Instrument;

pub(crate) use caller::{Caller, SignedIn, visitor};
pub(crate) use origin::{Origin, same_origin};
pub(crate) use peer::Peer;
pub use peer::{Cidr, CidrError};

use crate::problem::Problem;
use crate::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
    connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Two years, as browsers' own lists want it.
const HSTS: &str = "max-age=63072000";

/// The id of this request, made here and never taken from the client.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// Gives the request its id, logs it, completes problem documents with it and sets the security headers.
pub(crate) async fn with_request_id(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id: Arc<str> = state.next_request_id().into();
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let started = state.clock.now();
    let span = tracing::info_span!("request", id = %id);
    // A defect costs its request, not the others on the connection.
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span).await;
    let response = answered.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response());
    let took = state.clock.now().duration_since(started);
    state.metrics.request(&method, response.status(), took);
    tracing::info!(id = %id, %method, path, status = response.status().as_u16(), ms = %took.as_millis(), "request");
    let api = path.starts_with("/api");
    let mut response = complete_problem(if api { as_problem(response) } else { response }, &id);
    protect(response.headers_mut(), api, state.origin.is_https());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// What a layer below refused in words of its own, such as a path that does not decode or a method that is not there.
fn as_problem(mut response: Response) -> Response {
    let status = response.status();
    let told = response.extensions().get::<Problem>().is_some();
    if told || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (code, detail) = match status {
        StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "this address does not take this method"),
        StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "the body is larger than anything that is sent here"),
        status if status.is_server_error() => ("internal", "something went wrong here; the log knows the request id"),
        _ => ("request_invalid", "the address or the body cannot be read"),
    };
    let mut problem = Problem::new(status, code, detail).into_response();
    if let Some(allow) = response.headers_mut().remove(header::ALLOW) {
        problem.headers_mut().insert(header::ALLOW, allow);
    }
    problem
}

fn complete_problem(mut response: Response, id: &str) -> Response {
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
    problem.request_id = Some(id.to_owned());
    let mut completed = problem.into_response();
    for (name, value) in response.headers() {
        if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
            completed.headers_mut().append(name, value.clone());
        }
    }
    completed
}

fn protect(headers: &mut HeaderMap, api: bool, https: bool) {
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if api {
        set(header::CACHE_CONTROL, "no-store");
    }
    if https {
        set(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
}
