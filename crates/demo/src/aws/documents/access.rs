//! Who may enter the clusters, and which service accounts have a role by association: at the start.

use periscope_model::aws::AccessScope;

use super::apps;
use super::examples::{NAMESPACE, SESSION_POLICY};
use crate::aws::estate::{DATA, EksCluster};
use crate::aws::registry::{AccessEntry, Association};
use crate::identity::SERVER;

const POLICIES: &str = "arn:aws:eks::aws:cluster-access-policy/";

/// Names of the policies that EKS manages.
pub(crate) const ACCESS_POLICIES: [&str; 16] = [
    "AmazonAIOpsAssistantPolicy",
    "AmazonEKSACKPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSArgoCDPolicy",
    "AmazonEKSAutoNodePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSHybridPolicy",
    "AmazonEKSKROPolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
    "AmazonEKSSecretReaderPolicy",
    "AmazonEKSViewPolicy",
];

pub(crate) fn access_policy_arn(name: &str) -> String {
    format!("{POLICIES}{name}")
}

/// `prod-eu` stands in the middle of its migration from the ConfigMap; `staging` is almost through.
pub(crate) fn entries(cluster: &EksCluster, now: i64) -> Vec<AccessEntry> {
    let production = cluster.name == "prod-eu";
    let role = |name: &str| format!("arn:aws:iam::{}:role/{name}", cluster.account.id);
    let entry = |name: &str| AccessEntry::new(cluster, &role(name), now - 60 * 86_400);
    let scoped = |mut entry: AccessEntry, policy: &str, scope: AccessScope| {
        entry.policies.insert(access_policy_arn(policy), (scope, entry.created));
        entry
    };
    let mut entries = vec![
        AccessEntry {
            kind: "EC2_LINUX".to_owned(),
            username: "system:node:{{EC2PrivateDNSName}}".to_owned(),
            groups: vec!["system:nodes".to_owned()],
            ..entry(&format!("{}-node", cluster.name))
        },
        AccessEntry { username: SERVER.to_owned(), ..entry(cluster.account.role) },
        scoped(entry("sre-oncall"), "AmazonEKSAdminViewPolicy", AccessScope::Cluster),
        scoped(entry("break-glass"), "AmazonEKSClusterAdminPolicy", AccessScope::Cluster),
        scoped(
            entry("payments-developers"),
            "AmazonEKSEditPolicy",
            AccessScope::Namespaces(vec!["payments".to_owned(), "shop".to_owned()]),
        ),
    ];
    if production {
        entries.push(scoped(entry("data-engineering"), "AmazonEKSViewPolicy", AccessScope::Cluster));
    } else {
        let groups = vec!["data-engineers".to_owned()];
        let team = AccessEntry { username: "data-engineering".to_owned(), groups, ..entry("data-engineering") };
        entries.push(scoped(team, "AmazonEKSEditPolicy", AccessScope::Namespaces(vec!["team-data".to_owned()])));
    }
    entries
}

/// `kube-system/aws-auth`: what is mapped there still. In `prod-eu` two are mapped there alone (one of them a master) and
/// two on both sides (the nodes alike, the data engineers not).
pub(crate) fn aws_auth(cluster: &EksCluster) -> (String, String) {
    let (production, staging) = (AWS_AUTH_PRODUCTION, AWS_AUTH_STAGING);
    let (roles, users) = if cluster.name == "prod-eu" { production } else { staging };
    (cluster.fill(roles), cluster.fill(users))
}

const AWS_AUTH_PRODUCTION: (&str, &str) = (
    "- rolearn: arn:aws:iam::<account>:role/<cluster>-node\n  username: system:node:{{EC2PrivateDNSName}}\n  groups:\n    - system:bootstrappers\n    - system:nodes\n- rolearn: arn:aws:iam::<account>:role/platform-admin\n  username: platform-admin:{{SessionName}}\n  groups:\n    - system:masters\n- rolearn: arn:aws:iam::<account>:role/data-engineering\n  username: data-engineering:{{SessionName}}\n  groups:\n    - data-engineers\n    - periscope-tier:write\n",
    "- userarn: arn:aws:iam::<account>:user/jenkins\n  username: jenkins\n  groups:\n    - deployers\n",
);

const AWS_AUTH_STAGING: (&str, &str) = (
    "- rolearn: arn:aws:iam::<account>:role/<cluster>-node\n  username: system:node:{{EC2PrivateDNSName}}\n  groups:\n    - system:bootstrappers\n    - system:nodes\n- rolearn: arn:aws:iam::<account>:role/data-engineering\n  username: data-engineering\n  groups:\n    - system:masters\n- rolearn: arn:aws:iam::<account>:role/ci-deployer\n  username: ci-deployer\n  groups:\n    - system:masters\n",
    "[]\n",
);

/// (namespace, service account, role) for what runs the cluster.
const PLATFORM: &[(&str, &str)] = &[
    ("karpenter", "karpenter"),
    ("kube-system", "ebs-csi-controller"),
    ("kube-system", "aws-load-balancer-controller"),
    ("kube-system", "aws-node"),
    ("external-secrets", "external-secrets"),
    ("cert-manager", "cert-manager"),
    ("monitoring", "log-agent"),
];

/// Service account of `aws-examples` with the name of its role.
const EXAMPLES: &[(&str, &str)] = &[
    ("service-wildcard", "service-wildcard"),
    ("shadowed-irsa", "shadowing"),
    ("unbound-association", "unbound-association"),
    ("default", "default-association"),
    ("shared-role-a", "shared-platform"),
    ("shared-role-b", "shared-platform"),
    ("role-chain", "role-chain"),
    ("target-role", "target-role"),
    ("session-policy", "session-policy"),
];

pub(crate) fn associations(cluster: &EksCluster, now: i64) -> Vec<Association> {
    let role = |name: &str| format!("arn:aws:iam::{}:role/{}-{name}", cluster.account.id, cluster.name);
    let made = |namespace: &str, account: &str, name: &str| {
        Association::new(cluster, (namespace, account), role(name), now - 45 * 86_400)
    };
    let mut all: Vec<Association> =
        PLATFORM.iter().map(|(namespace, account)| made(namespace, account, account)).collect();
    all.extend(EXAMPLES.iter().map(|(account, name)| made(NAMESPACE, account, name)));
    for association in all.iter_mut().filter(|association| association.namespace == NAMESPACE) {
        match association.service_account.as_str() {
            "target-role" => {
                let external = format!(
                    "{}/{}/{}/{NAMESPACE}/target-role",
                    cluster.account.region, cluster.account.id, cluster.name
                );
                association.external_id = Some(external);
                association.target_role_arn = Some(format!("arn:aws:iam::{}:role/lake/lake-target", DATA.id));
            }
            "session-policy" => {
                association.policy = Some(cluster.fill(SESSION_POLICY));
                association.disable_session_tags = true;
            }
            _ => {}
        }
    }
    let production = cluster.name == "prod-eu";
    for (namespace, name) in [("media", "transcoder"), ("platform", "backup")] {
        if apps::by_association(namespace, name) && (production || name == "transcoder") {
            all.push(Association::new(
                cluster,
                (namespace, name),
                format!("arn:aws:iam::{}:role/{}", cluster.account.id, apps::role_name(cluster.name, namespace, name)),
                now - 45 * 86_400,
            ));
        }
    }
    all
}
