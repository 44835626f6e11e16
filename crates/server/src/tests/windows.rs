//! Subscriptions over living clusters.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::stream::Stream;
use super::world::{Server, run};

fn pods(clusters: &[&str]) -> Value {
    json!({"type": "window", "kind": "pods", "clusters": clusters, "sort": "name", "limit": 500})
}

#[test]
fn a_window_comes_whole_once_and_then_as_what_changed() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let mut stream = Stream::open(&alice, "").await;
        stream.follow(&alice, "w", &pods(&["prod-eu"])).await;
        let whole = stream.until(|event| event.data["total"].as_u64() > Some(100)).await;
        assert_eq!((whole.name.as_str(), &whole.data["sub"]), ("window", &json!("w")));
        let ids = |value: &Value| -> BTreeSet<u64> {
            value.as_array().expect("a list").iter().filter_map(Value::as_u64).collect()
        };
        let order = ids(&whole.data["order"]);
        assert_eq!(order.len() as u64, whole.data["total"].as_u64().expect("a total"));

        // The world changes pods five times a second.
        let mut version = whole.data["version"].as_u64().expect("a version");
        let first = whole.id.expect("an id");
        for after in 1..=3 {
            let next = stream.until(|event| event.name == "window").await;
            assert_eq!(next.id, Some(first + after), "events are numbered without holes");
            assert_eq!(next.data["reset"], false, "{}", next.data);
            let newer = next.data["version"].as_u64().expect("a version");
            assert!(newer >= version);
            version = newer;
            let rows = next.data["rows"].as_array().map_or(0, Vec::len);
            assert!(rows < order.len(), "only what changed is sent: {rows} rows");
        }
    });
}

#[test]
fn a_reader_who_lost_frames_begins_again_with_a_whole_one() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let mut stream = Stream::open(&alice, "").await;
        stream.follow(&alice, "w", &pods(&["prod-eu"])).await;
        let seen = stream.until(|event| event.data["total"].as_u64() > Some(100)).await;
        stream.until(|event| event.name == "window").await;
        let resume = format!("?resume={}", stream.id);
        drop(stream);
        let mut stream = Stream::open_after(&alice, &resume, seen.id).await;
        assert!(!stream.resumed, "a frame after the last one seen was lost");
        let whole = stream.until(|event| event.name == "window").await;
        assert_eq!(whole.data["reset"], true);
        assert_eq!(whole.data["rows"].as_array().map(Vec::len), whole.data["order"].as_array().map(Vec::len));
    });
}

#[test]
fn a_window_shows_what_its_reader_may_see_and_says_what_not() {
    run(async {
        let server = Server::start().await;
        let (alice, carol, dave) =
            (server.sign_in("alice").await, server.sign_in("carol").await, server.sign_in("dave").await);
        // Warm: everything is watched already when the others come.
        let mut all = Stream::open(&alice, "").await;
        all.follow(&alice, "w", &pods(&[])).await;
        all.until(|event| event.data["total"].as_u64() > Some(100)).await;

        let mut stream = Stream::open(&carol, "").await;
        stream.follow(&carol, "w", &pods(&["prod-eu"])).await;
        let seen = stream.until(|event| event.data["total"].as_u64() > Some(0)).await;
        for row in seen.data["rows"].as_array().expect("rows") {
            assert!(["payments", "search"].contains(&row["namespace"].as_str().expect("a namespace")), "{row}");
        }
        assert_eq!(
            seen.data["clusters"][0]["scope"],
            json!({"clusterWide": false, "namespaces": ["payments", "search"]})
        );

        let mut stream = Stream::open(&dave, "").await;
        stream.follow(&dave, "w", &pods(&[])).await;
        let refused = stream
            .until(|event| {
                assert_eq!(event.data["total"], 0, "{}", event.data);
                let clusters = event.data["clusters"].as_array();
                clusters.is_some_and(|all| all.iter().all(|one| one["state"]["phase"] == "refused"))
            })
            .await;
        assert!(refused.data["facets"].as_array().is_none_or(Vec::is_empty), "{}", refused.data);
        assert_eq!(refused.data["clusters"][0]["state"]["needs"][0]["verb"], "list");
    });
}

#[test]
fn every_subscription_answers_with_its_event() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let pod = super::world::objects(&alice, "pods").await.into_iter().find(|pod| pod.cluster == "prod-eu");
        let pod = pod.expect("a pod");
        let mut stream = Stream::open(&alice, "").await;
        let wanted = json!({
            "window": pods(&[]),
            "counts": {"type": "counts", "cluster": "prod-eu"},
            "fleet": {"type": "fleet"},
            "overview": {"type": "overview", "cluster": "prod-eu"},
            "kinds": {"type": "kinds", "cluster": "prod-eu"},
            "namespaces": {"type": "namespaces", "cluster": "prod-eu"},
            "object": {"type": "object", "cluster": "prod-eu", "kind": "pods", "namespace": pod.namespace, "name": pod.name},
        });
        let mut missing: BTreeSet<String> = wanted.as_object().expect("fields").keys().cloned().collect();
        for (name, subscription) in wanted.as_object().expect("fields") {
            assert_eq!(stream.subscribe(&alice, name, subscription).await.status, 204, "{name}");
        }
        while !missing.is_empty() {
            let event = stream.until(|_| true).await;
            assert_eq!(event.data["sub"], event.name, "each subscription was named after its event");
            assert_ne!(event.name, "problem", "{}", event.data);
            missing.remove(&event.name);
        }
    });
}

#[test]
fn a_wrong_subscription_says_where() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let stream = Stream::open(&alice, "").await;
        let window = |field: &str, value: Value| {
            let mut wanted = pods(&[]);
            wanted[field] = value;
            wanted
        };
        for (wanted, code) in [
            (window("filter", json!("é \"open")), "filter_invalid"),
            (window("sort", json!("a b")), "sort_invalid"),
            (window("limit", json!(0)), "limit_invalid"),
            (window("limit", json!(501)), "limit_invalid"),
            (window("clusters", json!(["none"])), "cluster_unknown"),
            (window("clusters", json!(vec!["prod-eu"; 201])), "too_many"),
            (window("namespaces", json!(vec!["a"; 501])), "too_many"),
            (window("namespaces", json!(["../kube-system"])), "namespace_invalid"),
            (window("kind", json!("../pods")), "body_invalid"),
            (window("as", json!("alice")), "body_invalid"),
            (json!({"type": "counts", "cluster": "prod-eu", "namespaces": ["a/b"]}), "namespace_invalid"),
            (
                json!({"type": "object", "cluster": "prod-eu", "kind": "pods", "namespace": "..", "name": "a"}),
                "namespace_invalid",
            ),
            (
                json!({"type": "object", "cluster": "prod-eu", "kind": "pods", "namespace": "a", "name": "../b"}),
                "name_invalid",
            ),
        ] {
            let answered = stream.subscribe(&alice, "w", &wanted).await;
            assert_eq!(answered.problem(), code, "{wanted} {}", answered.text);
        }
    });
}

#[test]
fn who_may_not_read_an_object_is_not_told_when_it_changes() {
    run(async {
        let server = Server::start().await;
        let (alice, carol, dave) =
            (server.sign_in("alice").await, server.sign_in("carol").await, server.sign_in("dave").await);
        let pods = super::world::objects(&alice, "pods").await;
        let of = |namespace: &str| {
            let found = pods.iter().find(|pod| pod.cluster == "prod-eu" && pod.namespace == namespace);
            let name = &found.expect("a pod").name;
            json!({"type": "object", "cluster": "prod-eu", "kind": "pods", "namespace": namespace, "name": name})
        };
        let none =
            json!({"type": "object", "cluster": "prod-eu", "kind": "pods", "namespace": "payments", "name": "none"});
        for (client, forbidden) in [(&dave, of("payments")), (&carol, of("kube-system")), (&alice, none)] {
            let mut stream = Stream::open(client, "").await;
            stream.follow(client, "o", &forbidden).await;
            stream.follow(client, "w", &pods_of_payments()).await;
            // By the time a list of the same kind is decided, so is the object.
            stream
                .until(|event| {
                    assert_ne!(event.name, "object", "{}", event.data);
                    let phase = &event.data["clusters"][0]["state"]["phase"];
                    event.name == "window" && ["live", "refused"].iter().any(|settled| phase == settled)
                })
                .await;
        }
        let mut stream = Stream::open(&carol, "").await;
        stream.follow(&carol, "o", &of("payments")).await;
        let nudge = stream.until(|event| event.name == "object").await;
        assert_eq!(nudge.data["deleted"], false);
        assert!(nudge.data["resourceVersion"].as_str().is_some_and(|version| !version.is_empty()), "{}", nudge.data);
    });
}

fn pods_of_payments() -> Value {
    json!({"type": "window", "kind": "pods", "clusters": ["prod-eu"], "namespaces": ["payments"], "limit": 10})
}
