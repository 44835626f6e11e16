//! The pods that are meant and their logs, brought together.

use std::collections::HashMap;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream;
use periscope_cluster::{Connection, Error as Upstream, Identity, LogOptions};
use periscope_model::{Gap, Permission};
use tokio::sync::watch;

use super::merge::Merge;
use super::opening::needed;
use super::pods::{Found, PodLogs, Pods};
use super::reader::{self, Batches, LogSource as Source, Reading};
use super::run::Run;
use super::seats::Seats;
use super::shape::{LogPhase, LogSource, LogTrouble, LogsWanted, Told};
use crate::act::Hand;
use crate::app::App;
use crate::context::Context as Caller;
use crate::error::Error;

/// Logs read at a time for one subscription or download; more are told as a gap.
pub(super) const MOST_OPEN: usize = 50;
/// Logs told of; the place of one that has ended is given again beyond this.
const MOST_TOLD: usize = 200;
/// How often it is asked whether the caller may still read what is open: an API server asks only at the opening.
const REVIEW_EVERY: Duration = Duration::from_secs(30);

pub(super) struct Following {
    wanted: LogsWanted,
    source: Arc<dyn Source>,
    seats: Arc<Seats>,
    pods: Pods,
    pub(super) merge: Merge,
    places: HashMap<(u128, String), watch::Sender<Run>>,
    /// Of pods that are gone, while their logs are read to the end.
    leaving: Vec<watch::Sender<Run>>,
    /// Ready when the caller may no longer read these logs.
    review: BoxFuture<'static, Told>,
    pub(super) trouble: Option<LogTrouble>,
    pub(super) gaps: Vec<Gap>,
    /// Epoch seconds; what began later is read from its beginning.
    opened: i64,
    pub(super) searching: bool,
}

impl Following {
    /// `hand` is what was authorised to read.
    pub(super) fn new(app: &App, caller: &Caller, wanted: LogsWanted, hand: Hand) -> Result<Self, Error> {
        let cluster = app.clusters.get(&wanted.cluster)?.clone();
        let Hand { connection, identity, .. } = hand;
        Ok(Self {
            pods: Pods::new(app, &cluster, caller, wanted.clone())?,
            review: Box::pin(refusal(connection.clone(), identity.clone(), needed(&wanted))),
            source: Arc::new(Live { connection, identity }),
            seats: Seats::new(app.logs.clone(), caller.person.clone()),
            wanted,
            merge: Merge::default(),
            places: HashMap::new(),
            leaving: Vec::new(),
            trouble: None,
            gaps: Vec::new(),
            opened: app.clock.now().as_second(),
            searching: true,
        })
    }

    /// Ready when something else can be told of sources, troubles or gaps; lines are read meanwhile.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut changed = false;
        if self.pods.poll_changed(context).is_ready() || self.searching {
            changed |= self.settle();
        }
        if let Poll::Ready(told) = self.review.as_mut().poll(context) {
            self.merge.close(&told);
            self.review = Box::pin(std::future::pending());
            changed = true;
        }
        changed |= self.merge.poll(context).is_ready();
        if changed { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Nothing more can come.
    pub(super) fn is_over(&self) -> bool {
        !self.searching && self.merge.open() == 0 && !self.merge.has_lines()
    }

    /// Brings what is read in line with the pods there are.
    fn settle(&mut self) -> bool {
        let (trouble, gaps) = match self.pods.found() {
            Found::Searching => return false,
            Found::Trouble(trouble) => (Some(trouble), Vec::new()),
            Found::Pods(pods) => (None, self.join(&pods)),
        };
        let first = std::mem::take(&mut self.searching);
        let other = trouble != self.trouble || gaps != self.gaps;
        (self.trouble, self.gaps) = (trouble, gaps);
        first || other
    }

    fn join(&mut self, pods: &[PodLogs]) -> Vec<Gap> {
        let mut left: HashMap<(u128, String), watch::Sender<Run>> = std::mem::take(&mut self.places);
        let (mut unread, mut any) = (0, false);
        for pod in pods {
            for (container, run) in &pod.containers {
                if !container.is_empty() && !self.wanted.wants(container) {
                    continue;
                }
                any = true;
                let key = (pod.uid, container.clone());
                if let Some(place) = left.remove(&key) {
                    place.send_if_modified(|known| {
                        let other = known != run;
                        known.clone_from(run);
                        other
                    });
                    self.places.insert(key, place);
                } else if self.merge.open() < MOST_OPEN {
                    let place = self.open(pod, container, run);
                    self.places.insert(key, place);
                } else {
                    unread += 1;
                }
            }
        }
        self.leaving.retain(|place| !place.is_closed());
        for place in left.into_values() {
            place.send_modify(|run| run.gone = true);
            self.leaving.push(place);
        }
        let mut gaps = Vec::new();
        if unread > 0 {
            let what = format!("the logs of {unread} more containers; {MOST_OPEN} are read at a time");
            gaps.push(Gap { fix: Some("choose containers, or one pod".to_owned()), ..Gap::new("TOO_MANY_LOGS", what) });
        }
        if !any && !pods.is_empty() {
            let what = format!("a container named {}", self.wanted.containers.join(" or "));
            gaps.push(Gap::new("NO_SUCH_CONTAINER", what));
        }
        gaps
    }

    fn open(&mut self, pod: &PodLogs, container: &str, run: &Run) -> watch::Sender<Run> {
        let (place, runs) = watch::channel(run.clone());
        // What began after the opening is told from its beginning.
        let new = !self.searching && pod.created.is_some_and(|created| created >= self.opened);
        let options = LogOptions {
            namespace: self.wanted.namespace.clone(),
            pod: pod.name.clone(),
            container: container.to_owned(),
            follow: self.wanted.follow && !self.wanted.previous,
            previous: self.wanted.previous,
            since_seconds: self.wanted.since_seconds,
            since: self.wanted.since_time,
            tail: self.wanted.tail.filter(|_| !new),
        };
        let reading = Reading { source: self.source.clone(), options, run: runs, seats: self.seats.clone() };
        let source = LogSource {
            pod: pod.name.clone(),
            container: container.to_owned(),
            node: pod.node.clone(),
            state: LogPhase::Connecting,
            reason: None,
            needs: Vec::new(),
        };
        self.merge.add(source, reader::read(reading), MOST_TOLD);
        place
    }
}

/// Logs as the API server gives them to the caller.
struct Live {
    connection: Connection,
    identity: Identity,
}

impl Source for Live {
    fn open(&self, options: LogOptions) -> BoxFuture<'static, Result<Batches, Upstream>> {
        let (connection, identity) = (self.connection.clone(), self.identity.clone());
        Box::pin(async move {
            let log = connection.logs(&identity, &options).await?;
            Ok(stream::unfold(log, |mut log| async move { Some((log.next().await?, log)) }).boxed())
        })
    }
}

/// Waits until the caller may not read these logs any more.
async fn refusal(connection: Connection, identity: Identity, asked: Permission) -> Told {
    // The opening itself is asked about by the API server.
    loop {
        tokio::time::sleep(REVIEW_EVERY).await;
        if let Ok(false) = connection.review(&identity, &asked).await {
            let reason = format!("you may not {asked} any more");
            return Told { needs: vec![asked], reason: Some(reason), ..Told::in_phase(LogPhase::Refused) };
        }
    }
}
