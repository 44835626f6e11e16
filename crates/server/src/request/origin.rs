//! Which names this server answers to, and which pages may use it.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use crate::problem::Problem;
use crate::state::AppState;

/// Probes name the pod's address; they say nothing that matters.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];
/// Where providers send browsers back to: the one way in from another site.
const CALLBACK: &str = "/api/auth/callback/";

/// What people type to get here.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    public: Option<Url>,
    /// Whether the socket is reachable from this machine alone; then its names are taken too.
    loopback: bool,
}

impl Origin {
    pub(crate) fn new(public: Option<Url>, loopback: bool) -> Self {
        Self { public, loopback }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.public.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    fn answers_to(&self, host: &str) -> bool {
        self.is_public(host) || self.loopback && is_loopback_host(host)
    }

    fn is_public(&self, host: &str) -> bool {
        let Some(public) = &self.public else { return false };
        let Ok(named) = Url::parse(&format!("{}://{host}/", public.scheme())) else { return false };
        is_plain(host) && named.origin() == public.origin()
    }

    /// Whether a page of `origin`, as a browser names it, is one of this server's under the name it was asked by.
    fn is_same(&self, origin: &str, host: &str) -> bool {
        if self.is_public(host) {
            let Some(public) = &self.public else { return false };
            return origin == public.origin().ascii_serialization();
        }
        origin.split_once("://").is_some_and(|(_, authority)| authority == host)
    }

    fn refusal(&self) -> String {
        match &self.public {
            Some(public) => {
                format!("this Periscope is {}, and answers to no other name", public.origin().ascii_serialization())
            }
            None => "this Periscope listens on loopback and answers only to localhost, 127.0.0.1 or [::1]".to_owned(),
        }
    }
}

/// A name and perhaps a port, nothing that would be read as user, path or query.
fn is_plain(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~[]:%".contains(&b))
}

/// Refuses what a foreign page could make a browser send: a state change or an API call from another origin, and a name
/// that somebody pointed at this server (DNS rebinding).
pub(crate) async fn same_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let host = request_host(&request);
    let probe = !state.origin.loopback && PROBES.contains(&path);
    if !probe && !host.as_deref().is_some_and(|host| state.origin.answers_to(host)) {
        return Problem::new(StatusCode::MISDIRECTED_REQUEST, "host_refused", state.origin.refusal()).into_response();
    }
    let api = path.starts_with("/api");
    let came_back = path.starts_with(CALLBACK) && is_navigation(&request);
    // A token is sent by whoever has it, not by a browser on somebody's behalf.
    let scripted = state.sign_in.people().is_some() && request.headers().contains_key(header::AUTHORIZATION);
    if api && !came_back && !scripted && !from_same_origin(&state.origin, request.headers(), host.as_deref()) {
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

/// The browser itself goes there: no page reads the answer.
fn is_navigation(request: &Request) -> bool {
    let mode = request.headers().get("sec-fetch-mode").map(HeaderValue::as_bytes);
    let origin = request.headers().contains_key(header::ORIGIN);
    request.method() == Method::GET && !origin && mode.is_none_or(|mode| mode == b"navigate")
}

/// A DELETE carries no body, and a foreign page cannot send one without asking first.
fn has_body(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::DELETE)
}

fn from_same_origin(own: &Origin, headers: &HeaderMap, host: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("invalid"));
    let site_ok = text("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none");
    let origin_ok = text("origin").is_none_or(|origin| host.is_some_and(|host| own.is_same(origin, host)));
    site_ok && origin_ok
}

fn has_json_body(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn public(url: &str) -> Origin {
        Origin::new(Some(Url::parse(url).expect("an address")), false)
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
    fn a_public_server_answers_to_its_own_name_alone() {
        let origin = public("https://periscope.corp");
        for host in ["periscope.corp", "periscope.corp:443", "Periscope.Corp"] {
            assert!(origin.answers_to(host), "{host}");
        }
        for host in [
            "localhost",
            "127.0.0.1",
            "10.0.0.7:8080",
            "periscope.corp.evil.example",
            "periscope.corp:8443",
            "periscope.corp:80",
            "x@periscope.corp",
            "periscope.corp/x",
            "periscope.corp#x",
            "periscope.corp?x",
            "",
            "a b",
        ] {
            assert!(!origin.answers_to(host), "{host}");
        }
        assert!(public("https://periscope.corp:8443").answers_to("periscope.corp:8443"));
        assert!(!public("https://periscope.corp:8443").answers_to("periscope.corp"));
    }

    #[test]
    fn another_origin_is_refused() {
        let (own, host) = (Origin::new(None, true), Some("localhost:8080"));
        assert!(from_same_origin(&own, &headers(&[]), host));
        let same = headers(&[("origin", "http://localhost:8080"), ("sec-fetch-site", "same-origin")]);
        assert!(from_same_origin(&own, &same, host));
        for wrong in [
            headers(&[("origin", "http://evil.example")]),
            headers(&[("origin", "null")]),
            headers(&[("origin", "http://localhost:8081")]),
            headers(&[("sec-fetch-site", "cross-site")]),
            headers(&[("sec-fetch-site", "same-site")]),
        ] {
            assert!(!from_same_origin(&own, &wrong, host), "{wrong:?}");
        }
    }

    #[test]
    fn behind_https_a_page_over_http_is_another_origin() {
        let (own, host) = (public("https://periscope.corp"), Some("periscope.corp"));
        assert!(from_same_origin(&own, &headers(&[("origin", "https://periscope.corp")]), host));
        for wrong in ["http://periscope.corp", "https://periscope.corp:8443", "https://corp", "periscope.corp"] {
            let wrong = HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static(wrong))]);
            assert!(!from_same_origin(&own, &wrong, host), "{wrong:?}");
        }
    }
}
