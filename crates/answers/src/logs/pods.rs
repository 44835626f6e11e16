//! Which pods are meant, and how their containers are: from the rows the caller may see, kept current. Where the caller
//! may read a pod but not list pods, the pod itself is asked for instead.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use periscope_cluster::Identity;
use periscope_model::{KindId, ObjectRef, Phase};
use periscope_store::rows::uid_number;
use periscope_store::{Part, Row};
use serde_json::Value;
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;

use super::run::{self, Run};
use super::shape::{LogTrouble, LogsWanted};
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context as Caller;
use crate::error::Error;
use crate::kinds::known;
use crate::objects::describe;
use crate::reach::{Circle, Member, Want};

/// How often a pod is asked for whose row the caller may not see.
const ASK_EVERY: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PodLogs {
    pub(super) uid: u128,
    pub(super) name: String,
    pub(super) node: Option<String>,
    /// Epoch seconds.
    pub(super) created: Option<i64>,
    /// In the order in which they start.
    pub(super) containers: Vec<(String, Run)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// Not known yet.
    Searching,
    Pods(Vec<PodLogs>),
    Trouble(LogTrouble),
}

/// Whether a pod belongs to the workload.
type Meant = Box<dyn Fn(&Row) -> bool>;

pub(super) struct Pods {
    wanted: LogsWanted,
    circle: Circle,
    /// Asks the API server for a single pod while the rows do not tell.
    asking: Option<BoxFuture<'static, ()>>,
    asked: watch::Receiver<Found>,
    answers: WatchStream<Found>,
}

impl Pods {
    pub(super) fn new(app: &App, cluster: &Arc<Cluster>, caller: &Caller, wanted: LogsWanted) -> Result<Self, Error> {
        let mut circle = Circle::new(true);
        let namespaces: Arc<[String]> = Arc::from([wanted.namespace.clone()]);
        let mut kinds = vec![known("pods")];
        if !wanted.is_pod() {
            kinds.push(wanted.kind.clone());
        }
        if wanted.kind.to_string() == "cronjobs.batch" {
            kinds.push(known("jobs.batch"));
        }
        for kind in kinds {
            let (cluster, person, namespaces) = (cluster.clone(), caller.person.clone(), namespaces.clone());
            circle.add(&app.inventory, Want { cluster, kind, person, namespaces });
        }
        let (sender, asked) = watch::channel(Found::Searching);
        let identity = cluster.human(caller)?;
        let asking = wanted
            .is_pod()
            .then(|| -> BoxFuture<'static, ()> { Box::pin(ask(cluster.clone(), identity, wanted.place(), sender)) });
        let answers = WatchStream::from_changes(asked.clone());
        Ok(Self { wanted, circle, asking, asked, answers })
    }

    /// Ready when [`Pods::found`] may say something else.
    pub(super) fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut any = self.circle.poll_changed(context).is_ready();
        if self.must_ask()
            && let Some(asking) = &mut self.asking
        {
            let _ = asking.as_mut().poll(context);
            while let Poll::Ready(Some(_)) = futures::Stream::poll_next(std::pin::Pin::new(&mut self.answers), context)
            {
                any = true;
            }
        }
        if any { Poll::Ready(()) } else { Poll::Pending }
    }

    pub(super) fn found(&self) -> Found {
        if self.asking.is_some() && self.must_ask() {
            return self.asked.borrow().clone();
        }
        let members = self.circle.members();
        match self.in_rows(&members) {
            Ok(Some(pods)) => Found::Pods(pods),
            Ok(None) => Found::Searching,
            Err(trouble) => Found::Trouble(trouble),
        }
    }

    /// Whether the rows do not tell, and will not.
    fn must_ask(&self) -> bool {
        let members = self.circle.members_at(0..1);
        members.first().is_some_and(|pods| pods.state().phase == Phase::Refused && pods.is_served())
    }

    /// The pods among the rows; `None` while rows are on their way.
    fn in_rows(&self, members: &[Member]) -> Result<Option<Vec<PodLogs>>, LogTrouble> {
        let namespace = &*self.wanted.namespace;
        let mut parts = Vec::new();
        for member in members {
            match member.known().filter(|part| part.visible.allows(namespace)) {
                Some(part) => parts.push(part),
                None => return self.trouble(member).map_or(Ok(None), Err),
            }
        }
        let [pods, owners @ ..] = parts.as_slice() else { return Ok(None) };
        let reader = pods.lease.read();
        let Some(owner) = owners.first() else {
            let pod = reader.get(namespace, &self.wanted.name).ok_or_else(|| self.absent())?;
            return Ok(Some(pod_of(pod).into_iter().collect()));
        };
        let is_meant = self.meant(owner, owners.get(1).copied())?;
        let mut found: Vec<PodLogs> =
            reader.in_namespace(namespace).filter(|row| is_meant(row)).filter_map(pod_of).collect();
        // What still writes first, then what is new: more may be found than can be read.
        found.sort_by_key(|pod| (pod.containers.iter().all(|(_, run)| run.over), std::cmp::Reverse(pod.created)));
        Ok(Some(found))
    }

    /// Which pods belong to the workload.
    fn meant(&self, owner: &Part, jobs: Option<&Part>) -> Result<Meant, LogTrouble> {
        let namespace = &*self.wanted.namespace;
        let reader = owner.lease.read();
        let row = reader.get(namespace, &self.wanted.name).ok_or_else(|| self.absent())?;
        let replicated = row
            .deployment()
            .map(|one| &one.replicas)
            .or_else(|| row.stateful_set().map(|one| &one.replicas))
            .or_else(|| row.daemon_set().map(|one| &one.replicas))
            .or_else(|| row.replica_set().map(|one| &one.replicas));
        if let Some(replicated) = replicated {
            let selector = replicated.selector.clone();
            return Ok(Box::new(move |pod| selector.matches(&pod.meta.labels)));
        }
        let owners: Vec<u128> = match jobs {
            Some(jobs) => jobs.lease.read().owned_by(namespace, row.meta.uid).map(|job| job.meta.uid).collect(),
            None => vec![row.meta.uid],
        };
        Ok(Box::new(move |pod| pod.meta.owners.iter().any(|owner| owners.contains(&owner.uid))))
    }

    fn absent(&self) -> LogTrouble {
        LogTrouble::of(&Error::NotFound { what: describe(&self.wanted.place()) })
    }

    /// Why a member has no rows and will have none soon.
    fn trouble(&self, member: &Member) -> Option<LogTrouble> {
        let state = member.state();
        let cluster = self.wanted.cluster.clone();
        if !member.is_served() {
            return Some(LogTrouble::of(&Error::UnknownKind { cluster, kind: member.kind.clone() }));
        }
        let reason = state.reason.unwrap_or_default();
        match state.phase {
            Phase::Refused => Some(LogTrouble { code: "refused".to_owned(), detail: reason, needs: state.needs }),
            Phase::Unreachable => Some(LogTrouble::of(&Error::Unreachable { cluster, reason })),
            _ => None,
        }
    }
}

fn pod_of(row: &Arc<Row>) -> Option<PodLogs> {
    let pod = row.pod()?;
    Some(PodLogs {
        uid: row.meta.uid,
        name: row.meta.name.to_string(),
        node: pod.node.as_deref().map(str::to_owned),
        created: row.meta.created,
        containers: run::of_row(pod),
    })
}

async fn ask(cluster: Arc<Cluster>, identity: Identity, place: ObjectRef, out: watch::Sender<Found>) {
    let kind: KindId = known("pods");
    loop {
        let found = match read(&cluster, &identity, &kind, &place).await {
            Ok(pod) => Found::Pods(pod_of_json(&pod).into_iter().collect()),
            // Who may not read the pod may still be allowed to read its log: the log itself will tell.
            Err(Error::Refused { .. }) => Found::Pods(vec![unseen(&place)]),
            Err(error) => Found::Trouble(LogTrouble::of(&error)),
        };
        out.send_if_modified(|known| {
            let other = *known != found;
            *known = found;
            other
        });
        tokio::time::sleep(ASK_EVERY).await;
    }
}

async fn read(cluster: &Arc<Cluster>, identity: &Identity, kind: &KindId, place: &ObjectRef) -> Result<Value, Error> {
    let resource = cluster.resource_type(kind).await?;
    let got = cluster.connection()?.get(identity, &resource, place.namespace.as_deref(), &place.name).await;
    let bytes = got.map_err(|error| cluster.error(&error, || describe(place)))?;
    serde_json::from_slice(&bytes).map_err(|error| Error::Upstream {
        cluster: place.cluster.clone(),
        message: format!("{} is not JSON: {error}", describe(place)),
        status: None,
    })
}

fn pod_of_json(pod: &Value) -> Option<PodLogs> {
    let meta = &pod["metadata"];
    let created = meta["creationTimestamp"].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    Some(PodLogs {
        uid: uid_number(meta["uid"].as_str()?),
        name: meta["name"].as_str()?.to_owned(),
        node: pod["spec"]["nodeName"].as_str().map(str::to_owned),
        created: created.map(jiff::Timestamp::as_second),
        containers: run::of_json(pod),
    })
}

/// A pod of which only the name is known: the API server chooses the container.
fn unseen(place: &ObjectRef) -> PodLogs {
    let containers = vec![(String::new(), Run::default())];
    PodLogs { uid: 0, name: place.name.clone(), node: None, created: None, containers }
}
