//! CronJobs and the jobs of their last runs.

use serde_json::{Value, json};

use super::builder::{Builder, DAY, HOUR, MINUTE, owner, time};
use super::nodes::{self, Node};
use super::pod::{self, Placement};
use super::teams::App;
use super::template::Recipe;
use super::workloads::pod_ip;

pub(super) fn cron(builder: &Builder<'_>, nodes: &mut [Node], app: &App, recipe: &Recipe) {
    let hourly = app.name.ends_with("hourly") || app.name.ends_with("sync");
    let (schedule, every) = if hourly { ("12 * * * *", HOUR) } else { ("30 2 * * *", DAY) };
    let mut template = recipe.template.clone();
    template["spec"]["restartPolicy"] = json!("Never");
    let last = builder.now - builder.now.rem_euclid(every) - if hourly { 48 * MINUTE } else { -9000 };
    let last = if last > builder.now { last - every } else { last };
    let job = json!({"metadata": {"labels": recipe.labels}, "spec": {"backoffLimit": 3, "template": template, "ttlSecondsAfterFinished": 3 * DAY}});
    let object = json!({"metadata": {"name": app.name, "namespace": app.namespace, "labels": recipe.labels, "generation": 1},
        "spec": {"schedule": schedule, "timeZone": "Europe/Berlin", "concurrencyPolicy": "Forbid", "suspend": false, "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 1, "jobTemplate": job},
        "status": {"lastScheduleTime": time(last), "lastSuccessfulTime": time(last + 140)}});
    let cron = builder.add_by("cronjobs.batch", builder.between(90 * DAY, 300 * DAY), "helm", object);
    for back in 0..3 {
        finished_job(builder, nodes, &cron, last - back * every);
    }
}

/// A job as the CronJob controller names and makes it.
pub(crate) fn job_of(cron: &Value, scheduled: i64, uid: &str) -> Value {
    let name = format!("{}-{}", cron["metadata"]["name"].as_str().unwrap_or_default(), scheduled / 60);
    let mut spec = cron["spec"]["jobTemplate"]["spec"].clone();
    let mut labels = spec["template"]["metadata"]["labels"].clone();
    for (key, value) in [
        ("batch.kubernetes.io/job-name", name.as_str()),
        ("job-name", &name),
        ("batch.kubernetes.io/controller-uid", uid),
        ("controller-uid", uid),
    ] {
        labels[key] = json!(value);
    }
    spec["template"]["metadata"]["labels"] = labels.clone();
    spec["selector"] = json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}});
    for (key, value) in [
        ("completions", json!(1)),
        ("parallelism", json!(1)),
        ("completionMode", json!("NonIndexed")),
        ("suspend", json!(false)),
    ] {
        spec[key] = value;
    }
    json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": cron["metadata"]["namespace"], "uid": uid, "labels": labels,
        "annotations": {"batch.kubernetes.io/cronjob-scheduled-timestamp": time(scheduled)}, "ownerReferences": owner(cron), "generation": 1}, "spec": spec})
}

pub(super) fn finished_job(builder: &Builder<'_>, nodes: &mut [Node], cron: &Value, scheduled: i64) {
    let took = builder.between(45, 240);
    let end = scheduled + took;
    if end >= builder.now {
        return;
    }
    let mut job = job_of(cron, scheduled, &builder.cluster.uid());
    job["status"] = complete(scheduled, end);
    let job = builder.add_by("jobs.batch", builder.now - scheduled, "kube-controller-manager", job);
    let Some(node) = nodes::place(nodes, 0, false) else { return };
    let (node, ip) = (node.name.clone(), node.ip.clone());
    let name = format!("{}-{}", job["metadata"]["name"].as_str().unwrap_or_default(), builder.suffix(5));
    let mut pod = builder.pod_of(&job, &job["spec"]["template"], &name);
    pod::run(&mut pod, &Placement::at(&node, &ip, &pod_ip(builder, &ip), scheduled));
    pod::finish(&mut pod, (scheduled + 3, end - 1), 0);
    builder.add_by("pods", builder.now - scheduled, "kube-controller-manager", pod);
}

pub(crate) fn complete(start: i64, end: i64) -> Value {
    let condition = |kind: &str, reason: &str| {
        json!({"type": kind, "status": "True", "reason": reason, "message": "Reached expected number of succeeded pods",
            "lastProbeTime": time(end), "lastTransitionTime": time(end)})
    };
    json!({"startTime": time(start), "completionTime": time(end), "succeeded": 1, "ready": 0, "terminating": 0, "uncountedTerminatedPods": {},
        "conditions": [condition("SuccessCriteriaMet", "CompletionsReached"), condition("Complete", "CompletionsReached")]})
}
