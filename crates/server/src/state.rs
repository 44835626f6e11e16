//! What the handlers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use periscope_answers::App;
use periscope_model::Clock;

use crate::metrics::Metrics;
use crate::request::{Cidr, Origin};
use crate::session::{Cookies, Personas, SignIn};
use crate::stream::Hub;

/// Cheap to clone: every handler gets one.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) app: Arc<App>,
    pub(crate) sign_in: SignIn,
    pub(crate) personas: Personas,
    pub(crate) cookies: Cookies,
    pub(crate) hub: Hub,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    /// The names that this server answers to.
    pub(crate) origin: Origin,
    /// Whose word is taken for where a request came from.
    pub(crate) trusted_proxies: Vec<Cidr>,
    /// Random per process, so that request ids of two runs differ.
    pub(crate) boot: String,
    requests: AtomicU64,
}

impl std::ops::Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl AppState {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { app, sign_in, clock, metrics, origin, cookies, trusted_proxies, boot } = parts;
        Self(Arc::new(Inner {
            app,
            sign_in,
            personas: Personas::default(),
            cookies,
            hub: Hub::default(),
            clock,
            metrics,
            origin,
            trusted_proxies,
            boot,
            requests: AtomicU64::new(0),
        }))
    }

    pub(crate) fn next_request_id(&self) -> String {
        format!("{}-{:06}", self.boot, self.requests.fetch_add(1, Ordering::Relaxed))
    }
}

/// What an [`AppState`] is made of.
pub(crate) struct Parts {
    pub(crate) app: Arc<App>,
    pub(crate) sign_in: SignIn,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) origin: Origin,
    pub(crate) cookies: Cookies,
    pub(crate) trusted_proxies: Vec<Cidr>,
    pub(crate) boot: String,
}
