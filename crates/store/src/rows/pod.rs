//! Pods.

mod address;
mod judge;
mod raw;
mod status;

use std::net::IpAddr;
use std::sync::Arc;

use super::{Facts, Meta, Owner, PodTemplate};
use crate::cell::{Cell, Column, ColumnType};
use crate::filter::Look;
use crate::intern::Sym;
use crate::judge::Verdict;

use address::AddressText;
pub(super) use raw::RawPod;

#[derive(Debug, Clone, PartialEq)]
// What free text is looked for in comes first, in one cache line.
#[repr(C)]
pub struct Pod {
    pub template: Arc<PodTemplate>,
    pub node: Option<Sym>,
    pub qos: Sym,
    pub ip: Option<IpAddr>,
    pub phase: PodPhase,
    /// What kubectl prints as its status, but for `Terminating`, which follows from the metadata.
    pub reason: Sym,
    pub ready: u16,
    /// Main containers and sidecars.
    pub total: u16,
    pub restarts: u32,
    pub last_restart: Option<i64>,
    pub started: Option<i64>,
    /// When the condition `Ready` last changed.
    pub ready_changed: Option<i64>,
    pub is_ready: bool,
    /// The scheduler's words about why it has no node.
    pub unschedulable: Option<Box<str>>,
    /// Init containers first, in the order of the status.
    pub containers: Box<[ContainerStatus]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PodPhase {
    Pending,
    Running,
    Succeeded,
    Failed,
    Unknown,
}

/// A container as it is now. Times are epoch seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct ContainerStatus {
    pub name: Sym,
    pub init: bool,
    pub ready: bool,
    pub restarts: u32,
    pub state: ContainerState,
    /// Why it waits or ended, or why it ended last time if it runs.
    pub reason: Option<Sym>,
    pub exit_code: i32,
    /// When it started, if it runs.
    pub started: Option<i64>,
    /// When it last ended.
    pub finished: Option<i64>,
    /// The image with its digest, as the runtime resolved it.
    pub image_id: Option<Sym>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerState {
    Waiting,
    Running,
    Terminated,
}

impl Pod {
    pub fn is_terminal(&self) -> bool {
        matches!(self.phase, PodPhase::Succeeded | PodPhase::Failed)
    }

    /// The digests its containers run.
    pub fn image_ids(&self) -> impl Iterator<Item = &str> {
        self.containers.iter().filter_map(|container| container.image_id.as_deref())
    }
}

impl Pod {
    /// Looks in the texts of its columns, without building cells: there may be a hundred thousand pods.
    pub(super) fn any_text(&self, meta: &Meta, look: &Look<'_>) -> bool {
        let in_template = |template: &PodTemplate| {
            let some = [&template.service_account, &template.priority_class];
            look.at(&template.images) || some.into_iter().flatten().any(|text| look.at(text))
        };
        let in_owners = |_: &[Owner]| meta.controller().is_some_and(|owner| look.at(&owner.name));
        look.within(&*self.template, in_template)
            || self.node.as_ref().is_some_and(|node| look.at_shared(node))
            || look.within(&*meta.owners, in_owners)
            || look.at_shared(&self.qos)
            || (look.addresses && self.ip.is_some_and(|ip| look.at(AddressText::of(ip).as_str())))
    }
}

impl Facts for Pod {
    const COLUMNS: &'static [Column] = &[
        Column::new("ready", "Ready", ColumnType::Ready).about("Containers ready, of how many"),
        Column::status(),
        Column::number("restarts", "Restarts"),
        Column::new("lastRestart", "Last restart", ColumnType::Age).wide(),
        Column::age(),
        Column::to("node", "Node", "nodes"),
        Column::text("ip", "IP").wide(),
        Column::new("cpu", "CPU request", ColumnType::Cpu).wide(),
        Column::new("memory", "Memory request", ColumnType::Bytes).wide(),
        Column::new("cpuLimit", "CPU limit", ColumnType::Cpu).wide(),
        Column::new("memoryLimit", "Memory limit", ColumnType::Bytes).wide(),
        Column::text("images", "Images").wide(),
        Column::text("owner", "Controlled by").wide(),
        Column::to("serviceAccount", "Service account", "serviceaccounts").wide(),
        Column::text("qos", "QoS").wide(),
        Column::text("priorityClass", "Priority class").wide(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "ready" => Cell::Ready(self.ready.into(), self.total.into()),
            "restarts" => Cell::Int(self.restarts.into()),
            "lastRestart" => Cell::time(self.last_restart),
            "node" => Cell::some(self.node.as_deref()),
            "ip" => self.ip.map_or(Cell::Missing, Cell::Address),
            "cpu" => Cell::int(self.template.requests.cpu),
            "memory" => Cell::int(self.template.requests.memory),
            "cpuLimit" => Cell::int(self.template.limits.cpu),
            "memoryLimit" => Cell::int(self.template.limits.memory),
            "images" => Cell::text(&self.template.images),
            "serviceAccount" => Cell::some(self.template.service_account.as_deref()),
            "qos" => Cell::text(&self.qos),
            "priorityClass" => Cell::some(self.template.priority_class.as_deref()),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, meta: &Meta, now: i64) -> Verdict {
        judge::pod(self, meta, now)
    }
}
