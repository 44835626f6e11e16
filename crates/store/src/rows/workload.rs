//! Deployments, StatefulSets, DaemonSets and ReplicaSets.

mod judge;
mod raw;

use std::sync::Arc;

use super::{Facts, Meta, PodTemplate};
use crate::cell::{Cell, Column, ColumnType};
use crate::intern::Sym;
use crate::judge::Verdict;
use crate::labels::Selector;

pub(super) use raw::{
    RawCondition, RawDaemonSet, RawDeployment, RawReplicaSet, RawSelector, RawStatefulSet, RawTemplate, equalities,
};

/// What all workloads with replicas count.
#[derive(Debug, Clone, PartialEq)]
pub struct Replicated {
    pub desired: u32,
    /// Pods there are.
    pub current: u32,
    /// Pods of the newest template.
    pub updated: u32,
    pub ready: u32,
    pub available: u32,
    /// Whether the status speaks of the newest spec.
    pub observed: bool,
    /// When the spec last changed in a way that begins a rollout, as far as the object tells.
    pub rollout_began: Option<i64>,
    pub selector: Selector,
    pub template: Arc<PodTemplate>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub kind: Sym,
    /// `True`, `False` or `Unknown`.
    pub status: Sym,
    pub reason: Sym,
    pub message: Box<str>,
    pub changed: Option<i64>,
    /// When the condition was last confirmed (`lastUpdateTime`).
    pub updated: Option<i64>,
}

impl Condition {
    pub fn is_true(&self) -> bool {
        &*self.status == "True"
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Deployment {
    pub replicas: Replicated,
    pub paused: bool,
    pub strategy: Sym,
    pub conditions: Box<[Condition]>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct StatefulSet {
    pub replicas: Replicated,
    pub service: Option<Sym>,
    pub on_delete: bool,
    /// Pods below this ordinal keep the old template.
    pub partition: u32,
    pub current_revision: Sym,
    pub update_revision: Sym,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DaemonSet {
    pub replicas: Replicated,
    pub misscheduled: u32,
    pub on_delete: bool,
    pub node_selector: Sym,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ReplicaSet {
    pub replicas: Replicated,
    pub revision: Option<u32>,
}

impl Replicated {
    fn cell(&self, id: &str) -> Cell<'_> {
        match id {
            "ready" => Cell::Ready(self.ready, self.desired),
            "desired" => Cell::Int(self.desired.into()),
            "current" => Cell::Int(self.current.into()),
            "upToDate" => Cell::Int(self.updated.into()),
            "available" => Cell::Int(self.available.into()),
            "images" => Cell::text(&self.template.images),
            "selector" => Cell::owned(self.selector.to_string()),
            "serviceAccount" => Cell::some(self.template.service_account.as_deref()),
            "cpu" => Cell::int(self.template.requests.cpu),
            "memory" => Cell::int(self.template.requests.memory),
            _ => Cell::Missing,
        }
    }
}

const READY: Column = Column::new("ready", "Ready", ColumnType::Ready);
const CPU: Column = Column::new("cpu", "CPU request", ColumnType::Cpu).wide().about("Of one pod");
const MEMORY: Column = Column::new("memory", "Memory request", ColumnType::Bytes).wide().about("Of one pod");
const IMAGES: Column = Column::text("images", "Images").wide();
const SELECTOR: Column = Column::text("selector", "Selector").wide();

impl Facts for Deployment {
    const COLUMNS: &'static [Column] = &[
        READY,
        Column::status(),
        Column::number("upToDate", "Up to date"),
        Column::number("available", "Available"),
        Column::age(),
        Column::text("strategy", "Strategy").wide(),
        CPU,
        MEMORY,
        IMAGES,
        SELECTOR,
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        if id == "strategy" { Cell::text(&self.strategy) } else { self.replicas.cell(id) }
    }

    fn judge(&self, meta: &Meta, now: i64) -> Verdict {
        judge::deployment(self, meta, now)
    }
}

impl Facts for StatefulSet {
    const COLUMNS: &'static [Column] = &[
        READY,
        Column::status(),
        Column::number("upToDate", "Up to date"),
        Column::age(),
        Column::to("service", "Service", "services").wide(),
        CPU,
        MEMORY,
        IMAGES,
        SELECTOR,
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        if id == "service" { Cell::some(self.service.as_deref()) } else { self.replicas.cell(id) }
    }

    fn judge(&self, meta: &Meta, now: i64) -> Verdict {
        judge::stateful_set(self, meta, now)
    }
}

impl Facts for DaemonSet {
    const COLUMNS: &'static [Column] = &[
        READY,
        Column::status(),
        Column::number("desired", "Desired"),
        Column::number("current", "Current"),
        Column::number("upToDate", "Up to date"),
        Column::number("available", "Available"),
        Column::age(),
        Column::text("nodeSelector", "Node selector").wide(),
        CPU,
        MEMORY,
        IMAGES,
        SELECTOR,
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        if id == "nodeSelector" { Cell::text(&self.node_selector) } else { self.replicas.cell(id) }
    }

    fn judge(&self, meta: &Meta, now: i64) -> Verdict {
        judge::daemon_set(self, meta, now)
    }
}

impl Facts for ReplicaSet {
    const COLUMNS: &'static [Column] = &[
        READY,
        Column::status(),
        Column::number("desired", "Desired"),
        Column::number("current", "Current"),
        Column::number("revision", "Revision"),
        Column::age(),
        Column::text("owner", "Controlled by"),
        IMAGES,
        SELECTOR,
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        if id == "revision" { Cell::int(self.revision) } else { self.replicas.cell(id) }
    }

    fn judge(&self, meta: &Meta, now: i64) -> Verdict {
        judge::replica_set(self, meta, now)
    }
}
