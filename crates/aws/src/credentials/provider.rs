//! Credentials that are had anew before they end, once for everybody who waits.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::{Keys, agent};
use crate::client::{Access, Call, Client, endpoint, unsigned};
use crate::error::Error;
use crate::operations::{Operation, Service};
use crate::reach::Shared;
use crate::xml::Element;
use crate::{Partition, RoleToAssume};

/// Others are had this long before the end.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);
/// And not sooner after the last ones.
const AGAIN: SignedDuration = SignedDuration::from_secs(30);
/// What failed is not tried again at once by everybody who waits.
const REST: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(crate) struct Fresh {
    pub(crate) keys: Keys,
    pub(crate) expires: Option<Timestamp>,
    had: Timestamp,
}

impl Fresh {
    /// Had at this time.
    pub(super) fn new(keys: Keys, expires: Option<Timestamp>, had: Timestamp) -> Self {
        Self { keys, expires, had }
    }

    fn is_good_for(&self, ahead: SignedDuration, now: Timestamp) -> bool {
        // Where even new ones end soon, they are not asked for with every request.
        let ahead = if now < self.had + AGAIN { SignedDuration::ZERO } else { ahead };
        self.expires.is_none_or(|end| now + ahead < end)
    }
}

#[derive(Debug)]
pub(crate) enum Origin {
    Fixed(Keys),
    PodIdentity { uri: String, token_file: PathBuf },
    WebIdentity { role_arn: String, token_file: PathBuf, session: String, region: String },
    Assumed { base: Arc<Access>, role: RoleToAssume, region: String },
}

#[derive(Debug)]
pub(crate) struct Provider {
    origin: Origin,
    current: Mutex<Option<Arc<Fresh>>>,
    /// Held by whoever gets others; with what failed last.
    getting: tokio::sync::Mutex<Option<(Instant, Error)>>,
}

impl Provider {
    pub(crate) fn new(origin: Origin) -> Self {
        Self { origin, current: Mutex::default(), getting: tokio::sync::Mutex::default() }
    }

    /// The role this is, where configuration says it.
    pub(crate) fn role_arn(&self) -> Option<&str> {
        match &self.origin {
            Origin::WebIdentity { role_arn, .. } => Some(role_arn),
            Origin::Assumed { role, .. } => Some(&role.role_arn),
            Origin::Fixed(_) | Origin::PodIdentity { .. } => None,
        }
    }

    pub(crate) async fn get(&self, shared: &Arc<Shared>) -> Result<Arc<Fresh>, Error> {
        if let Some(fresh) = self.good_for(AHEAD, shared) {
            return Ok(fresh);
        }
        let mut failed = self.getting.lock().await;
        if let Some(fresh) = self.good_for(AHEAD, shared) {
            return Ok(fresh);
        }
        let error = match &*failed {
            Some((at, error)) if at.elapsed() < REST => error.clone(),
            _ => match self.fetch(shared).await {
                Ok(fresh) => {
                    *failed = None;
                    let fresh = Arc::new(fresh);
                    *self.current.lock() = Some(Arc::clone(&fresh));
                    return Ok(fresh);
                }
                Err(error) => {
                    tracing::warn!(%error, "no credentials for AWS");
                    *failed = Some((Instant::now(), error.clone()));
                    error
                }
            },
        };
        // Those that have not ended yet are still good.
        self.good_for(SignedDuration::ZERO, shared).ok_or(error)
    }

    /// AWS does not take these any more.
    pub(crate) fn forget(&self, used: &Arc<Fresh>) {
        let mut current = self.current.lock();
        if current.as_ref().is_some_and(|fresh| Arc::ptr_eq(fresh, used)) {
            *current = None;
        }
    }

    fn good_for(&self, ahead: SignedDuration, shared: &Shared) -> Option<Arc<Fresh>> {
        let current = self.current.lock();
        current.as_ref().filter(|fresh| fresh.is_good_for(ahead, shared.now())).cloned()
    }

    /// Boxed, as assuming a role takes credentials itself.
    fn fetch<'a>(&'a self, shared: &'a Arc<Shared>) -> BoxFuture<'a, Result<Fresh, Error>> {
        async move {
            match &self.origin {
                Origin::Fixed(keys) => Ok(Fresh::new(keys.clone(), None, shared.now())),
                Origin::PodIdentity { uri, token_file } => agent::credentials(shared, uri, token_file).await,
                Origin::WebIdentity { role_arn, token_file, session, region } => {
                    let token = token(token_file).map_err(|reason| Error::Credentials { reason })?;
                    let call = Call::new(Operation::AssumeRoleWithWebIdentity, role_arn)
                        .with("RoleArn", role_arn)
                        .with("RoleSessionName", session)
                        .with("WebIdentityToken", token);
                    let partition = crate::arn::partition(role_arn).unwrap_or(Partition::of_region(region));
                    let place = endpoint(&shared.endpoints, Service::Sts, partition, region);
                    let root = unsigned(shared, &call, &place.address).await?;
                    given(&root, &call, shared.now())
                }
                Origin::Assumed { base, role, region } => {
                    let mut call = Call::new(Operation::AssumeRole, &role.role_arn)
                        .with("RoleArn", &role.role_arn)
                        .with("RoleSessionName", "periscope");
                    if let Some(id) = &role.external_id {
                        call = call.with("ExternalId", id);
                    }
                    let client = Client { shared: shared.clone(), access: base.clone(), region: region.clone() };
                    given(&client.xml(&call).await?, &call, shared.now())
                }
            }
        }
        .boxed()
    }
}

fn given(root: &Element, call: &Call, now: Timestamp) -> Result<Fresh, Error> {
    let credentials = root.find("Credentials");
    let part = |name: &str| credentials.and_then(|credentials| credentials.text(name)).map(str::to_owned);
    let (Some(access_key_id), Some(secret_access_key)) = (part("AccessKeyId"), part("SecretAccessKey")) else {
        return Err(Error::Unreadable { what: call.what(), reason: "it holds no credentials".to_owned() });
    };
    let keys = Keys { access_key_id, secret_access_key, session_token: part("SessionToken") };
    Ok(Fresh::new(keys, part("Expiration").and_then(|end| end.parse().ok()), now))
}

/// Kubelet replaces these files: they are read each time.
pub(super) fn token(file: &Path) -> Result<String, String> {
    const LIMIT: u64 = 64 << 10;
    let shown = file.display();
    let mut text = String::new();
    let read = std::fs::File::open(file).and_then(|file| file.take(LIMIT + 1).read_to_string(&mut text));
    let size = read.map_err(|error| format!("cannot read the token file {shown}: {error}"))?;
    if size as u64 > LIMIT {
        return Err(format!("the token file {shown} has more than {LIMIT} bytes, which is no token"));
    }
    Ok(text.trim().to_owned())
}
