//! Namespace `aws-examples`: workloads named after what they show of access to AWS. Their roles are in `aws::documents`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::builder::{Builder, DAY, HOUR, MINUTE, time};
use super::nodes::{Node, REACHABLE};
use super::pod::{self, Placement};
use super::prototype::PodPlan;
use super::workloads::{self, Count, DEPLOYMENTS, History};
use super::{batch, image, namespaces, system};
use crate::aws::{self, EXAMPLES, inject};

/// How a workload's service account gets its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Account {
    /// An annotation with the role of this name.
    Annotated(&'static str),
    /// By association if at all.
    Plain,
    /// There is no such service account.
    Absent,
    /// The pods name none.
    Default,
    /// That of another example.
    Shared(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Deployment(usize),
    Cron,
    Job,
}

use Account::{Absent, Annotated, Default, Plain, Shared};
use Shape::{Cron, Deployment, Job};

/// Name, what it shows, service account, shape.
type Example = (&'static str, &'static str, Account, Shape);

/// All of these together.
pub(super) const PODS: usize = 36;

const EXAMPLE_LIST: [Example; 28] = [
    ("full-admin-job", "a small job that may do everything", Annotated("full-admin-job"), Cron),
    ("full-admin-once", "the same role, in a job that runs", Shared("full-admin-job"), Job),
    ("service-wildcard", "everything in S3, on every bucket", Plain, Deployment(2)),
    (
        "shadowed-irsa",
        "the annotation names one role, the association another",
        Annotated("shadowed-irsa"),
        Deployment(2),
    ),
    ("deleted-role", "the annotation names a role that is no more", Annotated("deleted-role"), Deployment(1)),
    ("unbound-association", "an association for a service account that does not exist", Absent, Deployment(0)),
    ("default-association", "the default service account has a role", Default, Deployment(1)),
    ("shared-role-a", "one broad role for two things that have nothing in common: the shop's", Plain, Deployment(2)),
    ("shared-role-b", "one broad role for two things that have nothing in common: the reports'", Plain, Deployment(1)),
    ("open-trust", "every pod of the cluster can become its role", Annotated("open-trust"), Deployment(1)),
    (
        "open-trust-wildcard",
        "service accounts of this name in any namespace can",
        Annotated("open-trust-wildcard"),
        Deployment(1),
    ),
    (
        "open-trust-for-all-values",
        "a condition that holds when the claim is missing",
        Annotated("open-trust-for-all-values"),
        Deployment(1),
    ),
    ("open-trust-no-audience", "tokens for anybody open it", Annotated("open-trust-no-audience"), Deployment(1)),
    ("foreign-issuer", "its role trusts another cluster's tokens", Annotated("foreign-issuer"), Deployment(1)),
    ("pass-role-any", "may hand any role to a function it makes", Annotated("pass-role-any"), Deployment(1)),
    ("node-fallback", "no role, on a node whose credentials pods can reach", Plain, Deployment(2)),
    ("host-network", "no role, on the network of its node", Plain, Deployment(1)),
    ("role-chain", "may become a role of the data account, which may become more", Plain, Deployment(2)),
    ("target-role", "the association goes on to a role of the data account", Plain, Deployment(1)),
    ("scp-denied", "the organisation forbids what its role allows", Annotated("scp-denied"), Deployment(1)),
    ("bounded", "a boundary takes most of what its role allows", Annotated("bounded"), Deployment(1)),
    ("session-policy", "the association's own policy takes most of what its role allows", Plain, Deployment(1)),
    ("conditions", "allowed if: conditions of every kind", Annotated("conditions"), Deployment(2)),
    ("not-action", "everything but what is named, in one region", Annotated("not-action"), Deployment(1)),
    (
        "stale-role",
        "runs with the role it was made with: the annotation was changed since",
        Annotated("stale-role-before"),
        Deployment(2),
    ),
    ("static-keys", "has keys that last, from a Secret", Plain, Deployment(1)),
    ("no-access", "no role, on a node whose credentials pods cannot reach", Plain, Deployment(1)),
    ("well-made", "one queue, one subject, one audience", Annotated("well-made"), Deployment(2)),
];

pub(super) fn fill(builder: &Builder<'_>, nodes: &mut [Node]) {
    namespaces::namespace(
        builder,
        EXAMPLES,
        &json!({"team": "platform", "pod-security.kubernetes.io/enforce": "privileged"}),
    );
    for example in EXAMPLE_LIST {
        make(builder, nodes, example);
    }
    let secret = json!({"metadata": {"name": "static-keys", "namespace": EXAMPLES}, "type": "Opaque", "data": {"id": "Y2FuYXJ5LWlk", "key": "Y2FuYXJ5LWtleQ=="}});
    builder.add_by("secrets", 200 * DAY, "helm", secret);
    system::late(builder, nodes);
}

fn make(builder: &Builder<'_>, nodes: &mut [Node], example: Example) {
    let (name, _, account, shape) = example;
    if !matches!(account, Absent | Default | Shared(_)) {
        let mut metadata = json!({"name": name, "namespace": EXAMPLES});
        if let Annotated(role) = account {
            metadata["annotations"] = json!({ inject::ANNOTATION: aws::role_arn(builder.cluster.profile.id, role) });
        }
        builder.add_by("serviceaccounts", 150 * DAY, "helm", json!({"metadata": metadata}));
    }
    let template = template(builder, example);
    match shape {
        Deployment(replicas) => deployment(builder, nodes, example, &template, replicas),
        Cron => cron(builder, nodes, example, template),
        Job => job(builder, nodes, example, template),
    }
    if name == "stale-role" {
        let arn = aws::role_arn(builder.cluster.profile.id, "stale-role-after");
        builder.cluster.update(&builder.cluster.kind("serviceaccounts"), EXAMPLES, name, |object| {
            object["metadata"]["annotations"][inject::ANNOTATION] = json!(arn);
            true
        });
    }
}

fn labels(name: &str) -> Value {
    json!({"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": EXAMPLES, "team": "platform"})
}

fn template(builder: &Builder<'_>, (name, _, account, _): Example) -> Value {
    let image = image::own(builder.cluster.profile.eks.as_ref(), EXAMPLES, "example", "1.4.0");
    let mut environment = vec![json!({"name": "EXAMPLE", "value": name})];
    if name == "static-keys" {
        for (variable, key) in [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "key")] {
            let from = json!({"secretKeyRef": {"name": "static-keys", "key": key}});
            environment.push(json!({"name": variable, "valueFrom": from}));
        }
    }
    let container = json!({"name": "app", "image": image, "imagePullPolicy": "IfNotPresent", "env": environment,
        "resources": {"requests": {"cpu": "20m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File"});
    let mut spec = json!({"containers": [container]});
    match account {
        Default => {}
        Shared(other) => spec["serviceAccountName"] = json!(other),
        Annotated(_) | Plain | Absent => spec["serviceAccountName"] = json!(name),
    }
    match name {
        "host-network" => spec["hostNetwork"] = json!(true),
        "node-fallback" => {
            spec["nodeSelector"] = json!({"eks.amazonaws.com/nodegroup": REACHABLE});
            let toleration =
                json!({"key": "dedicated", "operator": "Equal", "value": REACHABLE, "effect": "NoSchedule"});
            spec["tolerations"] = json!([toleration]);
        }
        _ => {}
    }
    crate::defaults::pod(&mut spec);
    json!({"metadata": {"labels": labels(name)}, "spec": spec})
}

fn metadata((name, about, ..): Example) -> Value {
    json!({"name": name, "namespace": EXAMPLES, "labels": labels(name), "generation": 1, "annotations": {"description": about}})
}

fn deployment(builder: &Builder<'_>, nodes: &mut [Node], example: Example, template: &Value, replicas: usize) {
    let name = example.0;
    let (age, rolled) = (150 * DAY, 20 * DAY);
    let mut metadata = metadata(example);
    metadata["annotations"]["deployment.kubernetes.io/revision"] = json!("1");
    let mut object = json!({"metadata": metadata,
        "spec": {"replicas": replicas, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
            "selector": {"matchLabels": {"app.kubernetes.io/name": name}},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}, "template": template},
        "status": workloads::deployment_status(builder.now - rolled, builder.now - age, replicas)});
    object["status"]["observedGeneration"] = json!(1);
    let deployment = builder.add_by(DEPLOYMENTS, age, "helm", object);
    let set = workloads::replica_set(builder, &deployment, template, &History { revision: 1, age: rolled, replicas });
    let count = Count { pods: replicas, age: rolled, cpu: 20, arm: true };
    if !matches!(name, "host-network" | "node-fallback") {
        return workloads::pods(builder, nodes, &set, count);
    }
    let plan = PodPlan {
        template: workloads::pod_template(builder, &set),
        base: set["metadata"]["name"].as_str().unwrap_or_default().to_owned(),
        count,
    };
    let reserved = name == "node-fallback";
    let Some(node) = nodes.iter_mut().find(|node| node.reserved == reserved) else { return };
    node.pods += replicas;
    let node = node.clone();
    for _ in 0..replicas {
        let ip = if reserved { workloads::pod_ip(builder, &node.ip) } else { node.ip.clone() };
        workloads::pod_on(builder, &plan, &node, (&ip, rolled), &BTreeMap::new());
    }
}

fn cron(builder: &Builder<'_>, nodes: &mut [Node], example: Example, mut template: Value) {
    template["spec"]["restartPolicy"] = json!("Never");
    let last = builder.now - builder.now.rem_euclid(HOUR) - 20 * MINUTE;
    let job = json!({"metadata": {"labels": labels(example.0)}, "spec": {"backoffLimit": 1, "template": template}});
    let object = json!({"metadata": metadata(example),
        "spec": {"schedule": "40 * * * *", "timeZone": "Etc/UTC", "concurrencyPolicy": "Forbid", "suspend": false,
            "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1, "jobTemplate": job},
        "status": {"lastScheduleTime": time(last), "lastSuccessfulTime": time(last + 60)}});
    let cron = builder.add_by("cronjobs.batch", 150 * DAY, "helm", object);
    for back in 0..2 {
        batch::finished_job(builder, nodes, &cron, last - back * HOUR);
    }
}

/// A job whose pod runs.
fn job(builder: &Builder<'_>, nodes: &mut [Node], example: Example, mut template: Value) {
    template["spec"]["restartPolicy"] = json!("Never");
    let (name, started) = (example.0, builder.now - 25 * MINUTE);
    let uid = builder.uid();
    let key = "batch.kubernetes.io/controller-uid";
    template["metadata"]["labels"][key] = json!(uid);
    template["metadata"]["labels"]["batch.kubernetes.io/job-name"] = json!(name);
    let mut metadata = metadata(example);
    metadata["uid"] = json!(uid);
    let object = json!({"metadata": metadata,
        "spec": {"backoffLimit": 1, "completions": 1, "parallelism": 1, "completionMode": "NonIndexed", "suspend": false,
            "selector": {"matchLabels": {key: uid}}, "template": template},
        "status": {"startTime": time(started), "active": 1, "ready": 1, "terminating": 0, "uncountedTerminatedPods": {}}});
    let job = builder.add_by("jobs.batch", builder.now - started, "helm", object);
    let Some(node) = super::nodes::place(nodes, 20, true) else { return };
    let (node, ip) = (node.name.clone(), node.ip.clone());
    let mut pod = builder.pod_of(&job, &job["spec"]["template"], &format!("{name}-{}", builder.suffix(5)));
    pod::run(&mut pod, &Placement::at(&node, &ip, &workloads::pod_ip(builder, &ip), started));
    builder.add_by("pods", builder.now - started, "kube-controller-manager", pod);
}
