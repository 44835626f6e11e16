//! Connections: how many, how long they may take to say what they want, and who is at their other end.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::tls::Tls;
use crate::request::Peer;

/// Connections at the same time; more wait to be accepted. Each stream has one, so there are more than streams.
const MAX_CONNECTIONS: usize = 24_000;
/// From the connection to the end of a request's head: whoever is slower is cut off and holds nothing.
const HEAD: Duration = Duration::from_secs(10);
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How often a connection of HTTP/2 is asked whether anybody is there, and how long it may take to answer.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// Bytes of a request's head.
const MAX_HEAD: u32 = 32 * 1024;
/// Requests at the same time on one connection of HTTP/2.
const MAX_STREAMS: u32 = 200;
/// After an accept that failed, as when the process has no more file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// What every connection is served with.
#[derive(Clone)]
struct Service {
    tls: Option<Arc<Tls>>,
    router: Router,
    draining: CancellationToken,
}

/// Serves until `draining` is cancelled and what was open then has ended.
pub(super) async fn serve(listener: TcpListener, tls: Option<Tls>, router: Router, draining: CancellationToken) {
    // Made a service once: as a router it is copied for every connection, 1.1 MB with the description.
    let router: Router = router.with_state(());
    let service = Service { tls: tls.map(Arc::new), router, draining: draining.clone() };
    let (places, connections) = (Arc::new(Semaphore::new(MAX_CONNECTIONS)), TaskTracker::new());
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = draining.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let service = service.clone();
        connections.spawn(async move {
            connection(stream, peer, service).await;
            drop(place);
        });
    }
    connections.close();
    connections.wait().await;
}

async fn connection(stream: TcpStream, peer: SocketAddr, service: Service) {
    // Frames are small and should leave at once.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection is gone already");
        return;
    }
    let Some(tls) = service.tls.clone() else { return speak(stream, peer.ip(), service).await };
    match tokio::time::timeout(HANDSHAKE, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => speak(stream, peer.ip(), service).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
        Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
    }
}

async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(stream: S, peer: IpAddr, service: Service) {
    let Service { router, draining, .. } = service;
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_headers(100);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(HEAD)
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(MAX_HEAD);
    let mut connection = std::pin::pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = draining.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection ended with an error");
    }
}
