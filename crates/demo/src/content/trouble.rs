//! What is wrong at the start: a little in production, a lot in staging, odd names everywhere.

mod odd;
mod rollout;

use serde_json::{Value, json};

use super::builder::{Builder, DAY, HOUR, MINUTE, time};
use super::events::{self, Happening};
use super::nodes::{self, Node};
use super::{batch, pod, storage, workloads};
use crate::endpoints::match_labels;
use crate::profile::Flavour;

pub(super) fn fill(builder: &Builder<'_>, nodes: &mut [Node]) {
    match builder.cluster.profile.flavour {
        Flavour::Production => {
            crash_loop(builder, ("search", "ranker"), 1, ("OOMKilled", 137));
            let message = GPU.replace("60", &nodes.len().to_string());
            pending(builder, ("recommendations", "trainer"), 2, &message);
            rollout::unpullable(builder, nodes, ("content", "publisher"));
            odd::fill(builder, ("platform", "gateway"));
        }
        Flavour::Staging => {
            crash_loop(builder, ("payments", "worker"), 2, ("OOMKilled", 137));
            crash_loop(builder, ("media", "thumbnailer"), 1, ("Error", 1));
            pending(builder, ("team-data", "enricher"), 2, FULL);
            rollout::unpullable(builder, nodes, ("shop", "checkout"));
            rollout::stuck(builder, nodes, ("search", "api"));
            failed_job(builder, ("payments", "settlement-report"));
            lost_node(builder, nodes);
            claim(builder);
            odd::fill(builder, ("platform", "gateway"));
        }
        Flavour::Edge => odd::fill(builder, ("store-floor", "kiosk")),
    }
}

const GPU: &str = "0/60 nodes are available: 60 Insufficient nvidia.com/gpu. preemption: 0/60 nodes are available: 60 No preemption victims found for incoming pod.";
const FULL: &str = "0/9 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, 3 Insufficient cpu, 5 Insufficient memory. preemption: 0/9 nodes are available: 1 Preemption is not helpful for scheduling, 8 No preemption victims found for incoming pod.";

/// Changes up to `count` pods of a Deployment, then counts again what is ready.
fn edit_pods(
    builder: &Builder<'_>,
    (namespace, name): (&str, &str),
    count: usize,
    edit: impl Fn(&mut Value),
) -> Vec<Value> {
    let Some(deployment) = builder.cluster.get(workloads::DEPLOYMENTS, namespace, name) else { return Vec::new() };
    let selector = match_labels(&deployment["spec"]["selector"]);
    let kind = builder.cluster.kind("pods");
    let entries = builder.cluster.entries("pods", Some(namespace));
    let mut edited = Vec::new();
    for entry in entries.iter().filter(|entry| selector.matches(entry)).take(count) {
        let mut pod = entry.value();
        edit(&mut pod);
        builder.cluster.put(&kind, pod.clone());
        edited.push(pod);
    }
    crate::counts::workload(builder.cluster, "deployments.apps", namespace, name);
    edited
}

fn crash_loop(builder: &Builder<'_>, app: (&str, &str), count: usize, end: (&str, i64)) {
    let now = builder.now;
    let restarts = builder.between(7, 60);
    for pod in edit_pods(builder, app, count, |pod| pod::crash_loop(pod, 0, restarts, now, end)) {
        let container = pod["spec"]["containers"][0]["name"].as_str().unwrap_or_default();
        let message = format!(
            "Back-off restarting failed container {container} in pod {}_{}({})",
            pod["metadata"]["name"].as_str().unwrap_or_default(),
            app.0,
            pod["metadata"]["uid"].as_str().unwrap_or_default()
        );
        warn(builder, &pod, ("BackOff", &message, "kubelet"), restarts * 12);
    }
}

fn pending(builder: &Builder<'_>, app: (&str, &str), count: usize, message: &str) {
    let at = builder.now - 47 * MINUTE;
    let edit = |pod: &mut Value| {
        pod::unschedulable(pod, &time(at), message);
        pod["metadata"]["creationTimestamp"] = json!(time(at));
        if let Some(spec) = pod["spec"].as_object_mut() {
            spec.remove("nodeName");
        }
    };
    for pod in edit_pods(builder, app, count, edit) {
        warn(builder, &pod, ("FailedScheduling", message, "default-scheduler"), 9);
        let karpenter = "Failed to schedule pod, incompatible with nodepool \"gpu\", daemonset overhead={\"cpu\":\"250m\",\"memory\":\"640Mi\",\"pods\":\"5\"}, did not tolerate nvidia.com/gpu=true:NoSchedule; incompatible with nodepool \"general\", daemonset overhead={\"cpu\":\"250m\",\"memory\":\"640Mi\",\"pods\":\"5\"}, no instance type satisfied resources {\"cpu\":\"650m\",\"memory\":\"1152Mi\",\"pods\":\"6\"} and requirements karpenter.sh/capacity-type In [on-demand], karpenter.sh/nodepool In [general], kubernetes.io/arch In [amd64] (no instance type has enough resources)";
        warn(builder, &pod, ("FailedScheduling", karpenter, "karpenter"), 6);
    }
}

fn warn(builder: &Builder<'_>, about: &Value, (reason, message, component): (&str, &str, &str), count: i64) {
    let happening = Happening {
        reason,
        message,
        warning: true,
        component,
        first: builder.now - 52 * MINUTE,
        last: builder.now - 40,
        count,
    };
    events::add(builder, about, &happening);
}

fn failed_job(builder: &Builder<'_>, (namespace, name): (&str, &str)) {
    let Some(cron) = builder.cluster.get("cronjobs.batch", namespace, name) else { return };
    let start = builder.now - 3 * HOUR;
    let mut job = batch::job_of(&cron, start, &builder.cluster.uid());
    let message = "Job has reached the specified backoff limit";
    let condition = |kind: &str| json!({"type": kind, "status": "True", "reason": "BackoffLimitExceeded", "message": message, "lastProbeTime": time(start + 400), "lastTransitionTime": time(start + 400)});
    job["status"] = json!({"startTime": time(start), "failed": 4, "ready": 0, "terminating": 0, "uncountedTerminatedPods": {},
        "conditions": [condition("FailureTarget"), condition("Failed")]});
    let job = builder.add_by("jobs.batch", 3 * HOUR, "kube-controller-manager", job);
    for attempt in 0..4 {
        let at = start + attempt * 80;
        let pod_name = format!("{}-{}", job["metadata"]["name"].as_str().unwrap_or_default(), builder.suffix(5));
        let mut pod = builder.pod_of(&job, &job["spec"]["template"], &pod_name);
        let node = &builder.cluster.entries("nodes", None)[0].key.name.to_string();
        pod::run(&mut pod, &pod::Placement::at(node, "10.20.0.4", "10.20.7.9", at));
        pod::finish(&mut pod, (at + 3, at + 31), 1);
        pod["status"]["containerStatuses"][0]["state"]["terminated"]["message"] =
            json!("panic: ledger-db: password authentication failed for user \"report\"\n");
        builder.add_by("pods", builder.now - at, "kube-controller-manager", pod);
    }
    warn(builder, &job, ("BackoffLimitExceeded", message, "job-controller"), 1);
}

/// The last node stops answering; what ran there is on its way out, and one pod hangs.
fn lost_node(builder: &Builder<'_>, nodes: &mut [Node]) {
    let Some(node) = nodes.last_mut() else { return };
    node.ready = false;
    let lost = builder.now - 38 * MINUTE;
    let kind = builder.cluster.kind("nodes");
    let taint =
        |effect: &str| json!({"key": "node.kubernetes.io/unreachable", "effect": effect, "timeAdded": time(lost)});
    let name = node.name.clone();
    builder.cluster.update(&kind, "", &name, |object| {
        object["status"]["conditions"] = nodes::conditions(builder.now, lost, false);
        object["spec"]["taints"] = json!([taint("NoSchedule"), taint("NoExecute")]);
        true
    });
    if let Some(object) = builder.cluster.get("nodes", "", &name) {
        let message = format!("Node {name} status is now: NodeNotReady");
        let happening = Happening {
            reason: "NodeNotReady",
            message: &message,
            warning: false,
            component: "node-controller",
            first: lost,
            last: lost,
            count: 1,
        };
        events::add(builder, &object, &happening);
    }
    let pods = builder.cluster.kind("pods");
    let entries = builder.cluster.entries("pods", None);
    let ended = |phase: Option<&str>| matches!(phase, Some("Succeeded" | "Failed"));
    let there = entries.iter().filter(|entry| entry.node.as_deref() == Some(&*name) && !ended(entry.phase.as_deref()));
    let mut workloads = std::collections::BTreeSet::new();
    for entry in there {
        let mut pod = entry.value();
        pod::unready(&mut pod, lost);
        let daemon = pod["metadata"]["ownerReferences"][0]["kind"] == "DaemonSet";
        if !daemon {
            pod["metadata"]["deletionTimestamp"] = json!(time(lost + 330));
            pod["metadata"]["deletionGracePeriodSeconds"] = json!(30);
        }
        let namespace = entry.key.namespace.to_string();
        workloads.insert((
            namespace,
            pod["metadata"]["labels"]["app.kubernetes.io/name"].as_str().unwrap_or_default().to_owned(),
            daemon,
        ));
        builder.cluster.put(&pods, pod);
    }
    for (namespace, name, daemon) in workloads {
        let kind = if daemon { "daemonsets.apps" } else { "deployments.apps" };
        crate::counts::workload(builder.cluster, kind, &namespace, &name);
    }
}

fn claim(builder: &Builder<'_>) {
    let claim = storage::pending_claim(builder, "team-data", "scratch-space", "gp4-ultra", 5 * DAY);
    let message = "storageclass.storage.k8s.io \"gp4-ultra\" not found";
    warn(builder, &claim, ("ProvisioningFailed", message, "persistentvolume-controller"), 1743);
}
