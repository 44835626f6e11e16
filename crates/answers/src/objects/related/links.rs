//! Which kinds are tied to which, and how.

use periscope_model::KindId;
use periscope_store::Row;
use periscope_store::rows::UseKind;

use super::around::{Around, template};
use crate::kinds::known;

const TEMPLATED: &[&str] =
    &["deployments.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch", "pods"];
const OWNED: &[&str] = &["replicasets.apps", "pods", "jobs.batch", "endpointslices.discovery.k8s.io"];
const BINDINGS: &[&str] = &["rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io"];

/// What has to be read to answer for a kind, beside the kind itself.
#[expect(clippy::match_same_arms, reason = "it is a table: a kind is found under its own name")]
pub(super) fn neighbours(kind: &KindId) -> Vec<KindId> {
    let id = kind.to_string();
    let mut kinds: Vec<&str> = match id.as_str() {
        "pods" => {
            vec!["nodes", "services", "poddisruptionbudgets.policy", "persistentvolumeclaims", "replicasets.apps"]
        }
        "deployments.apps" => vec![
            "replicasets.apps",
            "pods",
            "services",
            "horizontalpodautoscalers.autoscaling",
            "poddisruptionbudgets.policy",
        ],
        "statefulsets.apps" | "replicasets.apps" => {
            vec![
                "pods",
                "services",
                "horizontalpodautoscalers.autoscaling",
                "poddisruptionbudgets.policy",
                "persistentvolumeclaims",
            ]
        }
        "daemonsets.apps" => vec!["pods", "services"],
        "jobs.batch" => vec!["pods"],
        "cronjobs.batch" => vec!["jobs.batch"],
        "services" => vec!["pods", "endpointslices.discovery.k8s.io", "ingresses.networking.k8s.io"],
        "ingresses.networking.k8s.io" => vec!["services"],
        "endpointslices.discovery.k8s.io" => vec!["pods", "services"],
        "nodes" => vec!["pods"],
        "namespaces" => vec!["resourcequotas", "limitranges"],
        "persistentvolumeclaims" => [TEMPLATED, &["persistentvolumes"]].concat(),
        "persistentvolumes" => vec!["persistentvolumeclaims"],
        "storageclasses.storage.k8s.io" => vec!["persistentvolumes", "persistentvolumeclaims"],
        "configmaps" => TEMPLATED.to_vec(),
        "secrets" => [TEMPLATED, &["ingresses.networking.k8s.io"]].concat(),
        "serviceaccounts" => [TEMPLATED, BINDINGS].concat(),
        "roles.rbac.authorization.k8s.io" | "clusterroles.rbac.authorization.k8s.io" => BINDINGS.to_vec(),
        "poddisruptionbudgets.policy" | "networkpolicies.networking.k8s.io" => vec!["pods"],
        "priorityclasses.scheduling.k8s.io" => TEMPLATED.to_vec(),
        _ if BINDINGS.contains(&id.as_str()) => vec![],
        "horizontalpodautoscalers.autoscaling" => vec!["deployments.apps", "statefulsets.apps"],
        // Anything may own what every controller makes.
        _ => [OWNED, TEMPLATED].concat(),
    };
    if periscope_store::is_typed(kind) {
        kinds.push(&id);
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter().map(known).collect()
}

pub(super) fn find(around: &mut Around<'_>) {
    owners(around);
    owned(around);
    selected(around);
    used(around);
    match around.place.kind.to_string().as_str() {
        "pods" => pod(around),
        "services" => service(around),
        "ingresses.networking.k8s.io" => ingress(around),
        "endpointslices.discovery.k8s.io" => endpoint_slice(around),
        "nodes" => node(around),
        "namespaces" => limits(around),
        "persistentvolumeclaims" => claim(around),
        "persistentvolumes" => volume(around),
        "storageclasses.storage.k8s.io" => storage_class(around),
        "horizontalpodautoscalers.autoscaling" => autoscaler(around),
        id if BINDINGS.contains(&id) => binding(around),
        _ => {}
    }
    users(around);
    granted(around);
}

fn owners(around: &mut Around<'_>) {
    let owners = around.object["metadata"]["ownerReferences"].as_array().cloned().unwrap_or_default();
    for owner in owners {
        let text = |field: &str| owner[field].as_str().unwrap_or_default();
        let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
        around.referred("owned by", group, text("kind"), text("name"));
    }
}

fn owned(around: &mut Around<'_>) {
    let uid = around.uid();
    if uid == 0 {
        return;
    }
    for kind in OWNED.iter().chain(TEMPLATED) {
        around.each("owns", kind, |row| row.meta.owners.iter().any(|owner| owner.uid == uid));
    }
}

/// Pods by the selector of the object's own row, and who selects the pods of a template.
fn selected(around: &mut Around<'_>) {
    let selector = around.own_row(|row| {
        let replicated = || {
            let set = row.deployment().map(|one| &one.replicas);
            let set = set.or_else(|| row.stateful_set().map(|one| &one.replicas));
            set.or_else(|| row.daemon_set().map(|one| &one.replicas))
                .or_else(|| row.replica_set().map(|one| &one.replicas))
        };
        let service = row.service().map(|one| &one.selector);
        let budget = || row.pod_disruption_budget().map(|one| &one.selector);
        service.or_else(budget).or_else(|| replicated().map(|one| &one.selector)).cloned()
    });
    if let Some(selector) = selector.flatten() {
        around.each("selects", "pods", |row| selector.matches(&row.meta.labels));
        // A service or a budget that shares a pod with a workload is tied to the workload; two services are not.
        if !matches!(around.place.kind.resource(), "services" | "poddisruptionbudgets") {
            let shared = around.labels_of_pods(&selector);
            for (relation, kind) in [("routed from", "services"), ("limited by", "poddisruptionbudgets.policy")] {
                around.each(relation, kind, |row| shared.iter().any(|labels| selects(row, labels)));
            }
        }
    }
    let (kind, name) = (around.place.kind.clone(), around.place.name.clone());
    around.each("scaled by", "horizontalpodautoscalers.autoscaling", |row| {
        row.horizontal_pod_autoscaler().is_some_and(|one| {
            *one.target.1 == name
                && &*one.target_group == kind.group()
                && kind.resource().starts_with(&one.target.0.to_lowercase())
        })
    });
    if around.place.kind.to_string() == "networkpolicies.networking.k8s.io" {
        let wanted = around.object["spec"]["podSelector"]["matchLabels"].as_object().cloned().unwrap_or_default();
        let plain = around.object["spec"]["podSelector"]["matchExpressions"].as_array().is_none_or(Vec::is_empty);
        around.each("limits", "pods", |row| {
            plain && wanted.iter().all(|(key, value)| row.meta.labels.get(key) == value.as_str())
        });
    }
}

fn selects(row: &Row, labels: &periscope_store::Labels) -> bool {
    let service = row.service().map(|one| &one.selector);
    let selector = service.or_else(|| row.pod_disruption_budget().map(|one| &one.selector));
    selector.is_some_and(|selector| selector.matches(labels))
}

/// What a pod or a template names.
fn used(around: &mut Around<'_>) {
    let named = around.own_row(|row| {
        template(row)
            .map(|template| (template.uses.clone(), template.service_account.clone(), template.priority_class.clone()))
    });
    let Some((uses, account, priority)) = named.flatten() else { return };
    let namespace = around.namespace();
    for one in &uses {
        let kind = match one.kind {
            UseKind::PersistentVolumeClaim => "persistentvolumeclaims",
            UseKind::ConfigMap => "configmaps",
            UseKind::Secret => "secrets",
        };
        around.named("uses", &known(kind), namespace, &one.name);
    }
    if let Some(account) = account {
        around.named("uses", &known("serviceaccounts"), namespace, &account);
    }
    if let Some(priority) = priority {
        around.named("uses", &known("priorityclasses.scheduling.k8s.io"), "", &priority);
    }
}

fn pod(around: &mut Around<'_>) {
    let node = around.object["spec"]["nodeName"].as_str().unwrap_or_default().to_owned();
    around.named("runs on", &known("nodes"), "", &node);
    if let Some(labels) = around.own_row(|row| row.meta.labels.clone()) {
        around.each("routed from", "services", |row| selects(row, &labels));
        around.each("limited by", "poddisruptionbudgets.policy", |row| selects(row, &labels));
    }
}

fn service(around: &mut Around<'_>) {
    let name = around.place.name.clone();
    let mut behind = Vec::new();
    around.look("endpointslices.discovery.k8s.io", |row| {
        if let Some(slice) = row.endpoint_slice().filter(|slice| slice.service.as_deref() == Some(&name)) {
            behind.extend(slice.endpoints.iter().filter_map(|endpoint| endpoint.pod.clone()));
        }
    });
    let (pods, namespace) = (known("pods"), around.namespace());
    for pod in behind {
        around.named("routes to", &pods, namespace, &pod);
    }
    around.each("routed from", "ingresses.networking.k8s.io", |row| {
        row.ingress().is_some_and(|ingress| ingress.backends.iter().any(|backend| *backend.service == *name))
    });
}

fn ingress(around: &mut Around<'_>) {
    let named = around.own_row(|row| {
        row.ingress().map(|ingress| {
            let services: Vec<_> = ingress.backends.iter().map(|backend| backend.service.clone()).collect();
            (services, ingress.secrets.clone(), ingress.class.clone())
        })
    });
    let Some((services, secrets, class)) = named.flatten() else { return };
    let namespace = around.namespace();
    for service in services {
        around.named("routes to", &known("services"), namespace, &service);
    }
    for secret in &secrets {
        around.named("uses", &known("secrets"), namespace, secret);
    }
    if let Some(class) = class {
        around.named("uses", &known("ingressclasses.networking.k8s.io"), "", &class);
    }
}

fn endpoint_slice(around: &mut Around<'_>) {
    let behind = around.own_row(|row| {
        row.endpoint_slice()
            .map(|slice| slice.endpoints.iter().filter_map(|endpoint| endpoint.pod.clone()).collect::<Vec<_>>())
    });
    let namespace = around.namespace();
    for pod in behind.flatten().unwrap_or_default() {
        around.named("routes to", &known("pods"), namespace, &pod);
    }
}

fn node(around: &mut Around<'_>) {
    let name = around.place.name.clone();
    around.each("runs", "pods", |row| row.pod().is_some_and(|pod| pod.node.as_deref() == Some(&*name)));
}

fn limits(around: &mut Around<'_>) {
    let name = around.place.name.clone();
    for kind in ["resourcequotas", "limitranges"] {
        around.each("limited by", kind, |row| *row.meta.namespace == *name);
    }
}

fn claim(around: &mut Around<'_>) {
    let volume = around.object["spec"]["volumeName"].as_str().unwrap_or_default().to_owned();
    around.named("bound to", &known("persistentvolumes"), "", &volume);
    class_of(around);
}

fn volume(around: &mut Around<'_>) {
    let claim = &around.object["spec"]["claimRef"];
    let text = |field: &str| claim[field].as_str().unwrap_or_default().to_owned();
    let (namespace, name) = (text("namespace"), text("name"));
    around.named("bound to", &known("persistentvolumeclaims"), &namespace, &name);
    class_of(around);
}

fn class_of(around: &mut Around<'_>) {
    let class = around.object["spec"]["storageClassName"].as_str().unwrap_or_default().to_owned();
    around.named("uses", &known("storageclasses.storage.k8s.io"), "", &class);
}

fn storage_class(around: &mut Around<'_>) {
    let name = around.place.name.clone();
    around.each("used by", "persistentvolumes", |row| {
        row.persistent_volume().is_some_and(|one| one.storage_class.as_deref() == Some(&*name))
    });
    around.each("used by", "persistentvolumeclaims", |row| {
        row.persistent_volume_claim().is_some_and(|one| one.storage_class.as_deref() == Some(&*name))
    });
}

fn autoscaler(around: &mut Around<'_>) {
    let target = &around.object["spec"]["scaleTargetRef"];
    let text = |field: &str| target[field].as_str().unwrap_or_default().to_owned();
    let version = text("apiVersion");
    let group = version.split_once('/').map_or("", |(group, _)| group);
    around.referred("scales", group, &text("kind"), &text("name"));
}

fn binding(around: &mut Around<'_>) {
    let role = &around.object["roleRef"];
    let text = |field: &str| role[field].as_str().unwrap_or_default().to_owned();
    around.referred("grants", &text("apiGroup"), &text("kind"), &text("name"));
    let subjects = around.object["subjects"].as_array().cloned().unwrap_or_default();
    for subject in subjects.iter().filter(|subject| subject["kind"] == "ServiceAccount") {
        let text = |field: &str| subject[field].as_str().unwrap_or_default();
        around.named("bound to", &known("serviceaccounts"), text("namespace"), text("name"));
    }
}

/// Who names this ConfigMap, Secret, claim, service account or priority class. Pods of a workload are told as it.
fn users(around: &mut Around<'_>) {
    let name = around.place.name.clone();
    let wanted = match around.place.kind.to_string().as_str() {
        "configmaps" => Some(UseKind::ConfigMap),
        "secrets" => Some(UseKind::Secret),
        "persistentvolumeclaims" => Some(UseKind::PersistentVolumeClaim),
        "serviceaccounts" | "priorityclasses.scheduling.k8s.io" => None,
        _ => return,
    };
    let account = around.place.kind.resource() == "serviceaccounts";
    let names = |row: &Row| {
        template(row).is_some_and(|template| match wanted {
            Some(kind) => template.uses.iter().any(|one| one.kind == kind && *one.name == *name),
            None if account => template.service_account.as_deref().unwrap_or("default") == name,
            None => template.priority_class.as_deref() == Some(&*name),
        })
    };
    for kind in TEMPLATED {
        // A claim is used by pods: its StatefulSet names only a template of it.
        let pods_count = *kind != "pods" || wanted == Some(UseKind::PersistentVolumeClaim);
        around.each("used by", kind, |row| names(row) && (pods_count || row.meta.owners.is_empty()));
    }
    around.each("used by", "ingresses.networking.k8s.io", |row| {
        wanted == Some(UseKind::Secret)
            && row.ingress().is_some_and(|ingress| ingress.secrets.iter().any(|secret| **secret == *name))
    });
}

/// The bindings that name this role or service account.
fn granted(around: &mut Around<'_>) {
    let (name, namespace) = (around.place.name.clone(), around.namespace().to_owned());
    let kind = match around.place.kind.resource() {
        "roles" => "Role",
        "clusterroles" => "ClusterRole",
        "serviceaccounts" => "ServiceAccount",
        _ => return,
    };
    for binding in BINDINGS {
        around.each_everywhere("granted by", binding, |row| {
            row.role_binding().is_some_and(|binding| match kind {
                "ServiceAccount" => binding.subjects.iter().any(|subject| {
                    &*subject.kind == kind
                        && *subject.name == *name
                        && subject.namespace.as_deref() == Some(&*namespace)
                }),
                "Role" => {
                    &*binding.role.kind == kind && *binding.role.name == *name && *row.meta.namespace == *namespace
                }
                _ => &*binding.role.kind == kind && *binding.role.name == *name,
            })
        });
    }
}
