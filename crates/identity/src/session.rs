//! What is known of a pod's session in AWS: the condition keys that a policy can ask for (fact 46), and everything that
//! limits it.

use periscope_iam::{Context, Policy, PolicyKind};
use periscope_model::Certainty;
use periscope_model::aws::{PodIdentityAssociation, RoleRead};

use crate::documents::RoleLimits;
use crate::role_chains::RoleChain;
use crate::{ClusterFacts, Identities, IdentitySource, PodIdentity, arn, trust};

/// The tags that EKS puts on a Pod Identity session, in the order of its documentation.
pub(crate) const TAG_KEYS: [&str; 6] = [
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-service-account",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
];

/// Those of [`TAG_KEYS`] that are the same for all pods of a service account.
pub(crate) fn tags<'a>(
    facts: &'a ClusterFacts,
    namespace: &'a str,
    service_account: &'a str,
) -> impl Iterator<Item = (&'static str, String)> + 'a {
    let values = [facts.arn(), facts.eks_name(), Some(namespace), Some(service_account)];
    TAG_KEYS.into_iter().zip(values).filter_map(|(key, value)| Some((key, value?.to_owned())))
}

/// The access of a pod in the end: the last role of its chain, under the session's own policy and context.
#[derive(Debug, Clone)]
pub struct Session {
    /// The last role.
    pub role_arn: String,
    /// The roles before it.
    pub via: Vec<String>,
    pub limits: RoleLimits,
    pub context: Context,
    /// The tags that travel along when the session becomes another role.
    pub tags: Vec<(String, String)>,
    /// What the context takes as known, in words.
    pub assumptions: Vec<String>,
}

impl Session {
    pub fn certainty(&self) -> Certainty {
        self.limits.certainty()
    }
}

impl Identities {
    /// What a pod with this identity acts as. `None` when it has no role, or the role is missing or unread.
    pub fn session_of(&self, namespace: &str, service_account: &str, identity: &PodIdentity) -> Option<Session> {
        let first = identity.role_arn.as_deref()?;
        match identity.source {
            IdentitySource::PodIdentity => {
                let association = self.association(namespace, service_account)?;
                let target = association.target_role_arn.as_deref();
                let limits = self.accounts().limits(target.unwrap_or(first))?;
                let mut session = self.session(namespace, service_account, association, &limits);
                session.via = target.map(|_| first.to_owned()).into_iter().collect();
                Some(session)
            }
            IdentitySource::Irsa => {
                let limits = self.accounts().limits(first)?;
                Some(self.irsa_session(namespace, service_account, limits))
            }
            IdentitySource::Node => {
                let limits = self.accounts().limits(first)?;
                let (context, assumptions) = self.common(&limits);
                let context = context.without("aws:FederatedProvider");
                let context = without_other_tags(context, &limits);
                Some(Session {
                    role_arn: first.to_owned(),
                    via: Vec::new(),
                    limits,
                    context,
                    tags: Vec::new(),
                    assumptions,
                })
            }
            IdentitySource::StaticKeys | IdentitySource::None => None,
        }
    }

    fn irsa_session(&self, namespace: &str, service_account: &str, limits: RoleLimits) -> Session {
        let role_arn = limits.policies.principal.arn().to_owned();
        let (mut context, mut assumptions) = self.common(&limits);
        if let (Some(issuer), Some(account)) = (self.facts().issuer(), arn::account_of(&role_arn)) {
            let subject = trust::subject(namespace, service_account);
            let facts = self.service_account(namespace, service_account);
            let audience = facts.and_then(|facts| facts.audience.as_deref()).unwrap_or("sts.amazonaws.com");
            let provider = format!("arn:{}:iam::{account}:oidc-provider/{issuer}", arn::partition_of(&role_arn));
            context = context
                .with("aws:FederatedProvider", &provider)
                .with(&format!("{issuer}:sub"), &subject)
                .with(&format!("{issuer}:aud"), audience);
            assumptions.push(format!("{issuer}:sub is {subject}"));
        }
        let context = without_other_tags(context, &limits);
        Session { role_arn, via: Vec::new(), limits, context, tags: Vec::new(), assumptions }
    }

    /// A session of any role of an association's chain: its tags travel with it, its policy limits it.
    pub(crate) fn session(
        &self,
        namespace: &str,
        service_account: &str,
        association: &PodIdentityAssociation,
        limits: &RoleLimits,
    ) -> Session {
        let mut limits = limits.clone();
        let role_arn = limits.policies.principal.arn().to_owned();
        let last = association.target_role_arn.as_deref().unwrap_or(&association.role_arn) == role_arn;
        if let Some(policy) = association.policy.as_deref().filter(|_| last) {
            limits.policies.session.push(Policy::lenient("session policy", PolicyKind::Session, policy));
        }
        let (mut context, mut assumptions) = self.common(&limits);
        context = context.without("aws:FederatedProvider");
        let mut travelling = Vec::new();
        if association.disable_session_tags {
            assumptions.push("the session has no tags".to_owned());
        } else {
            for (key, value) in tags(self.facts(), namespace, service_account) {
                context = context.with(&format!("aws:PrincipalTag/{key}"), &value);
                assumptions.push(format!("aws:PrincipalTag/{key} is {value}"));
                travelling.push((key.to_owned(), value));
            }
        }
        let pod = ["kubernetes-pod-name", "kubernetes-pod-uid"].map(|key| format!("aws:principaltag/{key}"));
        let open = if association.disable_session_tags { &[][..] } else { &pod[..] };
        let context = without_other_tags_but(context, &limits, open);
        Session { role_arn, via: Vec::new(), limits, context, tags: travelling, assumptions }
    }

    /// What a session is at the end of a chain. `None`: the role there is missing or unread.
    pub fn session_over(&self, session: &Session, chain: &RoleChain) -> Option<Session> {
        let limits = self.accounts().limits(&chain.role_arn)?;
        let (context, assumptions) = (self.chained_context(&limits), self.common(&limits).1);
        let before = chain.path.iter().filter(|role| **role != chain.role_arn);
        let via = session.via.iter().chain(before).cloned().collect();
        Some(Session {
            role_arn: chain.role_arn.clone(),
            via,
            limits,
            context,
            tags: session.tags.clone(),
            assumptions,
        })
    }

    /// What is known of a session of a role that another role became.
    pub(crate) fn chained_context(&self, limits: &RoleLimits) -> Context {
        self.common(limits).0.without("aws:FederatedProvider")
    }

    /// What every session of a role has.
    fn common(&self, limits: &RoleLimits) -> (Context, Vec<String>) {
        let arn = limits.policies.principal.arn();
        let mut context = Context::incomplete()
            .with("aws:SecureTransport", "true")
            .with("aws:ViaAWSService", "false")
            .without("aws:CalledVia")
            .without("aws:CalledViaFirst")
            .without("aws:CalledViaLast")
            .without("aws:SourceIdentity");
        let mut assumptions = vec![format!("the pod calls by itself as {arn}, encrypted, and no service calls for it")];
        let account = arn::account_of(arn).and_then(|account| self.accounts().account(account));
        match account.and_then(|facts| facts.organization.value.as_ref()) {
            Some(path) if path.organization_id.is_empty() => {
                context = context.without("aws:PrincipalOrgID").without("aws:PrincipalOrgPaths");
                assumptions.push("its account is in no organization".to_owned());
            }
            Some(path) => {
                let above = path.levels.iter().map(|level| level.id.as_str()).filter(|id| !arn::is_account(id));
                let place: String =
                    std::iter::once(path.organization_id.as_str()).chain(above).flat_map(|id| [id, "/"]).collect();
                context = context
                    .with("aws:PrincipalOrgID", &path.organization_id)
                    .with_all("aws:PrincipalOrgPaths", [&place]);
                assumptions.push(format!("aws:PrincipalOrgID is {}", path.organization_id));
            }
            None => {}
        }
        if let RoleRead::Found(role) = self.accounts().role(arn) {
            for (key, value) in &role.tags {
                context = context.with(&format!("aws:PrincipalTag/{key}"), value);
                assumptions.push(format!("aws:PrincipalTag/{key} is {value}"));
            }
        }
        (context, assumptions)
    }
}

fn without_other_tags(context: Context, limits: &RoleLimits) -> Context {
    without_other_tags_but(context, limits, &[])
}

/// All tags of a session are known, so any other that a policy asks for is absent. `open` are those that differ from pod
/// to pod, in lower case.
fn without_other_tags_but(mut context: Context, limits: &RoleLimits, open: &[String]) -> Context {
    let policies = &limits.policies;
    let levels = policies.service_control.iter().flatten().flatten();
    let all = policies.identity.iter().chain(&policies.boundary).chain(&policies.session).chain(levels);
    for policy in all {
        for condition in policy.statements().flat_map(|statement| statement.conditions()) {
            let key = condition.key.to_ascii_lowercase();
            let is_tag = key.starts_with("aws:principaltag/") && !open.contains(&key);
            if is_tag && context.get(&key) == periscope_iam::Found::Unknown {
                context = context.without(&key);
            }
        }
    }
    context
}
