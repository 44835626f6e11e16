//! Whether a token is the provider's, for us, and of now.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use openidconnect::core::{
    CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm as Alg, CoreUserInfoJsonWebToken,
    CoreUserInfoVerifier,
};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, ClientId, JsonWebTokenType, Nonce,
    SignatureVerificationError,
};
use serde_json::Value;

use super::{Provider, ProviderError};
use crate::claims::{Claims, subject_of};

/// How far a provider's clock may be off.
const SKEW: i64 = 60;
/// No token is larger: cookies and headers carry them.
const MAX_TOKEN: usize = 16 * 1024;
/// No signed answer of userinfo is: of all groups that are taken, with room for what else is told.
const MAX_USERINFO: usize = 128 * 1024;
/// Only signatures that nobody but the provider can make: no `none`, no secrets that two sides know.
const ALGORITHMS: [Alg; 9] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::RsaSsaPssSha384,
    Alg::RsaSsaPssSha512,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];

#[derive(Debug, Clone, thiserror::Error)]
pub enum TokenError {
    #[error(transparent)]
    Unreachable(#[from] ProviderError),
    #[error("{0}")]
    Invalid(String),
}

impl TokenError {
    fn invalid(reason: impl Into<String>) -> Self {
        Self::Invalid(reason.into())
    }
}

/// What a token must be beside signed and of now.
#[derive(Clone, Copy)]
pub(crate) enum Expected<'a> {
    /// The answer to a login of ours.
    IdToken { nonce: &'a str, access_token: &'a str },
    /// Somebody's again, at a refresh.
    RefreshedIdToken { subject: &'a str, access_token: &'a str },
    /// Came with an ID token and is about the same subject; for whom it is, is not asked.
    AccessToken { subject: Option<&'a Value> },
    /// Sent to the API: for one of the configured audiences.
    Bearer,
}

impl Expected<'_> {
    fn is_id_token(&self) -> bool {
        matches!(self, Self::IdToken { .. } | Self::RefreshedIdToken { .. })
    }
}

impl Provider {
    /// The token's claims. Keys are fetched again when none of them signed it: providers change them.
    pub(crate) async fn verify(&self, text: &str, expected: Expected<'_>) -> Result<Claims, TokenError> {
        if text.len() > MAX_TOKEN {
            return Err(TokenError::invalid(format!("the token is larger than {MAX_TOKEN} bytes")));
        }
        // What cannot be read may hold a secret: no part of it is in the error.
        let token: CoreIdToken =
            text.parse().map_err(|_| TokenError::invalid("the token is no signed JWT of known form"))?;
        let issuer = self.metadata().await?.core.issuer().clone();
        self.with_keys(|keys| self.verify_with(&token, keys, &issuer, expected)).await?;
        let claims = payload(text).ok_or_else(|| TokenError::invalid("the token's claims are no object"))?;
        self.check(&claims, expected)?;
        Ok(claims)
    }

    /// The claims of a signed answer of userinfo (OpenID Connect Core 1.0, section 5.3.2): the provider's, and for us. Times
    /// are not asked for in it, and the library takes RS256 there alone. Whom it is about is not looked at.
    pub(super) async fn verify_userinfo(&self, text: &str) -> Result<Claims, TokenError> {
        if text.len() > MAX_USERINFO {
            return Err(TokenError::invalid(format!("userinfo is larger than {MAX_USERINFO} bytes")));
        }
        let issuer = self.metadata().await?.core.issuer().clone();
        self.with_keys(|keys| {
            let token: CoreUserInfoJsonWebToken = serde_json::from_value(Value::String(text.to_owned()))
                .map_err(|_| Failure::Other("userinfo is no signed JWT of known form".to_owned()))?;
            let client = ClientId::new(self.options.client_id.clone());
            let checked = token.claims(&CoreUserInfoVerifier::new(client, issuer.clone(), keys, None));
            checked.map(drop).map_err(|error| Failure::from(error).of("userinfo (plain, or signed with RS256)"))
        })
        .await?;
        payload(text).ok_or_else(|| TokenError::invalid("userinfo's claims are no object"))
    }

    /// Verifies with the keys that are known; with those fetched again when none of them signed it.
    async fn with_keys(&self, verify: impl Fn(CoreJsonWebKeySet) -> Result<(), Failure>) -> Result<(), TokenError> {
        let verified = match verify((*self.keys().await?).clone()) {
            Err(Failure::Key(reason)) => match self.newer_keys().await? {
                Some(keys) => verify((*keys).clone()),
                None => Err(Failure::Key(reason)),
            },
            other => other,
        };
        verified.map_err(|failure| TokenError::Invalid(failure.reason()))
    }

    fn verify_with(
        &self,
        token: &CoreIdToken,
        keys: CoreJsonWebKeySet,
        issuer: &openidconnect::IssuerUrl,
        expected: Expected<'_>,
    ) -> Result<(), Failure> {
        let now = self.clock.now().as_second();
        let types = if expected.is_id_token() { &["JWT"][..] } else { &["JWT", "at+jwt"] };
        let types = types.iter().filter_map(|name| JsonWebTokenType::new((*name).to_owned()).normalize().ok());
        let verifier =
            CoreIdTokenVerifier::new_public_client(ClientId::new(self.options.client_id.clone()), issuer.clone(), keys)
                .set_allowed_algs(ALGORITHMS)
                .set_allowed_jose_types(types)
                .require_audience_match(expected.is_id_token())
                // Several audiences are fine where `azp` says that it is for us (see `check`).
                .set_other_audience_verifier_fn(|_| true)
                .set_time_fn(move || DateTime::from_timestamp(now - SKEW, 0).unwrap_or_default())
                .set_issue_time_verifier_fn(move |issued| {
                    if issued.timestamp() <= now + SKEW {
                        Ok(())
                    } else {
                        Err("the token was issued in the future".to_owned())
                    }
                });
        let nonce = |found: Option<&Nonce>| match expected {
            Expected::IdToken { nonce, .. } => {
                let same = found.is_some_and(|found| is_same(found.secret(), nonce));
                if same { Ok(()) } else { Err("the nonce is not the login's".to_owned()) }
            }
            _ => Ok(()),
        };
        token.claims(&verifier, nonce)?;
        if let Expected::IdToken { access_token, .. } | Expected::RefreshedIdToken { access_token, .. } = expected {
            check_access_token_hash(token, &verifier, access_token)?;
        }
        Ok(())
    }

    /// What the library leaves to its user.
    fn check(&self, claims: &Claims, expected: Expected<'_>) -> Result<(), TokenError> {
        let now = self.clock.now().as_second();
        let seconds = |name: &str| match claims.get(name) {
            None => Ok(None),
            Some(value) => {
                whole_seconds(value).map(Some).ok_or_else(|| TokenError::invalid(format!("{name} is no number")))
            }
        };
        let (Some(expires), Some(_)) = (seconds("exp")?, seconds("iat")?) else {
            return Err(TokenError::invalid("exp or iat is missing"));
        };
        if expires <= now - SKEW {
            return Err(TokenError::invalid("the token has expired"));
        }
        if seconds("nbf")?.is_some_and(|from| from > now + SKEW) {
            return Err(TokenError::invalid("the token is not valid yet"));
        }
        let subject = subject_of(claims).map_err(|error| TokenError::Invalid(error.to_string()))?;
        match expected {
            Expected::IdToken { .. } => self.check_party(claims),
            Expected::RefreshedIdToken { subject: known, .. } => {
                if subject != known {
                    return Err(TokenError::invalid("the refreshed token is about another subject"));
                }
                self.check_party(claims)
            }
            Expected::AccessToken { subject: known } => {
                let same = claims.get("sub") == known;
                if same { Ok(()) } else { Err(TokenError::invalid("the access token is about another subject")) }
            }
            Expected::Bearer => {
                let ours =
                    audiences(claims).any(|audience| self.options.audiences.iter().any(|known| known == audience));
                if ours { Ok(()) } else { Err(TokenError::invalid("the token is for another audience")) }
            }
        }
    }

    /// For whom an ID token is, when it is for several (OpenID Connect Core 1.0, section 3.1.3.7).
    fn check_party(&self, claims: &Claims) -> Result<(), TokenError> {
        match claims.get("azp") {
            Some(party) if party.as_str() == Some(&self.options.client_id) => Ok(()),
            None if audiences(claims).count() == 1 => Ok(()),
            _ => Err(TokenError::invalid("the token was made for another client (azp)")),
        }
    }
}

enum Failure {
    /// Another key might do.
    Key(String),
    Other(String),
}

impl Failure {
    fn of(self, what: &str) -> Self {
        match self {
            Self::Key(reason) => Self::Key(format!("{what}: {reason}")),
            Self::Other(reason) => Self::Other(format!("{what}: {reason}")),
        }
    }

    fn reason(self) -> String {
        match self {
            Self::Key(reason) | Self::Other(reason) => reason,
        }
    }
}

impl From<ClaimsVerificationError> for Failure {
    fn from(error: ClaimsVerificationError) -> Self {
        match &error {
            ClaimsVerificationError::SignatureVerification(
                inner @ (SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_)),
            ) => Self::Key(inner.to_string()),
            ClaimsVerificationError::SignatureVerification(inner) => Self::Other(inner.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}

fn check_access_token_hash(
    token: &CoreIdToken,
    verifier: &CoreIdTokenVerifier<'_>,
    access_token: &str,
) -> Result<(), Failure> {
    let claims = token.claims(verifier, |_: Option<&Nonce>| Ok(()))?;
    let Some(told) = claims.access_token_hash() else { return Ok(()) };
    let other = |error: String| Failure::Other(error);
    let algorithm = token.signing_alg().map_err(|error| other(error.to_string()))?;
    let key = token.signing_key(verifier).map_err(|error| other(error.to_string()))?;
    let made = AccessTokenHash::from_token(&AccessToken::new(access_token.to_owned()), algorithm, key);
    let made = made.map_err(|error| other(error.to_string()))?;
    if made == *told { Ok(()) } else { Err(other("the access token is not the one the ID token came with".to_owned())) }
}

/// Compared by what a hash shows, so that time says nothing.
fn is_same(found: &str, known: &str) -> bool {
    crate::seal::hashed(found) == crate::seal::hashed(known)
}

fn payload(text: &str) -> Option<Claims> {
    let bytes = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Seconds as numbers, also such with a fraction (RFC 7519, section 2).
fn whole_seconds(value: &Value) -> Option<i64> {
    let number = value.as_number()?;
    #[expect(clippy::cast_possible_truncation, reason = "cut to what i64 holds, which is further than any clock")]
    number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64))
}

fn audiences(claims: &Claims) -> impl Iterator<Item = &str> {
    let (one, many) = match claims.get("aud") {
        Some(Value::Array(many)) => (None, many.as_slice()),
        other => (other, &[][..]),
    };
    one.into_iter().chain(many).filter_map(Value::as_str)
}
