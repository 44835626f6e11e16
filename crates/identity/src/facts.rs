//! What answers are made from: plain data of one cluster, as far as the caller may see it.

use std::sync::Arc;

use jiff::Timestamp;
use periscope_model::aws::{AccessEntry, EksCluster, InstanceMetadata, Observed, PodIdentityAssociation};
use periscope_model::{ClusterId, KindId, ObjectRef, Scope};

use crate::AwsAuth;
use crate::arn;

/// The service account of a pod that names none.
pub const DEFAULT_SERVICE_ACCOUNT: &str = "default";

/// One cluster: Kubernetes objects only of the namespaces in `scope`, EKS's lists whole (what lies outside of `scope` is
/// left out of answers).
#[derive(Debug, Clone)]
pub struct ClusterFacts {
    pub cluster: ClusterId,
    /// From the configuration; `eks` may be unread.
    pub arn: Option<String>,
    pub eks: Observed<EksCluster>,
    pub access_entries: Observed<Vec<AccessEntry>>,
    pub associations: Observed<Vec<PodIdentityAssociation>>,
    pub instances: Observed<Vec<InstanceMetadata>>,
    /// A ConfigMap that does not exist is read, too: `AwsAuth::absent`.
    pub aws_auth: Observed<AwsAuth>,
    /// The namespaces that the Kubernetes objects below are of.
    pub scope: Scope,
    pub service_accounts: Observed<Vec<ServiceAccountFacts>>,
    pub pods: Observed<Vec<PodFacts>>,
    pub workloads: Observed<Vec<WorkloadFacts>>,
    pub nodes: Observed<Vec<NodeFacts>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceAccountFacts {
    pub namespace: Arc<str>,
    pub name: Arc<str>,
    /// `eks.amazonaws.com/role-arn`
    pub role_arn: Option<Arc<str>>,
    /// `eks.amazonaws.com/audience`; absent means `sts.amazonaws.com`.
    pub audience: Option<Arc<str>>,
    pub created: Option<Timestamp>,
}

/// A running or pending pod; those that ended have no identity any more.
#[derive(Debug, Clone, PartialEq)]
pub struct PodFacts {
    pub namespace: Arc<str>,
    pub name: Arc<str>,
    /// As the pod says; the API server writes `default` where the author wrote none.
    pub service_account: Arc<str>,
    /// What stands at the top of its owners: the Deployment, not the ReplicaSet; the pod itself when nothing owns it.
    pub workload: ObjectRef,
    pub created: Option<Timestamp>,
    pub host_network: bool,
    pub node: Option<Arc<str>>,
    /// Main containers and sidecars, in the order of the spec; init containers are left out.
    pub containers: Vec<ContainerFacts>,
}

/// A workload's template: what its next pod will be made from, before webhooks.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkloadFacts {
    pub workload: ObjectRef,
    pub service_account: Arc<str>,
    pub host_network: bool,
    pub containers: Vec<ContainerFacts>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContainerFacts {
    pub name: Arc<str>,
    pub environment: AwsEnvironment,
}

/// What of a container's environment decides its AWS identity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AwsEnvironment {
    /// `AWS_ROLE_ARN`
    pub role_arn: Option<Arc<str>>,
    /// `AWS_WEB_IDENTITY_TOKEN_FILE`
    pub token_file: Option<Arc<str>>,
    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI`
    pub credentials_uri: Option<Arc<str>>,
    /// The names of the variables that hold static keys, such as `AWS_ACCESS_KEY_ID`; never what is in them.
    pub static_keys: Vec<Arc<str>>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeFacts {
    pub name: Arc<str>,
    /// `aws:///eu-west-1a/i-0123456789abcdef0`
    pub provider_id: Option<Arc<str>>,
}

/// What a node is, by its provider id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind<'a> {
    /// With its instance id.
    Ec2(&'a str),
    /// Instance metadata cannot be reached there.
    Fargate,
    /// Not in AWS at all.
    Hybrid,
    Unknown,
}

impl AwsEnvironment {
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

impl NodeFacts {
    pub fn kind(&self) -> NodeKind<'_> {
        let Some(id) = self.provider_id.as_deref() else { return NodeKind::Unknown };
        if id.starts_with("eks-hybrid:") {
            return NodeKind::Hybrid;
        }
        let end = id.rsplit('/').next().unwrap_or_default();
        match end {
            _ if !id.starts_with("aws:") => NodeKind::Unknown,
            _ if end.starts_with("fargate-") => NodeKind::Fargate,
            _ if end.starts_with("i-") => NodeKind::Ec2(end),
            _ => NodeKind::Unknown,
        }
    }
}

/// The service account of a pod or template as it is named there.
pub fn service_account_name(named: Option<&str>) -> &str {
    named.filter(|name| !name.is_empty()).unwrap_or(DEFAULT_SERVICE_ACCOUNT)
}

impl ClusterFacts {
    /// Nothing known yet.
    pub fn new(cluster: ClusterId, scope: Scope) -> Self {
        Self {
            cluster,
            arn: None,
            eks: Observed::default(),
            access_entries: Observed::default(),
            associations: Observed::default(),
            instances: Observed::default(),
            aws_auth: Observed::default(),
            scope,
            service_accounts: Observed::default(),
            pods: Observed::default(),
            workloads: Observed::default(),
            nodes: Observed::default(),
        }
    }

    pub fn arn(&self) -> Option<&str> {
        self.eks.value.as_ref().map(|eks| eks.arn.as_str()).or(self.arn.as_deref())
    }

    pub fn account(&self) -> Option<&str> {
        self.arn().and_then(arn::account_of)
    }

    pub fn region(&self) -> Option<&str> {
        self.arn()?.split(':').nth(3).filter(|region| !region.is_empty())
    }

    pub fn partition(&self) -> &str {
        self.arn().map_or("aws", arn::partition_of)
    }

    /// The name in AWS, which need not be the id here.
    pub fn eks_name(&self) -> Option<&str> {
        self.arn().map(arn::name_of)
    }

    pub fn issuer(&self) -> Option<&str> {
        self.eks.value.as_ref()?.issuer.as_deref()
    }

    pub fn authentication_mode(&self) -> Option<&str> {
        self.eks.value.as_ref()?.authentication_mode.as_deref()
    }

    pub fn sees(&self, namespace: &str) -> bool {
        self.scope.cluster_wide || self.scope.namespaces.iter().any(|one| one == namespace)
    }

    /// Whether a subject of service account tokens, or a pattern of them, speaks of nothing but what may be seen: of a
    /// namespace that is, or of none in particular.
    pub fn sees_subject(&self, subject: &str) -> bool {
        let mut parts = subject.split(':').skip(2);
        parts.next().is_none_or(|namespace| self.sees_like(namespace))
    }

    /// The same of a namespace, or a pattern of namespaces.
    fn sees_like(&self, namespace: &str) -> bool {
        let in_general = namespace.bytes().all(|byte| matches!(byte, b'*' | b'?'));
        in_general || self.sees(namespace) || self.scope.namespaces.iter().any(|one| arn::glob(namespace, one))
    }

    /// Whether the value that a condition compares a key with speaks of nobody who may not be seen.
    pub fn sees_value(&self, key: &str, value: &str) -> bool {
        let key = key.to_ascii_lowercase();
        let accounts = self.service_accounts.value.iter().flat_map(|all| all.iter());
        match key.rsplit('/').next().unwrap_or_default() {
            _ if self.scope.cluster_wide => true,
            _ if key.ends_with(":sub") => self.sees_subject(value),
            "kubernetes-namespace" => self.sees_like(value),
            "kubernetes-service-account" => accounts.map(|one| &one.name).any(|name| arn::glob(value, name)),
            "kubernetes-pod-name" | "kubernetes-pod-uid" => value.bytes().all(|byte| byte == b'*'),
            // As EKS makes it: region, account, cluster, namespace, service account.
            "sts:externalid" => value.rsplit('/').nth(1).is_some_and(|namespace| self.sees_like(namespace)),
            _ => true,
        }
    }

    pub(crate) fn object(&self, kind: &str, namespace: Option<&str>, name: &str) -> Option<ObjectRef> {
        let kind: KindId = kind.parse().ok()?;
        Some(ObjectRef {
            cluster: self.cluster.clone(),
            kind,
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_id_tells_what_a_node_is() {
        let node = |id: &str| NodeFacts { provider_id: Some(id.into()), ..NodeFacts::default() };
        assert_eq!(node("aws:///eu-west-1a/i-0abc").kind(), NodeKind::Ec2("i-0abc"));
        assert_eq!(node("aws:///eu-west-1b/1f2e-3d/fargate-ip-10-0-1-2.internal").kind(), NodeKind::Fargate);
        assert_eq!(node("eks-hybrid:///eu-west-1/prod/mi-0abc").kind(), NodeKind::Hybrid);
        assert_eq!(node("kind://docker/kind/i-0abc").kind(), NodeKind::Unknown);
        assert_eq!(NodeFacts::default().kind(), NodeKind::Unknown);
    }

    #[test]
    fn a_cluster_speaks_of_itself_as_far_as_it_is_known() {
        let mut facts = ClusterFacts::new(ClusterId::slug("prod"), Scope::everywhere());
        assert_eq!((facts.account(), facts.region(), facts.issuer()), (None, None, None));
        facts.arn = Some("arn:aws-cn:eks:cn-north-1:111122223333:cluster/prod-eu".into());
        assert_eq!((facts.account(), facts.region()), (Some("111122223333"), Some("cn-north-1")));
        assert_eq!((facts.partition(), facts.eks_name()), ("aws-cn", Some("prod-eu")));
    }
}
