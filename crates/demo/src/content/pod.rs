//! Pods: from an owner's template to a running pod. Used to fill the world and by its controllers.

use serde_json::{Map, Value, json};

use super::builder::{owner, time};
use super::image::{digest, hex};

/// Where and when a pod runs. Texts, so that they may also be holes of a template.
#[derive(Debug, Clone)]
pub(crate) struct Placement {
    pub(crate) node: String,
    pub(crate) host_ip: String,
    pub(crate) pod_ip: String,
    pub(crate) created: String,
    pub(crate) started: String,
    pub(crate) ready: String,
}

impl Placement {
    pub(crate) fn at(node: &str, host_ip: &str, pod_ip: &str, created: i64) -> Self {
        Self {
            node: node.to_owned(),
            host_ip: host_ip.to_owned(),
            pod_ip: pod_ip.to_owned(),
            created: time(created),
            started: time(created + 3),
            ready: time(created + 11),
        }
    }
}

/// A pod as its controller creates it, admission's defaults included; without uid, times and status.
pub(crate) fn from_template(controller: &Value, template: &Value, name: &str) -> Value {
    let mut spec = template["spec"].clone();
    let account = spec["serviceAccountName"].as_str().unwrap_or("default").to_owned();
    let token_volume = format!("kube-api-access-{}", &hex(name, 5));
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            let mount = json!({"name": token_volume, "readOnly": true, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"});
            push(&mut container["volumeMounts"], mount);
        }
    }
    push(&mut spec["volumes"], token(&token_volume));
    spec["serviceAccountName"] = json!(account);
    spec["serviceAccount"] = json!(account);
    for (key, value) in [
        ("restartPolicy", json!("Always")),
        ("terminationGracePeriodSeconds", json!(30)),
        ("dnsPolicy", json!("ClusterFirst")),
        ("securityContext", json!({})),
        ("schedulerName", json!("default-scheduler")),
        ("priority", json!(0)),
        ("enableServiceLinks", json!(true)),
        ("preemptionPolicy", json!("PreemptLowerPriority")),
    ] {
        if spec[key].is_null() {
            spec[key] = value;
        }
    }
    for key in ["not-ready", "unreachable"] {
        let toleration = json!({"key": format!("node.kubernetes.io/{key}"), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300});
        push(&mut spec["tolerations"], toleration);
    }
    let generate = name.rsplit_once('-').map_or_else(String::new, |(prefix, _)| format!("{prefix}-"));
    let mut metadata = json!({"name": name, "namespace": controller["metadata"]["namespace"],
        "labels": template["metadata"]["labels"], "ownerReferences": owner(controller)});
    if controller["kind"] != "StatefulSet" {
        metadata["generateName"] = json!(generate);
    }
    if template["metadata"]["annotations"].is_object() {
        metadata["annotations"] = template["metadata"]["annotations"].clone();
    }
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": {"phase": "Pending", "qosClass": qos(template)}})
}

fn push(list: &mut Value, item: Value) {
    match list {
        Value::Array(items) => items.push(item),
        other => *other = Value::Array(vec![item]),
    }
}

fn token(volume: &str) -> Value {
    json!({"name": volume, "projected": {"defaultMode": 420, "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}}]}})
}

fn qos(template: &Value) -> &'static str {
    let containers = template["spec"]["containers"].as_array().map_or(&[][..], Vec::as_slice);
    let amounts = |container: &Value, kind: &str| container["resources"][kind].clone();
    let is = |value: &Value| value.as_object().is_some_and(|map| !map.is_empty());
    if containers.iter().all(|container| {
        is(&amounts(container, "limits")) && amounts(container, "limits") == amounts(container, "requests")
    }) {
        "Guaranteed"
    } else if containers
        .iter()
        .any(|container| is(&amounts(container, "requests")) || is(&amounts(container, "limits")))
    {
        "Burstable"
    } else {
        "BestEffort"
    }
}

fn condition(kind: &str, status: &str, at: &str) -> Value {
    json!({"type": kind, "status": status, "lastProbeTime": null, "lastTransitionTime": at})
}

/// Binds the pod to a node and makes it run, ready.
pub(crate) fn run(pod: &mut Value, placement: &Placement) {
    pod["spec"]["nodeName"] = json!(placement.node);
    let ready = &placement.ready;
    let mut status = Map::from_iter([
        ("phase".to_owned(), json!("Running")),
        ("qosClass".to_owned(), pod["status"]["qosClass"].clone()),
        ("hostIP".to_owned(), json!(placement.host_ip)),
        ("hostIPs".to_owned(), json!([{"ip": placement.host_ip}])),
        ("podIP".to_owned(), json!(placement.pod_ip)),
        ("podIPs".to_owned(), json!([{"ip": placement.pod_ip}])),
        ("startTime".to_owned(), json!(placement.created)),
        (
            "conditions".to_owned(),
            json!([
                condition("PodReadyToStartContainers", "True", &placement.started),
                condition("Initialized", "True", &placement.created),
                condition("Ready", "True", ready),
                condition("ContainersReady", "True", ready),
                condition("PodScheduled", "True", &placement.created)
            ]),
        ),
    ]);
    let running = json!({"running": {"startedAt": placement.started}});
    status.insert("containerStatuses".to_owned(), statuses(pod, "containers", &running, true));
    if pod["spec"]["initContainers"].is_array() {
        let done = json!({"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": placement.created, "finishedAt": placement.started,
            "containerID": format!("containerd://{}", hex("init", 64))}});
        status.insert("initContainerStatuses".to_owned(), statuses(pod, "initContainers", &done, true));
    }
    pod["status"] = Value::Object(status);
}

/// Binds the pod to a node; its containers are still being made.
pub(crate) fn creating(pod: &mut Value, node: &str, host_ip: &str, at: &str) {
    pod["spec"]["nodeName"] = json!(node);
    let waiting = json!({"waiting": {"reason": if pod["spec"]["initContainers"].is_array() { "PodInitializing" } else { "ContainerCreating" }}});
    let containers = statuses(pod, "containers", &waiting, false);
    let unready = |kind: &str| {
        let mut condition = condition(kind, "False", at);
        condition["reason"] = json!("ContainersNotReady");
        condition["message"] = json!(format!("containers with unready status: [{}]", names(pod).join(" ")));
        condition
    };
    pod["status"] = json!({"phase": "Pending", "qosClass": pod["status"]["qosClass"], "hostIP": host_ip, "hostIPs": [{"ip": host_ip}], "startTime": at,
        "conditions": [condition("PodReadyToStartContainers", "False", at), condition("Initialized", "True", at), unready("Ready"),
            unready("ContainersReady"), condition("PodScheduled", "True", at)],
        "containerStatuses": containers});
}

/// No node takes the pod, for the reason the scheduler gives.
pub(crate) fn unschedulable(pod: &mut Value, at: &str, message: &str) {
    pod["status"] = json!({"phase": "Pending", "qosClass": pod["status"]["qosClass"],
        "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message,
            "lastProbeTime": null, "lastTransitionTime": at}]});
}

pub(crate) fn names(pod: &Value) -> Vec<&str> {
    pod["spec"]["containers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|container| container["name"].as_str())
        .collect()
}

fn statuses(pod: &Value, list: &str, state: &Value, ready: bool) -> Value {
    let started = state["running"].is_object();
    let made = !state["waiting"].is_object();
    pod["spec"][list]
        .as_array()
        .into_iter()
        .flatten()
        .map(|container| {
            let image = container["image"].as_str().unwrap_or_default();
            let name = container["name"].as_str().unwrap_or_default();
            let mut status = json!({"name": name, "image": image, "imageID": "", "ready": ready, "started": started,
                "restartCount": 0, "state": state, "lastState": {}});
            if made {
                status["imageID"] = json!(digest(image));
                status["containerID"] = json!(format!("containerd://{}", container_id(pod, name)));
                status["resources"] = container["resources"].clone();
                status["allocatedResources"] = container["resources"]["requests"].clone();
            }
            status
        })
        .collect()
}

/// A template gives its hole for the pod's part, so that filled pods differ.
fn container_id(pod: &Value, container: &str) -> String {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    if name.starts_with('⟦') {
        format!("{}{}", hex(container, 32), crate::storage::hole("id"))
    } else {
        hex(&format!("{name}/{container}"), 64)
    }
}

/// Marks one container as failing again and again, with what ended it last.
pub(crate) fn crash_loop(pod: &mut Value, container: usize, restarts: i64, now: i64, (reason, exit): (&str, i64)) {
    let name = names(pod).get(container).copied().unwrap_or_default().to_owned();
    let full = format!(
        "{}_{}",
        pod["metadata"]["name"].as_str().unwrap_or_default(),
        pod["metadata"]["namespace"].as_str().unwrap_or_default()
    );
    let status = &mut pod["status"]["containerStatuses"][container];
    status["restartCount"] = json!(restarts);
    status["ready"] = json!(false);
    status["started"] = json!(false);
    let id = status["containerID"].clone();
    status["lastState"] = json!({"terminated": {"exitCode": exit, "reason": reason, "startedAt": time(now - 140), "finishedAt": time(now - 95), "containerID": id}});
    status["state"] = json!({"waiting": {"reason": "CrashLoopBackOff",
        "message": format!("back-off 5m0s restarting failed container={name} pod={full}")}});
    unready(pod, now - 95);
}

/// An image that cannot be pulled.
pub(crate) fn image_pull_failure(pod: &mut Value, container: usize, at: i64) {
    let image = pod["spec"]["containers"][container]["image"].as_str().unwrap_or_default().to_owned();
    let status = &mut pod["status"]["containerStatuses"][container];
    status["ready"] = json!(false);
    status["started"] = json!(false);
    status["imageID"] = json!("");
    status["state"] = json!({"waiting": {"reason": "ImagePullBackOff", "message": format!("Back-off pulling image \"{image}\": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found")}});
    if let Some(status) = status.as_object_mut() {
        status.remove("containerID");
    }
    pod["status"]["phase"] = json!("Pending");
    unready(pod, at);
}

/// Takes readiness away since `at`, naming the containers that are not ready.
pub(crate) fn unready(pod: &mut Value, at: i64) {
    let missing: Vec<String> = pod["status"]["containerStatuses"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|status| status["ready"] == false)
        .filter_map(|status| status["name"].as_str().map(str::to_owned))
        .collect();
    for condition in pod["status"]["conditions"].as_array_mut().into_iter().flatten() {
        if condition["type"] == "Ready" || condition["type"] == "ContainersReady" {
            condition["status"] = json!("False");
            condition["reason"] = json!("ContainersNotReady");
            condition["message"] = json!(format!("containers with unready status: [{}]", missing.join(" ")));
            condition["lastTransitionTime"] = json!(time(at));
        }
    }
}

/// The pod ran to its end.
pub(crate) fn finish(pod: &mut Value, (started, finished): (i64, i64), exit: i64) {
    let reason = if exit == 0 { "Completed" } else { "Error" };
    for status in pod["status"]["containerStatuses"].as_array_mut().into_iter().flatten() {
        let id = status["containerID"].clone();
        status["ready"] = json!(false);
        status["started"] = json!(false);
        status["state"] = json!({"terminated": {"exitCode": exit, "reason": reason, "startedAt": time(started), "finishedAt": time(finished), "containerID": id}});
    }
    unready(pod, finished);
    if exit == 0 {
        for condition in pod["status"]["conditions"].as_array_mut().into_iter().flatten() {
            if condition["reason"] == "ContainersNotReady" {
                condition["reason"] = json!("PodCompleted");
                condition["message"] = Value::Null;
            }
        }
    }
    pod["status"]["phase"] = json!(if exit == 0 { "Succeeded" } else { "Failed" });
}
