//! From claims to a person: which claim is the name, which are the groups, and what is refused.

use std::fmt;

use periscope_model::Person;
use serde_json::{Map, Value};

use crate::modes::is_reserved;

/// More groups than this are refused: cut off, somebody would have rights that depend on an order.
const MAX_GROUPS: usize = 512;
/// Bytes of one group's name, and of a user's.
const MAX_NAME: usize = 256;
/// Bytes of all groups together.
const MAX_ALL_GROUPS: usize = 32 * 1024;
/// Characters of what is only shown.
const MAX_SHOWN: usize = 200;
/// Bytes of a subject (OpenID Connect Core 1.0, section 2).
const MAX_SUBJECT: usize = 255;

pub(crate) type Claims = Map<String, Value>;

/// Where a claim is: its name, or a path of names such as `resource_access.periscope.roles`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimPath(String);

impl ClaimPath {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A claim of exactly that name goes before a path: names may hold dots, as `https://corp.example/groups` does.
    fn find<'a>(&self, claims: &'a Claims) -> Option<&'a Value> {
        let found = claims.get(&self.0).or_else(|| {
            let mut names = self.0.split('.');
            let first = claims.get(names.next()?)?;
            names.try_fold(first, |value, name| value.as_object()?.get(name))
        });
        found.filter(|value| !value.is_null())
    }
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How one provider's claims are read.
#[derive(Debug, Clone)]
pub struct ClaimRules {
    pub groups: ClaimPath,
    pub user: ClaimPath,
    /// Put before every user name and every group, so that two providers cannot speak for each other's people.
    pub user_prefix: String,
    pub groups_prefix: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    #[error(
        "the groups claim {0} is in neither the ID token, the access token nor userinfo: it is missing at the provider"
    )]
    GroupsMissing(ClaimPath),
    #[error("the user name {0:?} belongs to Kubernetes")]
    Reserved(String),
    #[error("{0}")]
    Invalid(String),
}

impl ClaimRules {
    /// Whether these claims say all that is needed; else others are looked for.
    pub(crate) fn are_enough(&self, claims: &Claims) -> bool {
        self.groups.find(claims).is_some() && self.user.find(claims).is_some()
    }

    /// Takes over from `more` what `claims` does not say yet.
    pub(crate) fn complete(claims: &mut Claims, more: Claims) {
        // Whether an e-mail address was verified is said by whoever says the address.
        let mail = claims.contains_key("email");
        for (name, value) in more {
            if !(claims.contains_key(&name) || mail && name == "email_verified") {
                claims.insert(name, value);
            }
        }
    }

    /// The person; `issuer` and the subject in `claims` were verified.
    pub(crate) fn person(&self, issuer: &str, claims: &Claims) -> Result<Person, ClaimsError> {
        let subject = subject_of(claims)?;
        let groups = self.groups(claims)?;
        let user = self.user(claims)?;
        let user = format!("{}{user}", self.user_prefix);
        if is_reserved(&user) {
            return Err(ClaimsError::Reserved(user));
        }
        let shown =
            |name: &str| claims.get(name).and_then(Value::as_str).map(shortened).filter(|text| !text.is_empty());
        let display = shown("name").or_else(|| shown("preferred_username")).unwrap_or_else(|| shortened(&user));
        let email = shown("email");
        let groups = groups.into_iter().map(|group| format!("{}{group}", self.groups_prefix));
        Ok(Person { subject, display, email, ..Person::new(issuer, user, groups) })
    }

    fn user(&self, claims: &Claims) -> Result<String, ClaimsError> {
        let value = self.user.find(claims).and_then(Value::as_str);
        let user =
            value.ok_or_else(|| ClaimsError::Invalid(format!("the user claim {} is missing or no text", self.user)))?;
        if user.is_empty() || user.len() > MAX_NAME || has_control(user) || user.trim() != user {
            let rule = format!("the user claim {} must be 1 to {MAX_NAME} bytes without control characters", self.user);
            return Err(ClaimsError::Invalid(rule));
        }
        let unverified = matches!(claims.get("email_verified"), Some(Value::Bool(false)))
            || claims.get("email_verified").and_then(Value::as_str).is_some_and(|text| text != "true");
        if self.user.0 == "email" && unverified {
            return Err(ClaimsError::Invalid("the provider has not verified this e-mail address".to_owned()));
        }
        Ok(user.to_owned())
    }

    fn groups(&self, claims: &Claims) -> Result<Vec<String>, ClaimsError> {
        let invalid = |why: &str| ClaimsError::Invalid(format!("the groups claim {} {why}", self.groups));
        let found = self.groups.find(claims).ok_or_else(|| ClaimsError::GroupsMissing(self.groups.clone()))?;
        let groups: Vec<&str> = match found {
            Value::String(one) if one.is_empty() => Vec::new(),
            Value::String(one) => vec![one],
            Value::Array(many) => {
                let texts = many.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
                texts.ok_or_else(|| invalid("holds something that is no text"))?
            }
            _ => return Err(invalid("is neither a text nor a list of texts")),
        };
        if groups.len() > MAX_GROUPS {
            return Err(invalid(&format!(
                "names {} groups; at most {MAX_GROUPS} are taken: limit it at the provider",
                groups.len()
            )));
        }
        if groups.iter().any(|group| group.is_empty() || group.len() > MAX_NAME || has_control(group)) {
            return Err(invalid(&format!("holds a name that is not 1 to {MAX_NAME} bytes without control characters")));
        }
        if groups.iter().map(|group| group.len()).sum::<usize>() > MAX_ALL_GROUPS {
            return Err(invalid(&format!("is larger than {MAX_ALL_GROUPS} bytes")));
        }
        // Names of Kubernetes' own are nobody's to give: dropped, as the groups beside them may be fine.
        Ok(groups.into_iter().filter(|group| !is_reserved(group)).map(str::to_owned).collect())
    }
}

pub(crate) fn subject_of(claims: &Claims) -> Result<String, ClaimsError> {
    let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
    if subject.is_empty() || subject.len() > MAX_SUBJECT || has_control(subject) {
        return Err(ClaimsError::Invalid(format!("the subject must be 1 to {MAX_SUBJECT} bytes")));
    }
    Ok(subject.to_owned())
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_SHOWN).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests;
