//! Becoming a role: what its trust policy and the caller's own policies make of it, for roles, for pods by web identity
//! (IRSA) and by EKS Pod Identity, and what can be reached over several roles (facts 39 to 41).

use std::collections::VecDeque;

use crate::action::Action;
use crate::arn;
use crate::context::Context;
use crate::decide::{Verdict, decide};
use crate::explain::{Explanation, explain};
use crate::policy::Policy;
use crate::principal::Principal;
use crate::request::{Facts, Policies, Request, RolePolicies};

/// A role as something to become.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    pub arn: &'a str,
    /// `None`: it was not read.
    pub trust: Option<&'a Policy>,
}

/// A pod's service account, as the cluster's issuer calls it.
#[derive(Debug, Clone, Copy)]
pub struct WebIdentity<'a> {
    /// `arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC`
    pub provider: &'a str,
    pub namespace: &'a str,
    pub service_account: &'a str,
}

/// What EKS tells when it becomes a role for a pod.
#[derive(Debug, Clone, Copy)]
pub struct PodIdentity<'a> {
    /// `arn:aws:eks:eu-west-1:111122223333:cluster/prod`
    pub cluster: &'a str,
    pub namespace: &'a str,
    pub service_account: &'a str,
    /// Whether it passes on which pod it is for.
    pub session_tags: bool,
}

/// Whether a caller can become a role.
pub fn assume_role(caller: &RolePolicies, role: &Target<'_>, context: &Context) -> Explanation {
    action("sts:AssumeRole").map_or_else(nothing, |assume| {
        let policies = becoming(caller, role);
        explain(&question(Some(&caller.principal), &assume, role, context), &policies)
    })
}

/// Whether a pod's token makes it this role.
pub fn assume_by_web_identity(identity: &WebIdentity<'_>, role: &Target<'_>) -> Explanation {
    let context = identity.context(role.trust);
    let (Some(assume), Some(caller)) = (action("sts:AssumeRoleWithWebIdentity"), Principal::parse(identity.provider))
    else {
        return nothing();
    };
    let facts = Facts { resource_unseen: role.trust.is_none(), ..Facts::default() };
    let policies = Policies { resource: role.trust, facts, ..Policies::default() };
    explain(&question(Some(&caller), &assume, role, &context), &policies)
}

/// Whether EKS makes a pod this role: it must be let in, and, where it passes tags, be let pass them.
pub fn assume_by_pod_identity(identity: &PodIdentity<'_>, role: &Target<'_>) -> Explanation {
    let context = identity.trust_context();
    let facts = Facts { resource_unseen: role.trust.is_none(), ..Facts::default() };
    let policies = Policies { resource: role.trust, facts, ..Policies::default() };
    let caller = Principal::parse("pods.eks.amazonaws.com");
    let ask =
        |name: &str| action(name).map(|action| explain(&question(caller.as_ref(), &action, role, &context), &policies));
    let Some(assume) = ask("sts:AssumeRole") else { return nothing() };
    match ask("sts:TagSession").filter(|_| identity.session_tags) {
        Some(tag) => both(assume, tag),
        None => assume,
    }
}

impl WebIdentity<'_> {
    /// What its token says, and what is always so. A token has the keys of its own issuer and of no other.
    fn context(&self, trust: Option<&Policy>) -> Context {
        let issuer = self.provider.split_once(":oidc-provider/").map_or(self.provider, |(_, issuer)| issuer);
        let subject = format!("system:serviceaccount:{}:{}", self.namespace, self.service_account);
        let context = Context::incomplete()
            .with(&format!("{issuer}:sub"), &subject)
            .with(&format!("{issuer}:aud"), "sts.amazonaws.com")
            .with("aws:FederatedProvider", self.provider)
            .with("aws:SecureTransport", "true");
        let keys = trust.into_iter().flat_map(Policy::statements).flat_map(|statement| statement.conditions());
        keys.map(|condition| condition.key)
            .filter(|key| is_of_other_issuer(key, issuer))
            .fold(context, Context::without)
    }
}

/// `oidc.eks.eu-west-1.amazonaws.com/id/OTHER:sub`
fn is_of_other_issuer(key: &str, issuer: &str) -> bool {
    let Some((prefix, name)) = key.rsplit_once(':') else { return false };
    let of_token = ["sub", "aud", "amr", "azp"].iter().any(|one| name.eq_ignore_ascii_case(one));
    // An issuer is a host; AWS' own keys begin with a service.
    of_token && prefix.contains('.') && !prefix.eq_ignore_ascii_case(issuer)
}

/// The tags of a Pod Identity session; those of the pod itself change with every pod.
const POD_TAGS: [&str; 6] = [
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-service-account",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
];

impl<'a> PodIdentity<'a> {
    fn known_tags(&self) -> [(&'static str, &'a str); 4] {
        let name = self.cluster.rsplit('/').next().unwrap_or(self.cluster);
        let [arn_tag, name_tag, namespace_tag, account_tag, ..] = POD_TAGS;
        [
            (arn_tag, self.cluster),
            (name_tag, name),
            (namespace_tag, self.namespace),
            (account_tag, self.service_account),
        ]
    }

    /// What the trust policy sees.
    fn trust_context(&self) -> Context {
        let mut context = Context::incomplete().with("aws:SourceArn", self.cluster).with("aws:SecureTransport", "true");
        if let Some(account) = arn::account(self.cluster) {
            context = context.with("aws:SourceAccount", account);
        }
        if !self.session_tags {
            return POD_TAGS.iter().fold(context, |context, tag| context.without(&format!("aws:RequestTag/{tag}")));
        }
        let context = context.with_all("aws:TagKeys", POD_TAGS).with_all("sts:TransitiveTagKeys", POD_TAGS);
        self.known_tags()
            .iter()
            .fold(context, |context, (tag, value)| context.with(&format!("aws:RequestTag/{tag}"), value))
    }

    /// What is known of the session when the pod calls something: add what else is known, such as the role's tags.
    pub fn session_context(&self) -> Context {
        let context = Context::incomplete();
        if !self.session_tags {
            return context;
        }
        self.known_tags()
            .iter()
            .fold(context, |context, (tag, value)| context.with(&format!("aws:PrincipalTag/{tag}"), value))
    }
}

/// A role with all that decides what it can become.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    pub policies: &'a RolePolicies,
    /// Of the role itself.
    pub trust: Option<&'a Policy>,
}

/// A role that can be become, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// The numbers of the roles after the first one, in order; the last one is what is become.
    pub via: Vec<usize>,
    /// Over all of them: allowed, or only if.
    pub verdict: Verdict,
}

/// Every role that can be become from one, each once, by the surest and then shortest way. What is certain comes first.
/// The context is what is known of every session; it should not be complete.
pub fn chains(from: usize, roles: &[Node<'_>], context: &Context) -> Vec<Chain> {
    let Some(assume) = action("sts:AssumeRole") else { return Vec::new() };
    let mut found: Vec<Chain> = Vec::new();
    let mut seen = vec![false; roles.len()];
    let Some(start) = seen.get_mut(from) else { return found };
    *start = true;
    let mut sure = VecDeque::from([Chain { via: Vec::new(), verdict: Verdict::Allowed }]);
    let mut unsure = VecDeque::new();
    while let Some(chain) = sure.pop_front().or_else(|| unsure.pop_front()) {
        let last = chain.via.last().copied();
        if let Some(last) = last {
            if std::mem::replace(&mut seen[last], true) {
                continue;
            }
            found.push(chain.clone());
        }
        let caller = roles[last.unwrap_or(from)].policies;
        for (index, node) in roles.iter().enumerate().filter(|(index, _)| !seen[*index]) {
            let role = Target { arn: node.policies.principal.arn(), trust: node.trust };
            let policies = becoming(caller, &role);
            let verdict = decide(&question(Some(&caller.principal), &assume, &role, context), &policies);
            let verdict = chain.verdict.clone().and(verdict);
            if !verdict.is_denied() {
                let via = [&*chain.via, &[index]].concat();
                let queue = if verdict.is_allowed() { &mut sure } else { &mut unsure };
                queue.push_back(Chain { via, verdict });
            }
        }
    }
    found
}

fn becoming<'a>(caller: &'a RolePolicies, role: &Target<'a>) -> Policies<'a> {
    let mut policies = Policies { resource: role.trust, ..caller.policies() };
    policies.facts.resource_unseen = role.trust.is_none();
    policies
}

fn question<'a>(
    principal: Option<&'a Principal>,
    action: &'a Action,
    role: &Target<'a>,
    context: &'a Context,
) -> Request<'a> {
    Request { principal, action, resource: role.arn, account: None, context }
}

fn action(name: &str) -> Option<Action> {
    Action::parse(name)
}

/// Two questions that must both be answered with yes.
fn both(one: Explanation, other: Explanation) -> Explanation {
    let mut blocked_by = one.blocked_by;
    blocked_by.extend(other.blocked_by);
    blocked_by.sort_unstable();
    blocked_by.dedup();
    Explanation {
        verdict: one.verdict.and(other.verdict),
        incomplete: one.incomplete || other.incomplete,
        blocked_by,
        why: one.why.into_iter().chain(other.why).collect(),
    }
}

/// For a caller that is none.
fn nothing() -> Explanation {
    let verdict = Verdict::Denied { explicit: false };
    Explanation { verdict, incomplete: false, blocked_by: Vec::new(), why: Vec::new() }
}

#[cfg(test)]
mod tests;
