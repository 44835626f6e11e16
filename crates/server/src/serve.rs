//! From a bound socket to a drained one.

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

use crate::metrics::Metrics;
use crate::router;
use crate::session::SignIn;
use crate::state::{AppState, Parts};
use crate::stream;

/// How long open requests and streams get to finish once the process is asked to stop.
const DRAIN: Duration = Duration::from_secs(10);

pub struct Options {
    pub app: Arc<App>,
    pub sign_in: SignIn,
    pub clock: Arc<dyn Clock>,
    pub listener: TcpListener,
    /// `/metrics` is served here and nowhere else.
    pub metrics: Option<TcpListener>,
}

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("this way of signing in is for loopback only, and {0} is not a loopback address; listen on 127.0.0.1")]
    NotLoopback(SocketAddr),
    #[error("the listening socket failed")]
    Socket(#[source] std::io::Error),
    #[error("the system gives no random bytes")]
    Randomness,
}

/// Whoever reaches the address is somebody, without a password: it must not be reachable from elsewhere.
pub fn check_address(address: SocketAddr) -> Result<(), ServeError> {
    if address.ip().is_loopback() { Ok(()) } else { Err(ServeError::NotLoopback(address)) }
}

/// Serves until `stop`, then drains: streams are told to reconnect, open requests finish.
pub async fn serve(options: Options, stop: CancellationToken) -> Result<(), ServeError> {
    let Options { app, sign_in, clock, listener, metrics } = options;
    let address = listener.local_addr().map_err(ServeError::Socket)?;
    check_address(address)?;
    let parts = Parts { app, sign_in, clock, metrics: Metrics::new(), loopback: true, boot: boot_id()? };
    let state = AppState::new(parts);
    let reaper = tokio::spawn(stream::reap(state.clone()));
    let scrape = metrics.map(|listener| {
        let router = router::metrics(state.clone());
        let stop = stop.clone();
        tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await })
    });
    let drain = {
        let (state, stop) = (state.clone(), stop.clone());
        async move {
            stop.cancelled().await;
            tracing::info!("draining streams");
            state.hub.drain();
        }
    };
    // Made a service once: given the router itself, axum copies it for every connection, 1.1 MB with the description.
    let service = router::build(state).into_make_service();
    let serving = axum::serve(listener, service).with_graceful_shutdown(drain);
    let served = tokio::select! {
        served = async { serving.await } => served.map_err(ServeError::Socket),
        () = async { stop.cancelled().await; tokio::time::sleep(DRAIN).await } => {
            tracing::warn!(seconds = DRAIN.as_secs(), "some requests did not finish in time");
            Ok(())
        }
    };
    reaper.abort();
    if let Some(scrape) = scrape {
        scrape.abort();
    }
    served
}

fn boot_id() -> Result<String, ServeError> {
    let mut bytes = [0_u8; 4];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| ServeError::Randomness)?;
    Ok(format!("{:08x}", u32::from_ne_bytes(bytes)))
}

/// How long a parked stream waits for its tab to come back.
pub(crate) const RESUME: SignedDuration = SignedDuration::from_secs(60);
