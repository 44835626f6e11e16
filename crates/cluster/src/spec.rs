//! What has to be known to open a connection.

use std::sync::Arc;
use std::time::Duration;

use periscope_model::ClusterId;

use crate::{Eks, Kubeconfig};

/// One cluster, and how to reach it.
#[derive(Debug, Clone)]
pub struct ConnectionSpec {
    pub id: ClusterId,
    pub source: ConnectionSource,
    /// `false`: every [`crate::Identity`] is the connection's own (one person on loopback with a kubeconfig).
    pub impersonation: bool,
    pub deadlines: Deadlines,
}

impl ConnectionSpec {
    /// Impersonating, with the usual deadlines.
    pub fn new(id: ClusterId, source: ConnectionSource) -> Self {
        Self { id, source, impersonation: true, deadlines: Deadlines::default() }
    }
}

/// Where address, trust and credentials come from.
#[derive(Debug, Clone)]
pub enum ConnectionSource {
    /// One context of a kubeconfig; without a name, its `current-context`.
    Kubeconfig { kubeconfig: Kubeconfig, context: Option<String> },
    /// The service account of the pod that this process runs in.
    InCluster,
    /// An EKS cluster, found and entered through AWS.
    Eks(Arc<dyn Eks>),
}

/// How long each step may take. Nothing waits for ever: a half-dead API server is noticed by one of these.
#[derive(Debug, Clone)]
pub struct Deadlines {
    /// Name resolution, TCP and TLS together.
    pub connect: Duration,
    /// A single-object read, a review, one discovery document: request to end of body.
    pub call: Duration,
    /// A change, likewise: the API server gives itself 34 s, with everybody whom it asks about it.
    pub change: Duration,
    /// A list, until its headers: the API server reads it from storage before it answers.
    pub list_headers: Duration,
    /// A list, between two pieces of its body.
    pub list_idle: Duration,
    pub watch_headers: Duration,
    /// A watch, between two pieces of its body. The API server sends a bookmark about once a minute.
    pub watch_idle: Duration,
    /// A log, until its headers: the API server asks the kubelet first.
    pub log_headers: Duration,
    /// A log that is followed, between two pieces of it; then it is asked for again, in case nobody is there any more.
    pub log_silence: Duration,
    /// How long an HTTP/2 connection may be silent before it is asked for a sign of life, and the answer may take.
    pub ping: Duration,
    /// A credential plugin; address or token of an EKS cluster.
    pub credentials: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            call: Duration::from_secs(15),
            change: Duration::from_secs(40),
            list_headers: Duration::from_mins(1),
            list_idle: Duration::from_secs(30),
            watch_headers: Duration::from_secs(30),
            watch_idle: Duration::from_secs(150),
            log_headers: Duration::from_secs(30),
            log_silence: Duration::from_mins(10),
            ping: Duration::from_secs(10),
            credentials: Duration::from_secs(30),
        }
    }
}
