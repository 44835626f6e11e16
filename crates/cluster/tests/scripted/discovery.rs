//! Discovery of either kind, reviews and metrics over the network.

use std::sync::Arc;

use periscope_cluster::{Discovery, Error, Identity};
use periscope_model::{AccessQuery, Actor, Permission};
use serde_json::{Value, json};

use crate::server::{Reply, Seen, Server, pods};

fn shown(found: &Discovery) -> Vec<String> {
    found.resources.iter().map(|one| format!("{} {}", one.kind_id, one.version)).collect()
}

fn missing() -> Reply {
    Reply::json(404, &json!({"kind": "Status", "message": "not found"}))
}

#[tokio::test]
async fn aggregated_discovery_takes_two_requests() {
    let group = |name: &str, resource: &str| {
        json!({"metadata": {"name": name}, "versions": [{"version": "v1", "resources": [
            {"resource": resource, "responseKind": {"kind": "Kind"}, "scope": "Namespaced", "verbs": ["list"]},
        ]}]})
    };
    let server = Server::start(move |seen| {
        let items = if seen.path == "/api" { group("", "pods") } else { group("apps", "deployments") };
        Reply::json(200, &json!({"kind": "APIGroupDiscoveryList", "items": [items]}))
    })
    .await;
    let found = server.connection().await.discover(&Identity::Inventory).await.expect("a discovery");
    assert_eq!(shown(&found), ["pods v1", "deployments.apps v1"]);
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(
        seen[0].headers("accept"),
        ["accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
          application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"]
    );
}

fn classic(seen: &Seen) -> Reply {
    let resources = |names: &[&str]| {
        let resources =
            names.iter().map(|name| json!({"name": name, "kind": "Kind", "namespaced": true, "verbs": ["list"]}));
        Reply::json(200, &json!({"kind": "APIResourceList", "resources": resources.collect::<Vec<_>>()}))
    };
    let version = |version: &str| json!({"version": version});
    match seen.path.as_str() {
        "/api" => Reply::json(200, &json!({"kind": "APIVersions", "versions": ["v1"]})),
        "/apis" => Reply::json(
            200,
            &json!({"kind": "APIGroupList", "groups": [
                {"name": "autoscaling", "versions": [version("v1"), version("v2")], "preferredVersion": version("v2")},
                {"name": "metrics.k8s.io", "versions": [version("v1beta1")]},
            ]}),
        ),
        "/api/v1" => resources(&["pods", "pods/log"]),
        "/apis/autoscaling/v2" => resources(&["scalers"]),
        "/apis/autoscaling/v1" => resources(&["scalers", "old"]),
        "/apis/metrics.k8s.io/v1beta1" => Reply::text(503, "text/plain", "service unavailable"),
        _ => missing(),
    }
}

#[tokio::test]
async fn classic_discovery_leaves_a_gap_where_a_group_is_down() {
    let server = Server::start(classic).await;
    let found = server.connection().await.discover(&Identity::Inventory).await.expect("a discovery");
    assert_eq!(shown(&found), ["pods v1", "scalers.autoscaling v2", "old.autoscaling v1"]);
    let gaps: Vec<_> = found.gaps.iter().map(|gap| (gap.code.as_str(), gap.what.as_str())).collect();
    let what = "metrics.k8s.io/v1beta1 could not be asked what it serves: the API server answered 503: 503 Service \
        Unavailable: \"service unavailable\"";
    assert_eq!(gaps, [("GROUP_UNAVAILABLE", what)]);
}

#[tokio::test]
async fn discovery_without_the_core_group_is_none() {
    let server = Server::start(|seen| if seen.path == "/api/v1" { missing() } else { classic(seen) }).await;
    let error = server.connection().await.discover(&Identity::Inventory).await.expect_err("no core group");
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    let server = Server::always(Reply::json(200, &json!({"kind": "Something"}))).await;
    let error = server.connection().await.discover(&Identity::Inventory).await.expect_err("no groups");
    assert!(matches!(error, Error::Garbage { .. }), "{error:?}");
}

#[tokio::test]
async fn a_review_is_asked_as_the_one_it_is_about() {
    let server = Server::start(|seen| {
        let body: Value = serde_json::from_slice(&seen.body).expect("a body");
        let allowed = body["spec"]["resourceAttributes"]["namespace"] == "shop";
        Reply::json(201, &json!({"status": {"allowed": allowed}}))
    })
    .await;
    let connection = server.connection().await;
    let anna = Identity::Human(Arc::new(Actor::new("anna", [])));
    let query = |namespace: &str| AccessQuery { ..Permission::on("list", &pods().kind, Some(namespace)) };
    assert!(connection.review(&anna, &query("shop")).await.expect("an answer"));
    assert!(!connection.review(&anna, &query("kube-system")).await.expect("an answer"));
    let seen = server.seen();
    assert_eq!(seen[0].method, "POST");
    assert_eq!(seen[0].headers("impersonate"), ["impersonate-user: anna"]);
    assert_eq!(seen[0].headers("content-type"), ["content-type: application/json"]);
}

#[tokio::test]
async fn an_unanswered_review_is_neither_yes_nor_no() {
    for reply in [Reply::json(201, &json!({"status": {}})), Reply::json(201, &json!([])), Reply::json(500, &json!({}))]
    {
        let server = Server::always(reply).await;
        let answer = server.connection().await.review(&Identity::Inventory, &AccessQuery::default()).await;
        assert!(answer.is_err(), "{answer:?}");
    }
}

#[tokio::test]
async fn who_somebody_is_may_include_what_is_never_asked_for() {
    let user = json!({"username": "anna", "groups": ["system:authenticated", "dev"]});
    let server = Server::always(Reply::json(201, &json!({"status": {"userInfo": user}}))).await;
    let actor = server.connection().await.who_am_i(&Identity::Inventory).await.expect("an actor");
    assert_eq!(actor, Actor::new("anna", ["dev".to_owned(), "system:authenticated".to_owned()]));
    assert_eq!(server.seen()[0].path, "/apis/authentication.k8s.io/v1/selfsubjectreviews");
}

#[tokio::test]
async fn metrics_are_lists_of_readings() {
    let server = Server::start(|seen| {
        let usage = json!({"cpu": "250m", "memory": "1Ki"});
        let pod = json!({"metadata": {"name": "web-0", "namespace": "shop"}, "containers": [{"name": "web", "usage": usage}]});
        match seen.path.as_str() {
            "/apis/metrics.k8s.io/v1beta1/nodes" => {
                Reply::json(200, &json!({"items": [{"metadata": {"name": "n"}, "usage": usage}], "metadata": {}}))
            }
            "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods" => Reply::json(200, &json!({"items": [pod], "metadata": {}})),
            "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/web-0" => Reply::json(200, &pod),
            _ => missing(),
        }
    })
    .await;
    let connection = server.connection().await;
    let nodes = connection.node_metrics(&Identity::Inventory).await.expect("nodes");
    assert_eq!((nodes[0].name.as_str(), nodes[0].usage.memory_bytes), ("n", 1024));
    let pods = connection.pod_metrics(&Identity::Inventory, Some("shop")).await.expect("pods");
    let one = connection.pod_metrics_of(&Identity::Inventory, "shop", "web-0").await.expect("a pod");
    assert_eq!(pods, std::slice::from_ref(&one));
    assert_eq!(one.containers[0].name, "web");
    let all = connection.pod_metrics(&Identity::Inventory, None).await;
    assert!(matches!(all, Err(Error::NotFound { .. })), "{all:?}");
}
