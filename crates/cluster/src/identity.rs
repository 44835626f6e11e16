//! On whose behalf a request is made, and the headers that say so.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use periscope_model::Actor;

use crate::Error;

/// The virtual user of the inventory plane: read-only, without Secrets.
pub const INVENTORY_USER: &str = "periscope:inventory";

/// Every impersonation header begins like this.
const PREFIX: &str = "impersonate-";
const MAX_GROUPS: usize = 512;
const MAX_VALUE: usize = 1024;
/// All values together; Go's server takes 1 MiB of headers, proxies in between often 32 KiB.
const MAX_TOTAL: usize = 24 << 10;

/// What a header name may hold unescaped; the same set as client-go's, so that keys read the same.
const EXTRA_KEY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'*')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// The connection's own; refused on a connection that impersonates.
    Own,
    /// [`INVENTORY_USER`].
    Inventory,
    Human(Arc<Actor>),
}

/// Headers checked and ready to be put on a request.
#[derive(Debug, Default, Clone)]
pub(crate) struct Impersonation(Vec<(HeaderName, HeaderValue)>);

impl Impersonation {
    /// What an impersonating connection sends for `identity`.
    pub(crate) fn of(identity: &Identity) -> Result<Self, Error> {
        match identity {
            Identity::Own => {
                Err(invalid("this connection impersonates; its own identity holds no rights to read with"))
            }
            Identity::Inventory => {
                let user = HeaderValue::from_static(INVENTORY_USER);
                Ok(Self(vec![(HeaderName::from_static("impersonate-user"), user)]))
            }
            Identity::Human(actor) => {
                refuse_reserved(actor)?;
                Self::of_actor(actor)
            }
        }
    }

    /// The headers for any actor, also one that a kubeconfig names itself (`as`).
    pub(crate) fn of_actor(actor: &Actor) -> Result<Self, Error> {
        if actor.groups.len() > MAX_GROUPS {
            return Err(invalid(format!("{} groups, at most {MAX_GROUPS} can be impersonated", actor.groups.len())));
        }
        let mut headers = vec![(HeaderName::from_static("impersonate-user"), value("user name", &actor.user)?)];
        for group in &actor.groups {
            headers.push((HeaderName::from_static("impersonate-group"), value("group", group)?));
        }
        if let Some(uid) = &actor.uid {
            headers.push((HeaderName::from_static("impersonate-uid"), value("uid", uid)?));
        }
        for (key, values) in &actor.extra {
            let name = extra_name(key)?;
            for text in values {
                headers.push((name.clone(), value("extra value", text)?));
            }
        }
        let total: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if total > MAX_TOTAL {
            return Err(invalid(format!("the identity takes {total} bytes of headers, at most {MAX_TOTAL} are sent")));
        }
        Ok(Self(headers))
    }

    /// Puts the headers on; must be the last thing done to a request.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        let foreign: Vec<HeaderName> =
            headers.keys().filter(|name| name.as_str().starts_with(PREFIX)).cloned().collect();
        for name in foreign {
            headers.remove(name);
        }
        for (name, value) in &self.0 {
            headers.append(name.clone(), value.clone());
        }
    }
}

/// Kubernetes' own users and groups, and ours, are nobody's to claim.
fn refuse_reserved(actor: &Actor) -> Result<(), Error> {
    for text in std::iter::once(&actor.user).chain(&actor.groups) {
        let lower = text.trim().to_lowercase();
        if lower.starts_with("system:") || lower == INVENTORY_USER {
            return Err(invalid(format!("{} is reserved and never impersonated for a person", shown(text))));
        }
    }
    Ok(())
}

/// Go trims blanks around header values, so a value with blanks around it would arrive as another one.
fn value(what: &str, text: &str) -> Result<HeaderValue, Error> {
    if text.is_empty() || text.len() > MAX_VALUE {
        return Err(invalid(format!("the {what} {} is empty or longer than {MAX_VALUE} bytes", shown(text))));
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(invalid(format!("the {what} {} has blanks around it or control characters", shown(text))));
    }
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| invalid(format!("the {what} {} cannot be a header value", shown(text))))
}

fn extra_name(key: &str) -> Result<HeaderName, Error> {
    if key.is_empty() || key.len() > MAX_VALUE {
        return Err(invalid(format!("the extra key {} is empty or longer than {MAX_VALUE} bytes", shown(key))));
    }
    // Header names have no case: a key with capitals would arrive as another key.
    if key.chars().any(char::is_uppercase) {
        return Err(invalid(format!("the extra key {} has capitals, which a header cannot carry", shown(key))));
    }
    let name = format!("{PREFIX}extra-{}", percent_encode(key.as_bytes(), EXTRA_KEY));
    HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| invalid(format!("the extra key {} cannot be a header name", shown(key))))
}

fn invalid(what: impl Into<String>) -> Error {
    Error::Invalid { what: what.into() }
}

fn shown(text: &str) -> String {
    let start: String = text.chars().take(80).collect();
    format!("{start:?}")
}

#[cfg(test)]
mod tests;
