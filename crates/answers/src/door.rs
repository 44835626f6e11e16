//! How the store and the access decisions reach the clusters.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use periscope_cluster::{Error as Upstream, Identity};
use periscope_model::{Actor, ClusterId, Permission};
use periscope_store::{ClusterSource, FeedIdentity, FeedKey, Source};

use crate::access::Reviewer;
use crate::clusters::{Cluster, Clusters};
use crate::error::Error;

/// How long a decision waits until the cluster's namespaces are known.
const NAMESPACES_DEADLINE: Duration = Duration::from_secs(8);
/// Reviews in flight for one feed.
const AT_ONCE: usize = 16;

pub(crate) struct Door {
    clusters: Arc<Clusters>,
}

impl Door {
    pub(crate) fn new(clusters: Arc<Clusters>) -> Self {
        Self { clusters }
    }

    fn cluster(&self, id: &ClusterId) -> Result<Arc<Cluster>, Upstream> {
        self.clusters.get(id).cloned().map_err(|error| Upstream::Invalid { what: error.to_string() })
    }
}

fn identity_of(cluster: &Cluster, key: &FeedKey) -> Identity {
    match &key.identity {
        FeedIdentity::Shared => cluster.inventory(),
        FeedIdentity::Human(actor) => Identity::Human(actor.clone()),
    }
}

impl periscope_store::Upstream for Door {
    fn source(&self, key: &FeedKey) -> BoxFuture<'static, Result<Arc<dyn Source>, Upstream>> {
        let (cluster, key) = (self.cluster(&key.cluster), key.clone());
        Box::pin(async move {
            let cluster = cluster?;
            let resource = cluster.resource_type(&key.kind).await.map_err(upstream)?;
            let connection = cluster.connection().map_err(upstream)?.clone();
            let identity = identity_of(&cluster, &key);
            Ok(Arc::new(ClusterSource { connection, identity, resource }) as Arc<dyn Source>)
        })
    }

    fn namespaces(&self, key: &FeedKey) -> BoxFuture<'static, Vec<String>> {
        let (cluster, key) = (self.cluster(&key.cluster), key.clone());
        Box::pin(async move {
            let Ok(cluster) = cluster else { return Vec::new() };
            let Ok(connection) = cluster.connection().cloned() else { return Vec::new() };
            let identity = identity_of(&cluster, &key);
            let known = cluster.known_namespaces(NAMESPACES_DEADLINE).await;
            let asked = known.iter().cloned().map(|namespace| {
                let (connection, identity) = (&connection, &identity);
                let permission = Permission::on("list", &key.kind, Some(&namespace));
                // What cannot be asked is tried: the API server decides about the list itself, and who sees its rows
                // is decided elsewhere. Taken for a refusal, one lost answer would take the rows from everybody.
                async move { connection.review(identity, &permission).await.unwrap_or(true).then_some(namespace) }
            });
            let mut allowed: Vec<String> =
                futures::stream::iter(asked).buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
            allowed.sort();
            allowed
        })
    }
}

impl Reviewer for Door {
    fn review(&self, actor: Arc<Actor>, cluster: ClusterId, asked: Permission) -> BoxFuture<'_, Result<bool, String>> {
        Box::pin(async move {
            let cluster = self.cluster(&cluster).map_err(|error| error.to_string())?;
            let connection = cluster.connection().map_err(|error| error.to_string())?;
            connection.review(&Identity::Human(actor), &asked).await.map_err(|error| error.to_string())
        })
    }

    fn namespaces(&self, cluster: &ClusterId) -> BoxFuture<'_, Arc<[String]>> {
        let cluster = self.cluster(cluster);
        Box::pin(async move {
            match cluster {
                Ok(cluster) => cluster.known_namespaces(NAMESPACES_DEADLINE).await,
                Err(_) => Arc::from([]),
            }
        })
    }
}

/// A use case's error as the store takes it.
fn upstream(error: Error) -> Upstream {
    match error {
        Error::UnknownKind { .. } | Error::NotFound { .. } => Upstream::NotFound { message: error.to_string() },
        Error::Refused { message, needs } => {
            Upstream::Refused { permission: Box::new(needs.into_iter().next().unwrap_or_default()), message }
        }
        Error::Unreachable { reason, .. } => Upstream::Unreachable { reason },
        other => Upstream::Unreachable { reason: other.to_string() },
    }
}
