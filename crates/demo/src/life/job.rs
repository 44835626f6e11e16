//! The Job controller: pods until enough of them succeeded, or too many failed.

use serde_json::{Value, json};

use super::{record, replica_set};
use crate::cluster::Cluster;
use crate::content::batch;
use crate::content::builder::{suffix, time};
use crate::storage::ObjectKey;

const KIND: &str = "jobs.batch";

pub(super) fn sync(cluster: &Cluster, key: &ObjectKey) {
    let Some(job) = cluster.get(KIND, &key.namespace, &key.name) else { return };
    let ended = job["status"]["conditions"]
        .as_array()
        .is_some_and(|list| list.iter().any(|one| matches!(one["type"].as_str(), Some("Complete" | "Failed"))));
    if ended || job["spec"]["suspend"] == true || job["metadata"]["deletionTimestamp"].is_string() {
        return;
    }
    let uid = job["metadata"]["uid"].as_str().unwrap_or_default();
    let (mut active, mut succeeded, mut failed) = (0, 0, 0);
    for entry in
        cluster.entries("pods", Some(&key.namespace)).iter().filter(|entry| entry.owner.as_deref() == Some(uid))
    {
        match entry.phase.as_deref() {
            Some("Succeeded") => succeeded += 1,
            Some("Failed") => failed += 1,
            _ => active += 1,
        }
    }
    let completions = job["spec"]["completions"].as_i64().unwrap_or(1);
    let limit = job["spec"]["backoffLimit"].as_i64().unwrap_or(6);
    let parallel = job["spec"]["parallelism"].as_i64().unwrap_or(1);
    let now = cluster.now().as_second();
    if succeeded >= completions {
        end(cluster, &job, key, succeeded, now);
    } else if failed > limit {
        fail(cluster, &job, key, failed, now);
    } else {
        let missing = parallel.min(completions - succeeded) - active;
        for _ in 0..missing {
            let name = format!("{}-{}", key.name, cluster.random(|random| suffix(random, 5)));
            replica_set::create_pod(cluster, &job, &name, |_| {});
            record::normal(cluster, &job, "job-controller", "SuccessfulCreate", &format!("Created pod: {name}"));
        }
        running(cluster, key, (active + missing.max(0), succeeded, failed), now);
    }
}

fn running(cluster: &Cluster, key: &ObjectKey, (active, succeeded, failed): (i64, i64, i64), now: i64) {
    cluster.update(&cluster.kind(KIND), &key.namespace, &key.name, |job| {
        let before = job["status"].clone();
        if !job["status"]["startTime"].is_string() {
            job["status"] = json!({"startTime": time(now), "uncountedTerminatedPods": {}});
        }
        for (field, value) in [("active", active), ("succeeded", succeeded), ("failed", failed), ("ready", active)] {
            job["status"][field] = json!(value);
        }
        job["status"] != before
    });
}

fn end(cluster: &Cluster, job: &Value, key: &ObjectKey, succeeded: i64, now: i64) {
    let start = job["status"]["startTime"]
        .as_str()
        .and_then(|text| text.parse::<jiff::Timestamp>().ok())
        .map_or(now, jiff::Timestamp::as_second);
    cluster.update(&cluster.kind(KIND), &key.namespace, &key.name, |job| {
        job["status"] = batch::complete(start, now);
        job["status"]["succeeded"] = json!(succeeded);
        true
    });
    record::normal(cluster, job, "job-controller", "Completed", "Job completed");
    if let Some(owner) = replica_set::owner_of(job, "CronJob") {
        record_success(cluster, &ObjectKey::new(&key.namespace, owner), key, now);
    }
}

fn record_success(cluster: &Cluster, cron: &ObjectKey, job: &ObjectKey, now: i64) {
    cluster.update(&cluster.kind("cronjobs.batch"), &cron.namespace, &cron.name, |object| {
        object["status"]["lastSuccessfulTime"] = json!(time(now));
        if let Some(active) = object["status"]["active"].as_array_mut() {
            active.retain(|one| one["name"] != *job.name);
        }
        true
    });
}

fn fail(cluster: &Cluster, job: &Value, key: &ObjectKey, failed: i64, now: i64) {
    let message = "Job has reached the specified backoff limit";
    let condition = |kind: &str| json!({"type": kind, "status": "True", "reason": "BackoffLimitExceeded", "message": message, "lastProbeTime": time(now), "lastTransitionTime": time(now)});
    cluster.update(&cluster.kind(KIND), &key.namespace, &key.name, |job| {
        job["status"]["failed"] = json!(failed);
        job["status"]["active"] = json!(0);
        job["status"]["ready"] = json!(0);
        job["status"]["conditions"] = json!([condition("FailureTarget"), condition("Failed")]);
        true
    });
    record::warning(cluster, job, "job-controller", "BackoffLimitExceeded", message);
}
