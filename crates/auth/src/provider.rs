//! One OpenID provider: where its endpoints are and which keys it signs with, fetched when needed and kept.

mod cached;
mod userinfo;
mod verify;

use std::sync::Arc;

use http::Uri;
use jiff::SignedDuration;
use openidconnect::core::{CoreJsonWebKeySet, CoreProviderMetadata};
use openidconnect::{TokenUrl, UserInfoUrl};
use periscope_model::Clock;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::claims::{ClaimRules, Claims};
use crate::http::{Http, HttpError};
use crate::provider::cached::Cached;
use crate::secret::Secret;

pub(crate) use verify::{Expected, TokenError};

/// Endpoints hardly ever change.
const METADATA_FRESH: SignedDuration = SignedDuration::from_hours(1);
/// A key that the provider took back is believed for so long.
const KEYS_FRESH: SignedDuration = SignedDuration::from_mins(10);

#[derive(Debug, Clone)]
pub struct ProviderOptions {
    /// Part of the address to which the provider sends people back.
    pub id: String,
    /// What people read on the sign-in page.
    pub name: String,
    pub issuer: Url,
    pub client_id: String,
    /// Absent for a public client.
    pub client_secret: Option<Secret>,
    /// Beside `openid`.
    pub scopes: Vec<String>,
    pub claims: ClaimRules,
    /// Whose tokens are taken on the API: a bearer token must be for one of these.
    pub audiences: Vec<String>,
    /// PEM certificates that are trusted for this provider instead of the system's.
    pub ca: Option<Vec<u8>>,
}

#[derive(Debug, Clone, thiserror::Error)]
#[error("{what} of the provider {provider}: {reason}")]
pub struct ProviderError {
    pub provider: String,
    pub what: &'static str,
    pub reason: String,
}

pub struct Provider {
    pub(crate) options: ProviderOptions,
    pub(crate) http: Http,
    pub(crate) clock: Arc<dyn Clock>,
    metadata: Cached<Metadata>,
    keys: Cached<CoreJsonWebKeySet>,
}

/// What discovery says.
pub(crate) struct Metadata {
    pub(crate) core: CoreProviderMetadata,
    /// Whether the provider says in its answers who it is (RFC 9207).
    pub(crate) names_itself: bool,
}

#[derive(Serialize, Deserialize, Default)]
struct More {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Provider {
    pub(crate) fn new(options: ProviderOptions, clock: Arc<dyn Clock>) -> Result<Self, HttpError> {
        let http = Http::new(options.ca.as_deref())?;
        Ok(Self { http, clock, metadata: Cached::new(METADATA_FRESH), keys: Cached::new(KEYS_FRESH), options })
    }

    pub fn id(&self) -> &str {
        &self.options.id
    }

    pub fn name(&self) -> &str {
        &self.options.name
    }

    /// The issuer as discovery must name it and tokens carry it: `https://idp.corp` with no slash that was not given.
    pub(crate) async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        self.metadata.get(self.clock.now(), || self.discover()).await
    }

    pub(crate) async fn keys(&self) -> Result<Arc<CoreJsonWebKeySet>, ProviderError> {
        self.keys.get(self.clock.now(), || self.fetch_keys()).await
    }

    /// The keys again, for a token that none of them signed; `None` when they were fetched only just now.
    pub(crate) async fn newer_keys(&self) -> Result<Option<Arc<CoreJsonWebKeySet>>, ProviderError> {
        self.keys.again(self.clock.now(), || self.fetch_keys()).await
    }

    async fn discover(&self) -> Result<Metadata, ProviderError> {
        let failed = |reason: String| self.failed("the discovery document", reason);
        let mut place = self.options.issuer.clone();
        place.set_path(&format!("{}/.well-known/openid-configuration", place.path().trim_end_matches('/')));
        let bytes = self.fetch(place.as_str()).await.map_err(failed)?;
        let core: CoreProviderMetadata = serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))?;
        let more: More = serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))?;
        let (named, wanted) = (core.issuer().as_str(), self.options.issuer.as_str());
        if !same_issuer(named, wanted) {
            return Err(failed(format!("it names the issuer {named:?}, and {wanted:?} is configured")));
        }
        let token = core.token_endpoint().map(TokenUrl::url);
        let places = [Some(core.authorization_endpoint().url()), token, Some(core.jwks_uri().url())];
        for place in places.into_iter().flatten().chain(core.userinfo_endpoint().map(UserInfoUrl::url)) {
            if !is_as_safe(&self.options.issuer, place) {
                return Err(failed(format!("{place} is not https")));
            }
        }
        Ok(Metadata { core, names_itself: more.authorization_response_iss_parameter_supported })
    }

    async fn fetch_keys(&self) -> Result<CoreJsonWebKeySet, ProviderError> {
        let metadata = self.metadata().await?;
        let failed = |reason: String| self.failed("the key set", reason);
        let bytes = self.fetch(metadata.core.jwks_uri().as_str()).await.map_err(failed)?;
        serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))
    }

    async fn fetch(&self, place: &str) -> Result<Vec<u8>, String> {
        let uri: Uri = place.parse().map_err(|_| format!("{place} is no address"))?;
        let response = self.http.get(uri, None).await.map_err(|error| error.to_string())?;
        let status = response.status();
        if status.is_success() { Ok(response.into_body()) } else { Err(format!("it was answered with {status}")) }
    }

    pub(crate) fn failed(&self, what: &'static str, reason: String) -> ProviderError {
        ProviderError { provider: self.options.id.clone(), what, reason }
    }

    /// Completes `claims` with userinfo's where they do not say all that is needed.
    pub(crate) async fn complete(&self, claims: &mut Claims, access_token: &str) -> Result<(), TokenError> {
        if self.options.claims.are_enough(claims) {
            return Ok(());
        }
        // A token that is no JWT, or not for anybody to read, says nothing; what does is userinfo.
        if access_token.split('.').count() == 3
            && let Ok(more) = self.verify(access_token, Expected::AccessToken { subject: claims.get("sub") }).await
        {
            ClaimRules::complete(claims, more);
        }
        self.complete_with_userinfo(claims, access_token).await
    }

    pub(crate) async fn complete_with_userinfo(
        &self,
        claims: &mut Claims,
        access_token: &str,
    ) -> Result<(), TokenError> {
        if !self.options.claims.are_enough(claims)
            && let Some(more) = self.userinfo(access_token, claims.get("sub")).await?
        {
            ClaimRules::complete(claims, more);
        }
        Ok(())
    }

    /// Whether a bearer token of this issuer could be taken: with no audience there is none.
    pub(crate) fn takes_tokens_of(&self, issuer: &str) -> bool {
        !self.options.audiences.is_empty() && same_issuer(issuer, self.options.issuer.as_str())
    }
}

/// An address without a path is written with a slash at its end or without.
fn same_issuer(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// `http` is for a provider on this machine, and then all of it is.
fn is_as_safe(issuer: &Url, place: &Url) -> bool {
    place.scheme() == "https" || is_loopback(issuer) && issuer.scheme() == "http" && is_loopback(place)
}

/// Whether an address names this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
