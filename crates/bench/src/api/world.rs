//! What the scripted cluster holds, and its pace of changes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::time::{MissedTickBehavior, interval};

use super::Sizes;
use super::collection::Collection;
use super::discovery::{KINDS, Kind};
use super::logs::Logs;
use crate::objects::{self, Pods};

/// Changes are spread over the second in steps of this many milliseconds.
const STEP: u64 = 10;
/// A large prime, so that changes hit all namespaces and not one after the other.
const STRIDE: usize = 7919;

pub(super) struct World {
    collections: HashMap<&'static str, Collection>,
    pods: Pods,
    /// Numbers of pods by namespace and name, as lists show them.
    order: Vec<usize>,
    restarts: Mutex<Vec<usize>>,
    pace: Mutex<Pace>,
    made: Mutex<Vec<Made>>,
    pub(super) logs: Arc<Logs>,
    /// How often what was asked.
    pub(super) requests: Mutex<BTreeMap<String, u64>>,
}

/// How pods change: each change is a restart.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(super) struct Pace {
    per_second: u64,
    /// Changes hit the first so many pods in the order of lists; 0 for all.
    #[serde(default)]
    among: usize,
    /// Every other change hits any pod after all.
    #[serde(default)]
    mixed: bool,
}

/// A change that was made, in milliseconds of the clock that browsers show.
#[derive(Debug, Serialize)]
pub(super) struct Made {
    name: String,
    restarts: usize,
    at: f64,
}

impl World {
    pub(super) fn new(sizes: Sizes) -> Self {
        let pods = Pods::new();
        let now = jiff_now();
        let collections = KINDS.iter().map(|kind| (kind.2, collection(kind, sizes, &pods, now))).collect();
        let mut order: Vec<usize> = (0..sizes.pods).collect();
        order.sort_by_cached_key(|number| (objects::namespace(*number), objects::pod_name(*number)));
        Self {
            collections,
            pods,
            order,
            restarts: Mutex::new(vec![0; sizes.pods]),
            pace: Mutex::default(),
            made: Mutex::default(),
            logs: Arc::new(Logs::new()),
            requests: Mutex::default(),
        }
    }

    pub(super) fn collection(&self, plural: &str) -> Option<&Collection> {
        self.collections.get(plural)
    }

    pub(super) fn set_pace(&self, pace: Pace) {
        self.made.lock().clear();
        *self.pace.lock() = pace;
    }

    pub(super) fn take_made(&self) -> Vec<Made> {
        std::mem::take(&mut self.made.lock())
    }

    fn restart(&self, number: usize) {
        let Some(pods) = self.collection("pods") else { return };
        let restarts = {
            let mut restarts = self.restarts.lock();
            restarts[number] += 1;
            restarts[number]
        };
        // Before it is there to be seen, as the API server's own clock would say.
        let at = jiff_now().as_microsecond();
        #[expect(clippy::cast_precision_loss, reason = "microseconds since 1970 fit")]
        let at = at as f64 / 1e3;
        pods.change(number, |version| self.pods.pod(number, restarts, version));
        // The row also counts the restarts the pod began with.
        let restarts = number % 23 / 20 + restarts;
        self.made.lock().push(Made { name: objects::pod_name(number), restarts, at });
    }
}

fn collection(&(group, _, plural, kind, _): &Kind, sizes: Sizes, pods: &Pods, now: jiff::Timestamp) -> Collection {
    let version = match group {
        "" => "v1",
        "apps" => "apps/v1",
        _ => "rbac.authorization.k8s.io/v1",
    };
    match plural {
        "pods" => Collection::new(kind, version, (0..sizes.pods).map(|number| pods.pod(number, 0, 1))),
        "namespaces" => Collection::new(kind, version, objects::namespaces()),
        "replicasets" => Collection::new(kind, version, (0..sizes.replica_sets).map(objects::replica_set)),
        "events" => Collection::new(kind, version, (0..sizes.events).map(|number| objects::event(number, now))),
        _ => Collection::new(kind, version, std::iter::empty()),
    }
}

#[expect(clippy::disallowed_methods, reason = "it stamps real changes with real time")]
pub(super) fn jiff_now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Makes changes at the pace that is set, for ever.
pub(super) async fn change(world: Arc<World>) {
    let mut ticks = interval(Duration::from_millis(STEP));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut owed, mut turn) = (0, 0_usize);
    loop {
        ticks.tick().await;
        let pace = *world.pace.lock();
        owed += pace.per_second * STEP;
        while owed >= 1000 && !world.order.is_empty() {
            owed -= 1000;
            turn += 1;
            let all = pace.among == 0 || pace.mixed && turn.is_multiple_of(2);
            let among = if all { world.order.len() } else { pace.among.min(world.order.len()) };
            world.restart(world.order[turn.wrapping_mul(STRIDE) % among]);
        }
        if pace.per_second == 0 {
            owed = 0;
        }
    }
}
