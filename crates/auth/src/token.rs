//! Bearer tokens: scripts come with the provider's own, and are who the provider says. None are made here.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use periscope_model::{Clock, Person};
use serde_json::Value;

use crate::claims::{Claims, ClaimsError};
use crate::provider::{Expected, Provider, TokenError};
use crate::seal::hashed;

/// A token that was verified is believed for so long, or until it expires.
const BELIEVED: SignedDuration = SignedDuration::from_mins(5);
/// Tokens held; more, and each is verified again.
const MAX_HELD: usize = 10_000;

/// Somebody who came with a token.
#[derive(Debug, Clone)]
pub struct Bearer {
    pub person: Arc<Person>,
    pub provider: String,
    /// The token's hash: what tells two tokens apart and opens nothing.
    pub hash: String,
    pub expires_at: Timestamp,
    /// Whether it was not seen before: then it is worth a line in the record, and is verified again until it is kept.
    pub first: bool,
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum BearerError {
    #[error("no provider whose tokens are taken here made it")]
    Stranger,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Claims(#[from] ClaimsError),
}

struct Held {
    bearer: Bearer,
    until: Timestamp,
}

pub(crate) struct Tokens {
    clock: Arc<dyn Clock>,
    held: Mutex<HashMap<String, Held>>,
}

impl Tokens {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, held: Mutex::default() }
    }

    pub(crate) async fn verify(&self, token: &str, providers: &[Arc<Provider>]) -> Result<Bearer, BearerError> {
        let (hash, now) = (hashed(token), self.clock.now());
        let known = self.held.lock().get(&hash).map(|held| (held.bearer.clone(), held.until));
        if let Some((bearer, until)) = &known
            && now < *until
        {
            return Ok(bearer.clone());
        }
        let bearer = verify(token, providers, hash, known.is_none()).await?;
        // A new one is kept by whoever has recorded it: believed sooner, it would let others in beside the record.
        if !bearer.first {
            self.keep(bearer.clone());
        }
        Ok(bearer)
    }

    /// Believes a token for a while.
    pub(crate) fn keep(&self, bearer: Bearer) {
        let now = self.clock.now();
        let mut held = self.held.lock();
        if held.len() >= MAX_HELD {
            held.retain(|_, held| now < held.bearer.expires_at);
            if held.len() >= MAX_HELD {
                held.clear();
            }
        }
        let until = bearer.expires_at.min(now + BELIEVED);
        held.insert(bearer.hash.clone(), Held { bearer: Bearer { first: false, ..bearer }, until });
    }
}

async fn verify(token: &str, providers: &[Arc<Provider>], hash: String, first: bool) -> Result<Bearer, BearerError> {
    let issuer = issuer_of(token).ok_or(BearerError::Stranger)?;
    let mut refused = BearerError::Stranger;
    // One issuer may be configured several times, for clients of its own.
    for provider in providers.iter().filter(|provider| provider.takes_tokens_of(&issuer)) {
        let claims = match provider.verify(token, Expected::Bearer).await {
            Ok(claims) => claims,
            Err(error) => {
                refused = error.into();
                continue;
            }
        };
        let person = person(provider, &issuer, claims.clone(), token).await?;
        let expires = claims.get("exp").and_then(Value::as_f64).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "verified to be a time")]
        let expires_at = Timestamp::from_second(expires as i64).unwrap_or_default();
        let (person, provider) = (Arc::new(person), provider.id().to_owned());
        return Ok(Bearer { person, provider, hash, expires_at, first });
    }
    Err(refused)
}

async fn person(provider: &Provider, issuer: &str, mut claims: Claims, token: &str) -> Result<Person, BearerError> {
    provider.complete_with_userinfo(&mut claims, token).await?;
    Ok(provider.options.claims.person(issuer, &claims)?)
}

/// Unverified: only to know whom to ask.
fn issuer_of(token: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&bytes).ok()?;
    claims.get("iss")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;
