//! The fleet and one cluster as a whole: what needs somebody, how full it is, what is under way.

mod looker;

use std::sync::Arc;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use periscope_model::{Answer, ClusterId, Gap, Scope, Source};
use serde::Serialize;

use crate::app::App;
use crate::clusters::ClusterView;
use crate::context::Context;
use crate::error::Error;
use crate::events::EventItem;
use crate::health::{Capacity, Health, NodeCapacity, NodeTotals, PodTotals, Rollout, Signal};
use crate::live::{Composed, Composition, Ground, Live};
pub(crate) use looker::missing;
use looker::{Look, Looker};

/// How long one request waits for rows; what is not there by then comes with the stream.
const ROWS_DEADLINE: Duration = Duration::from_secs(4);
/// Signals of one answer; cut after sorting.
const MAX_SIGNALS: usize = 50;
const MAX_WARNINGS: usize = 20;

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FleetCluster {
    pub cluster: ClusterView,
    pub health: Health,
    /// Absent when they may not be seen or are not known yet; so with the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<NodeTotals>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pods: Option<PodTotals>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
    /// How many things need somebody.
    pub signals: usize,
    pub gaps: Vec<Gap>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fleet {
    pub clusters: Vec<FleetCluster>,
    /// The heaviest of all clusters.
    pub signals: Vec<Signal>,
    pub signals_total: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    pub cluster: ClusterView,
    pub health: Health,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<NodeTotals>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pods: Option<PodTotals>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
    pub node_capacity: Vec<NodeCapacity>,
    /// What needs somebody, heaviest first.
    pub attention: Vec<Signal>,
    pub attention_total: usize,
    pub rollouts: Vec<Rollout>,
    /// The latest warnings.
    pub warnings: Vec<EventItem>,
}

impl App {
    pub async fn fleet(&self, context: &Context) -> Answer<Fleet> {
        let mut ground = self.fleet_ground(context);
        ground.0.settle(ROWS_DEADLINE).await;
        ground.answer()
    }

    pub async fn overview(&self, context: &Context, cluster: &ClusterId) -> Result<Answer<Overview>, Error> {
        let mut ground = self.overview_ground(context, cluster)?;
        ground.0.settle(ROWS_DEADLINE).await;
        Ok(ground.answer())
    }

    pub(crate) fn live_fleet(&self, context: &Context) -> Live {
        Live::new(Composed::new("fleet", self.fleet_ground(context)))
    }

    pub(crate) fn live_overview(&self, context: &Context, cluster: &ClusterId) -> Result<Live, Error> {
        Ok(Live::new(Composed::new("overview", self.overview_ground(context, cluster)?)))
    }

    fn fleet_ground(&self, context: &Context) -> FleetGround {
        FleetGround(Looker::new(self, context, self.clusters.all().cloned().collect(), false))
    }

    fn overview_ground(&self, context: &Context, cluster: &ClusterId) -> Result<OverviewGround, Error> {
        let cluster = self.clusters.get(cluster)?.clone();
        Ok(OverviewGround(Looker::new(self, context, vec![cluster], true)))
    }
}

struct FleetGround(Looker);

impl FleetGround {
    fn answer(&self) -> Answer<Fleet> {
        let looks: Vec<Look> = self.0.looks();
        let mut signals: Vec<Signal> =
            looks.iter().flat_map(|look| look.summary.signals.iter().take(MAX_SIGNALS).cloned()).collect();
        signals.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.since.cmp(&b.since)));
        signals.truncate(MAX_SIGNALS);
        let signals_total = looks.iter().map(|look| look.summary.signals.len()).sum();
        let scope = together(looks.iter().map(|look| &look.scope));
        let sources = looks.iter().filter_map(|look| look.sources.first().cloned()).collect();
        let clusters = looks
            .into_iter()
            .map(|look| FleetCluster {
                health: look.health(),
                cluster: look.cluster,
                nodes: look.summary.nodes,
                pods: look.summary.pods,
                capacity: look.summary.capacity,
                signals: look.summary.signals.len(),
                gaps: look.gaps,
            })
            .collect();
        envelope(&self.0, Fleet { clusters, signals, signals_total }, (scope, sources, Vec::new()))
    }
}

impl Ground for FleetGround {
    fn poll_changed(&mut self, task: &mut Task<'_>) -> Poll<()> {
        self.0.poll_changed(task)
    }

    fn compose(&mut self) -> Composition {
        composition(&self.answer())
    }
}

struct OverviewGround(Looker);

impl OverviewGround {
    fn answer(&self) -> Answer<Overview> {
        let look = self.0.look(0);
        let summary = Arc::clone(&look.summary);
        let health = look.health();
        let overview = Overview {
            cluster: look.cluster,
            health,
            nodes: summary.nodes,
            pods: summary.pods,
            capacity: summary.capacity,
            node_capacity: summary.node_capacity.clone(),
            attention: summary.signals.iter().take(MAX_SIGNALS).cloned().collect(),
            attention_total: summary.signals.len(),
            rollouts: summary.rollouts.clone(),
            warnings: self.0.warnings(0, MAX_WARNINGS),
        };
        envelope(&self.0, overview, (look.scope, look.sources, look.gaps))
    }
}

impl Ground for OverviewGround {
    fn poll_changed(&mut self, task: &mut Task<'_>) -> Poll<()> {
        self.0.poll_changed(task)
    }

    fn compose(&mut self) -> Composition {
        composition(&self.answer())
    }
}

fn envelope<T>(looker: &Looker, data: T, (scope, sources, gaps): (Scope, Vec<Source>, Vec<Gap>)) -> Answer<T> {
    Answer { data, as_of: looker.now(), scope, sources, gaps }
}

/// The time of composing alone is no news.
pub(crate) fn composition<T: Serialize>(answer: &Answer<T>) -> Composition {
    Composition::new(&(&answer.data, &answer.gaps), &serde_json::json!({ "answer": answer }))
}

/// What several answers cover together.
fn together<'a>(scopes: impl Iterator<Item = &'a Scope>) -> Scope {
    let mut all = Scope::everywhere();
    for scope in scopes {
        all.cluster_wide &= scope.cluster_wide;
        all.namespaces.extend(scope.namespaces.iter().cloned());
    }
    all.namespaces.sort();
    all.namespaces.dedup();
    all
}
