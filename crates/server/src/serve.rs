//! From a bound socket to a drained one.

mod accept;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use periscope_answers::App;
use periscope_model::Clock;
use rand::TryRngCore;
use rand::rngs::OsRng;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::metrics::Metrics;
use crate::request::{Cidr, Origin};
use crate::router;
use crate::session::{Cookies, SignIn};
use crate::state::{AppState, Parts};
use crate::stream;

pub use tls::{TlsError, TlsFiles};

/// How long open requests and streams get to finish once the process is asked to stop.
const DRAIN: Duration = Duration::from_secs(10);

pub struct Options {
    pub app: Arc<App>,
    pub sign_in: SignIn,
    pub clock: Arc<dyn Clock>,
    pub listener: TcpListener,
    /// `/metrics` is served here and nowhere else.
    pub metrics: Option<TcpListener>,
    pub front: Front,
}

/// How people reach the server; by default directly, on loopback.
#[derive(Default)]
pub struct Front {
    /// What they type.
    pub public_url: Option<Url>,
    pub tls: Option<TlsFiles>,
    /// Whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<Cidr>,
}

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("this way of signing in is for loopback only, and {0} is not a loopback address; listen on 127.0.0.1")]
    NotLoopback(SocketAddr),
    #[error(
        "{0} can be reached from elsewhere: people's passwords and sessions need a publicUrl that begins with https://"
    )]
    NotHttps(SocketAddr),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the listening socket failed")]
    Socket(#[source] std::io::Error),
    #[error("the system gives no random bytes")]
    Randomness,
}

/// Where anybody is somebody without a password, and where passwords would travel in the clear, only this machine
/// reaches the address.
pub fn check_address(address: SocketAddr, providers: bool, public_url: Option<&Url>) -> Result<(), ServeError> {
    let https = public_url.is_some_and(|url| url.scheme() == "https");
    match (address.ip().is_loopback(), providers) {
        (true, _) => Ok(()),
        (false, false) => Err(ServeError::NotLoopback(address)),
        (false, true) if https => Ok(()),
        (false, true) => Err(ServeError::NotHttps(address)),
    }
}

/// Serves until `stop`, then drains: streams are told to reconnect, open requests finish.
pub async fn serve(options: Options, stop: CancellationToken) -> Result<(), ServeError> {
    let Options { app, sign_in, clock, listener, metrics, front } = options;
    let address = listener.local_addr().map_err(ServeError::Socket)?;
    check_address(address, sign_in.people().is_some(), front.public_url.as_ref())?;
    let tls = front.tls.map(tls::Tls::open).transpose()?;
    let origin = Origin::new(front.public_url, address.ip().is_loopback());
    let cookies = if origin.is_https() { Cookies::secure() } else { Cookies::of_port(address.port()) };
    let (metric, trusted_proxies) = (Metrics::new(), front.trusted_proxies);
    let parts = Parts { app, sign_in, clock, metrics: metric, origin, cookies, trusted_proxies, boot: boot_id()? };
    let state = AppState::new(parts);
    let mut beside = tokio::task::JoinSet::new();
    beside.spawn(stream::reap(state.clone()));
    if let SignIn::Providers(people) = &state.sign_in {
        let people = people.clone();
        beside.spawn(async move { people.tend().await });
    }
    if let Some(listener) = metrics {
        let (router, stop) = (router::metrics(state.clone()), stop.clone());
        beside.spawn(async move {
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await {
                tracing::error!(%error, "metrics are no longer served");
            }
        });
    }
    beside.spawn({
        let (state, stop) = (state.clone(), stop.clone());
        async move {
            stop.cancelled().await;
            tracing::info!("draining streams");
            state.hub.drain();
        }
    });
    let draining = state.hub.draining.clone();
    let accepted = accept::serve(listener, tls, router::build(state), draining);
    tokio::select! {
        () = accepted => {}
        () = async { stop.cancelled().await; tokio::time::sleep(DRAIN).await } => {
            tracing::warn!(seconds = DRAIN.as_secs(), "some requests did not finish in time");
        }
    }
    beside.abort_all();
    Ok(())
}

fn boot_id() -> Result<String, ServeError> {
    let mut bytes = [0_u8; 4];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| ServeError::Randomness)?;
    Ok(format!("{:08x}", u32::from_ne_bytes(bytes)))
}

/// How long a parked stream waits for its tab to come back.
pub(crate) const RESUME: SignedDuration = SignedDuration::from_secs(60);
