//! Rollouts that do not get through.

use serde_json::{Value, json};

use super::super::builder::{Builder, HOUR, MINUTE, time};
use super::super::nodes::{self, Node};
use super::super::pod::{self, Placement};
use super::super::workloads::{self, DEPLOYMENTS, History};
use super::warn;

/// A new revision whose image does not exist: its one pod waits, the old ones serve.
pub(super) fn unpullable(builder: &Builder<'_>, nodes: &mut [Node], app: (&str, &str)) {
    roll(builder, nodes, app, (12 * MINUTE, false), |pod, at| pod::image_pull_failure(pod, 0, at));
}

/// A new revision whose pods never get ready; its deadline has passed.
pub(super) fn stuck(builder: &Builder<'_>, nodes: &mut [Node], app: (&str, &str)) {
    roll(builder, nodes, app, (2 * HOUR, true), |pod, at| {
        let status = &mut pod["status"]["containerStatuses"][0];
        status["ready"] = json!(false);
        pod::unready(pod, at);
    });
}

fn roll(
    builder: &Builder<'_>,
    nodes: &mut [Node],
    (namespace, name): (&str, &str),
    (age, late): (i64, bool),
    edit: impl Fn(&mut Value, i64),
) {
    let kind = builder.cluster.kind(DEPLOYMENTS);
    let Some(mut deployment) = builder.cluster.get(DEPLOYMENTS, namespace, name) else { return };
    let image =
        deployment["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap_or_default().to_owned();
    let repository = image.rsplit_once(':').map_or(image.as_str(), |(repository, _)| repository);
    let tag = if late { "5.0.0-rc1" } else { "3.9.0-hotfx" };
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = json!(format!("{repository}:{tag}"));
    let revision: i64 = deployment["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    deployment["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = json!((revision + 1).to_string());
    let generation = deployment["metadata"]["generation"].as_i64().unwrap_or(1) + 1;
    deployment["metadata"]["generation"] = json!(generation);
    deployment["status"]["observedGeneration"] = json!(generation);
    let set = workloads::replica_set(
        builder,
        &deployment,
        &deployment["spec"]["template"],
        &History { revision: revision + 1, age, replicas: 1 },
    );
    let progressing = if late {
        let message = format!(
            "ReplicaSet \"{}\" has timed out progressing.",
            set["metadata"]["name"].as_str().unwrap_or_default()
        );
        ("False", "ProgressDeadlineExceeded", message, age - 10 * MINUTE)
    } else {
        (
            "True",
            "ReplicaSetUpdated",
            format!("ReplicaSet \"{}\" is progressing.", set["metadata"]["name"].as_str().unwrap_or_default()),
            age,
        )
    };
    for condition in deployment["status"]["conditions"].as_array_mut().into_iter().flatten() {
        if condition["type"] == "Progressing" {
            condition["status"] = json!(progressing.0);
            condition["reason"] = json!(progressing.1);
            condition["message"] = json!(progressing.2);
            condition["lastUpdateTime"] = json!(time(builder.now - progressing.3));
            condition["lastTransitionTime"] = json!(time(builder.now - progressing.3));
        }
    }
    builder.cluster.put(&kind, deployment);
    let pod_name = format!("{}-{}", set["metadata"]["name"].as_str().unwrap_or_default(), builder.suffix(5));
    let mut pod = builder.pod_of(&set, &set["spec"]["template"], &pod_name);
    let Some(node) = nodes::place(nodes, 0, false) else { return };
    let created = builder.now - age;
    pod::run(&mut pod, &Placement::at(&node.name, &node.ip, &workloads::pod_ip(builder, &node.ip), created));
    edit(&mut pod, created + 10);
    let pod = builder.add_by("pods", age, "kube-controller-manager", pod);
    crate::counts::workload(builder.cluster, DEPLOYMENTS, namespace, name);
    let bad = pod["spec"]["containers"][0]["image"].as_str().unwrap_or_default();
    if late {
        warn(
            builder,
            &pod,
            ("Unhealthy", "Startup probe failed: HTTP probe failed with statuscode: 503", "kubelet"),
            431,
        );
    } else {
        warn(
            builder,
            &pod,
            (
                "Failed",
                &format!(
                    "Failed to pull image \"{bad}\": rpc error: code = NotFound desc = failed to pull and unpack image \"{bad}\": not found"
                ),
                "kubelet",
            ),
            5,
        );
        warn(builder, &pod, ("BackOff", &format!("Back-off pulling image \"{bad}\""), "kubelet"), 48);
    }
}
