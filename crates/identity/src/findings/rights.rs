//! Findings about what roles may do: in the end, after boundary, session policy and the organization.

use std::collections::{BTreeMap, BTreeSet};

use periscope_iam::{Action, ActionSet, Catalogue, Effect, Policy, SensitiveEntry, Statement, Verdict, forward};
use periscope_model::ObjectRef;
use periscope_model::aws::RoleRead;

use super::probe::{self, Prober, Tally};
use super::{Gathered, User};
use crate::session::Session;
use crate::{CheckId, Finding, Identities, IdentitySource, RoleState, Severity, Subject, arn};

const CHECKS: [CheckId; 4] =
    [CheckId::FullAdmin, CheckId::ServiceWildcard, CheckId::PassRoleAny, CheckId::SharedBroadRole];

/// What is wrong with one session.
struct Broad {
    check: CheckId,
    severity: Severity,
    evidence: String,
    exact: bool,
}

impl Identities {
    pub(super) fn check_rights(&self, catalogue: &Catalogue, gathered: &mut Gathered) {
        let facts = self.facts();
        gathered.needs(&CHECKS, &facts.pods, "pods");
        gathered.needs(&CHECKS, &facts.service_accounts, "service accounts");
        gathered.needs(&CHECKS, &facts.associations, "Pod Identity associations");
        for (role, users) in self.users() {
            // What is no role has a finding of its own.
            if self.accounts().state(&role) == RoleState::NotARole {
                continue;
            }
            if let RoleRead::Unread(gap) = self.accounts().role(&role) {
                gathered.unknown_all(&CHECKS, &gap.what);
                continue;
            }
            // A role may be limited for one user by a session policy and not for another.
            let mut found: BTreeMap<CheckId, (Vec<Broad>, BTreeSet<ObjectRef>)> = BTreeMap::new();
            for user in &users {
                let Some(session) = &user.session else { continue };
                if session.limits.may_do_more {
                    let why = session.limits.unseen.first().cloned().unwrap_or_default();
                    gathered.unknown_all(&CHECKS, &why);
                }
                for broad in self.broad(session) {
                    let (all, workloads) = found.entry(broad.check).or_default();
                    workloads.extend(user.workloads.iter().cloned());
                    if all.iter().all(|one| one.evidence != broad.evidence) {
                        all.push(broad);
                    }
                }
            }
            if let Some(shared) = self.shared(&role, &users, &found, catalogue) {
                gathered.findings.push(shared);
            }
            gathered.findings.extend(found.into_iter().map(|(check, (broad, workloads))| {
                self.broad_finding(&role, check, &broad, workloads.into_iter().collect())
            }));
        }
    }

    fn broad(&self, session: &Session) -> Vec<Broad> {
        let prober = Prober::new(session, self.facts().region());
        if let Some(admin) = full_admin(session, &prober) {
            return vec![admin];
        }
        let mut broad = service_wildcards(session, &prober);
        broad.extend(all_but_some(session, &prober));
        broad.extend(pass_role_any(session, &prober));
        broad
    }

    fn broad_finding(&self, role: &str, check: CheckId, broad: &[Broad], workloads: Vec<ObjectRef>) -> Finding {
        let severity = broad.iter().map(|one| one.severity).min().unwrap_or(Severity::Medium);
        let mut finding = Finding::new(check, severity, &self.facts().cluster, Subject::role(role));
        finding.evidence = broad.iter().map(|one| one.evidence.clone()).collect();
        let jobs = workloads.iter().filter(|one| one.kind.group() == "batch").map(|one| one.name.as_str());
        let jobs: Vec<&str> = jobs.collect();
        if check == CheckId::FullAdmin && !jobs.is_empty() {
            finding.evidence.push(format!("{} only runs for a while and hardly needs all of AWS", jobs.join(", ")));
        }
        let exact = broad.iter().all(|one| one.exact);
        let fix = match check {
            CheckId::FullAdmin => "replace the policy by one with the actions and resources that the workload uses",
            CheckId::ServiceWildcard => "name the actions and the resources that the workload uses",
            _ => "name the roles that may be passed, and the service with iam:PassedToService",
        };
        let command = (check != CheckId::PassRoleAny).then(|| {
            format!("aws accessanalyzer start-policy-generation --policy-generation-details principalArn={role}")
        });
        finding.fixed_by(fix).with_command(command).certain(exact).on(workloads)
    }

    /// One role for several service accounts, and broad enough that what one of them needs is much to give another.
    fn shared(
        &self,
        role: &str,
        users: &[User],
        found: &BTreeMap<CheckId, (Vec<Broad>, BTreeSet<ObjectRef>)>,
        catalogue: &Catalogue,
    ) -> Option<Finding> {
        let mut accounts: BTreeMap<(&str, &str), &User> = BTreeMap::new();
        for user in users.iter().filter(|user| user.identity.source != IdentitySource::Node) {
            if !user.workloads.is_empty() && user.session.is_some() {
                accounts.insert((&user.namespace, &user.service_account), user);
            }
        }
        let workloads: BTreeSet<&ObjectRef> = accounts.values().flat_map(|user| &user.workloads).collect();
        if accounts.len() < 2 || workloads.len() < 2 {
            return None;
        }
        let session = accounts.values().find_map(|user| user.session.as_ref())?;
        let mut broad: Vec<String> = found.values().flat_map(|(all, _)| all).map(|one| one.evidence.clone()).collect();
        if broad.is_empty() {
            broad = broad_sensitive(session, catalogue);
        }
        if broad.is_empty() {
            return None;
        }
        let names: Vec<String> = accounts.keys().map(|(namespace, name)| format!("{namespace}/{name}")).collect();
        let mut finding =
            Finding::new(CheckId::SharedBroadRole, Severity::High, &self.facts().cluster, Subject::role(role))
                .seen(format!("{} ServiceAccounts act as it: {}", names.len(), names.join(", ")));
        finding.evidence.extend(broad);
        let workloads = workloads.into_iter().cloned().collect();
        Some(
            finding
                .fixed_by("give each ServiceAccount a role of its own with what it needs")
                .certain(!session.limits.may_do_less)
                .on(workloads),
        )
    }
}

fn allowing(session: &Session) -> impl Iterator<Item = (&Policy, Statement<'_>)> {
    let policies = session.limits.policies.identity.iter();
    let statements = policies.flat_map(|policy| policy.statements().map(move |statement| (policy, statement)));
    statements.filter(|(_, statement)| statement.effect() == Effect::Allow && statement.is_judged())
}

fn place(policy: &Policy, statement: Statement<'_>) -> String {
    format!("policy {}, statement {}", policy.name(), statement.label())
}

/// The first broad pattern of a statement's resources.
fn broad_resource(statement: Statement<'_>) -> Option<&str> {
    let listed = statement.resources().filter(|listed| !listed.not)?;
    listed.patterns.into_iter().find(|pattern| probe::is_broad(pattern))
}

fn but_for(tally: Tally, session: &Session) -> String {
    let mut words = String::new();
    if tally.denied > 0 {
        words.push_str("; some of it is denied by what limits the role");
    }
    if tally.conditional > 0 {
        words.push_str("; some of it only under conditions");
    }
    if session.limits.may_do_less {
        words.push_str("; policies that may limit it could not be read");
    }
    words
}

/// Every action, or every action but some, in words.
fn everything(statement: Statement<'_>) -> Option<String> {
    let is_everything =
        |pattern: &str| pattern.contains('*') && pattern.bytes().all(|byte| matches!(byte, b'*' | b':'));
    let actions = statement.actions();
    if actions.not {
        return Some(format!("everything but {}", actions.patterns.join(", ")));
    }
    actions.patterns.iter().any(|pattern| is_everything(pattern)).then(|| "*".to_owned())
}

/// Every action on every resource, by one statement, and most of it left by what limits the role.
fn full_admin(session: &Session, prober: &Prober<'_>) -> Option<Broad> {
    allowing(session).find_map(|(policy, statement)| {
        let (actions, resource) = (everything(statement)?, broad_resource(statement)?);
        let tally = prober.tally(statement, probe::administration(), true);
        // What it leaves out by itself may be what makes an administrator.
        if tally.asked() < probe::administration().count() || !tally.is_mostly_allowed() {
            return None;
        }
        let sure = tally.allowed * 2 > tally.asked();
        Some(Broad {
            check: CheckId::FullAdmin,
            severity: if sure { Severity::Critical } else { Severity::High },
            evidence: format!("{} allows {actions} on {resource}{}", place(policy, statement), but_for(tally, session)),
            exact: sure && !session.limits.may_do_less,
        })
    })
}

/// Every action but some on all resources: every action of most services, and most of it left by what limits the role.
fn all_but_some(session: &Session, prober: &Prober<'_>) -> Option<Broad> {
    allowing(session).filter(|(_, statement)| statement.actions().not).find_map(|(policy, statement)| {
        let (actions, resource) = (everything(statement)?, broad_resource(statement)?);
        let tally = prober.tally(statement, probe::administration(), false);
        if tally.asked() * 2 < probe::administration().count() || !tally.is_mostly_allowed() {
            return None;
        }
        Some(Broad {
            check: CheckId::ServiceWildcard,
            severity: Severity::High,
            evidence: format!("{} allows {actions} on {resource}{}", place(policy, statement), but_for(tally, session)),
            exact: !session.limits.may_do_less,
        })
    })
}

/// `s3:*` on all of S3, and most of it left by what limits the role.
fn service_wildcards(session: &Session, prober: &Prober<'_>) -> Vec<Broad> {
    let mut broad: BTreeMap<String, Broad> = BTreeMap::new();
    for (policy, statement) in allowing(session) {
        let actions = statement.actions();
        let Some(resource) = broad_resource(statement).filter(|_| !actions.not) else { continue };
        for pattern in actions.patterns {
            let Some((service, name)) = pattern.split_once(':') else { continue };
            let whole = !name.is_empty() && name.bytes().all(|byte| byte == b'*') && !service.contains(['*', '?']);
            let service = service.to_ascii_lowercase();
            if !whole || broad.contains_key(&service) {
                continue;
            }
            let tally = prober.tally(statement, probe::some_of(&service), false);
            if tally.asked() == 0 || !tally.is_mostly_allowed() {
                continue;
            }
            let evidence =
                format!("{} allows {pattern} on {resource}{}", place(policy, statement), but_for(tally, session));
            let severity = if service == "iam" { Severity::Critical } else { Severity::High };
            let exact = !session.limits.may_do_less;
            broad.insert(service, Broad { check: CheckId::ServiceWildcard, severity, evidence, exact });
        }
    }
    broad.into_values().collect()
}

/// `iam:PassRole` on roles of any name.
fn pass_role_any(session: &Session, prober: &Prober<'_>) -> Option<Broad> {
    let action = Action::parse("iam:PassRole")?;
    let account = arn::account_of(&session.role_arn)?;
    let partition = arn::partition_of(&session.role_arn);
    let roles = [probe::NAME.to_owned(), format!("{0}/{0}", probe::NAME)];
    let mut services: Option<String> = None;
    for role in roles {
        match prober.whole(&action, &format!("arn:{partition}:iam::{account}:role/{role}")) {
            Verdict::Denied { .. } => return None,
            Verdict::Allowed => {}
            Verdict::Conditional(residual) => {
                // A condition on the service leaves the role open; one on the role does not.
                let keys = residual.keys();
                let of_service = ["iam:passedtoservice", "iam:associatedresourcearn"];
                let open = keys.iter().all(|key| of_service.contains(&key.to_ascii_lowercase().as_str()));
                if !open || residual.is_unjudged() {
                    return None;
                }
                services = Some(residual.words());
            }
        }
    }
    let (policy, statement) = allowing(session).find(|(_, statement)| {
        statement.matches_action(&action)
            && (broad_resource(*statement).is_some() || statement.resources().is_some_and(|one| one.not))
    })?;
    let severity = if services.is_some() { Severity::Medium } else { Severity::High };
    let only = services.map(|words| format!(", only if {words}")).unwrap_or_default();
    let more = if session.limits.may_do_less { "; policies that may limit it could not be read" } else { "" };
    Some(Broad {
        check: CheckId::PassRoleAny,
        severity,
        evidence: format!("{} allows iam:PassRole on every role{only}{more}", place(policy, statement)),
        exact: !session.limits.may_do_less,
    })
}

/// Sensitive actions that are allowed on all resources of their kind.
fn broad_sensitive(session: &Session, catalogue: &Catalogue) -> Vec<String> {
    let view = forward(&session.limits.policies, &session.context, catalogue);
    let held = view.sensitive.iter().filter(|held| held.certain).filter_map(|held| catalogue.find(&held.id));
    let held = held.filter(|entry| entry.silenced.is_none());
    let sensitive = held.flat_map(SensitiveEntry::action_sets).fold(ActionSet::new(), |all, set| all.union(set));
    let mut words = BTreeSet::new();
    for permission in view.services.iter().flat_map(|service| &service.permissions) {
        let actions = permission.actions.intersection(&sensitive);
        if actions.is_empty() {
            continue;
        }
        let allowed = permission.grants.iter().filter(|grant| grant.verdict.is_allowed());
        let broad = allowed.flat_map(|grant| &grant.resources).find(|resource| probe::is_broad(resource));
        if let Some(resource) = broad {
            let names: Vec<String> = actions.actions().map(|action| action.to_string()).collect();
            words.insert(format!("it allows {} on {resource}", names.join(", ")));
        }
    }
    words.into_iter().collect()
}
