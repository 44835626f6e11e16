//! Events, as the cluster's components word them.

use serde_json::{Value, json};

use super::builder::{Builder, MINUTE, micro_time, time};
use super::image::hex;
use crate::profile::Flavour;

/// One thing that happened to one object.
pub(crate) struct Happening<'a> {
    pub(crate) reason: &'a str,
    pub(crate) message: &'a str,
    pub(crate) warning: bool,
    pub(crate) component: &'a str,
    pub(crate) first: i64,
    pub(crate) last: i64,
    pub(crate) count: i64,
}

/// The event as an object, named after what it is about; `unique` tells it from others about the same.
pub(crate) fn event(about: &Value, happening: &Happening<'_>, unique: &str) -> Value {
    let metadata = &about["metadata"];
    let name = metadata["name"].as_str().unwrap_or_default();
    // cluster-scoped objects' events live in default
    let namespace = metadata["namespace"].as_str().unwrap_or("default");
    let mut involved = json!({"kind": about["kind"], "apiVersion": about["apiVersion"], "name": name, "uid": metadata["uid"],
        "resourceVersion": metadata["resourceVersion"]});
    if metadata["namespace"].is_string() {
        involved["namespace"] = json!(namespace);
    }
    if about["kind"] == "Pod" && happening.component == "kubelet" {
        let container = about["spec"]["containers"][0]["name"].as_str().unwrap_or_default();
        involved["fieldPath"] = json!(format!("spec.containers{{{container}}}"));
    }
    let mut source = json!({"component": happening.component});
    if happening.component == "kubelet" {
        source["host"] =
            if about["kind"] == "Node" { metadata["name"].clone() } else { about["spec"]["nodeName"].clone() };
    }
    let mut event = json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": format!("{name}.{unique}"), "namespace": namespace},
        "involvedObject": involved, "reason": happening.reason, "message": happening.message,
        "type": if happening.warning { "Warning" } else { "Normal" }, "source": source, "reportingComponent": happening.component,
        "reportingInstance": "", "firstTimestamp": time(happening.first), "lastTimestamp": time(happening.last), "count": happening.count});
    if happening.component == "default-scheduler" && happening.count == 1 {
        // newer components write the events.k8s.io form: no first and last, one event time
        event["eventTime"] = json!(micro_time(happening.first));
        event["firstTimestamp"] = Value::Null;
        event["lastTimestamp"] = Value::Null;
        event["action"] = json!("Binding");
        event["reportingInstance"] = json!("default-scheduler-1");
        event["source"] = json!({});
        event["count"] = Value::Null;
        if let Some(event) = event.as_object_mut() {
            event.remove("count");
        }
    } else {
        event["eventTime"] = Value::Null;
    }
    event
}

/// The same thing said of the same object again counts on the same event.
pub(crate) fn unique(about: &Value, component: &str, reason: &str, message: &str) -> String {
    let uid = about["metadata"]["uid"].as_str().unwrap_or_default();
    hex(&format!("{uid}{component}{reason}{message}"), 16)
}

pub(super) fn add(builder: &Builder<'_>, about: &Value, happening: &Happening<'_>) {
    let unique = unique(about, happening.component, happening.reason, happening.message);
    let event = event(about, happening, &unique);
    builder.add_by("events", builder.now - happening.first, happening.component, event);
}

/// The last hour of a cluster that mostly works.
pub(super) fn fill(builder: &Builder<'_>) {
    let pods = builder.cluster.entries("pods", None);
    let step = (pods.len() / 60).max(1);
    for entry in pods.iter().step_by(step) {
        let pod = entry.value();
        if pod["status"]["phase"] == "Running" {
            lifecycle(builder, &pod);
        }
    }
    if builder.cluster.profile.flavour == Flavour::Production {
        warnings(builder, &pods);
    }
}

fn lifecycle(builder: &Builder<'_>, pod: &Value) {
    let at = builder.now - builder.between(2 * MINUTE, 55 * MINUTE);
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let place = format!("{}/{name}", pod["metadata"]["namespace"].as_str().unwrap_or_default());
    let image = pod["spec"]["containers"][0]["image"].as_str().unwrap_or_default();
    let container = pod["spec"]["containers"][0]["name"].as_str().unwrap_or_default();
    let node = pod["spec"]["nodeName"].as_str().unwrap_or_default();
    let steps = [
        ("Scheduled", format!("Successfully assigned {place} to {node}"), "default-scheduler", 0),
        ("Pulled", format!("Container image \"{image}\" already present on machine"), "kubelet", 1),
        ("Created", format!("Created container: {container}"), "kubelet", 2),
        ("Started", format!("Started container {container}"), "kubelet", 2),
    ];
    for (reason, message, component, after) in steps {
        let happening = Happening {
            reason,
            message: &message,
            warning: false,
            component,
            first: at + after,
            last: at + after,
            count: 1,
        };
        add(builder, pod, &happening);
    }
}

fn warnings(builder: &Builder<'_>, pods: &[std::sync::Arc<crate::storage::Entry>]) {
    for entry in pods.iter().skip(17).step_by(211) {
        let pod = entry.value();
        let message = "Readiness probe failed: Get \"http://10.20.64.17:9102/ready\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
        let last = builder.now - builder.between(MINUTE, 30 * MINUTE);
        let happening = Happening {
            reason: "Unhealthy",
            message,
            warning: true,
            component: "kubelet",
            first: last - 20 * MINUTE,
            last,
            count: builder.between(2, 14),
        };
        add(builder, &pod, &happening);
    }
}
