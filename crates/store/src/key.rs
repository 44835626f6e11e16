//! What one upstream watch is for.

use std::sync::Arc;

use periscope_model::{Actor, ClusterId, KindId};

/// One kind of one cluster, as one identity sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FeedKey {
    pub cluster: ClusterId,
    pub kind: KindId,
    pub identity: FeedIdentity,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FeedIdentity {
    /// The inventory user; its rows are filtered for every caller.
    Shared,
    /// One human, for kinds that the inventory may not read. Always a Table, never values; nobody else reads it.
    Human(Arc<Actor>),
}

impl FeedKey {
    pub fn shared(cluster: ClusterId, kind: KindId) -> Self {
        Self { cluster, kind, identity: FeedIdentity::Shared }
    }

    pub fn human(cluster: ClusterId, kind: KindId, actor: Arc<Actor>) -> Self {
        Self { cluster, kind, identity: FeedIdentity::Human(actor) }
    }

    pub(crate) fn is_shared(&self) -> bool {
        self.identity == FeedIdentity::Shared
    }
}
