//! What objects are tied to, over the demo world.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::client::Client;
use super::world::{Known, Server, objects, run};

const KINDS: &[&str] = &[
    "pods",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "replicasets.apps",
    "jobs.batch",
    "cronjobs.batch",
    "services",
    "ingresses.networking.k8s.io",
    "endpointslices.discovery.k8s.io",
    "configmaps",
    "secrets",
    "serviceaccounts",
    "persistentvolumeclaims",
    "persistentvolumes",
    "storageclasses.storage.k8s.io",
    "horizontalpodautoscalers.autoscaling",
    "poddisruptionbudgets.policy",
    "networkpolicies.networking.k8s.io",
    "nodes",
    "namespaces",
    "roles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "clusterroles.rbac.authorization.k8s.io",
    "clusterrolebindings.rbac.authorization.k8s.io",
];

/// Objects of one kind that are looked at: enough to meet every tie.
const SAMPLE: usize = 12;

async fn related(client: &Client, kind: &str, object: &Known) -> Value {
    let namespace = if object.namespace.is_empty() { "_" } else { &object.namespace };
    // Names of RBAC objects have colons.
    let name = object.name.replace(':', "%3A");
    let path = format!("/api/clusters/{}/objects/{kind}/{namespace}/{name}/related", object.cluster);
    let answered = client.get(&path).await;
    assert_eq!(answered.status, 200, "{path}: {}", answered.text);
    answered.json()
}

fn groups(answer: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let groups = answer["data"].as_array().expect("groups");
    groups.iter().map(|group| (group["relation"].as_str().expect("a relation"), &group["items"]))
}

#[test]
fn every_kind_is_tied_to_what_it_should() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let mut told = String::new();
        for kind in KINDS {
            let all = objects(&alice, kind).await;
            let some = all.iter().filter(|one| one.cluster == "prod-eu").take(SAMPLE);
            let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for object in some {
                let answer = related(&alice, kind, object).await;
                assert_eq!(answer["gaps"], json!([]), "who may see everything misses nothing of {kind} {object:?}");
                for (relation, items) in groups(&answer) {
                    for item in items.as_array().expect("items") {
                        let neighbour = item["object"]["kind"].as_str().expect("a kind").to_owned();
                        assert!(neighbour != *kind || item["object"]["name"] != object.name, "tied to itself: {item}");
                        found.entry(relation.to_owned()).or_default().insert(neighbour);
                    }
                }
            }
            for (relation, kinds) in found {
                let kinds: Vec<String> = kinds.into_iter().collect();
                writeln!(told, "{kind} {relation} {}", kinds.join(", ")).expect("written");
            }
        }
        assert_snapshot!(told);
    });
}

#[test]
fn ties_go_both_ways() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let of_payments = async |kind: &str| -> Vec<Known> {
            let all = objects(&alice, kind).await;
            all.into_iter().filter(|one| one.cluster == "prod-eu" && one.namespace == "payments").collect()
        };
        let pods = of_payments("pods").await;
        let pod = pods.iter().find(|pod| pod.name.starts_with("api-")).expect("a pod of api");
        let answer = related(&alice, "pods", pod).await;
        let names = |answer: &Value, wanted: &str| -> BTreeSet<String> {
            let of = groups(answer).filter(|(relation, _)| *relation == wanted);
            of.flat_map(|(_, items)| items.as_array().expect("items").clone())
                .map(|item| item["object"]["name"].as_str().expect("a name").to_owned())
                .collect()
        };
        let owner = names(&answer, "owned by").pop_first().expect("an owner");
        let set = Known { name: owner.clone(), ..pod.clone() };
        let of_set = related(&alice, "replicasets.apps", &set).await;
        assert!(names(&of_set, "owns").contains(&pod.name), "{of_set}");
        let node = names(&answer, "runs on").pop_first().expect("a node");
        let node = Known { name: node, namespace: String::new(), ..pod.clone() };
        assert!(names(&related(&alice, "nodes", &node).await, "runs").contains(&pod.name));
        let service = names(&answer, "routed from").pop_first().expect("a service");
        let service = Known { name: service, ..pod.clone() };
        let of_service = related(&alice, "services", &service).await;
        let routed: BTreeSet<String> =
            ["routes to", "selects"].iter().flat_map(|tie| names(&of_service, tie)).collect();
        assert!(routed.contains(&pod.name), "{of_service}");
    });
}

#[test]
fn neighbours_that_may_not_be_listed_have_a_name_at_most() {
    run(async {
        let server = Server::start().await;
        let carol = server.sign_in("carol").await;
        let pod = objects(&carol, "pods").await.into_iter().find(|pod| pod.name.starts_with("api-")).expect("a pod");
        let answer = related(&carol, "pods", &pod).await;
        let (_, nodes) = groups(&answer).find(|(relation, _)| *relation == "runs on").expect("the pod names its node");
        assert_eq!((&nodes[0]["tone"], &nodes[0]["status"]), (&json!("neutral"), &json!("")), "{answer}");
        let gaps = answer["gaps"].as_array().expect("gaps");
        assert!(gaps.iter().any(|gap| gap["needs"][0]["resource"] == "nodes"), "{answer}");
        let (_, services) = groups(&answer).find(|(relation, _)| *relation == "routed from").expect("a service");
        assert_eq!(services[0]["object"]["namespace"], pod.namespace.as_str());
    });
}
