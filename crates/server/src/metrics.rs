//! What the process says about itself to Prometheus.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use parking_lot::Mutex;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    /// `2xx`, `4xx`: the class keeps the number of series small.
    status: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClusterLabels {
    cluster: String,
}

/// The process's counters; [`Metrics::text`] is what `/metrics` answers.
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<RequestLabels, Counter>,
    durations: Histogram,
    pub(crate) streams: Gauge<i64, AtomicI64>,
    pub(crate) frames: Counter,
    pub(crate) frame_bytes: Counter,
    feeds: Family<ClusterLabels, Gauge>,
    rows: Family<ClusterLabels, Gauge>,
}

impl Metrics {
    pub(crate) fn new() -> Arc<Self> {
        let mut registry = Registry::with_prefix("periscope");
        let metrics = Self {
            requests: Family::default(),
            durations: Histogram::new(exponential_buckets(0.001, 2.0, 14)),
            streams: Gauge::default(),
            frames: Counter::default(),
            frame_bytes: Counter::default(),
            feeds: Family::default(),
            rows: Family::default(),
            registry: Mutex::new(Registry::default()),
        };
        registry.register("http_requests", "Requests answered", metrics.requests.clone());
        let help = "Time to the answer's first byte";
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, metrics.durations.clone());
        registry.register("streams_open", "Browser tabs connected", metrics.streams.clone());
        registry.register("stream_frames", "Frames written to streams", metrics.frames.clone());
        let help = "Bytes of frames written to streams";
        registry.register_with_unit("stream_frame", help, Unit::Bytes, metrics.frame_bytes.clone());
        registry.register("watches", "Upstream watches running", metrics.feeds.clone());
        registry.register("rows", "Rows held", metrics.rows.clone());
        *metrics.registry.lock() = registry;
        Arc::new(metrics)
    }

    pub(crate) fn request(&self, method: &Method, status: StatusCode, took: SignedDuration) {
        let labels = RequestLabels { method: known(method), status: format!("{}xx", status.as_u16() / 100) };
        self.requests.get_or_create(&labels).inc();
        self.durations.observe(took.as_secs_f64());
    }

    /// Called before each scrape with what the store holds now.
    pub(crate) fn set_inventory(&self, cluster: &str, watches: usize, rows: usize) {
        let labels = ClusterLabels { cluster: cluster.to_owned() };
        self.feeds.get_or_create(&labels).set(i64::try_from(watches).unwrap_or(i64::MAX));
        self.rows.get_or_create(&labels).set(i64::try_from(rows).unwrap_or(i64::MAX));
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        if let Err(error) = encode(&mut text, &self.registry.lock()) {
            tracing::error!(%error, "metrics could not be written");
        }
        text
    }
}

/// A method may be any word: a series for each would be the client's to make.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
