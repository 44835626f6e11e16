//! Whether a role's trust policy lets somebody in: principals and the conditions of this world's roles, nothing more.
//! A condition that is not known here is not met.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::aws::role::Role;

pub(super) enum Applicant<'a> {
    /// A session of this role.
    Role {
        arn: &'a str,
        session: &'a str,
        external_id: Option<&'a str>,
    },
    Token {
        issuer: &'a str,
        subject: &'a str,
        audience: &'a str,
    },
}

pub(super) fn admits(role: &Role, applicant: &Applicant<'_>) -> bool {
    let Ok(document) = serde_json::from_str::<Value>(&role.trust) else { return false };
    let matching = |effect: &str| {
        items(&document["Statement"]).any(|statement| {
            statement["Effect"] == effect
                && items(&statement["Action"]).any(|action| action == applicant.action())
                && applicant.is_named(&statement["Principal"], role.account)
                && applicant.meets(&statement["Condition"])
        })
    };
    matching("Allow") && !matching("Deny")
}

/// A list, or the one thing that stands for it.
fn items(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(list) => list.iter(),
        Value::Null => [].iter(),
        one => std::slice::from_ref(one).iter(),
    }
}

impl Applicant<'_> {
    fn action(&self) -> &'static str {
        match self {
            Self::Role { .. } => "sts:AssumeRole",
            Self::Token { .. } => "sts:AssumeRoleWithWebIdentity",
        }
    }

    fn is_named(&self, principal: &Value, account: &str) -> bool {
        match self {
            Self::Role { arn, .. } => {
                let own = arn.split(':').nth(4).unwrap_or_default();
                let root = format!("arn:aws:iam::{own}:root");
                principal == "*"
                    || items(&principal["AWS"])
                        .any(|named| named == "*" || named == arn || named == &root || named == own)
            }
            Self::Token { issuer, .. } => {
                let provider = format!("arn:aws:iam::{account}:oidc-provider/{issuer}");
                items(&principal["Federated"]).any(|named| named == &provider)
            }
        }
    }

    /// Every key under every operator.
    fn meets(&self, condition: &Value) -> bool {
        condition.as_object().into_iter().flatten().all(|(operator, keys)| {
            keys.as_object().into_iter().flatten().all(|(key, values)| {
                let Some(actual) = self.key(key) else { return false };
                let mut values = items(values).filter_map(Value::as_str);
                match operator.as_str() {
                    "StringEquals" => values.any(|value| value == actual),
                    "StringLike" => values.any(|pattern| like(pattern, actual)),
                    _ => false,
                }
            })
        })
    }

    fn key(&self, key: &str) -> Option<&str> {
        match self {
            Self::Role { session, external_id, .. } => match key {
                "sts:ExternalId" => *external_id,
                "sts:RoleSessionName" => Some(session),
                _ => None,
            },
            Self::Token { issuer, subject, audience } => match key.strip_prefix(issuer)? {
                ":sub" => Some(subject),
                ":aud" => Some(audience),
                _ => None,
            },
        }
    }
}

/// `*` is any run of characters.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// What a token says, unchecked.
pub(super) fn claims(token: &str) -> Option<Value> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_run() {
        for (pattern, text, matches) in [
            ("lake-*", "lake-7", true),
            ("lake-*", "sea-7", false),
            ("*/a/b", "x/y/a/b", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abde", false),
            ("abc", "abcd", false),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(like(pattern, text), matches, "{pattern} on {text}");
        }
    }

    #[test]
    fn only_whom_the_trust_names_is_let_in() {
        let role = |condition: &str| Role {
            account: "999988887777",
            trust: format!(
                r#"{{"Statement":{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::111122223333:role/a"}},"Action":"sts:AssumeRole","Condition":{condition}}}}}"#
            ),
            ..Role::default()
        };
        let applicant = |arn, external_id| Applicant::Role { arn, session: "s", external_id };
        let (named, other) = ("arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b");
        assert!(admits(&role("{}"), &applicant(named, None)));
        assert!(!admits(&role("{}"), &applicant(other, None)));
        let external = r#"{"StringEquals":{"sts:ExternalId":"x"}}"#;
        assert!(admits(&role(external), &applicant(named, Some("x"))));
        assert!(!admits(&role(external), &applicant(named, None)), "a missing key meets nothing");
        assert!(!admits(&role(r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#), &applicant(named, None)));
    }
}
