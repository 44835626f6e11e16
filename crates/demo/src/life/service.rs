//! The EndpointSlice controller: who serves, right now.

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::content::builder::{owner, suffix, time};
use crate::endpoints;

const SLICES: &str = "endpointslices.discovery.k8s.io";

/// Looks at every service of a namespace again.
pub(super) fn refresh(cluster: &Cluster, namespace: &str) {
    for entry in cluster.entries("services", Some(namespace)) {
        let service = entry.value();
        if service["spec"]["selector"].as_object().is_some_and(|selector| !selector.is_empty())
            && service["spec"]["clusterIP"] != "None"
        {
            slice(cluster, &service, namespace);
        }
    }
}

fn slice(cluster: &Cluster, service: &Value, namespace: &str) {
    let uid = service["metadata"]["uid"].as_str().unwrap_or_default();
    let held = cluster.entries(SLICES, Some(namespace)).into_iter().find(|entry| entry.owner.as_deref() == Some(uid));
    let kind = cluster.kind(SLICES);
    if let Some(entry) = held {
        let mut next = entry.value();
        endpoints::fill(cluster, service, &mut next);
        if next != entry.value() {
            cluster.put_owned(&kind, next);
        }
    } else {
        let name = service["metadata"]["name"].as_str().unwrap_or_default();
        let mut slice = json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": format!("{name}-{}", cluster.random(|random| suffix(random, 5))), "generateName": format!("{name}-"),
                "namespace": namespace, "uid": cluster.uid(), "creationTimestamp": time(cluster.now().as_second()), "ownerReferences": owner(service),
                "labels": {"kubernetes.io/service-name": name, "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}}});
        endpoints::fill(cluster, service, &mut slice);
        cluster.put_owned(&kind, slice);
    }
}
