//! Tokens for a code or a refresh token, and the person they are about.

use openidconnect::core::{CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreTokenResponse};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, StandardErrorResponse,
    TokenResponse,
};
use periscope_model::Person;
use url::Url;

use super::{LoginFailure, LoginProblem};
use crate::claims::{Claims, subject_of};
use crate::http::HttpError;
use crate::provider::{Expected, Metadata, Provider};
use crate::secret::Secret;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;
type Refusal = RequestTokenError<HttpError, StandardErrorResponse<CoreErrorResponseType>>;

/// What a provider gave for a code or a refresh token.
pub(crate) struct Tokens {
    id: Option<String>,
    access: String,
    pub(crate) refresh: Option<Secret>,
}

pub(super) fn client(provider: &Provider, metadata: &Metadata, public_url: &Url) -> Result<Client, LoginFailure> {
    let options = &provider.options;
    let secret = options.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().to_owned()));
    let client =
        CoreClient::from_provider_metadata(metadata.core.clone(), ClientId::new(options.client_id.clone()), secret);
    let redirect = public_url.join(&format!("/api/auth/callback/{}", options.id));
    let redirect = redirect.map_err(|error| LoginFailure::new(LoginProblem::ProviderUnreachable, error.to_string()))?;
    let known = metadata.core.token_endpoint_auth_methods_supported();
    let in_body = known.is_some_and(|known| {
        known.contains(&CoreClientAuthMethod::ClientSecretPost)
            && !known.contains(&CoreClientAuthMethod::ClientSecretBasic)
    });
    let how = if in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
    Ok(client.set_redirect_uri(RedirectUrl::from_url(redirect)).set_auth_type(how))
}

pub(super) async fn code(
    provider: &Provider,
    client: &Client,
    code: &str,
    verifier: String,
) -> Result<Tokens, LoginFailure> {
    let request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
    let request = request.map_err(|error| LoginFailure::new(LoginProblem::ProviderUnreachable, error.to_string()))?;
    let answered = request.set_pkce_verifier(PkceCodeVerifier::new(verifier)).request_async(&provider.http).await;
    Ok(Tokens::of(&answered.map_err(failure)?))
}

/// Who somebody is now.
pub(crate) async fn refresh(
    provider: &Provider,
    public_url: &Url,
    known: &Person,
    refresh_token: &Secret,
) -> Result<(Person, Option<Secret>), LoginFailure> {
    let metadata = provider.metadata().await?;
    let client = client(provider, &metadata, public_url)?;
    let token = RefreshToken::new(refresh_token.expose().to_owned());
    let request = client.exchange_refresh_token(&token);
    let request = request.map_err(|error| LoginFailure::new(LoginProblem::ProviderUnreachable, error.to_string()))?;
    let tokens = Tokens::of(&request.request_async(&provider.http).await.map_err(refresh_failure)?);
    let person = tokens.same_person(provider, known).await?;
    Ok((person, tokens.refresh))
}

impl Tokens {
    fn of(response: &CoreTokenResponse) -> Self {
        Self {
            id: response.id_token().map(ToString::to_string),
            access: response.access_token().secret().clone(),
            refresh: response.refresh_token().map(|token| Secret::new(token.secret().clone())),
        }
    }

    /// Of a login whose nonce was `nonce`.
    pub(super) async fn person(&self, provider: &Provider, issuer: &str, nonce: &str) -> Result<Person, LoginFailure> {
        let id_token = self.id.as_deref();
        let id_token =
            id_token.ok_or_else(|| LoginFailure::new(LoginProblem::TokenInvalid, "the answer has no ID token"))?;
        let expected = Expected::IdToken { nonce, access_token: &self.access };
        let claims = provider.verify(id_token, expected).await?;
        let subject = subject_of(&claims)?;
        let person = self.complete(provider, issuer, claims).await;
        person.map_err(|failure| LoginFailure { who: Some((issuer.to_owned(), subject)), ..failure })
    }

    /// Of a refresh: a provider need not send an ID token again (OpenID Connect Core 1.0, section 12.2).
    async fn same_person(&self, provider: &Provider, known: &Person) -> Result<Person, LoginFailure> {
        let claims = match &self.id {
            Some(id_token) => {
                let expected = Expected::RefreshedIdToken { subject: &known.subject, access_token: &self.access };
                provider.verify(id_token, expected).await?
            }
            None => Claims::from_iter([("sub".to_owned(), known.subject.clone().into())]),
        };
        self.complete(provider, &known.issuer, claims).await
    }

    async fn complete(&self, provider: &Provider, issuer: &str, mut claims: Claims) -> Result<Person, LoginFailure> {
        provider.complete(&mut claims, &self.access).await?;
        Ok(provider.options.claims.person(issuer, &claims)?)
    }
}

/// What the provider said stays out: it may be anybody's words, and is told only to the log as a known word.
fn failure(error: Refusal) -> LoginFailure {
    let unreachable = |reason: String| LoginFailure::new(LoginProblem::ProviderUnreachable, reason);
    match error {
        RequestTokenError::ServerResponse(told) => {
            LoginFailure::new(LoginProblem::ProviderRefused, super::refusal(Some(told.error().as_ref())))
        }
        RequestTokenError::Request(error) => unreachable(error.to_string()),
        RequestTokenError::Parse(error, body) if serde_json::from_slice::<Claims>(&body).is_ok() => {
            LoginFailure::new(LoginProblem::TokenInvalid, format!("its token answer has a wrong {}", error.path()))
        }
        // Such as a gateway's page before a provider that is down.
        RequestTokenError::Parse(error, _) => {
            unreachable(format!("its token answer cannot be read at {}", error.path()))
        }
        RequestTokenError::Other(reason) => unreachable(reason),
    }
}

/// Only a refusal of the person ends their session: one of this client, as when its secret was changed, is a failure
/// that an operator mends.
fn refresh_failure(error: Refusal) -> LoginFailure {
    let about_person = match &error {
        RequestTokenError::ServerResponse(told) => {
            let word = told.error().as_ref();
            ["invalid_grant", "access_denied", "login_required", "interaction_required", "consent_required"]
                .contains(&word)
        }
        _ => false,
    };
    let failure = failure(error);
    if about_person { failure } else { LoginFailure { problem: LoginProblem::ProviderUnreachable, ..failure } }
}
