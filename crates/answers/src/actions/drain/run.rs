//! A drain under way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use parking_lot::Mutex;
use periscope_audit::Verb;
use periscope_cluster::{Effect, Error as Upstream};
use periscope_model::Permission;
use serde_json::Value;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use super::super::action::{Action, DRAIN_SECONDS, plural_of};
use super::super::perform::{Performed, budget_in};
use super::super::plan::{self, Change, Wanted};
use super::super::runs::Stop;
use super::super::scene::{Scene, place};
use super::super::shapes::{DrainState, DrainedPod, Fate, Target};
use super::{Leave, fate, pods_on};
use crate::act::{Act, Hand};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;
use crate::kinds::known;

/// Requests of one drain at a time.
const AT_ONCE: usize = 8;
/// As kubectl: how long after a budget said no it is asked again.
const AGAIN: Duration = Duration::from_secs(5);
/// As kubectl: how often it is looked whether a pod is gone.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Pods named in a sentence.
const NAMED: usize = 5;

pub(in super::super) type Progress = Arc<dyn Fn(DrainedPod) + Send + Sync>;

/// What a drain is done with.
pub(in super::super) struct Drain {
    pub(in super::super) app: Arc<App>,
    pub(in super::super) context: Context,
    pub(in super::super) scene: Scene,
    pub(in super::super) action: Action,
    /// The node.
    pub(in super::super) target: Target,
    pub(in super::super) progress: Progress,
    /// Why it is to be stopped, once it is.
    pub(in super::super) stop: watch::Receiver<Option<Stop>>,
}

/// What came of it, for the record.
#[derive(Debug, Default)]
pub(in super::super) struct Drained {
    pub(in super::super) gone: Vec<String>,
    pub(in super::super) left: Vec<String>,
}

struct Going {
    drain: Drain,
    gate: Arc<Semaphore>,
    deadline: Instant,
    ends: Mutex<BTreeMap<String, End>>,
}

enum End {
    Gone,
    Left(String),
}

impl Drain {
    /// Whatever happens, `told` says exactly what was done.
    pub(in super::super) async fn run(self, told: &mut Drained) -> Result<Performed, Error> {
        let leave = Leave::of(&self.action);
        let node = self.target.name.clone();
        refuse(&pods_on(&self.scene, &node).await?, leave, "nothing was done")?;
        let now = self.app.clock.now();
        self.scene.perform(&Action::Cordon {}, &self.target, now).await?;
        // Looked at again: until the node was cordoned, more could come.
        let pods = pods_on(&self.scene, &node).await?;
        refuse(&pods, leave, "the node is cordoned, and nothing was evicted")?;
        let seconds = match self.action {
            Action::Drain { timeout_seconds: Some(seconds), .. } => seconds,
            _ => DRAIN_SECONDS,
        };
        let deadline = Instant::now() + Duration::from_secs(seconds.into());
        let going = Going { drain: self, gate: Arc::new(Semaphore::new(AT_ONCE)), deadline, ends: Mutex::default() };
        let goes: Vec<&Value> = pods.iter().filter(|pod| going.first_word(pod, leave)).collect();
        let mut evictions: FuturesUnordered<_> = goes.iter().map(|pod| going.one(pod)).collect();
        while evictions.next().await.is_some() {}
        drop(evictions);
        going.outcome(told)
    }

    fn stopped(&self) -> Option<Stop> {
        *self.stop.borrow()
    }
}

/// Pods that may not be lost stand against the whole.
fn refuse(pods: &[Value], leave: Leave, done: &str) -> Result<(), Error> {
    let against = |fate: Fate| {
        let pods = pods.iter().filter(|pod| fate::of(pod, leave) == fate).map(name_of);
        pods.collect::<Vec<_>>()
    };
    let mut reasons = Vec::new();
    for (fate, what, allow) in [
        (Fate::EmptyDir, "would lose what they keep in emptyDir volumes", "deleteEmptyDirData"),
        (Fate::Unmanaged, "would not be made again by anybody", "force"),
    ] {
        let pods = against(fate);
        if fate::forbids(fate) && !pods.is_empty() {
            reasons.push(format!("{} {what}; allow it with {allow}", some(&pods)));
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    Err(Error::Conflict { code: "unfit", message: format!("{}: {done}", reasons.join("; ")), status: None })
}

fn name_of(pod: &Value) -> String {
    let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default();
    format!("{}/{}", text("namespace"), text("name"))
}

/// `a, b and 3 more`
fn some(names: &[String]) -> String {
    let first = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

fn target_of(pod: &Value) -> Target {
    let text = |field: &str| pod["metadata"][field].as_str().map(str::to_owned);
    Target {
        kind: known("pods"),
        namespace: text("namespace"),
        name: text("name").unwrap_or_default(),
        uid: text("uid"),
        resource_version: None,
    }
}

impl Going {
    fn say(&self, pod: &Value, state: DrainState, reason: Option<String>, blocked_by: Option<String>) {
        let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default().to_owned();
        let told = DrainedPod { namespace: text("namespace"), name: text("name"), state, reason, blocked_by };
        (self.drain.progress)(told);
    }

    /// Tells the pod's fate, and whether it is to go.
    fn first_word(&self, pod: &Value, leave: Leave) -> bool {
        let fate = fate::of(pod, leave);
        let reason = match fate {
            Fate::DaemonSet => Some("its DaemonSet would put it back"),
            Fate::Mirror => Some("the kubelet makes it from a file on the node"),
            _ => None,
        };
        let goes = fate::goes(fate);
        let state = if goes { DrainState::Waiting } else { DrainState::Skipped };
        self.say(pod, state, reason.map(str::to_owned), None);
        goes
    }

    async fn one(&self, pod: &Value) {
        let end = match self.evict(pod).await {
            Ok(()) => self.wait_until_gone(pod).await,
            Err(error) => {
                let blocked = matches!(error, Error::Conflict { code: "disruption_budget" | "busy", .. });
                let state = match (&error, blocked) {
                    (Error::Conflict { code: "cancelled", .. }, _) => DrainState::Waiting,
                    (_, true) => DrainState::Blocked,
                    _ => DrainState::Failed,
                };
                let message = error.to_string();
                let budget = super::super::perform::budget_named(&message);
                self.say(pod, state, Some(message.clone()), budget);
                End::Left(message)
            }
        };
        self.ends.lock().insert(name_of(pod), end);
    }

    /// One act on the record, however often the budget is asked.
    async fn evict(&self, pod: &Value) -> Result<(), Error> {
        if let Some(why) = self.drain.stopped() {
            return Err(not_evicted(why));
        }
        let Drain { app, context, scene, action, .. } = &self.drain;
        let target = target_of(pod);
        let grace = match action {
            Action::Drain { grace_period_seconds, .. } => *grace_period_seconds,
            _ => None,
        };
        let evict = Action::Evict { grace_period_seconds: grace };
        let wanted =
            Wanted { action: &evict, object: pod, version: None, now: app.clock.now(), revision: None, scale: None };
        let change = plan::plan(&wanted).map_err(|reason| Error::invalid("action_invalid", reason))?.change;
        let row = periscope_audit::Target {
            namespace: target.namespace.clone(),
            name: Some(target.name.clone()),
            subresource: Some("eviction".to_owned()),
            ..Act::target(&scene.cluster, &target.kind, "v1")
        };
        let needed = Permission {
            subresource: Some("eviction".to_owned()),
            ..Permission::on("create", &target.kind, target.namespace.as_deref())
        };
        let act = Act::new(&scene.cluster, Verb::Evict, row, &scene.trace)
            .needing([needed])
            .with("drain", self.drain.target.name.clone());
        let asking = Asking {
            scene: scene.clone(),
            target,
            change,
            deadline: self.deadline,
            stop: self.drain.stop.clone(),
            progress: self.drain.progress.clone(),
            gate: self.gate.clone(),
        };
        app.act(context, act, move |hand| asking.ask(hand)).await?.result
    }

    async fn wait_until_gone(&self, pod: &Value) -> End {
        self.say(pod, DrainState::Terminating, None, None);
        let target = target_of(pod);
        let mut stop = self.drain.stop.clone();
        loop {
            if self.is_gone(&target).await {
                self.say(pod, DrainState::Gone, None, None);
                return End::Gone;
            }
            let late = Instant::now() >= self.deadline;
            let why = match self.drain.stopped() {
                _ if late => Some("it was evicted, and is still there at the end of the time".to_owned()),
                Some(stop) => Some(format!("it was evicted, and not waited for: {}", stop.because())),
                None => None,
            };
            if let Some(why) = why {
                self.say(pod, DrainState::Terminating, Some(why.clone()), None);
                return End::Left(why);
            }
            pause(LOOK_EVERY, &mut stop).await;
        }
    }

    async fn is_gone(&self, target: &Target) -> bool {
        let _place = self.gate.acquire().await;
        let scene = &self.drain.scene;
        let Ok(resource) = scene.cluster.resource_type(&target.kind).await else { return false };
        let identity = scene.identity();
        // Not over the traced connection: looking whether it is done is no part of doing it.
        let Ok(connection) = scene.cluster.connection() else { return false };
        match connection.read(&identity, &place(&resource, target, None)).await {
            Err(Upstream::NotFound { .. }) => true,
            Ok(json) => serde_json::from_slice::<Value>(&json)
                .is_ok_and(|pod| pod["metadata"]["uid"].as_str() != target.uid.as_deref()),
            Err(_) => false,
        }
    }

    fn outcome(self, told: &mut Drained) -> Result<Performed, Error> {
        let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, end) in self.ends.into_inner() {
            match end {
                End::Gone => told.gone.push(name),
                End::Left(reason) => {
                    reasons.entry(reason).or_default().push(name.clone());
                    told.left.push(name);
                }
            }
        }
        let (gone, all) = (told.gone.len(), told.gone.len() + told.left.len());
        let pods = plural_of(all as u64, "pod");
        if told.left.is_empty() {
            let message = if all == 0 {
                "cordoned; there was nothing to evict".to_owned()
            } else {
                format!("{all} {pods} evicted and gone")
            };
            return Ok(Performed { message: Some(message), created: None });
        }
        let why: Vec<String> = reasons.iter().map(|(reason, names)| format!("{}: {reason}", some(names))).collect();
        let message = format!("{gone} of {all} {pods} gone; left: {}", why.join("; "));
        let code = if self.drain.stopped().is_some() { "cancelled" } else { "drain_incomplete" };
        Err(Error::Conflict { code, message, status: None })
    }
}

/// Asks for one eviction until it is granted, refused for good, or nobody waits for it any more.
struct Asking {
    scene: Scene,
    target: Target,
    change: Change,
    deadline: Instant,
    stop: watch::Receiver<Option<Stop>>,
    progress: Progress,
    /// Held while a request is under way, and not while a budget is waited for: the others must not wait with it.
    gate: Arc<Semaphore>,
}

impl Asking {
    async fn ask(mut self, hand: Hand) -> Result<(), Error> {
        self.scene.connection = hand.connection;
        let resource = self.scene.resource(&self.target).await?;
        self.say(DrainState::Evicting, None, None);
        loop {
            let taken = self.gate.acquire().await;
            let sent = self.scene.try_send(&resource, &self.target, &self.change, Effect::Real).await;
            drop(taken);
            let error = match sent {
                // Somebody was quicker; and another pod of the same name is another pod.
                Ok(()) | Err(Upstream::NotFound { .. } | Upstream::Server { status: 409, .. }) => return Ok(()),
                Err(error) => error,
            };
            let refusal = self.scene.refusal(&error, &self.target);
            let Upstream::Busy { retry_after, .. } = error else { return Err(refusal) };
            self.say(DrainState::Blocked, Some(refusal.to_string()), budget_in(&error));
            if Instant::now() >= self.deadline {
                return Err(refusal);
            }
            pause(retry_after.max(LOOK_EVERY).min(AGAIN), &mut self.stop).await;
            let stopped = *self.stop.borrow();
            if let Some(why) = stopped {
                return Err(not_evicted(why));
            }
        }
    }

    fn say(&self, state: DrainState, reason: Option<String>, blocked_by: Option<String>) {
        let namespace = self.target.namespace.clone().unwrap_or_default();
        (self.progress)(DrainedPod { namespace, name: self.target.name.clone(), state, reason, blocked_by });
    }
}

fn not_evicted(why: Stop) -> Error {
    Error::Conflict { code: "cancelled", message: format!("not evicted: {}", why.because()), status: None }
}

/// Sleeps, or until the drain is stopped.
async fn pause(time: Duration, stop: &mut watch::Receiver<Option<Stop>>) {
    let stopped = stop.wait_for(Option::is_some);
    // The time is over, somebody stopped it, or nobody can any more: all the same here.
    drop(tokio::time::timeout(time, stopped).await);
}
