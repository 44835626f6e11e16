//! Findings about what binds service accounts to roles.

use periscope_model::aws::{PodIdentityAssociation, RoleRead};

use super::Gathered;
use crate::bindings::{Bound, BoundBy};
use crate::{
    CheckId, DEFAULT_SERVICE_ACCOUNT, Finding, Identities, IdentitySource, RoleState, Severity, Subject, SubjectKind,
};

impl Identities {
    pub(super) fn check_bindings(&self, gathered: &mut Gathered) {
        let facts = self.facts();
        let of_associations = [
            CheckId::IrsaShadowed,
            CheckId::AssociationWithoutServiceAccount,
            CheckId::AssociationOnDefault,
            CheckId::RoleMissing,
        ];
        gathered.needs(&of_associations, &facts.associations, "Pod Identity associations");
        let of_accounts = [CheckId::IrsaShadowed, CheckId::AssociationWithoutServiceAccount, CheckId::RoleMissing];
        gathered.needs(&of_accounts, &facts.service_accounts, "service accounts");
        for association in self.associations() {
            self.check_association(association, gathered);
        }
        for (namespace, name) in self.service_account_names() {
            if let Some(bound) = self.bound(namespace, name) {
                for role in bound.roles() {
                    self.check_role(&bound, role, gathered);
                }
            }
        }
        self.check_roles_in_force(gathered);
    }

    fn check_association(&self, association: &PodIdentityAssociation, gathered: &mut Gathered) {
        let (namespace, name) = (association.namespace.as_str(), association.service_account.as_str());
        let cluster = &self.facts().cluster;
        let workloads = || self.workload_refs(namespace, name);
        let delete = self.facts().eks_name().map(|cluster| {
            let id = &association.id;
            format!("aws eks delete-pod-identity-association --cluster-name {cluster} --association-id {id}")
        });
        let finding = |id, severity, kind| {
            let subject = Subject::named(kind, namespace, name).with_arn(&association.role_arn);
            Finding::new(id, severity, cluster, subject).on(workloads())
        };
        let account = self.service_account(namespace, name);
        if account.is_none() && self.facts().service_accounts.value.is_some() {
            let whoever = "whoever may create it there, and pods under it, gets the role";
            gathered.findings.push(
                finding(CheckId::AssociationWithoutServiceAccount, Severity::Medium, SubjectKind::Association)
                    .seen(format!("the association {} gives {}", association.id, association.role_arn))
                    .seen(format!("there is no ServiceAccount {name} in namespace {namespace}; {whoever}"))
                    .fixed_by("create the ServiceAccount, or delete the association")
                    .with_command(delete.clone()),
            );
        }
        if name == DEFAULT_SERVICE_ACCOUNT {
            let inherits = "every pod of the namespace that names no ServiceAccount gets the role";
            gathered.findings.push(
                finding(CheckId::AssociationOnDefault, Severity::High, SubjectKind::Association)
                    .seen(format!("the association {} gives {}; {inherits}", association.id, association.role_arn))
                    .fixed_by(
                        "give the workload that needs the role a ServiceAccount of its own, and associate that one",
                    )
                    .with_command(delete),
            );
        }
        let Some(annotated) = account.and_then(|account| account.role_arn.as_deref()) else { return };
        let equal = annotated == association.role_arn;
        let finding = finding(
            CheckId::IrsaShadowed,
            if equal { Severity::Low } else { Severity::High },
            SubjectKind::ServiceAccount,
        );
        gathered.findings.push(
            finding
                .seen(format!("the annotation names {annotated}"))
                .seen(format!(
                    "the association {} gives {}, and wins for every new pod",
                    association.id, association.role_arn
                ))
                .fixed_by(if equal {
                    "remove the annotation: it has no effect any more"
                } else {
                    "decide which role is meant: remove the annotation, or delete the association"
                })
                .with_command(Some(format!(
                    "kubectl annotate serviceaccount {name} -n {namespace} eks.amazonaws.com/role-arn-"
                ))),
        );
    }

    fn check_role(&self, bound: &Bound<'_>, role: &str, gathered: &mut Gathered) {
        let why = match (self.accounts().state(role), self.accounts().role(role)) {
            (RoleState::NotARole, _) => "that is not the ARN of a role, so pods get no credentials",
            (_, RoleRead::Missing) => "IAM has no such role, so pods get no credentials",
            (_, RoleRead::Unread(gap)) => return gathered.unknown(CheckId::RoleMissing, gap.what),
            (_, RoleRead::Found(_)) => return,
        };
        let (namespace, name) = (bound.namespace, bound.service_account);
        let by = match bound.by {
            BoundBy::Annotation { .. } => "the annotation".to_owned(),
            BoundBy::Association(one) if one.role_arn == role => format!("the association {}", one.id),
            BoundBy::Association(one) => format!("the association {}, as its target,", one.id),
        };
        let subject = Subject::named(SubjectKind::ServiceAccount, namespace, name).with_arn(role);
        gathered.findings.push(
            Finding::new(CheckId::RoleMissing, Severity::High, &self.facts().cluster, subject)
                .seen(format!("{by} names {role}"))
                .seen(why)
                .fixed_by("name an existing role, or remove what names this one")
                .with_command(matches!(bound.by, BoundBy::Annotation { .. }).then(|| {
                    format!("kubectl annotate serviceaccount {name} -n {namespace} eks.amazonaws.com/role-arn-")
                }))
                .on(self.workload_refs(namespace, name)),
        );
    }

    /// Roles that only pods still name: their annotation was changed, or removed.
    fn check_roles_in_force(&self, gathered: &mut Gathered) {
        let mut stale = std::collections::BTreeMap::<(&str, &str, String), Vec<_>>::new();
        let all = self.all_pods().iter().flat_map(|pod| self.all_in_force(pod).into_iter().map(move |one| (pod, one)));
        for (pod, identity) in all {
            let Some(role) = identity.role_arn.filter(|_| identity.source == IdentitySource::Irsa) else { continue };
            let named = self.bound(&pod.namespace, &pod.service_account).is_some_and(|bound| bound.role() == role);
            if !named && matches!(self.accounts().role(&role), RoleRead::Missing) {
                stale.entry((&pod.namespace, &pod.service_account, role)).or_default().push(pod.workload.clone());
            }
        }
        for ((namespace, name, role), workloads) in stale {
            let subject = Subject::named(SubjectKind::ServiceAccount, namespace, name).with_arn(&role);
            gathered.findings.push(
                Finding::new(CheckId::RoleMissing, Severity::High, &self.facts().cluster, subject)
                    .seen(format!("running pods were created with {role}, which does not exist any more"))
                    .fixed_by("restart the pods: new ones get what the ServiceAccount names now")
                    .on(workloads),
            );
        }
    }
}
