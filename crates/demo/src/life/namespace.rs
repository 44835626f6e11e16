//! The namespace controller: a new one gets its defaults, an ending one is emptied first.

use serde_json::json;

use super::Controllers;
use super::timers::Step;
use crate::content::builder::time;
use crate::deletion::{self, Dependents};
use crate::storage::ObjectKey;

pub(super) fn sync(controllers: &mut Controllers, key: &ObjectKey) {
    let cluster = &controllers.cluster;
    let Some(namespace) = cluster.get("namespaces", "", &key.name) else { return };
    if namespace["metadata"]["deletionTimestamp"].is_string() {
        controllers.timers.after(300, Step::Namespace(key.clone()));
        return;
    }
    let at = time(cluster.now().as_second());
    let root = json!({"ca.crt": "-----BEGIN CERTIFICATE-----\nMIIBdemo\n-----END CERTIFICATE-----\n"});
    for (id, name, data) in [("serviceaccounts", "default", None), ("configmaps", "kube-root-ca.crt", Some(root))] {
        let kind = cluster.kind(id);
        if cluster.get(id, &key.name, name).is_some() {
            continue;
        }
        let mut object = json!({"apiVersion": "v1", "kind": kind.kind, "metadata": {"name": name, "namespace": key.name, "uid": cluster.uid(), "creationTimestamp": at}});
        if let Some(data) = data {
            object["data"] = data;
        }
        cluster.put_new(&kind, object);
    }
}

/// Deletes what is left; when nothing is, the namespace goes too.
pub(super) fn finish(controllers: &mut Controllers, key: &ObjectKey) {
    let cluster = &controllers.cluster;
    let ending = cluster
        .get("namespaces", "", &key.name)
        .is_some_and(|namespace| namespace["metadata"]["deletionTimestamp"].is_string());
    if !ending {
        return;
    }
    let registry = cluster.registry();
    let mut left = 0;
    for kind in registry.kinds().filter(|kind| kind.namespaced && kind.source == crate::registry::Source::Stored) {
        for entry in cluster.entries(&kind.id, Some(&key.name)) {
            left += 1;
            if !entry.deleting {
                deletion::delete(cluster, kind, &entry, Some(1), Dependents::Delete);
            }
        }
    }
    if left == 0 {
        // nothing can come into it any more since it is ending
        cluster.remove_if(&cluster.kind("namespaces"), key, |namespace| namespace.deleting);
    } else {
        controllers.timers.after(700, Step::Namespace(key.clone()));
    }
}
