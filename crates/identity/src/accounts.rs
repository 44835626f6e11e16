//! AWS's side of several accounts: roles, and whether what is not there is missing or only unread.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use periscope_model::Gap;
use periscope_model::aws::{AccountIam, Observed, OidcProvider, OrganizationPath, RoleRead};
use serde::Serialize;
use utoipa::ToSchema;

use crate::arn::{self, PrincipalArn, PrincipalKey, PrincipalKind};
use crate::documents::Documents;

/// One account as far as it was read.
#[derive(Debug, Clone, Default)]
pub struct AccountFacts {
    /// Twelve digits.
    pub account: String,
    pub iam: Observed<AccountIam>,
    pub organization: Observed<OrganizationPath>,
}

/// Whether a role that is named somewhere exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum RoleState {
    Found,
    /// AWS says that there is no such role.
    Missing,
    /// Not known: refused, not reached, or not read yet.
    Unread,
    /// A user, the account's root, or no ARN at all.
    NotARole,
}

/// The principal that is everybody.
const ANYBODY: &str = "*";

/// All accounts that are known, by id.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    by_id: BTreeMap<String, AccountFacts>,
    /// ARNs as IAM writes them, by what they are compared with.
    roles: HashMap<PrincipalKey, String>,
    pub(crate) documents: HashMap<String, Documents>,
    /// Roles by whom their trust policies name; made when it is first asked for.
    trusted_by: OnceLock<HashMap<String, Vec<String>>>,
}

impl Accounts {
    pub fn new(facts: impl IntoIterator<Item = AccountFacts>) -> Self {
        let by_id: BTreeMap<String, AccountFacts> =
            facts.into_iter().map(|facts| (facts.account.clone(), facts)).collect();
        let roles = by_id.values().filter_map(|facts| facts.iam.value.as_ref());
        let roles = roles.flat_map(|iam| iam.roles.iter());
        let roles = roles.filter(|(_, read)| matches!(read, RoleRead::Found(_)));
        let roles = roles.map(|(arn, _)| (PrincipalKey::of(arn), arn.clone())).collect();
        let documents = by_id.values().map(|facts| (facts.account.clone(), Documents::new(facts))).collect();
        Self { by_id, roles, documents, trusted_by: OnceLock::new() }
    }

    /// The same from newer facts; what did not change is not compiled again.
    #[must_use]
    pub fn renewed(&self, facts: impl IntoIterator<Item = AccountFacts>) -> Self {
        let mut new = Self::new(facts);
        for (account, documents) in &mut new.documents {
            let before = self.documents.get(account).zip(self.by_id.get(account));
            if let (Some((before, before_facts)), Some(facts)) = (before, new.by_id.get(account)) {
                documents.inherit(facts, before, before_facts);
            }
        }
        new
    }

    pub fn account(&self, id: &str) -> Option<&AccountFacts> {
        self.by_id.get(id)
    }

    pub fn iter(&self) -> impl Iterator<Item = &AccountFacts> {
        self.by_id.values()
    }

    /// The role of exactly this ARN, path included: how STS finds it.
    pub fn role(&self, arn: &str) -> RoleRead {
        let unread = |what: String| RoleRead::Unread(Gap::new("NOT_READ", what));
        let Some(account) = arn::account_of(arn) else {
            return unread(format!("{arn:?} names no account"));
        };
        match self.by_id.get(account) {
            None => unread(format!("account {account} is not connected")),
            Some(facts) => match &facts.iam.value {
                Some(iam) => iam.role(arn),
                None => facts.iam.gaps.first().map_or_else(
                    || unread(format!("IAM of account {account} is not read yet")),
                    |gap| RoleRead::Unread(gap.clone()),
                ),
            },
        }
    }

    /// Whether the role of exactly this ARN exists.
    pub fn state(&self, arn: &str) -> RoleState {
        match PrincipalArn::parse(arn) {
            Some(principal) if principal.kind == PrincipalKind::Role && principal.session.is_none() => {
                match self.role(arn) {
                    RoleRead::Found(_) => RoleState::Found,
                    RoleRead::Missing => RoleState::Missing,
                    RoleRead::Unread(_) => RoleState::Unread,
                }
            }
            _ => RoleState::NotARole,
        }
    }

    /// The same of a principal that may be written without its path, with the ARN as IAM writes it.
    pub fn principal(&self, arn: &str) -> (RoleState, Option<&str>) {
        let Some(principal) = PrincipalArn::parse(arn).filter(|one| one.kind == PrincipalKind::Role) else {
            return (RoleState::NotARole, None);
        };
        if let Some(found) = self.roles.get(&principal.key()) {
            return (RoleState::Found, Some(found));
        }
        let whole = self.by_id.get(principal.account).and_then(|facts| facts.iam.value.as_ref());
        let read_as_missing = || matches!(self.role(arn), RoleRead::Missing);
        let missing = whole.is_some_and(|iam| iam.whole) || read_as_missing();
        (if missing { RoleState::Missing } else { RoleState::Unread }, None)
    }

    /// ARNs of all roles that were read.
    pub(crate) fn found_roles(&self) -> impl Iterator<Item = &str> {
        self.roles.values().map(String::as_str)
    }

    /// Roles whose trust policies name this ARN, or everybody.
    pub(crate) fn trusting(&self, arn: &str) -> impl Iterator<Item = &String> {
        let index = self.trusted_by.get_or_init(|| {
            let mut index: HashMap<String, Vec<String>> = HashMap::new();
            for role in self.found_roles() {
                let Some(policy) = self.trust_policy(role) else { continue };
                let named = policy.statements().filter_map(|statement| statement.principals());
                let is_role = |one: &&str| one.contains(":role/") || *one == ANYBODY;
                for principal in named.flat_map(|listed| listed.patterns).filter(is_role) {
                    index.entry(principal.to_owned()).or_default().push(role.to_owned());
                }
            }
            index
        });
        [arn, ANYBODY].into_iter().filter_map(|named| index.get(named)).flatten()
    }

    /// The identity providers of an account, if they could be listed.
    pub fn oidc_providers(&self, account: &str) -> Option<&[OidcProvider]> {
        self.by_id.get(account)?.iam.value.as_ref()?.oidc_providers.as_deref()
    }

    /// The role that an instance profile carries, both by ARN.
    pub fn role_of_instance_profile(&self, profile: &str) -> Option<&str> {
        let account = arn::account_of(profile)?;
        self.by_id.get(account)?.iam.value.as_ref()?.instance_profiles.get(profile).map(String::as_str)
    }
}
