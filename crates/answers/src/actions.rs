//! What people do to objects: previewed first, then done on the record, one object or many.
//!
//! `plan` makes of an object and an action the one request that changes it, `perform` sends it as the human, `runs` does it
//! for each object of a selection through [`App::act`](crate::act), `preview` tells beforehand what would happen.

mod action;
mod around;
mod diff;
mod drain;
mod kubectl;
mod perform;
mod plan;
mod preview;
mod revisions;
mod runs;
mod scene;
mod shapes;
mod warnings;

use std::collections::HashSet;

pub use action::{Action, Cascade};
pub use revisions::{RevisionItem, RevisionList};
pub use runs::RunList;
pub(crate) use runs::Runs;
pub use shapes::{
    ActionPreview, ActionRequest, ActionResult, ActionRun, DrainPlan, DrainProgress, DrainState, DrainedPod, DryRun,
    Fate, Notice, PlannedPod, RecordedAt, ResultState, RunState, Target, TargetPreview,
};

use crate::clusters::{Cluster, Environment};
use crate::error::Error;

/// Objects of one action.
pub(crate) const MAX_TARGETS: usize = 500;

/// Refuses what cannot be meant.
fn check_targets(action: &Action, targets: &[Target]) -> Result<(), Error> {
    action.check()?;
    if targets.is_empty() || targets.len() > MAX_TARGETS {
        let message = format!("name 1 to {MAX_TARGETS} objects, not {}", targets.len());
        return Err(Error::invalid("targets_invalid", message));
    }
    let mut seen = HashSet::new();
    for target in targets {
        if !action.takes(&target.kind) {
            let message = format!("{} cannot be done to {}", action.verb().name(), target.kind);
            return Err(Error::invalid("kind_invalid", message));
        }
        if !seen.insert((&target.kind, &target.namespace, &target.name)) {
            let shown: String = target.name.chars().take(80).collect();
            return Err(Error::invalid("targets_invalid", format!("{} {shown:?} is named twice", target.kind)));
        }
    }
    if matches!(action, Action::Trigger { name: Some(_) }) && targets.len() > 1 {
        return Err(Error::invalid("targets_invalid", "several jobs cannot have one name; leave it out"));
    }
    Ok(())
}

/// What has to be typed: the object's name, or the cluster's for several.
fn confirm_name(cluster: &Cluster, action: &Action, targets: &[Target]) -> Option<String> {
    let asks = action.is_grave() && cluster.spec.environment == Environment::Production;
    asks.then(|| match targets {
        [one] => one.name.clone(),
        _ => cluster.spec.name.clone(),
    })
}

fn check_confirmed(cluster: &Cluster, action: &Action, targets: &[Target], given: Option<&str>) -> Result<(), Error> {
    match confirm_name(cluster, action, targets) {
        Some(name) if given != Some(&*name) => Err(Error::Conflict {
            code: "confirm_required",
            message: format!(
                "{} is production: to {} there, confirm with {name:?}",
                cluster.spec.name,
                action.verb().name()
            ),
            status: None,
        }),
        _ => Ok(()),
    }
}
