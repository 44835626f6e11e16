//! Opens connections: name resolution, TCP and TLS under one deadline.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tower::{BoxError, Service};

use crate::Deadlines;

/// How long the kernel waits for a sign of life from the other end.
const TCP_KEEPALIVE: Duration = Duration::from_secs(15);
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug, Clone)]
pub(super) struct Dial {
    https: HttpsConnector<HttpConnector>,
    deadline: Duration,
}

/// The deadline passed before there was a connection.
#[derive(Debug, thiserror::Error)]
#[error("no connection within the deadline")]
pub(super) struct DialTimeout;

impl Dial {
    pub(super) fn new(
        tls: rustls::ClientConfig,
        server_name: Option<&str>,
        deadlines: &Deadlines,
    ) -> Result<Self, String> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(deadlines.connect));
        tcp.set_keepalive(Some(TCP_KEEPALIVE));
        tcp.set_keepalive_interval(Some(TCP_KEEPALIVE));
        tcp.set_tcp_user_timeout(Some(TCP_USER_TIMEOUT));
        let mut builder = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
        if let Some(name) = server_name {
            let name = ServerName::try_from(name.to_owned())
                .map_err(|_| format!("tls-server-name {name:?} is neither a DNS name nor an IP address"))?;
            builder = builder.with_server_name_resolver(FixedServerNameResolver::new(name));
        }
        Ok(Self { https: builder.enable_all_versions().wrap_connector(tcp), deadline: deadlines.connect })
    }
}

impl Service<Uri> for Dial {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.https.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dialling = tokio::time::timeout(self.deadline, self.https.call(uri));
        Box::pin(async move { dialling.await.unwrap_or_else(|_| Err(DialTimeout.into())) })
    }
}
