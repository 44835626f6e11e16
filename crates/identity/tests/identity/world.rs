//! A cluster made of what a test says.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use periscope_identity::{
    AccountFacts, Accounts, AwsAuth, AwsEnvironment, ClusterFacts, ContainerFacts, Identities, NodeFacts, PodFacts,
    ServiceAccountFacts, WorkloadFacts,
};
use periscope_model::aws::{
    AccessEntry, AccessScope, AccountIam, AssociatedAccessPolicy, EksCluster, InlinePolicy, InstanceMetadata,
    ManagedPolicy, Observed, OidcProvider, OrganizationLevel, OrganizationPath, PodIdentityAssociation, Role, RoleRead,
};
use periscope_model::{ClusterId, Gap, ObjectRef, Scope};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const DATA_ACCOUNT: &str = "999988887777";
pub(crate) const ISSUER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/AAAA";
pub(crate) const OTHER_ISSUER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/BBBB";
pub(crate) const CLUSTER_ARN: &str = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
pub(crate) const AGENT: &str = "http://169.254.170.23/v1/credentials";

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).expect("a time")
}

pub(crate) fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

pub(crate) fn object(kind: &str, namespace: &str, name: &str) -> ObjectRef {
    ObjectRef {
        cluster: ClusterId::slug("prod"),
        kind: kind.parse().expect("a kind"),
        namespace: Some(namespace.to_owned()),
        name: name.to_owned(),
    }
}

/// Everything readable and empty, until a test adds to it.
pub(crate) struct World {
    pub(crate) facts: ClusterFacts,
    pub(crate) service_accounts: Vec<ServiceAccountFacts>,
    pub(crate) associations: Vec<PodIdentityAssociation>,
    pub(crate) pods: Vec<PodFacts>,
    pub(crate) workloads: Vec<WorkloadFacts>,
    pub(crate) entries: Vec<AccessEntry>,
    pub(crate) instances: Vec<InstanceMetadata>,
    pub(crate) nodes: Vec<NodeFacts>,
    pub(crate) iam: BTreeMap<String, AccountIam>,
    pub(crate) organization: Observed<OrganizationPath>,
    /// What of the cluster is not readable.
    pub(crate) unread: Vec<&'static str>,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut facts = ClusterFacts::new(ClusterId::slug("prod"), Scope::everywhere());
        facts.arn = Some(CLUSTER_ARN.into());
        facts.eks = Observed::new(
            EksCluster {
                arn: CLUSTER_ARN.into(),
                name: "prod".into(),
                version: "1.33".into(),
                platform_version: None,
                status: "ACTIVE".into(),
                endpoint: None,
                certificate_authority: None,
                authentication_mode: Some("API_AND_CONFIG_MAP".into()),
                issuer: Some(ISSUER.into()),
                tags: BTreeMap::new(),
            },
            at(0),
        );
        facts.aws_auth = Observed::new(AwsAuth::absent(), at(0));
        let iam = |issuers: &[&str]| AccountIam {
            whole: true,
            oidc_providers: Some(
                issuers
                    .iter()
                    .map(|issuer| OidcProvider {
                        arn: format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"),
                        issuer: (*issuer).to_owned(),
                        audiences: vec!["sts.amazonaws.com".into()],
                    })
                    .collect(),
            ),
            ..AccountIam::default()
        };
        Self {
            facts,
            service_accounts: Vec::new(),
            associations: Vec::new(),
            pods: Vec::new(),
            workloads: Vec::new(),
            entries: Vec::new(),
            instances: Vec::new(),
            nodes: Vec::new(),
            iam: BTreeMap::from([(ACCOUNT.into(), iam(&[ISSUER])), (DATA_ACCOUNT.into(), iam(&[]))]),
            organization: Observed::new(
                OrganizationPath {
                    organization_id: String::new(),
                    management_account: String::new(),
                    levels: Vec::new(),
                },
                at(0),
            ),
            unread: Vec::new(),
        }
    }

    pub(crate) fn mode(mut self, mode: &str) -> Self {
        let mut eks = self.facts.eks.value.as_deref().cloned().expect("a cluster");
        eks.authentication_mode = Some(mode.to_owned());
        self.facts.eks = Observed::new(eks, at(0));
        self
    }

    pub(crate) fn aws_auth(mut self, roles: &str) -> Self {
        let data = BTreeMap::from([("mapRoles".to_owned(), roles.to_owned())]);
        self.facts.aws_auth = Observed::new(AwsAuth::parse(&data), at(0));
        self
    }

    pub(crate) fn entry(
        mut self,
        principal: &str,
        kind: &str,
        groups: &[&str],
        policies: &[(&str, Option<&str>)],
    ) -> Self {
        let policies = policies.iter().map(|(name, namespace)| AssociatedAccessPolicy {
            policy_arn: format!("arn:aws:eks::aws:cluster-access-policy/{name}"),
            scope: namespace.map_or(AccessScope::Cluster, |one| AccessScope::Namespaces(vec![one.to_owned()])),
        });
        self.entries.push(AccessEntry {
            principal_arn: principal.to_owned(),
            kind: kind.to_owned(),
            username: principal.to_owned(),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            policies: policies.collect(),
            created: None,
            modified: None,
        });
        self
    }

    pub(crate) fn service_account(mut self, namespace: &str, name: &str, role: Option<&str>) -> Self {
        self.service_accounts.push(ServiceAccountFacts {
            namespace: namespace.into(),
            name: name.into(),
            role_arn: role.map(Into::into),
            audience: None,
            created: Some(at(0)),
        });
        self
    }

    pub(crate) fn association(mut self, namespace: &str, service_account: &str, role: &str) -> Self {
        let id = format!("a-{}", self.associations.len() + 1);
        self.associations.push(PodIdentityAssociation {
            arn: format!("arn:aws:eks:eu-west-1:{ACCOUNT}:podidentityassociation/prod/{id}"),
            id,
            namespace: namespace.to_owned(),
            service_account: service_account.to_owned(),
            role_arn: role.to_owned(),
            target_role_arn: None,
            external_id: None,
            policy: None,
            disable_session_tags: false,
            created: Some(at(0)),
            modified: Some(at(0)),
        });
        self
    }

    pub(crate) fn with_association(mut self, change: impl FnOnce(&mut PodIdentityAssociation)) -> Self {
        change(self.associations.last_mut().expect("an association"));
        self
    }

    /// A Deployment of one pod that uses a service account.
    pub(crate) fn deployment(
        self,
        namespace: &str,
        name: &str,
        service_account: &str,
        environment: AwsEnvironment,
    ) -> Self {
        self.workload("deployments.apps", namespace, name, service_account, environment)
    }

    pub(crate) fn workload(
        mut self,
        kind: &str,
        namespace: &str,
        name: &str,
        service_account: &str,
        environment: AwsEnvironment,
    ) -> Self {
        let workload = object(kind, namespace, name);
        let container = |environment| vec![ContainerFacts { name: "app".into(), environment }];
        // Webhooks change pods, not templates; static keys are written by hand into both.
        let keys = AwsEnvironment { static_keys: environment.static_keys.clone(), ..AwsEnvironment::default() };
        self.workloads.push(WorkloadFacts {
            workload: workload.clone(),
            service_account: service_account.into(),
            host_network: false,
            containers: container(keys),
        });
        self.pods.push(PodFacts {
            namespace: namespace.into(),
            name: format!("{name}-1").into(),
            service_account: service_account.into(),
            workload,
            created: Some(at(10)),
            host_network: false,
            node: Some("node-1".into()),
            containers: container(environment),
        });
        self
    }

    pub(crate) fn with_pod(mut self, change: impl FnOnce(&mut PodFacts)) -> Self {
        change(self.pods.last_mut().expect("a pod"));
        self
    }

    pub(crate) fn another_pod(mut self, environment: AwsEnvironment) -> Self {
        let mut pod = self.pods.last().cloned().expect("a pod");
        pod.name = format!("{}x", pod.name).into();
        pod.containers = vec![ContainerFacts { name: "app".into(), environment }];
        self.pods.push(pod);
        self
    }

    pub(crate) fn node(mut self, name: &str, instance: &str, hop_limit: Option<u32>) -> Self {
        self.nodes
            .push(NodeFacts { name: name.into(), provider_id: Some(format!("aws:///eu-west-1a/{instance}").into()) });
        let profile = format!("arn:aws:iam::{ACCOUNT}:instance-profile/eks-nodes");
        if let Some(hop_limit) = hop_limit {
            self.instances.push(InstanceMetadata {
                instance_id: instance.to_owned(),
                endpoint_enabled: true,
                hop_limit,
                token_required: true,
                instance_profile_arn: Some(profile.clone()),
            });
        }
        self.account(ACCOUNT, |iam| {
            iam.instance_profiles.insert(profile, role_arn("nodes"));
        })
    }

    pub(crate) fn account(mut self, account: &str, change: impl FnOnce(&mut AccountIam)) -> Self {
        change(self.iam.entry(account.to_owned()).or_default());
        self
    }

    /// A role with one inline policy.
    pub(crate) fn role(self, arn: &str, trust: &str, policy: &str) -> Self {
        let account = arn.split(':').nth(4).expect("an account").to_owned();
        let role = Role {
            arn: arn.to_owned(),
            name: arn.rsplit('/').next().unwrap_or_default().to_owned(),
            id: "AROAEXAMPLE".into(),
            trust: trust.into(),
            inline: vec![InlinePolicy { name: "inline".into(), document: policy.into() }],
            attached: Vec::new(),
            boundary: None,
            tags: BTreeMap::new(),
            created: None,
            last_used: None,
            gaps: Vec::new(),
        };
        self.account(&account, |iam| {
            iam.roles.insert(role.arn.clone(), RoleRead::Found(Arc::new(role)));
        })
    }

    pub(crate) fn boundary(self, arn: &str, document: &str) -> Self {
        let boundary = format!("arn:aws:iam::{ACCOUNT}:policy/boundary");
        let policy = ManagedPolicy {
            arn: boundary.clone(),
            name: "boundary".into(),
            version: "v1".into(),
            document: document.into(),
        };
        let arn = arn.to_owned();
        self.account(ACCOUNT, |iam| {
            if let Some(RoleRead::Found(role)) = iam.roles.get_mut(&arn) {
                Arc::make_mut(role).boundary = Some(boundary.clone());
            }
            iam.policies.insert(boundary, Arc::new(policy));
        })
    }

    pub(crate) fn service_control(mut self, document: &str) -> Self {
        let policy = |name: &str, document: &str| {
            Arc::new(ManagedPolicy {
                arn: format!("arn:aws:organizations::aws:policy/{name}"),
                name: name.into(),
                version: String::new(),
                document: document.into(),
            })
        };
        let allow = policy("FullAWSAccess", ALLOW_ALL);
        let level = |id: &str, more: Option<Arc<ManagedPolicy>>| OrganizationLevel {
            id: id.into(),
            name: id.into(),
            service_control: Some(std::iter::once(allow.clone()).chain(more).collect()),
            resource_control: Some(Vec::new()),
        };
        self.organization = Observed::new(
            OrganizationPath {
                organization_id: "o-test".into(),
                management_account: "123456789012".into(),
                levels: vec![
                    level("r-root", None),
                    level("ou-work", Some(policy("limits", document))),
                    level(ACCOUNT, None),
                ],
            },
            at(0),
        );
        self
    }

    pub(crate) fn unread(mut self, part: &'static str) -> Self {
        self.unread.push(part);
        self
    }

    pub(crate) fn facts(&self) -> ClusterFacts {
        let mut facts = self.facts.clone();
        let gap = |part: &str| Gap::new("MISSING_PERMISSION", format!("{part} could not be read"));
        macro_rules! part {
            ($field:ident, $value:expr) => {
                facts.$field = if self.unread.contains(&stringify!($field)) {
                    Observed::missing(gap(stringify!($field)))
                } else {
                    Observed::new($value, at(0))
                };
            };
        }
        part!(service_accounts, self.service_accounts.clone());
        part!(associations, self.associations.clone());
        part!(pods, self.pods.clone());
        part!(workloads, self.workloads.clone());
        part!(access_entries, self.entries.clone());
        part!(instances, self.instances.clone());
        part!(nodes, self.nodes.clone());
        if self.unread.contains(&"aws_auth") {
            facts.aws_auth = Observed::missing(gap("aws_auth"));
        }
        facts
    }

    pub(crate) fn accounts(&self) -> Accounts {
        Accounts::new(self.iam.iter().map(|(account, iam)| AccountFacts {
            account: account.clone(),
            iam: if self.unread.contains(&"iam") {
                Observed::missing(Gap::new("MISSING_IAM_PERMISSION", "IAM could not be read"))
            } else {
                Observed::new(iam.clone(), at(0))
            },
            organization: self.organization.clone(),
        }))
    }

    pub(crate) fn identities(&self) -> Identities {
        Identities::new(Arc::new(self.facts()), Arc::new(self.accounts()))
    }
}

pub(crate) const ALLOW_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

pub(crate) fn allow(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}]}}"#
    )
}

/// A trust policy as eksctl writes it.
pub(crate) fn irsa_trust(namespace: &str, service_account: &str) -> String {
    irsa_trust_of(ISSUER, "StringEquals", &format!("system:serviceaccount:{namespace}:{service_account}"))
}

pub(crate) fn irsa_trust_of(issuer: &str, operator: &str, subject: &str) -> String {
    let federated = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}");
    let (sub, aud) = (format!("{issuer}:sub"), format!("{issuer}:aud"));
    let mut condition = serde_json::json!({"StringEquals": {aud: "sts.amazonaws.com"}});
    condition[operator][sub] = subject.into();
    serde_json::json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Federated": federated},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }]})
    .to_string()
}

pub(crate) const POD_IDENTITY_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    "Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;

pub(crate) fn irsa(role: &str) -> AwsEnvironment {
    AwsEnvironment {
        role_arn: Some(role.into()),
        token_file: Some("/var/run/secrets/eks.amazonaws.com/serviceaccount/token".into()),
        ..AwsEnvironment::default()
    }
}

pub(crate) fn pod_identity() -> AwsEnvironment {
    AwsEnvironment { credentials_uri: Some(AGENT.into()), ..AwsEnvironment::default() }
}

pub(crate) fn static_keys() -> AwsEnvironment {
    AwsEnvironment {
        static_keys: vec!["AWS_ACCESS_KEY_ID".into(), "AWS_SECRET_ACCESS_KEY".into()],
        ..AwsEnvironment::default()
    }
}
