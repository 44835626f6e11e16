//! The built-in kinds, one line each.

use std::sync::Arc;

use super::{Kind, Source};

/// group, version, kind, plural, short names, categories, subresources; `~` before the kind: cluster-scoped.
type Line = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const STORED: &[Line] = &[
    ("", "v1", "~ComponentStatus", "componentstatuses", "cs", "", ""),
    ("", "v1", "ConfigMap", "configmaps", "cm", "", ""),
    ("", "v1", "Endpoints", "endpoints", "ep", "", ""),
    ("", "v1", "Event", "events", "ev", "", ""),
    ("", "v1", "LimitRange", "limitranges", "limits", "", ""),
    ("", "v1", "~Namespace", "namespaces", "ns", "", "status"),
    ("", "v1", "~Node", "nodes", "no", "", "status"),
    ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", "pvc", "", "status"),
    ("", "v1", "~PersistentVolume", "persistentvolumes", "pv", "", "status"),
    ("", "v1", "Pod", "pods", "po", "all", "status log exec attach portforward eviction binding ephemeralcontainers"),
    ("", "v1", "PodTemplate", "podtemplates", "", "", ""),
    ("", "v1", "ReplicationController", "replicationcontrollers", "rc", "all", "status scale"),
    ("", "v1", "ResourceQuota", "resourcequotas", "quota", "", "status"),
    ("", "v1", "Secret", "secrets", "", "", ""),
    ("", "v1", "ServiceAccount", "serviceaccounts", "sa", "", "token"),
    ("", "v1", "Service", "services", "svc", "all", "status"),
    (
        "admissionregistration.k8s.io",
        "v1",
        "~MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
        "",
        "api-extensions",
        "",
    ),
    (
        "admissionregistration.k8s.io",
        "v1",
        "~ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
        "",
        "api-extensions",
        "",
    ),
    (
        "apiextensions.k8s.io",
        "v1",
        "~CustomResourceDefinition",
        "customresourcedefinitions",
        "crd crds",
        "api-extensions",
        "status",
    ),
    ("apiregistration.k8s.io", "v1", "~APIService", "apiservices", "", "api-extensions", "status"),
    ("apps", "v1", "ControllerRevision", "controllerrevisions", "", "", ""),
    ("apps", "v1", "DaemonSet", "daemonsets", "ds", "all", "status"),
    ("apps", "v1", "Deployment", "deployments", "deploy", "all", "status scale"),
    ("apps", "v1", "ReplicaSet", "replicasets", "rs", "all", "status scale"),
    ("apps", "v1", "StatefulSet", "statefulsets", "sts", "all", "status scale"),
    ("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa", "all", "status"),
    ("batch", "v1", "CronJob", "cronjobs", "cj", "all", "status"),
    ("batch", "v1", "Job", "jobs", "", "all", "status"),
    ("coordination.k8s.io", "v1", "Lease", "leases", "", "", ""),
    ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", "", "", ""),
    ("networking.k8s.io", "v1", "~IngressClass", "ingressclasses", "", "", ""),
    ("networking.k8s.io", "v1", "Ingress", "ingresses", "ing", "", "status"),
    ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", "netpol", "", ""),
    ("node.k8s.io", "v1", "~RuntimeClass", "runtimeclasses", "", "", ""),
    ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", "pdb", "", "status"),
    ("rbac.authorization.k8s.io", "v1", "~ClusterRoleBinding", "clusterrolebindings", "", "", ""),
    ("rbac.authorization.k8s.io", "v1", "~ClusterRole", "clusterroles", "", "", ""),
    ("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", "", "", ""),
    ("rbac.authorization.k8s.io", "v1", "Role", "roles", "", "", ""),
    ("scheduling.k8s.io", "v1", "~PriorityClass", "priorityclasses", "pc", "", ""),
    ("storage.k8s.io", "v1", "~CSIDriver", "csidrivers", "", "", ""),
    ("storage.k8s.io", "v1", "~CSINode", "csinodes", "", "", ""),
    ("storage.k8s.io", "v1", "~StorageClass", "storageclasses", "sc", "", ""),
    ("storage.k8s.io", "v1", "~VolumeAttachment", "volumeattachments", "", "", "status"),
];

const REVIEWS: &[Line] = &[
    ("authentication.k8s.io", "v1", "~SelfSubjectReview", "selfsubjectreviews", "", "", ""),
    ("authentication.k8s.io", "v1", "~TokenReview", "tokenreviews", "", "", ""),
    ("authorization.k8s.io", "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", "", "", ""),
    ("authorization.k8s.io", "v1", "~SelfSubjectAccessReview", "selfsubjectaccessreviews", "", "", ""),
    ("authorization.k8s.io", "v1", "~SelfSubjectRulesReview", "selfsubjectrulesreviews", "", "", ""),
    ("authorization.k8s.io", "v1", "~SubjectAccessReview", "subjectaccessreviews", "", "", ""),
];

const METRICS: &[Line] = &[
    ("metrics.k8s.io", "v1beta1", "~NodeMetrics", "nodes", "", "", ""),
    ("metrics.k8s.io", "v1beta1", "PodMetrics", "pods", "", "", ""),
];

pub(super) fn kinds() -> impl Iterator<Item = Kind> {
    let stored = STORED.iter().map(|line| kind(line, Source::Stored));
    let reviews = REVIEWS.iter().map(|line| kind(line, Source::Review));
    let metrics = METRICS.iter().map(|line| kind(line, Source::Metrics));
    stored.chain(reviews).chain(metrics)
}

fn kind(line: &Line, source: Source) -> Kind {
    let (group, version, kind, plural, short_names, categories, subresources) = *line;
    let words = |text: &str| text.split_whitespace().map(Arc::from).collect::<Vec<Arc<str>>>();
    let namespaced = !kind.starts_with('~');
    let kind = kind.trim_start_matches('~');
    // metrics-server leaves the singular name out
    let singular = if source == Source::Metrics { String::new() } else { kind.to_lowercase() };
    Kind {
        id: if group.is_empty() { plural.into() } else { format!("{plural}.{group}").into() },
        group: group.into(),
        version: version.into(),
        kind: kind.into(),
        plural: plural.into(),
        singular: singular.into(),
        short_names: words(short_names),
        categories: words(categories),
        namespaced,
        subresources: words(subresources),
        source,
        printer_columns: None,
    }
}
