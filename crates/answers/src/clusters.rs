//! The clusters of this Periscope: what they are, whether they answer, what they serve.

mod cluster;
mod prober;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use periscope_auth::Authorization;
use periscope_cluster::{Connection, ConnectionSpec};
use periscope_model::{Clock, ClusterId, State};
use serde::{Deserialize, Serialize};

pub(crate) use cluster::{Cluster, Discovered, NodeUsage};

use crate::error::Error;

/// One configured cluster.
#[derive(Debug, Clone)]
pub struct ClusterSpec {
    pub id: ClusterId,
    pub name: String,
    pub environment: Environment,
    pub eks: Option<Eks>,
    pub via: Via,
    /// Who is who there.
    pub authorization: Authorization,
    /// Events are watched always, so that their history has no holes; else only while somebody looks.
    pub keep_events: bool,
    /// How to reach it, or why it cannot be: a broken entry must not take the others down.
    pub connection: Result<ConnectionSpec, String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    Production,
    Staging,
    Development,
    #[default]
    Other,
}

/// How the server reaches the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    Kubeconfig,
    InCluster,
    Eks,
}

/// What makes a cluster an EKS cluster, on any connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Eks {
    pub arn: String,
    pub account_id: String,
    pub region: String,
}

/// A cluster as the console shows it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Cluster)]
pub struct ClusterView {
    #[schema(value_type = String)]
    pub id: ClusterId,
    pub name: String,
    pub environment: Environment,
    pub connection: Via,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eks: Option<Eks>,
    /// As the API server names it: `v1.33.4-eks-abcdef0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    pub state: State,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterList {
    pub clusters: Vec<ClusterView>,
}

/// All clusters, in the order of the configuration.
pub(crate) struct Clusters {
    by_id: BTreeMap<ClusterId, Arc<Cluster>>,
    order: Vec<ClusterId>,
}

impl Clusters {
    /// Opens every connection; none of them touches the network yet.
    pub(crate) async fn open(specs: Vec<ClusterSpec>, clock: &Arc<dyn Clock>) -> Self {
        let mut by_id = BTreeMap::new();
        let mut order = Vec::new();
        for spec in specs {
            let connection = match spec.connection.clone() {
                Ok(connection) => Connection::open(connection).await.map_err(|error| error.to_string()),
                Err(reason) => Err(reason),
            };
            if let Err(reason) = &connection {
                tracing::error!(cluster = %spec.id, reason, "cluster cannot be reached as configured");
            }
            order.push(spec.id.clone());
            by_id.insert(spec.id.clone(), Cluster::new(spec, connection, clock.clone()));
        }
        Self { by_id, order }
    }

    pub(crate) fn get(&self, id: &ClusterId) -> Result<&Arc<Cluster>, Error> {
        self.by_id.get(id).ok_or_else(|| Error::UnknownCluster(id.to_string()))
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Cluster>> {
        self.order.iter().filter_map(|id| self.by_id.get(id))
    }

    /// The clusters named, or all when none is.
    pub(crate) fn named(&self, ids: &[String]) -> Result<Vec<Arc<Cluster>>, Error> {
        if ids.is_empty() {
            return Ok(self.all().cloned().collect());
        }
        let named = |id: &String| {
            let known = ClusterId::new(id).ok().and_then(|id| self.by_id.get(&id).cloned());
            known.ok_or_else(|| Error::UnknownCluster(id.clone()))
        };
        // Each once: a cluster named twice has no more rows than it has.
        ids.iter().collect::<BTreeSet<_>>().into_iter().map(named).collect()
    }
}
