//! Whether a role's trust policy admits those who are bound to it.

use periscope_iam::{Action, Context, Facts, Policies, Policy, Principal, Request, Verdict, decide};
use periscope_model::aws::{PodIdentityAssociation, Role, RoleRead};
use serde::Serialize;
use utoipa::ToSchema;

use crate::bindings::{Bound, BoundBy};
use crate::session;
use crate::{ClusterFacts, Identities, IdentitySource, PodFacts, PodIdentity, RoleLimits, RoleState, arn};

/// Who asks STS on behalf of Pod Identity.
pub(crate) const POD_IDENTITY_SERVICE: &str = "pods.eks.amazonaws.com";
pub(crate) const WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";
const ASSUME: &str = "sts:AssumeRole";
const TAG: &str = "sts:TagSession";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Admits {
    Yes,
    No,
    /// Only if something holds that is not known here.
    Conditional,
    /// The trust policy or something that it needs could not be read.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustAnswer {
    pub admits: Admits,
    pub words: String,
}

/// A question to a trust policy, so that others may ask it, too (to explain it).
#[derive(Debug, Clone)]
pub struct TrustQuestion {
    pub principal: Principal,
    pub action: Action,
    pub context: Context,
}

impl TrustAnswer {
    pub(crate) fn new(admits: Admits, words: impl Into<String>) -> Self {
        Self { admits, words: words.into() }
    }
}

/// The token's subject.
pub(crate) fn subject(namespace: &str, service_account: &str) -> String {
    format!("system:serviceaccount:{namespace}:{service_account}")
}

pub(crate) fn action(text: &str) -> Option<Action> {
    Action::parse(text)
}

impl TrustQuestion {
    pub(crate) fn verdict(&self, role: &str, trust: &Policy, resource_control: &[Vec<Policy>]) -> Verdict {
        let request = Request {
            principal: Some(&self.principal),
            action: &self.action,
            resource: role,
            account: arn::account_of(role),
            context: &self.context,
        };
        let policies =
            Policies { resource: Some(trust), resource_control, facts: Facts::default(), ..Policies::default() };
        decide(&request, &policies)
    }

    /// A token of this issuer asks for the role.
    pub(crate) fn web_identity(role: &str, issuer: &str, subject: &str, audience: &str) -> Option<Self> {
        let account = arn::account_of(role)?;
        let provider = format!("arn:{}:iam::{account}:oidc-provider/{issuer}", arn::partition_of(role));
        let context = Context::incomplete()
            .with(&format!("{issuer}:sub"), subject)
            .with(&format!("{issuer}:aud"), audience)
            .with("aws:FederatedProvider", &provider)
            .with("aws:SecureTransport", "true");
        Some(Self { principal: Principal::parse(&provider)?, action: action(WEB_IDENTITY)?, context })
    }

    /// EKS asks for the role, once for each action that it needs.
    pub(crate) fn pod_identity(
        facts: &ClusterFacts,
        bound: &Bound<'_>,
        association: &PodIdentityAssociation,
    ) -> Option<Vec<Self>> {
        let principal = Principal::parse(POD_IDENTITY_SERVICE)?;
        let cluster = facts.arn()?;
        let mut context = Context::incomplete()
            .with("aws:SourceArn", cluster)
            .with("aws:SourceAccount", facts.account()?)
            .with("aws:SecureTransport", "true");
        let mut actions = vec![action(ASSUME)?];
        if !association.disable_session_tags {
            for (key, value) in session::tags(facts, bound.namespace, bound.service_account) {
                context = context.with(&format!("aws:RequestTag/{key}"), &value);
            }
            context = context.with_all("sts:TransitiveTagKeys", session::TAG_KEYS);
            context = context.with_all("aws:TagKeys", session::TAG_KEYS);
            actions.push(action(TAG)?);
        }
        Some(
            actions
                .into_iter()
                .map(|action| Self { principal: principal.clone(), action, context: context.clone() })
                .collect(),
        )
    }
}

impl Identities {
    /// The questions that decide whether a binding works; `None` when the cluster's own facts are not known.
    pub(crate) fn trust_questions(&self, bound: &Bound<'_>) -> Option<Vec<TrustQuestion>> {
        match bound.by {
            BoundBy::Annotation { role, audience } => {
                let subject = subject(bound.namespace, bound.service_account);
                TrustQuestion::web_identity(role, self.facts().issuer()?, &subject, audience).map(|one| vec![one])
            }
            BoundBy::Association(association) => TrustQuestion::pod_identity(self.facts(), bound, association),
        }
    }

    /// Whether the pods of this identity become its last role. `None` where nobody needs to let them in: a node's role,
    /// static keys.
    pub fn trust_of(&self, namespace: &str, service_account: &str, identity: &PodIdentity) -> Option<TrustAnswer> {
        let bound = self.bound_in(namespace, service_account, identity)?;
        Some(self.admission(&bound))
    }

    /// The same of its first role alone.
    pub(crate) fn first_trust_of(&self, pod: &PodFacts, identity: &PodIdentity) -> Option<TrustAnswer> {
        let bound = self.bound_in(&pod.namespace, &pod.service_account, identity)?;
        Some(self.trust(&bound))
    }

    /// Whether the last role of a binding is become: the first lets the pods in, and the target lets in the first.
    pub(crate) fn admission(&self, bound: &Bound<'_>) -> TrustAnswer {
        let first = self.trust(bound);
        let BoundBy::Association(association) = bound.by else { return first };
        let Some(target) = association.target_role_arn.as_deref().filter(|_| first.admits != Admits::No) else {
            return first;
        };
        let second = self.target_trust(association, target);
        match (first.admits, second.admits) {
            (Admits::Conditional, Admits::Conditional) => {
                TrustAnswer::new(Admits::Conditional, format!("{}, and {target} {}", first.words, second.words))
            }
            // The worse of both.
            (_, Admits::No) | (Admits::Yes | Admits::Conditional, Admits::Unknown) => second,
            (Admits::Yes, Admits::Conditional) => {
                TrustAnswer::new(Admits::Conditional, format!("{target} {}", second.words))
            }
            _ => first,
        }
    }

    /// How an identity is bound: an IRSA pod by what its environment names.
    fn bound_in<'a>(
        &'a self,
        namespace: &'a str,
        service_account: &'a str,
        identity: &'a PodIdentity,
    ) -> Option<Bound<'a>> {
        let role = identity.role_arn.as_deref()?;
        let by = match identity.source {
            IdentitySource::Irsa => {
                let facts = self.service_account(namespace, service_account);
                let audience = facts.and_then(|facts| facts.audience.as_deref()).unwrap_or("sts.amazonaws.com");
                BoundBy::Annotation { role, audience }
            }
            IdentitySource::PodIdentity => BoundBy::Association(self.association(namespace, service_account)?),
            IdentitySource::Node | IdentitySource::StaticKeys | IdentitySource::None => return None,
        };
        Some(Bound { namespace, service_account, by })
    }

    /// The questions behind [`Identities::trust_of`], with the role that they are asked of.
    pub fn trust_questions_of(
        &self,
        namespace: &str,
        service_account: &str,
        identity: &PodIdentity,
    ) -> Option<(String, Vec<TrustQuestion>)> {
        let bound = self.bound_in(namespace, service_account, identity)?;
        Some((bound.role().to_owned(), self.trust_questions(&bound)?))
    }

    /// Whether the first role of a binding can be assumed.
    pub(crate) fn trust(&self, bound: &Bound<'_>) -> TrustAnswer {
        let role = bound.role();
        let limits = match self.limits_or_answer(role) {
            Ok(limits) => limits,
            Err(answer) => return answer,
        };
        let Some(questions) = self.trust_questions(bound) else {
            return TrustAnswer::new(Admits::Unknown, "the cluster's own ARN or issuer is not known");
        };
        if let BoundBy::Annotation { audience, .. } = bound.by
            && let Some(answer) = self.provider(role, audience)
        {
            return answer;
        }
        let who = match bound.by {
            BoundBy::Annotation { .. } => subject(bound.namespace, bound.service_account),
            BoundBy::Association(_) => {
                format!("{POD_IDENTITY_SERVICE} for {}/{}", bound.namespace, bound.service_account)
            }
        };
        let mut conditions = Vec::new();
        for question in &questions {
            match question.verdict(role, &limits.trust, &limits.resource_control) {
                Verdict::Allowed => {}
                Verdict::Denied { explicit } => return self.refused(bound, &limits, question, &who, explicit),
                Verdict::Conditional(residual) => conditions.push(residual.words()),
            }
        }
        conditions.dedup();
        if conditions.is_empty() {
            TrustAnswer::new(Admits::Yes, format!("the trust policy admits {who}"))
        } else {
            let words = conditions.join(" and ");
            TrustAnswer::new(Admits::Conditional, format!("the trust policy admits {who} only if {words}"))
        }
    }

    fn limits_or_answer(&self, role: &str) -> Result<RoleLimits, TrustAnswer> {
        if self.accounts().state(role) == RoleState::NotARole {
            return Err(TrustAnswer::new(Admits::No, format!("{role} is not the ARN of a role")));
        }
        match self.accounts().role(role) {
            RoleRead::Missing => Err(TrustAnswer::new(Admits::No, format!("the role {role} does not exist"))),
            RoleRead::Unread(gap) => Err(TrustAnswer::new(Admits::Unknown, gap.what)),
            RoleRead::Found(_) => self
                .accounts()
                .limits(role)
                .ok_or_else(|| TrustAnswer::new(Admits::Unknown, format!("{role} could not be judged"))),
        }
    }

    /// Why STS does not even look at the trust policy: the role's account does not know the issuer.
    fn provider(&self, role: &str, audience: &str) -> Option<TrustAnswer> {
        let (issuer, account) = (self.facts().issuer()?, arn::account_of(role)?);
        let providers = self.accounts().oidc_providers(account)?;
        let Some(provider) = providers.iter().find(|one| one.issuer == issuer) else {
            let words = format!("account {account} has no identity provider for this cluster's issuer {issuer}");
            return Some(TrustAnswer::new(Admits::No, words));
        };
        let known = provider.audiences.is_empty() || provider.audiences.iter().any(|one| one == audience);
        (!known).then(|| {
            let words = format!("the identity provider of {issuer} does not take tokens for {audience}");
            TrustAnswer::new(Admits::No, words)
        })
    }

    fn refused(
        &self,
        bound: &Bound<'_>,
        limits: &RoleLimits,
        question: &TrustQuestion,
        who: &str,
        explicit: bool,
    ) -> TrustAnswer {
        if let Some(problem) = limits.trust.problems().iter().find(|problem| problem.unjudged) {
            return TrustAnswer::new(Admits::Unknown, format!("the trust policy could not be judged: {problem}"));
        }
        let words = if explicit {
            format!("a Deny keeps {who} from {}", question.action)
        } else {
            match bound.by {
                BoundBy::Association(_) => format!("the trust policy does not allow {} to {who}", question.action),
                BoundBy::Annotation { .. } => {
                    let issuer = self.facts().issuer().unwrap_or_default();
                    let issuers = issuers(&limits.trust);
                    if issuers.iter().any(|one| one == issuer) {
                        format!("the conditions of the trust policy do not hold for {who}")
                    } else if issuers.is_empty() {
                        "the trust policy names no identity provider".to_owned()
                    } else {
                        format!("the trust policy names {} and not this cluster's issuer {issuer}", issuers.join(", "))
                    }
                }
            }
        };
        TrustAnswer::new(Admits::No, words)
    }

    /// Whether the second role of a chain can be assumed by a session of the first: both sides must allow it, or within
    /// one account the trust policy alone by naming the first.
    pub(crate) fn target_trust(&self, association: &PodIdentityAssociation, target: &str) -> TrustAnswer {
        let first = match self.limits_or_answer(&association.role_arn) {
            Ok(limits) => limits,
            Err(answer) => return answer,
        };
        let second = match self.limits_or_answer(target) {
            Ok(limits) => limits,
            Err(answer) => return answer,
        };
        let session = self.session(&association.namespace, &association.service_account, association, &first);
        let mut context = session.context;
        context = match &association.external_id {
            Some(id) => context.with("sts:ExternalId", id),
            None => context.without("sts:ExternalId"),
        };
        let actions = [ASSUME, TAG].into_iter().take(if association.disable_session_tags { 1 } else { 2 });
        let mut conditions = Vec::new();
        for action in actions.filter_map(action) {
            let request = Request {
                principal: Some(&first.policies.principal),
                action: &action,
                resource: target,
                account: arn::account_of(target),
                context: &context,
            };
            let policies = Policies {
                resource: Some(&second.trust),
                resource_control: &second.resource_control,
                ..first.policies.policies()
            };
            match decide(&request, &policies) {
                Verdict::Allowed => {}
                Verdict::Denied { .. } => {
                    let words = format!("{} may not {action} on {target}", association.role_arn);
                    let seen = !first.may_do_more;
                    return TrustAnswer::new(if seen { Admits::No } else { Admits::Unknown }, words);
                }
                Verdict::Conditional(residual) => conditions.push(residual.words()),
            }
        }
        conditions.dedup();
        if conditions.is_empty() {
            TrustAnswer::new(Admits::Yes, format!("{} may become {target}", association.role_arn))
        } else {
            TrustAnswer::new(Admits::Conditional, format!("lets it in only if {}", conditions.join(" and ")))
        }
    }

    /// Whether pods of another cluster could be given this role, by Pod Identity or by their own tokens.
    pub(crate) fn admits_pods_of(&self, role: &Role, other: &ClusterFacts) -> bool {
        let Some(limits) = self.accounts().limits(&role.arn) else { return false };
        let allowed = |question: &TrustQuestion| {
            !question.verdict(&role.arn, &limits.trust, &limits.resource_control).is_denied()
        };
        let own_account = other.account().is_some() && other.account() == arn::account_of(&role.arn);
        // Whoever may make associations there chooses namespace and service account, so those stay open.
        let service = || {
            let context = Context::incomplete()
                .with("aws:SourceArn", other.arn()?)
                .with("aws:SourceAccount", other.account()?)
                .with("aws:RequestTag/eks-cluster-arn", other.arn()?)
                .with("aws:RequestTag/eks-cluster-name", other.eks_name()?);
            Some(TrustQuestion { principal: Principal::parse(POD_IDENTITY_SERVICE)?, action: action(ASSUME)?, context })
        };
        if own_account && service().is_some_and(|question| allowed(&question)) {
            return true;
        }
        let Some(issuer) = other.issuer() else { return false };
        issuers(&limits.trust).iter().any(|one| one == issuer)
    }
}

/// The issuers of the OIDC providers that a trust policy lets in.
pub(crate) fn issuers(trust: &Policy) -> Vec<String> {
    let Some(web) = action(WEB_IDENTITY) else { return Vec::new() };
    let mut issuers: Vec<String> = Vec::new();
    for statement in trust.statements() {
        if statement.effect() != periscope_iam::Effect::Allow || !statement.matches_action(&web) {
            continue;
        }
        let Some(listed) = statement.principals().filter(|listed| !listed.not) else { continue };
        let named =
            listed.patterns.into_iter().filter_map(|one| one.split_once(":oidc-provider/").map(|(_, issuer)| issuer));
        issuers.extend(named.map(str::to_owned));
    }
    issuers.sort();
    issuers.dedup();
    issuers
}
