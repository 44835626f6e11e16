//! Deployments with their history, StatefulSets, CronJobs; and their pods.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::builder::{Builder, DAY, HOUR, MINUTE, owner, time};
use super::image::{hex, template_hash};
use super::nodes::{self, Node};
use super::pod::{self, Placement};
use super::prototype::PodPlan;
use super::teams::{App, Shape};
use super::template::{self, Recipe};
use super::{attached, storage};
use crate::storage::{Template, hole};

pub(crate) const DEPLOYMENTS: &str = "deployments.apps";
pub(crate) const REPLICA_SETS: &str = "replicasets.apps";

/// A workload with everything around it. `nodes` lose what its pods take.
pub(super) fn app(builder: &Builder<'_>, nodes: &mut [Node], app: &App) {
    let recipe = template::recipe(builder, app);
    match app.shape {
        Shape::Web | Shape::Worker => deployment(builder, nodes, app, &recipe),
        Shape::Stateful => stateful(builder, nodes, app, &recipe),
        Shape::Cron => super::batch::cron(builder, nodes, app, &recipe),
    }
    attached::around(builder, app, &recipe);
}

fn helm(app: &App) -> Value {
    json!({"meta.helm.sh/release-name": format!("{}-{}", app.namespace, app.name), "meta.helm.sh/release-namespace": app.namespace})
}

fn deployment(builder: &Builder<'_>, nodes: &mut [Node], app: &App, recipe: &Recipe) {
    let age = builder.between(40 * DAY, 380 * DAY);
    let revisions = builder.between(2, 5);
    let rolled = builder.between(3 * HOUR, 12 * DAY);
    let mut annotations = helm(app);
    annotations["deployment.kubernetes.io/revision"] = json!(revisions.to_string());
    let replicas = app.replicas;
    let status = deployment_status(builder.now - rolled, builder.now - age, replicas);
    let object = json!({"metadata": {"name": app.name, "namespace": app.namespace, "labels": recipe.labels, "annotations": annotations, "generation": revisions + 3},
        "spec": {"replicas": replicas, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600, "selector": {"matchLabels": template::selector(app)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}, "template": recipe.template},
        "status": status});
    let mut object = object;
    object["status"]["observedGeneration"] = json!(revisions + 3);
    let deployment = builder.add_by(DEPLOYMENTS, age, "helm", object);
    for back in (1..revisions).rev() {
        let mut old = recipe.template.clone();
        let tag = format!("{}-rc{back}", recipe.version);
        old["spec"]["containers"][0]["image"] = json!(recipe.image.replace(&recipe.version, &tag));
        let history = History { revision: revisions - back, age: rolled + back * 5 * DAY, replicas: 0 };
        replica_set(builder, &deployment, &old, &history);
    }
    let current =
        replica_set(builder, &deployment, &recipe.template, &History { revision: revisions, age: rolled, replicas });
    let arm = builder.chance(70);
    pods(builder, nodes, &current, Count { pods: replicas, age: rolled, cpu: recipe.cpu, arm });
}

pub(crate) fn deployment_status(progressed: i64, available: i64, replicas: usize) -> Value {
    json!({"replicas": replicas, "updatedReplicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas,
        "conditions": [
            {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "message": "Deployment has minimum availability.",
                "lastUpdateTime": time(available), "lastTransitionTime": time(available)},
            {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable", "message": "ReplicaSet has successfully progressed.",
                "lastUpdateTime": time(progressed), "lastTransitionTime": time(available)}]})
}

/// The hash of what a template says, however it was written: `null` and empty are the same as absent.
pub(crate) fn revision_hash(template: &Value) -> String {
    template_hash(&meant(template).to_string())
}

fn meant(value: &Value) -> Value {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    };
    match value {
        Value::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), meant(value))).filter(|(_, value)| !empty(value)).collect()
        }
        Value::Array(list) => list.iter().map(meant).collect(),
        other => other.clone(),
    }
}

pub(crate) struct History {
    pub(crate) revision: i64,
    pub(crate) age: i64,
    pub(crate) replicas: usize,
}

/// The ReplicaSet of one template; its hash goes into name, labels and selector, as the controller does it.
pub(crate) fn replica_set_object(deployment: &Value, template: &Value, revision: i64, replicas: usize) -> Value {
    let name = deployment["metadata"]["name"].as_str().unwrap_or_default();
    let hash = revision_hash(template);
    let mut template = template.clone();
    template["metadata"]["labels"]["pod-template-hash"] = json!(hash);
    let mut selector = deployment["spec"]["selector"].clone();
    selector["matchLabels"]["pod-template-hash"] = json!(hash);
    json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": format!("{name}-{hash}"), "namespace": deployment["metadata"]["namespace"],
            "labels": template["metadata"]["labels"], "generation": 1, "ownerReferences": owner(deployment),
            "annotations": {"deployment.kubernetes.io/revision": revision.to_string(), "deployment.kubernetes.io/desired-replicas": replicas.to_string(),
                "deployment.kubernetes.io/max-replicas": (replicas + replicas.div_ceil(4)).to_string()}},
        "spec": {"replicas": replicas, "selector": selector, "template": template},
        "status": {"replicas": replicas, "fullyLabeledReplicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas, "observedGeneration": 1}})
}

pub(super) fn replica_set(builder: &Builder<'_>, deployment: &Value, template: &Value, history: &History) -> Value {
    let object = replica_set_object(deployment, template, history.revision, history.replicas);
    builder.add_by(REPLICA_SETS, history.age, "kube-controller-manager", object)
}

/// How many pods, how old, asking for how much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    pub(super) pods: usize,
    pub(super) age: i64,
    pub(super) cpu: i64,
    /// Whether the image also runs on arm64.
    pub(super) arm: bool,
}

/// Running pods of one controller, all from one template with holes.
pub(super) fn pods(builder: &Builder<'_>, nodes: &mut [Node], controller: &Value, count: Count) {
    let base = controller["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let plan = PodPlan { template: pod_template(builder, controller), base, count };
    match builder.capture() {
        Some(capture) => capture.pods(plan),
        None => place_pods(builder, nodes, &plan, &BTreeMap::new()),
    }
}

/// Puts the pods of a plan on nodes; `values` fill the holes that are not the pods' own.
pub(super) fn place_pods(builder: &Builder<'_>, nodes: &mut [Node], plan: &PodPlan, values: &BTreeMap<&str, String>) {
    let count = plan.count;
    for _ in 0..count.pods {
        let Some(node) = nodes::place(nodes, count.cpu, count.arm) else { return };
        let ip = pod_ip(builder, &node.ip);
        pod_on(builder, plan, node, (&ip, count.age), values);
    }
}

/// One pod of a plan on this node, running for `age` seconds or as long as the node has.
pub(super) fn pod_on(
    builder: &Builder<'_>,
    plan: &PodPlan,
    node: &Node,
    (ip, age): (&str, i64),
    values: &BTreeMap<&str, String>,
) {
    let name = format!("{}-{}", plan.base, builder.suffix(5));
    let age = age.min(node.age);
    // some pods were replaced since the rollout, when their node went away
    let age = if builder.chance(25) { builder.below(age.max(1)) } else { age };
    let created = builder.now - age.max(5 * MINUTE);
    let mut values = values.clone();
    values.extend([
        ("id", hex(&name, 32)),
        ("uid", builder.cluster.uid()),
        ("node", node.name.clone()),
        ("host", node.ip.clone()),
        ("ip", ip.to_owned()),
        ("created", time(created)),
        ("started", time(created + builder.between(2, 6))),
        ("ready", time(created + builder.between(8, 40))),
        ("name", name),
    ]);
    builder.cluster.put_templated(&builder.cluster.kind("pods"), &plan.template, plan.template.slots(values));
}

pub(super) fn pod_ip(builder: &Builder<'_>, host: &str) -> String {
    let mut parts = host.split('.').map(str::to_owned).collect::<Vec<_>>();
    if let Some(last) = parts.last_mut() {
        *last = builder.between(4, 250).to_string();
    }
    if let Some(third) = parts.get_mut(2)
        && builder.cluster.profile.eks.is_some()
    {
        *third = builder.between(0, 192).to_string();
    }
    parts.join(".")
}

pub(super) fn pod_template(builder: &Builder<'_>, controller: &Value) -> std::sync::Arc<Template> {
    let template = &controller["spec"]["template"];
    let mut model = builder.pod_of(controller, template, &hole("name"));
    if controller["kind"] != "StatefulSet" {
        model["metadata"]["generateName"] =
            json!(format!("{}-", controller["metadata"]["name"].as_str().unwrap_or_default()));
    }
    let placement = Placement {
        node: hole("node"),
        host_ip: hole("host"),
        pod_ip: hole("ip"),
        created: hole("created"),
        started: hole("started"),
        ready: hole("ready"),
    };
    pod::run(&mut model, &placement);
    model["metadata"]["uid"] = json!(hole("uid"));
    builder.complete(&mut model, builder.now, "kube-controller-manager");
    model["metadata"]["creationTimestamp"] = json!(hole("created"));
    for (entry, hole_name) in [(0, "created"), (1, "ready")] {
        model["metadata"]["managedFields"][entry]["time"] = json!(hole(hole_name));
    }
    model["metadata"]["resourceVersion"] = json!(hole("version"));
    Template::new(&model)
}

fn stateful(builder: &Builder<'_>, nodes: &mut [Node], app: &App, recipe: &Recipe) {
    let age = builder.between(60 * DAY, 400 * DAY);
    let rolled = builder.between(DAY, 20 * DAY);
    let revision = format!("{}-{}", app.name, revision_hash(&recipe.template));
    let mut template = recipe.template.clone();
    template["metadata"]["labels"]["controller-revision-hash"] = json!(revision);
    let claim = json!({"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": storage::default_class(builder),
        "resources": {"requests": {"storage": "100Gi"}}, "volumeMode": "Filesystem"}, "status": {"phase": "Pending"}});
    let replicas = app.replicas;
    let object = json!({"metadata": {"name": app.name, "namespace": app.namespace, "labels": recipe.labels, "annotations": helm(app), "generation": 3},
        "spec": {"replicas": replicas, "serviceName": format!("{}-headless", app.name), "selector": {"matchLabels": template::selector(app)},
            "podManagementPolicy": "OrderedReady", "revisionHistoryLimit": 10, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            "template": template, "volumeClaimTemplates": [claim]},
        "status": {"replicas": replicas, "readyReplicas": replicas, "currentReplicas": replicas, "updatedReplicas": replicas, "availableReplicas": replicas,
            "observedGeneration": 3, "currentRevision": revision, "updateRevision": revision, "collisionCount": 0}});
    let set = builder.add_by("statefulsets.apps", age, "helm", object);
    let history = json!({"metadata": {"name": revision, "namespace": app.namespace, "labels": recipe.labels, "ownerReferences": owner(&set)},
        "revision": 3, "data": {"spec": {"template": recipe.template}}});
    builder.add_by("controllerrevisions.apps", rolled, "kube-controller-manager", history);
    for at in 0..replicas {
        let claim = format!("data-{}-{at}", app.name);
        storage::bound_claim(builder, &app.namespace, &claim, &recipe.labels, age);
        stateful_pod(builder, nodes, &set, (at, rolled, recipe.cpu));
    }
}

/// Each pod of a StatefulSet mounts its own claim, so there is nothing to share.
fn stateful_pod(builder: &Builder<'_>, nodes: &mut [Node], set: &Value, (at, age, cpu): (usize, i64, i64)) {
    let Some(node) = nodes::place(nodes, cpu, false) else { return };
    let base = set["metadata"]["name"].as_str().unwrap_or_default();
    let name = format!("{base}-{at}");
    let mut pod = builder.pod_of(set, &set["spec"]["template"], &name);
    own_claim(&mut pod, set, at);
    let created = builder.now - age.min(node.age);
    let (node, ip) = (node.name.clone(), node.ip.clone());
    pod::run(&mut pod, &Placement::at(&node, &ip, &pod_ip(builder, &ip), created));
    builder.add_by("pods", builder.now - created, "kube-controller-manager", pod);
}

/// What the StatefulSet controller adds to the template for replica `at`.
pub(crate) fn own_claim(pod: &mut Value, set: &Value, at: usize) {
    let base = set["metadata"]["name"].as_str().unwrap_or_default();
    pod["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] = json!(format!("{base}-{at}"));
    pod["metadata"]["labels"]["apps.kubernetes.io/pod-index"] = json!(at.to_string());
    pod["spec"]["hostname"] = json!(format!("{base}-{at}"));
    pod["spec"]["subdomain"] = set["spec"]["serviceName"].clone();
    for claim in set["spec"]["volumeClaimTemplates"].as_array().into_iter().flatten() {
        let volume = claim["metadata"]["name"].as_str().unwrap_or_default();
        if let Some(volumes) = pod["spec"]["volumes"].as_array_mut() {
            volumes
                .push(json!({"name": volume, "persistentVolumeClaim": {"claimName": format!("{volume}-{base}-{at}")}}));
        }
    }
}
