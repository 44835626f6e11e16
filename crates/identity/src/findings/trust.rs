//! Findings about who may become a role. Trust policies are not read for what they say but asked for what they do: with
//! a subject that nobody means. So a Deny, or a condition of another kind, counts as much as it does for STS.

use std::collections::{BTreeMap, BTreeSet};

use periscope_iam::{Effect, Policy, Verdict};
use periscope_model::ObjectRef;
use periscope_model::aws::RoleRead;

use super::Gathered;
use crate::bindings::{Bound, BoundBy};
use crate::trust::{self, TrustQuestion};
use crate::{
    Admits, CheckId, Finding, Identities, RoleLimits, RoleState, Severity, Subject, SubjectKind, TrustAnswer, arn,
};

/// Names that no cluster has.
const NAMESPACE: &str = "periscope-probe-namespace";
const ACCOUNT: &str = "periscope-probe-account";
const AUDIENCE: &str = "periscope-probe-audience";
const STS: &str = "sts.amazonaws.com";

impl Identities {
    pub(super) fn check_trust(&self, gathered: &mut Gathered) {
        let facts = self.facts();
        let checks = [CheckId::TrustWithoutSub, CheckId::TrustOtherIssuer, CheckId::TrustRefuses];
        gathered.needs(&checks, &facts.service_accounts, "service accounts");
        gathered.needs(&checks, &facts.eks, "the cluster's own facts");
        gathered.needs(&[CheckId::TrustRefuses], &facts.associations, "Pod Identity associations");
        let mut roles: BTreeMap<String, Vec<ObjectRef>> = BTreeMap::new();
        for (namespace, name) in self.service_account_names() {
            let Some(bound) = self.bound(namespace, name) else { continue };
            let answer = self.trust(&bound);
            // Whoever may annotate a service account may name any role, and must not read by that whom it lets in.
            if let (BoundBy::Annotation { role, .. }, true) = (bound.by, answer.admits != Admits::No) {
                roles.entry(role.to_owned()).or_default().extend(self.workload_refs(namespace, name));
            }
            self.check_admission(&bound, answer, gathered);
            self.check_target(&bound, gathered);
        }
        let Some(issuer) = facts.issuer() else { return };
        roles.extend(self.other_roles_of(issuer, &roles));
        for (role, workloads) in roles {
            match self.accounts().role(&role) {
                RoleRead::Found(_) => {
                    gathered.findings.extend(self.open_trust(&role, issuer).map(|one| one.on(workloads)));
                }
                RoleRead::Unread(gap) if self.accounts().state(&role) == RoleState::Unread => {
                    gathered.unknown(CheckId::TrustWithoutSub, gap.what);
                }
                RoleRead::Unread(_) | RoleRead::Missing => {}
            }
        }
    }

    /// Roles that nothing here names, while pods of this cluster could assume them. Only for those who see all of it.
    fn other_roles_of(&self, issuer: &str, known: &BTreeMap<String, Vec<ObjectRef>>) -> Vec<(String, Vec<ObjectRef>)> {
        if !self.facts().scope.cluster_wide {
            return Vec::new();
        }
        let all = self.accounts().iter().filter_map(|facts| facts.iam.value.as_ref());
        let all = all.flat_map(|iam| &iam.roles).filter_map(|(arn, read)| match read {
            RoleRead::Found(role) if role.trust.contains(issuer) && !known.contains_key(arn) => Some(arn),
            _ => None,
        });
        all.map(|arn| (arn.clone(), Vec::new())).collect()
    }

    fn check_admission(&self, bound: &Bound<'_>, answer: TrustAnswer, gathered: &mut Gathered) {
        let role = bound.role();
        if answer.admits == Admits::Unknown {
            gathered.unknown(CheckId::TrustOtherIssuer, answer.words.clone());
            gathered.unknown(CheckId::TrustRefuses, answer.words);
            return;
        }
        // A role that is missing has its own finding.
        let Some(policy) = self.accounts().trust_policy(role).filter(|_| answer.admits == Admits::No) else { return };
        let (namespace, name) = (bound.namespace, bound.service_account);
        let subject = Subject::named(SubjectKind::ServiceAccount, namespace, name).with_arn(role);
        let finding = |id| {
            Finding::new(id, Severity::High, &self.facts().cluster, subject.clone())
                .seen(answer.words.clone())
                .on(self.workload_refs(namespace, name))
        };
        let issuer = self.facts().issuer().unwrap_or_default();
        let foreign = trust::issuers(&policy);
        let by_token = matches!(bound.by, BoundBy::Annotation { .. });
        if !by_token || foreign.is_empty() || foreign.iter().any(|one| one == issuer) {
            gathered.findings.push(
                finding(CheckId::TrustRefuses)
                    .seen("pods get no credentials from STS")
                    .fixed_by("correct the trust policy, or bind another role"),
            );
            return;
        }
        let mut finding = finding(CheckId::TrustOtherIssuer);
        let providers = arn::account_of(role).and_then(|account| self.accounts().oidc_providers(account));
        for one in &foreign {
            if providers.is_some_and(|all| all.iter().all(|provider| provider.issuer != *one)) {
                finding = finding.seen(format!("the account has no provider for {one}: its cluster is probably gone"));
            }
        }
        let provider = arn::account_of(role)
            .map(|account| format!("arn:{}:iam::{account}:oidc-provider/{issuer}", arn::partition_of(role)));
        gathered.findings.push(finding.fixed_by(format!(
            "let the trust policy name {} with {issuer}:sub = {}",
            provider.unwrap_or_default(),
            trust::subject(namespace, name)
        )));
    }

    /// Whether the first role of a chain becomes the second.
    fn check_target(&self, bound: &Bound<'_>, gathered: &mut Gathered) {
        let BoundBy::Association(association) = bound.by else { return };
        let Some(target) = association.target_role_arn.as_deref() else { return };
        // A first role that lets nobody in, and a role that is missing, have findings of their own.
        let both = [bound.role(), target].map(|role| self.accounts().state(role));
        if both.contains(&RoleState::Missing) || self.trust(bound).admits == Admits::No {
            return;
        }
        let answer = self.target_trust(association, target);
        match answer.admits {
            Admits::Yes | Admits::Conditional => {}
            Admits::Unknown => gathered.unknown(CheckId::TrustRefuses, answer.words),
            Admits::No => {
                let (namespace, name) = (bound.namespace, bound.service_account);
                let subject = Subject::named(SubjectKind::ServiceAccount, namespace, name).with_arn(target);
                gathered.findings.push(
                    Finding::new(CheckId::TrustRefuses, Severity::High, &self.facts().cluster, subject)
                        .seen(format!("the association {} goes on to {target}", association.id))
                        .seen(answer.words)
                        .seen("pods get no credentials")
                        .fixed_by(format!(
                            "allow sts:AssumeRole and sts:TagSession on {target} to {}, in its policies and in the target's \
                             trust policy, or take the target role from the association",
                            bound.role()
                        ))
                        .on(self.workload_refs(namespace, name)),
                );
            }
        }
    }

    /// Whether more pods of this cluster can become the role than its trust policy should mean.
    fn open_trust(&self, role: &str, issuer: &str) -> Option<Finding> {
        let limits = self.accounts().limits(role)?;
        let asked = |subject: &str, audience: &str| ask(role, issuer, &limits, subject, audience);
        let nobody = trust::subject(NAMESPACE, ACCOUNT);
        // It may let in everybody by naming nobody in particular.
        let named = trust::issuers(&limits.trust).iter().any(|one| one == issuer);
        if !named && asked(&nobody, STS).is_none() {
            return None;
        }
        let mut problems = Problems { severity: Severity::Low, evidence: Vec::new(), exact: true, only_audience: true };
        let subjects = Subjects::of(&limits.trust, issuer);
        if let Some(exact) = asked(&nobody, STS) {
            let words = format!("every pod of the cluster may become {role}: nothing limits {issuer}:sub");
            problems.add(Severity::High, words, exact);
        } else {
            for pattern in &subjects.patterns {
                if let Some(exact) = asked(&instance(pattern), STS) {
                    let (severity, whom) = whom(pattern);
                    let words = if self.facts().sees_subject(pattern) {
                        format!("{issuer}:sub is like {pattern}, which is {whom}")
                    } else {
                        format!("{issuer}:sub is like a pattern of a namespace whose pods you may not list")
                    };
                    problems.add(severity, words, exact);
                }
            }
        }
        if subjects.for_all_values {
            let words = format!("ForAllValues on {issuer}:sub also holds for a token that has no subject");
            problems.add(Severity::Medium, words, true);
        }
        let some = subjects.exact.first().cloned().or_else(|| subjects.patterns.first().map(|one| instance(one)));
        if asked(some.as_deref().unwrap_or(&nobody), AUDIENCE).is_some() {
            let words = format!("nothing checks {issuer}:aud, so tokens for other services are taken, too");
            problems.evidence.push(words);
        }
        problems.finding(self, role, issuer)
    }
}

struct Problems {
    severity: Severity,
    evidence: Vec<String>,
    exact: bool,
    only_audience: bool,
}

impl Problems {
    fn add(&mut self, severity: Severity, words: String, exact: bool) {
        self.severity = self.severity.min(severity);
        if !self.evidence.contains(&words) {
            self.evidence.push(words);
        }
        self.exact &= exact;
        self.only_audience = false;
    }

    fn finding(self, identities: &Identities, role: &str, issuer: &str) -> Option<Finding> {
        if self.evidence.is_empty() {
            return None;
        }
        let cluster = &identities.facts().cluster;
        let mut finding = Finding::new(CheckId::TrustWithoutSub, self.severity, cluster, Subject::role(role));
        finding.evidence = self.evidence;
        let fix = if self.only_audience {
            "Trust policy checks no audience".clone_into(&mut finding.title);
            format!("add the condition {issuer}:aud = {STS} to the trust policy")
        } else {
            format!("limit {issuer}:sub with StringEquals to system:serviceaccount:NAMESPACE:NAME in the trust policy")
        };
        let name = arn::name_of(role);
        let command =
            format!("aws iam update-assume-role-policy --role-name {name} --policy-document file://trust.json");
        Some(finding.fixed_by(fix).with_command(Some(command)).certain(self.exact))
    }
}

/// Whether a token is let in, and if so whether for certain.
fn ask(role: &str, issuer: &str, limits: &RoleLimits, subject: &str, audience: &str) -> Option<bool> {
    let question = TrustQuestion::web_identity(role, issuer, subject, audience)?;
    match question.verdict(role, &limits.trust, &limits.resource_control) {
        Verdict::Allowed => Some(true),
        Verdict::Conditional(_) => Some(false),
        Verdict::Denied { .. } => None,
    }
}

/// The subjects that a trust policy speaks of.
#[derive(Default)]
struct Subjects {
    exact: Vec<String>,
    /// With wildcards.
    patterns: BTreeSet<String>,
    for_all_values: bool,
}

impl Subjects {
    fn of(policy: &Policy, issuer: &str) -> Self {
        let key = format!("{issuer}:sub");
        let mut subjects = Self::default();
        for statement in policy.statements().filter(|statement| statement.effect() == Effect::Allow) {
            let mut limited = false;
            let mut open = false;
            for condition in statement.conditions().filter(|one| one.key.eq_ignore_ascii_case(&key)) {
                let operator = condition.operator.to_ascii_lowercase();
                if operator.contains("not") || operator.contains("null") {
                    continue;
                }
                if operator.starts_with("forallvalues:") {
                    open = true;
                } else {
                    limited = true;
                }
                for value in condition.values {
                    if operator.contains("like") && value.contains(['*', '?']) {
                        subjects.patterns.insert(value.to_owned());
                    } else {
                        subjects.exact.push(value.to_owned());
                    }
                }
            }
            subjects.for_all_values |= open && !limited;
        }
        subjects
    }
}

/// A subject that the pattern means, and nobody else.
fn instance(pattern: &str) -> String {
    let parts: Vec<&str> = pattern.split(':').collect();
    let filled = |part: &str, with: &str| part.replace('*', with).replace('?', "x");
    match parts[..] {
        [system, kind, namespace, name] => [
            &filled(system, "system"),
            &filled(kind, "serviceaccount"),
            &filled(namespace, NAMESPACE),
            &filled(name, ACCOUNT),
        ]
        .map(String::as_str)
        .join(":"),
        // `*` or `system:serviceaccount:*`: the rest of it is anybody.
        _ if pattern.ends_with('*') && "system:serviceaccount:".starts_with(pattern.trim_end_matches('*')) => {
            trust::subject(NAMESPACE, ACCOUNT)
        }
        _ => filled(pattern, NAMESPACE),
    }
}

fn whom(pattern: &str) -> (Severity, String) {
    let parts: Vec<&str> = pattern.split(':').collect();
    match parts[..] {
        [_, _, namespace, _] if namespace.contains(['*', '?']) => {
            (Severity::High, format!("a ServiceAccount of every namespace like {namespace}"))
        }
        [_, _, namespace, "*"] => (Severity::Medium, format!("every ServiceAccount of namespace {namespace}")),
        [_, _, namespace, name] => {
            (Severity::Medium, format!("every ServiceAccount like {name} of namespace {namespace}"))
        }
        _ => (Severity::High, "more than one ServiceAccount".to_owned()),
    }
}
