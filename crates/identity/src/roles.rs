//! The view from the role: who uses it, what it is made of, and who else could.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use periscope_model::aws::{Role, RoleRead};
use periscope_model::{ClusterId, ObjectRef};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{Accounts, RoleState};
use crate::arn::{self, PrincipalArn};
use crate::bindings::{BindingSource, BoundBy, WorkloadPods};
use crate::{Admits, CheckId, ClusterFacts, Finding, Identities, IdentitySource};

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleView {
    pub arn: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    pub state: RoleState,
    /// The service accounts that lead to it, directly or as the target of a chain.
    pub service_accounts: Vec<RoleUser>,
    pub workloads: Vec<WorkloadPods>,
    pub policies: Vec<RolePolicy>,
    /// The ARN of the permissions boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub last_used: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console_url: Option<String>,
    /// Other clusters of this Periscope whose pods could be given the role.
    #[schema(value_type = Vec<String>)]
    pub other_clusters: Vec<ClusterId>,
    pub findings: Vec<CheckId>,
    /// Whether it perhaps lets in one of those who use it. Anybody may annotate a service account of theirs with any
    /// role: that alone makes nobody act as it.
    #[serde(skip)]
    pub lets_in: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleUser {
    pub namespace: String,
    pub name: String,
    pub source: BindingSource,
    /// Through another role first.
    pub as_target: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RolePolicy {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    pub kind: RolePolicyKind,
    /// Its document could not be read, so the role may do more, or less, than is known.
    pub unread: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RolePolicyKind {
    /// AWS's own.
    Managed,
    Customer,
    Inline,
}

/// Who uses a role, gathered from bindings and from running pods.
#[derive(Debug, Default)]
struct Users {
    service_accounts: BTreeSet<RoleUser>,
    workloads: BTreeMap<ObjectRef, usize>,
    lets_in: bool,
}

impl Identities {
    /// The roles that the caller's workloads lead to, their nodes' included. `others` are the other clusters of this
    /// Periscope: their pods could be given a Pod Identity role of the same account, too.
    pub fn roles(&self, findings: &[Finding], others: &[&ClusterFacts]) -> Vec<RoleView> {
        let mut users: BTreeMap<String, Users> = BTreeMap::new();
        for (namespace, name) in self.service_account_names() {
            let Some(bound) = self.bound(namespace, name) else { continue };
            let source = match bound.by {
                BoundBy::Annotation { .. } => BindingSource::Irsa,
                BoundBy::Association(_) => BindingSource::PodIdentity,
            };
            for (place, role) in bound.roles().enumerate() {
                let as_target = place > 0;
                let user = RoleUser { namespace: namespace.to_owned(), name: name.to_owned(), source, as_target };
                let users = users.entry(role.to_owned()).or_default();
                let trust = || if as_target { self.admission(&bound) } else { self.trust(&bound) };
                users.lets_in = users.lets_in || trust().admits != Admits::No;
                users.service_accounts.insert(user);
                for one in self.workload_pods(namespace, name).into_iter().filter(|one| one.pods == 0) {
                    users.workloads.entry(one.workload).or_default();
                }
            }
        }
        for pod in self.all_pods() {
            for identity in self.all_in_force(pod) {
                let Some(role) = identity.role_arn.clone() else { continue };
                let association = self.association(&pod.namespace, &pod.service_account);
                let target = association.filter(|_| identity.source == IdentitySource::PodIdentity);
                let target = target.and_then(|association| association.target_role_arn.clone());
                for (role, as_target) in std::iter::once((role, false)).chain(target.map(|role| (role, true))) {
                    let users = users.entry(role).or_default();
                    // Asked once at least, and not of each of thousands of pods.
                    let last = || self.trust_of(&pod.namespace, &pod.service_account, &identity);
                    let trust = || if as_target { last() } else { self.first_trust_of(pod, &identity) };
                    users.lets_in = users.lets_in || trust().is_none_or(|trust| trust.admits != Admits::No);
                    *users.workloads.entry(pod.workload.clone()).or_default() += 1;
                }
            }
        }
        users.into_iter().map(|(arn, users)| self.role_view(&arn, users, findings, others)).collect()
    }

    fn role_view(&self, arn: &str, users: Users, findings: &[Finding], others: &[&ClusterFacts]) -> RoleView {
        let role = match self.accounts().role(arn) {
            RoleRead::Found(role) => Some(role),
            RoleRead::Missing | RoleRead::Unread(_) => None,
        };
        let principal = PrincipalArn::parse(arn);
        let about = findings.iter().filter(|finding| finding.subject.arn.as_deref() == Some(arn));
        let about: BTreeSet<CheckId> = about.map(|finding| finding.id).collect();
        let other = others.iter().filter(|other| role.as_ref().is_some_and(|role| self.admits_pods_of(role, other)));
        RoleView {
            name: principal.map_or(arn, |principal| principal.name).to_owned(),
            account: principal.map(|principal| principal.account.to_owned()),
            state: self.accounts().state(arn),
            service_accounts: users.service_accounts.into_iter().collect(),
            workloads: users.workloads.into_iter().map(|(workload, pods)| WorkloadPods { workload, pods }).collect(),
            policies: role.as_ref().map(|role| policies(role, self.accounts())).unwrap_or_default(),
            boundary: role.as_ref().and_then(|role| role.boundary.clone()),
            last_used: role.as_ref().and_then(|role| role.last_used),
            console_url: role.as_ref().and_then(|_| arn::console_url(arn)),
            other_clusters: other.map(|other| other.cluster.clone()).collect(),
            findings: about.into_iter().collect(),
            lets_in: users.lets_in,
            arn: arn.to_owned(),
        }
    }
}

fn policies(role: &Role, accounts: &Accounts) -> Vec<RolePolicy> {
    let iam =
        arn::account_of(&role.arn).and_then(|account| accounts.account(account)).and_then(|one| one.iam.value.as_ref());
    let attached = role.attached.iter().map(|policy| RolePolicy {
        name: arn::name_of(policy).to_owned(),
        arn: Some(policy.clone()),
        kind: if is_managed_by_aws(policy) { RolePolicyKind::Managed } else { RolePolicyKind::Customer },
        unread: iam.is_none_or(|iam| !iam.policies.contains_key(policy)),
    });
    let inline = role.inline.iter().map(|policy| RolePolicy {
        name: policy.name.clone(),
        arn: None,
        kind: RolePolicyKind::Inline,
        unread: false,
    });
    attached.chain(inline).collect()
}

fn is_managed_by_aws(policy: &str) -> bool {
    policy.split(':').nth(4) == Some("aws")
}
