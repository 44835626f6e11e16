//! Identities, made once for everybody who sees the same, and made anew in the background when something changed: no
//! request waits for more than the first time.
//!
//! What one caller may see goes into the making, not into the reading: nothing of a namespace that somebody may not see
//! is in what is made for them.

mod maker;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::SignedDuration;
use parking_lot::Mutex;
use periscope_aws::Aws;
use periscope_iam::{Catalogue, Context, Index, RolePolicies, forward};
use periscope_identity::{
    Accounts, CheckOptions, ClusterFacts, HolderKey, Holders, Identities, Report, RoleState, RoleView,
    ServiceAccountBinding,
};
use periscope_model::{Clock, ClusterId, Gap, Source};
use periscope_store::Visible;
use tokio::sync::{Semaphore, watch};
use tokio::task::AbortHandle;

use super::AwsRole;
use crate::clusters::Cluster;
use crate::error::Error;
use crate::inventory::Inventory;

use maker::Board;
use maker::Sensitive;
pub(super) use maker::Workshop;

/// Kept for as many kinds of callers and clusters; beyond that the one that was not asked for the longest is let go.
const MAX_KEPT: usize = 64;
/// What nobody asked for so long is let go.
const KEPT_FOR: SignedDuration = SignedDuration::from_mins(5);
/// How long a request waits for the first making.
const FIRST_DEADLINE: Duration = Duration::from_secs(8);
/// How long whoever had AWS read again waits for what is made of it.
const AGAIN_DEADLINE: Duration = Duration::from_secs(5);

/// What is known of one cluster's identities for who sees the same of it.
pub(super) struct Made {
    pub(super) identities: Identities,
    /// What Kubernetes did not tell.
    pub(super) gaps: Vec<Gap>,
    pub(super) sources: Vec<Source>,
    pub(super) catalogue: Sensitive,
    pub(super) accounts: Arc<Accounts>,
    whole: bool,
    /// The other clusters, as far as a role's trust policy can be asked about them.
    others: Vec<ClusterFacts>,
    desk: Arc<Semaphore>,
    told: OnceLock<Told>,
    judged: OnceLock<Judged>,
    held: Mutex<HashMap<HolderKey, Arc<[String]>>>,
}

/// What is told of the whole, for who asks first and all others. Of who may enter the cluster nothing is in it.
pub(super) struct Told {
    pub(super) report: Report,
    pub(super) accounts: Vec<ServiceAccountBinding>,
    pub(super) roles: Vec<AwsRole>,
}

/// Everybody who can do anything, and an index of what.
pub(super) struct Judged {
    pub(super) holders: Holders,
    pub(super) index: Index<HolderKey>,
}

impl Made {
    fn new(
        (identities, accounts): (Identities, Arc<Accounts>),
        (gaps, sources): (Vec<Gap>, Vec<Source>),
        (workshop, whole): (&Workshop, bool),
    ) -> Self {
        let others = workshop.others(&identities.facts().cluster);
        let (catalogue, desk) = (workshop.catalogue.clone(), workshop.desk.clone());
        let (told, judged, held) = (OnceLock::new(), OnceLock::new(), Mutex::default());
        Self { identities, gaps, sources, catalogue, accounts, whole, others, desk, told, judged, held }
    }

    /// Takes its time.
    pub(super) fn told(&self) -> &Told {
        self.told.get_or_init(|| {
            let withheld = "it is asked as the human, with each question";
            let options = CheckOptions { catalogue: &self.catalogue, rbac: None, access_withheld: Some(withheld) };
            let report = self.identities.report(&options);
            let accounts = self.identities.service_accounts(&report.findings);
            let others: Vec<&ClusterFacts> = self.others.iter().collect();
            let roles = self.identities.roles(&report.findings, &others);
            let told = |role: RoleView| {
                if self.sees_all() || role.lets_in || role.state != RoleState::Found {
                    return AwsRole { sensitive: self.sensitive(&role.arn), role, withheld: None };
                }
                AwsRole::withheld(role)
            };
            let roles = roles.into_iter().map(told).collect();
            Told { report, accounts, roles }
        })
    }

    /// Takes its time.
    pub(super) fn judged(&self) -> &Judged {
        self.judged.get_or_init(|| {
            let holders = self.identities.holders();
            Judged { index: Index::build(holders.principals()), holders }
        })
    }

    /// Whether it is made for who sees all that runs in the cluster and who is bound to what in it: for them no role is
    /// another's.
    pub(super) fn sees_all(&self) -> bool {
        self.whole && self.identities.facts().scope.cluster_wide
    }

    /// The entries of the catalogue that a role holds, but for those that the operator has accepted.
    pub(super) fn sensitive(&self, role: &str) -> Vec<String> {
        let limits = self.identities.accounts().limits(role);
        limits.map_or_else(Vec::new, |limits| self.held_by(&limits.policies, &Context::incomplete()))
    }

    /// The same of who is in the index; looked up once.
    pub(super) fn sensitive_of(&self, holder: &HolderKey) -> Arc<[String]> {
        if let Some(held) = self.held.lock().get(holder) {
            return held.clone();
        }
        let session = match holder {
            HolderKey::Actor(key) => self.judged().holders.actors.iter().find(|actor| actor.key == *key),
            HolderKey::Role(_) => None,
        };
        let held = match (session, self.judged().index.policies(holder)) {
            (Some(actor), _) => self.held_by(&actor.session.limits.policies, &actor.session.context),
            (None, Some(policies)) => self.held_by(policies, &Context::incomplete()),
            (None, None) => Vec::new(),
        };
        let held: Arc<[String]> = held.into();
        self.held.lock().insert(holder.clone(), held.clone());
        held
    }

    fn held_by(&self, policies: &RolePolicies, context: &Context) -> Vec<String> {
        let forward = forward(policies, context, &self.catalogue);
        let heard = |id: &str| self.catalogue.find(id).is_some_and(|entry| entry.silenced.is_none());
        forward.sensitive.iter().filter(|held| heard(&held.id)).map(|held| held.id.to_string()).collect()
    }

    /// Runs `ask` where it may take its time, not beside too many others.
    pub(super) async fn ask<T, F>(self: Arc<Self>, ask: F) -> Result<T, Error>
    where
        F: FnOnce(&Self) -> T + Send + 'static,
        T: Send + 'static,
    {
        let broke_off = |()| Error::NotReadable { reason: "identities could not be told".to_owned() };
        let seat = self.desk.clone().acquire_owned().await.map_err(|_| broke_off(()))?;
        // Whoever gives up waiting does not stop it, so it keeps its seat until it ends.
        let working = move || {
            let _seat = seat;
            ask(&self)
        };
        let asked = tokio::task::spawn_blocking(working).await;
        asked.map_err(|error| {
            tracing::error!(%error, "identities could not be told");
            broke_off(())
        })
    }
}

/// Everything that decides what is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) cluster: ClusterId,
    pub(super) visible: Visible,
    /// Whether access entries are for them.
    pub(super) whole: bool,
}

struct Kept {
    board: Arc<Board>,
    used: Arc<AtomicI64>,
    task: AbortHandle,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) struct Known {
    workshop: Workshop,
    clock: Arc<dyn Clock>,
    kept: Mutex<HashMap<Key, Kept>>,
}

impl Known {
    pub(crate) fn new(
        inventory: &Inventory,
        aws: Option<Aws>,
        catalogue: Option<Catalogue>,
        clusters: impl Iterator<Item = ClusterId>,
    ) -> Self {
        let workshop = Workshop::new(inventory.store.clone(), aws, (catalogue, clusters.collect()));
        Self { workshop, clock: inventory.clock.clone(), kept: Mutex::default() }
    }

    pub(super) fn catalogue(&self) -> &Catalogue {
        &self.workshop.catalogue
    }

    /// What is known now; waits for the first making only. `None` when that takes too long.
    pub(super) async fn get(&self, cluster: &Arc<Cluster>, key: Key) -> Option<Arc<Made>> {
        let mut made = self.follow(cluster, key);
        let first = tokio::time::timeout(FIRST_DEADLINE, made.wait_for(Option::is_some)).await;
        first.ok()?.ok().and_then(|made| made.clone())
    }

    /// Waits until what is known of the cluster was made after all that AWS has told by now.
    pub(crate) async fn caught_up(&self, cluster: &ClusterId) {
        let told = self.workshop.changes_of_aws();
        let of_cluster = |(key, one): (&Key, &Kept)| (key.cluster == *cluster).then(|| one.board.clone());
        let boards: Vec<Arc<Board>> = self.kept.lock().iter().filter_map(of_cluster).collect();
        let catching_up = boards.iter().map(|board| async {
            let mut after = board.after.subscribe();
            if *after.borrow() < told {
                board.hurry.notify_one();
                // Who makes it is there as long as the board is, or nobody wants it any more.
                let _ = after.wait_for(|after| *after >= told).await;
            }
        });
        // What takes longer comes with a later question.
        let _ = tokio::time::timeout(AGAIN_DEADLINE, futures::future::join_all(catching_up)).await;
    }

    fn follow(&self, cluster: &Arc<Cluster>, key: Key) -> watch::Receiver<Option<Arc<Made>>> {
        let now = self.clock.now();
        let mut kept = self.kept.lock();
        kept.retain(|_, one| {
            let used = one.used.load(Ordering::Relaxed);
            now.as_second() - used <= KEPT_FOR.as_secs()
        });
        if let Some(one) = kept.get(&key) {
            one.used.store(now.as_second(), Ordering::Relaxed);
            return one.board.made.subscribe();
        }
        if kept.len() >= MAX_KEPT {
            let oldest = kept.iter().min_by_key(|(_, one)| one.used.load(Ordering::Relaxed));
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                kept.remove(&oldest);
            }
        }
        let board = Arc::new(Board::new());
        let made = board.made.subscribe();
        let used = Arc::new(AtomicI64::new(now.as_second()));
        let (clock, last) = (self.clock.clone(), used.clone());
        let wanted = move || clock.now().as_second() - last.load(Ordering::Relaxed) <= KEPT_FOR.as_secs();
        let task = tokio::spawn(self.workshop.clone().keep(cluster.clone(), key.clone(), board.clone(), wanted));
        kept.insert(key, Kept { board, used, task: task.abort_handle() });
        made
    }
}
