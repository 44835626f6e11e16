//! What happens by itself: controllers that react to changes, and weather that makes some.

mod autoscaler;
mod churn;
mod crash;
mod daemon_set;
mod deployment;
pub(crate) mod disruption;
mod foreground;
mod job;
mod namespace;
mod node;
mod pod;
mod record;
mod replica_set;
mod service;
mod stateful_set;
mod temper;
mod timers;
mod weather;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use crate::cluster::Cluster;
use crate::profile::Flavour;
use crate::storage::ObjectKey;
use crate::world::WorldOptions;
use timers::{PodChange, Step, Timers};

/// Objects looked at before anybody else gets the processor.
const BATCH: usize = 64;
/// Changes that come together are looked at together.
const SETTLE: Duration = Duration::from_millis(15);

pub(crate) fn start(cluster: &Arc<Cluster>, options: WorldOptions, tasks: &mut JoinSet<()>) {
    let mut controllers = Controllers::new(Arc::clone(cluster));
    if !options.quiet {
        crash::begin(&mut controllers);
        tasks.spawn(weather::run(Arc::clone(cluster)));
    }
    tasks.spawn(async move { controllers.run().await });
    if let Some(rate) = options.changes_per_second
        && rate > 0
        && cluster.profile.flavour == Flavour::Production
    {
        tasks.spawn(churn::run(Arc::clone(cluster), rate));
    }
}

pub(crate) struct Controllers {
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) timers: Timers,
    /// Services and budgets in these namespaces need another look at their pods.
    stale: BTreeSet<Arc<str>>,
}

impl Controllers {
    fn new(cluster: Arc<Cluster>) -> Self {
        Self { cluster, timers: Timers::default(), stale: BTreeSet::new() }
    }

    async fn run(&mut self) {
        loop {
            let next = self.timers.next().unwrap_or_else(|| Instant::now() + Duration::from_hours(1));
            if timeout_at(next, self.cluster.changed.notified()).await.is_ok() {
                sleep(SETTLE).await;
            }
            self.turn().await;
        }
    }

    /// Everything due and everything changed, until nothing is left.
    async fn turn(&mut self) {
        while let Some(step) = self.timers.due(Instant::now()) {
            self.step(step);
        }
        loop {
            let dirty = self.cluster.storage.write().take_dirty(BATCH);
            if dirty.is_empty() {
                break;
            }
            for (kind, key) in dirty {
                self.changed(&kind, &key);
            }
            tokio::task::yield_now().await;
        }
        for namespace in std::mem::take(&mut self.stale) {
            service::refresh(&self.cluster, &namespace);
            disruption::refresh(&self.cluster, &namespace);
        }
    }

    fn changed(&mut self, kind: &str, key: &ObjectKey) {
        foreground::sync(self, kind, key);
        match kind {
            "deployments.apps" => deployment::sync(self, key),
            "replicasets.apps" => replica_set::sync(self, key),
            "statefulsets.apps" => stateful_set::sync(self, key),
            "daemonsets.apps" => daemon_set::sync(&self.cluster, key),
            "jobs.batch" => job::sync(&self.cluster, key),
            "pods" => pod::sync(self, key),
            "nodes" => node::sync(self, key),
            "services" | "poddisruptionbudgets.policy" => drop(self.stale.insert(Arc::clone(&key.namespace))),
            "namespaces" => namespace::sync(self, key),
            _ => {}
        }
    }

    /// Marks what watches the pods of a namespace.
    fn stale(&mut self, namespace: &Arc<str>) {
        self.stale.insert(Arc::clone(namespace));
    }

    /// Plans a step for the pod that has this name now.
    fn later(&mut self, milliseconds: u64, key: &ObjectKey, change: PodChange) {
        let uid = self.cluster.storage.read().get("pods", &key.namespace, &key.name).map(|entry| entry.uid.clone());
        if let Some(uid) = uid {
            self.timers.after(milliseconds, Step::Pod(key.clone(), uid, change));
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Pod(key, uid, change) => {
                let held = self.cluster.storage.read().get("pods", &key.namespace, &key.name).cloned();
                // what was planned for a pod is not for another one of its name
                if let Some(entry) = held.filter(|entry| entry.uid == uid) {
                    pod::advance(self, &entry, change);
                }
            }
            Step::Deadline(key, set) => deployment::deadline(&self.cluster, &key, &set),
            Step::Namespace(key) => namespace::finish(self, &key),
            Step::Foreground(kind, key) => foreground::finish(self, &kind, &key),
        }
    }
}

#[cfg(test)]
mod tests;
