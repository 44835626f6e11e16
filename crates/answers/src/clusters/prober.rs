//! Keeps one cluster's state, version and discovery current while somebody looks, then rests.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use periscope_cluster::{Connection, Error, Identity};
use periscope_model::{Phase, State};

use super::cluster::{Cluster, Discovered};

const EVERY: Duration = Duration::from_secs(10);
/// Kinds come and go rarely: where nobody tells that one did, it is found within this many probes.
const DISCOVER_EVERY: u32 = 3;
/// An API server takes a moment to serve what was defined, and to stop serving what was deleted.
const SOON: Duration = Duration::from_millis(700);
/// How often it is looked then.
const LOOKS: u32 = 3;

pub(super) async fn run(cluster: Arc<Cluster>, connection: Connection) {
    let identity = cluster.inventory();
    let mut probes = 0_u32;
    let mut looks = 0_u32;
    loop {
        set_connecting(&cluster);
        let discover = looks > 0 || probes.is_multiple_of(DISCOVER_EVERY);
        looks = looks.saturating_sub(1);
        match probe(&cluster, &connection, &identity, discover).await {
            Ok(()) => set(&cluster, Phase::Live, None),
            Err(error) => fail(&cluster, &error),
        }
        probes = probes.wrapping_add(1);
        if cluster.discovered_now().is_none() {
            probes = 0;
        }
        tokio::select! {
            () = tokio::time::sleep(if looks > 0 { SOON } else { EVERY }) => {}
            () = cluster.discover.notified() => {
                looks = LOOKS;
                tokio::time::sleep(SOON).await;
            }
        }
        if !cluster.is_looked_at() {
            set(&cluster, Phase::Idle, None);
            cluster.probing.store(false, Ordering::Release);
            // Who looked meanwhile found it probed; if nobody else began, it goes on.
            if !cluster.is_looked_at() || cluster.probing.swap(true, Ordering::AcqRel) {
                return;
            }
        }
    }
}

async fn probe(cluster: &Cluster, connection: &Connection, identity: &Identity, discover: bool) -> Result<(), Error> {
    let version = connection.version(identity).await?.git_version;
    cluster.version.send_if_modified(|known| {
        let changed = known.as_deref() != Some(&version);
        *known = Some(version);
        changed
    });
    if discover {
        let found = connection.discover(identity).await?;
        let discovered = Discovered::new(found.resources, found.gaps);
        cluster.discovered.send_if_modified(|known| {
            let same = known.as_ref().is_some_and(|known| {
                known.resources.len() == discovered.resources.len()
                    && known
                        .resources
                        .iter()
                        .zip(&discovered.resources)
                        .all(|(a, b)| a.kind_id == b.kind_id && a.version == b.version)
                    && known.gaps == discovered.gaps
            });
            if !same {
                *known = Some(Arc::new(discovered));
            }
            !same
        });
    }
    Ok(())
}

fn set_connecting(cluster: &Cluster) {
    if cluster.state.borrow().phase == Phase::Idle {
        set(cluster, Phase::Connecting, None);
    }
}

/// A cluster that was seen before is stale; one that never answered is unreachable.
fn fail(cluster: &Cluster, error: &Error) {
    let now = cluster.clock.now();
    let mut failed = error.state(now);
    if failed.phase == Phase::Unreachable && cluster.version.borrow().is_some() {
        failed.phase = Phase::Stale;
    }
    cluster.state.send_if_modified(|state| replace(state, failed));
}

fn set(cluster: &Cluster, phase: Phase, reason: Option<String>) {
    let next = State { reason, ..State::new(phase, cluster.clock.now()) };
    cluster.state.send_if_modified(|state| replace(state, next));
}

/// `since` stays while the phase stays.
fn replace(state: &mut State, next: State) -> bool {
    let same_phase = state.phase == next.phase;
    let same = same_phase && state.reason == next.reason && state.needs == next.needs;
    if !same {
        let since = if same_phase { state.since } else { next.since };
        *state = State { since, ..next };
    }
    !same
}
