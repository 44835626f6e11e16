//! What every question about a cluster rests on, kept current while somebody looks: its namespaces, whether its RBAC
//! objects changed, which kinds come and go, and what its nodes use.

mod rbac;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::SelectAll;
use periscope_model::Phase;
use periscope_store::{FeedKey, Lease, Visible};
use tokio::time::MissedTickBehavior;
use tokio_stream::wrappers::WatchStream;

use crate::clusters::{Cluster, NodeUsage};
use crate::inventory::Inventory;
use crate::kinds::known;
use rbac::Seen;

pub(crate) use rbac::Affected;

/// RBAC objects that change together are one change.
const GATHER: Duration = Duration::from_millis(50);
/// metrics-server measures every 15 s by default.
const MEASURE_EVERY: Duration = Duration::from_secs(15);
const RBAC: [&str; 4] = [
    "roles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "clusterroles.rbac.authorization.k8s.io",
    "clusterrolebindings.rbac.authorization.k8s.io",
];

/// What makes kinds come and go.
const SERVED: [&str; 2] = ["customresourcedefinitions.apiextensions.k8s.io", "apiservices.apiregistration.k8s.io"];

/// Starts the warden of `cluster` unless it has one.
pub(crate) fn ensure(inventory: &Inventory, cluster: &Arc<Cluster>) {
    if cluster.connection().is_ok() && !cluster.warded.swap(true, Ordering::AcqRel) {
        tokio::spawn(run(inventory.clone(), cluster.clone()));
    }
}

async fn run(inventory: Inventory, cluster: Arc<Cluster>) {
    let lease = |id: &str| inventory.store.lease(FeedKey::shared(cluster.spec.id.clone(), known(id)));
    let namespaces = lease("namespaces");
    let rbac = RBAC.map(lease);
    let served = SERVED.map(lease);
    let mut listed = namespaces.changed();
    let mut changes = changes_of(&rbac);
    let mut kinds = changes_of(&served);
    let mut seen = Seen::default();
    let (mut read, mut defined) = (false, false);
    let mut measure = tokio::time::interval(MEASURE_EVERY);
    measure.set_missed_tick_behavior(MissedTickBehavior::Delay);
    publish(&cluster, &namespaces);
    while cluster.is_looked_at() {
        tokio::select! {
            _ = listed.changed() => publish(&cluster, &namespaces),
            _ = changes.next() => {
                tokio::time::sleep(GATHER).await;
                while futures::poll!(changes.next()).is_ready() {}
                let affected = seen.look(&rbac);
                // While the lists arrive for the first time nothing has changed: it is only being read.
                if std::mem::replace(&mut read, rbac.iter().all(Lease::synced)) && !affected.is_nobody() {
                    inventory.access.rbac_changed(&cluster.spec.id, &affected);
                }
            }
            _ = kinds.next() => {
                // As above: what is read for the first time did not change.
                if std::mem::replace(&mut defined, served.iter().all(Lease::synced)) {
                    cluster.discover_soon();
                }
            }
            _ = measure.tick() => measured(&cluster).await,
        }
    }
    cluster.namespaces.send_replace(None);
    cluster.usage.send_replace(None);
    cluster.warded.store(false, Ordering::Release);
    // Who looked meanwhile found it warded.
    if cluster.is_looked_at() {
        ensure(&inventory, &cluster);
    }
}

fn changes_of(leases: &[Lease]) -> SelectAll<WatchStream<u64>> {
    leases.iter().map(|lease| WatchStream::from_changes(lease.changed())).collect()
}

/// Where namespaces may not be listed, the connection's own is all that is known.
fn publish(cluster: &Cluster, lease: &Lease) {
    let names: Vec<String> = if lease.synced() {
        lease.read().rows_in(&Visible::All).map(|row| row.meta.name.to_string()).collect()
    } else if matches!(lease.state().phase, Phase::Refused | Phase::Unreachable) {
        cluster.connection().map(|connection| connection.default_namespace().to_owned()).into_iter().collect()
    } else {
        return;
    };
    cluster.namespaces.send_if_modified(|known| {
        let changed = known.as_deref() != Some(names.as_slice());
        if changed {
            *known = Some(names.into());
        }
        changed
    });
}

/// What the nodes use; nothing where nobody measures.
async fn measured(cluster: &Cluster) {
    let served =
        cluster.discovered_now().is_some_and(|discovered| discovered.get(&known("nodes.metrics.k8s.io")).is_some());
    let Some(connection) = cluster.connection().ok().filter(|_| served) else { return };
    let usage = match connection.node_metrics(&cluster.inventory()).await {
        Ok(nodes) => NodeUsage { nodes: nodes.into_iter().map(|node| (node.name, node.usage)).collect() },
        Err(error) => {
            tracing::debug!(cluster = %cluster.spec.id, %error, "no measurement of nodes");
            cluster.usage.send_if_modified(|usage| usage.take().is_some());
            return;
        }
    };
    cluster.usage.send_replace(Some(Arc::new(usage)));
}
