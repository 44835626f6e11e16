//! What every request passes through: an id, the caller, the browser's protections.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;
use periscope_answers::Context;
use tracing::Instrument;

use crate::problem::Problem;
use crate::session::{COOKIE, SignIn};
use crate::state::AppState;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
    connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The id of this request, made here and never taken from the client.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) Arc<str>);

/// The signed-in human with the request's id; extracting it is what makes a route private.
pub(crate) struct Caller {
    pub(crate) context: Context,
    /// The session it came from, where there is one: streams watch it.
    pub(crate) session: Option<String>,
    pub(crate) persona: Option<String>,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let id = parts.extensions.get::<RequestId>().map_or_else(|| Arc::from(""), |id| id.0.clone());
        let (person, session, persona) = match &state.sign_in {
            SignIn::Local(person) | SignIn::Dev(person) => (person.clone(), None, None),
            SignIn::Personas(_) => {
                let cookie = session_cookie(&parts.headers).ok_or_else(Problem::unauthenticated)?;
                let found = state.sessions.find(&cookie, state.clock.now());
                let (person, persona) = found.ok_or_else(Problem::unauthenticated)?;
                (person, Some(cookie), Some(persona))
            }
        };
        Ok(Self { context: Context::new(person, id), session, persona })
    }
}

pub(crate) fn session_cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}

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
    protect(response.headers_mut(), api);
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

fn protect(headers: &mut HeaderMap, api: bool) {
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if api {
        set(header::CACHE_CONTROL, "no-store");
    }
}

/// Refuses what a foreign page could make a browser send: a state change or an API call from another origin, and, on
/// loopback, a name that somebody pointed at 127.0.0.1 (DNS rebinding).
pub(crate) async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let host = request_host(&request);
    if state.loopback && !host.as_deref().is_some_and(is_loopback_host) {
        let detail = "this Periscope listens on loopback and answers only to localhost, 127.0.0.1 or [::1]";
        return Problem::new(StatusCode::MISDIRECTED_REQUEST, "host_refused", detail).into_response();
    }
    let api = request.uri().path().starts_with("/api");
    if api && !from_same_origin(request.headers(), host.as_deref()) {
        return Problem::new(StatusCode::FORBIDDEN, "cross_site", "requests from another origin are refused")
            .into_response();
    }
    if api && has_body(request.method()) && !has_json_body(request.headers()) {
        let detail = "send a body of type application/json";
        return Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail).into_response();
    }
    next.run(request).await
}

fn request_host(request: &Request) -> Option<String> {
    let from_header = || request.headers().get(header::HOST)?.to_str().ok().map(str::to_owned);
    request.uri().authority().map(|authority| authority.as_str().to_owned()).or_else(from_header)
}

fn is_loopback_host(host: &str) -> bool {
    let Ok(uri) = format!("http://{host}/").parse::<Uri>() else { return false };
    let Some(name) = uri.host() else { return false };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A DELETE carries no body, and a foreign page cannot send one without asking first.
fn has_body(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::DELETE)
}

fn from_same_origin(headers: &HeaderMap, host: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("invalid"));
    let site_ok = text("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none");
    let origin_ok = text("origin").is_none_or(|origin| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some() && authority == host
    });
    site_ok && origin_ok
}

fn has_json_body(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_names_of_this_machine_count_as_loopback() {
        for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "127.1.2.3"] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1", "", "a b"] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }

    #[test]
    fn another_origin_is_refused() {
        let host = Some("localhost:8080");
        assert!(from_same_origin(&headers(&[]), host));
        assert!(from_same_origin(
            &headers(&[("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")]),
            host
        ));
        for wrong in [
            headers(&[("origin", "http://evil.example")]),
            headers(&[("origin", "null")]),
            headers(&[("origin", "http://localhost:8081")]),
            headers(&[("sec-fetch-site", "cross-site")]),
            headers(&[("sec-fetch-site", "same-site")]),
        ] {
            assert!(!from_same_origin(&wrong, host), "{wrong:?}");
        }
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let found = session_cookie(&headers(&[("cookie", "a=b; periscope_session=xyz; c=d")]));
        assert_eq!(found.as_deref(), Some("xyz"));
        assert_eq!(session_cookie(&headers(&[("cookie", "xperiscope_session=xyz")])), None);
    }
}
