//! What to know before acting, from the object itself and what stands around it. Pure.

use std::collections::BTreeMap;

use periscope_model::{ClusterId, KindId, ObjectRef, Tone};
use periscope_rbac::LabelSelector;
use serde_json::Value;

use super::action::{Action, Cascade};
use super::shapes::Notice;
use crate::kinds::known;

/// What else the caller could read around the object; `None` where they may not.
#[derive(Debug, Default)]
pub(super) struct Around<'a> {
    pub(super) budgets: &'a [Value],
    pub(super) autoscalers: &'a [Value],
    pub(super) services: &'a [Value],
    /// Ready pods behind each service that routes to the pod, by the service's name.
    pub(super) ready: BTreeMap<String, usize>,
}

/// One object and what is to be done to it.
pub(super) struct Subject<'a> {
    pub(super) cluster: &'a ClusterId,
    pub(super) kind: &'a KindId,
    pub(super) action: &'a Action,
    pub(super) object: &'a Value,
}

/// The gravest first.
pub(super) fn of(subject: &Subject<'_>, around: &Around<'_>) -> Vec<Notice> {
    let mut notices = Vec::new();
    managed(subject, &mut notices);
    match subject.kind.to_string().as_str() {
        "pods" => pod(subject, around, &mut notices),
        _ => workload(subject, around, &mut notices),
    }
    if matches!(subject.action, Action::Delete { .. }) {
        finalizers(subject, &mut notices);
    }
    notices.sort_by_key(|notice| std::cmp::Reverse(notice.tone));
    notices
}

/// Somebody else says what the object should be, and will say it again.
fn managed(subject: &Subject<'_>, notices: &mut Vec<Notice>) {
    let text = |map: &str, key: &str| subject.object["metadata"][map][key].as_str();
    let instead = "change it there, or what you do here is undone";
    // Pods come and go without whoever described their workload.
    let lasting = !matches!(subject.action, Action::Evict { .. } | Action::Restart {} | Action::Trigger { .. })
        && !matches!(subject.kind.resource(), "pods" | "nodes");
    if !lasting {
        return;
    }
    let argo = text("annotations", "argocd.argoproj.io/tracking-id")
        .and_then(|id| id.split(':').next())
        .or_else(|| text("labels", "argocd.argoproj.io/instance"))
        .or_else(|| text("labels", "app.kubernetes.io/instance").filter(|_| has_argo_annotation(subject.object)));
    if let Some(app) = argo {
        notices.push(Notice::new(
            "gitops",
            Tone::Warning,
            format!("Argo CD keeps it as part of the application {app}; {instead}"),
        ));
    }
    for (prefix, what) in [("kustomize.toolkit.fluxcd.io", "Kustomization"), ("helm.toolkit.fluxcd.io", "HelmRelease")]
    {
        if let Some(name) = text("labels", &format!("{prefix}/name")) {
            let place = text("labels", &format!("{prefix}/namespace")).unwrap_or_default();
            let text = format!("Flux keeps it as part of the {what} {place}/{name}; {instead}");
            notices.push(Notice::new("gitops", Tone::Warning, text));
        }
    }
    let release = text("annotations", "meta.helm.sh/release-name");
    if let Some(release) = release.filter(|_| text("labels", "app.kubernetes.io/managed-by") == Some("Helm")) {
        let text = format!("Helm made it as part of the release {release}; its next upgrade may undo what you do here");
        notices.push(Notice::new("helm", Tone::Notice, text));
    }
}

/// The label for applications is anybody's; with an annotation of Argo CD's own beside it, it is Argo CD's.
fn has_argo_annotation(object: &Value) -> bool {
    let annotations = object["metadata"]["annotations"].as_object();
    annotations.is_some_and(|annotations| annotations.keys().any(|key| key.starts_with("argocd.argoproj.io/")))
}

fn pod(subject: &Subject<'_>, around: &Around<'_>, notices: &mut Vec<Notice>) {
    let pod = subject.object;
    let (deletes, evicts) = match subject.action {
        Action::Delete { .. } => (true, false),
        Action::Evict { .. } => (false, true),
        _ => return,
    };
    notices.push(remade(pod));
    if has_empty_dir(pod) {
        notices.push(Notice::new("local_storage", Tone::Warning, "what it keeps in emptyDir volumes is lost"));
    }
    let (budget, blocks) = budget_of(pod, around.budgets);
    if let Some(name) = budget {
        let (tone, text) = match (blocks, evicts) {
            (true, true) => (Tone::Danger, format!("the disruption budget {name} allows no eviction now")),
            (true, false) => (
                Tone::Danger,
                format!(
                    "deleting goes past the disruption budget {name}, which allows no disruption now; an eviction would honour it"
                ),
            ),
            (false, true) => (Tone::Neutral, format!("the disruption budget {name} allows it now")),
            (false, false) => {
                (Tone::Notice, format!("deleting goes past the disruption budget {name}; an eviction would honour it"))
            }
        };
        let object = near(subject, "poddisruptionbudgets.policy", name);
        notices.push(Notice { object: Some(object), ..Notice::new("pdb", tone, text) });
    }
    if deletes || evicts {
        for (service, ready) in &around.ready {
            if *ready <= 1 && is_ready(pod) {
                let text = format!("it is the last ready pod behind the service {service}");
                let object = Some(near(subject, "services", service));
                notices.push(Notice { object, ..Notice::new("last_replica", Tone::Danger, text) });
            }
        }
    }
}

/// Whether somebody makes a pod like it again.
fn remade(pod: &Value) -> Notice {
    if pod["metadata"]["annotations"]["kubernetes.io/config.mirror"].is_string() {
        let text = "the kubelet makes it from a file on its node; deleting this mirror changes nothing there";
        return Notice::new("owner", Tone::Notice, text);
    }
    let Some(owner) = controller(pod) else {
        return Notice::new("owner", Tone::Danger, "nobody makes it again: no controller owns it");
    };
    let (kind, name) = (owner["kind"].as_str().unwrap_or_default(), owner["name"].as_str().unwrap_or_default());
    let text = match kind {
        "Job" => format!("the Job {name} counts it as failed, and may start another"),
        "StatefulSet" => format!("the StatefulSet {name} makes it again under the same name, with the same volumes"),
        _ => format!("the {kind} {name} makes another"),
    };
    Notice::new("owner", Tone::Neutral, text)
}

fn workload(subject: &Subject<'_>, around: &Around<'_>, notices: &mut Vec<Notice>) {
    let object = subject.object;
    let changes = matches!(subject.action, Action::Scale { .. } | Action::Rollback { .. } | Action::Delete { .. });
    if let Some(owner) = controller(object).filter(|_| changes) {
        let text = format!(
            "the {} {} owns it, and makes it what it should be again",
            owner["kind"].as_str().unwrap_or_default(),
            owner["name"].as_str().unwrap_or_default()
        );
        notices.push(Notice::new("owner", Tone::Warning, text));
    }
    match subject.action {
        Action::Scale { replicas } => {
            autoscaled(subject, around.autoscalers, notices);
            if *replicas == 0 {
                emptied(subject, around.services, "has no pods left behind it", notices);
            }
        }
        Action::Restart {} | Action::Rollback { .. } if object["spec"]["updateStrategy"]["type"] == "OnDelete" => {
            let text = "its update strategy is OnDelete: each pod changes only when somebody deletes it";
            notices.push(Notice::new("on_delete", Tone::Warning, text));
        }
        Action::Trigger { .. } => triggered(object, notices),
        Action::Delete { propagation, .. } => {
            if *propagation != Cascade::Orphan {
                emptied(subject, around.services, "has no pods left behind it", notices);
            }
            if subject.kind.resource() == "customresourcedefinitions" {
                let kind = object["spec"]["names"]["kind"].as_str().unwrap_or_default();
                let text = format!("every {kind} in the cluster is deleted with it");
                notices.push(Notice::new("custom_resources", Tone::Danger, text));
            }
            if subject.kind.to_string() == "persistentvolumeclaims" {
                let text = "what is on the volume may be deleted with it: that depends on the volume's reclaim policy";
                notices.push(Notice::new("local_storage", Tone::Danger, text));
            }
        }
        _ => {}
    }
}

fn autoscaled(subject: &Subject<'_>, autoscalers: &[Value], notices: &mut Vec<Notice>) {
    let object = subject.object;
    for autoscaler in autoscalers {
        let spec = &autoscaler["spec"];
        let target = &spec["scaleTargetRef"];
        let group = target["apiVersion"].as_str().and_then(|text| text.split_once('/')).map_or("", |(group, _)| group);
        if target["name"] != object["metadata"]["name"]
            || group != subject.kind.group()
            || target["kind"] != object["kind"]
        {
            continue;
        }
        let name = autoscaler["metadata"]["name"].as_str().unwrap_or_default();
        let (least, most) = (spec["minReplicas"].as_u64().unwrap_or(1), spec["maxReplicas"].as_u64().unwrap_or(0));
        let text = if matches!(subject.action, Action::Scale { replicas: 0 }) {
            format!("the autoscaler {name} stops while there are 0 replicas")
        } else {
            format!("the autoscaler {name} keeps it between {least} and {most} replicas by load, and will set it again")
        };
        let object = Some(near(subject, "horizontalpodautoscalers.autoscaling", name));
        notices.push(Notice { object, ..Notice::new("hpa", Tone::Warning, text) });
    }
}

/// Services that route to pods of the object's template.
fn emptied(subject: &Subject<'_>, services: &[Value], what: &str, notices: &mut Vec<Notice>) {
    let labels = labels_of(&subject.object["spec"]["template"]);
    if labels.is_empty() {
        return;
    }
    for service in services.iter().filter(|service| routes_to(service, &labels)) {
        let name = service["metadata"]["name"].as_str().unwrap_or_default();
        let text = format!("the service {name} {what}, unless others have the same labels");
        let object = Some(near(subject, "services", name));
        notices.push(Notice { object, ..Notice::new("last_replica", Tone::Warning, text) });
    }
}

fn triggered(cron: &Value, notices: &mut Vec<Notice>) {
    if cron["spec"]["suspend"] == true {
        notices.push(Notice::new("suspended", Tone::Notice, "it is suspended; this one job runs all the same"));
    }
    let running = cron["status"]["active"].as_array().map_or(0, Vec::len);
    if running > 0 {
        let text = format!(
            "{running} of its jobs {} already; a job started by hand does not wait",
            if running == 1 { "runs" } else { "run" }
        );
        let tone = if cron["spec"]["concurrencyPolicy"] == "Allow" { Tone::Notice } else { Tone::Warning };
        notices.push(Notice::new("running", tone, text));
    }
}

fn finalizers(subject: &Subject<'_>, notices: &mut Vec<Notice>) {
    let held = subject.object["metadata"]["finalizers"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let names: Vec<&str> = held.collect();
    if !names.is_empty() {
        let text = format!("it goes only after its finalizers are done: {}", names.join(", "));
        notices.push(Notice::new("finalizers", Tone::Notice, text));
    }
    if subject.object["metadata"]["deletionTimestamp"].is_string() {
        notices.push(Notice::new("deleting", Tone::Notice, "it is being deleted already"));
    }
}

fn near(subject: &Subject<'_>, kind: &str, name: &str) -> ObjectRef {
    let namespace = subject.object["metadata"]["namespace"].as_str().map(str::to_owned);
    ObjectRef { cluster: subject.cluster.clone(), kind: known(kind), namespace, name: name.to_owned() }
}

pub(super) fn controller(object: &Value) -> Option<&Value> {
    object["metadata"]["ownerReferences"].as_array()?.iter().find(|owner| owner["controller"] == true)
}

pub(super) fn has_empty_dir(pod: &Value) -> bool {
    pod["spec"]["volumes"].as_array().is_some_and(|volumes| volumes.iter().any(|volume| !volume["emptyDir"].is_null()))
}

pub(super) fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    pod["metadata"]["deletionTimestamp"].is_null()
        && conditions.into_iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

pub(super) fn labels_of(object: &Value) -> BTreeMap<String, String> {
    let labels = object["metadata"]["labels"].as_object().into_iter().flatten();
    labels.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// A service without a selector routes to nothing by itself.
pub(super) fn routes_to(service: &Value, labels: &BTreeMap<String, String>) -> bool {
    service["spec"]["selector"].as_object().is_some_and(|selector| {
        !selector.is_empty()
            && selector.iter().all(|(key, value)| labels.get(key).map(String::as_str) == value.as_str())
    })
}

/// The budget that covers the pod, and whether it allows no disruption now.
pub(super) fn budget_of<'a>(pod: &Value, budgets: &'a [Value]) -> (Option<&'a str>, bool) {
    let labels = labels_of(pod);
    let covers = |budget: &&Value| {
        let same = budget["metadata"]["namespace"] == pod["metadata"]["namespace"];
        let selector = &budget["spec"]["selector"];
        same && serde_json::from_value(selector.clone()).is_ok_and(|selector: LabelSelector| selector.matches(&labels))
    };
    let mut covering = budgets.iter().filter(covers);
    let Some(first) = covering.next() else { return (None, false) };
    // The API server evicts nothing that two budgets cover, and lets go of a pod that serves nobody anyway.
    let spent = first["status"]["disruptionsAllowed"].as_i64().unwrap_or(0) <= 0;
    let blocks = covering.next().is_some() || spent && serves(pod, first);
    (first["metadata"]["name"].as_str(), blocks)
}

/// Whether evicting the pod takes something from the budget.
fn serves(pod: &Value, budget: &Value) -> bool {
    let ended = matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed" | "Pending"));
    let unhealthy_too = budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow";
    !ended && pod["metadata"]["deletionTimestamp"].is_null() && (is_ready(pod) || !unhealthy_too)
}

#[cfg(test)]
mod tests;
