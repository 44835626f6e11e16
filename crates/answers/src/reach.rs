//! One kind of one cluster for one caller: from "who is it" to rows that the caller may see, kept so while followed.

mod circle;
mod member;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use periscope_cluster::{ApiResource, Identity};
use periscope_model::{Actor, Gap, KindId, Person, Phase, State};
use periscope_store::{FeedIdentity, FeedKey, Lease, Part, Visible};
use tokio::sync::watch;

use crate::access::{Granted, narrow};
use crate::clusters::Cluster;
use crate::inventory::Inventory;

pub(crate) use circle::Circle;
pub(crate) use member::Member;

/// What somebody wants to see.
#[derive(Clone)]
pub(crate) struct Want {
    pub(crate) cluster: Arc<Cluster>,
    pub(crate) kind: KindId,
    pub(crate) person: Arc<Person>,
    /// All when empty.
    pub(crate) namespaces: Arc<[String]>,
}

/// How often a cluster somebody follows is told that it is looked at.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// Keeps `out` current for ever: what the kind's rows are, who may see them, and why not.
pub(crate) async fn follow(inventory: Inventory, want: Want, out: watch::Sender<Member>) {
    let actor = match want.cluster.actor(&want.person) {
        Ok(actor) => actor,
        Err(refused) => {
            out.send_modify(|member| member.not_admitted(&refused, inventory.clock.now()));
            return std::future::pending().await;
        }
    };
    let follower = Follower { inventory, want, actor, out };
    let looking = async {
        loop {
            follower.inventory.attend(&follower.want.cluster);
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    tokio::select! {
        () = looking => {}
        () = follower.run() => {}
    }
}

struct Follower {
    inventory: Inventory,
    want: Want,
    /// Who the person is to this cluster.
    actor: Arc<Actor>,
    out: watch::Sender<Member>,
}

impl Follower {
    async fn run(&self) {
        if let Err(error) = self.want.cluster.connection() {
            let state = State::new(Phase::Unreachable, self.inventory.clock.now()).because(error.to_string());
            self.out.send_modify(|member| member.without_rows(state));
            return std::future::pending().await;
        }
        loop {
            let resource = self.served().await;
            self.read(&resource).await;
        }
    }

    /// Waits until the cluster serves the kind, saying why it does not yet.
    async fn served(&self) -> ApiResource {
        let Want { cluster, kind, .. } = &self.want;
        let mut discovered = cluster.follow_discovered();
        let mut state = cluster.follow_state();
        loop {
            let now = self.inventory.clock.now();
            let known = discovered.borrow_and_update().clone();
            match known.as_deref().map(|known| known.get(kind)) {
                Some(Some(resource)) => return resource.clone(),
                Some(None) => {
                    let gap = Gap::new("NOT_SERVED", format!("cluster {} serves no {kind}", cluster.spec.id));
                    self.out.send_modify(|member| member.not_served(gap, now));
                }
                None => {
                    let state = state.borrow_and_update().clone();
                    self.out.send_modify(|member| member.without_rows(state));
                }
            }
            tokio::select! {
                _ = discovered.changed() => {}
                _ = state.changed() => {}
            }
        }
    }

    /// Follows grant and rows until the kind is no longer served as it was.
    async fn read(&self, resource: &ApiResource) {
        let Want { cluster, kind, namespaces, .. } = &self.want;
        let actor = &self.actor;
        let key = Inventory::grant_key(cluster, kind, actor, resource.namespaced);
        let grant = self.inventory.access.grant(key);
        grant.ask_also(namespaces);
        cluster.name_namespaces(namespaces);
        let mut granted = grant.follow();
        let mut discovered = cluster.follow_discovered();
        // On a personal connection the inventory is the human.
        let may_differ = cluster.inventory() == Identity::Inventory;
        let mut private = false;
        loop {
            let now = self.inventory.clock.now();
            let current = granted.borrow_and_update().clone();
            let fresh = current.is_fresh(now);
            let lease = self.publish(&current, fresh, resource.namespaced, private);
            let unsettled = lease
                .as_ref()
                .filter(|lease| may_differ && lease.key().identity == FeedIdentity::Shared && !lease.synced());
            let left = current.good_for(now);
            tokio::select! {
                _ = granted.changed() => {}
                () = run_out(left.unwrap_or(SignedDuration::MAX)) => {}
                refused = refused(unsettled) => private = refused,
                () = changes_kind(&mut discovered, resource) => return,
            }
        }
    }

    /// Says what may be seen now. Rows are held only by who may see some of them.
    fn publish(&self, granted: &Granted, fresh: bool, namespaced: bool, private: bool) -> Option<Lease> {
        let Want { cluster, kind, namespaces, .. } = &self.want;
        let actor = &self.actor;
        let now = self.inventory.clock.now();
        if !fresh {
            let state = match &granted.trouble {
                Some(trouble) => {
                    State::new(Phase::Unreachable, now).because(format!("no access decision for {kind}: {trouble}"))
                }
                None => State::new(Phase::Connecting, now),
            };
            self.out.send_modify(|member| member.without_rows(state));
            return None;
        }
        let asked = if namespaced { narrow(&granted.visible, namespaces) } else { granted.visible.clone() };
        if matches!(asked, Visible::Nothing) {
            self.out.send_modify(|member| member.refused(kind, namespaces, &granted.needs, now));
            return None;
        }
        let key = if private {
            FeedKey::human(cluster.spec.id.clone(), kind.clone(), actor.clone())
        } else {
            Inventory::feed_of(cluster, kind, actor)
        };
        let lease = match self.out.borrow().lease().filter(|lease| *lease.key() == key) {
            Some(lease) => lease.clone(),
            None => self.inventory.store.lease(key),
        };
        let part = Part { lease: lease.clone(), visible: granted.visible.clone() };
        self.out.send_modify(|member| member.rows(part, &asked, &granted.needs));
        Some(lease)
    }
}

/// Waits for the end of a decision's life.
async fn run_out(left: SignedDuration) {
    match Duration::try_from(left) {
        Ok(left) if left < Duration::from_hours(1) => tokio::time::sleep(left).await,
        Ok(_) => std::future::pending().await,
        Err(_) => {}
    }
}

/// Waits until what is not read yet turns out to be refused to the inventory: then it is read as the human.
async fn refused(unsettled: Option<&Lease>) -> bool {
    let Some(lease) = unsettled else { return std::future::pending().await };
    let mut changed = lease.changed();
    loop {
        changed.borrow_and_update();
        if lease.state().phase == Phase::Refused {
            return true;
        }
        if lease.synced() {
            return std::future::pending().await;
        }
        if changed.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

async fn changes_kind(
    discovered: &mut watch::Receiver<Option<Arc<crate::clusters::Discovered>>>,
    resource: &ApiResource,
) {
    let kind = &resource.kind_id;
    let differs = |known: &Option<Arc<crate::clusters::Discovered>>| {
        known.as_ref().is_some_and(|known| known.get(kind).is_none_or(|now| now.namespaced != resource.namespaced))
    };
    if discovered.wait_for(differs).await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests;
