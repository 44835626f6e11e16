//! What an action would do, before it is done: read and dry-run as the human. Nothing of it is recorded, because
//! nothing is changed and nothing shown that a read would not show (docs/decisions/0008).

use std::collections::BTreeSet;

use futures::StreamExt;
use futures::stream;
use jiff::Timestamp;
use periscope_cluster::Effect;
use periscope_model::{ClusterId, KindId, Tone};

use super::action::Action;
use super::around::Surroundings;
use super::diff;
use super::drain::plan_of_node;
use super::perform::{Planned, needs};
use super::plan::Change;
use super::scene::Scene;
use super::shapes::{ActionPreview, ActionRequest, DrainPlan, DryRun, Notice, Target, TargetPreview};
use super::warnings::{self, Subject};
use super::{check_targets, confirm_name, kubectl};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

/// Objects looked at at once.
const AT_ONCE: usize = 8;
/// Dry runs of one preview; a selection is mostly alike.
const MAX_DRY_RUNS: usize = 50;

impl App {
    pub async fn preview(
        &self,
        context: &Context,
        cluster: &ClusterId,
        asked: ActionRequest,
    ) -> Result<ActionPreview, Error> {
        let ActionRequest { action, targets, .. } = asked;
        check_targets(&action, &targets)?;
        let scene = Scene::of(self, context, cluster)?;
        let preview = Preview { app: self, scene: &scene, action: &action, now: self.clock.now() };
        let mut warnings = Vec::new();
        let around = Surroundings::of(&scene, &action, &targets).await;
        warnings.extend(around.unseen());
        let mut looks = Vec::with_capacity(targets.len());
        for (at, target) in targets.iter().enumerate() {
            looks.push(preview.target(target, &around, at < MAX_DRY_RUNS));
        }
        let looked: Vec<TargetPreview> = stream::iter(looks).buffered(AT_ONCE).collect().await;
        if targets.len() > MAX_DRY_RUNS {
            let text = format!("the API server was asked beforehand about the first {MAX_DRY_RUNS} only");
            warnings.push(Notice::new("dry_runs", Tone::Neutral, text));
        }
        let drain = match action {
            Action::Drain { .. } => Some(preview.drain(&targets).await?),
            _ => None,
        };
        let kinds: Vec<&KindId> = targets.iter().map(|target| &target.kind).collect();
        Ok(ActionPreview {
            verb: action.verb().name().to_owned(),
            summary: action.summary(&kinds),
            confirm_name: confirm_name(&scene.cluster, &action, &targets),
            targets: looked,
            warnings,
            drain,
        })
    }
}

struct Preview<'a> {
    app: &'a App,
    scene: &'a Scene,
    action: &'a Action,
    now: Timestamp,
}

impl Preview<'_> {
    async fn target(&self, target: &Target, around: &Surroundings, dry_run: bool) -> TargetPreview {
        let mut told = self.untold(target, "");
        match self.scene.planned(self.action, target, self.now).await {
            Ok(planned) => self.tell(&mut told, planned, around, dry_run).await,
            Err(Error::NotFound { what }) => told.reason = Some(format!("{what} does not exist")),
            Err(error) => {
                told.found = !matches!(error, Error::Invalid { .. } | Error::UnknownKind { .. });
                told.reason = Some(error.to_string());
                if let Error::Refused { needs, .. } = error {
                    told.needs = needs;
                }
            }
        }
        told
    }

    fn untold(&self, target: &Target, job: &str) -> TargetPreview {
        TargetPreview {
            target: target.clone(),
            found: false,
            allowed: false,
            needs: Vec::new(),
            reason: None,
            change: None,
            diff: None,
            warnings: Vec::new(),
            dry_run: None,
            kubectl: kubectl::line(self.action, &self.scene.place(target), job),
        }
    }

    async fn tell(&self, told: &mut TargetPreview, planned: Planned, around: &Surroundings, dry_run: bool) {
        let Planned { resource, object, plan } = planned;
        let text = |field: &str| object["metadata"][field].as_str().map(str::to_owned);
        told.found = true;
        told.target.uid = text("uid");
        told.target.resource_version = text("resourceVersion");
        let cluster = &self.scene.cluster.spec.id;
        let subject = Subject { cluster, kind: &told.target.kind, action: self.action, object: &object };
        told.warnings = warnings::of(&subject, &around.near(&subject));
        told.warnings.extend(around.content(&told.target));
        self.permissions(told).await;
        let plan = match plan {
            Ok(plan) => plan,
            Err(reason) => {
                told.allowed = false;
                told.reason = told.reason.take().or(Some(reason));
                return;
            }
        };
        if let Change::Job { object } = &plan.change {
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            told.kubectl = kubectl::line(self.action, &self.scene.place(&told.target), name);
        }
        told.change = plan.told;
        told.diff = plan.after.and_then(|after| diff::of_objects(&told.target.kind, &object, &after));
        if dry_run && told.allowed {
            let tried = self.scene.send(&resource, &told.target, &plan.change, Effect::DryRun).await;
            told.dry_run = Some(match tried {
                Ok(()) => DryRun { accepted: true, message: None },
                Err(error) => DryRun { accepted: false, message: Some(error.to_string()) },
            });
        }
    }

    /// One question for all objects of a namespace where that is allowed, else one for this object.
    async fn permissions(&self, told: &mut TargetPreview) {
        told.allowed = true;
        for needed in needs(self.action, &told.target) {
            let any = periscope_model::Permission { name: None, ..needed.clone() };
            let (cluster, actor) = (&self.scene.cluster, &self.scene.actor);
            let verdicts = &self.app.verdicts;
            if verdicts.ask(cluster, actor, &any).await.allowed {
                continue;
            }
            let verdict = verdicts.ask(cluster, actor, &needed).await;
            if !verdict.allowed {
                told.allowed = false;
                told.reason = told.reason.take().or_else(|| verdict.refusal_or_doubt(&needed));
                told.needs.push(needed);
            }
        }
    }

    async fn drain(&self, targets: &[Target]) -> Result<DrainPlan, Error> {
        let mut plan = DrainPlan::default();
        let mut seen = BTreeSet::new();
        for target in targets.iter().filter(|target| seen.insert(target.name.clone())) {
            plan.pods.extend(plan_of_node(self.scene, self.action, &target.name).await?);
        }
        Ok(plan)
    }
}
