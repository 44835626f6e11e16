//! Slim readings of `metrics.k8s.io`.

mod quantity;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use periscope_model::{KindId, ResourceType};
use serde::Deserialize;

use crate::list::{ListFrame, ListOptions};
use crate::{Connection, Error, Identity};

/// What something used, averaged over the reading's window.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    pub cpu_millicores: f64,
    pub memory_bytes: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct NodeMetrics {
    pub name: String,
    pub at: Option<Timestamp>,
    pub window_seconds: u32,
    pub usage: Usage,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PodMetrics {
    pub namespace: String,
    pub name: String,
    pub at: Option<Timestamp>,
    pub window_seconds: u32,
    pub containers: Vec<ContainerMetrics>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ContainerMetrics {
    pub name: String,
    pub usage: Usage,
}

impl PodMetrics {
    /// The sum of its containers.
    pub fn usage(&self) -> Usage {
        self.containers.iter().fold(Usage::default(), |sum, container| Usage {
            cpu_millicores: sum.cpu_millicores + container.usage.cpu_millicores,
            memory_bytes: sum.memory_bytes.saturating_add(container.usage.memory_bytes),
        })
    }
}

pub(crate) async fn nodes(connection: &Connection, identity: &Identity) -> Result<Vec<NodeMetrics>, Error> {
    all(connection, identity, "nodes", None).await.map(|raw| raw.into_iter().map(Raw::node).collect())
}

pub(crate) async fn pods(
    connection: &Connection,
    identity: &Identity,
    namespace: Option<&str>,
) -> Result<Vec<PodMetrics>, Error> {
    all(connection, identity, "pods", namespace).await.map(|raw| raw.into_iter().map(Raw::pod).collect())
}

pub(crate) async fn pod(
    connection: &Connection,
    identity: &Identity,
    namespace: &str,
    name: &str,
) -> Result<PodMetrics, Error> {
    let resource = resource("pods")?;
    let bytes = connection.get(identity, &resource, Some(namespace), name).await?;
    Raw::read(&bytes, "a pod's metrics").map(Raw::pod)
}

/// Read item by item: the readings of 30,000 pods are twenty megabytes of JSON.
async fn all(
    connection: &Connection,
    identity: &Identity,
    kind: &str,
    namespace: Option<&str>,
) -> Result<Vec<Raw>, Error> {
    let options = ListOptions { namespace: namespace.map(str::to_owned), ..ListOptions::default() };
    let mut frames = connection.list(identity, &resource(kind)?, options).await?;
    let mut read = Vec::new();
    while let Some(frame) = frames.next().await {
        match frame? {
            ListFrame::Item(json) => read.push(Raw::read(&json, kind)?),
            ListFrame::Skipped(skipped) => {
                return Err(Error::TooLarge { what: format!("metrics of {kind}: {}", skipped.reason) });
            }
            ListFrame::End(_) => {}
        }
    }
    Ok(read)
}

fn resource(resource: &str) -> Result<ResourceType, Error> {
    let kind = KindId::new("metrics.k8s.io", resource).map_err(|error| Error::Invalid { what: error.to_string() })?;
    Ok(ResourceType { kind, version: Arc::from("v1beta1"), namespaced: resource == "pods" })
}

/// A reading as metrics-server sends it, of a node (`usage`) or of a pod (`containers`).
#[derive(Deserialize)]
struct Raw {
    metadata: Metadata,
    timestamp: Option<Timestamp>,
    #[serde(default)]
    window: String,
    #[serde(default)]
    usage: RawUsage,
    #[serde(default)]
    containers: Vec<RawContainer>,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
    #[serde(default)]
    namespace: String,
}

#[derive(Deserialize)]
struct RawContainer {
    name: String,
    #[serde(default)]
    usage: RawUsage,
}

#[derive(Deserialize, Default)]
struct RawUsage {
    #[serde(default, deserialize_with = "quantity::deserialize")]
    cpu: f64,
    #[serde(default, deserialize_with = "quantity::deserialize")]
    memory: f64,
}

impl Raw {
    fn read(json: &[u8], what: &str) -> Result<Self, Error> {
        serde_json::from_slice(json).map_err(|error| Error::Garbage { what: format!("metrics of {what}: {error}") })
    }

    fn node(self) -> NodeMetrics {
        NodeMetrics {
            at: self.timestamp,
            window_seconds: seconds(&self.window),
            usage: self.usage.read(),
            name: self.metadata.name,
        }
    }

    fn pod(self) -> PodMetrics {
        let container = |raw: RawContainer| ContainerMetrics { usage: raw.usage.read(), name: raw.name };
        PodMetrics {
            at: self.timestamp,
            window_seconds: seconds(&self.window),
            containers: self.containers.into_iter().map(container).collect(),
            namespace: self.metadata.namespace,
            name: self.metadata.name,
        }
    }
}

impl RawUsage {
    fn read(&self) -> Usage {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "casts of floats saturate, at 0 too"
        )]
        let memory_bytes = self.memory.ceil() as u64;
        Usage { cpu_millicores: self.cpu * 1000.0, memory_bytes }
    }
}

/// A duration as Go writes it (`30s`, `1m0.5s`), to the second; 0 if it is none.
fn seconds(window: &str) -> u32 {
    let window: Option<SignedDuration> = window.parse().ok();
    window.and_then(|window| u32::try_from(window.as_secs()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
