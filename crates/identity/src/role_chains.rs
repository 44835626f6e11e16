//! Which roles a session can become, over as many hops as it takes.
//!
//! Which roles are worth asking about is told by what policies say: the resources of statements that allow
//! `sts:AssumeRole`, and the principals that trust policies name. Whether they can be become is for the evaluation to say.

use std::collections::{BTreeSet, HashSet, VecDeque};

use periscope_iam::{
    Action, AssumeTarget, ChainNode, Context, Effect, Policy, Principal, RolePolicies, Verdict, assume_role, chains,
};
use periscope_model::aws::RoleRead;

use crate::session::Session;
use crate::{Accounts, Identities, RoleLimits, arn};

/// A role at the end of a chain.
#[derive(Debug, Clone)]
pub struct RoleChain {
    /// What is become.
    pub role_arn: String,
    /// Every role on the way, the pod's own first, the last one included.
    pub path: Vec<String>,
    pub verdict: Verdict,
    pub words: String,
}

/// What can be become by one session.
#[derive(Debug, Clone, Default)]
pub struct RoleChains {
    /// What is certain first.
    pub chains: Vec<RoleChain>,
    /// There are more than were looked at.
    pub cut: bool,
}

/// More roles than this are not followed: a role that can become every other is broad enough to know.
const MOST: usize = 100;

impl Identities {
    /// The roles that a session can become, each once, by the surest and then shortest way. Cycles end where they close.
    pub fn role_chains(&self, session: &Session) -> RoleChains {
        let mut context = Context::incomplete().with("aws:SecureTransport", "true");
        for (key, value) in &session.tags {
            // They are transitive, so every session of the chain has them.
            context = context.with(&format!("aws:PrincipalTag/{key}"), value);
        }
        let (roles, cut) = self.reachable(session, &context);
        let nodes: Vec<ChainNode<'_>> =
            roles.iter().map(|(policies, trust)| ChainNode { policies, trust: trust.as_ref() }).collect();
        let own = &session.role_arn;
        let told = chains(0, &nodes, &context).into_iter().filter_map(|chain| {
            let name = |at: &usize| roles.get(*at).map(|(policies, _)| policies.principal.arn().to_owned());
            let path: Vec<String> = std::iter::once(own.clone()).chain(chain.via.iter().filter_map(name)).collect();
            let role_arn = path.last()?.clone();
            let over =
                if path.len() > 2 { format!(" over {}", path[1..path.len() - 1].join(", ")) } else { String::new() };
            let words = match &chain.verdict {
                Verdict::Conditional(residual) => format!("may become {role_arn}{over} only if {residual}"),
                _ => format!("may become {role_arn}{over}"),
            };
            Some(RoleChain { role_arn, path, verdict: chain.verdict, words })
        });
        RoleChains { chains: told.collect(), cut }
    }

    /// The session itself and every role that it perhaps reaches.
    fn reachable(&self, session: &Session, context: &Context) -> (Vec<(RolePolicies, Option<Policy>)>, bool) {
        let mut roles = vec![(session.limits.policies.clone(), None)];
        let mut seen = HashSet::from([session.role_arn.clone()]);
        let mut queue = VecDeque::from([0]);
        while let Some(at) = queue.pop_front() {
            let caller = roles[at].0.clone();
            for target in self.accounts().becoming(&caller) {
                if seen.contains(&target) {
                    continue;
                }
                let Some((policies, trust)) = self.target(&target) else { continue };
                let asked = AssumeTarget { arn: &target, trust: trust.as_ref() };
                if assume_role(&caller, &asked, context).verdict.is_denied() {
                    continue;
                }
                if roles.len() > MOST {
                    return (roles, true);
                }
                seen.insert(target);
                roles.push((policies, trust));
                queue.push_back(roles.len() - 1);
            }
        }
        (roles, false)
    }

    /// A role that is unread is still one that may be become.
    fn target(&self, arn: &str) -> Option<(RolePolicies, Option<Policy>)> {
        match self.accounts().role(arn) {
            RoleRead::Found(_) => {
                let RoleLimits { policies, trust, .. } = self.accounts().limits(arn)?;
                Some((policies, Some(trust)))
            }
            RoleRead::Missing => None,
            RoleRead::Unread(_) => Some((RolePolicies::new(Principal::parse(arn)?), None)),
        }
    }
}

impl Accounts {
    /// The roles that this caller, or a trust policy that names it, speaks of.
    fn becoming(&self, caller: &RolePolicies) -> BTreeSet<String> {
        let mut targets: BTreeSet<String> = self.trusting(caller.principal.arn()).cloned().collect();
        let Some(assume) = Action::parse("sts:AssumeRole") else { return targets };
        for statement in caller.identity.iter().flat_map(Policy::statements) {
            if statement.effect() != Effect::Allow || !statement.matches_action(&assume) {
                continue;
            }
            let Some(listed) = statement.resources() else { continue };
            if listed.not {
                targets.extend(self.found_roles().map(str::to_owned));
                continue;
            }
            for pattern in listed.patterns {
                if pattern.contains(['*', '?', '$']) {
                    // A variable may stand for anything.
                    let open = open(pattern);
                    targets.extend(self.found_roles().filter(|role| arn::glob(&open, role)).map(str::to_owned));
                } else if arn::PrincipalArn::parse(pattern).is_some_and(|one| one.kind == arn::PrincipalKind::Role) {
                    targets.insert(pattern.to_owned());
                }
            }
        }
        targets
    }
}

/// A pattern with `*` in place of its variables.
fn open(pattern: &str) -> String {
    let (mut text, mut rest) = (String::new(), pattern);
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        text.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    text + rest
}
