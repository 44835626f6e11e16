//! Which role each service account leads to, and what stands in the way.

use std::collections::{BTreeMap, BTreeSet};

use periscope_model::ObjectRef;
use periscope_model::aws::PodIdentityAssociation;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::RoleState;
use crate::trust::TrustAnswer;
use crate::{CheckId, Finding, Identities, SubjectKind, arn};

/// One service account with the role that its next pod gets.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountBinding {
    pub namespace: String,
    pub name: String,
    /// Absent when service accounts could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    pub source: BindingSource,
    /// The first role of the chain: of the association where there is one, else of the annotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotation_role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub association: Option<AssociationView>,
    /// The annotation has no effect, because of the association.
    pub shadowed: bool,
    /// Absent without a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_state: Option<RoleState>,
    /// Whether the last role of the chain is become. Absent without a role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<TrustAnswer>,
    /// Whether any role of the chain is of another account than the cluster.
    pub cross_account: bool,
    pub workloads: Vec<WorkloadPods>,
    pub findings: Vec<CheckId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum BindingSource {
    Irsa,
    PodIdentity,
    /// Both are configured; Pod Identity wins.
    Both,
    None,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssociationView {
    pub id: String,
    pub role_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_role_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_role_state: Option<RoleState>,
    pub has_session_policy: bool,
    pub disable_session_tags: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkloadPods {
    #[serde(flatten)]
    pub workload: ObjectRef,
    /// Running and pending ones.
    pub pods: usize,
}

/// Who is bound to a role, and how: what a trust policy is asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) service_account: &'a str,
    pub(crate) by: BoundBy<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum BoundBy<'a> {
    /// With the audience of its tokens.
    Annotation {
        role: &'a str,
        audience: &'a str,
    },
    Association(&'a PodIdentityAssociation),
}

impl<'a> Bound<'a> {
    pub(crate) fn role(&self) -> &'a str {
        match self.by {
            BoundBy::Annotation { role, .. } => role,
            BoundBy::Association(association) => &association.role_arn,
        }
    }

    /// The role that the pod's access is in the end that of.
    pub(crate) fn last_role(&self) -> &'a str {
        match self.by {
            BoundBy::Annotation { role, .. } => role,
            BoundBy::Association(association) => {
                association.target_role_arn.as_deref().unwrap_or(&association.role_arn)
            }
        }
    }

    /// The roles of the chain, first to last.
    pub(crate) fn roles(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let target = match self.by {
            BoundBy::Annotation { .. } => None,
            BoundBy::Association(association) => association.target_role_arn.as_deref(),
        };
        std::iter::once(self.role()).chain(target)
    }
}

impl Identities {
    /// What counts for the next pod of a service account; `None` when nothing binds it.
    pub(crate) fn bound<'a>(&'a self, namespace: &'a str, service_account: &'a str) -> Option<Bound<'a>> {
        let by = match self.association(namespace, service_account) {
            Some(association) => BoundBy::Association(association),
            None => self.annotation(namespace, service_account)?,
        };
        Some(Bound { namespace, service_account, by })
    }

    pub(crate) fn annotation<'a>(&'a self, namespace: &str, service_account: &str) -> Option<BoundBy<'a>> {
        let facts = self.service_account(namespace, service_account)?;
        let audience = facts.audience.as_deref().unwrap_or("sts.amazonaws.com");
        Some(BoundBy::Annotation { role: facts.role_arn.as_deref()?, audience })
    }

    /// Every service account that anything can be said of: all there are, and those that an association names.
    pub(crate) fn service_account_names(&self) -> BTreeSet<(&str, &str)> {
        let existing = self.all_service_accounts().iter().map(|one| (&*one.namespace, &*one.name));
        let associated = self.associations().map(|one| (one.namespace.as_str(), one.service_account.as_str()));
        existing.chain(associated).collect()
    }

    /// The service accounts of the caller's namespaces, those with a role and those without. `findings` are those of
    /// [`Identities::report`], to say which are about which.
    pub fn service_accounts(&self, findings: &[Finding]) -> Vec<ServiceAccountBinding> {
        let mut of_accounts: BTreeMap<(&str, &str), Vec<CheckId>> = BTreeMap::new();
        for finding in findings {
            let about = matches!(finding.subject.kind, SubjectKind::ServiceAccount | SubjectKind::Association);
            if let Some(namespace) = finding.subject.namespace.as_deref().filter(|_| about) {
                of_accounts.entry((namespace, &finding.subject.name)).or_default().push(finding.id);
            }
        }
        let binding = |(namespace, name)| {
            let findings = of_accounts.get(&(namespace, name)).cloned().unwrap_or_default();
            self.service_account_binding(namespace, name, findings)
        };
        self.service_account_names().into_iter().map(binding).collect()
    }

    /// One of them.
    pub fn service_account_binding(
        &self,
        namespace: &str,
        name: &str,
        findings: Vec<CheckId>,
    ) -> ServiceAccountBinding {
        let association = self.association(namespace, name);
        let facts = self.service_account(namespace, name);
        let annotated = facts.and_then(|facts| facts.role_arn.as_deref());
        let bound = self.bound(namespace, name);
        let own = self.facts().account();
        let foreign = |role: &str| own.is_some() && arn::account_of(role).is_some_and(|account| Some(account) != own);
        ServiceAccountBinding {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            exists: self.facts().service_accounts.value.as_ref().map(|_| facts.is_some()),
            source: match (annotated, association) {
                (Some(_), Some(_)) => BindingSource::Both,
                (Some(_), None) => BindingSource::Irsa,
                (None, Some(_)) => BindingSource::PodIdentity,
                (None, None) => BindingSource::None,
            },
            role_arn: bound.map(|bound| bound.role().to_owned()),
            annotation_role_arn: annotated.map(str::to_owned),
            association: association.map(|one| AssociationView {
                id: one.id.clone(),
                role_arn: one.role_arn.clone(),
                target_role_arn: one.target_role_arn.clone(),
                target_role_state: one.target_role_arn.as_deref().map(|target| self.accounts().state(target)),
                has_session_policy: one.policy.is_some(),
                disable_session_tags: one.disable_session_tags,
            }),
            shadowed: annotated.is_some() && association.is_some(),
            role_state: bound.map(|bound| self.accounts().state(bound.role())),
            trust: bound.map(|bound| self.admission(&bound)),
            cross_account: bound.is_some_and(|bound| bound.roles().any(foreign)),
            workloads: self.workload_pods(namespace, name),
            findings,
        }
    }

    /// The workloads that use a service account; those without pods at this moment, too.
    pub(crate) fn workload_pods(&self, namespace: &str, service_account: &str) -> Vec<WorkloadPods> {
        let mut pods: BTreeMap<ObjectRef, usize> =
            self.workloads_using(namespace, service_account).map(|one| (one.workload.clone(), 0)).collect();
        for pod in self.pods_using(namespace, service_account) {
            *pods.entry(pod.workload.clone()).or_default() += 1;
        }
        pods.into_iter().map(|(workload, pods)| WorkloadPods { workload, pods }).collect()
    }

    pub(crate) fn workload_refs(&self, namespace: &str, service_account: &str) -> Vec<ObjectRef> {
        self.workload_pods(namespace, service_account).into_iter().map(|one| one.workload).collect()
    }
}
