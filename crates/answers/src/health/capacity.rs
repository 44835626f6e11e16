//! What nodes have, what pods asked for, what is used.

use std::collections::HashMap;

use periscope_store::Row;

use super::summary::Rows;
use super::{Amounts, Capacity, NodeCapacity};
use crate::clusters::NodeUsage;

/// What the pods of one node asked for.
#[derive(Default)]
struct Asked {
    cpu: (i64, i64),
    memory: (i64, i64),
    pods: i64,
}

impl Asked {
    fn add(&mut self, row: &Row) {
        let Some(pod) = row.pod() else { return };
        let (requests, limits) = (pod.template.requests, pod.template.limits);
        self.cpu.0 += requests.cpu.unwrap_or(0);
        self.cpu.1 += limits.cpu.unwrap_or(0);
        self.memory.0 += requests.memory.unwrap_or(0);
        self.memory.1 += limits.memory.unwrap_or(0);
        self.pods += 1;
    }
}

/// Each node, by name. Pods that have ended hold nothing any more.
pub(super) fn of_nodes(nodes: &Rows<'_>, pods: &Rows<'_>, usage: Option<&NodeUsage>) -> Vec<NodeCapacity> {
    let mut asked: HashMap<&str, Asked> = HashMap::new();
    for row in pods.each() {
        let node = row.pod().filter(|pod| !pod.is_terminal()).and_then(|pod| pod.node.as_deref());
        if let Some(node) = node {
            asked.entry(node).or_default().add(row);
        }
    }
    nodes
        .each()
        .filter_map(|row| {
            let node = row.node()?;
            let asked = asked.remove(&*row.meta.name).unwrap_or_default();
            let used = usage.and_then(|usage| usage.nodes.get(&*row.meta.name));
            let amounts = |allocatable, (requested, limits): (i64, i64), used| Amounts {
                allocatable,
                requested,
                limits: Some(limits),
                used,
            };
            let capacity = Capacity {
                cpu: amounts(node.cpu, asked.cpu, used.map(|used| rounded(used.cpu_millicores))),
                memory: amounts(
                    node.memory,
                    asked.memory,
                    used.map(|used| i64::try_from(used.memory_bytes).unwrap_or(i64::MAX)),
                ),
                pods: Amounts { allocatable: node.pods, requested: asked.pods, limits: None, used: None },
            };
            Some(NodeCapacity { node: row.meta.name.to_string(), capacity, tone: row.tone() })
        })
        .collect()
}

#[expect(clippy::cast_possible_truncation, reason = "millicores of one node are far below 2^53")]
fn rounded(millicores: f64) -> i64 {
    millicores.round() as i64
}

/// All nodes together. What not every node has a measurement of is not measured.
pub(super) fn sum(nodes: &[NodeCapacity]) -> Capacity {
    let add = |of: fn(&Capacity) -> &Amounts| {
        let each = || nodes.iter().map(|node| of(&node.capacity));
        Amounts {
            allocatable: each().map(|amounts| amounts.allocatable).sum(),
            requested: each().map(|amounts| amounts.requested).sum(),
            limits: each().map(|amounts| amounts.limits).sum(),
            used: each().map(|amounts| amounts.used).sum(),
        }
    };
    Capacity { cpu: add(|one| &one.cpu), memory: add(|one| &one.memory), pods: add(|one| &one.pods) }
}
