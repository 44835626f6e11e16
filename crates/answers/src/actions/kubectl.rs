//! The same with kubectl: a line that a shell reads as it is meant.

use std::collections::BTreeMap;

use periscope_model::ObjectRef;
use serde_json::json;

use super::action::{Action, Cascade, DRAIN_SECONDS};
use crate::objects::quoted;

/// Without a context: that is the reader's own.
pub(super) fn line(action: &Action, place: &ObjectRef, job: &str) -> String {
    let what = quoted(&format!("{}/{}", place.kind, place.name));
    let name = quoted(&place.name);
    let line = match action {
        Action::Scale { replicas } => format!("scale {what} --replicas={replicas}"),
        Action::Restart {} => format!("rollout restart {what}"),
        Action::Pause {} => format!("rollout pause {what}"),
        Action::Resume {} => format!("rollout resume {what}"),
        Action::Rollback { revision } => format!("rollout undo {what} --to-revision={revision}"),
        Action::Cordon {} => format!("cordon {name}"),
        Action::Uncordon {} => format!("uncordon {name}"),
        Action::Drain { .. } => format!("drain {name}{}", drain_flags(action)),
        Action::Evict { grace_period_seconds } => return evict(place, *grace_period_seconds),
        Action::Delete { propagation, grace_period_seconds } => {
            let cascade = match propagation {
                Cascade::Background => "",
                Cascade::Foreground => " --cascade=foreground",
                Cascade::Orphan => " --cascade=orphan",
            };
            // kubectl takes a grace period of nothing only by force.
            let force = if *grace_period_seconds == Some(0) { " --force" } else { "" };
            format!("delete {what}{cascade}{}{force}", grace(*grace_period_seconds))
        }
        Action::Suspend {} => suspended(&what, true),
        Action::Unsuspend {} => suspended(&what, false),
        Action::Trigger { .. } => {
            format!("create job {} --from={}", quoted(job), quoted(&format!("cronjob/{}", place.name)))
        }
        Action::Label { set, remove } => format!("label {what} --overwrite{}", keys(set, remove)),
        Action::Annotate { set, remove } => format!("annotate {what} --overwrite{}", keys(set, remove)),
    };
    match &place.namespace {
        Some(namespace) => format!("kubectl {line} --namespace {}", quoted(namespace)),
        None => format!("kubectl {line}"),
    }
}

fn grace(seconds: Option<u32>) -> String {
    seconds.map_or_else(String::new, |seconds| format!(" --grace-period={seconds}"))
}

fn drain_flags(action: &Action) -> String {
    let Action::Drain { grace_period_seconds, timeout_seconds, delete_empty_dir_data, force } = action else {
        return String::new();
    };
    let mut flags = " --ignore-daemonsets".to_owned();
    for (given, flag) in [(*delete_empty_dir_data, " --delete-emptydir-data"), (*force, " --force")] {
        if given {
            flags.push_str(flag);
        }
    }
    flags.push_str(&grace(*grace_period_seconds));
    flags + &format!(" --timeout={}s", timeout_seconds.unwrap_or(DRAIN_SECONDS))
}

fn suspended(what: &str, yes: bool) -> String {
    format!("patch {what} --type=merge -p {}", quoted(&json!({"spec": {"suspend": yes}}).to_string()))
}

/// kubectl has no word for an eviction of its own, only `drain`.
fn evict(place: &ObjectRef, grace: Option<u32>) -> String {
    let namespace = place.namespace.as_deref().unwrap_or_default();
    let mut body = json!({"apiVersion": "policy/v1", "kind": "Eviction",
        "metadata": {"name": place.name, "namespace": namespace}});
    if let Some(seconds) = grace {
        body["deleteOptions"] = json!({"gracePeriodSeconds": seconds});
    }
    let path = format!("/api/v1/namespaces/{namespace}/pods/{}/eviction", place.name);
    format!("echo {} | kubectl create --raw {} -f -", quoted(&body.to_string()), quoted(&path))
}

fn keys(set: &BTreeMap<String, String>, remove: &[String]) -> String {
    let set = set.iter().map(|(key, value)| quoted(&format!("{key}={value}")));
    let removed = remove.iter().map(|key| quoted(&format!("{key}-")));
    set.chain(removed).fold(String::new(), |line, word| format!("{line} {word}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(kind: &str, namespace: Option<&str>, name: &str) -> ObjectRef {
        ObjectRef {
            cluster: "a".parse().expect("an id"),
            kind: kind.parse().expect("a kind"),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
        }
    }

    #[test]
    fn lines_are_what_kubectl_takes() {
        let api = place("deployments.apps", Some("shop"), "api");
        let cron = place("cronjobs.batch", Some("shop"), "nightly");
        let node = place("nodes", None, "n1");
        let pod = place("pods", Some("shop"), "api-0");
        let drain = Action::Drain {
            grace_period_seconds: Some(5),
            timeout_seconds: Some(60),
            delete_empty_dir_data: true,
            force: true,
        };
        let plain = Action::Drain {
            grace_period_seconds: None,
            timeout_seconds: None,
            delete_empty_dir_data: false,
            force: false,
        };
        let delete = |propagation, grace_period_seconds| Action::Delete { propagation, grace_period_seconds };
        let label = Action::Label { set: [("a".to_owned(), "b".to_owned())].into(), remove: vec!["c".to_owned()] };
        for (action, place, expected) in [
            (Action::Scale { replicas: 5 }, &api, "kubectl scale deployments.apps/api --replicas=5 --namespace shop"),
            (Action::Restart {}, &api, "kubectl rollout restart deployments.apps/api --namespace shop"),
            (
                Action::Rollback { revision: 2 },
                &api,
                "kubectl rollout undo deployments.apps/api --to-revision=2 --namespace shop",
            ),
            (Action::Cordon {}, &node, "kubectl cordon n1"),
            (
                drain,
                &node,
                "kubectl drain n1 --ignore-daemonsets --delete-emptydir-data --force --grace-period=5 --timeout=60s",
            ),
            (plain, &node, "kubectl drain n1 --ignore-daemonsets --timeout=600s"),
            (delete(Cascade::Background, None), &pod, "kubectl delete pods/api-0 --namespace shop"),
            (
                delete(Cascade::Orphan, Some(0)),
                &api,
                "kubectl delete deployments.apps/api --cascade=orphan --grace-period=0 --force --namespace shop",
            ),
            (
                Action::Suspend {},
                &cron,
                "kubectl patch cronjobs.batch/nightly --type=merge -p '{\"spec\":{\"suspend\":true}}' --namespace shop",
            ),
            (
                Action::Trigger { name: None },
                &cron,
                "kubectl create job nightly-1 --from=cronjob/nightly --namespace shop",
            ),
            (label, &node, "kubectl label nodes/n1 --overwrite a=b c-"),
            (
                Action::Evict { grace_period_seconds: None },
                &pod,
                "echo '{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"api-0\",\"namespace\":\"shop\"}}' | kubectl create --raw /api/v1/namespaces/shop/pods/api-0/eviction -f -",
            ),
        ] {
            assert_eq!(line(&action, place, "nightly-1"), expected);
        }
    }

    #[test]
    fn nothing_leaves_its_word() {
        let set = [("note".to_owned(), "it's $(rm -rf /); `x`\n".to_owned())].into();
        let action = Action::Annotate { set, remove: vec![] };
        let text = line(&action, &place("pods", Some("shop"), "a;b"), "");
        assert_eq!(text, "kubectl annotate 'pods/a;b' --overwrite 'note=it'\\''s $(rm -rf /); `x`\n' --namespace shop");
    }
}
