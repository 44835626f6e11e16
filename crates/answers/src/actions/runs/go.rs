//! One run, object by object.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use periscope_model::Permission;

use super::super::action::Action;
use super::super::drain::{Drain, Drained};
use super::super::perform::{Performed, needs};
use super::super::scene::Scene;
use super::super::shapes::{ActionResult, DrainedPod, ResultState, RunState, Target};
use super::{Run, Stop};
use crate::act::{Act, Acted};
use crate::app::App;
use crate::context::{Context, StillIn};
use crate::error::Error;

/// Objects acted on at a time. Nodes are drained one after the other: budgets are for both.
const AT_ONCE: usize = 8;
/// Pods named in the record's row of a drain.
const MAX_RECORDED: usize = 100;
/// How often it is asked whether whoever began a run is still let in: with how long sessions are believed, within ten seconds.
const LOOK_EVERY: Duration = Duration::from_secs(3);

pub(super) async fn go(app: Arc<App>, context: Context, scene: Scene, run: Arc<Run>, still_in: StillIn) {
    let (action, targets) = {
        let state = run.state.borrow();
        (state.action.clone(), state.results.iter().map(|result| result.target.clone()).collect::<Vec<_>>())
    };
    let at_once = if matches!(action, Action::Drain { .. }) { 1 } else { AT_ONCE };
    let one = One { app, context, scene, run, action };
    let work = stream::iter(targets.iter().enumerate()).for_each_concurrent(at_once, |(at, target)| one.go(at, target));
    let mut work = std::pin::pin!(work);
    tokio::select! {
        () = &mut work => {}
        () = turned_out(&still_in) => {
            one.run.stop(Stop::TurnedOut);
            // What was sent already happens, and is told.
            work.await;
        }
    }
    let now = one.app.clock.now();
    one.run.state.send_modify(|state| {
        let stopped = state.results.iter().any(|result| result.state == ResultState::Cancelled);
        state.state = if stopped { RunState::Cancelled } else { RunState::Done };
        state.finished_at = Some(now);
    });
}

struct One {
    app: Arc<App>,
    context: Context,
    scene: Scene,
    run: Arc<Run>,
    action: Action,
}

impl One {
    async fn go(&self, at: usize, target: &Target) {
        let stopped = *self.run.stop.borrow();
        if let Some(why) = stopped {
            self.leave(at, target, why).await;
            return;
        }
        self.run.state.send_modify(|state| state.results[at].state = ResultState::Running);
        let acted = self.act(target).await;
        self.end(at, |result| tell(result, acted));
    }

    /// Not begun. That somebody who is out may not go on is a refusal, and on the record as one.
    async fn leave(&self, at: usize, target: &Target, why: Stop) {
        let message = format!("not begun: {}", why.because());
        if why == Stop::TurnedOut {
            let resource = self.scene.resource(target).await;
            let version = resource.as_ref().map_or("", |resource| &*resource.version);
            let refusal = Error::Refused { message: message.clone(), needs: Vec::new() };
            self.app.note_refusal(&self.context, self.action.verb(), self.row(target, version), &refusal).await;
        }
        self.end(at, |result| {
            result.state = ResultState::Cancelled;
            result.message = Some(message);
        });
    }

    fn end(&self, at: usize, edit: impl FnOnce(&mut ActionResult)) {
        self.run.state.send_modify(|state| {
            edit(&mut state.results[at]);
            state.done += 1;
        });
    }

    async fn act(&self, target: &Target) -> Result<Acted<Performed>, Error> {
        let resource = self.scene.resource(target).await?;
        // One question for all objects of a namespace. Who may act on one object only by its name is asked about by it.
        let needed = needs(&self.action, target);
        let any = needed.iter().map(|needed| Permission { name: None, ..needed.clone() });
        let mut asked = Vec::new();
        for (any, named) in any.zip(needed.iter()) {
            let verdict = self.app.verdicts.ask(&self.scene.cluster, &self.scene.actor, &any).await;
            asked.push(if verdict.allowed { any } else { named.clone() });
        }
        let row = self.row(target, &resource.version);
        let mut act = Act::new(&self.scene.cluster, self.action.verb(), row, &self.scene.trace).needing(asked);
        act.extra = recorded(&self.action);
        let (scene, action, target) = (self.scene.clone(), self.action.clone(), target.clone());
        let (app, context, run) = (self.app.clone(), self.context.clone(), self.run.clone());
        let done = self.app.act(&self.context, act, move |hand| async move {
            let scene = Scene { connection: hand.connection.clone(), ..scene };
            if !matches!(action, Action::Drain { .. }) {
                return scene.perform(&action, &target, app.clock.now()).await;
            }
            let stop = run.stop.subscribe();
            let progress = Arc::new(move |pod| follow(&run, pod));
            let mut told = Drained::default();
            let drain = Drain { app, context, scene, action, target, progress, stop };
            let drained = drain.run(&mut told).await;
            for (key, mut names) in [("evicted", told.gone), ("left", told.left)] {
                names.truncate(MAX_RECORDED);
                hand.found(key, names);
            }
            drained
        });
        done.await
    }

    /// As the record names the target.
    fn row(&self, target: &Target, version: &str) -> periscope_audit::Target {
        let subresource = match self.action {
            Action::Scale { .. } => Some("scale".to_owned()),
            Action::Evict { .. } => Some("eviction".to_owned()),
            _ => None,
        };
        periscope_audit::Target {
            namespace: target.namespace.clone(),
            name: Some(target.name.clone()),
            subresource,
            ..Act::target(&self.scene.cluster, &target.kind, version)
        }
    }
}

/// Returns when whoever began the run is not let in any more.
async fn turned_out(still_in: &StillIn) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if !still_in().await {
            return;
        }
    }
}

/// What of an action belongs into its row: how it was to be done. The values of annotations do not; their keys do.
fn recorded(action: &Action) -> serde_json::Map<String, serde_json::Value> {
    let mut fields = match serde_json::to_value(action) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    fields.remove("type");
    if matches!(action, Action::Annotate { .. })
        && let Some(set) = fields.get_mut("set")
    {
        let keys: Vec<String> = set.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
        *set = keys.into();
    }
    fields
}

fn follow(run: &Run, pod: DrainedPod) {
    run.state.send_modify(|state| {
        let pods = &mut state.drain.get_or_insert_default().pods;
        match pods.iter_mut().find(|known| known.namespace == pod.namespace && known.name == pod.name) {
            Some(known) => *known = pod,
            None => pods.push(pod),
        }
    });
}

fn tell(result: &mut ActionResult, acted: Result<Acted<Performed>, Error>) {
    let Acted { result: ended, row, unrecorded } = match acted {
        Ok(acted) => acted,
        Err(error) => Acted { result: Err(error), row: None, unrecorded: None },
    };
    result.audit = row.map(Into::into);
    match ended {
        Ok(performed) => {
            result.state = ResultState::Success;
            result.message = performed.message;
            result.created = performed.created;
        }
        Err(error) => {
            result.state = match &error {
                Error::Refused { .. } | Error::NotAdmitted { .. } => ResultState::Denied,
                Error::Lost { .. } => ResultState::Unknown,
                Error::Conflict { code: "cancelled", .. } => ResultState::Cancelled,
                _ => ResultState::Failure,
            };
            result.code = Some(error.code().to_owned());
            result.message = Some(error.to_string());
            if let Error::Refused { needs, .. } = error {
                result.needs = needs;
            }
        }
    }
    if let Some(why) = unrecorded {
        let message = result.message.take().map_or_else(String::new, |message| format!("{message}; "));
        result.message = Some(format!("{message}how it ended is not recorded: {why}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_is_out_is_noticed_within_seconds() {
        let looks = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = looks.clone();
        let still_in: StillIn = Arc::new(move || {
            let look = counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Box::pin(std::future::ready(look < 3))
        });
        let began = tokio::time::Instant::now();
        turned_out(&still_in).await;
        assert_eq!((looks.load(std::sync::atomic::Ordering::Relaxed), began.elapsed()), (4, 4 * LOOK_EVERY));
        assert!(LOOK_EVERY <= Duration::from_secs(5), "with what a session is believed, within ten seconds");
    }

    #[test]
    fn the_record_keeps_how_and_not_what_annotations_say() {
        let set = [("note".to_owned(), "canary".to_owned())].into();
        let extra = recorded(&Action::Annotate { set, remove: vec!["old".to_owned()] });
        assert_eq!(serde_json::Value::from(extra), serde_json::json!({"set": ["note"], "remove": ["old"]}));
        let extra = recorded(&Action::Scale { replicas: 3 });
        assert_eq!(serde_json::Value::from(extra), serde_json::json!({"replicas": 3}));
    }
}
