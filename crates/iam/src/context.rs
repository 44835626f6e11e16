//! What is known about a request beside who, what and where: the values of condition keys. A context is either
//! complete, so that a key that is not in it is absent, or not, so that such a key is unknown.

use crate::principal::{Kind, Principal};

/// Condition keys and their values. Names are compared without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    complete: bool,
    /// By name, in lower case.
    keys: Vec<(Box<str>, Entry)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    Absent,
    One(Box<str>),
    /// Of a key that can hold several values, however many it holds.
    Many(Box<[Box<str>]>),
}

/// What is known of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    Unknown,
    Absent,
    One(&'a str),
    Many(&'a [Box<str>]),
}

impl Context {
    /// Only what is added is there; everything else is absent. Nothing is derived from the principal.
    pub fn complete() -> Self {
        Self { complete: true, keys: Vec::new() }
    }

    /// What is not added may be anything, except for what the principal tells.
    pub fn incomplete() -> Self {
        Self { complete: false, keys: Vec::new() }
    }

    pub fn is_complete(&self) -> bool {
        self.complete
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.set(key, Entry::One(value.into()));
        self
    }

    /// A key that can hold several values; none at all is the same as absent.
    #[must_use]
    pub fn with_all<V: AsRef<str>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<V> = values.into_iter().collect();
        self.set(key, Entry::many(values.iter().map(AsRef::as_ref).collect()));
        self
    }

    /// A key that is known to be absent.
    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.set(key, Entry::Absent);
        self
    }

    fn set(&mut self, key: &str, entry: Entry) {
        let lower = key.to_lowercase().into_boxed_str();
        match self.keys.binary_search_by(|(name, _)| name.cmp(&lower)) {
            Ok(at) => self.keys[at].1 = entry,
            Err(at) => self.keys.insert(at, (lower, entry)),
        }
    }

    /// Many at once; of those that are given twice the last one counts.
    pub(crate) fn with_entries(mut self, entries: impl Iterator<Item = (Box<str>, Entry)>) -> Self {
        self.keys.extend(entries.map(|(key, entry)| (key.to_lowercase().into(), entry)));
        self.keys.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.keys.reverse();
        self.keys.dedup_by(|(one, _), (other, _)| one == other);
        self.keys.reverse();
        self
    }

    /// Only what was put in.
    pub fn get(&self, key: &str) -> Found<'_> {
        let found = if key.is_ascii() {
            self.keys.binary_search_by(|(name, _)| name.bytes().cmp(key.bytes().map(|byte| byte.to_ascii_lowercase())))
        } else {
            let lower = key.to_lowercase();
            self.keys.binary_search_by(|(name, _)| (**name).cmp(&lower))
        };
        match found.map(|at| &self.keys[at].1) {
            Ok(Entry::One(value)) => Found::One(value),
            Ok(Entry::Many(values)) => Found::Many(values),
            Ok(Entry::Absent) => Found::Absent,
            Err(_) if self.complete => Found::Absent,
            Err(_) => Found::Unknown,
        }
    }
}

impl Entry {
    pub(crate) fn many(values: Vec<&str>) -> Self {
        if values.is_empty() { Self::Absent } else { Self::Many(values.into_iter().map(Into::into).collect()) }
    }
}

/// Whose ARN fills an incomplete context up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Teller<'a> {
    /// Only what is given counts.
    Nobody,
    Anonymous,
    Principal(&'a Principal),
}

impl<'a> From<Option<&'a Principal>> for Teller<'a> {
    fn from(caller: Option<&'a Principal>) -> Self {
        caller.map_or(Self::Anonymous, Self::Principal)
    }
}

/// A context as one request sees it: an incomplete one is helped out by what principal and resource tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) context: &'a Context,
    pub(crate) caller: Teller<'a>,
    pub(crate) resource_account: Option<&'a str>,
}

impl<'a> View<'a> {
    pub(crate) fn of(context: &'a Context) -> Self {
        Self { context, caller: Teller::Nobody, resource_account: None }
    }

    pub(crate) fn get(&self, key: &str) -> Found<'a> {
        match self.context.get(key) {
            Found::Unknown => self.derived(key),
            known => known,
        }
    }

    fn derived(&self, key: &str) -> Found<'a> {
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        if is("aws:ResourceAccount") {
            return self.resource_account.map_or(Found::Unknown, Found::One);
        }
        match self.caller {
            Teller::Nobody => Found::Unknown,
            Teller::Anonymous => anonymous(is),
            Teller::Principal(principal) => told_by(principal, is),
        }
    }
}

fn anonymous(is: impl Fn(&str) -> bool) -> Found<'static> {
    const ABSENT: &[&str] = &["aws:PrincipalArn", "aws:PrincipalAccount", "aws:username", "aws:PrincipalServiceName"];
    if is("aws:PrincipalType") {
        Found::One("Anonymous")
    } else if is("aws:userid") {
        Found::One("anonymous")
    } else if is("aws:PrincipalIsAWSService") {
        Found::One("false")
    } else if ABSENT.iter().any(|name| is(name)) {
        Found::Absent
    } else {
        Found::Unknown
    }
}

fn told_by(principal: &Principal, is: impl Fn(&str) -> bool) -> Found<'_> {
    let kind = principal.kind();
    if is("aws:PrincipalArn") {
        return match kind {
            // The role's ARN; its path does not stand in the session's.
            Kind::Session => Found::Unknown,
            Kind::Service | Kind::Federated => Found::Absent,
            _ => Found::One(principal.arn()),
        };
    }
    if is("aws:PrincipalAccount") {
        return match (kind, principal.account()) {
            (Kind::Federated, _) | (_, None) => Found::Absent,
            (_, Some(account)) => Found::One(account),
        };
    }
    if is("aws:PrincipalType") {
        return match kind {
            Kind::Root => Found::One("Account"),
            Kind::User => Found::One("User"),
            Kind::Role | Kind::Session => Found::One("AssumedRole"),
            Kind::FederatedUser => Found::One("FederatedUser"),
            Kind::Service | Kind::Federated => Found::Unknown,
        };
    }
    if is("aws:username") {
        return if kind == Kind::User { Found::One(principal.name()) } else { Found::Absent };
    }
    if is("aws:userid") && kind == Kind::Root {
        return principal.account().map_or(Found::Unknown, Found::One);
    }
    if is("aws:PrincipalIsAWSService") {
        return Found::One(if kind == Kind::Service { "true" } else { "false" });
    }
    if is("aws:PrincipalServiceName") {
        return if kind == Kind::Service { Found::One(principal.arn()) } else { Found::Absent };
    }
    Found::Unknown
}
