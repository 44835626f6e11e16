//! How many objects of each kind a caller sees: from rows where kinds are watched, else by asking the API server for
//! one object and how many remain.

mod remaining;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use periscope_model::{Actor, Certainty, ClusterId, KindId, Permission, Person, Phase};
use periscope_store::Part;
use serde::Serialize;
use tokio::sync::watch;

use crate::access::narrow;
use crate::app::App;
use crate::clusters::{Cluster, Discovered};
use crate::context::Context;
use crate::error::Error;
use crate::inventory::Inventory;
use crate::lists::named_namespaces;
use crate::live::{Composed, Composition, Ground, Live, Wakes};
use crate::reach::{Circle, Member, Want};
use remaining::Remaining;

const ROWS_DEADLINE: Duration = Duration::from_secs(4);
/// Kinds that most pages need anyway: they are watched while counts are looked at. What is numerous and seldom looked
/// at (ReplicaSets, endpoint slices, events) is asked for instead.
pub(crate) const WATCHED: [&str; 14] = [
    "pods",
    "nodes",
    "namespaces",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "cronjobs.batch",
    "services",
    "ingresses.networking.k8s.io",
    "persistentvolumeclaims",
    "persistentvolumes",
    "horizontalpodautoscalers.autoscaling",
    "poddisruptionbudgets.policy",
];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    pub count: u64,
    pub certainty: Certainty,
    /// How many of them are marked in danger: failing, stuck on their way out, or waiting for too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub danger: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning: Option<usize>,
    /// What would let the caller count them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Permission>,
}

/// By kind; a kind that is not here has not been counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Counts {
    pub counts: BTreeMap<String, Count>,
}

impl Count {
    fn unknown(needs: Vec<Permission>) -> Self {
        Self { count: 0, certainty: Certainty::Unknown, danger: None, warning: None, needs }
    }
}

impl App {
    pub async fn counts(&self, context: &Context, cluster: &ClusterId, namespaces: &[String]) -> Result<Counts, Error> {
        let mut ground = self.counts_ground(context, cluster, namespaces.to_vec())?;
        ground.cluster.discovered().await?;
        ground.settle(ROWS_DEADLINE).await;
        Ok(ground.counts())
    }

    pub(crate) fn live_counts(
        &self,
        context: &Context,
        cluster: &ClusterId,
        namespaces: Vec<String>,
    ) -> Result<Live, Error> {
        Ok(Live::new(Composed::new("counts", self.counts_ground(context, cluster, namespaces)?)))
    }

    fn counts_ground(
        &self,
        context: &Context,
        cluster: &ClusterId,
        namespaces: Vec<String>,
    ) -> Result<CountsGround, Error> {
        let cluster = self.clusters.get(cluster)?.clone();
        self.inventory.attend(&cluster);
        let mut wakes = Wakes::default();
        wakes.add(cluster.follow_discovered());
        let (inventory, person) = (self.inventory.clone(), context.person.clone());
        let actor = cluster.actor(&person)?;
        let namespaces: Arc<[String]> = named_namespaces(namespaces)?.into();
        Ok(CountsGround { inventory, cluster, person, actor, namespaces, wakes, counted: None })
    }
}

struct CountsGround {
    inventory: Inventory,
    cluster: Arc<Cluster>,
    person: Arc<Person>,
    actor: Arc<Actor>,
    namespaces: Arc<[String]>,
    wakes: Wakes,
    counted: Option<Counted>,
}

/// What is counted of what a cluster serves.
struct Counted {
    discovered: Arc<Discovered>,
    circle: Circle,
    remaining: Remaining,
    asked: watch::Receiver<BTreeMap<KindId, Count>>,
}

impl CountsGround {
    /// Counts what the cluster serves now.
    fn follow(&mut self) {
        let Some(discovered) = self.cluster.discovered_now() else { return };
        if self.counted.as_ref().is_some_and(|counted| Arc::ptr_eq(&counted.discovered, &discovered)) {
            return;
        }
        let mut circle = Circle::new(true);
        let mut others = Vec::new();
        // What cannot be watched is measured or composed anew for every list, and knows no limit.
        for resource in discovered.resources.iter().filter(|resource| resource.can("list") && resource.can("watch")) {
            let kind = resource.kind_id.clone();
            if WATCHED.contains(&kind.to_string().as_str()) {
                let (cluster, person, namespaces) =
                    (self.cluster.clone(), self.person.clone(), self.namespaces.clone());
                circle.add(&self.inventory, Want { cluster, kind, person, namespaces });
            } else {
                others.push(resource.resource_type());
            }
        }
        let (remaining, asked) = Remaining::start(&self.cluster, &self.actor, &self.namespaces, others);
        self.counted = Some(Counted { discovered, circle, remaining, asked });
    }

    async fn settle(&mut self, deadline: Duration) {
        self.follow();
        let Some(counted) = &mut self.counted else { return };
        let first = counted.remaining.first_round(deadline);
        tokio::join!(counted.circle.settle(deadline), first);
    }

    fn counts(&self) -> Counts {
        let Some(counted) = &self.counted else { return Counts::default() };
        let mut counts: BTreeMap<String, Count> =
            counted.asked.borrow().iter().map(|(kind, count)| (kind.to_string(), count.clone())).collect();
        for member in counted.circle.members() {
            let namespaced = counted.discovered.get(&member.kind).is_none_or(|resource| resource.namespaced);
            if let Some(count) = of_member(&member, if namespaced { &self.namespaces } else { &[] }) {
                counts.insert(member.kind.to_string(), count);
            }
        }
        Counts { counts }
    }
}

impl Ground for CountsGround {
    fn poll_changed(&mut self, task: &mut Task<'_>) -> Poll<()> {
        let mut any = self.wakes.poll(task).is_ready() || self.counted.is_none();
        let before = self.counted.is_some();
        self.follow();
        any = any && (before || self.counted.is_some());
        if let Some(counted) = &mut self.counted {
            any |= counted.circle.poll_changed(task).is_ready();
            any |= counted.remaining.poll_changed(task).is_ready();
        }
        if any { Poll::Ready(()) } else { Poll::Pending }
    }

    fn compose(&mut self) -> Composition {
        let counts = self.counts();
        let cluster = &self.cluster.spec.id;
        Composition::new(&counts, &serde_json::json!({ "cluster": cluster, "counts": counts.counts }))
    }
}

fn of_member(member: &Member, namespaces: &[String]) -> Option<Count> {
    let state = member.state();
    let Some(Part { lease, visible }) = member.known() else {
        return (state.phase == Phase::Refused).then(|| Count::unknown(state.needs));
    };
    let tally = lease.read().tally(&narrow(visible, namespaces));
    let partial = !lease.gaps(visible).is_empty();
    Some(Count {
        count: tally.total as u64,
        certainty: if partial { Certainty::AtLeast } else { Certainty::Exact },
        danger: (tally.danger > 0).then_some(tally.danger),
        warning: (tally.warning > 0).then_some(tally.warning),
        needs: Vec::new(),
    })
}
