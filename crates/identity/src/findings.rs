//! Every check over one cluster: what was found, what is clear, and what could not be looked at.

mod bindings;
mod pods;
mod probe;
mod rights;
mod trust;

use std::collections::{BTreeMap, BTreeSet};

use periscope_iam::Catalogue;
use periscope_model::ObjectRef;
use periscope_model::aws::Observed;
use periscope_rbac::Policies;

use crate::bindings::Bound;
use crate::finding::not_looked_at;
use crate::session::Session;
use crate::{Admits, CheckId, CheckState, Checked, Finding, Identities, IdentitySource, PodIdentity, access};

/// What checks need beside the cluster's facts.
#[derive(Debug, Clone, Copy)]
pub struct CheckOptions<'a> {
    /// What counts as sensitive.
    pub catalogue: &'a Catalogue,
    /// The cluster's RBAC objects, if the caller may know them.
    pub rbac: Option<&'a Policies>,
    /// Why the caller must not be told who may enter the cluster; `None` when they may.
    pub access_withheld: Option<&'a str>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The gravest first.
    pub findings: Vec<Finding>,
    /// Every check once.
    pub checked: Vec<Checked>,
}

/// At most as many reasons are told of why a check could not be made.
const REASONS: usize = 3;

/// What the checks write into.
#[derive(Debug, Default)]
struct Gathered {
    findings: Vec<Finding>,
    unknown: BTreeMap<CheckId, BTreeSet<String>>,
}

/// Workloads that act as one role through one service account.
struct User {
    namespace: String,
    service_account: String,
    identity: PodIdentity,
    workloads: BTreeSet<ObjectRef>,
    /// `None` when the role is missing or unread.
    session: Option<Session>,
}

impl Gathered {
    fn unknown(&mut self, check: CheckId, why: impl Into<String>) {
        self.unknown.entry(check).or_default().insert(why.into());
    }

    fn unknown_all(&mut self, checks: &[CheckId], why: &str) {
        for check in checks {
            self.unknown(*check, why);
        }
    }

    /// Notes for each of the checks that a part was not read.
    fn needs<T>(&mut self, checks: &[CheckId], part: &Observed<T>, what: &str) {
        if part.value.is_none() {
            let why = part.gaps.first().map_or_else(|| format!("{what} were not read"), not_looked_at);
            self.unknown_all(checks, &why);
        }
    }

    fn report(self) -> Report {
        let Self { mut findings, unknown } = self;
        let order = |finding: &Finding| (finding.severity, finding.id, finding.subject.clone());
        findings.sort_by_cached_key(order);
        let checked = CheckId::ALL.iter().map(|id| {
            let count = findings.iter().filter(|finding| finding.id == *id).count();
            let reasons = unknown.get(id);
            let state = match (count, reasons) {
                (0, None) => CheckState::Clear,
                (0, Some(_)) => CheckState::Unknown,
                _ => CheckState::Found,
            };
            Checked { id: *id, title: id.title(), state, count, why: reasons.map(told) }
        });
        Report { checked: checked.collect(), findings }
    }
}

fn told(reasons: &BTreeSet<String>) -> String {
    let mut shown: Vec<String> = reasons.iter().take(REASONS).cloned().collect();
    if reasons.len() > REASONS {
        shown.push(format!("and {} more", reasons.len() - REASONS));
    }
    shown.join("; ")
}

impl Identities {
    /// Makes every check.
    pub fn report(&self, options: &CheckOptions<'_>) -> Report {
        let mut gathered = Gathered::default();
        self.check_access(options, &mut gathered);
        self.check_bindings(&mut gathered);
        self.check_trust(&mut gathered);
        self.check_pods(&mut gathered);
        self.check_rights(options.catalogue, &mut gathered);
        gathered.report()
    }

    fn check_access(&self, options: &CheckOptions<'_>, gathered: &mut Gathered) {
        if let Some(why) = options.access_withheld {
            for check in [CheckId::AwsAuthMasters, CheckId::MappedDifferently, CheckId::AwsAuthMalformed] {
                gathered.unknown(check, why);
            }
            return;
        }
        let (findings, unknown) = access::check(self.facts(), &access::pairs(self.facts()), options.rbac);
        gathered.findings.extend(findings);
        for (check, why) in unknown {
            gathered.unknown(check, why);
        }
    }

    /// Who acts as which role: what runs by its identity in force, what does not run by the next one.
    fn users(&self) -> BTreeMap<String, Vec<User>> {
        type Key = (String, String, IdentitySource, String);
        let mut users: BTreeMap<Key, (PodIdentity, BTreeSet<ObjectRef>)> = BTreeMap::new();
        let mut add = |namespace: &str, name: &str, identity: PodIdentity, workloads: Vec<ObjectRef>| {
            let Some(role) = identity.role_arn.clone() else { return };
            let key = (namespace.to_owned(), name.to_owned(), identity.source, role);
            users.entry(key).or_insert_with(|| (identity, BTreeSet::new())).1.extend(workloads);
        };
        for pod in self.all_pods() {
            // A role of the node that is perhaps in reach is not one to blame the pod for.
            let blamed = |one: &PodIdentity| one.source != IdentitySource::Node || one.exact;
            for identity in self.all_in_force(pod).into_iter().filter(blamed) {
                add(&pod.namespace, &pod.service_account, identity, vec![pod.workload.clone()]);
            }
        }
        for (namespace, name) in self.service_account_names() {
            if self.bound(namespace, name).is_some() {
                add(namespace, name, self.next(namespace, name, &[], false), self.workload_refs(namespace, name));
            }
        }
        let mut by_role: BTreeMap<String, Vec<User>> = BTreeMap::new();
        for ((namespace, service_account, _, first), (identity, workloads)) in users {
            let trust = self.trust_of(&namespace, &service_account, &identity);
            // Whom the role does not let in may do nothing with it.
            let admitted = trust.is_none_or(|trust| trust.admits != Admits::No);
            let session = if admitted { self.session_of(&namespace, &service_account, &identity) } else { None };
            let bound = self.bound(&namespace, &service_account);
            let last = bound.filter(|_| identity.source == IdentitySource::PodIdentity);
            let last = last.as_ref().map_or(first.as_str(), Bound::last_role).to_owned();
            by_role.entry(last).or_default().push(User { namespace, service_account, identity, workloads, session });
        }
        by_role
    }
}
