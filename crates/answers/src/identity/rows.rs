//! The rows of one cluster that identities are told from, kept current while held.

use std::time::Duration;

use futures::future::join_all;
use periscope_model::{ClusterId, Gap, Phase, Source};
use periscope_store::{FeedKey, Lease, Reader, Store};
use tokio_stream::wrappers::WatchStream;

use crate::kinds::known;

/// What each place in [`Rows`] is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Pods,
    ServiceAccounts,
    Nodes,
    ReplicaSets,
    Deployments,
    StatefulSets,
    DaemonSets,
    Jobs,
    CronJobs,
}

impl Of {
    pub(super) const ALL: [Self; 9] = [
        Self::Pods,
        Self::ServiceAccounts,
        Self::Nodes,
        Self::ReplicaSets,
        Self::Deployments,
        Self::StatefulSets,
        Self::DaemonSets,
        Self::Jobs,
        Self::CronJobs,
    ];

    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::ServiceAccounts => "serviceaccounts",
            Self::Nodes => "nodes",
            Self::ReplicaSets => "replicasets.apps",
            Self::Deployments => "deployments.apps",
            Self::StatefulSets => "statefulsets.apps",
            Self::DaemonSets => "daemonsets.apps",
            Self::Jobs => "jobs.batch",
            Self::CronJobs => "cronjobs.batch",
        }
    }
}

/// Leases of what the inventory reads: who may see which rows is decided by who asks for them. What the inventory may
/// not read is not read as a human instead: of such rows only columns are kept, and those say nothing of identities.
pub(super) struct Rows(Vec<Lease>);

impl Rows {
    pub(super) fn of(store: &Store, cluster: &ClusterId) -> Self {
        Self(Of::ALL.map(|of| store.lease(FeedKey::shared(cluster.clone(), known(of.kind())))).into())
    }

    /// Waits until each has its rows or cannot have them, at most `deadline`.
    pub(super) async fn ready(&self, deadline: Duration) {
        join_all(self.0.iter().map(|lease| lease.ready(deadline))).await;
    }

    pub(super) fn lease(&self, of: Of) -> &Lease {
        &self.0[of as usize]
    }

    /// The rows of one kind once a complete list was read.
    pub(super) fn read(&self, of: Of) -> Option<Reader<'_>> {
        let lease = self.lease(of);
        lease.synced().then(|| lease.read())
    }

    /// Why rows of one kind are not there.
    pub(super) fn gap(&self, of: Of) -> Option<Gap> {
        let lease = self.lease(of);
        if lease.synced() {
            return None;
        }
        let state = lease.state();
        let what = format!("{} of {}, as the inventory reads them", of.kind(), lease.key().cluster);
        Some(match (state.phase, state.needs.into_iter().next()) {
            (Phase::Refused, Some(needed)) => Gap::missing_permission(what, needed),
            (Phase::Refused | Phase::Unreachable, _) => {
                Gap::new("UNREACHABLE", format!("{what}: {}", state.reason.as_deref().unwrap_or("no reason given")))
            }
            _ => Gap::new("NOT_READ", format!("{what}, are not read yet")),
        })
    }

    pub(super) fn source(&self, of: Of) -> Source {
        let lease = self.lease(of);
        let what = format!("{} of {}", of.kind(), lease.key().cluster);
        Source { what, at: lease.as_of(), state: lease.state() }
    }

    pub(super) fn cluster(&self) -> &ClusterId {
        &self.lease(Of::Pods).key().cluster
    }

    /// Waits until any of them changed.
    pub(super) fn changes(&self) -> impl futures::Stream<Item = u64> + Unpin + use<> {
        let streams = self.0.iter().map(|lease| WatchStream::from_changes(lease.changed()));
        futures::stream::select_all(streams)
    }
}
