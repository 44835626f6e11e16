//! Everything the use cases share, put together once.

use std::path::PathBuf;
use std::sync::Arc;

use periscope_audit::Record;
use periscope_aws::Aws;
use periscope_iam::Catalogue;
use periscope_model::{Clock, ClusterId, KindId};
use periscope_store::{Options, Store};

use crate::access::Access;
use crate::actions::Runs;
use crate::can_i::Verdicts;
use crate::clusters::{ClusterList, ClusterSpec, Clusters};
use crate::context::Context;
use crate::door::Door;
use crate::error::Error;
use crate::health::Summaries;
use crate::history::{self, History};
use crate::identity::Known;
use crate::inventory::Inventory;
use crate::kinds::known;
use crate::logs::Hall;
use crate::people::Policy;
use crate::record::Reading;
use crate::sensitive::Openings;

pub struct AppOptions {
    pub clusters: Vec<ClusterSpec>,
    pub clock: Arc<dyn Clock>,
    /// Where the embedded database is; the folder must exist.
    pub data_dir: PathBuf,
    /// The record of every act.
    pub record: Record,
    /// Kinds whose opening is recorded; Secrets and RBAC when absent.
    pub sensitive: Option<Vec<KindId>>,
    /// Who may come in, and who looks after the others.
    pub policy: Policy,
    /// What is known of AWS; `None` where nothing there is to be asked.
    pub aws: Option<Aws>,
    /// Which permissions in AWS are called sensitive; the built-in ones when absent.
    pub catalogue: Option<Catalogue>,
}

const SENSITIVE: [&str; 5] = [
    "secrets",
    "roles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "clusterroles.rbac.authorization.k8s.io",
    "clusterrolebindings.rbac.authorization.k8s.io",
];

/// The use cases.
pub struct App {
    pub(crate) clusters: Arc<Clusters>,
    pub(crate) inventory: Inventory,
    pub(crate) history: History,
    pub(crate) summaries: Arc<Summaries>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) record: Record,
    pub(crate) verdicts: Verdicts,
    pub(crate) runs: Runs,
    pub(crate) openings: Openings,
    /// Kinds whose opening is recorded.
    pub(crate) sensitive: Vec<KindId>,
    /// Who reads how many logs.
    pub(crate) logs: Arc<Hall>,
    pub(crate) policy: Policy,
    /// Who reads the record, and whether it is being written.
    pub(crate) reading: Reading,
    pub(crate) aws: Option<Aws>,
    /// What pods are in AWS, for who sees the same of it.
    pub(crate) known: Known,
}

/// How much of one cluster is held.
#[derive(Debug, Clone)]
pub struct InventorySize {
    pub cluster: ClusterId,
    pub watches: usize,
    pub rows: usize,
}

impl App {
    /// Opens the database and every connection; no cluster is waited for.
    pub async fn start(options: AppOptions) -> Result<Arc<Self>, Error> {
        let AppOptions { clusters, clock, data_dir, record, sensitive, policy, aws, catalogue } = options;
        let sensitive = sensitive.unwrap_or_else(|| SENSITIVE.map(known).to_vec());
        let history = History::open(&data_dir).await?;
        let clusters = Arc::new(Clusters::open(clusters, &clock).await);
        let door = Arc::new(Door::new(clusters.clone()));
        let store = Store::new(clock.clone(), door.clone(), Options::default());
        let access = Access::new(door, clock.clone());
        let inventory = Inventory { store, access, clock: clock.clone() };
        for cluster in clusters.all() {
            tokio::spawn(history::keep(history.clone(), inventory.clone(), cluster.clone()));
        }
        let summaries = Arc::default();
        let ids = clusters.all().map(|cluster| cluster.spec.id.clone());
        let known = Known::new(&inventory, aws.clone(), catalogue, ids);
        let verdicts = Verdicts::new(clock.clone());
        let reading = Reading::start(record.clone());
        Ok(Arc::new(Self {
            verdicts,
            runs: Runs::default(),
            openings: Openings::default(),
            clusters,
            inventory,
            history,
            summaries,
            clock,
            record,
            sensitive,
            policy,
            logs: Arc::default(),
            reading,
            aws,
            known,
        }))
    }

    /// The clusters of this Periscope, in the order of the configuration.
    pub fn clusters(&self, _: &Context) -> ClusterList {
        let view = |cluster| {
            self.inventory.attend(cluster);
            cluster.view()
        };
        ClusterList { clusters: self.clusters.all().map(view).collect() }
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    pub fn inventory_sizes(&self) -> Vec<InventorySize> {
        let size = |id: &ClusterId| {
            let stats = self.inventory.store.stats_of(id);
            InventorySize { cluster: id.clone(), watches: stats.feeds, rows: stats.rows }
        };
        self.clusters.all().map(|cluster| size(&cluster.spec.id)).collect()
    }
}
