//! The way from a pod to what it may do, step by step: the small picture.

use periscope_model::ObjectRef;
use periscope_model::aws::{OrganizationLevel, PodIdentityAssociation, RoleRead};
use serde::Serialize;
use utoipa::ToSchema;

use crate::bindings::{Bound, BoundBy};
use crate::{Admits, Identities, IdentitySource, PodIdentity, TrustAnswer, arn};

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChainStep {
    pub step: ChainStepKind,
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// In AWS's console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    pub verdict: StepVerdict,
    /// Why it is not simply fine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// The object in Kubernetes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<ObjectRef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ChainStepKind {
    Pod,
    ServiceAccount,
    Association,
    Annotation,
    Role,
    TargetRole,
    SessionPolicy,
    Boundary,
    Scp,
    Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum StepVerdict {
    Ok,
    /// The way ends here.
    Broken,
    Conditional,
    Unknown,
}

/// Whose way is drawn.
#[derive(Debug, Clone, Copy)]
pub struct ChainSubject<'a> {
    /// A pod, or what owns it.
    pub workload: &'a ObjectRef,
    pub namespace: &'a str,
    pub service_account: &'a str,
}

impl ChainStep {
    fn new(step: ChainStepKind, label: impl Into<String>) -> Self {
        Self {
            step,
            label: label.into(),
            detail: None,
            arn: None,
            account: None,
            url: None,
            verdict: StepVerdict::Ok,
            words: None,
            link: None,
        }
    }

    fn of_role(step: ChainStepKind, role: &str) -> Self {
        Self {
            account: arn::account_of(role).map(str::to_owned),
            url: arn::console_url(role),
            arn: Some(role.to_owned()),
            ..Self::new(step, arn::name_of(role))
        }
    }

    fn because(self, verdict: StepVerdict, words: impl Into<String>) -> Self {
        Self { verdict, words: Some(words.into()), ..self }
    }
}

impl Identities {
    /// The way of a pod with this identity, as far as it goes.
    pub fn chain(&self, subject: &ChainSubject<'_>, identity: &PodIdentity) -> Vec<ChainStep> {
        let ChainSubject { workload, namespace, service_account } = *subject;
        let mut steps = vec![
            ChainStep { link: Some(workload.clone()), ..ChainStep::new(ChainStepKind::Pod, &workload.name) },
            self.service_account_step(namespace, service_account),
        ];
        match identity.source {
            IdentitySource::Irsa => self.irsa_steps(&mut steps, subject, identity),
            IdentitySource::PodIdentity => self.pod_identity_steps(&mut steps, subject, identity),
            IdentitySource::Node => self.node_steps(&mut steps, identity),
            IdentitySource::StaticKeys | IdentitySource::None => {
                if let Some(pod) = steps.first_mut() {
                    pod.words = Some(identity.words.clone());
                    pod.verdict = match identity.source {
                        IdentitySource::StaticKeys => StepVerdict::Unknown,
                        _ => StepVerdict::Ok,
                    };
                }
            }
        }
        steps
    }

    fn service_account_step(&self, namespace: &str, name: &str) -> ChainStep {
        let link = self.facts().object("serviceaccounts", Some(namespace), name);
        let step = ChainStep { link, ..ChainStep::new(ChainStepKind::ServiceAccount, name) };
        match (self.service_account(namespace, name), &self.facts().service_accounts.value) {
            (Some(_), _) => step,
            (None, None) => step.because(StepVerdict::Unknown, "service accounts could not be read"),
            (None, Some(_)) => {
                let words = format!("there is no ServiceAccount {name} in {namespace}");
                ChainStep { link: None, ..step }.because(StepVerdict::Broken, words)
            }
        }
    }

    fn irsa_steps(&self, steps: &mut Vec<ChainStep>, subject: &ChainSubject<'_>, identity: &PodIdentity) {
        let Some(role) = identity.role_arn.as_deref() else { return };
        let ChainSubject { namespace, service_account, .. } = *subject;
        let facts = self.service_account(namespace, service_account);
        let annotated = facts.and_then(|facts| facts.role_arn.as_deref());
        let step = ChainStep { detail: Some(role.to_owned()), ..ChainStep::new(ChainStepKind::Annotation, "role-arn") };
        steps.push(match annotated {
            Some(annotated) if annotated == role => step,
            Some(annotated) => step.because(
                StepVerdict::Conditional,
                format!("the annotation names {annotated} since the pod was created"),
            ),
            None => step.because(StepVerdict::Conditional, "only the pod's environment names it, not the annotation"),
        });
        let audience = facts.and_then(|facts| facts.audience.as_deref()).unwrap_or("sts.amazonaws.com");
        let bound = Bound { namespace, service_account, by: BoundBy::Annotation { role, audience } };
        self.role_steps(steps, &bound);
    }

    fn pod_identity_steps(&self, steps: &mut Vec<ChainStep>, subject: &ChainSubject<'_>, identity: &PodIdentity) {
        let ChainSubject { namespace, service_account, .. } = *subject;
        let Some(association) = self.association(namespace, service_account) else {
            let read = self.facts().associations.value.is_some();
            let verdict = if read { StepVerdict::Broken } else { StepVerdict::Unknown };
            steps.push(ChainStep::new(ChainStepKind::Association, "no association").because(verdict, &identity.words));
            return;
        };
        let step = ChainStep::new(ChainStepKind::Association, &association.id);
        let tags = association.disable_session_tags.then(|| "without session tags".to_owned());
        steps.push(ChainStep { detail: tags, arn: Some(association.arn.clone()), ..step });
        self.role_steps(steps, &Bound { namespace, service_account, by: BoundBy::Association(association) });
    }

    fn role_steps(&self, steps: &mut Vec<ChainStep>, bound: &Bound<'_>) {
        let step = ChainStep::of_role(ChainStepKind::Role, bound.role());
        let first = judged(self.role_found(step, bound.role()), &self.trust(bound));
        let ends = first.verdict == StepVerdict::Broken;
        steps.push(first);
        if ends {
            return;
        }
        if let BoundBy::Association(association) = bound.by {
            if let Some(target) = association.target_role_arn.as_deref() {
                let found = self.role_found(ChainStep::of_role(ChainStepKind::TargetRole, target), target);
                let second = judged(found, &self.target_trust(association, target));
                let ends = second.verdict == StepVerdict::Broken;
                steps.push(second);
                if ends {
                    return;
                }
            }
            steps.extend(session_policy_step(association));
        }
        self.limits(steps, bound.last_role());
    }

    fn node_steps(&self, steps: &mut Vec<ChainStep>, identity: &PodIdentity) {
        let verdict = if identity.exact { StepVerdict::Ok } else { StepVerdict::Conditional };
        let node = ChainStep::new(ChainStepKind::Node, "instance metadata");
        steps.push(ChainStep { verdict, words: Some(identity.words.clone()), ..node });
        if let Some(role) = identity.role_arn.as_deref() {
            steps.push(self.role_found(ChainStep::of_role(ChainStepKind::Role, role), role));
            self.limits(steps, role);
        }
    }

    fn role_found(&self, step: ChainStep, role: &str) -> ChainStep {
        match self.accounts().role(role) {
            RoleRead::Found(_) => step,
            RoleRead::Missing => {
                ChainStep { url: None, ..step }.because(StepVerdict::Broken, format!("the role {role} does not exist"))
            }
            RoleRead::Unread(gap) => step.because(StepVerdict::Unknown, gap.what),
        }
    }

    /// What bounds the last role from outside.
    fn limits(&self, steps: &mut Vec<ChainStep>, role: &str) {
        let RoleRead::Found(found) = self.accounts().role(role) else { return };
        let Some(account) = arn::account_of(role).and_then(|account| self.accounts().account(account)) else { return };
        if let Some(boundary) = &found.boundary {
            let step = ChainStep::new(ChainStepKind::Boundary, arn::name_of(boundary));
            let step = ChainStep { arn: Some(boundary.clone()), ..step };
            let read = account.iam.value.as_ref().is_some_and(|iam| iam.policies.contains_key(boundary));
            steps.push(if read { step } else { step.because(StepVerdict::Unknown, "the boundary could not be read") });
        }
        match &account.organization.value {
            // In no organization.
            Some(path) if path.levels.is_empty() => {}
            Some(path) if path.management_account == account.account => {
                let step = ChainStep::new(ChainStepKind::Scp, "organization");
                steps.push(ChainStep {
                    words: Some("policies of the organization do not bind its management account".to_owned()),
                    ..step
                });
            }
            Some(path) => steps.push(scp_step(&path.organization_id, &path.levels)),
            None => {
                if let Some(gap) = account.organization.gaps.first() {
                    let step = ChainStep::new(ChainStepKind::Scp, "organization");
                    steps.push(step.because(StepVerdict::Unknown, &gap.what));
                }
            }
        }
    }
}

fn session_policy_step(association: &PodIdentityAssociation) -> Option<ChainStep> {
    let policy = association.policy.as_ref()?;
    let step = ChainStep::new(ChainStepKind::SessionPolicy, "session policy");
    let detail =
        format!("{} characters in the association; the pod may do at most what it allows", policy.chars().count());
    Some(ChainStep { detail: Some(detail), ..step })
}

fn scp_step(organization: &str, levels: &[OrganizationLevel]) -> ChainStep {
    let names: Vec<&str> = levels
        .iter()
        .flat_map(|level| level.service_control.iter().flatten())
        .map(|policy| policy.name.as_str())
        .filter(|name| *name != "FullAWSAccess")
        .collect();
    let words = if names.is_empty() { "no policy that limits".to_owned() } else { names.join(", ") };
    let step = ChainStep { detail: Some(words), ..ChainStep::new(ChainStepKind::Scp, organization) };
    let unread: Vec<&str> =
        levels.iter().filter(|level| level.service_control.is_none()).map(|level| level.name.as_str()).collect();
    if unread.is_empty() {
        return step;
    }
    step.because(StepVerdict::Unknown, format!("the policies of {} could not be read", unread.join(", ")))
}

/// A step that is fine so far, judged by the trust policy of its role.
fn judged(step: ChainStep, trust: &TrustAnswer) -> ChainStep {
    if step.verdict != StepVerdict::Ok {
        return step;
    }
    let verdict = match trust.admits {
        Admits::Yes => return ChainStep { detail: Some(trust.words.clone()), ..step },
        Admits::No => StepVerdict::Broken,
        Admits::Conditional => StepVerdict::Conditional,
        Admits::Unknown => StepVerdict::Unknown,
    };
    step.because(verdict, &trust.words)
}
