//! PersistentVolumes and PersistentVolumeClaims.

use periscope_model::Tone;
use serde::Deserialize;

use super::meta::RawMeta;
use super::parse::Raw;
use super::{Body, Facts, Meta};
use crate::cell::{Cell, Column, ColumnType};
use crate::intern::{Pools, Sym};
use crate::json::{List, Pairs, Text};
use crate::judge::{Class, Verdict};
use crate::quantity::Quantity;

/// A claim may take this long to be bound before that is a warning.
const BINDING: i64 = 300;

#[derive(Debug, Clone, PartialEq)]
pub struct PersistentVolume {
    /// Bytes.
    pub capacity: Option<i64>,
    pub access_modes: Sym,
    pub reclaim_policy: Sym,
    pub phase: Sym,
    pub reason: Option<Sym>,
    /// Namespace and name of the claim it is bound to.
    pub claim: Option<(Sym, Sym)>,
    pub storage_class: Option<Sym>,
    /// The driver of a CSI volume.
    pub driver: Option<Sym>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct PersistentVolumeClaim {
    /// Bytes asked for.
    pub requested: Option<i64>,
    /// Bytes given.
    pub capacity: Option<i64>,
    pub access_modes: Sym,
    pub phase: Sym,
    pub volume: Option<Sym>,
    pub storage_class: Option<Sym>,
}

impl Facts for PersistentVolume {
    const COLUMNS: &'static [Column] = &[
        Column::status(),
        Column::new("capacity", "Capacity", ColumnType::Bytes),
        Column::text("accessModes", "Access modes"),
        Column::text("reclaimPolicy", "Reclaim policy"),
        Column::text("claim", "Claim"),
        Column::to("storageClass", "Storage class", "storageclasses.storage.k8s.io"),
        Column::age(),
        Column::text("driver", "Driver").wide(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "capacity" => Cell::int(self.capacity),
            "accessModes" => Cell::text(&self.access_modes),
            "reclaimPolicy" => Cell::text(&self.reclaim_policy),
            "claim" => self.claim.as_ref().map_or(Cell::Missing, |(ns, name)| Cell::owned(format!("{ns}/{name}"))),
            "storageClass" => Cell::some(self.storage_class.as_deref()),
            "driver" => Cell::some(self.driver.as_deref()),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, meta: &Meta, _: i64) -> Verdict {
        if meta.deleting.is_some() {
            return Verdict::new("Terminating", Class::Terminating).since(meta.deleting);
        }
        let verdict = Verdict::new(self.phase.to_string(), phase_class(&self.phase));
        self.reason.iter().fold(verdict, |verdict, reason| verdict.note(reason.as_ref()))
    }
}

impl Facts for PersistentVolumeClaim {
    const COLUMNS: &'static [Column] = &[
        Column::status(),
        Column::to("volume", "Volume", "persistentvolumes"),
        Column::new("capacity", "Capacity", ColumnType::Bytes),
        Column::new("requested", "Requested", ColumnType::Bytes).wide(),
        Column::text("accessModes", "Access modes"),
        Column::to("storageClass", "Storage class", "storageclasses.storage.k8s.io"),
        Column::age(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "volume" => Cell::some(self.volume.as_deref()),
            "capacity" => Cell::int(self.capacity),
            "requested" => Cell::int(self.requested),
            "accessModes" => Cell::text(&self.access_modes),
            "storageClass" => Cell::some(self.storage_class.as_deref()),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, meta: &Meta, now: i64) -> Verdict {
        if meta.deleting.is_some() {
            return Verdict::new("Terminating", Class::Terminating).since(meta.deleting);
        }
        let verdict = Verdict::new(self.phase.to_string(), phase_class(&self.phase));
        if &*self.phase != "Pending" {
            return verdict;
        }
        let created = meta.created.unwrap_or(now);
        verdict.tone(Tone::Notice).since(meta.created).then(created + BINDING, now, Tone::Warning)
    }
}

fn phase_class(phase: &str) -> Class {
    match phase {
        "Bound" | "Available" => Class::Ok,
        "Pending" | "Released" => Class::Pending,
        "Lost" | "Failed" => Class::Failing,
        _ => Class::Unknown,
    }
}

/// `RWO,ROX`: as kubectl abbreviates them.
fn modes(modes: &[Text<'_>]) -> String {
    let short = modes.iter().map(|mode| match &**mode {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        other => other,
    });
    short.collect::<Vec<_>>().join(",")
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawVolume<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    spec: RawVolumeSpec<'a>,
    #[serde(borrow)]
    status: RawVolumeStatus<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawVolumeSpec<'a> {
    #[serde(borrow)]
    capacity: Pairs<'a>,
    #[serde(borrow)]
    access_modes: List<Text<'a>>,
    #[serde(borrow)]
    persistent_volume_reclaim_policy: Text<'a>,
    #[serde(borrow)]
    claim_ref: Option<RawClaimRef<'a>>,
    #[serde(borrow)]
    storage_class_name: Text<'a>,
    #[serde(borrow)]
    csi: Option<RawCsi<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawClaimRef<'a> {
    #[serde(borrow)]
    namespace: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawCsi<'a> {
    #[serde(borrow)]
    driver: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawVolumeStatus<'a> {
    #[serde(borrow)]
    phase: Text<'a>,
    #[serde(borrow)]
    reason: Text<'a>,
}

impl<'a> Raw<'a> for RawVolume<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let spec = &self.spec;
        let claim = spec.claim_ref.as_ref();
        Body::PersistentVolume(Box::new(PersistentVolume {
            capacity: spec.capacity.get("storage").and_then(Quantity::parse).map(Quantity::units),
            access_modes: pools.sym(&modes(&spec.access_modes)),
            reclaim_policy: pools.sym(&spec.persistent_volume_reclaim_policy),
            phase: pools.sym(&self.status.phase),
            reason: pools.some(&self.status.reason),
            claim: claim.map(|claim| (pools.sym(&claim.namespace), pools.sym(&claim.name))),
            storage_class: pools.some(&spec.storage_class_name),
            driver: spec.csi.as_ref().and_then(|csi| pools.some(&csi.driver)),
        }))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawClaim<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    spec: RawClaimSpec<'a>,
    #[serde(borrow)]
    status: RawClaimStatus<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawClaimSpec<'a> {
    #[serde(borrow)]
    access_modes: List<Text<'a>>,
    #[serde(borrow)]
    resources: RawAsked<'a>,
    #[serde(borrow)]
    volume_name: Text<'a>,
    #[serde(borrow)]
    storage_class_name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawAsked<'a> {
    #[serde(borrow)]
    requests: Pairs<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawClaimStatus<'a> {
    #[serde(borrow)]
    phase: Text<'a>,
    #[serde(borrow)]
    capacity: Pairs<'a>,
}

impl<'a> Raw<'a> for RawClaim<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let spec = &self.spec;
        let storage = |pairs: &Pairs<'_>| pairs.get("storage").and_then(Quantity::parse).map(Quantity::units);
        Body::PersistentVolumeClaim(Box::new(PersistentVolumeClaim {
            requested: storage(&spec.resources.requests),
            capacity: storage(&self.status.capacity),
            access_modes: pools.sym(&modes(&spec.access_modes)),
            phase: pools.sym(&self.status.phase),
            volume: pools.some(&spec.volume_name),
            storage_class: pools.some(&spec.storage_class_name),
        }))
    }
}
