//! Who may enter a cluster: EKS's access entries beside `aws-auth`, principal by principal.

mod findings;
mod rights;

use std::collections::BTreeMap;

use jiff::Timestamp;
use periscope_model::Scope;
use periscope_model::aws::{AccessEntry, AccessScope};
use periscope_rbac::Policies;
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::{Accounts, RoleState};
use crate::arn::{self, PrincipalArn, PrincipalKey};
use crate::{AccessPolicy, AwsAuth, AwsAuthEntry, CheckId, ClusterFacts, Finding};

pub(crate) use findings::check;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterAccess {
    /// `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`; absent when it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_mode: Option<String>,
    /// What the mode means for the two lists.
    pub mode_words: String,
    /// Absent when neither side was seen: unknown is not zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chip: Option<Chip>,
    pub principals: Vec<AccessPrincipal>,
    /// Accounts that `aws-auth` lets in whole.
    pub map_accounts: Vec<String>,
    pub findings: Vec<Finding>,
}

/// How far the migration to access entries is. The four add up to the number of principals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Chip {
    pub aws_auth_only: usize,
    pub both: usize,
    pub entries_only: usize,
    /// On one side for certain, while the other side could not be read.
    pub unknown: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessPrincipal {
    /// As IAM writes it where that is known; without a path where only `aws-auth` names it.
    pub arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    pub name: String,
    pub state: AccessState,
    /// Only of principals on both sides, and only where it can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_rights: Option<bool>,
    /// Whether it is a node's role.
    pub node: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntrySide>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_auth: Option<AwsAuthSide>,
    pub role_state: RoleState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_url: Option<String>,
    /// How the rights of both sides differ, or why they cannot be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
    pub findings: Vec<CheckId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AccessState {
    AwsAuthOnly,
    Both,
    EntryOnly,
    /// The other side could not be read.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntrySide {
    /// `STANDARD`, `EC2_LINUX` …
    #[serde(rename = "type")]
    pub kind: String,
    pub username: String,
    pub groups: Vec<String>,
    pub policies: Vec<EntryPolicy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub created: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub modified: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryPolicy {
    pub name: String,
    pub arn: String,
    pub scope: Scope,
    /// What it allows, in words.
    pub means: String,
    /// What it says of custom resources. Absent for policies of EKS's own parts and unknown ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_resources: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AwsAuthSide {
    /// As written, every spelling once.
    pub arns: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    pub groups: Vec<String>,
    /// In its list inside of the ConfigMap.
    pub line: u64,
}

/// One principal with its two sides.
pub(crate) struct Pair<'a> {
    pub(crate) key: PrincipalKey,
    pub(crate) entry: Option<&'a AccessEntry>,
    /// The one that counts.
    pub(crate) aws_auth: Option<&'a AwsAuthEntry>,
    pub(crate) state: AccessState,
}

/// What each mode makes of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    ConfigMap,
    Both,
    Entries,
    Unknown,
}

impl Mode {
    pub(crate) fn of(facts: &ClusterFacts) -> Self {
        match facts.authentication_mode() {
            Some("CONFIG_MAP") => Self::ConfigMap,
            Some("API_AND_CONFIG_MAP") => Self::Both,
            Some("API") => Self::Entries,
            _ => Self::Unknown,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::ConfigMap => "only aws-auth counts; access entries are ignored",
            Self::Both => "both count; for a principal on both sides the access entry does",
            Self::Entries => "only access entries count; aws-auth is ignored",
            Self::Unknown => "which of the two lists count is not known",
        }
    }
}

/// `rbac` are the cluster's RBAC objects, if the caller may know them; without them rights given by groups can only be
/// compared by name.
pub fn cluster_access(facts: &ClusterFacts, accounts: &Accounts, rbac: Option<&Policies>) -> ClusterAccess {
    let mode = Mode::of(facts);
    let pairs = pairs(facts);
    let findings = findings::check(facts, &pairs, rbac).0;
    let mut principals: Vec<AccessPrincipal> = pairs
        .iter()
        .map(|pair| {
            let mut principal = principal(facts, accounts, rbac, pair);
            let of_it = findings
                .iter()
                .filter(|finding| finding.subject.arn.as_deref().is_some_and(|arn| PrincipalKey::of(arn) == pair.key));
            principal.findings = of_it.map(|finding| finding.id).collect();
            principal.findings.dedup();
            principal
        })
        .collect();
    principals.sort_by(|a, b| (a.node, &a.name, &a.arn).cmp(&(b.node, &b.name, &b.arn)));
    let aws_auth = facts.aws_auth.value.as_deref();
    let seen = facts.access_entries.value.is_some() || aws_auth.is_some();
    ClusterAccess {
        authentication_mode: facts.authentication_mode().map(str::to_owned),
        mode_words: mode.words().to_owned(),
        chip: seen.then(|| Chip::of(&pairs)),
        principals,
        map_accounts: aws_auth.map(|auth| auth.accounts.clone()).unwrap_or_default(),
        findings,
    }
}

impl Chip {
    fn of(pairs: &[Pair<'_>]) -> Self {
        let mut chip = Self::default();
        for pair in pairs {
            *match pair.state {
                AccessState::AwsAuthOnly => &mut chip.aws_auth_only,
                AccessState::Both => &mut chip.both,
                AccessState::EntryOnly => &mut chip.entries_only,
                AccessState::Unknown => &mut chip.unknown,
            } += 1;
        }
        chip
    }
}

/// Every principal of either list once.
pub(crate) fn pairs(facts: &ClusterFacts) -> Vec<Pair<'_>> {
    let mode = Mode::of(facts);
    // A list that does not count in this mode hides nobody.
    let entries_seen = facts.access_entries.value.is_some() || mode == Mode::ConfigMap;
    let aws_auth_seen = facts.aws_auth.value.is_some() || mode == Mode::Entries;
    let mut sides: BTreeMap<PrincipalKey, (Option<&AccessEntry>, Option<&AwsAuthEntry>)> = BTreeMap::new();
    for entry in facts.access_entries.value.iter().flat_map(|entries| entries.iter()) {
        sides.entry(PrincipalKey::of(&entry.principal_arn)).or_default().0 = Some(entry);
    }
    for entry in facts.aws_auth.value.iter().flat_map(|auth| auth.counting()) {
        sides.entry(entry.key()).or_default().1 = Some(entry);
    }
    let state = |entry: bool, aws_auth: bool| match (entry, aws_auth) {
        (true, true) => AccessState::Both,
        (true, false) if aws_auth_seen => AccessState::EntryOnly,
        (false, true) if entries_seen => AccessState::AwsAuthOnly,
        _ => AccessState::Unknown,
    };
    let pair = |(key, (entry, aws_auth)): (PrincipalKey, (Option<_>, Option<_>))| {
        let state = state(entry.is_some(), aws_auth.is_some());
        Pair { key, entry, aws_auth, state }
    };
    sides.into_iter().map(pair).collect()
}

impl Pair<'_> {
    /// The ARN with the path, if either side has it.
    pub(crate) fn arn(&self) -> &str {
        let entry = self.entry.map(|entry| entry.principal_arn.as_str());
        entry.or(self.aws_auth.map(|entry| entry.arn.as_str())).unwrap_or_else(|| self.key.as_str())
    }

    pub(crate) fn is_node(&self) -> bool {
        self.entry.is_some_and(is_node_entry) || self.aws_auth.is_some_and(AwsAuthEntry::is_node)
    }
}

pub(crate) fn is_node_entry(entry: &AccessEntry) -> bool {
    !matches!(entry.kind.as_str(), "STANDARD" | "")
}

fn principal(facts: &ClusterFacts, accounts: &Accounts, rbac: Option<&Policies>, pair: &Pair<'_>) -> AccessPrincipal {
    let (role_state, written) = accounts.principal(pair.arn());
    let arn = written.unwrap_or_else(|| pair.arn()).to_owned();
    let parsed = PrincipalArn::parse(&arn);
    let (same_rights, difference) = match (pair.entry, pair.aws_auth) {
        (Some(_), Some(aws_auth)) if aws_auth.without_effect => {
            (None, Some("what aws-auth says of it has no effect as it is written".to_owned()))
        }
        (Some(entry), Some(aws_auth)) => rights::compare(entry, aws_auth, rbac).told(Mode::of(facts)),
        _ => (None, None),
    };
    AccessPrincipal {
        account: parsed.map(|one| one.account.to_owned()),
        name: parsed.map_or(arn.as_str(), |one| if one.name.is_empty() { "root" } else { one.name }).to_owned(),
        state: pair.state,
        same_rights,
        node: pair.is_node(),
        entry: pair.entry.map(EntrySide::of),
        aws_auth: pair.aws_auth.map(|entry| AwsAuthSide::of(entry, facts.aws_auth.value.as_deref())),
        role_state,
        role_url: if role_state == RoleState::Missing { None } else { arn::console_url(&arn) },
        difference,
        findings: Vec::new(),
        arn,
    }
}

impl EntrySide {
    fn of(entry: &AccessEntry) -> Self {
        let policies = entry.policies.iter().map(|associated| {
            let known = AccessPolicy::find(&associated.policy_arn);
            EntryPolicy {
                name: arn::name_of(&associated.policy_arn).to_owned(),
                arn: associated.policy_arn.clone(),
                scope: match &associated.scope {
                    AccessScope::Cluster => Scope::everywhere(),
                    AccessScope::Namespaces(names) => Scope { cluster_wide: false, namespaces: names.clone() },
                },
                means: known
                    .map_or("this version of Periscope does not know the policy", |policy| policy.means)
                    .to_owned(),
                custom_resources: known.filter(|one| !one.internal).map(AccessPolicy::custom_resources_words),
            }
        });
        Self {
            kind: entry.kind.clone(),
            username: entry.username.clone(),
            groups: entry.groups.clone(),
            policies: policies.collect(),
            created: entry.created,
            modified: entry.modified,
        }
    }
}

impl AwsAuthSide {
    fn of(entry: &AwsAuthEntry, auth: Option<&AwsAuth>) -> Self {
        let key = entry.key();
        let same = auth.into_iter().flat_map(|auth| auth.entries.iter()).filter(|one| one.key() == key);
        let mut arns: Vec<String> = same.map(|one| one.arn.clone()).collect();
        arns.sort();
        arns.dedup();
        Self { arns, username: entry.username.clone(), groups: entry.groups.clone(), line: entry.line }
    }
}
