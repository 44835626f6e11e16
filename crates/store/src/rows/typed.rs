//! The kinds that have typed rows.

use periscope_model::KindId;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Typed {
    Pod,
    Node,
    Namespace,
    Deployment,
    StatefulSet,
    DaemonSet,
    ReplicaSet,
    Job,
    CronJob,
    Service,
    Ingress,
    EndpointSlice,
    ServiceAccount,
    PersistentVolume,
    PersistentVolumeClaim,
    PodDisruptionBudget,
    HorizontalPodAutoscaler,
    Event,
    Role,
    RoleBinding,
}

impl Typed {
    pub(crate) fn of(kind: &KindId) -> Option<Self> {
        Some(match (kind.group(), kind.resource()) {
            ("", "pods") => Self::Pod,
            ("", "nodes") => Self::Node,
            ("", "namespaces") => Self::Namespace,
            ("apps", "deployments") => Self::Deployment,
            ("apps", "statefulsets") => Self::StatefulSet,
            ("apps", "daemonsets") => Self::DaemonSet,
            ("apps", "replicasets") => Self::ReplicaSet,
            ("batch", "jobs") => Self::Job,
            ("batch", "cronjobs") => Self::CronJob,
            ("", "services") => Self::Service,
            ("networking.k8s.io", "ingresses") => Self::Ingress,
            ("discovery.k8s.io", "endpointslices") => Self::EndpointSlice,
            ("", "serviceaccounts") => Self::ServiceAccount,
            ("", "persistentvolumes") => Self::PersistentVolume,
            ("", "persistentvolumeclaims") => Self::PersistentVolumeClaim,
            ("policy", "poddisruptionbudgets") => Self::PodDisruptionBudget,
            ("autoscaling", "horizontalpodautoscalers") => Self::HorizontalPodAutoscaler,
            ("" | "events.k8s.io", "events") => Self::Event,
            ("rbac.authorization.k8s.io", "roles" | "clusterroles") => Self::Role,
            ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => Self::RoleBinding,
            _ => return None,
        })
    }
}

/// Whether the inventory keeps typed rows of `kind`; every other kind is kept as a table.
pub fn is_typed(kind: &KindId) -> bool {
    Typed::of(kind).is_some()
}
