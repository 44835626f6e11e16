#![doc = include_str!("../README.md")]

mod connection;
mod discovery;
mod eks;
mod error;
mod identity;
mod kubeconfig;
mod list;
mod logs;
mod metrics;
mod nesting;
mod parse;
mod request;
mod review;
mod spec;
mod split;
mod table;
mod trace;
mod transport;
mod version;
mod watch;
mod write;

pub use connection::Connection;
pub use discovery::{ApiResource, Discovery};
pub use eks::{Eks, EksEndpoint, EksToken};
pub use error::Error;
pub use identity::{INVENTORY_USER, Identity};
pub use kubeconfig::{ConnectError, ContextEntry, Kubeconfig};
pub use list::{Form, ListEnd, ListFrame, ListOptions, ListStream, Skipped};
pub use logs::{LogLine, LogOptions, LogStream, MAX_LOG_LINE};
pub use metrics::{ContainerMetrics, NodeMetrics, PodMetrics, Usage};
pub use nesting::Nesting;
pub use review::Decision;
pub use spec::{ConnectionSource, ConnectionSpec, Deadlines};
pub use trace::Trace;
pub use version::ServerVersion;
pub use watch::{WatchEvent, WatchKind, WatchOptions, WatchStream};
pub use write::{DeleteOptions, Effect, Patch, Place, Propagation};

use parse::parse;

/// Tests of this crate are one process, which has one TLS provider.
#[cfg(test)]
fn provider() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
