//! The kinds a cluster serves, grouped the way people look for them.

mod live;

use periscope_cluster::ApiResource;
use periscope_model::{ClusterId, KindId};
use serde::Serialize;

use crate::app::App;
use crate::clusters::Discovered;
use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KindList {
    pub groups: Vec<KindGroup>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KindGroup {
    /// `workloads`, `network`, … or the API group of custom resources.
    pub id: String,
    pub title: String,
    pub kinds: Vec<Kind>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kind {
    #[schema(value_type = String)]
    pub id: KindId,
    pub group: String,
    pub version: String,
    pub kind: String,
    pub resource: String,
    pub singular: String,
    pub short_names: Vec<String>,
    pub categories: Vec<String>,
    pub namespaced: bool,
    pub verbs: Vec<String>,
    /// Not one of Kubernetes' own.
    pub custom: bool,
    pub served: Served,
}

/// Where a list of the kind comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Served {
    /// From the inventory, in typed rows.
    Rows,
    /// From the inventory, with the API server's own columns.
    Table,
    /// Live as the caller, with the API server's own columns.
    Live,
}

/// Kubernetes' own kinds in the order of the navigation; what is served but not named here follows its group.
const GROUPS: &[(&str, &str, &[&str])] = &[
    (
        "workloads",
        "Workloads",
        &[
            "pods",
            "deployments.apps",
            "statefulsets.apps",
            "daemonsets.apps",
            "jobs.batch",
            "cronjobs.batch",
            "replicasets.apps",
            "replicationcontrollers",
            "horizontalpodautoscalers.autoscaling",
            "poddisruptionbudgets.policy",
            "podtemplates",
            "controllerrevisions.apps",
        ],
    ),
    (
        "network",
        "Network",
        &[
            "services",
            "ingresses.networking.k8s.io",
            "endpointslices.discovery.k8s.io",
            "networkpolicies.networking.k8s.io",
            "ingressclasses.networking.k8s.io",
            "endpoints",
        ],
    ),
    ("config", "Config", &["configmaps", "secrets", "resourcequotas", "limitranges"]),
    ("storage", "Storage", &["persistentvolumeclaims", "persistentvolumes", "storageclasses.storage.k8s.io"]),
    (
        "cluster",
        "Cluster",
        &[
            "nodes",
            "namespaces",
            "events",
            "customresourcedefinitions.apiextensions.k8s.io",
            "priorityclasses.scheduling.k8s.io",
            "runtimeclasses.node.k8s.io",
            "leases.coordination.k8s.io",
            "apiservices.apiregistration.k8s.io",
            "componentstatuses",
        ],
    ),
    (
        "access",
        "Access",
        &[
            "serviceaccounts",
            "roles.rbac.authorization.k8s.io",
            "rolebindings.rbac.authorization.k8s.io",
            "clusterroles.rbac.authorization.k8s.io",
            "clusterrolebindings.rbac.authorization.k8s.io",
        ],
    ),
];

/// Groups that Kubernetes itself serves, beside every `*.k8s.io`.
const BUILT_IN: &[&str] = &["", "apps", "batch", "autoscaling", "policy", "extensions"];

impl App {
    /// Every listable kind of the cluster.
    pub async fn kinds(&self, _: &Context, cluster: &ClusterId) -> Result<KindList, Error> {
        let cluster = self.clusters.get(cluster)?;
        Ok(grouped(cluster.discovered().await?.as_ref()))
    }
}

/// A kind of Kubernetes' own, by its id.
pub(crate) fn known(id: &str) -> KindId {
    id.parse().expect("the ids in our code are written as kubectl writes them")
}

/// Secrets never enter the inventory; nor does what says more than objects (reviews cannot be listed at all).
pub(crate) fn is_sensitive(kind: &KindId) -> bool {
    kind.group().is_empty() && kind.resource() == "secrets"
}

pub(crate) fn kind_of(resource: &ApiResource) -> Kind {
    let id = &resource.kind_id;
    let served = if is_sensitive(id) {
        Served::Live
    } else if periscope_store::is_typed(id) {
        Served::Rows
    } else {
        Served::Table
    };
    Kind {
        id: id.clone(),
        group: id.group().to_owned(),
        version: resource.version.to_string(),
        kind: resource.kind.clone(),
        resource: id.resource().to_owned(),
        singular: if resource.singular.is_empty() { resource.kind.to_lowercase() } else { resource.singular.clone() },
        short_names: resource.short_names.clone(),
        categories: resource.categories.clone(),
        namespaced: resource.namespaced,
        verbs: resource.verbs.clone(),
        custom: !is_built_in(id.group()),
        served,
    }
}

pub(crate) fn grouped(discovered: &Discovered) -> KindList {
    let listable =
        discovered.resources.iter().filter(|resource| resource.can("list") && !is_twin(resource, discovered));
    let mut groups: Vec<KindGroup> = GROUPS
        .iter()
        .map(|(id, title, _)| KindGroup { id: (*id).into(), title: (*title).into(), kinds: vec![] })
        .collect();
    let built_in = groups.len();
    for resource in listable {
        let kind = kind_of(resource);
        let home = home_of(&kind);
        match groups.iter_mut().find(|group| group.id == home) {
            Some(group) => group.kinds.push(kind),
            None => groups.push(KindGroup { id: home.clone(), title: home, kinds: vec![kind] }),
        }
    }
    for (group, (_, _, order)) in groups.iter_mut().zip(GROUPS) {
        group.kinds.sort_by_key(|kind| {
            let id = kind.id.to_string();
            (order.iter().position(|known| *known == id).unwrap_or(usize::MAX), id)
        });
    }
    groups[built_in..].sort_by(|a, b| a.id.cmp(&b.id));
    groups.retain(|group| !group.kinds.is_empty());
    KindList { groups }
}

/// Events are served twice, in the core group and in their own: one is enough.
fn is_twin(resource: &ApiResource, discovered: &Discovered) -> bool {
    let id = &resource.kind_id;
    id.group() == "events.k8s.io" && discovered.resources.iter().any(|other| other.kind_id.to_string() == "events")
}

fn home_of(kind: &Kind) -> String {
    let id = kind.id.to_string();
    if let Some((home, _, _)) = GROUPS.iter().find(|(_, _, kinds)| kinds.contains(&id.as_str())) {
        return (*home).to_owned();
    }
    let home = match kind.group.as_str() {
        "apps" | "batch" | "autoscaling" | "policy" => "workloads",
        "networking.k8s.io" | "discovery.k8s.io" => "network",
        "storage.k8s.io" | "snapshot.storage.k8s.io" => "storage",
        "rbac.authorization.k8s.io" | "certificates.k8s.io" => "access",
        group if is_built_in(group) => "cluster",
        group => group,
    };
    home.to_owned()
}

fn is_built_in(group: &str) -> bool {
    // Groups of add-ons live under k8s.io too (metrics.k8s.io, snapshot.storage.k8s.io); they are no objects of the
    // cluster's own, but nobody looks for them among custom resources either.
    BUILT_IN.contains(&group)
        || (group.ends_with(".k8s.io") && !group.ends_with(".x-k8s.io") && !group.starts_with("gateway."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(id: &str, kind: &str) -> ApiResource {
        ApiResource {
            kind_id: id.parse().expect("a valid kind"),
            version: "v1".into(),
            kind: kind.into(),
            singular: String::new(),
            short_names: vec![],
            categories: vec![],
            namespaced: true,
            verbs: vec!["list".into(), "get".into()],
        }
    }

    #[test]
    fn kinds_stand_where_people_look_for_them() {
        let ids = [
            ("widgets.example.com", "Widget"),
            ("secrets", "Secret"),
            ("replicasets.apps", "ReplicaSet"),
            ("pods", "Pod"),
            ("events", "Event"),
            ("events.events.k8s.io", "Event"),
            ("csidrivers.storage.k8s.io", "CSIDriver"),
            ("nodepools.karpenter.sh", "NodePool"),
        ];
        let found = Discovered::new(ids.iter().map(|(id, kind)| resource(id, kind)).collect(), vec![]);
        let shown: Vec<String> = grouped(&found)
            .groups
            .iter()
            .map(|group| {
                format!(
                    "{}: {}",
                    group.title,
                    group.kinds.iter().map(|k| k.id.to_string()).collect::<Vec<_>>().join(" ")
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                "Workloads: pods replicasets.apps",
                "Config: secrets",
                "Storage: csidrivers.storage.k8s.io",
                "Cluster: events",
                "example.com: widgets.example.com",
                "karpenter.sh: nodepools.karpenter.sh",
            ]
        );
    }

    #[test]
    fn secrets_are_live_and_custom_resources_are_told() {
        assert_eq!(kind_of(&resource("secrets", "Secret")).served, Served::Live);
        assert_eq!(kind_of(&resource("pods", "Pod")).served, Served::Rows);
        let custom = kind_of(&resource("nodepools.karpenter.sh", "NodePool"));
        assert!(custom.custom && custom.served == Served::Table);
        assert_eq!(custom.singular, "nodepool");
    }
}
