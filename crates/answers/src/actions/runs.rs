//! Actions under way and those that ended within the last hour: in memory, each person's own.
//!
//! What was done is in the record; this is for whoever watches. At most 100 for each person: the oldest ended one goes.
//!
//! A run goes on as long as what it was begun with lets its person in as who they were: a sign-out, a revocation or a group
//! that was taken away stops it as it ends a stream.

mod go;
mod live;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use parking_lot::Mutex;
use periscope_model::{ClusterId, KindId, Person};
use serde::Serialize;
use tokio::sync::watch;

use super::action::Action;
use super::scene::Scene;
use super::shapes::{ActionRequest, ActionResult, ActionRun, DrainProgress, ResultState, RunState};
use super::{check_confirmed, check_targets};
use crate::app::App;
use crate::context::{Context, StillIn};
use crate::error::Error;

const KEPT_FOR: SignedDuration = SignedDuration::from_hours(1);
const MAX_RUNS: usize = 100;
/// Runs under way of one person.
const MAX_GOING: usize = 20;
/// How long a request waits for its run; the caller follows what takes longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// A drain is for watching: nobody learns anything by waiting for it.
const DRAIN_PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RunList {
    /// The newest first.
    pub runs: Vec<ActionRun>,
}

pub(super) struct Run {
    owner: Arc<Person>,
    pub(super) state: watch::Sender<ActionRun>,
    /// Why nothing more is begun, once that is so.
    pub(super) stop: watch::Sender<Option<Stop>>,
}

/// Why a run begins nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Whoever began it stopped it.
    Asked,
    /// Whoever began it is not let in any more, or is somebody else by their groups.
    TurnedOut,
}

impl Stop {
    /// Of what was not done for it.
    pub(super) fn because(self) -> &'static str {
        match self {
            Self::Asked => "it was stopped",
            Self::TurnedOut => "whoever began it is no longer signed in, or no longer with the same groups",
        }
    }
}

#[derive(Default)]
pub(crate) struct Runs(Mutex<Vec<Arc<Run>>>);

impl Run {
    fn id(&self) -> String {
        self.state.borrow().id.clone()
    }

    fn is_going(&self) -> bool {
        self.state.borrow().state == RunState::Running
    }

    /// The first reason counts.
    fn stop(&self, why: Stop) {
        self.stop.send_if_modified(|stop| stop.is_none() && stop.replace(why).is_none());
    }

    fn is_of(&self, person: &Person) -> bool {
        self.owner.issuer == person.issuer && self.owner.subject == person.subject
    }
}

impl Runs {
    fn keep(&self, run: Arc<Run>, now: jiff::Timestamp) -> Result<(), Error> {
        let mut runs = self.0.lock();
        let fresh = |run: &Run| run.state.borrow().finished_at.is_none_or(|at| now.duration_since(at) < KEPT_FOR);
        runs.retain(|run| fresh(run));
        let own = |one: &Arc<Run>| one.is_of(&run.owner);
        if runs.iter().filter(|one| own(one) && one.is_going()).count() >= MAX_GOING {
            let message = format!("you have {MAX_GOING} actions under way; wait for one to end, or stop one");
            return Err(Error::Conflict { code: "runs_full", message, status: None });
        }
        if runs.iter().filter(|one| own(one)).count() >= MAX_RUNS
            && let Some(oldest) = runs.iter().position(|one| own(one) && !one.is_going())
        {
            runs.remove(oldest);
        }
        runs.push(run);
        Ok(())
    }

    fn forget(&self, run: &Arc<Run>) {
        self.0.lock().retain(|one| !Arc::ptr_eq(one, run));
    }

    fn of(&self, person: &Person) -> Vec<Arc<Run>> {
        self.0.lock().iter().rev().filter(|run| run.is_of(person)).cloned().collect()
    }

    fn find(&self, person: &Person, id: &str) -> Result<Arc<Run>, Error> {
        let shown: String = id.chars().take(80).collect();
        let missing = || Error::NotFound { what: format!("the run {shown:?}") };
        self.of(person).into_iter().find(|run| run.id() == id).ok_or_else(missing)
    }
}

impl App {
    /// Begins; returns when it ended, or after ten seconds (a drain: one) with what is done until then. It goes on while
    /// whoever asked is `still_in`.
    pub async fn start_action(
        self: &Arc<Self>,
        context: &Context,
        cluster: &ClusterId,
        asked: ActionRequest,
        still_in: StillIn,
    ) -> Result<ActionRun, Error> {
        let ActionRequest { action, targets, confirm } = asked;
        check_targets(&action, &targets)?;
        let scene = match Scene::of(self, context, cluster) {
            Err(refusal @ Error::NotAdmitted { .. }) => {
                let target = at_the_door(cluster, &targets);
                self.note_refusal(context, action.verb(), target, &refusal).await;
                return Err(refusal);
            }
            scene => scene?,
        };
        check_confirmed(&scene.cluster, &action, &targets, confirm.as_deref())?;
        let patience = if matches!(action, Action::Drain { .. }) { DRAIN_PATIENCE } else { PATIENCE };
        let kinds: Vec<&KindId> = targets.iter().map(|target| &target.kind).collect();
        let state = ActionRun {
            id: context.request_id.to_string(),
            cluster: cluster.clone(),
            verb: action.verb().name().to_owned(),
            summary: action.summary(&kinds),
            started_by: context.person.display.clone(),
            started_at: self.clock.now(),
            finished_at: None,
            state: RunState::Running,
            done: 0,
            total: targets.len(),
            results: targets.into_iter().map(waiting).collect(),
            drain: matches!(action, Action::Drain { .. }).then(DrainProgress::default),
            action,
        };
        let owner = context.person.clone();
        let run = Arc::new(Run { owner, state: watch::channel(state).0, stop: watch::channel(None).0 });
        self.runs.keep(run.clone(), self.clock.now())?;
        // In a task of its own: whoever asked may hang up.
        tokio::spawn(go::go(self.clone(), context.clone(), scene, run.clone(), still_in));
        let mut state = run.state.subscribe();
        let ended = state.wait_for(|state| state.state != RunState::Running);
        drop(tokio::time::timeout(patience, ended).await);
        let state = run.state.borrow().clone();
        self.unless_unrecorded(&run, state)
    }

    /// When nothing could be recorded, nothing was done: that is an error of the request, and no run.
    fn unless_unrecorded(&self, run: &Arc<Run>, state: ActionRun) -> Result<ActionRun, Error> {
        let unrecorded = |result: &ActionResult| result.code.as_deref() == Some("not_recorded");
        if state.state == RunState::Running || !state.results.iter().all(unrecorded) {
            return Ok(state);
        }
        self.runs.forget(run);
        let reason = state.results.first().and_then(|result| result.message.clone()).unwrap_or_default();
        Err(Error::NotRecorded { reason })
    }

    pub fn runs(&self, context: &Context) -> RunList {
        RunList { runs: self.runs.of(&context.person).iter().map(|run| run.state.borrow().clone()).collect() }
    }

    pub fn run(&self, context: &Context, id: &str) -> Result<ActionRun, Error> {
        Ok(self.runs.find(&context.person, id)?.state.borrow().clone())
    }

    /// Nothing new is begun from now on; what was sent already happens.
    pub fn cancel_run(&self, context: &Context, id: &str) -> Result<(), Error> {
        self.runs.find(&context.person, id)?.stop(Stop::Asked);
        Ok(())
    }
}

/// What somebody who is not admitted wanted to act on: the object, or the kind of the first of several.
fn at_the_door(cluster: &ClusterId, targets: &[super::shapes::Target]) -> periscope_audit::Target {
    let Some(first) = targets.first() else { return periscope_audit::Target::default() };
    periscope_audit::Target {
        cluster: cluster.to_string(),
        group: first.kind.group().to_owned(),
        resource: first.kind.resource().to_owned(),
        namespace: first.namespace.clone(),
        name: (targets.len() == 1).then(|| first.name.clone()),
        ..periscope_audit::Target::default()
    }
}

fn waiting(target: super::shapes::Target) -> ActionResult {
    let (message, code, needs) = (None, None, Vec::new());
    ActionResult { target, state: ResultState::Waiting, message, code, needs, created: None, audit: None }
}
