//! A pod's status as kubectl prints it: the rules of its printer (`printPod` in Kubernetes' `printers.go`), step by
//! step, without `Terminating`, which depends on the metadata.

use super::raw::{RawContainerStatus, RawPod, RawTerminated};

/// What kubectl's columns READY, STATUS and RESTARTS say.
pub(super) struct Summary {
    pub(super) reason: String,
    pub(super) ready: u16,
    pub(super) total: u16,
    pub(super) restarts: u32,
    pub(super) last_restart: Option<i64>,
}

impl Summary {
    pub(super) fn of(pod: &RawPod<'_>) -> Self {
        let total = pod.spec.containers.len() + pod.spec.init_containers.iter().filter(|one| one.is_sidecar()).count();
        let mut summary = Self {
            reason: beginning(pod),
            ready: 0,
            total: u16::try_from(total).unwrap_or(u16::MAX),
            restarts: 0,
            last_restart: None,
        };
        let sidecars = summary.init_containers(pod);
        let initialized = pod.status.condition("Initialized").is_some_and(|one| &*one.status == "True");
        if sidecars.done || initialized {
            summary.restarts = sidecars.restarts;
            summary.last_restart = sidecars.last_restart;
            summary.containers(pod);
        }
        summary
    }

    /// Looks at init containers in order, until one that is not done.
    fn init_containers(&mut self, pod: &RawPod<'_>) -> Sidecars {
        let mut sidecars = Sidecars { done: true, restarts: 0, last_restart: None };
        for (at, status) in pod.status.init_container_statuses.iter().enumerate() {
            let sidecar = pod.spec.init_containers.iter().any(|one| *one.name == *status.name && one.is_sidecar());
            self.restarts += status.restart_count;
            self.last_restart = self.last_restart.max(last_end(status));
            if sidecar {
                sidecars.restarts += status.restart_count;
                sidecars.last_restart = sidecars.last_restart.max(last_end(status));
            }
            if status.state.terminated.as_ref().is_some_and(|ended| ended.exit_code == 0) {
                continue;
            }
            if sidecar && status.started == Some(true) {
                self.ready += u16::from(status.ready);
                continue;
            }
            let total = pod.spec.init_containers.len();
            self.reason = match (&status.state.terminated, &status.state.waiting) {
                (Some(ended), _) => format!("Init:{}", end_reason(ended)),
                (None, Some(waits)) if !waits.reason.is_empty() && &*waits.reason != "PodInitializing" => {
                    format!("Init:{}", &*waits.reason)
                }
                _ => format!("Init:{at}/{total}"),
            };
            sidecars.done = false;
            break;
        }
        sidecars
    }

    fn containers(&mut self, pod: &RawPod<'_>) {
        let mut running = false;
        for status in pod.status.container_statuses.iter().rev() {
            self.restarts += status.restart_count;
            self.last_restart = self.last_restart.max(last_end(status));
            let waiting = status.state.waiting.as_ref().filter(|waits| !waits.reason.is_empty());
            if let Some(waits) = waiting {
                self.reason = waits.reason.to_string();
            } else if let Some(ended) = &status.state.terminated {
                self.reason = end_reason(ended);
            } else if status.ready && status.state.running.is_some() {
                running = true;
                self.ready += 1;
            }
        }
        if self.reason == "Completed" && running {
            let ready = pod.status.condition("Ready").is_some_and(|one| &*one.status == "True");
            (if ready { "Running" } else { "NotReady" }).clone_into(&mut self.reason);
        }
    }
}

struct Sidecars {
    /// Whether all init containers are done.
    done: bool,
    restarts: u32,
    last_restart: Option<i64>,
}

fn beginning(pod: &RawPod<'_>) -> String {
    let gated = pod.status.condition("PodScheduled").is_some_and(|one| &*one.reason == "SchedulingGated");
    if gated {
        "SchedulingGated".to_owned()
    } else if pod.status.reason.is_empty() {
        if pod.status.phase.is_empty() { "Pending".to_owned() } else { pod.status.phase.to_string() }
    } else {
        pod.status.reason.to_string()
    }
}

fn last_end(status: &RawContainerStatus<'_>) -> Option<i64> {
    status.last_state.terminated.as_ref().and_then(RawTerminated::finished)
}

fn end_reason(ended: &RawTerminated<'_>) -> String {
    if !ended.reason.is_empty() {
        ended.reason.to_string()
    } else if ended.signal != 0 {
        format!("Signal:{}", ended.signal)
    } else {
        format!("ExitCode:{}", ended.exit_code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(spec: &str, status: &str) -> (String, String, u32) {
        let json = format!(r#"{{"metadata":{{"name":"p"}},"spec":{spec},"status":{status}}}"#);
        let pod: RawPod<'_> = serde_json::from_str(&json).expect("a pod");
        let summary = Summary::of(&pod);
        (summary.reason, format!("{}/{}", summary.ready, summary.total), summary.restarts)
    }

    const TWO: &str = r#"{"containers":[{"name":"a"},{"name":"b"}]}"#;
    const INIT: &str = r#"{"initContainers":[{"name":"i"},{"name":"j"}],"containers":[{"name":"a"}]}"#;
    const SIDECAR: &str = r#"{"initContainers":[{"name":"s","restartPolicy":"Always"}],"containers":[{"name":"a"}]}"#;

    #[test]
    fn waiting_and_ended_containers_name_the_status() {
        let crash = r#"{"phase":"Running","containerStatuses":[
            {"name":"a","ready":true,"restartCount":1,"state":{"running":{}}},
            {"name":"b","restartCount":7,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}"#;
        assert_eq!(summary(TWO, crash), ("CrashLoopBackOff".into(), "1/2".into(), 8));
        let signal = r#"{"phase":"Running","containerStatuses":[{"name":"a","state":{"terminated":{"signal":9}}}]}"#;
        assert_eq!(summary(TWO, signal).0, "Signal:9");
        let exit = r#"{"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":3}}}]}"#;
        assert_eq!(summary(TWO, exit).0, "ExitCode:3");
        assert_eq!(summary(TWO, r#"{"phase":"Failed","reason":"Evicted"}"#).0, "Evicted");
    }

    #[test]
    fn a_completed_container_beside_a_running_one_is_not_the_pods_end() {
        let status = |ready: &str| {
            format!(
                r#"{{"phase":"Running","conditions":[{{"type":"Ready","status":"{ready}"}}],"containerStatuses":[
                {{"name":"a","state":{{"terminated":{{"reason":"Completed"}}}}}},
                {{"name":"b","ready":true,"state":{{"running":{{}}}}}}]}}"#
            )
        };
        assert_eq!(summary(TWO, &status("True")).0, "Running");
        assert_eq!(summary(TWO, &status("False")).0, "NotReady");
    }

    #[test]
    fn init_containers_come_first() {
        let first = r#"{"phase":"Pending","initContainerStatuses":[
            {"name":"i","state":{"terminated":{"exitCode":0}}},
            {"name":"j","state":{"waiting":{"reason":"PodInitializing"}}}]}"#;
        assert_eq!(summary(INIT, first).0, "Init:1/2");
        let failed = r#"{"phase":"Pending","initContainerStatuses":[
            {"name":"i","restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}"#;
        assert_eq!(summary(INIT, failed), ("Init:CrashLoopBackOff".into(), "0/1".into(), 2));
        let code =
            r#"{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":1}}}]}"#;
        assert_eq!(summary(INIT, code).0, "Init:ExitCode:1");
    }

    #[test]
    fn sidecars_count_as_containers() {
        let status = r#"{"phase":"Running","initContainerStatuses":[
            {"name":"s","ready":true,"started":true,"restartCount":3,"state":{"running":{}}}],
            "containerStatuses":[{"name":"a","ready":true,"restartCount":1,"state":{"running":{}}}]}"#;
        assert_eq!(summary(SIDECAR, status), ("Running".into(), "2/2".into(), 4));
    }

    #[test]
    fn a_gated_pod_says_so() {
        let gated =
            r#"{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}"#;
        assert_eq!(summary(TWO, gated).0, "SchedulingGated");
    }
}
