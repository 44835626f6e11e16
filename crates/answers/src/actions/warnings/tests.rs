use serde_json::json;

use super::*;

fn codes(kind: &str, action: &Action, object: &Value, around: &Around<'_>) -> Vec<String> {
    let (cluster, kind) = (ClusterId::slug("a"), kind.parse().expect("a kind"));
    let subject = Subject { cluster: &cluster, kind: &kind, action, object };
    of(&subject, around).iter().map(|notice| format!("{} {:?}", notice.code, notice.tone)).collect()
}

fn pod() -> Value {
    json!({
        "kind": "Pod",
        "metadata": {"name": "api-0", "namespace": "shop", "labels": {"app": "api"},
            "ownerReferences": [{"controller": true, "kind": "ReplicaSet", "name": "api-7d9"}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    })
}

fn budget(allowed: i64) -> Value {
    json!({"metadata": {"name": "api", "namespace": "shop"}, "spec": {"selector": {"matchLabels": {"app": "api"}}},
        "status": {"disruptionsAllowed": allowed}})
}

const EVICT: Action = Action::Evict { grace_period_seconds: None };
const DELETE: Action = Action::Delete { propagation: Cascade::Background, grace_period_seconds: None };

#[test]
fn a_pod_tells_its_budget_its_service_and_who_makes_it_again() {
    let (spent, left) = ([budget(0)], [budget(1)]);
    let around = |budgets| Around { budgets, ready: [("api".to_owned(), 1)].into(), ..Around::default() };
    assert_eq!(codes("pods", &EVICT, &pod(), &around(&spent)), ["pdb Danger", "last_replica Danger", "owner Neutral"]);
    assert_eq!(codes("pods", &EVICT, &pod(), &around(&left)), ["last_replica Danger", "owner Neutral", "pdb Neutral"]);
    let quiet = Around { ready: [("api".to_owned(), 3)].into(), ..Around::default() };
    assert_eq!(codes("pods", &DELETE, &pod(), &quiet), ["owner Neutral"]);
    let mut alone = pod();
    alone["metadata"]["ownerReferences"] = json!([]);
    alone["spec"] = json!({"volumes": [{"name": "a", "emptyDir": {}}]});
    alone["metadata"]["finalizers"] = json!(["x/y"]);
    let expected = ["owner Danger", "local_storage Warning", "finalizers Notice"];
    assert_eq!(codes("pods", &DELETE, &alone, &Around::default()), expected);
}

#[test]
fn a_budget_covers_as_the_api_server_says() {
    let pod = pod();
    assert_eq!(budget_of(&pod, &[budget(1)]), (Some("api"), false));
    assert_eq!(budget_of(&pod, &[budget(0)]), (Some("api"), true));
    assert_eq!(budget_of(&pod, &[budget(1), budget(1)]), (Some("api"), true), "two budgets");
    let mut elsewhere = budget(0);
    elsewhere["metadata"]["namespace"] = json!("other");
    assert_eq!(budget_of(&pod, &[elsewhere]), (None, false));
    let mut all = budget(0);
    all["spec"]["selector"] = json!({});
    assert_eq!(budget_of(&pod, &[all]), (Some("api"), true));
    let mut none = budget(0);
    none["spec"]["selector"] = Value::Null;
    assert_eq!(budget_of(&pod, &[none]), (None, false));
    let mut ended = pod.clone();
    ended["status"]["phase"] = json!("Succeeded");
    assert_eq!(budget_of(&ended, &[budget(0)]), (Some("api"), false));
}

#[test]
fn whoever_describes_an_object_elsewhere_is_named() {
    let mut object = json!({"kind": "Deployment", "metadata": {"name": "api", "namespace": "shop",
        "annotations": {"argocd.argoproj.io/tracking-id": "shop-app:apps/Deployment:shop/api", "meta.helm.sh/release-name": "shop"},
        "labels": {"app.kubernetes.io/managed-by": "Helm", "kustomize.toolkit.fluxcd.io/name": "apps"}}});
    let scale = Action::Scale { replicas: 2 };
    let around = Around::default();
    let expected = ["gitops Warning", "gitops Warning", "helm Notice"];
    assert_eq!(codes("deployments.apps", &scale, &object, &around), expected);
    assert!(codes("deployments.apps", &Action::Restart {}, &object, &around).is_empty(), "a restart undoes nothing");
    object["metadata"]["annotations"] = json!({});
    object["metadata"]["labels"] = json!({"app.kubernetes.io/instance": "shop"});
    assert!(codes("deployments.apps", &scale, &object, &around).is_empty(), "anybody may use that label");
    object["metadata"]["annotations"] = json!({"argocd.argoproj.io/sync-wave": "1"});
    assert_eq!(codes("deployments.apps", &scale, &object, &around), ["gitops Warning"]);
}

#[test]
fn an_autoscaler_and_services_stand_against_scaling() {
    let object = json!({"kind": "Deployment", "metadata": {"name": "api", "namespace": "shop"},
        "spec": {"template": {"metadata": {"labels": {"app": "api"}}}}});
    let autoscaler = |kind: &str| {
        json!({"metadata": {"name": "api"}, "spec": {"minReplicas": 2, "maxReplicas": 9,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": "api"}}})
    };
    let service = json!({"metadata": {"name": "api"}, "spec": {"selector": {"app": "api"}}});
    let headless = json!({"metadata": {"name": "none"}, "spec": {}});
    let (autoscalers, services) = ([autoscaler("Deployment"), autoscaler("StatefulSet")], [service, headless]);
    let around = Around { autoscalers: &autoscalers, services: &services, ..Around::default() };
    assert_eq!(codes("deployments.apps", &Action::Scale { replicas: 4 }, &object, &around), ["hpa Warning"]);
    let expected = ["hpa Warning", "last_replica Warning"];
    assert_eq!(codes("deployments.apps", &Action::Scale { replicas: 0 }, &object, &around), expected);
    let mut owned = object.clone();
    owned["metadata"]["ownerReferences"] = json!([{"controller": true, "kind": "Deployment", "name": "api"}]);
    assert_eq!(codes("replicasets.apps", &DELETE, &owned, &Around::default()), ["owner Warning"]);
}
