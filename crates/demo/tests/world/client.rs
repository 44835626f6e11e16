//! A small HTTPS client that is built from a kubeconfig, as any client of the world is.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;
use tokio::time::timeout;

/// Longer than anything in the world takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Clone)]
pub(crate) struct Client {
    http: Http<HttpsConnector<HttpConnector>, Full<Bytes>>,
    server: String,
    token: String,
    headers: Vec<(&'static str, String)>,
}

impl Client {
    /// One context of a kubeconfig the world wrote.
    pub(crate) fn new(kubeconfig: &str, context: &str) -> Self {
        let config: Value = serde_json::from_str(kubeconfig).expect("a kubeconfig in JSON");
        let clusters = config["clusters"].as_array().expect("clusters");
        let cluster = &clusters.iter().find(|cluster| cluster["name"] == context).expect("the context")["cluster"];
        let ca = STANDARD.decode(cluster["certificate-authority-data"].as_str().expect("a CA")).expect("base64");
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(&ca).expect("PEM")).expect("a certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_only().enable_http1().build();
        Self {
            http: Http::builder(TokioExecutor::new()).build(connector),
            server: cluster["server"].as_str().expect("a server").to_owned(),
            token: config["users"][0]["user"]["token"].as_str().expect("a token").to_owned(),
            headers: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    #[must_use]
    pub(crate) fn token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    pub(crate) async fn send(&self, method: &str, path: &str, content: &str, body: &Value) -> (StatusCode, Value) {
        let response = self.request(method, path, content, body).await;
        let status = response.status();
        let bytes = response.into_body().collect().await.expect("a whole body").to_bytes();
        let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
        (status, serde_json::from_slice(&bytes).unwrap_or_else(|_| text()))
    }

    async fn request(&self, method: &str, path: &str, content: &str, body: &Value) -> http::Response<Incoming> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.server));
        request = request
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, content);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let request = request.body(Full::new(body)).expect("a request");
        timeout(PATIENCE, self.http.request(request)).await.expect("an answer in time").expect("an answer")
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.send("GET", path, "application/json", &Value::Null).await
    }

    /// The body of a request that must succeed.
    pub(crate) async fn ok(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert!(status.is_success(), "{path}: {status} {body}");
        body
    }

    pub(crate) async fn create(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.send("POST", path, "application/json", body).await
    }

    pub(crate) async fn watch(&self, path: &str) -> Events {
        let response = self.request("GET", path, "application/json", &Value::Null).await;
        assert!(response.status().is_success(), "{path}: {}", response.status());
        Events { body: response.into_body(), buffer: Vec::new() }
    }

    /// Waits until the object at `collection` named `name` satisfies the condition, by watching it.
    #[expect(clippy::panic, reason = "a test that waits in vain fails with what it saw last")]
    pub(crate) async fn until(&self, collection: &str, name: &str, what: impl Fn(&Value) -> bool) -> Value {
        let mut events = self.watch(&format!("{collection}?watch=true&fieldSelector=metadata.name%3D{name}")).await;
        let mut last = Value::Null;
        loop {
            let Ok(event) = timeout(PATIENCE, events.next()).await else {
                panic!("{collection}/{name} never got there; it is {last:#}");
            };
            last = event.expect("a watch without end")["object"].clone();
            if what(&last) {
                return last;
            }
        }
    }
}

pub(crate) struct Events {
    body: Incoming,
    buffer: Vec<u8>,
}

impl Events {
    /// The next event; `None` when the server ended the watch.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).expect("an event per line"));
            }
            let frame = timeout(PATIENCE, self.body.frame()).await.expect("an event in time")?.expect("a frame");
            if let Ok(data) = frame.into_data() {
                self.buffer.extend_from_slice(&data);
            }
        }
    }
}
