//! Connections to the demo world, which speaks as an API server does.

use std::sync::{Arc, Once};
use std::time::Duration;

use futures::future::join;
use periscope_cluster::{
    Connection, ConnectionSource, ConnectionSpec, Error, Form, Identity, Kubeconfig, ListEnd, ListFrame, ListOptions,
    WatchKind, WatchOptions,
};
use periscope_demo::{World, WorldOptions};
use periscope_model::{Actor, ClusterId, KindId, Permission, ResourceType};
use serde_json::Value;
use tokio::time::timeout;

/// Longer than anything in the world takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

async fn world() -> World {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| rustls::crypto::ring::default_provider().install_default().expect("the first provider"));
    World::start(WorldOptions { pods: Some(200), seed: 7, ..WorldOptions::default() }).await.expect("a world")
}

/// To the first of its clusters.
async fn connect(kubeconfig: String) -> Connection {
    let id = ClusterId::new("world").expect("an id");
    let source = ConnectionSource::Kubeconfig { kubeconfig: Kubeconfig::Inline(kubeconfig), context: None };
    Connection::open(ConnectionSpec::new(id, source)).await.expect("a connection")
}

fn kind(text: &str) -> ResourceType {
    let kind: KindId = text.parse().expect("a kind");
    ResourceType { kind, version: "v1".into(), namespaced: text != "nodes" }
}

fn person(user: &str, groups: &[&str]) -> Identity {
    Identity::Human(Arc::new(Actor::new(user, groups.iter().map(|&group| group.to_owned()))))
}

async fn list(connection: &Connection, resource: &ResourceType, options: ListOptions) -> (Vec<Value>, ListEnd) {
    let mut frames = connection.list(&Identity::Inventory, resource, options).await.expect("a list");
    let (mut items, mut end) = (Vec::new(), None);
    while let Some(frame) = timeout(PATIENCE, frames.next()).await.expect("a frame in time") {
        match frame.expect("a frame") {
            ListFrame::Item(json) => items.push(serde_json::from_slice(&json).expect("an item is JSON")),
            ListFrame::Skipped(skipped) => assert_eq!(skipped.reason, "", "nothing here is too large"),
            ListFrame::End(last) => end = Some(last),
        }
    }
    (items, end.expect("the end of the list"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_alone_may_do_nothing_and_the_inventory_reads() {
    let world = world().await;
    let connection = connect(world.server_kubeconfig()).await;
    assert!(connection.version(&Identity::Inventory).await.expect("a version").git_version.starts_with("v1."));
    let (pods, end) = list(&connection, &kind("pods"), ListOptions::default()).await;
    assert!(pods.len() >= 100 && !end.resource_version.is_empty(), "{} pods", pods.len());
    let secrets = connection.list(&Identity::Inventory, &kind("secrets"), ListOptions::default()).await;
    let needs = secrets.expect_err("the inventory reads no Secrets").needs().map(ToString::to_string);
    assert_eq!(needs.as_deref(), Some("list secrets cluster-wide"));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_served_is_discovered_once() {
    let world = world().await;
    let connection = connect(world.server_kubeconfig()).await;
    let found = connection.discover(&Identity::Inventory).await.expect("a discovery");
    assert_eq!(found.gaps, []);
    let mut kinds: Vec<_> = found.resources.iter().map(|one| one.kind_id.clone()).collect();
    let all = kinds.len();
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds.len(), all);
    let deployments = found.resources.iter().find(|one| one.kind_id.to_string() == "deployments.apps");
    let deployments = deployments.expect("deployments");
    assert_eq!((deployments.kind.as_str(), &*deployments.version, deployments.namespaced), ("Deployment", "v1", true));
    assert!(deployments.can("watch"));
    assert_eq!(deployments.short_names, ["deploy"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_lists_the_same_pods() {
    let world = world().await;
    let connection = connect(world.server_kubeconfig()).await;
    let options = |form| ListOptions { form, namespace: Some("payments".to_owned()), ..ListOptions::default() };
    let names = |items: &[Value], at: &str| {
        let mut names: Vec<String> =
            items.iter().map(|item| item.pointer(at).and_then(Value::as_str).expect("a name").to_owned()).collect();
        names.sort();
        names
    };
    let pods = kind("pods");
    let (objects, _) = list(&connection, &pods, options(Form::Objects)).await;
    let (rows, end) = list(&connection, &pods, options(Form::Table)).await;
    let (metadata, _) = list(&connection, &pods, options(Form::Metadata)).await;
    assert!(!objects.is_empty());
    assert_eq!(names(&rows, "/object/metadata/name"), names(&objects, "/metadata/name"));
    assert_eq!(names(&metadata, "/metadata/name"), names(&objects, "/metadata/name"));
    assert!(metadata.iter().all(|item| item.get("spec").is_none()));
    let columns: Value = serde_json::from_slice(&end.columns.expect("columns")).expect("JSON");
    assert_eq!(columns[0]["name"], "Name");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_one_list() {
    let world = world().await;
    let connection = connect(world.server_kubeconfig()).await;
    let (mut pages, mut count, mut token) = (0, 0, None);
    loop {
        let options = ListOptions { limit: Some(50), continue_token: token, ..ListOptions::default() };
        let (items, end) = list(&connection, &kind("pods"), options).await;
        (pages, count, token) = (pages + 1, count + items.len(), end.continue_token);
        if token.is_none() {
            break;
        }
    }
    assert!(pages > 1 && count > 50, "{count} pods on {pages} pages");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_goes_on_where_a_list_ended() {
    let world = world().await;
    let connection = connect(world.server_kubeconfig()).await;
    let (_, end) = list(&connection, &kind("pods"), ListOptions::default()).await;
    let options = |version: Option<String>| WatchOptions {
        resource_version: version,
        timeout_seconds: Some(1),
        ..WatchOptions::default()
    };
    let pods = kind("pods");
    let watch = |version| connection.watch(&Identity::Inventory, &pods, options(version));
    let (from_there, from_nothing) = join(watch(Some(end.resource_version)), watch(None)).await;
    let mut events = from_nothing.expect("a watch");
    let first = timeout(PATIENCE, events.next()).await.expect("an event in time").expect("an event").expect("an event");
    assert_eq!(first.kind, WatchKind::Added);
    let pod: Value = serde_json::from_slice(&first.object).expect("JSON");
    assert_eq!(pod["kind"], "Pod");
    // The API server ends it in good order.
    let mut events = from_there.expect("a watch");
    while let Some(event) = timeout(PATIENCE, events.next()).await.expect("an end in time") {
        event.expect("no error");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_read_what_they_may() {
    let world = world().await;
    let connection = connect(world.server_kubeconfig()).await;
    let (alice, dave) = (person("alice@corp", &["periscope-tier:admin"]), person("dave@corp", &[]));
    let pods = kind("pods");
    let query = Permission::on("list", &pods.kind, None);
    assert!(connection.review(&alice, &query).await.expect("an answer"));
    assert!(!connection.review(&dave, &query).await.expect("an answer"));
    let actor = connection.who_am_i(&alice).await.expect("an actor");
    assert_eq!(actor.user, "alice@corp");
    assert!(actor.groups.contains(&"system:authenticated".to_owned()), "{:?}", actor.groups);

    let (objects, _) = list(&connection, &pods, ListOptions { limit: Some(1), ..ListOptions::default() }).await;
    let text = |at: &str| objects[0].pointer(at).and_then(Value::as_str).expect("text").to_owned();
    let (namespace, name) = (text("/metadata/namespace"), text("/metadata/name"));
    let pod = connection.get(&alice, &pods, Some(&namespace), &name).await.expect("a pod");
    assert_eq!(serde_json::from_slice::<Value>(&pod).expect("JSON")["metadata"]["name"], name.as_str());
    let refused = connection.get(&dave, &pods, Some(&namespace), &name).await.expect_err("no rights");
    let expected = format!("get pods {name:?} in namespace {namespace}");
    assert_eq!(refused.needs().map(ToString::to_string), Some(expected));
    let none = connection.get(&alice, &pods, Some(&namespace), "no-such-pod").await;
    assert!(matches!(none, Err(Error::NotFound { .. })), "{none:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_is_measured() {
    let world = world().await;
    let connection = connect(world.server_kubeconfig()).await;
    let nodes = connection.node_metrics(&Identity::Inventory).await.expect("metrics of nodes");
    assert!(nodes.iter().all(|node| node.usage.memory_bytes > 0 && node.at.is_some()), "{nodes:?}");
    let pods = connection.pod_metrics(&Identity::Inventory, None).await.expect("metrics of pods");
    let one = pods.first().expect("a pod");
    let again = connection.pod_metrics_of(&Identity::Inventory, &one.namespace, &one.name).await.expect("metrics");
    assert_eq!(again.containers.len(), one.containers.len());
    assert!(pods.iter().any(|pod| pod.usage().cpu_millicores > 0.0));
}
