//! Who calls, and how a policy names who calls.

use crate::arn;
use crate::text::{Span, Texts};

/// Who calls: what an ARN, a service's host name or an identity provider stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Principal {
    text: Box<str>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `arn:aws:iam::111122223333:root`
    Root,
    /// `arn:aws:iam::111122223333:user/path/name`
    User,
    /// `arn:aws:iam::111122223333:role/path/name`: any session of it.
    Role,
    /// `arn:aws:sts::111122223333:assumed-role/name/session`
    Session,
    /// `arn:aws:sts::111122223333:federated-user/name`
    FederatedUser,
    /// `pods.eks.amazonaws.com`
    Service,
    /// An OIDC or SAML provider's ARN, or the host name of a built-in one: a caller that has no AWS identity yet.
    Federated,
}

/// Providers that have no ARN.
const BUILT_IN_PROVIDERS: &[&str] =
    &["cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com"];

impl Principal {
    /// `None` when it is none of [`Kind`].
    pub fn parse(text: &str) -> Option<Self> {
        let kind = if text.starts_with("arn:") { arn_kind(text)? } else { host_kind(text)? };
        Some(Self { text: text.into(), kind })
    }

    /// As it was given: an ARN, or a host name.
    pub fn arn(&self) -> &str {
        &self.text
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Of a provider: the account that it is set up in.
    pub fn account(&self) -> Option<&str> {
        arn::account(&self.text)
    }

    /// Of a user, a federated user or a role without its path; of a session that of its role.
    pub fn name(&self) -> &str {
        let resource = arn::segments(&self.text).map_or(&*self.text, |parts| parts[5]);
        match self.kind {
            Kind::Session => resource.split('/').nth(1).unwrap_or(resource),
            _ => resource.rsplit('/').next().unwrap_or(resource),
        }
    }

    /// Of a federated user: the IAM user of the same name.
    pub(crate) fn namesake(&self) -> Option<Self> {
        let [_, partition, _, _, account, _] =
            arn::segments(&self.text).filter(|_| self.kind == Kind::FederatedUser)?;
        Self::parse(&format!("arn:{partition}:iam::{account}:user/{}", self.name()))
    }

    /// Of a session: whether this is the ARN of its role, with the path that its own does not tell.
    pub(crate) fn is_session_of(&self, role: &Self) -> bool {
        (self.kind, role.kind) == (Kind::Session, Kind::Role) && is_role_of(&role.text, self)
    }

    /// A role under `aws-service-role/`: its service keeps it, and no organisation's policy binds it.
    pub fn is_service_linked(&self) -> bool {
        self.kind == Kind::Role
            && arn::segments(&self.text).is_some_and(|parts| parts[5].starts_with("role/aws-service-role/"))
    }
}

fn arn_kind(text: &str) -> Option<Kind> {
    let [_, partition, service, region, account, resource] = arn::segments(text)?;
    if partition.is_empty() || !region.is_empty() || !arn::is_account(account) {
        return None;
    }
    let (what, name) = resource.split_once('/').unwrap_or((resource, ""));
    let kind = match (service, what) {
        ("iam", "root") if name.is_empty() => return (resource == "root").then_some(Kind::Root),
        ("iam", "user") => Kind::User,
        ("iam", "role") => Kind::Role,
        ("iam", "oidc-provider" | "saml-provider") => Kind::Federated,
        ("sts", "assumed-role") => {
            return name
                .split_once('/')
                .filter(|(role, session)| !role.is_empty() && !session.is_empty())
                .map(|_| Kind::Session);
        }
        ("sts", "federated-user") => Kind::FederatedUser,
        _ => return None,
    };
    (!name.is_empty() && !name.ends_with('/')).then_some(kind)
}

fn host_kind(text: &str) -> Option<Kind> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if !text.contains('.') || !text.bytes().all(plain) {
        return None;
    }
    Some(if BUILT_IN_PROVIDERS.contains(&text) { Kind::Federated } else { Kind::Service })
}

/// How a policy names a caller, from the weakest on: what it means for identity policies, boundary and session
/// policies differs (fact 31).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Naming {
    /// By its account, which only delegates.
    Account,
    /// By the role of a session.
    Role,
    /// By the user that a federated session was made by.
    UserBehind,
    /// By itself, or as anybody.
    Direct,
}

/// One entry of `Principal` or `NotPrincipal`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PrincipalPattern {
    pub(crate) span: Span,
    kind: PatternKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PatternKind {
    Everyone,
    Account,
    Root,
    Role,
    /// A user, a session: an ARN that is compared as it is.
    Arn,
    Service,
    Federated,
    /// `AROA…`, `AIDA…`, canonical users: ids that no ARN tells.
    Id,
}

impl PrincipalPattern {
    /// `None` for a type that is unknown.
    pub(crate) fn compile(kind: &str, span: Span, text: &str) -> Option<Self> {
        let kind = match kind {
            "AWS" if text == "*" => PatternKind::Everyone,
            "AWS" => match Principal::parse(text).map(|principal| principal.kind) {
                _ if arn::is_account(text) => PatternKind::Account,
                Some(Kind::Root) => PatternKind::Root,
                Some(Kind::Role) => PatternKind::Role,
                Some(_) => PatternKind::Arn,
                None => PatternKind::Id,
            },
            "Service" => PatternKind::Service,
            "Federated" => PatternKind::Federated,
            "CanonicalUser" => PatternKind::Id,
            _ => return None,
        };
        Some(Self { span, kind })
    }

    pub(crate) fn everyone(span: Span) -> Self {
        Self { span, kind: PatternKind::Everyone }
    }

    pub(crate) fn is_everyone(&self) -> bool {
        self.kind == PatternKind::Everyone
    }

    fn names(&self, texts: &Texts, caller: &Caller<'_>) -> Option<Naming> {
        if self.kind == PatternKind::Everyone {
            return Some(Naming::Direct);
        }
        let principal = caller.principal?;
        let text = texts.get(self.span);
        let direct = |same: bool| same.then_some(Naming::Direct);
        match (self.kind, principal.kind) {
            (PatternKind::Service, Kind::Service) | (PatternKind::Federated, Kind::Federated) => {
                direct(text == principal.arn() || text == "*")
            }
            (_, Kind::Service | Kind::Federated) => None,
            (PatternKind::Account, _) => (principal.account() == Some(text)).then_some(Naming::Account),
            (PatternKind::Root, _) => same_account(text, principal).then_some(Naming::Account),
            (PatternKind::Role, Kind::Role) => (text == principal.arn()).then_some(Naming::Role),
            (PatternKind::Role, Kind::Session) => is_role_of(text, principal).then_some(Naming::Role),
            (PatternKind::Arn, _) => direct(text == principal.arn())
                .or_else(|| caller.user_behind.is_some_and(|user| user.arn() == text).then_some(Naming::UserBehind)),
            _ => None,
        }
    }
}

/// Who calls, as far as policies that name callers care.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) principal: Option<&'a Principal>,
    /// Who made a federated session.
    pub(crate) user_behind: Option<&'a Principal>,
    pub(crate) has_boundary: bool,
}

fn same_account(root: &str, principal: &Principal) -> bool {
    let (Some(one), Some(other)) = (arn::segments(root), arn::segments(principal.arn())) else { return false };
    one[1] == other[1] && one[4] == other[4]
}

/// A session's ARN has the name of its role, but not its path.
fn is_role_of(role: &str, session: &Principal) -> bool {
    let (Some(one), Some(other)) = (arn::segments(role), arn::segments(session.arn())) else { return false };
    one[1] == other[1] && one[4] == other[4] && one[5].rsplit('/').next() == Some(session.name())
}

/// How strongly the entries name the caller.
pub(crate) fn naming(patterns: &[PrincipalPattern], texts: &Texts, caller: &Caller<'_>) -> Option<Naming> {
    patterns.iter().filter_map(|one| one.names(texts, caller)).max()
}

/// Which entry names the caller most strongly.
pub(crate) fn named_by(patterns: &[PrincipalPattern], texts: &Texts, caller: &Caller<'_>) -> Option<(Span, Naming)> {
    let names = |one: &PrincipalPattern| one.names(texts, caller).map(|naming| (one.span, naming));
    patterns.iter().filter_map(names).max_by_key(|(_, naming)| *naming)
}

/// Whether a `NotPrincipal` with Deny spares the caller: each of its names must be listed, and a boundary undoes it
/// (fact 32).
pub(crate) fn spares(patterns: &[PrincipalPattern], texts: &Texts, caller: &Caller<'_>) -> bool {
    if caller.has_boundary {
        return false;
    }
    let mut listed = [false; 4];
    for naming in patterns.iter().filter_map(|one| if one.is_everyone() { None } else { one.names(texts, caller) }) {
        listed[naming as usize] = true;
    }
    let [account, role, _, direct] = listed;
    if patterns.iter().any(PrincipalPattern::is_everyone) {
        return true;
    }
    match caller.principal.map(Principal::kind) {
        None => false,
        Some(Kind::Root) => account,
        Some(Kind::User | Kind::FederatedUser) => direct && account,
        Some(Kind::Role) => role && account,
        Some(Kind::Session) => role && direct && account,
        Some(Kind::Service | Kind::Federated) => direct,
    }
}
