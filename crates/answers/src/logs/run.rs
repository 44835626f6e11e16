//! What is known of a container: whether there is something to read, and whether more will come.

use periscope_store::rows::{ContainerRole, ContainerState, ContainerStatus, Pod};
use serde_json::Value;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum RunPhase {
    /// Nobody told; the log itself has to.
    #[default]
    Unknown,
    Waiting,
    Running,
    Ended,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) phase: RunPhase,
    pub(super) restarts: u32,
    /// It has run before, so that there is a log also while it waits.
    pub(super) ran: bool,
    /// Why it waits or ended.
    pub(super) reason: Option<String>,
    /// Will never write again.
    pub(super) over: bool,
    /// The pod is not there any more.
    pub(super) gone: bool,
}

impl Run {
    pub(super) fn has_log(&self) -> bool {
        self.phase != RunPhase::Waiting || self.ran
    }

    /// Whether it began anew since `before`.
    pub(super) fn is_other(&self, before: &Self) -> bool {
        self.restarts != before.restarts || (self.phase == RunPhase::Running && before.phase != RunPhase::Running)
    }
}

/// The containers of a pod's row, in the order in which they start.
pub(super) fn of_row(pod: &Pod) -> Vec<(String, Run)> {
    let status = |name: &str| pod.containers.iter().find(|status| &*status.name == name);
    let all = pod.template.containers.iter();
    all.map(|container| {
        let run = status(&container.name).map_or_else(
            || Run { phase: RunPhase::Waiting, reason: Some(pod.reason.to_string()), ..Run::default() },
            |status| of_status(status, container.role),
        );
        let over = run.over || pod.is_terminal();
        (container.name.to_string(), Run { over, ..run })
    })
    .collect()
}

fn of_status(status: &ContainerStatus, role: ContainerRole) -> Run {
    let phase = match status.state {
        ContainerState::Waiting => RunPhase::Waiting,
        ContainerState::Running => RunPhase::Running,
        ContainerState::Terminated => RunPhase::Ended,
    };
    Run {
        phase,
        restarts: status.restarts,
        ran: status.restarts > 0 || status.finished.is_some(),
        reason: status.reason.as_deref().filter(|_| phase != RunPhase::Running).map(str::to_owned),
        over: role == ContainerRole::Init && phase == RunPhase::Ended && status.exit_code == 0,
        gone: false,
    }
}

/// The same of a pod as JSON.
pub(super) fn of_json(pod: &Value) -> Vec<(String, Run)> {
    let list = |part: &'static str, field: &'static str| pod[part][field].as_array().into_iter().flatten();
    let terminal = matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"));
    let groups = [
        ("initContainers", "initContainerStatuses"),
        ("containers", "containerStatuses"),
        ("ephemeralContainers", "ephemeralContainerStatuses"),
    ];
    let mut runs = Vec::new();
    for (containers, statuses) in groups {
        for container in list("spec", containers) {
            let name = container["name"].as_str().unwrap_or_default();
            let status = list("status", statuses).find(|status| status["name"] == *name);
            let init = containers == "initContainers" && container["restartPolicy"] != "Always";
            let run = status.map_or_else(Run::default, |status| of_json_status(status, init));
            runs.push((name.to_owned(), Run { over: run.over || terminal, ..run }));
        }
    }
    runs
}

fn of_json_status(status: &Value, init: bool) -> Run {
    let state = &status["state"];
    let (phase, told) = if state["running"].is_object() {
        (RunPhase::Running, &Value::Null)
    } else if state["terminated"].is_object() {
        (RunPhase::Ended, &state["terminated"])
    } else {
        (RunPhase::Waiting, &state["waiting"])
    };
    let restarts = status["restartCount"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
    Run {
        phase,
        restarts,
        ran: restarts > 0 || status["lastState"]["terminated"].is_object(),
        reason: told["reason"].as_str().map(str::to_owned),
        over: init && phase == RunPhase::Ended && told["exitCode"] == 0,
        gone: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pod_tells_what_there_is_to_read() {
        let pod = json!({
            "spec": {
                "initContainers": [{"name": "migrate"}, {"name": "proxy", "restartPolicy": "Always"}],
                "containers": [{"name": "app"}, {"name": "new"}],
            },
            "status": {
                "phase": "Running",
                "initContainerStatuses": [
                    {"name": "migrate", "state": {"terminated": {"reason": "Completed", "exitCode": 0}}},
                    {"name": "proxy", "state": {"terminated": {"reason": "Completed", "exitCode": 0}}, "restartCount": 1},
                ],
                "containerStatuses": [{
                    "name": "app", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                    "lastState": {"terminated": {"reason": "Error", "exitCode": 2}},
                }],
            },
        });
        let runs = of_json(&pod);
        let named = |name: &str| runs.iter().find(|(each, _)| each == name).map(|(_, run)| run).expect("a container");
        assert!(named("migrate").over && !named("proxy").over);
        let app = named("app");
        assert_eq!((app.phase, app.restarts, app.reason.as_deref()), (RunPhase::Waiting, 3, Some("CrashLoopBackOff")));
        assert!(app.has_log(), "the run that ended can be read");
        assert_eq!(named("new"), &Run::default());
    }

    #[test]
    fn a_restart_is_another_run() {
        let run = |phase, restarts| Run { phase, restarts, ..Run::default() };
        let running = run(RunPhase::Running, 1);
        assert!(!running.is_other(&running));
        assert!(!run(RunPhase::Ended, 1).is_other(&running));
        assert!(run(RunPhase::Running, 2).is_other(&running));
        assert!(run(RunPhase::Waiting, 2).is_other(&running), "what ended meanwhile is read too");
        assert!(running.is_other(&run(RunPhase::Waiting, 1)));
    }
}
