//! How providers are reached: bounded in size and time, no redirects, TLS with the system's roots or a given CA.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openidconnect::AsyncHttpClient;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// An answer larger than this is no discovery document, key set or token answer.
const MAX_ANSWER: usize = 1024 * 1024;
/// From the first byte sent to the last one read.
const DEADLINE: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("it did not answer within {} s", DEADLINE.as_secs())]
    Late,
    #[error("its answer is larger than {MAX_ANSWER} bytes")]
    TooLarge,
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    #[error("the CA file cannot be used: {0}")]
    Ca(String),
}

/// One provider's client. Redirects are answers, not followed: credentials go only where configuration sent them.
#[derive(Clone)]
pub(crate) struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Http {
    /// `ca`: PEM certificates that are trusted instead of the system's.
    pub(crate) fn new(ca: Option<&[u8]>) -> Result<Self, HttpError> {
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| HttpError::Ca(error.to_string()))?;
        let config = config.with_root_certificates(roots(ca)?).with_no_client_auth();
        let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(4).build(connector);
        Ok(Self { client })
    }

    pub(crate) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpError> {
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let answered = tokio::time::timeout(DEADLINE, async {
            let response =
                self.client.request(request).await.map_err(|error| HttpError::Unreachable(causes(&error)))?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| {
                let large = error.downcast_ref::<LengthLimitError>().is_some();
                if large { HttpError::TooLarge } else { HttpError::Unreachable(error.to_string()) }
            })?;
            Ok(Response::from_parts(parts, body.to_bytes().to_vec()))
        });
        answered.await.unwrap_or(Err(HttpError::Late))
    }

    pub(crate) async fn get(&self, uri: Uri, bearer: Option<&str>) -> Result<Response<Vec<u8>>, HttpError> {
        let mut request = Request::get(uri).header(http::header::ACCEPT, "application/json");
        if let Some(token) = bearer {
            request = request.header(http::header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Vec::new()).map_err(|error| HttpError::Unreachable(error.to_string()))?;
        self.send(request).await
    }
}

/// What the OpenID library sends its requests with.
impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.send(request))
    }
}

fn roots(ca: Option<&[u8]>) -> Result<RootCertStore, HttpError> {
    let mut roots = RootCertStore::empty();
    let Some(ca) = ca else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(roots);
    };
    for certificate in CertificateDer::pem_slice_iter(ca) {
        let certificate = certificate.map_err(|error| HttpError::Ca(error.to_string()))?;
        roots.add(certificate).map_err(|error| HttpError::Ca(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(HttpError::Ca("it holds no PEM certificate".to_owned()));
    }
    Ok(roots)
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
