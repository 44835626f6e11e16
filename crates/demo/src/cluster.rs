//! One cluster of the world: what it stores, what it serves, who may do what.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use periscope_model::Clock;
use periscope_rbac::Policies;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::aws::Aws;
use crate::identity::User;
use crate::profile::Profile;
use crate::registry::{KindRef, Registry};
use crate::storage::{Entry, ObjectKey, Slots, Storage, Template};
use crate::tokens::Issuer;

pub(crate) struct Cluster {
    pub(crate) profile: Profile,
    pub(crate) storage: RwLock<Storage>,
    registry: RwLock<Arc<Registry>>,
    pub(crate) policies: RwLock<Policies>,
    pub(crate) tokens: HashMap<String, User>,
    pub(crate) aws: Arc<Aws>,
    /// Who signs the tokens of its service accounts.
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Wakes the controllers after a change.
    pub(crate) changed: Notify,
    /// Held while an eviction is decided and done.
    pub(crate) evictions: Mutex<()>,
    random: Mutex<StdRng>,
}

impl Cluster {
    pub(crate) fn new(
        profile: Profile,
        tokens: HashMap<String, User>,
        aws: Arc<Aws>,
        issuer: Arc<Issuer>,
        seed: u64,
    ) -> Self {
        let mut storage = Storage::new();
        let registry = Registry::builtin();
        for kind in registry.kinds() {
            storage.partition_mut(&kind.id);
        }
        // each cluster has its own sequence, so that one's content does not depend on another's
        let salt = profile.id.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        Self {
            profile,
            storage: RwLock::new(storage),
            registry: RwLock::new(Arc::new(registry)),
            policies: RwLock::default(),
            tokens,
            clock: Arc::clone(&aws.clock),
            aws,
            issuer,
            changed: Notify::new(),
            evictions: Mutex::new(()),
            random: Mutex::new(StdRng::seed_from_u64(salt)),
        }
    }

    pub(crate) fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.registry.read())
    }

    pub(crate) fn kind(&self, id: &str) -> KindRef {
        self.registry.read().known(id)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn random<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.random.lock())
    }

    pub(crate) fn uid(&self) -> String {
        self.random(uid)
    }

    /// Stores an object as it is and lets everything that depends on it know.
    pub(crate) fn put(&self, kind: &KindRef, value: Value) -> Arc<Entry> {
        let mut storage = self.storage.write();
        self.put_locked(&mut storage, kind, value)
    }

    pub(crate) fn put_locked(&self, storage: &mut Storage, kind: &KindRef, value: Value) -> Arc<Entry> {
        let entry = storage.put(kind, value);
        self.after_change(storage, kind, Some(&entry), &entry.key);
        entry
    }

    /// Stores what a controller made, unless its owner went since the controller looked: nobody would ever collect it.
    pub(crate) fn put_owned(&self, kind: &KindRef, value: Value) {
        let owner = value["metadata"]["ownerReferences"][0].clone();
        let (api_version, name) = (owner["apiVersion"].as_str(), owner["kind"].as_str());
        let registry = Arc::clone(&self.registry.read());
        let owns = registry.kinds().find(|kind| Some(&*kind.kind) == name && Some(&*kind.api_version()) == api_version);
        let Some(owns) = owns else { return };
        let mut storage = self.storage.write();
        let namespace = value["metadata"]["namespace"].as_str().unwrap_or_default();
        let held = storage.get(&owns.id, namespace, owner["name"].as_str().unwrap_or_default());
        let is_there = held.is_some_and(|held| Some(&*held.uid) == owner["uid"].as_str());
        let there = storage.get(&kind.id, namespace, value["metadata"]["name"].as_str().unwrap_or_default());
        // somebody else's object of this name stays as it is
        let free = there.is_none_or(|there| Some(&*there.uid) == value["metadata"]["uid"].as_str());
        if is_there && free {
            self.put_locked(&mut storage, kind, value);
        }
    }

    /// Stores what a controller makes where it saw nothing, unless somebody has made it meanwhile.
    pub(crate) fn put_new(&self, kind: &KindRef, value: Value) {
        let text = |field: &str| value["metadata"][field].as_str().unwrap_or_default().to_owned();
        let (namespace, name) = (text("namespace"), text("name"));
        let mut storage = self.storage.write();
        if storage.get(&kind.id, &namespace, &name).is_none() {
            self.put_locked(&mut storage, kind, value);
        }
    }

    pub(crate) fn put_templated(&self, kind: &KindRef, template: &Arc<Template>, slots: Slots) -> Arc<Entry> {
        self.storage.write().put_templated(kind, template, slots)
    }

    pub(crate) fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Value> {
        self.storage.read().value(kind, namespace, name)
    }

    pub(crate) fn entries(&self, kind: &str, namespace: Option<&str>) -> Vec<Arc<Entry>> {
        self.storage.read().list(kind, namespace).cloned().collect()
    }

    /// Reads, changes and stores one object without anybody in between; `None` if there is none or `change` says no.
    /// `change` runs under the lock: it must not ask this cluster anything.
    pub(crate) fn update(
        &self,
        kind: &KindRef,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut Value) -> bool,
    ) -> Option<Arc<Entry>> {
        let mut storage = self.storage.write();
        let mut value = storage.value(&kind.id, namespace, name)?;
        change(&mut value).then(|| self.put_locked(&mut storage, kind, value))
    }

    /// Removes the object, if it is still the one that is meant: another may have its name by now.
    pub(crate) fn remove_if(
        &self,
        kind: &KindRef,
        key: &ObjectKey,
        meant: impl FnOnce(&Entry) -> bool,
    ) -> Option<Arc<Entry>> {
        let mut storage = self.storage.write();
        if !storage.get(&kind.id, &key.namespace, &key.name).is_some_and(|entry| meant(entry)) {
            return None;
        }
        let removed = storage.remove(&kind.id, key)?;
        self.after_change(&mut storage, kind, None, key);
        Some(removed)
    }

    fn after_change(&self, storage: &mut Storage, kind: &KindRef, entry: Option<&Arc<Entry>>, key: &ObjectKey) {
        match &*kind.group {
            "rbac.authorization.k8s.io" => self.rbac_changed(storage, kind, entry, key),
            "apiextensions.k8s.io" => self.definitions_changed(storage),
            _ => {}
        }
        self.changed.notify_one();
    }

    fn rbac_changed(&self, storage: &mut Storage, kind: &KindRef, entry: Option<&Arc<Entry>>, key: &ObjectKey) {
        let mut policies = self.policies.write();
        match entry {
            Some(entry) => {
                if let Err(error) = policies.upsert(&kind.kind, &entry.bytes()) {
                    tracing::warn!(%error, kind = &*kind.kind, name = &*key.name, "object is ignored by authorisation");
                }
            }
            None => policies.remove(&kind.kind, Some(&*key.namespace).filter(|name| !name.is_empty()), &key.name),
        }
        if &*kind.kind == "ClusterRole" {
            aggregate(&mut policies, storage, kind);
        }
    }

    fn definitions_changed(&self, storage: &mut Storage) {
        let definitions: Vec<Value> =
            storage.list("customresourcedefinitions.apiextensions.k8s.io", None).map(|entry| entry.value()).collect();
        let mut registry = Registry::clone(&self.registry.read());
        registry.set_custom(&definitions);
        for kind in registry.kinds() {
            storage.partition_mut(&kind.id);
        }
        *self.registry.write() = Arc::new(registry);
    }
}

/// Writes the rules of aggregating ClusterRoles, as the controller does; twice, since `admin` takes from `edit`.
fn aggregate(policies: &mut Policies, storage: &mut Storage, kind: &KindRef) {
    for _ in 0..3 {
        let names: Vec<String> = policies.aggregating().map(str::to_owned).collect();
        let mut settled = true;
        for name in names {
            let Some(rules) = policies.aggregated_rules(&name) else { continue };
            if policies.role(None, &name).is_some_and(|role| role.rules == rules) {
                continue;
            }
            let Some(mut value) = storage.value(&kind.id, "", &name) else { continue };
            value["rules"] = json!(rules);
            let entry = storage.put(kind, value);
            if let Err(error) = policies.upsert(&kind.kind, &entry.bytes()) {
                tracing::warn!(%error, name, "aggregated role is ignored by authorisation");
            }
            settled = false;
        }
        if settled {
            return;
        }
    }
}

pub(crate) fn uid(random: &mut impl Rng) -> String {
    let high: u64 = random.random();
    let low: u64 = random.random();
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff
    )
}
