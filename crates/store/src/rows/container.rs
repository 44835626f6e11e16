//! What pods of one template have in common; held once for all of them.

use std::collections::HashSet;

use serde::Deserialize;

use super::environment::{AwsEnvironment, RawEnv};
use crate::intern::{Pools, Sym};
use crate::json::{List, Pairs, Present, Text};
use crate::quantity::Quantity;

/// Containers, volumes and requests as the pod's spec says. Equal for all pods of a ReplicaSet, so shared by them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PodTemplate {
    pub containers: Box<[Container]>,
    /// What the scheduler counts: sidecars and the largest init container included.
    pub requests: Resources,
    pub limits: Resources,
    /// All different images, joined by `, `, those of init containers last.
    pub images: Sym,
    pub service_account: Option<Sym>,
    pub priority_class: Option<Sym>,
    /// Whether its pods use their node's network, where the node's own credentials are in reach.
    pub host_network: bool,
    /// Claims, ConfigMaps, Secrets that it names.
    pub uses: Box<[Use]>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Container {
    pub name: Sym,
    pub image: Sym,
    pub role: ContainerRole,
    pub requests: Resources,
    pub limits: Resources,
    /// What of its environment decides its AWS identity, if anything does.
    pub aws: Option<Box<AwsEnvironment>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContainerRole {
    Init,
    /// An init container that stays.
    Sidecar,
    Main,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Resources {
    /// Millicores.
    pub cpu: Option<i64>,
    /// Bytes.
    pub memory: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Use {
    pub kind: UseKind,
    pub name: Sym,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UseKind {
    PersistentVolumeClaim,
    ConfigMap,
    Secret,
}

impl Resources {
    fn read(pairs: &Pairs<'_>) -> Self {
        let quantity = |name| pairs.get(name).and_then(Quantity::parse);
        Self { cpu: quantity("cpu").map(Quantity::milli), memory: quantity("memory").map(Quantity::units) }
    }

    fn with(self, other: Self, merge: fn(i64, i64) -> i64) -> Self {
        let both = |a: Option<i64>, b: Option<i64>| match (a, b) {
            (Some(a), Some(b)) => Some(merge(a, b)),
            (one, other) => one.or(other),
        };
        Self { cpu: both(self.cpu, other.cpu), memory: both(self.memory, other.memory) }
    }

    fn plus(self, other: Self) -> Self {
        self.with(other, i64::saturating_add)
    }

    fn max(self, other: Self) -> Self {
        self.with(other, i64::max)
    }

    fn or(self, other: Self) -> Self {
        Self { cpu: self.cpu.or(other.cpu), memory: self.memory.or(other.memory) }
    }
}

/// What a pod needs of one resource: its containers and sidecars together, or an init container beside the sidecars
/// started before it, whichever is more (the scheduler's rule).
fn effective(containers: &[Container], of: fn(&Container) -> Resources) -> Resources {
    let mut sidecars = Resources::default();
    let mut peak = Resources::default();
    let mut main = Resources::default();
    for container in containers {
        match container.role {
            ContainerRole::Sidecar => {
                sidecars = sidecars.plus(of(container));
                peak = peak.max(sidecars);
            }
            ContainerRole::Init => peak = peak.max(sidecars.plus(of(container))),
            ContainerRole::Main => main = main.plus(of(container)),
        }
    }
    main.plus(sidecars).max(peak)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawPodSpec<'a> {
    #[serde(borrow)]
    pub(super) node_name: Text<'a>,
    #[serde(borrow)]
    service_account_name: Text<'a>,
    #[serde(borrow)]
    priority_class_name: Text<'a>,
    host_network: Option<bool>,
    #[serde(borrow)]
    pub(super) containers: List<RawContainer<'a>>,
    #[serde(borrow)]
    pub(super) init_containers: List<RawContainer<'a>>,
    #[serde(borrow)]
    volumes: List<RawVolumeSource<'a>>,
    #[serde(borrow)]
    resources: RawResources<'a>,
    #[serde(borrow)]
    overhead: Pairs<'a>,
    #[serde(borrow)]
    pub(super) node_selector: Pairs<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawContainer<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    image: Text<'a>,
    #[serde(borrow)]
    restart_policy: Text<'a>,
    #[serde(borrow)]
    resources: RawResources<'a>,
    #[serde(borrow)]
    env_from: List<RawEnvFrom<'a>>,
    #[serde(borrow)]
    env: List<RawEnv<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawResources<'a> {
    #[serde(borrow)]
    requests: Pairs<'a>,
    #[serde(borrow)]
    limits: Pairs<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawNamed<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawEnvFrom<'a> {
    #[serde(borrow)]
    config_map_ref: Option<RawNamed<'a>>,
    #[serde(borrow)]
    secret_ref: Option<RawNamed<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawValueFrom<'a> {
    #[serde(borrow)]
    config_map_key_ref: Option<RawNamed<'a>>,
    #[serde(borrow)]
    secret_key_ref: Option<RawNamed<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawVolumeSource<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    persistent_volume_claim: Option<RawClaimSource<'a>>,
    ephemeral: Present,
    #[serde(borrow)]
    config_map: Option<RawNamed<'a>>,
    #[serde(borrow)]
    secret: Option<RawSecretSource<'a>>,
    #[serde(borrow)]
    projected: Option<RawProjected<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawClaimSource<'a> {
    #[serde(borrow)]
    claim_name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawSecretSource<'a> {
    #[serde(borrow)]
    secret_name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawProjected<'a> {
    #[serde(borrow)]
    sources: List<RawProjection<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawProjection<'a> {
    #[serde(borrow)]
    config_map: Option<RawNamed<'a>>,
    #[serde(borrow)]
    secret: Option<RawNamed<'a>>,
}

impl<'a> RawContainer<'a> {
    pub(super) fn is_sidecar(&self) -> bool {
        &*self.restart_policy == "Always"
    }

    fn slim(&self, init: bool, pools: &mut Pools) -> Container {
        let limits = Resources::read(&self.resources.limits);
        Container {
            name: pools.sym(&self.name),
            image: pools.sym(&self.image),
            role: match (init, self.is_sidecar()) {
                (true, true) => ContainerRole::Sidecar,
                (true, false) => ContainerRole::Init,
                (false, _) => ContainerRole::Main,
            },
            // The API server defaults requests to limits; other writers of this format may not.
            requests: Resources::read(&self.resources.requests).or(limits),
            limits,
            aws: AwsEnvironment::read(&self.env, pools),
        }
    }

    fn uses<'b>(&'b self) -> impl Iterator<Item = (UseKind, &'b str)> + use<'a, 'b> {
        let from = self
            .env_from
            .iter()
            .flat_map(|one| [(UseKind::ConfigMap, &one.config_map_ref), (UseKind::Secret, &one.secret_ref)]);
        let keys = self.env.iter().filter_map(|one| one.value_from.as_ref());
        let keys = keys
            .flat_map(|one| [(UseKind::ConfigMap, &one.config_map_key_ref), (UseKind::Secret, &one.secret_key_ref)]);
        from.chain(keys).filter_map(|(kind, named)| Some((kind, &*named.as_ref()?.name)))
    }
}

impl RawVolumeSource<'_> {
    fn uses(&self, pod: &str) -> Vec<(UseKind, String)> {
        let mut uses = Vec::new();
        if let Some(claim) = &self.persistent_volume_claim {
            uses.push((UseKind::PersistentVolumeClaim, claim.claim_name.to_string()));
        }
        if self.ephemeral.0 && !pod.is_empty() {
            uses.push((UseKind::PersistentVolumeClaim, format!("{pod}-{}", &*self.name)));
        }
        uses.extend(self.config_map.iter().map(|named| (UseKind::ConfigMap, named.name.to_string())));
        uses.extend(self.secret.iter().map(|named| (UseKind::Secret, named.secret_name.to_string())));
        for source in self.projected.iter().flat_map(|projected| projected.sources.iter()) {
            uses.extend(source.config_map.iter().map(|named| (UseKind::ConfigMap, named.name.to_string())));
            uses.extend(source.secret.iter().map(|named| (UseKind::Secret, named.name.to_string())));
        }
        uses
    }
}

impl RawPodSpec<'_> {
    /// `pod` is the pod's name, empty for a workload's template.
    pub(super) fn template(&self, pod: &str, pools: &mut Pools) -> PodTemplate {
        let init = self.init_containers.iter().map(|container| (true, container));
        let all = || init.clone().chain(self.containers.iter().map(|container| (false, container)));
        let containers: Box<[Container]> = all().map(|(init, container)| container.slim(init, pools)).collect();
        // What the pod is for comes first.
        let (main, init): (Vec<&Container>, Vec<&Container>) =
            containers.iter().partition(|container| container.role == ContainerRole::Main);
        let mut images: Vec<&str> = main.into_iter().chain(init).map(|container| container.image.as_ref()).collect();
        let mut seen = HashSet::new();
        images.retain(|image| seen.insert(*image));
        let mut uses: Vec<Use> = all()
            .flat_map(|(_, container)| container.uses())
            .map(|(kind, name)| Use { kind, name: pools.sym(name) })
            .collect();
        let volumes = self.volumes.iter().flat_map(|volume| volume.uses(pod));
        uses.extend(volumes.map(|(kind, name)| Use { kind, name: pools.sym(&name) }));
        uses.retain(|one| !one.name.is_empty());
        uses.sort();
        uses.dedup();
        let overhead = Resources::read(&self.overhead);
        let requests = Resources::read(&self.resources.requests).or(effective(&containers, |one| one.requests));
        let limits = Resources::read(&self.resources.limits).or(effective(&containers, |one| one.limits));
        PodTemplate {
            requests: requests.plus(overhead),
            limits,
            images: pools.sym(&images.join(", ")),
            service_account: pools.some(&self.service_account_name),
            priority_class: pools.some(&self.priority_class_name),
            host_network: self.host_network.unwrap_or(false),
            uses: uses.into(),
            containers,
        }
    }
}
