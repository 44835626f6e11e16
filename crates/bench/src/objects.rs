//! Synthetic objects: pods of about 9.5 KB of JSON, of which a third is managed fields, as clusters have them.

use std::fmt::Write;

/// Pods of one workload.
const REPLICAS: usize = 50;
const NAMESPACES: usize = 40;

pub(crate) fn namespace(number: usize) -> String {
    format!("team-{:02}", number / REPLICAS / 8 % NAMESPACES)
}

pub(crate) fn pod_name(number: usize) -> String {
    format!("service-{:04}-5f6d7c8b9-{number:06}", number / REPLICAS)
}

pub(crate) fn namespaces() -> impl Iterator<Item = String> {
    (0..NAMESPACES).map(|at| {
        format!(
            r#"{{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"team-{at:02}","uid":"00000000-0000-4000-8000-{at:012x}",
            "resourceVersion":"1","creationTimestamp":"2026-01-01T00:00:00Z"}},"status":{{"phase":"Active"}}}}"#
        )
    })
}

fn managed_fields() -> String {
    (0..44).fold(String::new(), |mut text, field| {
        let _ = write!(
            text,
            r#""f:field-{field}":{{"k:{{\"name\":\"LONG_ENVIRONMENT_NAME_{field}\"}}":{{".":{{}},"f:name":{{}},"f:value":{{}}}}}},"#
        );
        text
    })
}

fn environment() -> String {
    (0..44).fold(String::new(), |mut text, at| {
        let _ = write!(text, r#"{{"name":"LONG_ENVIRONMENT_NAME_{at}","value":"a value of the usual length {at}"}},"#);
        text
    })
}

/// What all pods have in common, rendered once.
pub(crate) struct Pods {
    managed: String,
    environment: String,
}

impl Pods {
    pub(crate) fn new() -> Self {
        Self { managed: managed_fields(), environment: environment() }
    }

    /// The pod after so many restarts; `version` is its resource version.
    pub(crate) fn pod(&self, number: usize, restarts: usize, version: u64) -> String {
        let Self { managed, environment } = self;
        let workload = number / REPLICAS;
        let (name, namespace) = (pod_name(number), namespace(number));
        let state = state(number);
        let ready = if number % 97 == 5 { "False" } else { "True" };
        format!(
            r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{name}","namespace":"{namespace}",
        "uid":"7c1f0a52-9f3e-4b6e-8d5a-{number:012x}","resourceVersion":"{version}","creationTimestamp":"2026-11-2{}T09:{:02}:00Z",
        "labels":{{"app":"service-{workload}","pod-template-hash":"5f6d7c8b9","team":"{namespace}"}},
        "annotations":{{"prometheus.io/scrape":"true","checksum/config":"{:064}"}},
        "ownerReferences":[{{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"service-{workload:04}-5f6d7c8b9","uid":"8d2f0a52-9f3e-4b6e-8d5a-{workload:012x}","controller":true}}],
        "managedFields":[{{"manager":"kubelet","operation":"Update","time":"2026-11-24T09:00:00Z","fieldsV1":{{{managed}"f:x":{{}}}}}}]}},
        "spec":{{"nodeName":"ip-10-0-{}-{}.eu-west-1.compute.internal","serviceAccountName":"service-{workload}","containers":[{{"name":"app",
        "image":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/service-{workload}:1.{}","env":[{environment}{{"name":"LAST"}}],
        "resources":{{"requests":{{"cpu":"{}m","memory":"{}Mi"}},"limits":{{"memory":"1Gi"}}}}}}]}},
        "status":{{"phase":"Running","podIP":"10.{}.{}.{}","qosClass":"Burstable","startTime":"2026-11-24T09:00:00Z",
        "conditions":[{{"type":"Initialized","status":"True"}},{{"type":"Ready","status":"{ready}","lastTransitionTime":"2026-11-24T09:00:00Z"}}],
        "containerStatuses":[{{"name":"app","ready":{},"started":true,"restartCount":{},
        "image":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/service-{workload}:1.0",
        "imageID":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/service-{workload}@sha256:{workload:064x}",
        "state":{state}}}]}}}}"#,
            number % 5,
            number % 60,
            number % 7,
            number % 600 / 250,
            number % 250,
            number % 7,
            100 + number % 9 * 50,
            256 + number % 5 * 128,
            number >> 16 & 255,
            number >> 8 & 255,
            number & 255,
            ready == "True",
            number % 23 / 20 + restarts,
        )
    }
}

/// Most run; one in a hundred is in trouble.
fn state(number: usize) -> &'static str {
    if number % 97 == 5 {
        r#"{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 5m0s restarting failed container"}}"#
    } else {
        r#"{"running":{"startedAt":"2026-11-24T09:00:00Z"}}"#
    }
}

pub(crate) fn replica_set(number: usize) -> String {
    let (workload, revision) = (number / 10, number % 10);
    let replicas = if revision == 9 { 3 } else { 0 };
    let namespace = format!("team-{:02}", workload / 8 % NAMESPACES);
    format!(
        r#"{{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{{"name":"service-{workload:04}-{revision:09x}","namespace":"{namespace}",
        "uid":"9e3f0a52-9f3e-4b6e-8d5a-{number:012x}","resourceVersion":"7","generation":2,"creationTimestamp":"2026-11-2{}T09:{:02}:00Z",
        "labels":{{"app":"service-{workload}","pod-template-hash":"{revision:09x}","team":"{namespace}"}},
        "annotations":{{"deployment.kubernetes.io/desired-replicas":"3","deployment.kubernetes.io/revision":"{revision}"}},
        "ownerReferences":[{{"apiVersion":"apps/v1","kind":"Deployment","name":"service-{workload:04}","uid":"af3f0a52-9f3e-4b6e-8d5a-{workload:012x}","controller":true}}],
        "managedFields":[{{"manager":"kube-controller-manager","operation":"Update","fieldsV1":{{{}"f:x":{{}}}}}}]}},
        "spec":{{"replicas":{replicas},"selector":{{"matchLabels":{{"app":"service-{workload}","pod-template-hash":"{revision:09x}"}}}},
        "template":{{"metadata":{{"labels":{{"app":"service-{workload}","pod-template-hash":"{revision:09x}"}}}},
        "spec":{{"containers":[{{"name":"app","image":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/service-{workload}:1.{revision}"}}]}}}}}},
        "status":{{"replicas":{replicas},"readyReplicas":{replicas},"availableReplicas":{replicas},"observedGeneration":2}}}}"#,
        number % 5,
        number % 60,
        &managed_fields()[..1000].rsplit_once("\"f:field").map_or("", |(whole, _)| whole),
    )
}

/// Of the last hour: an API server keeps no older ones.
pub(crate) fn event(number: usize, now: jiff::Timestamp) -> String {
    const REASONS: [(&str, &str, &str); 5] = [
        ("Normal", "Pulled", "Container image already present on machine"),
        ("Normal", "Scheduled", "Successfully assigned to a node that had room for it"),
        ("Warning", "BackOff", "Back-off restarting failed container app in pod"),
        ("Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503"),
        ("Normal", "Created", "Created container: app"),
    ];
    let (kind, reason, message) = REASONS[number % REASONS.len()];
    let (pod, namespace) = (pod_name(number), namespace(number));
    let seconds = i64::try_from(number % 3500).unwrap_or(0);
    let at = now.checked_sub(jiff::SignedDuration::from_secs(seconds)).unwrap_or(now).as_second();
    let at = jiff::Timestamp::from_second(at).unwrap_or(now);
    format!(
        r#"{{"apiVersion":"v1","kind":"Event","metadata":{{"name":"{pod}.{number:016x}","namespace":"{namespace}",
        "uid":"bf3f0a52-9f3e-4b6e-8d5a-{number:012x}","resourceVersion":"9","creationTimestamp":"{at}",
        "managedFields":[{{"manager":"kubelet","operation":"Update","fieldsV1":{{"f:count":{{}},"f:firstTimestamp":{{}},"f:involvedObject":{{}},"f:lastTimestamp":{{}},"f:message":{{}},"f:reason":{{}}}}}}]}},
        "involvedObject":{{"kind":"Pod","namespace":"{namespace}","name":"{pod}","uid":"7c1f0a52-9f3e-4b6e-8d5a-{number:012x}","apiVersion":"v1"}},
        "type":"{kind}","reason":"{reason}","message":"{message} {pod}","count":{},
        "firstTimestamp":"{at}","lastTimestamp":"{at}","source":{{"component":"kubelet","host":"ip-10-0-1-{}.eu-west-1.compute.internal"}}}}"#,
        number % 40 + 1,
        number % 250,
    )
}
