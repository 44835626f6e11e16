//! One cluster's identities: everything that is known, found by what it belongs to.

use std::collections::HashMap;
use std::sync::Arc;

use periscope_model::ObjectRef;
use periscope_model::aws::{InstanceMetadata, PodIdentityAssociation};

use crate::{Accounts, ClusterFacts, NodeFacts, PodFacts, ServiceAccountFacts, WorkloadFacts};

type Name = (Arc<str>, Arc<str>);

/// Built once from facts that do not change, asked many times.
#[derive(Debug, Clone)]
pub struct Identities {
    facts: Arc<ClusterFacts>,
    accounts: Arc<Accounts>,
    service_accounts: HashMap<Name, usize>,
    associations: HashMap<Name, usize>,
    /// By namespace and service account.
    pods: HashMap<Name, Vec<usize>>,
    pods_of: HashMap<ObjectRef, Vec<usize>>,
    workloads: HashMap<ObjectRef, usize>,
    /// By namespace and service account.
    templates: HashMap<Name, Vec<usize>>,
    nodes: HashMap<Arc<str>, usize>,
    instances: HashMap<String, usize>,
}

fn all<T>(observed: Option<&Arc<Vec<T>>>) -> &[T] {
    observed.map_or(&[], |value| value.as_slice())
}

fn many<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = K>) -> HashMap<K, Vec<usize>> {
    let mut map: HashMap<K, Vec<usize>> = HashMap::new();
    for (index, key) in keys.enumerate() {
        map.entry(key).or_default().push(index);
    }
    map
}

impl Identities {
    pub fn new(facts: Arc<ClusterFacts>, accounts: Arc<Accounts>) -> Self {
        let pods = all(facts.pods.value.as_ref());
        let workloads = all(facts.workloads.value.as_ref());
        let nodes = all(facts.nodes.value.as_ref());
        let instances = all(facts.instances.value.as_ref());
        let service_accounts = all(facts.service_accounts.value.as_ref());
        let associations = all(facts.associations.value.as_ref());
        let template = |one: &WorkloadFacts| {
            (Arc::from(one.workload.namespace.as_deref().unwrap_or_default()), one.service_account.clone())
        };
        Self {
            service_accounts: (0..)
                .zip(service_accounts)
                .map(|(at, one)| ((one.namespace.clone(), one.name.clone()), at))
                .collect(),
            associations: (0..)
                .zip(associations)
                .map(|(at, one)| ((Arc::from(&*one.namespace), Arc::from(&*one.service_account)), at))
                .collect(),
            pods: many(pods.iter().map(|pod| (pod.namespace.clone(), pod.service_account.clone()))),
            pods_of: many(pods.iter().map(|pod| pod.workload.clone())),
            workloads: (0..).zip(workloads).map(|(at, one)| (one.workload.clone(), at)).collect(),
            templates: many(workloads.iter().map(template)),
            nodes: (0..).zip(nodes).map(|(at, node)| (node.name.clone(), at)).collect(),
            instances: (0..).zip(instances).map(|(at, one)| (one.instance_id.clone(), at)).collect(),
            facts,
            accounts,
        }
    }

    pub fn facts(&self) -> &ClusterFacts {
        &self.facts
    }

    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    pub fn service_account(&self, namespace: &str, name: &str) -> Option<&ServiceAccountFacts> {
        let at = *self.service_accounts.get(&key(namespace, name))?;
        all(self.facts.service_accounts.value.as_ref()).get(at)
    }

    pub fn association(&self, namespace: &str, service_account: &str) -> Option<&PodIdentityAssociation> {
        let at = *self.associations.get(&key(namespace, service_account))?;
        all(self.facts.associations.value.as_ref()).get(at)
    }

    pub fn pods_using(&self, namespace: &str, service_account: &str) -> impl Iterator<Item = &PodFacts> {
        self.pods_at(self.pods.get(&key(namespace, service_account)))
    }

    pub fn pods_of(&self, workload: &ObjectRef) -> impl Iterator<Item = &PodFacts> {
        self.pods_at(self.pods_of.get(workload))
    }

    fn pods_at(&self, places: Option<&Vec<usize>>) -> impl Iterator<Item = &PodFacts> {
        let pods = all(self.facts.pods.value.as_ref());
        places.map_or(&[][..], Vec::as_slice).iter().filter_map(|at| pods.get(*at))
    }

    pub fn workload(&self, workload: &ObjectRef) -> Option<&WorkloadFacts> {
        all(self.facts.workloads.value.as_ref()).get(*self.workloads.get(workload)?)
    }

    pub fn workloads_using(&self, namespace: &str, service_account: &str) -> impl Iterator<Item = &WorkloadFacts> {
        let workloads = all(self.facts.workloads.value.as_ref());
        let places = self.templates.get(&key(namespace, service_account));
        places.map_or(&[][..], Vec::as_slice).iter().filter_map(|at| workloads.get(*at))
    }

    pub fn node(&self, name: &str) -> Option<&NodeFacts> {
        all(self.facts.nodes.value.as_ref()).get(*self.nodes.get(name)?)
    }

    pub fn instance(&self, id: &str) -> Option<&InstanceMetadata> {
        all(self.facts.instances.value.as_ref()).get(*self.instances.get(id)?)
    }

    pub(crate) fn all_pods(&self) -> &[PodFacts] {
        all(self.facts.pods.value.as_ref())
    }

    pub(crate) fn all_service_accounts(&self) -> &[ServiceAccountFacts] {
        all(self.facts.service_accounts.value.as_ref())
    }

    pub(crate) fn all_workloads(&self) -> &[WorkloadFacts] {
        all(self.facts.workloads.value.as_ref())
    }

    /// Those of the namespaces that the caller sees.
    pub(crate) fn associations(&self) -> impl Iterator<Item = &PodIdentityAssociation> {
        all(self.facts.associations.value.as_ref()).iter().filter(|one| self.facts.sees(&one.namespace))
    }
}

fn key(namespace: &str, name: &str) -> Name {
    (Arc::from(namespace), Arc::from(name))
}
