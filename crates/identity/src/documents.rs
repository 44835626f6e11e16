//! The policies of an account, compiled when they are first asked for and kept.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use periscope_iam::{Policy, PolicyKind, Principal, RolePolicies};
use periscope_model::Certainty;
use periscope_model::aws::{ManagedPolicy, OrganizationLevel, Role, RoleRead};

use crate::accounts::{AccountFacts, Accounts};
use crate::arn;

/// Everything that limits a role, as far as it was read.
#[derive(Debug, Clone)]
pub struct RoleLimits {
    pub policies: RolePolicies,
    pub trust: Policy,
    /// Of the role's account, for questions about who may become it.
    pub resource_control: Vec<Vec<Policy>>,
    /// What could not be read, in words.
    pub unseen: Vec<String>,
    /// A policy that may grant more was not seen.
    pub may_do_more: bool,
    /// A policy that may limit it was not seen.
    pub may_do_less: bool,
}

impl RoleLimits {
    /// What an answer from these policies is worth.
    pub fn certainty(&self) -> Certainty {
        match (self.may_do_more, self.may_do_less) {
            (false, false) => Certainty::Exact,
            (true, false) => Certainty::AtLeast,
            (false, true) => Certainty::AtMost,
            (true, true) => Certainty::Unknown,
        }
    }
}

#[derive(Debug, Clone)]
struct RoleDocuments {
    trust: Policy,
    inline: Vec<Policy>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Documents {
    roles: HashMap<String, OnceLock<RoleDocuments>>,
    managed: HashMap<String, OnceLock<Policy>>,
    boundaries: HashMap<String, OnceLock<Policy>>,
    service_control: OnceLock<Vec<Vec<Policy>>>,
    resource_control: OnceLock<Vec<Vec<Policy>>>,
}

impl Documents {
    pub(crate) fn new(facts: &AccountFacts) -> Self {
        let iam = facts.iam.value.as_ref();
        let found = |iam: &periscope_model::aws::AccountIam| {
            let found = iam.roles.iter().filter(|(_, read)| matches!(read, RoleRead::Found(_)));
            found.map(|(arn, _)| (arn.clone(), OnceLock::new())).collect()
        };
        let names = |iam: &periscope_model::aws::AccountIam| {
            iam.policies.keys().map(|arn| (arn.clone(), OnceLock::new())).collect::<HashMap<_, _>>()
        };
        Self {
            roles: iam.map(|iam| found(iam)).unwrap_or_default(),
            managed: iam.map(|iam| names(iam)).unwrap_or_default(),
            boundaries: iam.map(|iam| names(iam)).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Takes over what was compiled before and has not changed.
    pub(crate) fn inherit(&mut self, facts: &AccountFacts, before: &Self, before_facts: &AccountFacts) {
        if let (Some(iam), Some(old)) = (&facts.iam.value, &before_facts.iam.value) {
            for (arn, read) in &iam.roles {
                if old.roles.get(arn) == Some(read) {
                    take_over(&mut self.roles, &before.roles, arn);
                }
            }
            for (arn, policy) in &iam.policies {
                if old.policies.get(arn) == Some(policy) {
                    take_over(&mut self.managed, &before.managed, arn);
                    take_over(&mut self.boundaries, &before.boundaries, arn);
                }
            }
        }
        if facts.organization.value == before_facts.organization.value {
            self.service_control = before.service_control.clone();
            self.resource_control = before.resource_control.clone();
        }
    }

    fn role(&self, role: &Role) -> RoleDocuments {
        let compile = || RoleDocuments {
            trust: Policy::lenient("trust policy", PolicyKind::Trust, &role.trust),
            inline: role
                .inline
                .iter()
                .map(|one| Policy::lenient(&one.name, PolicyKind::Identity, &one.document))
                .collect(),
        };
        self.roles.get(&role.arn).map_or_else(compile, |held| held.get_or_init(compile).clone())
    }

    fn managed(&self, policy: &ManagedPolicy) -> Policy {
        held(&self.managed, policy, PolicyKind::Identity)
    }

    fn boundary(&self, policy: &ManagedPolicy) -> Policy {
        held(&self.boundaries, policy, PolicyKind::Boundary)
    }
}

fn held(all: &HashMap<String, OnceLock<Policy>>, policy: &ManagedPolicy, kind: PolicyKind) -> Policy {
    let compile = || Policy::lenient(&policy.name, kind, &policy.document);
    all.get(&policy.arn).map_or_else(compile, |held| held.get_or_init(compile).clone())
}

fn take_over<T: Clone>(into: &mut HashMap<String, OnceLock<T>>, from: &HashMap<String, OnceLock<T>>, arn: &str) {
    if let (Some(place), Some(held)) = (into.get_mut(arn), from.get(arn)) {
        *place = held.clone();
    }
}

impl Accounts {
    /// Everything that limits the role of exactly this ARN; `None` when it is missing or unread.
    pub fn limits(&self, arn: &str) -> Option<RoleLimits> {
        let RoleRead::Found(role) = self.role(arn) else { return None };
        let facts = self.account(arn::account_of(arn)?)?;
        let documents = self.documents.get(&facts.account)?;
        let iam = facts.iam.value.as_ref()?;
        let held = documents.role(&role);
        let mut limits = RoleLimits {
            policies: RolePolicies::new(Principal::parse(arn)?),
            trust: held.trust,
            resource_control: Vec::new(),
            unseen: role.gaps.iter().map(|gap| gap.what.clone()).collect(),
            may_do_more: !role.gaps.is_empty(),
            may_do_less: !role.gaps.is_empty(),
        };
        limits.policies.identity = held.inline;
        for attached in &role.attached {
            if let Some(policy) = iam.policies.get(attached) {
                limits.policies.identity.push(documents.managed(policy));
            } else {
                limits.unseen.push(format!("the attached policy {attached} could not be read"));
                // It may also deny.
                limits.may_do_more = true;
                limits.may_do_less = true;
            }
        }
        if let Some(boundary) = &role.boundary {
            if let Some(policy) = iam.policies.get(boundary) {
                limits.policies.boundary.push(documents.boundary(policy));
            } else {
                limits.unseen.push(format!("the permissions boundary {boundary} could not be read"));
                limits.may_do_less = true;
            }
        }
        limits.organization(facts, documents);
        limits.unjudged();
        Some(limits)
    }

    /// The trust policy of the role of exactly this ARN.
    pub(crate) fn trust_policy(&self, arn: &str) -> Option<Policy> {
        let RoleRead::Found(role) = self.role(arn) else { return None };
        Some(self.documents.get(arn::account_of(arn)?)?.role(&role).trust)
    }
}

impl RoleLimits {
    /// A statement that is not understood grants nothing here, and may in AWS.
    fn unjudged(&mut self) {
        for policy in &self.policies.identity {
            for problem in policy.problems().iter().filter(|problem| problem.unjudged) {
                self.unseen.push(format!("policy {} could not be judged whole: {problem}", policy.name()));
                self.may_do_more = true;
            }
        }
    }

    fn organization(&mut self, facts: &AccountFacts, documents: &Documents) {
        let Some(path) = &facts.organization.value else {
            let why = facts.organization.gaps.first().map(|gap| gap.what.clone());
            self.unseen
                .push(why.unwrap_or_else(|| format!("the organization of account {} was not read", facts.account)));
            self.may_do_less = true;
            return;
        };
        if path.levels.is_empty() {
            return;
        }
        self.policies.management_account = Some(path.management_account.as_str().into());
        let levels = |of: fn(&OrganizationLevel) -> Option<&Vec<Arc<ManagedPolicy>>>, kind| {
            let compiled = path.levels.iter().filter_map(of).map(|policies| {
                policies.iter().map(|policy| Policy::lenient(&policy.name, kind, &policy.document)).collect()
            });
            compiled.collect::<Vec<Vec<Policy>>>()
        };
        // A level whose policies were not seen limits nothing here, which is said.
        let control = documents
            .service_control
            .get_or_init(|| levels(|level| level.service_control.as_ref(), PolicyKind::ServiceControl));
        self.policies.service_control = Some(control.clone());
        let control = documents
            .resource_control
            .get_or_init(|| levels(|level| level.resource_control.as_ref(), PolicyKind::ResourceControl));
        self.resource_control.clone_from(control);
        if path.management_account == facts.account {
            return;
        }
        for level in path.levels.iter().filter(|level| level.service_control.is_none()) {
            self.unseen.push(format!("the service control policies of {} could not be read", level.name));
            self.may_do_less = true;
        }
    }
}
