//! The inventory plane as use cases need it: rows, who may see them, and the time.

use std::sync::Arc;

use periscope_model::{Actor, Clock, KindId};
use periscope_store::{FeedKey, Store};

use crate::access::{Access, GrantKey};
use crate::clusters::Cluster;
use crate::kinds::is_sensitive;
use crate::warden;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Inventory {
    pub(crate) store: Store,
    pub(crate) access: Arc<Access>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Inventory {
    /// Somebody looks at the cluster: what every question about it rests on is kept current for some minutes.
    pub(crate) fn attend(&self, cluster: &Arc<Cluster>) {
        cluster.look();
        warden::ensure(self, cluster);
    }

    /// Where the rows of a kind are read from at first.
    pub(crate) fn feed_of(cluster: &Cluster, kind: &KindId, actor: &Arc<Actor>) -> FeedKey {
        let (cluster, kind) = (cluster.spec.id.clone(), kind.clone());
        if is_sensitive(&kind) { FeedKey::human(cluster, kind, actor.clone()) } else { FeedKey::shared(cluster, kind) }
    }

    pub(crate) fn grant_key(cluster: &Cluster, kind: &KindId, actor: &Arc<Actor>, namespaced: bool) -> GrantKey {
        GrantKey { actor: actor.clone(), cluster: cluster.spec.id.clone(), kind: kind.clone(), namespaced }
    }
}
