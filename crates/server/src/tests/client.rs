//! Requests through the router, without a socket.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::time::timeout;
use tower::ServiceExt as _;

use super::world::PATIENCE;

pub(super) const HOST: &str = "localhost:8080";

/// Somebody with a browser: signed in, or nobody yet.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) router: Router,
    pub(super) cookie: Option<String>,
}

/// An answer, read whole; of an event stream, what is there at once.
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answered {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(super) fn content_type(&self) -> &str {
        self.headers.get(header::CONTENT_TYPE).map_or("", |value| value.to_str().expect("text"))
    }

    /// The `code` of a problem document, which this must be.
    pub(super) fn problem(&self) -> String {
        assert_eq!(self.content_type(), "application/problem+json", "{} {}", self.status, self.text);
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["requestId"], self.headers["x-request-id"].to_str().expect("text"), "{problem}");
        problem["code"].as_str().expect("a code").to_owned()
    }
}

impl Client {
    /// What a browser sends on a same-origin request.
    pub(super) fn request(&self, method: &Method, path: &str, body: Option<&str>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, HOST);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_owned()))).expect("a request")
    }

    pub(super) async fn get(&self, path: &str) -> Answered {
        self.send(self.request(&Method::GET, path, None)).await
    }

    pub(super) async fn post(&self, path: &str, body: &str) -> Answered {
        self.send(self.request(&Method::POST, path, Some(body))).await
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> Answered {
        self.send(self.request(&Method::PUT, path, Some(&body.to_string()))).await
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answered {
        let what = format!("{} {}", request.method(), request.uri());
        let response = timeout(PATIENCE, self.router.clone().oneshot(request)).await;
        let response = response.unwrap_or_else(|_| panic!("no answer to {what}")).expect("the router does not fail");
        let (parts, mut body) = response.into_parts();
        let streams = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let bytes = if streams {
            let first = timeout(PATIENCE, body.frame()).await.expect("a first event");
            first.map(|frame| frame.expect("bytes").into_data().expect("data")).unwrap_or_default()
        } else {
            timeout(PATIENCE, body.collect()).await.expect("an end").expect("a body").to_bytes()
        };
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        Answered { status: parts.status, headers: parts.headers, text }
    }
}
