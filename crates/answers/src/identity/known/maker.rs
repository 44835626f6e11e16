//! Makes what is known out of rows and of what AWS told, again and again.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt};
use parking_lot::Mutex;
use periscope_aws::{Aws, ClusterAws};
use periscope_iam::Catalogue;
use periscope_identity::{AccountFacts, Accounts, ClusterFacts, Identities};
use periscope_model::aws::{Observed, PodIdentityAssociation};
use periscope_model::{ClusterId, Gap, Permission, Scope};
use periscope_store::Store;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::Instant;
use tokio_stream::wrappers::WatchStream;

use super::super::facts::ClusterRows;
use super::super::gaps::named_roles;
use super::super::look::whole_cluster;
use super::super::rows::{Of, Rows};
use super::{Key, Made};
use crate::clusters::Cluster;

/// As many are made at once: each takes a core.
const AT_ONCE: usize = 2;
/// Questions that are answered at once.
const SEATS: usize = 4;
/// How long the first making waits for rows; what is not there by then is a gap, and comes with the next.
const ROWS_DEADLINE: Duration = Duration::from_secs(5);
/// The shortest pause between two makings, and how many times longer than a making it is: at most a twentieth of a core
/// goes into it, however large the cluster and however fast it changes.
const PAUSE: Duration = Duration::from_millis(500);
const PAUSE_FACTOR: u32 = 20;
/// How often it is looked whether somebody still wants it.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// Where what is made is to be had.
pub(super) struct Board {
    pub(super) made: watch::Sender<Option<Arc<Made>>>,
    /// The changes of AWS that what is there was made after.
    pub(super) after: watch::Sender<u64>,
    /// Somebody waits for what they asked to be read again.
    pub(super) hurry: Notify,
}

impl Board {
    pub(super) fn new() -> Self {
        Self { made: watch::Sender::new(None), after: watch::Sender::new(0), hurry: Notify::new() }
    }
}

/// With the number of changes that they were made after.
type KnownAccounts = (u64, Arc<Accounts>);

/// The catalogue that an operator made, or the built-in one, which is read when somebody asks first.
#[derive(Clone)]
pub(in super::super) struct Sensitive(Option<Arc<Catalogue>>);

impl Deref for Sensitive {
    type Target = Catalogue;

    fn deref(&self) -> &Catalogue {
        self.0.as_deref().unwrap_or_else(|| Catalogue::built_in())
    }
}

/// Cheap to clone.
#[derive(Clone)]
pub(in super::super) struct Workshop {
    store: Store,
    aws: Option<Aws>,
    clusters: Arc<[ClusterId]>,
    pub(super) catalogue: Sensitive,
    benches: Arc<Semaphore>,
    /// Seats for who asks.
    pub(super) desk: Arc<Semaphore>,
    accounts: Arc<Mutex<Option<KnownAccounts>>>,
}

/// What a making is of: when all of it is as before, nothing is made.
struct Parts {
    rows: ClusterRows,
    aws: ClusterAws,
    accounts: Arc<Accounts>,
}

impl Workshop {
    pub(in super::super) fn new(
        store: Store,
        aws: Option<Aws>,
        (catalogue, clusters): (Option<Catalogue>, Arc<[ClusterId]>),
    ) -> Self {
        let (benches, desk) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(Semaphore::new(SEATS)));
        let catalogue = Sensitive(catalogue.map(Arc::new));
        Self { store, aws, clusters, catalogue, benches, desk, accounts: Arc::default() }
    }

    /// The other clusters as AWS knows them: nothing of what runs there.
    pub(super) fn others(&self, cluster: &ClusterId) -> Vec<ClusterFacts> {
        let Some(aws) = &self.aws else { return Vec::new() };
        let other = |id: &ClusterId| {
            let (arn, eks) = (Some(aws.target(id)?.arn.clone()), aws.cluster(id)?.eks);
            Some(ClusterFacts { arn, eks, ..ClusterFacts::new(id.clone(), Scope::default()) })
        };
        self.clusters.iter().filter(|id| *id != cluster).filter_map(other).collect()
    }

    /// Makes it, and again whenever something changed, until nobody wants it.
    pub(super) async fn keep(
        self,
        cluster: Arc<Cluster>,
        key: Key,
        board: Arc<Board>,
        wanted: impl Fn() -> bool + Send,
    ) {
        let rows = Arc::new(Rows::of(&self.store, &key.cluster));
        let mut changes = self.changes(&rows);
        rows.ready(ROWS_DEADLINE).await;
        let mut last: Option<Arc<Parts>> = None;
        while wanted() {
            let Ok(bench) = self.benches.acquire().await else { return };
            let (started, after) = (Instant::now(), self.changes_of_aws());
            let (workshop, cluster, key, held, before) =
                (self.clone(), cluster.clone(), key.clone(), rows.clone(), last.clone());
            let making = tokio::task::spawn_blocking(move || workshop.make(&cluster, &key, &held, before.as_deref()));
            match making.await {
                Ok(Some((parts, made))) => {
                    last = Some(Arc::new(parts));
                    board.made.send_replace(Some(Arc::new(made)));
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%error, cluster = %rows.cluster(), "identities could not be told"),
            }
            let took = started.elapsed();
            drop(bench);
            board.after.send_replace(after);
            // Whoever asked for it does not wait for a pause.
            let _ = tokio::time::timeout(PAUSE.max(took * PAUSE_FACTOR), board.hurry.notified()).await;
            // All that changed meanwhile is one change.
            let _ = tokio::time::timeout(LOOK_EVERY, changes.next()).await;
            while let Some(Some(_)) = futures::FutureExt::now_or_never(changes.next()) {}
        }
    }

    /// How often what is known of AWS has changed.
    pub(super) fn changes_of_aws(&self) -> u64 {
        self.aws.as_ref().map_or(0, |aws| *aws.changed().borrow())
    }

    fn changes(&self, rows: &Rows) -> impl Stream<Item = u64> + Unpin + Send + use<> {
        let aws = self.aws.as_ref().map(|aws| WatchStream::from_changes(aws.changed()));
        futures::stream::select(rows.changes(), futures::stream::iter(aws).flatten())
    }

    fn make(&self, cluster: &Cluster, key: &Key, rows: &Rows, last: Option<&Parts>) -> Option<(Parts, Made)> {
        let discovered = cluster.discovered_now();
        let parts = Parts {
            rows: ClusterRows::read(&key.cluster, (rows, discovered.as_deref()), &key.visible),
            aws: self.aws.as_ref().and_then(|aws| aws.cluster(&key.cluster)).unwrap_or_default(),
            accounts: self.accounts(),
        };
        let same = |last: &Parts| {
            last.rows.says_the_same(&parts.rows)
                && Arc::ptr_eq(&last.accounts, &parts.accounts)
                && same_aws(&last.aws, &parts.aws)
        };
        if last.is_some_and(same) {
            return None;
        }
        let facts = facts(cluster, key, &parts);
        let identities = Identities::new(Arc::new(facts), parts.accounts.clone());
        self.want_roles(identities.facts());
        let gaps = Of::ALL.into_iter().filter_map(|of| rows.gap(of)).collect();
        let sources = [Of::Pods, Of::ServiceAccounts].map(|of| rows.source(of)).into();
        let made = Made::new((identities, parts.accounts.clone()), (gaps, sources), (self, key.whole));
        Some((parts, made))
    }

    /// Everything that is known of any account; made once for each change of AWS.
    fn accounts(&self) -> Arc<Accounts> {
        let Some(aws) = &self.aws else { return Arc::default() };
        // Before anything is read: what changes meanwhile makes it be read again.
        let version = *aws.changed().borrow();
        let known = self.accounts.lock().clone();
        if let Some((at, accounts)) = &known
            && *at == version
        {
            return accounts.clone();
        }
        let facts = aws.accounts().into_iter().map(|account| AccountFacts {
            iam: aws.account(&account).unwrap_or_default(),
            organization: aws.organization(&account),
            account,
        });
        // What has not changed stays compiled.
        let accounts = Arc::new(known.map_or_else(Arc::default, |(_, before)| before).renewed(facts));
        *self.accounts.lock() = Some((version, accounts.clone()));
        accounts
    }

    /// Where all roles of an account may not be read at once, those that something here names are.
    fn want_roles(&self, facts: &ClusterFacts) {
        let Some(aws) = &self.aws else { return };
        aws.want_roles(named_roles(facts));
    }
}

fn same_aws(a: &ClusterAws, b: &ClusterAws) -> bool {
    fn same<T>(a: &Observed<T>, b: &Observed<T>) -> bool {
        let value = match (&a.value, &b.value) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        value && a.gaps == b.gaps
    }
    same(&a.eks, &b.eks)
        && same(&a.access_entries, &b.access_entries)
        && same(&a.associations, &b.associations)
        && same(&a.instances, &b.instances)
}

fn facts(cluster: &Cluster, key: &Key, parts: &Parts) -> ClusterFacts {
    let (rows, aws) = (&parts.rows, &parts.aws);
    let access_entries = if key.whole { aws.access_entries.clone() } else { Observed::missing(not_whole(cluster)) };
    ClusterFacts {
        arn: cluster.spec.eks.as_ref().map(|eks| eks.arn.clone()),
        eks: aws.eks.clone(),
        access_entries,
        associations: visible_associations(&aws.associations, key),
        instances: aws.instances.clone(),
        service_accounts: rows.service_accounts.clone(),
        pods: rows.pods.clone(),
        workloads: rows.workloads.clone(),
        nodes: rows.nodes.clone(),
        ..ClusterFacts::new(key.cluster.clone(), rows.scope.clone())
    }
}

fn not_whole(cluster: &Cluster) -> Gap {
    let needed: Permission = whole_cluster();
    Gap::missing_permission(format!("who may enter cluster {}", cluster.spec.id), needed)
}

fn visible_associations(
    all: &Observed<Vec<PodIdentityAssociation>>,
    key: &Key,
) -> Observed<Vec<PodIdentityAssociation>> {
    let cut = |all: &Arc<Vec<PodIdentityAssociation>>| {
        let seen = all.iter().filter(|one| key.visible.allows(&one.namespace));
        Arc::new(seen.cloned().collect())
    };
    Observed { value: all.value.as_ref().map(cut), at: all.at, gaps: all.gaps.clone() }
}
