//! Get, list, watch.

use std::collections::BTreeSet;

use http::StatusCode;
use serde_json::{Value, json};

use crate::client::Client;
use crate::{quiet, shared};

fn names(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().expect("items");
    let name = |item: &Value| {
        format!(
            "{}/{}",
            item["metadata"]["namespace"].as_str().unwrap_or(""),
            item["metadata"]["name"].as_str().expect("a name")
        )
    };
    items.iter().map(name).collect()
}

#[tokio::test]
async fn the_default_world_has_what_it_promises() {
    let world = shared().await;
    let prod = Client::new(&world.kubeconfig(), "prod-eu");
    let pods = prod.ok("/api/v1/pods").await;
    let count = pods["items"].as_array().map_or(0, Vec::len);
    assert!((1300..1700).contains(&count), "{count} pods");
    assert_eq!(prod.ok("/api/v1/nodes").await["items"].as_array().map(Vec::len), Some(60));
    assert!(prod.ok("/api/v1/namespaces").await["items"].as_array().map_or(0, Vec::len) >= 25);
    let staging = Client::new(&world.kubeconfig(), "staging").ok("/api/v1/pods").await.to_string();
    for trouble in ["OOMKilled", "CrashLoopBackOff", "ImagePullBackOff", "Unschedulable"] {
        assert!(staging.contains(trouble), "staging shows no {trouble}");
    }
    let edge = Client::new(&world.kubeconfig(), "edge").ok("/version").await;
    assert_eq!(edge["gitVersion"], "v1.31.9+k3s1");
}

#[tokio::test]
async fn pages_together_are_the_list() {
    let world = shared().await;
    let client = Client::new(&world.kubeconfig(), "prod-eu");
    let whole = names(&client.ok("/api/v1/pods").await);
    let (mut paged, mut next) = (Vec::new(), String::new());
    loop {
        let page = client.ok(&format!("/api/v1/pods?limit=400&continue={next}")).await;
        paged.extend(names(&page));
        match page["metadata"]["continue"].as_str() {
            Some(token) => token.clone_into(&mut next),
            None => break,
        }
    }
    assert_eq!(whole, paged);
    let (status, _) = client.get("/api/v1/pods?limit=1&continue=nonsense").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn selectors_select() {
    let world = shared().await;
    let client = Client::new(&world.kubeconfig(), "prod-eu");
    let all = client.ok("/api/v1/pods").await;
    let items = all["items"].as_array().expect("items");
    let node = items[0]["spec"]["nodeName"].as_str().expect("a node");
    let expected =
        items.iter().filter(|pod| pod["spec"]["nodeName"] == node && pod["status"]["phase"] == "Running").count();
    let query = format!("/api/v1/pods?fieldSelector=spec.nodeName%3D{node},status.phase%3DRunning");
    assert_eq!(names(&client.ok(&query).await).len(), expected);
    let labelled =
        client.ok("/api/v1/namespaces/payments/pods?labelSelector=app.kubernetes.io/name%20in%20(api,worker)").await;
    assert!(labelled["items"].as_array().is_some_and(|items| items.len() > 5));
}

#[tokio::test]
async fn tables_and_metadata_come_when_asked_for() {
    let world = shared().await;
    let client = Client::new(&world.kubeconfig(), "prod-eu");
    let table = client.clone().with("accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
    let pods = table.ok("/api/v1/namespaces/payments/pods").await;
    let columns: Vec<&str> = pods["columnDefinitions"]
        .as_array()
        .expect("columns")
        .iter()
        .filter_map(|column| column["name"].as_str())
        .collect();
    assert_eq!(
        columns,
        ["Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates"]
    );
    assert_eq!(pods["rows"][0]["object"]["kind"], "PartialObjectMetadata");
    let pools = table.ok("/apis/karpenter.sh/v1/nodepools?includeObject=None").await;
    assert_eq!(pools["columnDefinitions"][1]["name"], "NodeClass");
    assert_eq!(pools["rows"][0]["object"], Value::Null);
    let metadata = client.with("accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");
    let secrets = metadata.ok("/api/v1/namespaces/payments/secrets").await;
    assert_eq!(secrets["kind"], "PartialObjectMetadataList");
    assert_eq!(secrets["items"][0]["data"], Value::Null);
}

#[tokio::test]
async fn a_watch_shows_the_beginning_then_what_changes() {
    let world = shared().await;
    let client = Client::new(&world.kubeconfig(), "edge");
    let path = "/api/v1/namespaces/default/configmaps";
    let initial = "resourceVersionMatch=NotOlderThan&sendInitialEvents=true&allowWatchBookmarks=true";
    let mut events = client.watch(&format!("{path}?watch=true&{initial}")).await;
    let first = events.next().await.expect("an event");
    assert_eq!((&first["type"], &first["object"]["metadata"]["name"]), (&json!("ADDED"), &json!("kube-root-ca.crt")));
    let bookmark = events.next().await.expect("an event");
    assert_eq!(bookmark["type"], "BOOKMARK");
    assert_eq!(bookmark["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"], "true");
    let (status, made) = client.create(path, &json!({"metadata": {"name": "new"}, "data": {"a": "1"}})).await;
    assert_eq!(status, StatusCode::CREATED);
    let added = events.next().await.expect("an event");
    assert_eq!((&added["type"], &added["object"]), (&json!("ADDED"), &made));
    client.send("PATCH", &format!("{path}/new"), "application/merge-patch+json", &json!({"data": {"a": "2"}})).await;
    let changed = events.next().await.expect("an event");
    assert_eq!((&changed["type"], &changed["object"]["data"]["a"]), (&json!("MODIFIED"), &json!("2")));
    client.send("DELETE", &format!("{path}/new"), "application/json", &Value::Null).await;
    assert_eq!(events.next().await.expect("an event")["type"], "DELETED");
}

#[tokio::test]
async fn a_watch_from_too_long_ago_is_gone() {
    let world = shared().await;
    let client = Client::new(&world.kubeconfig(), "edge");
    let mut events = client.watch("/api/v1/pods?watch=true&resourceVersion=5").await;
    let event = events.next().await.expect("an event");
    assert_eq!(
        (&event["type"], &event["object"]["code"], &event["object"]["reason"]),
        (&json!("ERROR"), &json!(410), &json!("Expired"))
    );
    assert_eq!(events.next().await, None);
    let (status, _) = client.get("/api/v1/pods?resourceVersion=99999999999").await;
    assert_eq!(status, StatusCode::GATEWAY_TIMEOUT);
}

#[tokio::test]
async fn the_same_seed_makes_the_same_world() {
    let (one, two) = (shared().await, quiet().await);
    // staging is where other tests write, and runs of cron jobs are named after the time
    for cluster in ["prod-eu", "edge"] {
        let (one, two) = (Client::new(&one.kubeconfig(), cluster), Client::new(&two.kubeconfig(), cluster));
        for path in ["/api/v1/pods?labelSelector=!job-name", "/api/v1/nodes", "/apis/apps/v1/replicasets"] {
            assert_eq!(names(&one.ok(path).await), names(&two.ok(path).await), "{cluster} {path}");
        }
    }
}

#[tokio::test]
async fn discovery_is_the_same_in_both_forms() {
    let world = shared().await;
    let client = Client::new(&world.kubeconfig(), "prod-eu");
    let aggregated = client
        .clone()
        .with("accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json");
    let document = aggregated.ok("/apis").await;
    for group in document["items"].as_array().expect("groups") {
        let name = group["metadata"]["name"].as_str().expect("a name");
        for version in group["versions"].as_array().expect("versions") {
            let path = format!("/apis/{name}/{}", version["version"].as_str().expect("a version"));
            let legacy = client.ok(&path).await;
            let plain: BTreeSet<&str> = legacy["resources"]
                .as_array()
                .expect("resources")
                .iter()
                .filter_map(|one| one["name"].as_str())
                .filter(|name| !name.contains('/'))
                .collect();
            let new: BTreeSet<&str> = version["resources"]
                .as_array()
                .expect("resources")
                .iter()
                .filter_map(|one| one["resource"].as_str())
                .collect();
            assert_eq!(plain, new, "{path}");
        }
    }
}

#[tokio::test]
async fn logs_tail_and_limit() {
    let world = shared().await;
    let client = Client::new(&world.kubeconfig(), "prod-eu");
    let pods = client.ok("/api/v1/namespaces/payments/pods?labelSelector=app.kubernetes.io/name%3Dapi").await;
    let pod = pods["items"][0]["metadata"]["name"].as_str().expect("a pod");
    let path = format!("/api/v1/namespaces/payments/pods/{pod}/log?container=app");
    let three = client.ok(&format!("{path}&tailLines=3")).await;
    assert_eq!(three.as_str().map(|text| text.lines().count()), Some(3));
    let cut = client.ok(&format!("{path}&limitBytes=10")).await;
    assert_eq!(cut.as_str().map(str::len), Some(10));
    let (status, body) = client.get(&format!("/api/v1/namespaces/payments/pods/{pod}/log?container=nope")).await;
    assert_eq!((status, body["reason"].as_str()), (StatusCode::BAD_REQUEST, Some("BadRequest")));
}

/// Values of Secrets carry a mark, so that a leak can be searched for; tables must never show one.
#[tokio::test]
async fn tables_of_secrets_show_no_values() {
    let world = shared().await;
    let client = Client::new(&world.kubeconfig(), "prod-eu");
    let mark = |text: &str| text.contains("Y2FuYXJ5") || text.contains("canary");
    let objects = client.ok("/api/v1/namespaces/payments/secrets").await.to_string();
    assert!(mark(&objects), "without marks this test could not fail");
    assert!(objects.contains("last-applied-configuration"), "one copy stands in an annotation");
    let table = client.with("accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
    let rows = table.ok("/api/v1/namespaces/payments/secrets?includeObject=None").await;
    assert!(rows["rows"].as_array().is_some_and(|rows| !rows.is_empty()));
    assert!(!mark(&rows.to_string()));
}
