//! Nodes and namespaces.

use periscope_model::Tone;
use serde::Deserialize;

use super::meta::RawMeta;
use super::parse::Raw;
use super::workload::RawCondition;
use super::{Body, Condition, Facts, Meta};
use crate::cell::{Cell, Column, ColumnType};
use crate::intern::{Pools, Sym};
use crate::json::{List, Pairs, Text};
use crate::judge::{Class, Verdict};
use crate::quantity::Quantity;

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub ready: Option<bool>,
    /// `node.kubernetes.io/…` pressure and other conditions that are not as they should be.
    pub conditions: Box<[Condition]>,
    pub unschedulable: bool,
    pub taints: Box<[Taint]>,
    pub roles: Sym,
    pub kubelet: Sym,
    pub os_image: Sym,
    pub kernel: Sym,
    pub runtime: Sym,
    pub architecture: Sym,
    pub instance_type: Option<Sym>,
    pub zone: Option<Sym>,
    pub internal_ip: Option<Sym>,
    pub external_ip: Option<Sym>,
    pub provider_id: Option<Sym>,
    /// Millicores that pods may request.
    pub cpu: i64,
    /// Bytes that pods may request.
    pub memory: i64,
    /// Pods it may run.
    pub pods: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taint {
    pub key: Sym,
    pub value: Sym,
    pub effect: Sym,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Namespace {
    /// `Active` or `Terminating`.
    pub phase: Sym,
    /// Why it cannot be finished, if it is terminating.
    pub stuck: Option<Box<str>>,
}

impl Facts for Node {
    const COLUMNS: &'static [Column] = &[
        Column::status(),
        Column::text("roles", "Roles"),
        Column::text("version", "Version"),
        Column::text("instanceType", "Instance type"),
        Column::text("zone", "Zone"),
        Column::new("cpu", "CPU", ColumnType::Cpu).about("Allocatable"),
        Column::new("memory", "Memory", ColumnType::Bytes).about("Allocatable"),
        Column::number("pods", "Pods").wide().about("Allocatable"),
        Column::age(),
        Column::number("taints", "Taints").wide(),
        Column::text("internalIp", "Internal IP").wide(),
        Column::text("externalIp", "External IP").wide(),
        Column::text("osImage", "OS image").wide(),
        Column::text("kernel", "Kernel").wide(),
        Column::text("runtime", "Container runtime").wide(),
        Column::text("architecture", "Architecture").wide(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "roles" => Cell::text(&self.roles),
            "version" => Cell::text(&self.kubelet),
            "instanceType" => Cell::some(self.instance_type.as_deref()),
            "zone" => Cell::some(self.zone.as_deref()),
            "cpu" => Cell::Int(self.cpu),
            "memory" => Cell::Int(self.memory),
            "pods" => Cell::Int(self.pods),
            "taints" => Cell::Int(i64::try_from(self.taints.len()).unwrap_or(i64::MAX)),
            "internalIp" => Cell::some(self.internal_ip.as_deref()),
            "externalIp" => Cell::some(self.external_ip.as_deref()),
            "osImage" => Cell::text(&self.os_image),
            "kernel" => Cell::text(&self.kernel),
            "runtime" => Cell::text(&self.runtime),
            "architecture" => Cell::text(&self.architecture),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, _: &Meta, _: i64) -> Verdict {
        let cordoned = if self.unschedulable { ",SchedulingDisabled" } else { "" };
        let of = |kind: &str| self.conditions.iter().find(|one| &*one.kind == kind);
        let changed = of("Ready").and_then(|one| one.changed);
        let verdict = match self.ready {
            Some(true) => Verdict::new(format!("Ready{cordoned}"), Class::Ok),
            Some(false) => Verdict::new(format!("NotReady{cordoned}"), Class::Failing),
            None => Verdict::new(format!("Unknown{cordoned}"), Class::Unknown).tone(Tone::Danger),
        };
        let verdict = verdict.since(changed);
        if self.ready != Some(true) {
            let message = of("Ready").map(|one| one.message.clone()).filter(|message| !message.is_empty());
            return message.into_iter().fold(verdict, Verdict::note);
        }
        let pressure = self.conditions.iter().find(|one| &*one.kind != "Ready" && one.is_true());
        match pressure {
            Some(pressure) => verdict.tone(Tone::Warning).since(pressure.changed).note(pressure.kind.as_ref()),
            None if self.unschedulable => verdict.tone(Tone::Notice),
            None => verdict,
        }
    }
}

impl Facts for Namespace {
    const COLUMNS: &'static [Column] = &[Column::status(), Column::age(), Column::labels()];

    fn cell<'a>(&'a self, _: &str, _: &'a Meta) -> Cell<'a> {
        Cell::Missing
    }

    fn judge(&self, meta: &Meta, now: i64) -> Verdict {
        if &*self.phase != "Terminating" {
            return Verdict::new(self.phase.to_string(), Class::Ok);
        }
        let verdict = Verdict::new("Terminating", Class::Terminating).since(meta.deleting);
        let verdict = verdict.then(meta.deleting.unwrap_or(now) + 600, now, Tone::Warning);
        self.stuck.iter().fold(verdict, |verdict, why| verdict.tone(Tone::Warning).note(why.clone()))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawNode<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    spec: RawNodeSpec<'a>,
    #[serde(borrow)]
    status: RawNodeStatus<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawNodeSpec<'a> {
    unschedulable: bool,
    #[serde(borrow)]
    taints: List<RawTaint<'a>>,
    #[serde(borrow, rename = "providerID")]
    provider_id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawTaint<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    value: Text<'a>,
    #[serde(borrow)]
    effect: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawNodeStatus<'a> {
    #[serde(borrow)]
    conditions: List<RawCondition<'a>>,
    #[serde(borrow)]
    addresses: List<RawAddress<'a>>,
    #[serde(borrow)]
    allocatable: Pairs<'a>,
    #[serde(borrow)]
    node_info: RawNodeInfo<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawAddress<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    address: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawNodeInfo<'a> {
    #[serde(borrow)]
    kubelet_version: Text<'a>,
    #[serde(borrow)]
    os_image: Text<'a>,
    #[serde(borrow)]
    kernel_version: Text<'a>,
    #[serde(borrow)]
    container_runtime_version: Text<'a>,
    #[serde(borrow)]
    architecture: Text<'a>,
}

/// Roles as kubectl reads them from labels.
fn roles(meta: &Meta) -> String {
    let roles = meta.labels.iter().filter_map(|(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
        Some(role) => Some(role),
        None => (key == "kubernetes.io/role").then_some(value),
    });
    let mut roles: Vec<&str> = roles.filter(|role| !role.is_empty()).collect();
    roles.sort_unstable();
    roles.dedup();
    roles.join(",")
}

impl<'a> Raw<'a> for RawNode<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let (status, info) = (&self.status, &self.status.node_info);
        let meta = self.metadata.slim(pools);
        let conditions: Vec<Condition> = status.conditions.iter().map(|one| one.slim(pools)).collect();
        let ready = conditions.iter().find(|one| &*one.kind == "Ready");
        let amount = |name| status.allocatable.get(name).and_then(Quantity::parse);
        let mut address = |kind: &str| {
            let found = status.addresses.iter().find(|one| &*one.kind == kind);
            found.and_then(|found| pools.some(&found.address))
        };
        let (internal_ip, external_ip) = (address("InternalIP"), address("ExternalIP"));
        let mut label =
            |keys: [&str; 2]| keys.iter().find_map(|key| meta.labels.get(key)).and_then(|text| pools.some(text));
        Body::Node(Box::new(Node {
            ready: ready.and_then(|one| match &*one.status {
                "True" => Some(true),
                "False" => Some(false),
                _ => None,
            }),
            unschedulable: self.spec.unschedulable,
            instance_type: label(["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"]),
            zone: label(["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"]),
            taints: self.spec.taints.iter().map(|one| one.slim(pools)).collect(),
            roles: pools.sym(&roles(&meta)),
            kubelet: pools.sym(&info.kubelet_version),
            os_image: pools.sym(&info.os_image),
            kernel: pools.sym(&info.kernel_version),
            runtime: pools.sym(&info.container_runtime_version),
            architecture: pools.sym(&info.architecture),
            internal_ip,
            external_ip,
            provider_id: pools.some(&self.spec.provider_id),
            cpu: amount("cpu").map_or(0, Quantity::milli),
            memory: amount("memory").map_or(0, Quantity::units),
            pods: amount("pods").map_or(0, Quantity::units),
            conditions: conditions.into(),
        }))
    }
}

impl RawTaint<'_> {
    fn slim(&self, pools: &mut Pools) -> Taint {
        Taint { key: pools.sym(&self.key), value: pools.sym(&self.value), effect: pools.sym(&self.effect) }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawNamespace<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    status: RawNamespaceStatus<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawNamespaceStatus<'a> {
    #[serde(borrow)]
    phase: Text<'a>,
    #[serde(borrow)]
    conditions: List<RawCondition<'a>>,
}

impl<'a> Raw<'a> for RawNamespace<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let phase = if self.status.phase.is_empty() { "Active" } else { &self.status.phase };
        let conditions: Vec<Condition> = self.status.conditions.iter().map(|one| one.slim(pools)).collect();
        // While it goes, every true condition names something that is still in the way.
        let stuck = conditions.into_iter().find(Condition::is_true).map(|one| one.message);
        Body::Namespace(Box::new(Namespace { phase: pools.sym(phase), stuck }))
    }
}
