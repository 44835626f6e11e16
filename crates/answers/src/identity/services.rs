//! What a role may do, service by service, as rows that people read: a pattern where its actions stand alike, else each
//! action, what is sensitive first.

use std::collections::BTreeSet;

use periscope_iam::{
    Action, ActionGlob, ActionSet, Catalogue, Forward, Grant, Permission, Policies, Request, ServicePermissions,
    Verdict, explain, is_trust_question, reference,
};
use periscope_identity::{Accounts, RoleLimits, Session};

use super::{AwsService, AwsVerdict, Decision, GrantedAction};

/// What rows are made from.
pub(super) struct Rights<'a> {
    pub(super) forward: &'a Forward,
    pub(super) session: &'a Session,
    pub(super) catalogue: &'a Catalogue,
    pub(super) accounts: &'a Accounts,
}

impl Rights<'_> {
    /// Entries of the catalogue that are held, but for those that the operator has accepted.
    pub(super) fn sensitive(&self) -> impl Iterator<Item = &periscope_iam::SensitiveEntry> {
        let held = self.forward.sensitive.iter().filter_map(|held| self.catalogue.find(&held.id));
        held.filter(|entry| entry.silenced.is_none())
    }

    pub(super) fn services(&self, most: usize) -> Vec<AwsService> {
        self.forward.services.iter().map(|service| self.service(service, most)).collect()
    }

    /// One of them by its prefix.
    pub(super) fn of(&self, prefix: &str, most: usize) -> Option<AwsService> {
        let known = reference().find_service(prefix)?.id;
        self.forward.services.iter().find(|service| service.service == known).map(|service| self.service(service, most))
    }

    fn service(&self, service: &ServicePermissions, most: usize) -> AwsService {
        let prefix = reference().service(service.service).prefix();
        let mut actions: Vec<GrantedAction> =
            service.permissions.iter().flat_map(|permission| self.rows(prefix, permission)).collect();
        let order = |row: &GrantedAction| {
            (row.sensitive.is_empty(), rank(row.verdict.decision), std::cmp::Reverse(row.count > 1), row.action.clone())
        };
        actions.sort_by_cached_key(order);
        let total = actions.len();
        actions.truncate(most);
        AwsService { service: prefix.to_owned(), name: prefix.to_owned(), cut: actions.len() < total, actions, total }
    }

    fn rows(&self, prefix: &str, permission: &Permission) -> Vec<GrantedAction> {
        let groups = self.groups(prefix, permission);
        let mut rows = Vec::new();
        for (verdict, grants) in alike(&permission.grants) {
            let limits: &RoleLimits = &self.session.limits;
            let blocked_by = grants.first().map_or(&[][..], |grant| grant.blocked_by.as_slice());
            let told = AwsVerdict::of(verdict, blocked_by).bounded(verdict, limits);
            let all = |of: fn(&Grant) -> &[Box<str>]| {
                let all: BTreeSet<&str> = grants.iter().flat_map(|grant| of(grant)).map(|text| &**text).collect();
                all.into_iter().map(str::to_owned).collect::<Vec<String>>()
            };
            let (resources, except) = (all(|grant| &grant.resources), all(|grant| &grant.except));
            for (action, set) in &groups {
                let settled = self.by_trust(action, &resources, verdict);
                let (held, told) = match &settled {
                    Some((verdict, told)) => (!verdict.is_denied(), told.clone()),
                    None => (!verdict.is_denied(), told.clone()),
                };
                rows.push(GrantedAction {
                    action: action.clone(),
                    count: set.len(),
                    access_level: levels(set),
                    sensitive: if held { self.marks(set) } else { Vec::new() },
                    resources: resources.clone(),
                    except: except.clone(),
                    verdict: told,
                });
            }
        }
        rows
    }

    /// Becoming one role hangs on that role's trust policy, which is a resource's policy that may have been read.
    fn by_trust(&self, action: &str, resources: &[String], verdict: &Verdict) -> Option<(Verdict, AwsVerdict)> {
        let Verdict::Conditional(residual) = verdict else { return None };
        let [role] = resources else { return None };
        let action = Action::parse(action).filter(|action| residual.is_unseen() && is_trust_question(action, role))?;
        let target = self.accounts.limits(role)?;
        let limits = &self.session.limits;
        let policies = Policies {
            resource: Some(&target.trust),
            resource_control: &target.resource_control,
            ..limits.policies.policies()
        };
        let request = Request {
            principal: Some(&limits.policies.principal),
            action: &action,
            resource: role,
            account: None,
            context: &self.session.context,
        };
        let explained = explain(&request, &policies);
        let told = AwsVerdict::of(&explained.verdict, &explained.blocked_by).bounded(&explained.verdict, limits);
        Some((explained.verdict, told))
    }

    /// Entries in which some of these actions have a part.
    fn marks(&self, set: &ActionSet) -> Vec<String> {
        let part = |entry: &&periscope_iam::SensitiveEntry| entry.action_sets().iter().any(|one| one.intersects(set));
        self.sensitive().filter(part).map(|entry| entry.id.to_string()).collect()
    }

    /// The patterns of the statements that name nothing beside these actions, the widest first; then what is left, one by
    /// one.
    fn groups(&self, prefix: &str, permission: &Permission) -> Vec<(String, ActionSet)> {
        if permission.whole_service {
            return vec![(format!("{prefix}:*"), permission.actions.clone())];
        }
        let mut patterns: Vec<(String, ActionSet)> = Vec::new();
        for (policy, statement) in permission.grants.iter().flat_map(|grant| &grant.statements) {
            let policy = self.session.limits.policies.identity.get(*policy);
            let Some(listed) = policy.and_then(|policy| policy.statement(*statement)).map(|one| one.actions()) else {
                continue;
            };
            for pattern in listed.patterns.into_iter().filter(|pattern| !listed.not && pattern.contains(['*', '?'])) {
                let set = ActionGlob::new(pattern).set();
                let mine = set.len() > 1 && set.is_subset(&permission.actions);
                if mine && !patterns.iter().any(|(known, _)| known == pattern) {
                    patterns.push((pattern.to_owned(), set));
                }
            }
        }
        patterns.sort_by_key(|(_, set)| std::cmp::Reverse(set.len()));
        let (mut left, mut groups) = (permission.actions.clone(), Vec::new());
        for (pattern, set) in patterns {
            if set.is_subset(&left) {
                left = left.difference(&set);
                groups.push((pattern, set));
            }
        }
        groups.extend(left.iter().map(|id| (reference().action(id).to_string(), std::iter::once(id).collect())));
        groups
    }
}

/// Grants that come to the same, together; what is allowed first.
fn alike(grants: &[Grant]) -> Vec<(&Verdict, Vec<&Grant>)> {
    let mut all: Vec<(&Verdict, Vec<&Grant>)> = Vec::new();
    for grant in grants {
        let same = all.iter_mut().find(|(verdict, some)| {
            **verdict == grant.verdict && some.first().is_some_and(|one| one.blocked_by == grant.blocked_by)
        });
        match same {
            Some((_, together)) => together.push(grant),
            None => all.push((&grant.verdict, vec![grant])),
        }
    }
    all
}

fn levels(set: &ActionSet) -> String {
    let levels: BTreeSet<&str> = set.actions().map(|action| action.access_level().name()).collect();
    levels.into_iter().collect::<Vec<_>>().join(", ")
}

fn rank(decision: Decision) -> u8 {
    match decision {
        Decision::Allowed => 0,
        Decision::Conditional => 1,
        Decision::Unknown => 2,
        Decision::Denied => 3,
    }
}
