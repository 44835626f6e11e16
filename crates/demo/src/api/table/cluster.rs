//! Nodes, namespaces and what else belongs to the cluster as a whole.

use serde_json::Value;

use super::Layout;
use super::text::{NONE, UNKNOWN, age, count, name, or_none, size, str_of};

pub(super) fn layout(id: &str) -> Option<Layout> {
    Some(match id {
        "nodes" => NODES,
        "namespaces" => NAMESPACES,
        "leases.coordination.k8s.io" => LEASES,
        "priorityclasses.scheduling.k8s.io" => PRIORITIES,
        "runtimeclasses.node.k8s.io" => RUNTIMES,
        "apiservices.apiregistration.k8s.io" => API_SERVICES,
        "mutatingwebhookconfigurations.admissionregistration.k8s.io"
        | "validatingwebhookconfigurations.admissionregistration.k8s.io" => WEBHOOKS,
        _ => return None,
    })
}

const NODES: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Status", "string", 0),
        ("Roles", "string", 0),
        ("Age", "string", 0),
        ("Version", "string", 0),
        ("Internal-IP", "string", 1),
        ("External-IP", "string", 1),
        ("OS-Image", "string", 1),
        ("Kernel-Version", "string", 1),
        ("Container-Runtime", "string", 1),
    ],
    cells: |node, now| {
        let info = &node["status"]["nodeInfo"];
        let address = |kind: &str| -> Value {
            let held = node["status"]["addresses"].as_array().into_iter().flatten();
            held.into_iter().find(|held| held["type"] == kind).map_or(NONE.into(), |held| held["address"].clone())
        };
        vec![
            name(node),
            node_status(node).into(),
            roles(node).into(),
            age(node, now),
            info["kubeletVersion"].clone(),
            address("InternalIP"),
            address("ExternalIP"),
            info["osImage"].clone(),
            info["kernelVersion"].clone(),
            info["containerRuntimeVersion"].clone(),
        ]
    },
};

fn node_status(node: &Value) -> String {
    let conditions = node["status"]["conditions"].as_array().into_iter().flatten();
    let ready = conditions.into_iter().find(|condition| condition["type"] == "Ready");
    let mut status = match ready.map(|condition| str_of(&condition["status"])) {
        Some("True") => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }
    .to_owned();
    if node["spec"]["unschedulable"] == true {
        status.push_str(",SchedulingDisabled");
    }
    status
}

fn roles(node: &Value) -> String {
    let mut roles: Vec<&str> = node["metadata"]["labels"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(key, _)| key.strip_prefix("node-role.kubernetes.io/"))
        .collect();
    roles.sort_unstable();
    if roles.is_empty() { NONE.to_owned() } else { roles.join(",") }
}

const NAMESPACES: Layout = Layout {
    columns: &[("Name", "string", 0), ("Status", "string", 0), ("Age", "string", 0)],
    cells: |object, now| vec![name(object), object["status"]["phase"].clone(), age(object, now)],
};

const LEASES: Layout = Layout {
    columns: &[("Name", "string", 0), ("Holder", "string", 0), ("Age", "string", 0)],
    cells: |object, now| vec![name(object), str_of(&object["spec"]["holderIdentity"]).into(), age(object, now)],
};

const PRIORITIES: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Value", "integer", 0),
        ("Global-Default", "boolean", 0),
        ("Age", "string", 0),
        ("PreemptionPolicy", "string", 0),
    ],
    cells: |object, now| {
        vec![
            name(object),
            count(&object["value"]).into(),
            object["globalDefault"].as_bool().unwrap_or(false).into(),
            age(object, now),
            object["preemptionPolicy"].as_str().unwrap_or("PreemptLowerPriority").into(),
        ]
    },
};

const RUNTIMES: Layout = Layout {
    columns: &[("Name", "string", 0), ("Handler", "string", 0), ("Age", "string", 0)],
    cells: |object, now| vec![name(object), object["handler"].clone(), age(object, now)],
};

const API_SERVICES: Layout = Layout {
    columns: &[("Name", "string", 0), ("Service", "string", 0), ("Available", "string", 0), ("Age", "string", 0)],
    cells: |object, now| {
        let service = &object["spec"]["service"];
        let text = if service.is_object() {
            format!("{}/{}", str_of(&service["namespace"]), str_of(&service["name"]))
        } else {
            "Local".to_owned()
        };
        let available = object["status"]["conditions"][0]["status"].as_str().unwrap_or(UNKNOWN);
        vec![name(object), text.into(), or_none(&available.into()), age(object, now)]
    },
};

const WEBHOOKS: Layout = Layout {
    columns: &[("Name", "string", 0), ("Webhooks", "integer", 0), ("Age", "string", 0)],
    cells: |object, now| vec![name(object), size(&object["webhooks"]).into(), age(object, now)],
};
