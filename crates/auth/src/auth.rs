//! Providers, logins, sessions and tokens, put together.

use std::sync::Arc;

use periscope_model::Clock;
use url::Url;

use crate::http::HttpError;
use crate::login::{Arrival, Begun, Callback, LoginFailure, LoginProblem, Logins};
use crate::provider::{Provider, ProviderOptions};
use crate::seal::Sealer;
use crate::session::{Database, DatabaseError, Ended, EndedBy, Limits, SessionError, Sessions, Store};
use crate::token::{Bearer, BearerError, Tokens};

pub struct AuthOptions {
    pub providers: Vec<ProviderOptions>,
    /// What people type into their browsers; the origin of callbacks.
    pub public_url: Url,
    pub limits: Limits,
    pub database: Database,
    pub sealer: Sealer,
    pub clock: Arc<dyn Clock>,
}

#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    #[error("provider {provider}: {error}")]
    Provider { provider: String, error: HttpError },
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Who comes in.
pub struct Auth {
    pub sessions: Sessions,
    providers: Vec<Arc<Provider>>,
    logins: Logins,
    tokens: Tokens,
    public_url: Url,
}

impl Auth {
    /// Opens the database; providers are asked when somebody needs them.
    pub async fn open(options: AuthOptions) -> Result<Self, AuthError> {
        let AuthOptions { providers, public_url, limits, database, sealer, clock } = options;
        let provider = |options: ProviderOptions| {
            let id = options.id.clone();
            let made = Provider::new(options, clock.clone());
            made.map(Arc::new).map_err(|error| AuthError::Provider { provider: id, error })
        };
        let providers = providers.into_iter().map(provider).collect::<Result<_, _>>()?;
        let (store, sealer) = (Store::open(&database).await?, Arc::new(sealer));
        let sessions = Sessions::new(store.clone(), sealer.clone(), clock.clone(), limits);
        let tokens = Tokens::new(clock.clone());
        let logins = Logins { sealer, store, clock, public_url: public_url.clone() };
        Ok(Self { sessions, providers, logins, tokens, public_url })
    }

    pub fn providers(&self) -> &[Arc<Provider>] {
        &self.providers
    }

    fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id() == id).map(Arc::as_ref)
    }

    /// Begins a login; `None` when there is no such provider.
    pub async fn begin_login(
        &self,
        provider: &str,
        return_to: &str,
        ask_again: bool,
    ) -> Option<Result<Begun, LoginFailure>> {
        Some(self.logins.begin(self.provider(provider)?, return_to, ask_again).await)
    }

    /// Ends a login; `sealed` is what its browser kept.
    pub async fn finish_login(&self, callback: Callback<'_>, sealed: Option<&str>) -> Result<Arrival, LoginFailure> {
        let Some(provider) = self.provider(callback.provider) else {
            let reason = "there is no such provider".to_owned();
            return Err(LoginFailure { problem: LoginProblem::Expired, reason, who: None });
        };
        self.logins.finish(provider, callback, sealed).await
    }

    /// Who a bearer token is about.
    pub async fn bearer(&self, token: &str) -> Result<Bearer, BearerError> {
        self.tokens.verify(token, &self.providers).await
    }

    /// Its first use is recorded: from now on it is not new, and is believed for a while.
    pub fn keep_bearer(&self, bearer: Bearer) {
        self.tokens.keep(bearer);
    }

    /// One round of what is done beside requests: sessions past their limits go, people are asked about again. What
    /// ended is in `ended`, also when the round could not be ended.
    pub async fn tend(&self, ended: &mut Vec<Ended>) -> Result<(), SessionError> {
        let over = self.sessions.reap().await?;
        ended.extend(over.into_iter().map(|session| Ended { session, by: EndedBy::Limit }));
        self.sessions.refresh_due(&self.providers, &self.public_url, ended).await
    }
}
