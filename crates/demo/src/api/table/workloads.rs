//! Pods and what makes them.

use serde_json::{Value, json};

use super::Layout;
use super::text::{NONE, age, containers, count, duration, name, or_none, seconds_of, selector, since, str_of};

pub(super) fn layout(id: &str) -> Option<Layout> {
    Some(match id {
        "pods" => PODS,
        "deployments.apps" => DEPLOYMENTS,
        "replicasets.apps" => REPLICA_SETS,
        "statefulsets.apps" => STATEFUL_SETS,
        "daemonsets.apps" => DAEMON_SETS,
        "jobs.batch" => JOBS,
        "cronjobs.batch" => CRON_JOBS,
        "horizontalpodautoscalers.autoscaling" => AUTOSCALERS,
        "poddisruptionbudgets.policy" => BUDGETS,
        "controllerrevisions.apps" => REVISIONS,
        _ => return None,
    })
}

const PODS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Ready", "string", 0),
        ("Status", "string", 0),
        ("Restarts", "string", 0),
        ("Age", "string", 0),
        ("IP", "string", 1),
        ("Node", "string", 1),
        ("Nominated Node", "string", 1),
        ("Readiness Gates", "string", 1),
    ],
    cells: |pod, now| {
        let statuses = pod["status"]["containerStatuses"].as_array().map_or(&[][..], Vec::as_slice);
        let ready = statuses.iter().filter(|status| status["ready"] == true).count();
        let total = pod["spec"]["containers"].as_array().map_or(0, Vec::len);
        vec![
            name(pod),
            format!("{ready}/{total}").into(),
            pod_status(pod).into(),
            restarts(statuses, now).into(),
            age(pod, now),
            or_none(&pod["status"]["podIP"]),
            or_none(&pod["spec"]["nodeName"]),
            or_none(&pod["status"]["nominatedNodeName"]),
            NONE.into(),
        ]
    },
};

/// The one word kubectl prints, after its own rules.
fn pod_status(pod: &Value) -> String {
    let status = &pod["status"];
    let mut reason = str_of(&status["reason"]).to_owned();
    if reason.is_empty() {
        str_of(&status["phase"]).clone_into(&mut reason);
    }
    if let Some(initialising) = init_status(pod) {
        reason = initialising;
    } else {
        for container in status["containerStatuses"].as_array().into_iter().flatten().rev() {
            let state = &container["state"];
            let (waiting, ended) = (str_of(&state["waiting"]["reason"]), &state["terminated"]);
            if !waiting.is_empty() {
                waiting.clone_into(&mut reason);
            } else if ended.is_object() {
                reason = terminated(ended);
            }
        }
        let running = |container: &Value| container["ready"] == true && container["state"]["running"].is_object();
        let any_running = status["containerStatuses"].as_array().into_iter().flatten().any(running);
        if reason == "Completed" && any_running {
            "Running".clone_into(&mut reason);
        }
    }
    if pod["metadata"]["deletionTimestamp"].is_string() {
        "Terminating".clone_into(&mut reason);
    }
    reason
}

fn terminated(state: &Value) -> String {
    match (str_of(&state["reason"]), count(&state["signal"])) {
        ("", 0) => format!("ExitCode:{}", count(&state["exitCode"])),
        ("", signal) => format!("Signal:{signal}"),
        (reason, _) => reason.to_owned(),
    }
}

fn init_status(pod: &Value) -> Option<String> {
    let statuses = pod["status"]["initContainerStatuses"].as_array()?;
    let total = pod["spec"]["initContainers"].as_array().map_or(0, Vec::len);
    for (at, container) in statuses.iter().enumerate() {
        let state = &container["state"];
        let ended = &state["terminated"];
        if ended.is_object() && count(&ended["exitCode"]) == 0 || container["started"] == true {
            continue;
        }
        let waiting = str_of(&state["waiting"]["reason"]);
        return Some(if ended.is_object() {
            format!("Init:{}", terminated(ended))
        } else if !waiting.is_empty() && waiting != "PodInitializing" {
            format!("Init:{waiting}")
        } else {
            format!("Init:{at}/{total}")
        });
    }
    None
}

fn restarts(statuses: &[Value], now: i64) -> String {
    let total: i64 = statuses.iter().map(|status| count(&status["restartCount"])).sum();
    let last = statuses.iter().filter_map(|status| seconds_of(&status["lastState"]["terminated"]["finishedAt"])).max();
    match last {
        Some(last) if total > 0 => format!("{total} ({} ago)", duration(now - last)),
        _ => total.to_string(),
    }
}

const DEPLOYMENTS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Ready", "string", 0),
        ("Up-to-date", "string", 0),
        ("Available", "string", 0),
        ("Age", "string", 0),
        ("Containers", "string", 1),
        ("Images", "string", 1),
        ("Selector", "string", 1),
    ],
    cells: |object, now| {
        let status = &object["status"];
        let [names, images] = containers(&object["spec"]["template"]["spec"]);
        let ready = format!("{}/{}", count(&status["readyReplicas"]), count(&object["spec"]["replicas"]));
        let (updated, available) = (count(&status["updatedReplicas"]), count(&status["availableReplicas"]));
        vec![
            name(object),
            ready.into(),
            updated.into(),
            available.into(),
            age(object, now),
            names,
            images,
            selector(&object["spec"]["selector"]).into(),
        ]
    },
};

const REPLICA_SETS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Desired", "integer", 0),
        ("Current", "integer", 0),
        ("Ready", "integer", 0),
        ("Age", "string", 0),
        ("Containers", "string", 1),
        ("Images", "string", 1),
        ("Selector", "string", 1),
    ],
    cells: |object, now| {
        let status = &object["status"];
        let [names, images] = containers(&object["spec"]["template"]["spec"]);
        vec![
            name(object),
            count(&object["spec"]["replicas"]).into(),
            count(&status["replicas"]).into(),
            count(&status["readyReplicas"]).into(),
            age(object, now),
            names,
            images,
            selector(&object["spec"]["selector"]).into(),
        ]
    },
};

const STATEFUL_SETS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Ready", "string", 0),
        ("Age", "string", 0),
        ("Containers", "string", 1),
        ("Images", "string", 1),
    ],
    cells: |object, now| {
        let [names, images] = containers(&object["spec"]["template"]["spec"]);
        let ready = format!("{}/{}", count(&object["status"]["readyReplicas"]), count(&object["spec"]["replicas"]));
        vec![name(object), ready.into(), age(object, now), names, images]
    },
};

const DAEMON_SETS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Desired", "integer", 0),
        ("Current", "integer", 0),
        ("Ready", "integer", 0),
        ("Up-to-date", "integer", 0),
        ("Available", "integer", 0),
        ("Node Selector", "string", 0),
        ("Age", "string", 0),
        ("Containers", "string", 1),
        ("Images", "string", 1),
        ("Selector", "string", 1),
    ],
    cells: |object, now| {
        let status = &object["status"];
        let [names, images] = containers(&object["spec"]["template"]["spec"]);
        vec![
            name(object),
            count(&status["desiredNumberScheduled"]).into(),
            count(&status["currentNumberScheduled"]).into(),
            count(&status["numberReady"]).into(),
            count(&status["updatedNumberScheduled"]).into(),
            count(&status["numberAvailable"]).into(),
            super::text::pairs(&object["spec"]["template"]["spec"]["nodeSelector"]).into(),
            age(object, now),
            names,
            images,
            selector(&object["spec"]["selector"]).into(),
        ]
    },
};

const JOBS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Status", "string", 0),
        ("Completions", "string", 0),
        ("Duration", "string", 0),
        ("Age", "string", 0),
        ("Containers", "string", 1),
        ("Images", "string", 1),
        ("Selector", "string", 1),
    ],
    cells: |job, now| {
        let (spec, status) = (&job["spec"], &job["status"]);
        let [names, images] = containers(&spec["template"]["spec"]);
        let done = format!("{}/{}", count(&status["succeeded"]), spec["completions"].as_i64().unwrap_or(1));
        let took = match (seconds_of(&status["startTime"]), seconds_of(&status["completionTime"])) {
            (Some(start), Some(end)) => duration(end - start),
            (Some(start), None) => duration(now - start),
            _ => String::new(),
        };
        vec![
            name(job),
            job_status(job).into(),
            done.into(),
            took.into(),
            age(job, now),
            names,
            images,
            selector(&spec["selector"]).into(),
        ]
    },
};

fn job_status(job: &Value) -> &'static str {
    let holds = |kind: &str| {
        let conditions = job["status"]["conditions"].as_array().into_iter().flatten();
        conditions.into_iter().any(|condition| condition["type"] == kind && condition["status"] == "True")
    };
    if holds("Complete") {
        "Complete"
    } else if holds("Failed") {
        "Failed"
    } else if job["metadata"]["deletionTimestamp"].is_string() {
        "Terminating"
    } else if holds("Suspended") {
        "Suspended"
    } else {
        "Running"
    }
}

const CRON_JOBS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Schedule", "string", 0),
        ("Timezone", "string", 0),
        ("Suspend", "boolean", 0),
        ("Active", "integer", 0),
        ("Last Schedule", "string", 0),
        ("Age", "string", 0),
        ("Containers", "string", 1),
        ("Images", "string", 1),
        ("Selector", "string", 1),
    ],
    cells: |object, now| {
        let spec = &object["spec"];
        let [names, images] = containers(&spec["jobTemplate"]["spec"]["template"]["spec"]);
        let last = &object["status"]["lastScheduleTime"];
        vec![
            name(object),
            spec["schedule"].clone(),
            or_none(&spec["timeZone"]),
            if spec["suspend"] == true { "True" } else { "False" }.into(),
            super::text::size(&object["status"]["active"]).into(),
            if last.is_string() { since(last, now).into() } else { NONE.into() },
            age(object, now),
            names,
            images,
            NONE.into(),
        ]
    },
};

const AUTOSCALERS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Reference", "string", 0),
        ("Targets", "string", 0),
        ("MinPods", "string", 0),
        ("MaxPods", "string", 0),
        ("Replicas", "string", 0),
        ("Age", "string", 0),
    ],
    cells: |object, now| {
        let (spec, status) = (&object["spec"], &object["status"]);
        let target = &spec["scaleTargetRef"];
        let reference = format!("{}/{}", str_of(&target["kind"]), str_of(&target["name"]));
        vec![
            name(object),
            reference.into(),
            targets(spec, status).into(),
            spec["minReplicas"].as_i64().unwrap_or(1).to_string().into(),
            count(&spec["maxReplicas"]).into(),
            count(&status["currentReplicas"]).into(),
            age(object, now),
        ]
    },
};

fn targets(spec: &Value, status: &Value) -> String {
    let list: Vec<String> = spec["metrics"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|metric| {
            let resource = &metric["resource"];
            let held = status["currentMetrics"].as_array().into_iter().flatten();
            let current = held.into_iter().find(|current| current["resource"]["name"] == resource["name"]);
            let current = current.and_then(|current| current["resource"]["current"]["averageUtilization"].as_i64());
            let current = current.map_or_else(|| super::text::UNKNOWN.to_owned(), |value| format!("{value}%"));
            format!("{}: {current}/{}%", str_of(&resource["name"]), count(&resource["target"]["averageUtilization"]))
        })
        .collect();
    if list.is_empty() { NONE.to_owned() } else { list.join(", ") }
}

const BUDGETS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Min Available", "string", 0),
        ("Max Unavailable", "string", 0),
        ("Allowed Disruptions", "integer", 0),
        ("Age", "string", 0),
    ],
    cells: |object, now| {
        let limit = |value: &Value| match value {
            Value::Null => json!("N/A"),
            Value::Number(number) => number.to_string().into(),
            other => other.clone(),
        };
        vec![
            name(object),
            limit(&object["spec"]["minAvailable"]),
            limit(&object["spec"]["maxUnavailable"]),
            count(&object["status"]["disruptionsAllowed"]).into(),
            age(object, now),
        ]
    },
};

const REVISIONS: Layout = Layout {
    columns: &[("Name", "string", 0), ("Controller", "string", 0), ("Revision", "integer", 0), ("Age", "string", 0)],
    cells: |object, now| {
        let owner = &object["metadata"]["ownerReferences"][0];
        let owner = format!("{}.apps/{}", str_of(&owner["kind"]).to_lowercase(), str_of(&owner["name"]));
        vec![name(object), owner.into(), object["revision"].clone(), age(object, now)]
    },
};
