//! The table, from the user guide as of December 2025. `extensions` is left out of the rules: no served version has it.

use super::{AccessPolicy, TableRule};

const READ: &str = "get list watch";
const WRITE: &str = "create delete deletecollection patch update";

const APPS_READ: TableRule = TableRule(
    "apps",
    "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets \
     replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status",
    READ,
);
const APPS_WRITE: TableRule = TableRule(
    "apps",
    "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets \
     statefulsets/scale",
    WRITE,
);
const SCALING_READ: TableRule =
    TableRule("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status", READ);
const SCALING_WRITE: TableRule = TableRule("autoscaling", "horizontalpodautoscalers", WRITE);
const BATCH_READ: TableRule = TableRule("batch", "cronjobs cronjobs/status jobs jobs/status", READ);
const BATCH_WRITE: TableRule = TableRule("batch", "cronjobs jobs", WRITE);
const SLICES_READ: TableRule = TableRule("discovery.k8s.io", "endpointslices", READ);
const NETWORK_READ: TableRule = TableRule("networking.k8s.io", "ingresses ingresses/status networkpolicies", READ);
const NETWORK_WRITE: TableRule = TableRule("networking.k8s.io", "ingresses networkpolicies", WRITE);
const BUDGETS_READ: TableRule = TableRule("policy", "poddisruptionbudgets poddisruptionbudgets/status", READ);
const BUDGETS_WRITE: TableRule = TableRule("policy", "poddisruptionbudgets", WRITE);
const CORE_READ: TableRule = TableRule(
    "core",
    "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers \
     replicationcontrollers/scale serviceaccounts services services/status",
    READ,
);
const CORE_READ_MORE: TableRule = TableRule(
    "core",
    "bindings events limitranges namespaces namespaces/status pods/log pods/status replicationcontrollers/status \
     resourcequotas resourcequotas/status",
    READ,
);
const SECRETS_READ: TableRule =
    TableRule("core", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy", READ);
const CORE_WRITE: TableRule = TableRule(
    "core",
    "configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets \
     serviceaccounts services services/proxy",
    WRITE,
);
const PODS_WRITE: TableRule = TableRule("core", "pods pods/attach pods/exec pods/portforward pods/proxy", WRITE);
const IMPERSONATE: TableRule = TableRule("core", "serviceaccounts", "impersonate");

macro_rules! with_view {
    ($($more:expr),* $(,)?) => {
        &[APPS_READ, SCALING_READ, BATCH_READ, SLICES_READ, NETWORK_READ, BUDGETS_READ, CORE_READ, CORE_READ_MORE, $($more),*]
    };
}

macro_rules! with_edit {
    ($($more:expr),* $(,)?) => {
        with_view![
            APPS_WRITE, SCALING_WRITE, BATCH_WRITE, NETWORK_WRITE, BUDGETS_WRITE, SECRETS_READ, CORE_WRITE, PODS_WRITE,
            IMPERSONATE, $($more),*
        ]
    };
}

const fn ours(name: &'static str, means: &'static str, rules: &'static [TableRule]) -> AccessPolicy {
    AccessPolicy { name, means, custom_resources: false, internal: false, rules }
}

const fn of_every_group(name: &'static str, means: &'static str, rules: &'static [TableRule]) -> AccessPolicy {
    AccessPolicy { name, means, custom_resources: true, internal: false, rules }
}

const fn internal(name: &'static str, means: &'static str) -> AccessPolicy {
    AccessPolicy { name, means, custom_resources: false, internal: true, rules: &[] }
}

pub(super) const POLICIES: &[AccessPolicy] = &[
    of_every_group(
        "AmazonEKSClusterAdminPolicy",
        "do everything with every resource and every path of the API, like ClusterRole cluster-admin",
        &[TableRule("*", "*", "*")],
    ),
    ours(
        "AmazonEKSAdminPolicy",
        "change most resources, read and write Secrets, run commands in pods, use every ServiceAccount, and grant Roles, like \
         ClusterRole admin",
        with_edit![
            TableRule(
                "rbac.authorization.k8s.io",
                "rolebindings roles",
                "create delete deletecollection get list patch update watch"
            ),
            TableRule("authorization.k8s.io", "localsubjectaccessreviews", "create"),
        ],
    ),
    of_every_group(
        "AmazonEKSAdminViewPolicy",
        "read every resource, Secrets included, and change none",
        &[TableRule("*", "*", READ)],
    ),
    ours(
        "AmazonEKSEditPolicy",
        "change most resources, read and write Secrets, run commands in pods and use every ServiceAccount, but grant no Roles, \
         like ClusterRole edit",
        with_edit![],
    ),
    ours(
        "AmazonEKSViewPolicy",
        "read most resources and logs, but neither Secrets nor Roles, like ClusterRole view",
        with_view![],
    ),
    ours("AmazonEKSSecretReaderPolicy", "read Secrets and nothing else", &[TableRule("core", "secrets", READ)]),
    ours("AmazonEKSHybridPolicy", "list nodes; EKS uses it for hybrid nodes", &[TableRule("*", "nodes", "list")]),
    internal(
        "AmazonEKSAutoNodePolicy",
        "run the parts of an Auto Mode node: proxy, addresses, DNS, storage, devices and monitoring",
    ),
    internal("AmazonEKSBlockStoragePolicy", "hold the leases of Auto Mode's block storage"),
    internal("AmazonEKSLoadBalancingPolicy", "hold the leases of Auto Mode's load balancing"),
    internal("AmazonEKSNetworkingPolicy", "hold the leases of Auto Mode's networking"),
    internal("AmazonEKSComputePolicy", "hold the leases of Auto Mode's compute, and read other leases"),
    internal(
        "AmazonEKSBlockStorageClusterPolicy",
        "manage volumes, attachments, snapshots and CSI drivers for Auto Mode",
    ),
    internal(
        "AmazonEKSComputeClusterPolicy",
        "manage nodes, NodePools, NodeClaims and NodeClasses for Auto Mode, and evict pods",
    ),
    internal(
        "AmazonEKSLoadBalancingClusterPolicy",
        "manage Services, Ingresses, target groups and their webhooks for Auto Mode",
    ),
    internal("AmazonEKSNetworkingClusterPolicy", "manage CNINodes and read nodes and pods for Auto Mode"),
    internal("AmazonEKSClusterInsightsPolicy", "read nodes and kube-proxy's configuration for upgrade insights"),
];
