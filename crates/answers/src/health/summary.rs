//! One pass over what a caller sees of a cluster.

use periscope_model::{ClusterId, Tone};
use periscope_store::{Class, Part, Reader, Tally, Visible};

use super::pods::PodGroups;
use super::{Capacity, Health, NodeCapacity, NodeTotals, PodTotals, Rollout, Signal, capacity, rollouts, signals};
use crate::clusters::NodeUsage;

/// What a summary is made from, in the order in which it is given.
pub(crate) const KINDS: [&str; 7] = [
    "pods",
    "nodes",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "persistentvolumeclaims",
];
pub(super) const PODS: usize = 0;
pub(super) const NODES: usize = 1;
pub(super) const WORKLOADS: std::ops::Range<usize> = 2..5;
pub(super) const JOBS: usize = 5;
pub(super) const CLAIMS: usize = 6;

/// What a caller may see of each of [`KINDS`]; `None` where nothing is known.
pub(crate) type Visibles = [Option<Part>; KINDS.len()];

#[derive(Debug, Clone, Default)]
pub(crate) struct Summary {
    pub(crate) nodes: Option<NodeTotals>,
    pub(crate) pods: Option<PodTotals>,
    pub(crate) capacity: Option<Capacity>,
    pub(crate) node_capacity: Vec<NodeCapacity>,
    /// The heaviest first.
    pub(crate) signals: Vec<Signal>,
    pub(crate) rollouts: Vec<Rollout>,
}

/// One kind's rows while they are read.
pub(super) struct Rows<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) visible: &'a Visible,
}

impl<'a> Rows<'a> {
    fn of(part: &'a Part) -> Self {
        Self { reader: part.lease.read(), visible: &part.visible }
    }

    pub(super) fn each(&self) -> impl Iterator<Item = &std::sync::Arc<periscope_store::Row>> {
        self.reader.rows_in(self.visible)
    }

    fn tally(&self) -> Tally {
        self.reader.tally(self.visible)
    }
}

impl Summary {
    pub(crate) fn new(cluster: &ClusterId, seen: &Visibles, usage: Option<&NodeUsage>) -> Self {
        let rows: Vec<Option<Rows<'_>>> = seen.iter().map(|part| part.as_ref().map(Rows::of)).collect();
        let pods = rows[PODS].as_ref();
        let nodes = rows[NODES].as_ref();
        let lost = nodes.map(signals::lost_nodes).unwrap_or_default();
        let groups = pods.map(|pods| PodGroups::new(pods, &lost)).unwrap_or_default();
        // Requests of some namespaces only would look like the whole.
        let all_pods = pods.filter(|pods| matches!(pods.visible, Visible::All));
        let node_capacity = match (nodes, all_pods) {
            (Some(nodes), Some(pods)) => capacity::of_nodes(nodes, pods, usage),
            _ => Vec::new(),
        };
        let mut signals = Vec::new();
        signals.extend(nodes.into_iter().flat_map(|nodes| signals::of_nodes(cluster, nodes, &groups)));
        for at in WORKLOADS {
            signals.extend(rows[at].iter().flat_map(|rows| signals::of_workloads(cluster, KINDS[at], rows, &groups)));
        }
        signals.extend(rows[JOBS].iter().flat_map(|jobs| signals::of_jobs(cluster, jobs, &groups)));
        signals.extend(rows[CLAIMS].iter().flat_map(|claims| signals::of_claims(cluster, claims)));
        let others = signals::of_pods(cluster, &groups, &signals);
        signals.extend(others);
        signals.sort_by(|a, b| {
            b.weight.cmp(&a.weight).then_with(|| a.since.cmp(&b.since)).then_with(|| a.object.cmp(&b.object))
        });
        Self {
            nodes: nodes.map(|nodes| {
                let tally = nodes.tally();
                NodeTotals { ready: tally.of(Class::Ok), total: tally.total }
            }),
            pods: pods.map(|pods| {
                let tally = pods.tally();
                PodTotals {
                    total: tally.total,
                    running: tally.of(Class::Running),
                    pending: tally.of(Class::Pending),
                    failing: tally.of(Class::Failing),
                    succeeded: tally.of(Class::Succeeded),
                }
            }),
            capacity: (!node_capacity.is_empty()).then(|| capacity::sum(&node_capacity)),
            node_capacity,
            signals,
            rollouts: WORKLOADS
                .flat_map(|at| rows[at].iter().flat_map(move |rows| rollouts::of(cluster, KINDS[at], rows)))
                .collect(),
        }
    }

    /// The verdict on what is seen.
    pub(crate) fn health(&self) -> Health {
        let danger = self.signals.iter().filter(|signal| signal.tone == Tone::Danger).count();
        let warning = self.signals.iter().filter(|signal| signal.tone == Tone::Warning).count();
        let (tone, sentence) = match (danger, warning, self.pods, self.nodes) {
            (0, 0, None, None) => (Tone::Unknown, "nothing of it may be seen".to_owned()),
            (0, 0, ..) => (Tone::Ok, "nothing needs you".to_owned()),
            (0, warnings, ..) => (Tone::Warning, self.worst(warnings, "to look at")),
            (dangers, ..) => (Tone::Danger, self.worst(dangers, "need you")),
        };
        Health { tone, sentence }
    }

    fn worst(&self, count: usize, asks: &str) -> String {
        let first = &self.signals[0];
        let name = &first.object.name;
        match count {
            1 => format!("{name} {}", first.sentence),
            _ => format!("{count} things {asks}: {name} {}", first.sentence),
        }
    }
}
