//! TLS configuration and credentials made into something that sends. Built anew when a credential plugin has to be
//! asked again.

use std::error::Error as StdError;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use kube::Config;
use kube::client::{AuthError, ConfigExt};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::config::Target;
use super::credentials::{Credentials, Flight};
use super::dial::Dial;
use super::lanes::Lanes;
use crate::{Deadlines, Error};

/// A plugin whose credentials are refused is not asked more often than this.
const RENEW_PAUSE: Duration = Duration::from_secs(10);

pub(super) struct Link {
    pub(super) lanes: Lanes,
    credentials: Credentials,
    recipe: Arc<Recipe>,
    built: Instant,
}

impl Link {
    pub(super) async fn authorization(&self) -> Result<Option<HeaderValue>, Error> {
        self.credentials.header(self.recipe.plugin.as_deref(), self.recipe.deadlines.credentials).await
    }
}

struct Recipe {
    config: Config,
    token_file: Option<PathBuf>,
    plugin: Option<String>,
    deadlines: Deadlines,
}

impl Recipe {
    /// Runs the credential plugin, if there is one, so it blocks.
    fn build(self: &Arc<Self>) -> Result<Arc<Link>, String> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(
                "no TLS provider is installed in this process; install one before the first connection".to_owned()
            );
        }
        let explain = |error: kube::Error| explain_plugin(self.plugin.as_deref(), &error);
        let tls = self.config.rustls_client_config().map_err(explain)?;
        let dial = Dial::new(tls, self.config.tls_server_name.as_deref(), &self.deadlines)?;
        Ok(Arc::new(Link {
            lanes: Lanes::new(dial, &self.deadlines),
            credentials: Credentials::new(&self.config, self.token_file.clone()).map_err(explain)?,
            recipe: Arc::clone(self),
            built: Instant::now(),
        }))
    }
}

pub(super) struct Links {
    recipe: Arc<Recipe>,
    current: Mutex<Option<Arc<Link>>>,
    building: Flight<Arc<Link>>,
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Links").field("plugin", &self.recipe.plugin).finish_non_exhaustive()
    }
}

impl Links {
    /// Builds at once what needs no plugin, so that a bad certificate is found when the connection is opened.
    pub(super) fn new(target: &Target, deadlines: &Deadlines) -> Result<Self, String> {
        let recipe = Arc::new(Recipe {
            config: target.config.clone(),
            token_file: target.token_file.clone(),
            plugin: target.plugin.clone(),
            deadlines: deadlines.clone(),
        });
        let current = if recipe.plugin.is_none() { Some(recipe.build()?) } else { None };
        Ok(Self { recipe, current: Mutex::new(current), building: Flight::default() })
    }

    pub(super) async fn get(&self) -> Result<Arc<Link>, Error> {
        if let Some(link) = &*self.current.lock() {
            return Ok(Arc::clone(link));
        }
        let recipe = Arc::clone(&self.recipe);
        let build = async move {
            let built = tokio::task::spawn_blocking(move || recipe.build()).await;
            built.unwrap_or_else(|_| Err("the credential plugin gave a token that cannot be sent".to_owned()))
        };
        let plugin = self.recipe.plugin.as_deref();
        let link = self.building.join(plugin, self.recipe.deadlines.credentials, || build).await?;
        Ok(Arc::clone(self.current.lock().get_or_insert(link)))
    }

    /// Forgets credentials that were refused, if asking for others can help.
    pub(super) fn renew(&self, refused: &Arc<Link>) -> bool {
        if self.recipe.plugin.is_none() || refused.built.elapsed() < RENEW_PAUSE {
            return false;
        }
        let mut current = self.current.lock();
        if current.as_ref().is_some_and(|link| Arc::ptr_eq(link, refused)) {
            *current = None;
        }
        true
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
