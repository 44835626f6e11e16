//! Whether a workload is where its spec wants it, on its way there, or stuck.

use periscope_model::Tone;

use super::{DaemonSet, Deployment, ReplicaSet, Replicated, StatefulSet};
use crate::judge::{Class, Verdict};
use crate::rows::Meta;

/// A rollout without a deadline of its own counts as stuck after this long.
const STUCK_AFTER: i64 = 600;
/// Pods may take this long to become available before a missing one is a warning.
const SETTLING: i64 = 120;

pub(super) fn deployment(deployment: &Deployment, meta: &Meta, now: i64) -> Verdict {
    let condition = |kind: &str| deployment.conditions.iter().find(|one| &*one.kind == kind);
    let replicas = &deployment.replicas;
    if let Some(progress) =
        condition("Progressing").filter(|one| &*one.reason == "ProgressDeadlineExceeded" && !one.is_true())
    {
        return Verdict::new("Stuck", Class::Failing).since(progress.changed).note(progress.message.clone());
    }
    if let Some(failure) = condition("ReplicaFailure").filter(|one| one.is_true()) {
        return Verdict::new("ReplicaFailure", Class::Failing).since(failure.changed).note(failure.message.clone());
    }
    if let Some(verdict) = deleted(meta, now) {
        return verdict;
    }
    let rolling = !replicas.observed || replicas.updated < replicas.desired || replicas.current > replicas.updated;
    if rolling && deployment.paused {
        return Verdict::new("Paused", Class::Ok).tone(Tone::Notice);
    }
    if rolling {
        // Kubernetes' own deadline (10 minutes by default) says when it is stuck.
        let began = condition("Progressing").and_then(|one| one.updated.or(one.changed)).or(replicas.rollout_began);
        return Verdict::new("Progressing", Class::Pending).tone(Tone::Notice).since(began);
    }
    unavailable(replicas, condition("Available").and_then(|one| one.changed).or(meta.created), now)
}

pub(super) fn stateful_set(set: &StatefulSet, meta: &Meta, now: i64) -> Verdict {
    if let Some(verdict) = deleted(meta, now) {
        return verdict;
    }
    let replicas = &set.replicas;
    // Below the partition the old template stays, on purpose.
    let wanted = replicas.desired.saturating_sub(set.partition);
    let rolling = !set.on_delete && set.current_revision != set.update_revision && replicas.updated < wanted;
    rollout(replicas, rolling || !replicas.observed, meta, now)
}

pub(super) fn daemon_set(set: &DaemonSet, meta: &Meta, now: i64) -> Verdict {
    if let Some(verdict) = deleted(meta, now) {
        return verdict;
    }
    let replicas = &set.replicas;
    let rolling = !set.on_delete && replicas.updated < replicas.desired;
    rollout(replicas, rolling || !replicas.observed, meta, now)
}

pub(super) fn replica_set(set: &ReplicaSet, meta: &Meta, now: i64) -> Verdict {
    if set.replicas.desired == 0 && set.replicas.current == 0 {
        return Verdict::new("Inactive", Class::Neutral);
    }
    deleted(meta, now).unwrap_or_else(|| unavailable(&set.replicas, meta.created, now))
}

/// A rollout without conditions: it is judged from when it began, never from when the object was made.
fn rollout(replicas: &Replicated, rolling: bool, meta: &Meta, now: i64) -> Verdict {
    if !rolling {
        return unavailable(replicas, replicas.rollout_began.or(meta.created), now);
    }
    let verdict = Verdict::new("Progressing", Class::Pending).tone(Tone::Notice).since(replicas.rollout_began);
    match replicas.rollout_began {
        Some(began) if now >= began + STUCK_AFTER => Verdict::new("Stuck", Class::Failing)
            .since(Some(began))
            .note(format!("{} of {} pods are updated", replicas.updated, replicas.desired)),
        Some(began) => verdict.then(began + STUCK_AFTER, now, Tone::Danger),
        None => verdict,
    }
}

fn unavailable(replicas: &Replicated, since: Option<i64>, now: i64) -> Verdict {
    let missing = replicas.desired.saturating_sub(replicas.available.min(replicas.ready));
    if replicas.desired == 0 {
        return Verdict::new("Scaled to 0", Class::Neutral);
    }
    if missing == 0 {
        return Verdict::new("Available", Class::Ok).since(since);
    }
    let note = format!("{missing} of {} pods not available", replicas.desired);
    let settled = since.unwrap_or(now) + SETTLING;
    if missing == replicas.desired {
        let verdict = Verdict::new("Unavailable", Class::Failing).tone(Tone::Warning).note(note);
        return verdict.since(since).then(settled, now, Tone::Danger);
    }
    // Nothing in the object says since when some of its pods are missing; that it was made long ago does not.
    Verdict::new("Degraded", Class::Pending).tone(Tone::Notice).note(note).then(settled, now, Tone::Warning)
}

fn deleted(meta: &Meta, now: i64) -> Option<Verdict> {
    let deadline = meta.deleting?;
    Some(Verdict::new("Terminating", Class::Terminating).since(Some(deadline)).then(
        deadline + STUCK_AFTER,
        now,
        Tone::Warning,
    ))
}

#[cfg(test)]
mod tests {
    use crate::judge::Class;
    use crate::testing;

    const NOW: i64 = 1_795_515_546;

    fn class(kind: &str, spec: &str, status: &str) -> (String, Class) {
        let json = format!(
            r#"{{"metadata":{{"name":"w","namespace":"n","generation":4,"creationTimestamp":"2025-01-01T00:00:00Z",
            "managedFields":[{{"manager":"kubectl","operation":"Update","time":"2026-11-24T10:10:00Z"}}]}},"spec":{spec},"status":{status}}}"#
        );
        let row = testing::row_at(kind, &json, NOW);
        (row.status().to_owned(), row.class())
    }

    #[test]
    fn a_deployment_past_its_deadline_is_stuck_at_once() {
        let status = r#"{"observedGeneration":4,"replicas":3,"updatedReplicas":1,"readyReplicas":2,"availableReplicas":2,
            "conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"too long"}]}"#;
        assert_eq!(class("deployments.apps", r#"{"replicas":3}"#, status), ("Stuck".into(), Class::Failing));
        let rolling =
            r#"{"observedGeneration":4,"replicas":4,"updatedReplicas":1,"readyReplicas":3,"availableReplicas":3}"#;
        assert_eq!(class("deployments.apps", r#"{"replicas":3}"#, rolling), ("Progressing".into(), Class::Pending));
        assert_eq!(class("deployments.apps", r#"{"replicas":3,"paused":true}"#, rolling).0, "Paused");
    }

    #[test]
    fn an_old_stateful_set_is_not_stuck_at_the_first_second_of_a_rollout() {
        let status = r#"{"observedGeneration":4,"replicas":3,"updatedReplicas":1,"readyReplicas":3,"availableReplicas":3,
            "currentRevision":"a","updateRevision":"b"}"#;
        assert_eq!(class("statefulsets.apps", r#"{"replicas":3}"#, status), ("Progressing".into(), Class::Pending));
        let partition = r#"{"replicas":3,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":2}}}"#;
        assert_eq!(class("statefulsets.apps", partition, status), ("Available".into(), Class::Ok));
        let on_delete = r#"{"replicas":3,"updateStrategy":{"type":"OnDelete"}}"#;
        assert_eq!(class("statefulsets.apps", on_delete, status), ("Available".into(), Class::Ok));
    }

    #[test]
    fn nothing_wanted_is_nothing_wrong() {
        assert_eq!(class("deployments.apps", r#"{"replicas":0}"#, r#"{"observedGeneration":4}"#).1, Class::Neutral);
        assert_eq!(class("replicasets.apps", r#"{"replicas":0}"#, r#"{"observedGeneration":4}"#).0, "Inactive");
        let none = r#"{"observedGeneration":4,"replicas":2,"updatedReplicas":2}"#;
        assert_eq!(class("deployments.apps", r#"{"replicas":2}"#, none), ("Unavailable".into(), Class::Failing));
    }
}
