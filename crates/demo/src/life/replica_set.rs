//! The ReplicaSet controller: as many pods as wanted.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Controllers, record};
use crate::aws::inject;
use crate::cluster::Cluster;
use crate::content::builder::{owner, suffix, time};
use crate::content::{managed, pod};
use crate::deletion::{self, Dependents};
use crate::registry::KindRef;
use crate::storage::{Entry, ObjectKey};
use crate::{counts, endpoints};

pub(super) fn sync(controllers: &mut Controllers, key: &ObjectKey) {
    let cluster = Arc::clone(&controllers.cluster);
    let Some(set) = cluster.get("replicasets.apps", &key.namespace, &key.name) else {
        // its deployment, if there is one still, misses it
        if let Some((owner, _)) = key.name.rsplit_once('-') {
            super::deployment::sync(controllers, &ObjectKey::new(&key.namespace, owner));
        }
        return;
    };
    let kind = cluster.kind("pods");
    let leaving = set["metadata"]["deletionTimestamp"].is_string();
    let wanted = usize::try_from(set["spec"]["replicas"].as_i64().unwrap_or(1)).unwrap_or(0);
    if !leaving {
        adopt(&cluster, &set, &kind);
    }
    let mut active = active_pods(&cluster, &set);
    if leaving {
        // the pods go by themselves
    } else if active.len() < wanted {
        for _ in active.len()..wanted {
            create(&cluster, &set);
        }
    } else if active.len() > wanted {
        // those that serve nothing go first, then the youngest
        active.sort_by_key(|entry| (entry.ready, u64::MAX - entry.version));
        for entry in active.iter().take(active.len() - wanted) {
            deletion::delete(&cluster, &kind, entry, None, Dependents::Delete);
            let message = format!("Deleted pod: {}", entry.key.name);
            record::normal(&cluster, &set, "replicaset-controller", "SuccessfulDelete", &message);
        }
    }
    let entry = cluster.storage.read().get("replicasets.apps", &key.namespace, &key.name).cloned();
    if let Some(entry) = entry {
        counts::replica_set(&cluster, &entry);
    }
    if let Some(owner) = owner_of(&set, "Deployment") {
        super::deployment::sync(controllers, &ObjectKey::new(&key.namespace, owner));
    }
}

pub(super) fn owner_of<'a>(object: &'a Value, kind: &str) -> Option<&'a str> {
    let owners = object["metadata"]["ownerReferences"].as_array()?;
    owners.iter().find(|owner| owner["controller"] == true && owner["kind"] == kind)?["name"].as_str()
}

pub(super) fn active_pods(cluster: &Cluster, controller: &Value) -> Vec<Arc<Entry>> {
    let namespace = controller["metadata"]["namespace"].as_str().unwrap_or_default();
    let uid = controller["metadata"]["uid"].as_str().unwrap_or_default();
    let storage = cluster.storage.read();
    let pods = storage.list("pods", Some(namespace));
    pods.filter(|entry| entry.owner.as_deref() == Some(uid) && entry.is_active()).cloned().collect()
}

/// Takes what matches a controller's selector and is nobody's.
pub(super) fn adopt(cluster: &Cluster, controller: &Value, kind: &KindRef) {
    let namespace = controller["metadata"]["namespace"].as_str().unwrap_or_default();
    let selector = &controller["spec"]["selector"]["matchLabels"];
    let fits = |entry: &Entry| entry.owner.is_none() && !entry.deleting && endpoints::selects(selector, entry);
    for entry in cluster.entries(&kind.id, Some(namespace)).iter().filter(|entry| fits(entry)) {
        cluster.update(kind, namespace, &entry.key.name, |object| {
            let free = object["metadata"]["uid"] == *entry.uid && object["metadata"]["ownerReferences"].is_null();
            if free {
                object["metadata"]["ownerReferences"] = owner(controller);
            }
            free
        });
    }
}

fn create(cluster: &Cluster, set: &Value) {
    let name = format!(
        "{}-{}",
        set["metadata"]["name"].as_str().unwrap_or_default(),
        cluster.random(|random| suffix(random, 5))
    );
    create_pod(cluster, set, &name, |_| {});
    let message = format!("Created pod: {name}");
    record::normal(cluster, set, "replicaset-controller", "SuccessfulCreate", &message);
}

/// A new pod of any controller, still to be scheduled.
pub(super) fn create_pod(cluster: &Cluster, controller: &Value, name: &str, adapt: impl FnOnce(&mut Value)) {
    let now = cluster.now().as_second();
    let mut pod = pod::from_template(controller, &controller["spec"]["template"], name);
    adapt(&mut pod);
    inject::into_new_pod(cluster, &mut pod);
    let fields = managed::entries(&pod, "v1", "kube-controller-manager", now, now);
    pod["metadata"]["uid"] = json!(cluster.uid());
    pod["metadata"]["creationTimestamp"] = json!(time(now));
    pod["metadata"]["managedFields"] = json!([fields[0]]);
    cluster.put_owned(&cluster.kind("pods"), pod);
}
