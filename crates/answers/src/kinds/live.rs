//! The kinds of a cluster, kept current.

use std::sync::Arc;
use std::task::{Context as Task, Poll};

use periscope_model::ClusterId;

use super::{KindList, grouped};
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::live::{Composed, Composition, Ground, Live, Wakes};

impl App {
    pub(crate) fn live_kinds(&self, _: &Context, cluster: &ClusterId) -> Result<Live, Error> {
        let cluster = self.clusters.get(cluster)?.clone();
        self.inventory.attend(&cluster);
        let mut wakes = Wakes::default();
        wakes.add(cluster.follow_discovered());
        Ok(Live::new(Composed::new("kinds", KindsGround { cluster, wakes })))
    }
}

struct KindsGround {
    cluster: Arc<Cluster>,
    wakes: Wakes,
}

impl Ground for KindsGround {
    fn poll_changed(&mut self, task: &mut Task<'_>) -> Poll<()> {
        self.wakes.poll(task)
    }

    /// Until the cluster has told, there are none.
    fn compose(&mut self) -> Composition {
        let kinds = self.cluster.discovered_now().map_or(KindList { groups: Vec::new() }, |found| grouped(&found));
        let frame = serde_json::json!({ "cluster": self.cluster.spec.id, "groups": kinds.groups });
        Composition::new(&kinds, &frame)
    }
}
