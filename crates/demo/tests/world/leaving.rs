//! What goes: with what it owns, before it, or without it; and what comes back.

use http::StatusCode;
use serde_json::{Value, json};

use crate::client::Client;
use crate::writes::{Place, deployment, settled};

async fn up(place: &Place, object: &Value, replicas: i64) -> Value {
    let (status, body) = place.client.create(&place.deployments(), object).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    place.client.until(&place.deployments(), "web", settled(replicas)).await;
    replica_set(place).await
}

async fn replica_set(place: &Place) -> Value {
    let sets = place.client.ok(&place.of("apps/v1", "replicasets")).await;
    sets["items"][0].clone()
}

async fn delete(place: &Place, query: &str) -> Value {
    let path = format!("{}/web{query}", place.deployments());
    let (status, body) = place.client.send("DELETE", &path, "application/json", &Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

async fn names(client: &Client, path: &str) -> Vec<String> {
    let list = client.ok(path).await;
    let items = list["items"].as_array().into_iter().flatten();
    items.map(|item| item["metadata"]["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_replica_set_that_somebody_deletes_comes_back() {
    let place = Place::new("comes-back").await;
    let set = up(&place, &deployment(2, "web:1"), 2).await;
    let (sets, name) = (place.of("apps/v1", "replicasets"), set["metadata"]["name"].as_str().expect("a name"));
    place.client.send("DELETE", &format!("{sets}/{name}"), "application/json", &Value::Null).await;
    let again =
        |object: &Value| object["metadata"]["uid"] != set["metadata"]["uid"] && object["status"]["readyReplicas"] == 2;
    place.client.until(&sets, name, again).await;
}

#[tokio::test]
async fn what_a_finalizer_held_takes_along_what_it_owns() {
    let place = Place::new("held").await;
    let mut object = deployment(1, "web:1");
    object["metadata"]["finalizers"] = json!(["example.com/hold"]);
    up(&place, &object, 1).await;
    assert!(delete(&place, "").await["metadata"]["deletionTimestamp"].is_string(), "it waits");
    let free = json!({"metadata": {"finalizers": null}});
    let path = format!("{}/web", place.deployments());
    place.client.send("PATCH", &path, "application/merge-patch+json", &free).await;
    assert_eq!(place.client.get(&path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(names(&place.client, &place.of("apps/v1", "replicasets")).await, [""; 0]);
}

#[tokio::test]
async fn in_the_foreground_the_owner_goes_last() {
    let place = Place::new("foreground").await;
    up(&place, &deployment(2, "web:1"), 2).await;
    let version = place.client.ok(&place.deployments()).await["metadata"]["resourceVersion"].clone();
    let version = version.as_str().expect("a version");
    let path = format!("{}?watch=true&resourceVersion={version}", place.deployments());
    let mut events = place.client.watch(&path).await;
    let left = delete(&place, "?propagationPolicy=Foreground").await;
    assert_eq!(left["metadata"]["finalizers"], json!(["foregroundDeletion"]));
    assert!(replica_set(&place).await["metadata"]["deletionTimestamp"].is_string(), "the set waits for its pods, too");
    while events.next().await.expect("a watch without end")["type"] != "DELETED" {}
    assert_eq!(names(&place.client, &place.core("pods")).await, [""; 0]);
    assert_eq!(names(&place.client, &place.of("apps/v1", "replicasets")).await, [""; 0]);
}

#[tokio::test]
async fn orphans_are_taken_by_whom_they_fit() {
    let place = Place::new("orphans").await;
    let set = up(&place, &deployment(2, "web:1"), 2).await;
    let pods = names(&place.client, &place.core("pods")).await;
    delete(&place, "?propagationPolicy=Orphan").await;
    assert_eq!(replica_set(&place).await["metadata"]["ownerReferences"], Value::Null);
    let taken = up(&place, &deployment(2, "web:1"), 2).await;
    assert_eq!(taken["metadata"]["uid"], set["metadata"]["uid"]);
    assert_eq!(taken["metadata"]["ownerReferences"][0]["name"], "web");
    assert_eq!(names(&place.client, &place.core("pods")).await, pods);
}

#[tokio::test]
async fn two_evictions_at_once_spend_a_disruption_once() {
    let place = Place::new("evictions").await;
    up(&place, &deployment(2, "web:1"), 2).await;
    let budgets = place.of("policy/v1", "poddisruptionbudgets");
    let selector = json!({"matchLabels": {"app": "web"}});
    let budget = json!({"metadata": {"name": "web"}, "spec": {"minAvailable": 1, "selector": selector}});
    place.client.create(&budgets, &budget).await;
    place.client.until(&budgets, "web", |object| object["status"]["disruptionsAllowed"] == 1).await;
    let pods = names(&place.client, &place.core("pods")).await;
    let evict = async |pod: &str| {
        let path = format!("{}/{pod}/eviction", place.core("pods"));
        place.client.create(&path, &json!({"kind": "Eviction"})).await.0
    };
    let mut told = <[StatusCode; 2]>::from(tokio::join!(evict(&pods[0]), evict(&pods[1])));
    told.sort_unstable();
    assert_eq!(told, [StatusCode::CREATED, StatusCode::TOO_MANY_REQUESTS]);
}
