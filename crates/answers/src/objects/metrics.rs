//! What metrics-server measures for one pod or node.

use jiff::Timestamp;
use periscope_cluster::{Error as Upstream, Usage};
use periscope_model::{Answer, Gap, ObjectRef, Permission};
use serde::Serialize;

use super::{check_place, describe};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectMetrics {
    /// When it was measured, over the `windowSeconds` before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
    pub window_seconds: u32,
    /// Millicores.
    pub cpu: f64,
    /// Bytes.
    pub memory: u64,
    /// Empty for nodes.
    pub containers: Vec<ContainerUsage>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContainerUsage {
    pub name: String,
    /// Millicores.
    pub cpu: f64,
    /// Bytes.
    pub memory: u64,
}

impl App {
    /// Usage as the caller may read it; a gap says why there is none.
    pub async fn object_metrics(
        &self,
        context: &Context,
        place: &ObjectRef,
    ) -> Result<Answer<Option<ObjectMetrics>>, Error> {
        check_place(place)?;
        let cluster = self.clusters.get(&place.cluster)?;
        let connection = cluster.connection()?;
        let identity = cluster.human(context)?;
        let measured = match (place.kind.to_string().as_str(), &place.namespace) {
            ("pods", Some(namespace)) => {
                connection.pod_metrics_of(&identity, namespace, &place.name).await.map(|pod| {
                    let total = pod.usage();
                    let containers = pod.containers.into_iter();
                    let containers = containers.map(|c| ContainerUsage {
                        name: c.name,
                        cpu: c.usage.cpu_millicores,
                        memory: c.usage.memory_bytes,
                    });
                    Some(measured(pod.at, pod.window_seconds, total, containers.collect()))
                })
            }
            ("nodes", None) => connection.node_metrics(&identity).await.map(|nodes| {
                let node = nodes.into_iter().find(|node| node.name == place.name);
                node.map(|node| measured(node.at, node.window_seconds, node.usage, Vec::new()))
            }),
            _ => {
                return Err(Error::invalid(
                    "kind_not_measured",
                    format!("metrics exist for pods and nodes, not for {}", place.kind),
                ));
            }
        };
        match measured {
            Ok(data) => Ok(self.live_answer(data, place)),
            Err(error) => {
                let mut answer = self.live_answer(None, place);
                answer.sources.clear();
                answer.gaps.push(gap(&error, place));
                Ok(answer)
            }
        }
    }
}

fn measured(
    at: Option<Timestamp>,
    window_seconds: u32,
    usage: Usage,
    containers: Vec<ContainerUsage>,
) -> ObjectMetrics {
    ObjectMetrics { at, window_seconds, cpu: usage.cpu_millicores, memory: usage.memory_bytes, containers }
}

fn gap(error: &Upstream, place: &ObjectRef) -> Gap {
    match error {
        Upstream::Refused { permission, .. } => {
            Gap::missing_permission(format!("usage of {}", describe(place)), Permission::clone(permission))
        }
        Upstream::NotFound { .. } => {
            Gap::new("NOT_MEASURED", format!("metrics-server has no measurement of {}", describe(place)))
        }
        other => Gap {
            fix: Some("install metrics-server, or look at its APIService v1beta1.metrics.k8s.io".to_owned()),
            ..Gap::new("METRICS_UNAVAILABLE", format!("metrics.k8s.io does not answer: {other}"))
        },
    }
}
