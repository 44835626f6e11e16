//! One cluster: its connection, and the state its prober keeps current while somebody looks.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use periscope_auth::Admission;
use periscope_cluster::{ApiResource, Connection, Identity, Usage};
use periscope_model::{Actor, Clock, Gap, KindId, Person, Phase, ResourceType, State};
use tokio::sync::{Notify, watch};

use super::{ClusterSpec, ClusterView, prober};
use crate::context::Context;
use crate::error::Error;

/// How long a request waits for the first discovery.
const DISCOVERY_DEADLINE: Duration = Duration::from_secs(10);
/// Named namespaces remembered.
const MAX_NAMED: usize = 64;
/// After this many seconds without a look everything about a cluster rests.
const RESTS_AFTER: i64 = 300;

/// What a cluster serves, as last discovered.
#[derive(Debug, Default)]
pub(crate) struct Discovered {
    pub(crate) resources: Vec<ApiResource>,
    by_kind: HashMap<KindId, usize>,
    pub(crate) gaps: Vec<Gap>,
}

impl Discovered {
    pub(crate) fn new(resources: Vec<ApiResource>, gaps: Vec<Gap>) -> Self {
        let by_kind = resources.iter().enumerate().map(|(at, resource)| (resource.kind_id.clone(), at)).collect();
        Self { resources, by_kind, gaps }
    }

    pub(crate) fn get(&self, kind: &KindId) -> Option<&ApiResource> {
        self.by_kind.get(kind).and_then(|at| self.resources.get(*at))
    }

    /// By the object's own `apiVersion` group and `kind`, as owner references name it.
    pub(crate) fn by_name(&self, group: &str, kind: &str) -> Option<&ApiResource> {
        self.resources.iter().find(|resource| resource.kind_id.group() == group && resource.kind == kind)
    }
}

pub(crate) struct Cluster {
    pub(crate) spec: ClusterSpec,
    connection: Result<Connection, String>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) state: watch::Sender<State>,
    pub(crate) version: watch::Sender<Option<String>>,
    pub(super) discovered: watch::Sender<Option<Arc<Discovered>>>,
    /// Seconds since the epoch when somebody last looked at this cluster.
    pub(super) looked: AtomicI64,
    pub(super) probing: AtomicBool,
    /// Raised when what the cluster serves may have changed.
    pub(super) discover: Notify,
    /// Whether a warden keeps the fields below (see `warden`).
    pub(crate) warded: AtomicBool,
    /// Every namespace, as far as the inventory may know; `None` before that is known.
    pub(crate) namespaces: watch::Sender<Option<Arc<[String]>>>,
    /// Namespaces that people named: all there is to go by where none may be listed.
    named: Mutex<BTreeSet<String>>,
    /// What metrics-server last measured.
    pub(crate) usage: watch::Sender<Option<Arc<NodeUsage>>>,
}

/// What nodes use, by name.
#[derive(Debug, Default)]
pub(crate) struct NodeUsage {
    pub(crate) nodes: HashMap<String, Usage>,
}

impl Cluster {
    pub(super) fn new(spec: ClusterSpec, connection: Result<Connection, String>, clock: Arc<dyn Clock>) -> Arc<Self> {
        let now = clock.now();
        let state = match &connection {
            Ok(_) => State::new(Phase::Idle, now),
            Err(reason) => State::new(Phase::Unreachable, now).because(reason.clone()),
        };
        Arc::new(Self {
            spec,
            connection,
            clock,
            state: watch::channel(state).0,
            version: watch::channel(None).0,
            discovered: watch::channel(None).0,
            looked: AtomicI64::new(0),
            probing: AtomicBool::new(false),
            discover: Notify::new(),
            warded: AtomicBool::new(false),
            namespaces: watch::channel(None).0,
            named: Mutex::default(),
            usage: watch::channel(None).0,
        })
    }

    /// A cluster that serves these kinds, for tests: nothing is discovered.
    #[cfg(test)]
    pub(crate) fn serving(
        id: periscope_model::ClusterId,
        connection: Result<Connection, String>,
        clock: Arc<dyn Clock>,
        resources: Vec<ApiResource>,
    ) -> Arc<Self> {
        let spec = ClusterSpec {
            name: id.to_string(),
            id,
            environment: super::Environment::Other,
            eks: None,
            via: super::Via::Kubeconfig,
            authorization: periscope_auth::Authorization::verbatim(),
            keep_events: false,
            connection: Err("of a test".to_owned()),
        };
        let cluster = Self::new(spec, connection, clock);
        // No prober touches the network.
        cluster.probing.store(true, Ordering::Release);
        cluster.serve(resources);
        cluster
    }

    #[cfg(test)]
    pub(crate) fn serve(&self, resources: Vec<ApiResource>) {
        self.discovered.send_replace(Some(Arc::new(Discovered::new(resources, Vec::new()))));
    }

    #[cfg(test)]
    pub(crate) fn forget_what_is_served(&self) {
        self.discovered.send_replace(None);
    }

    pub(crate) fn connection(&self) -> Result<&Connection, Error> {
        self.connection.as_ref().map_err(|reason| self.unreachable(reason.clone()))
    }

    pub(crate) fn unreachable(&self, reason: impl Into<String>) -> Error {
        Error::Unreachable { cluster: self.spec.id.clone(), reason: reason.into() }
    }

    /// Somebody looks: its state is kept current for some minutes from now.
    pub(crate) fn look(self: &Arc<Self>) {
        self.looked.store(self.clock.now().as_second(), Ordering::Relaxed);
        if let Ok(connection) = &self.connection
            && !self.probing.swap(true, Ordering::AcqRel)
        {
            tokio::spawn(prober::run(self.clone(), connection.clone()));
        }
    }

    /// A kind may have come or gone: looked at within a second, not with the usual round.
    pub(crate) fn discover_soon(&self) {
        self.discover.notify_one();
    }

    pub(crate) fn view(&self) -> ClusterView {
        ClusterView {
            id: self.spec.id.clone(),
            name: self.spec.name.clone(),
            environment: self.spec.environment,
            connection: self.spec.via,
            eks: self.spec.eks.clone(),
            version: self.version.borrow().clone(),
            state: self.state.borrow().clone(),
        }
    }

    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    pub(crate) fn follow_state(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    pub(crate) fn follow_discovered(&self) -> watch::Receiver<Option<Arc<Discovered>>> {
        self.discovered.subscribe()
    }

    pub(crate) fn discovered_now(&self) -> Option<Arc<Discovered>> {
        self.discovered.borrow().clone()
    }

    /// What the cluster serves; waits for the first discovery.
    pub(crate) async fn discovered(self: &Arc<Self>) -> Result<Arc<Discovered>, Error> {
        self.connection()?;
        self.look();
        let mut discovered = self.discovered.subscribe();
        let mut state = self.state.subscribe();
        let wait = async {
            loop {
                if let Some(discovered) = discovered.borrow_and_update().clone() {
                    return Ok(discovered);
                }
                if matches!(state.borrow_and_update().phase, Phase::Unreachable | Phase::Refused) {
                    return Err(self.unreachable(self.reason()));
                }
                tokio::select! {
                    changed = discovered.changed() => changed.map_err(|_| self.unreachable("the connection was closed"))?,
                    changed = state.changed() => changed.map_err(|_| self.unreachable("the connection was closed"))?,
                }
            }
        };
        let waited = tokio::time::timeout(DISCOVERY_DEADLINE, wait).await;
        waited.unwrap_or_else(|_| {
            Err(self.unreachable(format!("no discovery within {} s", DISCOVERY_DEADLINE.as_secs())))
        })
    }

    pub(crate) async fn resource(self: &Arc<Self>, kind: &KindId) -> Result<ApiResource, Error> {
        let found = self.discovered().await?.get(kind).cloned();
        found.ok_or_else(|| Error::UnknownKind { cluster: self.spec.id.clone(), kind: kind.clone() })
    }

    pub(crate) async fn resource_type(self: &Arc<Self>, kind: &KindId) -> Result<ResourceType, Error> {
        Ok(self.resource(kind).await?.resource_type())
    }

    /// Every namespace the inventory knows of; waits until it knows, or the deadline.
    pub(crate) async fn known_namespaces(&self, deadline: Duration) -> Arc<[String]> {
        let mut namespaces = self.namespaces.subscribe();
        let known = tokio::time::timeout(deadline, namespaces.wait_for(Option::is_some)).await;
        let known = known.ok().and_then(Result::ok).and_then(|known| known.clone()).unwrap_or_else(|| Arc::from([]));
        let named = self.named.lock();
        if named.iter().all(|name| known.contains(name)) {
            return known;
        }
        let all: BTreeSet<String> = known.iter().chain(named.iter()).cloned().collect();
        all.into_iter().collect()
    }

    /// The person of a personal connection names these namespaces; whether they exist is not known. With several
    /// people, what one names is nothing to the others.
    pub(crate) fn name_namespaces(&self, namespaces: &[String]) {
        if self.connection.as_ref().is_ok_and(Connection::impersonates) {
            return;
        }
        let mut named = self.named.lock();
        let room = MAX_NAMED.saturating_sub(named.len());
        named.extend(namespaces.iter().take(room).cloned());
    }

    /// Whether somebody looked in the last minutes.
    pub(crate) fn is_looked_at(&self) -> bool {
        self.clock.now().as_second() - self.looked.load(Ordering::Relaxed) <= RESTS_AFTER
    }

    fn reason(&self) -> String {
        self.state.borrow().reason.clone().unwrap_or_else(|| "no reason given".to_owned())
    }

    /// An upstream error as a use case reports it.
    pub(crate) fn error(&self, error: &periscope_cluster::Error, what: impl FnOnce() -> String) -> Error {
        use periscope_cluster::Error as Upstream;
        let cluster = self.spec.id.clone();
        match error {
            Upstream::Refused { permission, message } => {
                Error::Refused { message: message.clone(), needs: vec![permission.as_ref().clone()] }
            }
            Upstream::NotFound { .. } | Upstream::Gone { .. } => Error::NotFound { what: what() },
            Upstream::Invalid { what } => Error::invalid("request_invalid", what.clone()),
            Upstream::Server { status: 409, message, kubernetes } => {
                Error::Conflict { code: "conflict", message: message.clone(), status: kubernetes.as_deref().cloned() }
            }
            Upstream::Server { message, kubernetes, .. } => {
                Error::Upstream { cluster, message: message.clone(), status: kubernetes.as_deref().cloned() }
            }
            Upstream::Lost { .. } => Error::Lost { cluster, message: error.to_string() },
            Upstream::Unreachable { .. } | Upstream::Timeout { .. } | Upstream::Busy { .. } => {
                Error::Unreachable { cluster, reason: error.to_string() }
            }
            Upstream::Unauthorized { .. } | Upstream::Garbage { .. } | Upstream::TooLarge { .. } => {
                Error::Upstream { cluster, message: error.to_string(), status: None }
            }
        }
    }

    /// Who the person is to this cluster.
    pub(crate) fn actor(&self, person: &Person) -> Result<Arc<Actor>, Error> {
        Ok(Arc::new(self.admit(person)?.actor))
    }

    pub(crate) fn admit(&self, person: &Person) -> Result<Admission, Error> {
        self.spec.authorization.admit(person).map_err(|refused| Error::NotAdmitted {
            cluster: self.spec.id.clone(),
            reason: refused.reason,
            groups: refused.groups,
        })
    }

    /// The identity of the action plane.
    pub(crate) fn human(&self, context: &Context) -> Result<Identity, Error> {
        self.actor(&context.person).map(Identity::Human)
    }

    /// The identity of the inventory plane.
    pub(crate) fn inventory(&self) -> Identity {
        match &self.connection {
            Ok(connection) if connection.impersonates() => Identity::Inventory,
            _ => Identity::Own,
        }
    }
}
