//! A login: to the provider and back (OpenID Connect Core 1.0, section 3.1; PKCE, RFC 7636).
//!
//! What a login under way needs again is sealed into a cookie of the browser that began it: whoever comes back with
//! somebody else's state has no such cookie, any replica can finish it, and nobody fills a table by beginning logins.
//! Only the state of one that comes back is written down, so that it comes back once (docs/decisions/0007).

mod exchange;
mod pending;
mod return_to;

use std::fmt;
use std::sync::Arc;

use jiff::SignedDuration;
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow};
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use periscope_model::{Clock, Person};
use url::Url;

use crate::claims::ClaimsError;
use crate::provider::{Provider, ProviderError, TokenError};
use crate::seal::{NoRandomness, Sealer, hashed, random_text};
use crate::secret::Secret;
use crate::session::Store;

pub(crate) use exchange::refresh;
use pending::Pending;
pub use return_to::safe_return;

/// How long somebody may take at the provider.
pub const LOGIN_TAKES: SignedDuration = SignedDuration::from_mins(10);
/// Longer words from the address of a callback are nobody's.
const MAX_WORD: usize = 4096;

/// Why nobody was let in; the page that says so knows these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoginProblem {
    /// The state is unknown, used, too old, or another browser's.
    Expired,
    ProviderRefused,
    ProviderUnreachable,
    TokenInvalid,
    GroupsClaimMissing,
    IdentityReserved,
    IdentityInvalid,
}

impl LoginProblem {
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "login_expired",
            Self::ProviderRefused => "provider_refused",
            Self::ProviderUnreachable => "provider_unreachable",
            Self::TokenInvalid => "token_invalid",
            Self::GroupsClaimMissing => "groups_claim_missing",
            Self::IdentityReserved => "identity_reserved",
            Self::IdentityInvalid => "identity_invalid",
        }
    }
}

/// A login that came to nothing: the reason is for the log and the record, never for a page.
#[derive(Debug, Clone, thiserror::Error)]
pub struct LoginFailure {
    pub problem: LoginProblem,
    pub reason: String,
    /// Issuer and subject, once they were verified.
    pub who: Option<(String, String)>,
}

impl fmt::Display for LoginFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.problem.code(), self.reason)
    }
}

impl LoginFailure {
    fn new(problem: LoginProblem, reason: impl Into<String>) -> Self {
        Self { problem, reason: reason.into(), who: None }
    }

    fn expired(reason: &str) -> Self {
        Self::new(LoginProblem::Expired, reason)
    }
}

impl From<ProviderError> for LoginFailure {
    fn from(error: ProviderError) -> Self {
        Self::new(LoginProblem::ProviderUnreachable, error.to_string())
    }
}

impl From<TokenError> for LoginFailure {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Unreachable(error) => error.into(),
            TokenError::Invalid(reason) => Self::new(LoginProblem::TokenInvalid, reason),
        }
    }
}

impl From<ClaimsError> for LoginFailure {
    fn from(error: ClaimsError) -> Self {
        let problem = match error {
            ClaimsError::GroupsMissing(_) => LoginProblem::GroupsClaimMissing,
            ClaimsError::Reserved(_) => LoginProblem::IdentityReserved,
            ClaimsError::Invalid(_) => LoginProblem::IdentityInvalid,
        };
        Self::new(problem, error.to_string())
    }
}

impl From<NoRandomness> for LoginFailure {
    fn from(error: NoRandomness) -> Self {
        Self::new(LoginProblem::ProviderUnreachable, error.to_string())
    }
}

/// Where the browser goes, and what it keeps meanwhile.
#[derive(Debug, Clone)]
pub struct Begun {
    pub location: Url,
    /// Distinguishes this login's cookie from another tab's.
    pub key: String,
    pub sealed: String,
}

/// What the provider sent the browser back with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Callback<'a> {
    pub provider: &'a str,
    pub state: Option<&'a str>,
    pub code: Option<&'a str>,
    pub error: Option<&'a str>,
    /// Who the provider says it is (RFC 9207).
    pub issuer: Option<&'a str>,
}

impl Callback<'_> {
    /// Which cookie belongs to it.
    pub fn key(&self) -> Option<String> {
        self.state.map(pending::key_of)
    }
}

/// Somebody whom a provider vouches for.
#[derive(Debug, Clone)]
pub struct Arrival {
    pub person: Person,
    pub provider: String,
    pub refresh_token: Option<Secret>,
    pub return_to: String,
}

pub(crate) struct Logins {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    /// What people type: callbacks are below it.
    pub(crate) public_url: Url,
}

impl Logins {
    /// `ask_again`: the provider must not let them in without asking, because they just signed out here.
    pub(crate) async fn begin(
        &self,
        provider: &Provider,
        return_to: &str,
        ask_again: bool,
    ) -> Result<Begun, LoginFailure> {
        let metadata = provider.metadata().await?;
        let client = exchange::client(provider, &metadata, &self.public_url)?;
        let (state, nonce, verifier) = (random_text()?, random_text()?, random_text()?);
        let verifier = PkceCodeVerifier::new(verifier);
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (known_state, known_nonce) = (state.clone(), nonce.clone());
        let mut request = client
            .authorize_url(flow, move || CsrfToken::new(known_state), move || Nonce::new(known_nonce))
            .set_pkce_challenge(challenge)
            .add_scopes(provider.options.scopes.iter().cloned().map(Scope::new));
        if ask_again {
            request = request.add_prompt(CoreAuthPrompt::Login);
        }
        let (location, _, _) = request.url();
        let key = pending::key_of(&state);
        let pending = Pending {
            provider: provider.id().to_owned(),
            state,
            nonce,
            verifier: verifier.into_secret(),
            return_to: safe_return(return_to),
            until: self.clock.now() + LOGIN_TAKES,
        };
        let sealed = pending.seal(&self.sealer)?;
        Ok(Begun { location, key, sealed })
    }

    /// `sealed` is what the browser kept under [`Callback::key`].
    pub(crate) async fn finish(
        &self,
        provider: &Provider,
        callback: Callback<'_>,
        sealed: Option<&str>,
    ) -> Result<Arrival, LoginFailure> {
        let pending = self.pending(callback, sealed).await?;
        if callback.error.is_some() {
            return Err(LoginFailure::new(LoginProblem::ProviderRefused, refusal(callback.error)));
        }
        let metadata = provider.metadata().await?;
        // Another provider's answer must not be taken for this one's.
        let issuer = metadata.core.issuer().as_str();
        let named = callback.issuer.map_or(!metadata.names_itself, |named| named == issuer);
        if !named {
            return Err(LoginFailure::new(LoginProblem::TokenInvalid, "the answer is not this provider's (iss)"));
        }
        let code = callback.code.filter(|code| !code.is_empty() && code.len() <= MAX_WORD);
        let code = code.ok_or_else(|| LoginFailure::new(LoginProblem::ProviderRefused, "the answer has no code"))?;
        let client = exchange::client(provider, &metadata, &self.public_url)?;
        let tokens = exchange::code(provider, &client, code, pending.verifier.clone()).await?;
        let person = tokens.person(provider, issuer, &pending.nonce).await?;
        Ok(Arrival {
            person,
            provider: provider.id().to_owned(),
            refresh_token: tokens.refresh,
            return_to: pending.return_to,
        })
    }

    /// The login this callback ends: begun by this browser, for this provider, not long ago, and not ended before.
    async fn pending(&self, callback: Callback<'_>, sealed: Option<&str>) -> Result<Pending, LoginFailure> {
        let state = callback.state.filter(|state| state.len() <= MAX_WORD);
        let state = state.ok_or_else(|| LoginFailure::expired("the callback has no state"))?;
        let pending = sealed.and_then(|sealed| Pending::open(&self.sealer, sealed));
        let pending = pending.ok_or_else(|| LoginFailure::expired("this browser began no such login"))?;
        if hashed(&pending.state) != hashed(state) || pending.provider != callback.provider {
            return Err(LoginFailure::expired("the login was begun otherwise"));
        }
        if pending.until <= self.clock.now() {
            return Err(LoginFailure::expired("the login took too long"));
        }
        let first = self.store.use_login(&hashed(state), pending.until).await;
        match first {
            Ok(true) => Ok(pending),
            Ok(false) => Err(LoginFailure::expired("the login was ended before")),
            Err(error) => Err(LoginFailure::expired(&format!("whether it was ended before cannot be told: {error}"))),
        }
    }
}

/// The provider's word for it, where it is one of those the standards name: never its prose.
fn refusal(error: Option<&str>) -> String {
    let word =
        error.filter(|word| word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    format!("the provider answered {}", word.unwrap_or("an error"))
}

#[cfg(test)]
mod tests;
