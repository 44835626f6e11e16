//! What a pod's status means: judged by its present state and recent changes, not by what happened once.

use std::borrow::Cow;

use periscope_model::Tone;

use super::{Pod, PodPhase};
use crate::judge::{Class, Verdict};
use crate::rows::Meta;

/// Kubelet and finalizers get this long after the grace period before a pod counts as stuck.
const STUCK_AFTER: i64 = 60;
/// Pulling an image or waiting for a node may take this long before it deserves a warning.
const PENDING_IS_LONG: i64 = 300;
/// A restart this recent deserves a warning; an older one is history.
const RECENT_RESTART: i64 = 600;
/// A container may take this long to become ready.
const STARTING: i64 = 120;

/// Reasons for waiting that do not pass by themselves.
const FAILING: &[&str] = &[
    "CrashLoopBackOff",
    "ImagePullBackOff",
    "ErrImagePull",
    "ErrImageNeverPull",
    "InvalidImageName",
    "RegistryUnavailable",
    "CreateContainerConfigError",
    "CreateContainerError",
    "CreatePodSandboxError",
    "RunContainerError",
    "ContainerCannotRun",
    "ContainerStatusUnknown",
    "StartError",
    "PostStartHookError",
    "PreStartHookError",
    "OOMKilled",
    "Error",
    "DeadlineExceeded",
    "UnexpectedAdmissionError",
];

fn is_failing(reason: &str) -> bool {
    let reason = reason.strip_prefix("Init:").unwrap_or(reason);
    FAILING.contains(&reason) || reason.starts_with("ExitCode:") || reason.starts_with("Signal:")
}

pub(super) fn pod(pod: &Pod, meta: &Meta, now: i64) -> Verdict {
    if let Some(deadline) = meta.deleting
        && !pod.is_terminal()
    {
        return terminating(pod, deadline, now);
    }
    let reason = Cow::Owned(pod.reason.to_string());
    match pod.phase {
        PodPhase::Succeeded => Verdict::new(reason, Class::Succeeded).since(last_end(pod)),
        PodPhase::Failed if &*pod.reason == "Evicted" => {
            Verdict::new(reason, Class::Failing).tone(Tone::Warning).since(pod.started)
        }
        PodPhase::Failed => Verdict::new(reason, Class::Failing).since(last_end(pod).or(pod.started)),
        PodPhase::Unknown => Verdict::new(reason, Class::Unknown),
        PodPhase::Pending | PodPhase::Running if is_failing(&pod.reason) => {
            Verdict::new(reason, Class::Failing).since(pod.ready_changed.or(pod.started).or(meta.created))
        }
        PodPhase::Pending => pending(pod, meta, now),
        PodPhase::Running => running(pod, reason, now),
    }
}

fn terminating(pod: &Pod, deadline: i64, now: i64) -> Verdict {
    let status = if &*pod.reason == "NodeLost" { "Unknown" } else { "Terminating" };
    let stuck = deadline + STUCK_AFTER;
    let verdict = Verdict::new(status, Class::Terminating).since(Some(deadline)).then(stuck, now, Tone::Danger);
    if now >= stuck { verdict.note("still here after its grace period") } else { verdict }
}

fn pending(pod: &Pod, meta: &Meta, now: i64) -> Verdict {
    let long = meta.created.unwrap_or(now) + PENDING_IS_LONG;
    let verdict = Verdict::new(pod.reason.to_string(), Class::Pending).since(meta.created);
    match &pod.unschedulable {
        Some(why) => verdict.tone(Tone::Warning).note(why.clone()).then(long, now, Tone::Danger),
        None if &*pod.reason == "SchedulingGated" => verdict.tone(Tone::Notice),
        None => verdict.tone(Tone::Notice).then(long, now, Tone::Warning),
    }
}

fn running(pod: &Pod, reason: Cow<'static, str>, now: i64) -> Verdict {
    let verdict = Verdict::new(reason, Class::Running).since(pod.started);
    if pod.ready < pod.total || !pod.is_ready {
        let changed = pod.ready_changed.or(pod.started).unwrap_or(now);
        return verdict.tone(Tone::Notice).since(Some(changed)).note("not ready").then(
            changed + STARTING,
            now,
            Tone::Warning,
        );
    }
    match pod.last_restart {
        // A warning now, and ok again when it has become history.
        Some(restart) if now < restart + RECENT_RESTART => verdict
            .tone(Tone::Warning)
            .since(Some(restart))
            .note("restarted recently")
            .then(restart + RECENT_RESTART, now, Tone::Ok),
        _ => verdict,
    }
}

fn last_end(pod: &Pod) -> Option<i64> {
    pod.containers.iter().filter_map(|container| container.finished).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    const NOW: i64 = 1_795_515_546;

    fn judged(status: &str, now: i64) -> (String, Class, Tone) {
        let row = testing::row_at("pods", &testing::pod_with("default", "p", status), now);
        (row.status().to_owned(), row.class(), row.tone())
    }

    #[test]
    fn a_container_killed_once_long_ago_is_no_alarm() {
        let status = |finished: &str| {
            format!(
                r#"{{"phase":"Running","conditions":[{{"type":"Ready","status":"True"}}],"containerStatuses":[
                {{"name":"app","ready":true,"restartCount":1,"state":{{"running":{{}}}},
                "lastState":{{"terminated":{{"reason":"OOMKilled","exitCode":137,"finishedAt":"{finished}"}}}}}}]}}"#
            )
        };
        let long_ago = judged(&status("2026-11-20T00:00:00Z"), NOW);
        assert_eq!(long_ago, ("Running".into(), Class::Running, Tone::Ok));
        assert_eq!(judged(&status("2026-11-24T10:17:00Z"), NOW).2, Tone::Warning);
    }

    #[test]
    fn waiting_reasons_that_mean_failure_do() {
        for reason in ["CrashLoopBackOff", "ImagePullBackOff", "CreateContainerConfigError", "InvalidImageName"] {
            let status = format!(
                r#"{{"phase":"Pending","containerStatuses":[{{"name":"app","state":{{"waiting":{{"reason":"{reason}"}}}}}}]}}"#
            );
            assert_eq!(judged(&status, NOW), (reason.to_owned(), Class::Failing, Tone::Danger));
        }
        let creating = r#"{"phase":"Pending","containerStatuses":[{"name":"app","state":{"waiting":{"reason":"ContainerCreating"}}}]}"#;
        assert_eq!(judged(creating, NOW).1, Class::Pending);
    }

    #[test]
    fn terminating_past_its_grace_is_stuck_and_the_time_alone_makes_it_so() {
        let json = testing::pod("default", "p")
            .replace(r#""name":"p","#, r#""name":"p","deletionTimestamp":"2026-11-24T10:19:06Z","#);
        let soon = testing::row_at("pods", &json, NOW + 5);
        assert_eq!((soon.status(), soon.class(), soon.tone()), ("Terminating", Class::Terminating, Tone::Notice));
        assert_eq!(soon.judged.again_at, Some(NOW + STUCK_AFTER));
        let late = testing::row_at("pods", &json, NOW + STUCK_AFTER);
        assert_eq!(late.tone(), Tone::Danger);
    }

    #[test]
    fn what_cannot_be_scheduled_says_why() {
        let status = r#"{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable",
            "message":"0/3 nodes are available: 3 Insufficient cpu."}]}"#;
        let row = testing::row_at("pods", &testing::pod_with("default", "p", status), NOW);
        assert_eq!((row.status(), row.class()), ("Pending", Class::Pending));
        assert_eq!(row.judged.note.as_deref(), Some("0/3 nodes are available: 3 Insufficient cpu."));
    }
}
