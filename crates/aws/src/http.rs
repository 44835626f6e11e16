//! HTTP to AWS: bounded in size and time, no redirects, TLS with the system's roots.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::response::Parts;
use http::uri::Scheme;
use http::{Request, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::{ClientConfig, RootCertStore};

const CONNECT: Duration = Duration::from_secs(5);
const NO_ROOTS: &str = "this system has no certificate authorities to know AWS by: install them (ca-certificates), or name \
                        their file in SSL_CERT_FILE";
/// Connections are kept for the length of one round of reading, not from one to the next.
const IDLE: Duration = Duration::from_secs(20);

type Connections = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// One for the process. The system's roots are read when AWS is first asked: most never do.
#[derive(Default)]
pub(crate) struct Http(OnceLock<Result<Opened, String>>);

struct Opened {
    connections: Connections,
    /// Whether any server's certificate can be believed.
    trusts: bool,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Lost {
    Late,
    TooLarge,
    Broken(String),
    /// It never left.
    Unsendable(String),
}

impl Http {
    /// Sends, and reads an answer of at most `limit` bytes, all within `deadline`.
    pub(crate) async fn send(
        &self,
        request: Request<Bytes>,
        limit: usize,
        deadline: Duration,
    ) -> Result<(Parts, Bytes), Lost> {
        let opened = self.0.get_or_init(|| open(system_roots())).as_ref();
        let Opened { connections, trusts } = opened.map_err(|reason| Lost::Unsendable(reason.clone()))?;
        if !trusts && request.uri().scheme() == Some(&Scheme::HTTPS) {
            return Err(Lost::Unsendable(NO_ROOTS.to_owned()));
        }
        let exchange = async {
            let response =
                connections.request(request.map(Full::new)).await.map_err(|error| Lost::Broken(causes(&error)))?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, limit).collect().await.map_err(|error| {
                let large = error.downcast_ref::<LengthLimitError>().is_some();
                if large { Lost::TooLarge } else { Lost::Broken(format!("the answer broke off: {}", causes(&*error))) }
            })?;
            Ok((parts, body.to_bytes()))
        };
        tokio::time::timeout(deadline, exchange).await.unwrap_or(Err(Lost::Late))
    }
}

fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn open(roots: RootCertStore) -> Result<Opened, String> {
    let trusts = !roots.is_empty();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?;
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT));
    let https = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().wrap_connector(tcp);
    let mut client = Client::builder(TokioExecutor::new());
    client.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE).pool_max_idle_per_host(4);
    Ok(Opened { connections: client.build(https), trusts })
}

/// An error with what is behind it: a refused connection says so only there.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// `http://127.0.0.1:5000` and the like, without a path.
pub(crate) fn address(endpoint: &str, path_and_query: &str) -> Result<Uri, String> {
    let text = format!("{}{path_and_query}", endpoint.trim_end_matches('/'));
    text.parse().map_err(|error| format!("{text} is no address: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_certificate_authorities_nothing_is_sent_and_it_says_so() {
        let http = Http(OnceLock::from(open(RootCertStore::empty())));
        let request = Request::get("https://127.0.0.1:1/").body(Bytes::new()).expect("a request");
        let lost = http.send(request, 1, CONNECT).await.expect_err("nobody can be believed");
        assert!(matches!(&lost, Lost::Unsendable(reason) if reason == NO_ROOTS), "{lost:?}");
        let request = Request::get("http://127.0.0.1:1/").body(Bytes::new()).expect("a request");
        let lost = http.send(request, 1, CONNECT).await.expect_err("nobody is there");
        assert!(matches!(&lost, Lost::Broken(_)), "{lost:?}");
    }
}
