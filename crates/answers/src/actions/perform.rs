//! One action on one object: read as the human, planned, sent.

use jiff::Timestamp;
use periscope_cluster::{Effect, Error as Upstream, Patch, Place};
use periscope_model::{KindId, ObjectRef, Permission, ResourceType};
use serde_json::Value;

use super::action::Action;
use super::plan::{self, Change, Plan, Wanted};
use super::scene::{Scene, place};
use super::shapes::Target;
use crate::error::Error;
use crate::kinds::known;
use crate::objects::describe;

/// How often a change that is right for any version is planned anew, when the object keeps changing.
const TRIES: usize = 5;
const BUDGET: &str = "The disruption budget ";

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Performed {
    pub(super) message: Option<String>,
    pub(super) created: Option<ObjectRef>,
}

/// An object and what is to become of it.
pub(super) struct Planned {
    pub(super) resource: ResourceType,
    pub(super) object: Value,
    /// Or why the object cannot take it.
    pub(super) plan: Result<Plan, String>,
}

/// What the API server will ask its authorisers about.
pub(super) fn needs(action: &Action, target: &Target) -> Vec<Permission> {
    let namespace = target.namespace.as_deref();
    let on = |verb: &str, kind: &KindId, subresource: Option<&str>| Permission {
        subresource: subresource.map(str::to_owned),
        name: Some(target.name.clone()),
        ..Permission::on(verb, kind, namespace)
    };
    match action {
        Action::Scale { .. } => vec![on("patch", &target.kind, Some("scale"))],
        Action::Evict { .. } => vec![on("create", &target.kind, Some("eviction"))],
        Action::Delete { .. } => vec![on("delete", &target.kind, None)],
        Action::Trigger { .. } => vec![Permission::on("create", &known("jobs.batch"), namespace)],
        Action::Drain { .. } => vec![
            on("patch", &target.kind, None),
            // Evictions are asked for one by one, in each pod's own namespace.
            Permission::on("list", &known("pods"), None),
        ],
        _ => vec![on("patch", &target.kind, None)],
    }
}

impl Scene {
    /// Reads what the plan depends on, as the human, and makes it.
    pub(super) async fn planned(&self, action: &Action, target: &Target, now: Timestamp) -> Result<Planned, Error> {
        let resource = self.resource(target).await?;
        let object = self.read(&resource, target, None).await?;
        if let Some(uid) = &target.uid
            && object["metadata"]["uid"] != uid.as_str()
        {
            let message =
                format!("{} is another one than it was: it was deleted and made again", describe(&self.place(target)));
            return Err(Error::Conflict { code: "conflict", message, status: None });
        }
        let scale = match action {
            Action::Scale { .. } => self.scale(&resource, target).await?,
            _ => None,
        };
        let revision = match action {
            Action::Rollback { revision } => self.revision(target, &object, *revision).await?,
            _ => None,
        };
        let live = object["metadata"]["resourceVersion"].as_str();
        let seen = target.resource_version.as_deref().filter(|_| action.is_relative());
        let wanted = Wanted {
            action,
            object: &object,
            version: seen.or(live),
            now,
            revision: revision.as_ref(),
            scale: scale.as_ref(),
        };
        let plan = plan::plan(&wanted);
        Ok(Planned { resource, object, plan })
    }

    /// The kinds that have none answer that it does not exist.
    async fn scale(&self, resource: &ResourceType, target: &Target) -> Result<Option<Value>, Error> {
        match self.read(resource, target, Some("scale")).await {
            Ok(scale) => Ok(Some(scale)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Does it. What is right for any version of the object is planned anew when the object changed meanwhile.
    pub(super) async fn perform(&self, action: &Action, target: &Target, now: Timestamp) -> Result<Performed, Error> {
        let mut tries = 0;
        loop {
            tries += 1;
            let planned = self.planned(action, target, now).await?;
            let plan = planned.plan.map_err(|reason| Error::Conflict {
                code: "unfit",
                message: format!("{}: {reason}", describe(&self.place(target))),
                status: None,
            })?;
            match self.send(&planned.resource, target, &plan.change, Effect::Real).await {
                Err(Error::Conflict { code: "conflict", .. }) if tries < TRIES && !must_be_as_seen(action, target) => {}
                Err(error) => return Err(error),
                Ok(()) => return Ok(Performed { message: plan.told, created: self.created(&plan.change) }),
            }
        }
    }

    fn created(&self, change: &Change) -> Option<ObjectRef> {
        let Change::Job { object } = change else { return None };
        let text = |field: &str| object["metadata"][field].as_str().map(str::to_owned);
        let cluster = self.cluster.spec.id.clone();
        Some(ObjectRef { cluster, kind: known("jobs.batch"), namespace: text("namespace"), name: text("name")? })
    }

    /// Sends the change, or what its dry run takes.
    pub(super) async fn send(
        &self,
        resource: &ResourceType,
        target: &Target,
        change: &Change,
        effect: Effect,
    ) -> Result<(), Error> {
        self.try_send(resource, target, change, effect).await.map_err(|error| self.refusal(&error, target))
    }

    /// The same with the error as it came.
    pub(super) async fn try_send(
        &self,
        resource: &ResourceType,
        target: &Target,
        change: &Change,
        effect: Effect,
    ) -> Result<(), Upstream> {
        let (connection, identity) = (&self.connection, self.identity());
        let sent = match change {
            Change::Patch { subresource, patch } => {
                connection.patch(&identity, &place(resource, target, *subresource), patch, effect).await
            }
            Change::Delete { options } => {
                connection.delete(&identity, &place(resource, target, None), options, effect).await
            }
            Change::Evict { body } => {
                let mut body = body.clone();
                if effect == Effect::DryRun {
                    body["deleteOptions"]["dryRun"] = serde_json::json!(["All"]);
                }
                connection.create(&identity, &place(resource, target, Some("eviction")), &body, effect).await
            }
            Change::Job { object } => {
                let jobs = self.cluster.resource_type(&known("jobs.batch")).await;
                let jobs = jobs.map_err(|error| Upstream::Invalid { what: error.to_string() })?;
                let collection =
                    Place { resource: &jobs, namespace: target.namespace.as_deref(), name: None, subresource: None };
                connection.create(&identity, &collection, object, effect).await
            }
            // Its dry run is that of its first step.
            Change::Drain => {
                let cordon = Patch::Merge(serde_json::json!({"spec": {"unschedulable": true}}));
                connection.patch(&identity, &place(resource, target, None), &cordon, effect).await
            }
        };
        sent.map(drop)
    }

    pub(super) fn refusal(&self, error: &Upstream, target: &Target) -> Error {
        match error {
            Upstream::Busy { message, kubernetes, .. } => Error::Conflict {
                code: if budget_in(error).is_some() { "disruption_budget" } else { "busy" },
                message: budget_message(error).unwrap_or_else(|| message.clone()),
                status: kubernetes.as_deref().cloned(),
            },
            error => self.error(error, target),
        }
    }
}

/// A deletion's and an eviction's only condition is the uid, a job's that its name is free.
fn must_be_as_seen(action: &Action, target: &Target) -> bool {
    let conditional = matches!(action, Action::Delete { .. } | Action::Evict { .. } | Action::Trigger { .. });
    conditional || action.is_relative() && target.resource_version.is_some()
}

fn budget_message(error: &Upstream) -> Option<String> {
    let causes = error.kubernetes()?["details"]["causes"].as_array()?;
    let cause = causes.iter().find(|cause| cause["reason"] == "DisruptionBudget")?;
    Some(cause["message"].as_str()?.chars().take(500).collect())
}

/// The disruption budget that refused an eviction, as the API server's own sentence names it.
pub(super) fn budget_in(error: &Upstream) -> Option<String> {
    budget_named(&budget_message(error)?)
}

/// `The disruption budget web needs 2 healthy pods and has 2 currently`
pub(super) fn budget_named(message: &str) -> Option<String> {
    let (_, rest) = message.split_once(BUDGET)?;
    rest.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_action_needs_what_it_is_sent_as() {
        let target = |kind: &str, namespace: Option<&str>| Target {
            kind: kind.parse().expect("a kind"),
            namespace: namespace.map(str::to_owned),
            name: "a".to_owned(),
            uid: None,
            resource_version: None,
        };
        let told = |action: &Action, target: &Target| {
            needs(action, target).iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        let (deployment, cron, pod) =
            (target("deployments.apps", Some("x")), target("cronjobs.batch", Some("x")), target("pods", Some("x")));
        assert_eq!(
            told(&Action::Scale { replicas: 1 }, &deployment),
            "patch deployments.apps/scale \"a\" in namespace x"
        );
        assert_eq!(told(&Action::Restart {}, &deployment), "patch deployments.apps \"a\" in namespace x");
        assert_eq!(
            told(&Action::Evict { grace_period_seconds: None }, &pod),
            "create pods/eviction \"a\" in namespace x"
        );
        assert_eq!(told(&Action::Trigger { name: None }, &cron), "create jobs.batch in namespace x");
    }

    #[test]
    fn the_budget_is_read_out_of_the_sentence() {
        let message = "The disruption budget web needs 2 healthy pods and has 2 currently";
        assert_eq!(budget_named(message).as_deref(), Some("web"));
        assert_eq!(budget_named("Too many requests"), None);
    }
}
