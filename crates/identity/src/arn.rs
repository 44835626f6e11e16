//! ARNs as far as identities need them: account, kind and name of a principal, and where AWS's console shows it.

/// A role, user or root in IAM's own form, in one spelling: sessions become their role, paths are gone, and case does not
/// matter (names in IAM differ by more than case, and `aws-auth` is matched without it).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PrincipalKey(String);

/// The parts of `arn:partition:iam::account:kind/path/name`, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrincipalArn<'a> {
    pub partition: &'a str,
    pub account: &'a str,
    pub kind: PrincipalKind,
    /// `/` or `/teams/data/`; sessions never carry one.
    pub path: &'a str,
    /// Without path. Empty for the root.
    pub name: &'a str,
    /// The session's name, if this is one.
    pub session: Option<&'a str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PrincipalKind {
    Role,
    User,
    Root,
    /// `sts::account:federated-user/name`
    FederatedUser,
}

impl<'a> PrincipalArn<'a> {
    /// `None` for anything that can not be a principal of IAM.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.trim().splitn(6, ':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let whole = arn.eq_ignore_ascii_case("arn") && region.is_empty() && is_account(account);
        if !whole || !partition.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("aws")) {
            return None;
        }
        let (kind, rest) = resource.split_once('/').unwrap_or((resource, ""));
        let of = |kind, path, name, session| Some(Self { partition, account, kind, path, name, session });
        let is = |service_name: &str, kind_name: &str| {
            service.eq_ignore_ascii_case(service_name) && kind.eq_ignore_ascii_case(kind_name)
        };
        if is("iam", "root") && rest.is_empty() {
            return of(PrincipalKind::Root, "", "", None);
        }
        if is("sts", "assumed-role") {
            let (name, session) = rest.split_once('/').unwrap_or((rest, ""));
            return if name.is_empty() { None } else { of(PrincipalKind::Role, "/", name, Some(session)) };
        }
        let kind = if is("iam", "role") {
            PrincipalKind::Role
        } else if is("iam", "user") {
            PrincipalKind::User
        } else if is("sts", "federated-user") {
            PrincipalKind::FederatedUser
        } else {
            return None;
        };
        // The path is what lies between the kind and the last slash, both slashes included.
        let tail = &resource[resource.len() - rest.len() - 1..];
        let (path, name) = tail.rsplit_once('/').map(|(_, name)| (&tail[..tail.len() - name.len()], name))?;
        if name.is_empty() { None } else { of(kind, path, name, None) }
    }

    pub fn key(&self) -> PrincipalKey {
        let text = match self.kind {
            PrincipalKind::Root => format!("arn:{}:iam::{}:root", self.partition, self.account),
            PrincipalKind::Role => format!("arn:{}:iam::{}:role/{}", self.partition, self.account, self.name),
            PrincipalKind::User => format!("arn:{}:iam::{}:user/{}", self.partition, self.account, self.name),
            PrincipalKind::FederatedUser => {
                format!("arn:{}:sts::{}:federated-user/{}", self.partition, self.account, self.name)
            }
        };
        PrincipalKey(text.to_ascii_lowercase())
    }

    /// The ARN without path and session, its case kept: how EKS compares it with `aws-auth`.
    pub fn canonical(&self) -> String {
        let Self { partition, account, name, .. } = self;
        match self.kind {
            PrincipalKind::Root => format!("arn:{partition}:iam::{account}:root"),
            PrincipalKind::Role => format!("arn:{partition}:iam::{account}:role/{name}"),
            PrincipalKind::User => format!("arn:{partition}:iam::{account}:user/{name}"),
            PrincipalKind::FederatedUser => format!("arn:{partition}:sts::{account}:federated-user/{name}"),
        }
    }
}

impl PrincipalKey {
    /// The key of any text: of a principal its one spelling, of anything else the text in lower case.
    pub fn of(text: &str) -> Self {
        PrincipalArn::parse(text).map_or_else(|| Self(text.trim().to_ascii_lowercase()), |arn| arn.key())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text has only characters that IAM's names and ARNs have: nothing in it means anything to a shell.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-:/".contains(&byte))
}

/// Twelve digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The account of any ARN.
pub(crate) fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| is_account(account))
}

pub(crate) fn partition_of(arn: &str) -> &str {
    arn.split(':').nth(1).filter(|partition| !partition.is_empty()).unwrap_or("aws")
}

/// The last part of an ARN: a role's name without its path.
pub(crate) fn name_of(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

/// `*` is any run of characters and `?` any one; linear in pattern times text at worst, without backtracking further
/// than to the last star.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut seen, mut star) = (0, 0, None);
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[seen] => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((place, from)) = star else { return false };
                star = Some((place, from + 1));
                at = place + 1;
                seen = from + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// Where AWS's console shows this role or user; the partition decides the host.
pub fn console_url(arn: &str) -> Option<String> {
    let principal = PrincipalArn::parse(arn)?;
    let page = match principal.kind {
        PrincipalKind::Role => "roles",
        PrincipalKind::User => "users",
        PrincipalKind::Root | PrincipalKind::FederatedUser => return None,
    };
    let host = match principal.partition {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    Some(format!("https://{host}/iam/home#/{page}/details/{}", encoded(principal.name)))
}

fn encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.extend([byte >> 4, byte & 15].map(|half| char::from(b"0123456789ABCDEF"[usize::from(half)])));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sessions_paths_and_case_are_one_principal() {
        let same = [
            "arn:aws:iam::111122223333:role/Deploy",
            "arn:aws:iam::111122223333:role/teams/ci/Deploy",
            "arn:aws:sts::111122223333:assumed-role/Deploy/runner-7",
            "ARN:aws:iam::111122223333:ROLE/deploy",
            " arn:aws:iam::111122223333:role/deploy ",
        ];
        for one in same {
            assert_eq!(PrincipalKey::of(one).as_str(), "arn:aws:iam::111122223333:role/deploy", "{one}");
        }
        for other in [
            "arn:aws:iam::111122223333:user/Deploy",
            "arn:aws:iam::999988887777:role/Deploy",
            "arn:aws-cn:iam::111122223333:role/Deploy",
            "arn:aws:iam::111122223333:role/Deploy2",
        ] {
            assert_ne!(PrincipalKey::of(other), PrincipalKey::of(same[0]), "{other}");
        }
    }

    #[test]
    fn what_is_no_principal_does_not_parse() {
        for text in [
            "",
            "role/x",
            "arn:aws:iam::1111:role/x",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:role",
            "arn:aws:iam::111122223333:group/x",
            "arn:aws:s3:::bucket",
            "arn:aws:sts::111122223333:assumed-role/",
            "arn:é:iam::111122223333:role/x",
        ] {
            assert_eq!(PrincipalArn::parse(text), None, "{text:?}");
        }
        let role = PrincipalArn::parse("arn:aws:iam::111122223333:role/a/b/c").expect("a role");
        assert_eq!((role.path, role.name), ("/a/b/", "c"));
    }

    #[test]
    fn the_partition_decides_the_console() {
        let url = |arn| console_url(arn).unwrap_or_default();
        assert_eq!(
            url("arn:aws:iam::111122223333:role/a/b+c"),
            "https://console.aws.amazon.com/iam/home#/roles/details/b%2Bc"
        );
        assert!(url("arn:aws-cn:iam::111122223333:role/x").starts_with("https://console.amazonaws.cn/"));
        assert!(url("arn:aws-us-gov:iam::111122223333:role/x").starts_with("https://console.amazonaws-us-gov.com/"));
        assert_eq!(console_url("arn:aws:iam::111122223333:root"), None);
    }

    proptest! {
        #[test]
        fn a_canonical_arn_stays_as_it_is(
            path in "(/[a-z]{1,4}){0,3}/",
            name in "[A-Za-z0-9+=,.@_-]{1,20}",
            session in "[a-z0-9]{0,8}",
            partition in prop::sample::select(vec!["aws", "aws-cn", "aws-us-gov"]),
        ) {
            let role = format!("arn:{partition}:iam::111122223333:role{path}{name}");
            let session = format!("arn:{partition}:sts::111122223333:assumed-role/{name}/{session}");
            let parsed = PrincipalArn::parse(&role).expect("a role");
            let canonical = parsed.canonical();
            prop_assert_eq!(PrincipalArn::parse(&canonical).expect("a role").canonical(), canonical.clone());
            prop_assert_eq!(PrincipalKey::of(&role), PrincipalKey::of(&session));
            prop_assert_eq!(PrincipalKey::of(&role.to_uppercase().replace("AWS", "aws")), PrincipalKey::of(&canonical));
            prop_assert_eq!(parsed.path, path);
        }

        #[test]
        fn any_text_has_a_key(text in ".*") {
            let key = PrincipalKey::of(&text);
            prop_assert_eq!(PrincipalKey::of(key.as_str()), key);
        }
    }
}
