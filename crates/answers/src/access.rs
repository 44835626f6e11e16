//! Who may list what: decided by Kubernetes itself, asked as the caller, never remembered for long.
//!
//! A *grant* is what one caller may list of one kind in one cluster. It is decided by access reviews under
//! impersonation, cluster-wide first and else namespace by namespace, kept current while somebody follows it, and
//! re-asked when it is older than [`ALLOWED_FOR`] or [`REFUSED_FOR`]. A change of RBAC objects makes every grant of
//! the cluster be asked again; it never grants anything by itself. An error counts as refused once the last decision
//! has run out. See docs/decisions/0002.

mod decide;
mod grant;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use periscope_model::{Actor, Clock, ClusterId, KindId, Permission};
use periscope_store::Visible;

use crate::warden::Affected;

pub(crate) use grant::Grant;

/// How long an allowed decision may be used.
const ALLOWED_FOR: SignedDuration = SignedDuration::from_secs(30);
/// How long a refusal may be used.
const REFUSED_FOR: SignedDuration = SignedDuration::from_secs(10);
/// How long a grant that nobody follows is remembered, so that requests in a row do not each ask anew.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_mins(2);
/// With fewer grants than this nobody looks for unwanted ones.
const SWEEP_FROM: usize = 64;

/// Asks the API server, as the actor. An error is not a refusal: it is no decision.
pub(crate) trait Reviewer: Send + Sync {
    fn review(&self, actor: Arc<Actor>, cluster: ClusterId, asked: Permission) -> BoxFuture<'_, Result<bool, String>>;

    /// The namespaces the cluster has, as far as the inventory knows.
    fn namespaces(&self, cluster: &ClusterId) -> BoxFuture<'_, Arc<[String]>>;
}

/// What a caller may list of one kind.
#[derive(Debug, Clone)]
pub(crate) struct Granted {
    pub(crate) visible: Visible,
    /// When it was decided; `None` before the first decision.
    pub(crate) at: Option<Timestamp>,
    /// What would widen it.
    pub(crate) needs: Vec<Permission>,
    /// Why there is no decision.
    pub(crate) trouble: Option<String>,
}

impl Granted {
    pub(crate) fn undecided() -> Self {
        Self { visible: Visible::Nothing, at: None, needs: Vec::new(), trouble: None }
    }

    /// Whether the decision may still be used.
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        self.good_for(now).is_some()
    }

    /// How long the decision may still be used; `None` when it may not.
    pub(crate) fn good_for(&self, now: Timestamp) -> Option<SignedDuration> {
        let limit = if matches!(self.visible, Visible::Nothing) { REFUSED_FOR } else { ALLOWED_FOR };
        self.at.map(|at| limit - now.duration_since(at)).filter(SignedDuration::is_positive)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct GrantKey {
    pub(crate) actor: Arc<Actor>,
    pub(crate) cluster: ClusterId,
    pub(crate) kind: KindId,
    pub(crate) namespaced: bool,
}

/// All grants of this process.
pub(crate) struct Access {
    reviewer: Arc<dyn Reviewer>,
    clock: Arc<dyn Clock>,
    grants: Mutex<Grants>,
}

#[derive(Default)]
struct Grants {
    by_key: HashMap<GrantKey, Arc<Grant>>,
    /// Unwanted grants are looked for when there are this many: twice as many as were wanted the last time, so that
    /// looking costs each grant little however many there are.
    sweep_at: usize,
}

impl Access {
    pub(crate) fn new(reviewer: Arc<dyn Reviewer>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { reviewer, clock, grants: Mutex::default() })
    }

    /// The grant for `key`, kept current as long as what is returned is followed.
    pub(crate) fn grant(&self, key: GrantKey) -> Arc<Grant> {
        let now = self.clock.now();
        let mut grants = self.grants.lock();
        if let Some(grant) = grants.by_key.get(&key) {
            grant.use_at(now);
            return grant.clone();
        }
        if grants.by_key.len() >= grants.sweep_at {
            grants.by_key.retain(|_, grant| grant.is_wanted(now, REMEMBERED_FOR));
            grants.sweep_at = SWEEP_FROM.max(grants.by_key.len() * 2);
        }
        let grant = Grant::start(key.clone(), self.reviewer.clone(), self.clock.clone());
        grants.by_key.insert(key, grant.clone());
        grant
    }

    #[cfg(test)]
    fn remembered(&self) -> usize {
        self.grants.lock().by_key.len()
    }

    /// The cluster's RBAC objects changed: what was decided there for whom it may touch is asked again.
    pub(crate) fn rbac_changed(&self, cluster: &ClusterId, affected: &Affected) {
        let grants = self.grants.lock();
        let touched = grants.by_key.iter().filter(|(key, _)| key.cluster == *cluster && affected.touches(&key.actor));
        touched.for_each(|(_, grant)| grant.rbac_changed());
    }
}

/// The namespaces of `visible` that the query asks for; asking for none means all.
pub(crate) fn narrow(visible: &Visible, wanted: &[String]) -> Visible {
    if wanted.is_empty() {
        return visible.clone();
    }
    let wanted = wanted.iter().map(|name| Box::from(name.as_str()));
    let kept: BTreeSet<Box<str>> = match visible {
        Visible::All => wanted.collect(),
        Visible::Namespaces(names) => wanted.filter(|name| names.contains(name)).collect(),
        Visible::Nothing => BTreeSet::new(),
    };
    if kept.is_empty() { Visible::Nothing } else { Visible::Namespaces(Arc::new(kept)) }
}

#[cfg(test)]
mod tests;
