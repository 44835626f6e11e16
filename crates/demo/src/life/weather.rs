//! What happens without anybody asking: releases, load, runs of cron jobs, pods that get moved, heartbeats.

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use serde_json::json;
use tokio::time::sleep;

use super::{autoscaler, record};
use crate::aws;
use crate::cluster::Cluster;
use crate::content::batch;
use crate::content::builder::{micro_time, time};
use crate::deletion::{self, Dependents};
use crate::profile::Flavour;
use crate::storage::Entry;

/// One thing happens about this often.
const TICK: Duration = Duration::from_millis(2500);

pub(super) async fn run(cluster: Arc<Cluster>) {
    for tick in 0_u64.. {
        sleep(TICK).await;
        match cluster.random(|random| random.random_range(0..12)) {
            0 => release(&cluster),
            1..=3 => load(&cluster),
            4 => cron(&cluster),
            5 => replace(&cluster),
            6..=8 => probe(&cluster),
            _ => {}
        }
        if tick % 4 == 0 {
            heartbeats(&cluster);
        }
    }
}

fn pick(cluster: &Cluster, list: &[Arc<Entry>]) -> Option<Arc<Entry>> {
    if list.is_empty() {
        return None;
    }
    Some(Arc::clone(&list[cluster.random(|random| random.random_range(0..list.len()))]))
}

/// A team ships: a new tag, rolled out by the Deployment controller. The stuck ones are left to people.
fn release(cluster: &Cluster) {
    let Some(entry) = pick(cluster, &cluster.entries("deployments.apps", None)) else { return };
    let deployment = entry.value();
    let settled = deployment["status"]["updatedReplicas"] == deployment["spec"]["replicas"]
        && deployment["status"]["readyReplicas"] == deployment["spec"]["replicas"];
    let system = ["kube-system", "karpenter", "cert-manager", "argocd", "monitoring", "external-secrets"]
        .contains(&&*entry.key.namespace);
    let large = deployment["spec"]["replicas"].as_i64().unwrap_or(0) > 16;
    let example = &*entry.key.namespace == aws::EXAMPLES;
    if !settled || system || large || example {
        return;
    }
    let number = cluster.random(|random| random.random_range(1..99));
    cluster.update(&cluster.kind("deployments.apps"), &entry.key.namespace, &entry.key.name, |object| {
        let container = &mut object["spec"]["template"]["spec"]["containers"][0]["image"];
        let image = container.as_str().unwrap_or_default();
        let repository = image.rsplit_once(':').map_or(image, |(repository, _)| repository);
        let tag = format!("{}.{}.{}", number % 7 + 1, number, number % 5);
        *container = json!(format!("{repository}:{tag}"));
        object["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/version"] = json!(tag);
        object["metadata"]["labels"]["app.kubernetes.io/version"] = json!(tag);
        object["metadata"]["annotations"]["kubernetes.io/change-cause"] = json!(format!("release {tag}"));
        object["metadata"]["generation"] = json!(object["metadata"]["generation"].as_i64().unwrap_or(1) + 1);
        true
    });
}

fn load(cluster: &Cluster) {
    let Some(entry) = pick(cluster, &cluster.entries("horizontalpodautoscalers.autoscaling", None)) else { return };
    let load = cluster.random(|random| random.random_range(38..96));
    autoscaler::wander(cluster, &entry, load);
}

/// A run that is due somewhere; schedules are denser here than they claim.
fn cron(cluster: &Cluster) {
    let Some(entry) = pick(cluster, &cluster.entries("cronjobs.batch", None)) else { return };
    let cron = entry.value();
    if cron["spec"]["suspend"] == true {
        return;
    }
    let now = cluster.now().as_second();
    let mut job = batch::job_of(&cron, now, &cluster.uid());
    job["metadata"]["creationTimestamp"] = json!(time(now));
    let name = job["metadata"]["name"].clone();
    if cluster.get("jobs.batch", &entry.key.namespace, name.as_str().unwrap_or_default()).is_some() {
        return;
    }
    cluster.put_owned(&cluster.kind("jobs.batch"), job);
    let message = format!("Created job {}", name.as_str().unwrap_or_default());
    record::normal(cluster, &cron, "cronjob-controller", "SuccessfulCreate", &message);
    cluster.update(&cluster.kind("cronjobs.batch"), &entry.key.namespace, &entry.key.name, |object| {
        object["status"]["lastScheduleTime"] = json!(time(now));
        object["status"]["active"] =
            json!([{"apiVersion": "batch/v1", "kind": "Job", "namespace": entry.key.namespace, "name": name}]);
        true
    });
    prune(cluster, &entry);
}

/// Keeps the last three runs of a CronJob.
fn prune(cluster: &Cluster, cron: &Entry) {
    let kind = cluster.kind("jobs.batch");
    let mut runs: Vec<_> = cluster.entries("jobs.batch", Some(&cron.key.namespace));
    runs.retain(|entry| entry.owner.as_deref() == Some(&*cron.uid));
    runs.sort_by_key(|entry| entry.version);
    for entry in runs.iter().take(runs.len().saturating_sub(4)) {
        deletion::delete(cluster, &kind, entry, None, Dependents::Delete);
    }
}

/// Spot capacity goes, or a node is consolidated: one pod moves.
fn replace(cluster: &Cluster) {
    let pods = cluster.entries("pods", None);
    let Some(entry) = pick(cluster, &pods) else { return };
    // the examples tell of pods that are older than what was changed since
    let stays = &*entry.key.namespace == aws::EXAMPLES;
    if !stays
        && entry.ready
        && entry.is_active()
        && entry.value()["metadata"]["ownerReferences"][0]["kind"] == "ReplicaSet"
    {
        let pod = entry.value();
        record::normal(cluster, &pod, "karpenter", "Evicted", "Evicted pod: Underutilized");
        deletion::delete(cluster, &cluster.kind("pods"), &entry, None, Dependents::Delete);
    }
}

fn probe(cluster: &Cluster) {
    let pods = cluster.entries("pods", None);
    let Some(entry) = pick(cluster, &pods) else { return };
    if entry.phase.as_deref() == Some("Running") && entry.is_active() {
        let message = "Readiness probe failed: HTTP probe failed with statuscode: 503";
        record::warning(cluster, &entry.value(), "kubelet", "Unhealthy", message);
    }
}

/// Leases of living nodes are renewed.
fn heartbeats(cluster: &Cluster) {
    if cluster.profile.flavour == Flavour::Production
        && cluster.storage.read().partition("nodes").is_some_and(|nodes| nodes.len() > 200)
    {
        return;
    }
    let now = micro_time(cluster.now().as_second());
    let kind = cluster.kind("leases.coordination.k8s.io");
    for node in cluster.entries("nodes", None).iter().filter(|node| node.ready) {
        cluster.update(&kind, "kube-node-lease", &node.key.name, |lease| {
            lease["spec"]["renewTime"] = json!(now);
            true
        });
    }
}
