//! Everything that overviews look at, followed for one caller.

use std::sync::Arc;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use periscope_model::{Clock, Gap, KindId, Person, Phase, Scope, Source, Tone};
use periscope_store::{Part, Visible};
use tokio::sync::watch;

use crate::access::Granted;
use crate::app::App;
use crate::clusters::{Cluster, ClusterView, NodeUsage};
use crate::context::Context;
use crate::events::EventItem;
use crate::health::{Health, KINDS, Summaries, Summary, Visibles};
use crate::inventory::Inventory;
use crate::kinds::known;
use crate::live::Wakes;
use crate::reach::{Circle, Member};

pub(super) struct Looker {
    clusters: Vec<Arc<Cluster>>,
    /// Of each cluster its kinds, one after another.
    circle: Circle,
    per_cluster: usize,
    /// Whether usage may be seen, of each cluster.
    usage: Vec<watch::Receiver<Granted>>,
    wakes: Wakes,
    summaries: Arc<Summaries>,
    clock: Arc<dyn Clock>,
}

/// One cluster as it is now.
pub(super) struct Look {
    pub(super) cluster: ClusterView,
    pub(super) summary: Arc<Summary>,
    pub(super) scope: Scope,
    pub(super) sources: Vec<Source>,
    pub(super) gaps: Vec<Gap>,
    settled: bool,
}

impl Looker {
    pub(super) fn new(app: &App, context: &Context, clusters: Vec<Arc<Cluster>>, events: bool) -> Self {
        let mut kinds: Vec<KindId> = KINDS.into_iter().map(known).collect();
        if events {
            kinds.push(known("events"));
        }
        let circle = Circle::of(&app.inventory, &clusters, &kinds, &context.person);
        let usage: Vec<_> =
            clusters.iter().map(|cluster| may_see_usage(&app.inventory, cluster, &context.person)).collect();
        let mut wakes = Wakes::default();
        for (cluster, granted) in clusters.iter().zip(&usage) {
            wakes.add(cluster.follow_state());
            wakes.add(cluster.version.subscribe());
            wakes.add(cluster.usage.subscribe());
            wakes.add(granted.clone());
        }
        let (summaries, clock) = (app.summaries.clone(), app.clock.clone());
        Self { clusters, circle, per_cluster: kinds.len(), usage, wakes, summaries, clock }
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    pub(super) async fn settle(&mut self, deadline: Duration) {
        self.circle.settle(deadline).await;
    }

    pub(super) fn poll_changed(&mut self, task: &mut Task<'_>) -> Poll<()> {
        let circle = self.circle.poll_changed(task).is_ready();
        let wakes = self.wakes.poll(task).is_ready();
        if circle || wakes { Poll::Ready(()) } else { Poll::Pending }
    }

    pub(super) fn looks(&self) -> Vec<Look> {
        (0..self.clusters.len()).map(|at| self.look(at)).collect()
    }

    fn members(&self, at: usize) -> Vec<Member> {
        self.circle.members_at(at * self.per_cluster..(at + 1) * self.per_cluster)
    }

    pub(super) fn look(&self, at: usize) -> Look {
        let (cluster, now) = (&self.clusters[at], self.clock.now());
        let members = self.members(at);
        let mut seen: Visibles = Default::default();
        for (slot, member) in seen.iter_mut().zip(&members) {
            *slot = member.known().cloned();
        }
        let usage = self.usage_of(at);
        let summary = self.summaries.get(&cluster.spec.id, &seen, usage);
        let view = cluster.view();
        Look {
            gaps: gaps(&view, &members),
            scope: members[0].scope().clone(),
            sources: members.iter().map(|member| member.source(now)).collect(),
            settled: members.iter().take(KINDS.len()).all(Member::is_settled),
            cluster: view,
            summary,
        }
    }

    /// What the nodes use, if the caller may see it.
    fn usage_of(&self, at: usize) -> Option<Arc<NodeUsage>> {
        let granted = self.usage[at].borrow();
        let allowed = matches!(granted.visible, Visible::All) && granted.is_fresh(self.clock.now());
        self.clusters[at].usage.borrow().clone().filter(|_| allowed)
    }

    /// The latest warnings, newest first.
    pub(super) fn warnings(&self, at: usize, most: usize) -> Vec<EventItem> {
        let members = self.members(at);
        let Some(Part { lease, visible }) = members.get(KINDS.len()).and_then(Member::known) else { return Vec::new() };
        let cluster = &self.clusters[at];
        let discovered = cluster.discovered_now();
        let reader = lease.read();
        let mut warnings: Vec<_> = reader
            .rows_in(visible)
            .filter(|row| row.event().is_some_and(periscope_store::rows::Event::is_warning))
            .collect();
        let latest = |row: &&Arc<periscope_store::Row>| {
            std::cmp::Reverse(row.event().and_then(|event| event.last_seen).or(row.meta.created))
        };
        if warnings.len() > most {
            warnings.select_nth_unstable_by_key(most, latest);
            warnings.truncate(most);
        }
        warnings.sort_by_key(latest);
        let item = |row: &Arc<periscope_store::Row>| EventItem::of_row(&cluster.spec.id, discovered.as_deref(), row);
        warnings.into_iter().filter_map(item).collect()
    }
}

fn may_see_usage(inventory: &Inventory, cluster: &Cluster, person: &Person) -> watch::Receiver<Granted> {
    let Ok(actor) = cluster.actor(person) else { return watch::channel(Granted::undecided()).1 };
    let key = Inventory::grant_key(cluster, &known("nodes.metrics.k8s.io"), &actor, false);
    inventory.access.grant(key).follow()
}

impl Look {
    /// The verdict; what is not seen is never called healthy.
    pub(super) fn health(&self) -> Health {
        let state = &self.cluster.state;
        let told = |tone, sentence: String| Health { tone, sentence };
        let reason = state.reason.as_deref().unwrap_or("no reason given");
        let nothing = self.summary.pods.is_none() && self.summary.nodes.is_none();
        match state.phase {
            Phase::Unreachable => told(Tone::Unknown, format!("cannot be reached: {reason}")),
            Phase::Refused => told(Tone::Unknown, format!("does not let us in: {reason}")),
            Phase::Stale => told(Tone::Unknown, format!("not seen any more: {reason}")),
            Phase::Idle | Phase::Connecting if nothing => told(Tone::Unknown, "connecting".to_owned()),
            // What is seen already may be wrong; that nothing is wrong can be said only of the whole.
            _ if (self.summary.signals.is_empty() || self.summary.pods.is_none()) && !self.settled => {
                told(Tone::Unknown, "reading".to_owned())
            }
            _ => self.summary.health(),
        }
    }
}

/// What the members lack. A cluster that does not answer says so once, not once per kind.
fn gaps(cluster: &ClusterView, members: &[Member]) -> Vec<Gap> {
    if matches!(cluster.state.phase, Phase::Unreachable | Phase::Refused) {
        let reason = cluster.state.reason.as_deref().unwrap_or("no reason given");
        return vec![Gap::new("UNREACHABLE", format!("cluster {}: {reason}", cluster.id))];
    }
    let gaps: Vec<Gap> = members.iter().flat_map(missing).collect();
    // Who is nobody here is so for every kind: told once.
    match gaps.iter().find(|gap| gap.code == "NOT_ADMITTED") {
        Some(refused) => vec![refused.clone()],
        None => gaps,
    }
}

/// What one member lacks, in the words of an answer.
pub(crate) fn missing(member: &Member) -> Vec<Gap> {
    let mut gaps = member.gaps();
    let state = member.state();
    let what = format!("{} of {}", member.kind, member.cluster);
    match state.phase {
        Phase::Refused if gaps.is_empty() => match state.needs.into_iter().next() {
            Some(needed) => gaps.push(Gap::missing_permission(what, needed)),
            None => {
                gaps.push(Gap::new("REFUSED", state.reason.map_or(what.clone(), |reason| format!("{what}: {reason}"))));
            }
        },
        Phase::Unreachable => {
            gaps.push(Gap::new("UNREACHABLE", state.reason.map_or(what.clone(), |reason| format!("{what}: {reason}"))));
        }
        _ => {}
    }
    gaps
}
