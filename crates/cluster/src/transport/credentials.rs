//! The `Authorization` header, kept fresh.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response};
use http_body_util::Empty;
use kube::Config;
use kube::client::ConfigExt;
use parking_lot::Mutex;
use tokio::time::Instant;
use tower::util::BoxCloneSyncService;
use tower::{BoxError, Layer, ServiceExt};

use super::link::explain_plugin;
use crate::{Eks, Error};

/// Token files are rotated in place; kubelet's have an hour at least.
const TOKEN_FILE_AGE: Duration = Duration::from_mins(1);
/// A token of AWS's is replaced this long before its end.
const AHEAD: Duration = Duration::from_mins(3);

/// kube's authentication layer around nothing: it is asked for the header only, the request is ours.
type Authorise = BoxCloneSyncService<Request<Empty<Bytes>>, Response<()>, BoxError>;

pub(super) enum Credentials {
    /// Client certificates speak for themselves.
    None,
    Header(Authorise, Flight<Option<HeaderValue>>),
    TokenFile(TokenFile),
    Eks(EksTokens),
}

impl Credentials {
    /// May run a credential plugin, so it blocks.
    pub(super) fn new(config: &Config, token_file: Option<PathBuf>) -> Result<Self, kube::Error> {
        if let Some(path) = token_file {
            return Ok(Self::TokenFile(TokenFile { path, read: Mutex::default() }));
        }
        let Some(layer) = config.auth_layer()? else { return Ok(Self::None) };
        let echo = tower::service_fn(|request: Request<Empty<Bytes>>| {
            let mut response = Response::new(());
            if let Some(value) = request.headers().get(AUTHORIZATION) {
                response.headers_mut().insert(AUTHORIZATION, value.clone());
            }
            std::future::ready(Ok::<_, BoxError>(response))
        });
        Ok(Self::Header(BoxCloneSyncService::new(layer.layer(echo)), Flight::default()))
    }

    pub(super) fn of_eks(eks: Arc<dyn Eks>) -> Self {
        Self::Eks(EksTokens { eks, current: Mutex::default(), asking: Flight::default() })
    }

    pub(super) async fn header(&self, plugin: Option<&str>, deadline: Duration) -> Result<Option<HeaderValue>, Error> {
        match self {
            Self::None => Ok(None),
            Self::TokenFile(file) => file.header().map(Some),
            Self::Eks(tokens) => tokens.header(deadline).await.map(Some),
            Self::Header(authorise, flight) => {
                let authorise = authorise.clone();
                let owned = plugin.map(str::to_owned);
                let asking = async move {
                    let answer = authorise.oneshot(Request::new(Empty::new())).await;
                    let mut answer = answer.map_err(|error| explain_plugin(owned.as_deref(), error.as_ref()))?;
                    Ok(answer.headers_mut().remove(AUTHORIZATION))
                };
                flight.join(plugin, deadline, || asking).await
            }
        }
    }
}

#[derive(Debug)]
pub(super) struct TokenFile {
    path: PathBuf,
    read: Mutex<Option<(HeaderValue, Instant)>>,
}

impl TokenFile {
    fn header(&self) -> Result<HeaderValue, Error> {
        let mut read = self.read.lock();
        if let Some((value, at)) = &*read
            && at.elapsed() < TOKEN_FILE_AGE
        {
            return Ok(value.clone());
        }
        let fresh = std::fs::read_to_string(&self.path).map_err(|error| error.to_string()).and_then(|text| {
            let mut value = HeaderValue::try_from(format!("Bearer {}", text.trim()))
                .map_err(|_| "it holds more than one line or characters no token has".to_owned())?;
            value.set_sensitive(true);
            Ok(value)
        });
        match (fresh, &*read) {
            (Ok(value), _) => {
                *read = Some((value.clone(), Instant::now()));
                Ok(value)
            }
            // A file that is being replaced: the token read last is still good.
            (Err(_), Some((value, _))) => Ok(value.clone()),
            (Err(error), None) => {
                let reason = format!("cannot read the token file {}: {error}", self.path.display());
                Err(Error::Unreachable { reason })
            }
        }
    }
}

/// Tokens that AWS's credentials make.
pub(super) struct EksTokens {
    eks: Arc<dyn Eks>,
    /// With its end.
    current: Mutex<Option<(HeaderValue, Instant)>>,
    asking: Flight<(HeaderValue, Instant)>,
}

impl EksTokens {
    async fn header(&self, deadline: Duration) -> Result<HeaderValue, Error> {
        let good_for = |ahead: Duration| {
            let current = self.current.lock();
            current.as_ref().filter(|(_, end)| Instant::now() + ahead < *end).map(|(value, _)| value.clone())
        };
        if let Some(value) = good_for(AHEAD) {
            return Ok(value);
        }
        let token = self.eks.token();
        let asking = async move {
            let token = token.await?;
            let mut value = HeaderValue::try_from(format!("Bearer {}", token.value))
                .map_err(|_| "AWS's token holds characters that no token has".to_owned())?;
            value.set_sensitive(true);
            Ok((value, Instant::now() + token.good_for))
        };
        match self.asking.join(None, deadline, || asking).await {
            Ok((value, end)) => {
                *self.current.lock() = Some((value.clone(), end));
                Ok(value)
            }
            // The one there is may still be good.
            Err(error) => good_for(Duration::ZERO).ok_or(error),
        }
    }
}

type Landing<T> = Shared<BoxFuture<'static, Result<T, Arc<str>>>>;

/// One run at a time of something slow that many wait for. Those who give up waiting do not stop it, and those who
/// come later do not start it again.
pub(super) struct Flight<T>(Mutex<Option<Landing<T>>>);

impl<T> Default for Flight<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone + Send + Sync + 'static> Flight<T> {
    pub(super) async fn join<F>(
        &self,
        plugin: Option<&str>,
        deadline: Duration,
        start: impl FnOnce() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, String>> + Send + 'static,
    {
        let landing = {
            let mut flight = self.0.lock();
            match &*flight {
                Some(landing) if landing.peek().is_none() => landing.clone(),
                _ => {
                    let running = tokio::spawn(start());
                    let landing = async move {
                        match running.await {
                            Ok(result) => result.map_err(Arc::from),
                            Err(_) => Err(Arc::from("the credentials are not usable: they cannot be sent as a header")),
                        }
                    };
                    flight.insert(landing.boxed().shared()).clone()
                }
            }
        };
        let landed = tokio::time::timeout(deadline, landing).await.map_err(|_| {
            let what = plugin
                .map_or_else(|| "reading credentials".to_owned(), |plugin| format!("the credential plugin {plugin:?}"));
            Error::Timeout { what, after: deadline }
        })?;
        landed.map_err(|reason| Error::Unreachable { reason: reason.to_string() })
    }
}

#[cfg(test)]
mod tests;
