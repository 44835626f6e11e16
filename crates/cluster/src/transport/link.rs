//! TLS configuration and credentials made into something that sends. Built anew when a credential plugin has to be
//! asked again.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use kube::client::{AuthError, ConfigExt};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::config::{Origin, Target};
use super::credentials::{Credentials, Flight};
use super::dial::Dial;
use super::lanes::Lanes;
use crate::{Deadlines, Eks, Error};

/// A plugin whose credentials are refused, and AWS about a cluster that is not there, is not asked more often than this.
const RENEW_PAUSE: Duration = Duration::from_secs(10);

pub(super) struct Link {
    pub(super) lanes: Lanes,
    pub(super) target: Arc<Target>,
    credentials: Credentials,
    credentials_deadline: Duration,
    built: Instant,
}

impl Link {
    pub(super) async fn authorization(&self) -> Result<Option<HeaderValue>, Error> {
        self.credentials.header(self.target.plugin.as_deref(), self.credentials_deadline).await
    }
}

/// What a link is built from.
struct Recipe {
    target: Arc<Target>,
    /// Who gives tokens, where that is AWS.
    eks: Option<Arc<dyn Eks>>,
    deadlines: Deadlines,
}

impl Recipe {
    /// Runs the credential plugin, if there is one, so it blocks.
    fn build(self) -> Result<Arc<Link>, String> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(
                "no TLS provider is installed in this process; install one before the first connection".to_owned()
            );
        }
        let Target { config, token_file, plugin, .. } = &*self.target;
        let explain = |error: kube::Error| explain_plugin(plugin.as_deref(), &error);
        let tls = config.rustls_client_config().map_err(explain)?;
        let dial = Dial::new(tls, config.tls_server_name.as_deref(), &self.deadlines)?;
        let credentials = match self.eks {
            Some(eks) => Credentials::of_eks(eks),
            None => Credentials::new(config, token_file.clone()).map_err(explain)?,
        };
        Ok(Arc::new(Link {
            lanes: Lanes::new(dial, &self.deadlines),
            credentials,
            credentials_deadline: self.deadlines.credentials,
            target: self.target,
            built: Instant::now(),
        }))
    }
}

pub(super) struct Links {
    origin: Origin,
    deadlines: Deadlines,
    current: Mutex<Option<Arc<Link>>>,
    building: Flight<Arc<Link>>,
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Links").field("shown", &self.shown()).finish_non_exhaustive()
    }
}

impl Links {
    /// Builds at once what needs no plugin and nobody to ask, so that a bad certificate is found when the connection is
    /// opened.
    pub(super) fn new(origin: Origin, deadlines: &Deadlines) -> Result<Self, String> {
        let links =
            Self { origin, deadlines: deadlines.clone(), current: Mutex::default(), building: Flight::default() };
        if let Origin::Known(target) = &links.origin
            && target.plugin.is_none()
        {
            let link = links.recipe(target.clone(), None).build()?;
            *links.current.lock() = Some(link);
        }
        Ok(links)
    }

    pub(super) fn shown(&self) -> &str {
        self.origin.shown()
    }

    pub(super) fn default_namespace(&self) -> &str {
        self.origin.default_namespace()
    }

    fn recipe(&self, target: Arc<Target>, eks: Option<Arc<dyn Eks>>) -> Recipe {
        Recipe { target, eks, deadlines: self.deadlines.clone() }
    }

    pub(super) async fn get(&self) -> Result<Arc<Link>, Error> {
        if let Some(link) = &*self.current.lock() {
            return Ok(Arc::clone(link));
        }
        let deadline = self.deadlines.credentials;
        let link = match &self.origin {
            Origin::Known(target) => {
                let recipe = self.recipe(target.clone(), None);
                let build = async move {
                    let built = tokio::task::spawn_blocking(move || recipe.build()).await;
                    built.unwrap_or_else(|_| Err("the credential plugin gave a token that cannot be sent".to_owned()))
                };
                self.building.join(target.plugin.as_deref(), deadline, || build).await?
            }
            Origin::Eks(eks) => {
                let (eks, deadlines) = (eks.clone(), self.deadlines.clone());
                let build = async move {
                    let endpoint = eks.endpoint().await?;
                    let target = Arc::new(Target::of_eks(&endpoint)?);
                    Recipe { target, eks: Some(eks), deadlines }.build()
                };
                self.building.join(None, deadline, || build).await?
            }
        };
        Ok(Arc::clone(self.current.lock().get_or_insert(link)))
    }

    /// Forgets what was refused or leads nowhere, if asking for something else can help.
    pub(super) fn renew(&self, refused: &Arc<Link>) -> bool {
        let can_help = match &self.origin {
            Origin::Known(target) => target.plugin.is_some(),
            Origin::Eks(_) => true,
        };
        if !can_help || refused.built.elapsed() < RENEW_PAUSE {
            return false;
        }
        let mut current = self.current.lock();
        if current.as_ref().is_some_and(|link| Arc::ptr_eq(link, refused)) {
            *current = None;
        }
        true
    }

    /// Whether its address can be another than before.
    pub(super) fn can_move(&self) -> bool {
        matches!(self.origin, Origin::Eks(_))
    }
}

/// A plugin's failure without what it printed to standard output: that may be a token.
pub(super) fn explain_plugin(plugin: Option<&str>, error: &(dyn StdError + 'static)) -> String {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<AuthError>() {
            return explain_auth(plugin.unwrap_or_default(), error);
        }
        match error.downcast_ref() {
            Some(kube::Error::Auth(error)) => return explain_auth(plugin.unwrap_or_default(), error),
            Some(kube::Error::InferKubeconfig(error)) => return error.to_string(),
            Some(kube::Error::RustlsTls(error)) => return format!("certificates cannot be used: {error}"),
            _ => {}
        }
        next = error.source();
    }
    error.to_string()
}

fn explain_auth(plugin: &str, error: &AuthError) -> String {
    const LONGEST: usize = 300;
    match error {
        AuthError::AuthExecStart(error) => {
            format!("the credential plugin {plugin:?} cannot be started: {error}; is it installed here?")
        }
        AuthError::AuthExecRun { out, .. } => {
            let stderr = String::from_utf8_lossy(&out.stderr);
            let words: Vec<&str> = stderr.split_whitespace().collect();
            let text: String = words.join(" ").chars().take(LONGEST).collect();
            format!("the credential plugin {plugin:?} failed ({}): {text}", out.status)
        }
        AuthError::AuthExecParse(_) | AuthError::ParseTokenKey(_) => {
            format!("the credential plugin {plugin:?} did not print an ExecCredential")
        }
        other => format!("the credentials cannot be used: {other}"),
    }
}
