//! What somebody may not see is in no answer of any operation: the RBAC of the demo world is the measure.

use std::collections::BTreeSet;

use axum::http::{HeaderName, HeaderValue, Method};
use base64::Engine as _;
use serde_json::{Value, json};

use super::client::{Answered, Client};
use super::operations::{OPERATIONS, Place};
use super::world::{Known, Server, admin_token, objects, run};

/// Names and uids that are told apart from every other word.
async fn secrets_of(alice: &Client, hidden: impl Fn(&Known) -> bool) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for kind in ["pods", "replicasets.apps", "persistentvolumes"] {
        for object in objects(alice, kind).await.into_iter().filter(&hidden) {
            words.extend([object.name, object.uid].into_iter().filter(|word| word.len() > 12));
        }
    }
    words
}

/// What one asked for oneself is no news, in the answer and later in one's own record.
fn assert_silent(answered: &Answered, what: &str, hidden: &BTreeSet<String>, places: &[Place]) {
    let asked = |word: &str| places.iter().any(|place| place.name.contains(word));
    let own_record = what.contains(" /api/audit");
    for word in hidden {
        let told = answered.text.contains(word.as_str()) && !what.contains(word.as_str());
        assert!(!told || own_record && asked(word), "{what} tells {word}");
    }
}

/// Every object's place that a generated request is made for.
fn places(objects: &BTreeSet<Known>, namespace: &str) -> Vec<Place> {
    let pod = objects.iter().find(|pod| pod.cluster == "prod-eu" && pod.namespace == namespace).expect("a pod");
    vec![
        Place::of("pods", namespace, &pod.name),
        Place::of("deployments.apps", namespace, "api"),
        Place::of("services", namespace, "api"),
        Place::of("secrets", namespace, "api-credentials"),
        Place::of("roles.rbac.authorization.k8s.io", namespace, "none"),
        Place::of("nodes", "_", "none"),
        Place::of("namespaces", "_", namespace),
    ]
}

#[test]
fn who_has_no_rights_learns_nothing_whatever_headers_say() {
    run(async {
        // With a record of its own: what other tests ask for as the same people is in none of its answers.
        let (server, _folder) = Server::start_cold().await;
        let (alice, dave) = (server.sign_in("alice").await, server.sign_in("dave").await);
        let hidden = secrets_of(&alice, |_| true).await;
        assert!(hidden.len() > 300, "{} words", hidden.len());
        let bearer = format!("Bearer {}", admin_token().await);
        let smuggled = [
            ("impersonate-user", "alice@corp"),
            ("Impersonate-User", "alice@corp"),
            ("IMPERSONATE-GROUP", "periscope-tier:admin"),
            ("impersonate_user", "alice@corp"),
            ("impersonate-uid", "0"),
            ("impersonate-extra-scopes", "all"),
            ("authorization", bearer.as_str()),
            ("proxy-authorization", bearer.as_str()),
            ("x-remote-user", "alice@corp"),
            ("x-remote-group", "system:masters"),
            ("x-forwarded-user", "alice@corp"),
            ("x-forwarded-for", "127.0.0.1"),
            ("forwarded", "for=127.0.0.1;host=localhost"),
            ("x-original-url", "/api/fleet"),
            ("x-rewrite-url", "/api/fleet"),
            ("connection", "impersonate-user, cookie"),
            ("cookie", "periscope_session_8080=0; persona=alice"),
        ];
        let pods = objects(&alice, "pods").await;
        let places = places(&pods, "payments");
        for place in &places {
            for operation in OPERATIONS.iter().filter(|operation| !operation.public) {
                for smuggle in [false, true] {
                    let mut request = operation.request(&dave, place);
                    for (name, value) in smuggled.iter().filter(|_| smuggle) {
                        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
                        request.headers_mut().append(name, HeaderValue::from_str(value).expect("a value"));
                    }
                    let what = format!("{} {}", request.method(), request.uri());
                    let answered = dave.send(request).await;
                    assert!(answered.status.as_u16() < 500, "{what}: {}", answered.text);
                    assert_silent(&answered, &what, &hidden, &places);
                }
            }
        }
        // The same headers open nothing for somebody who is not signed in.
        let mut request = server.nobody.request(&Method::GET, "/api/session", None);
        request.headers_mut().insert("authorization", HeaderValue::from_str(&bearer).expect("a value"));
        request.headers_mut().insert("impersonate-user", HeaderValue::from_static("alice@corp"));
        assert_eq!(server.nobody.send(request).await.status, 401);
    });
}

#[test]
fn a_refusal_is_a_gap_that_names_the_permission() {
    run(async {
        let server = Server::start().await;
        let dave = server.sign_in("dave").await;
        let object = "/api/clusters/prod-eu/objects/pods/payments/api-0";
        for path in [object.to_owned(), format!("{object}/yaml"), format!("{object}/related")] {
            let refused = dave.get(&path).await;
            assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (403, "refused"), "{path}");
            let needs = &refused.json()["needs"][0];
            assert_eq!(needs["verb"], "get");
            assert_eq!((&needs["resource"], &needs["namespace"]), (&json!("pods"), &json!("payments")), "{path}");
        }
        for (path, verb) in [(format!("{object}/events"), "list"), (format!("{object}/metrics"), "get")] {
            let answered = dave.get(&path).await;
            assert_eq!(answered.status, 200);
            let answer = answered.json();
            assert_eq!(answer["gaps"][0]["code"], "MISSING_PERMISSION", "{path} {answer}");
            assert_eq!(answer["gaps"][0]["needs"][0]["verb"], verb);
            assert_eq!(answer["sources"], json!([]), "nothing was read");
        }
        let list = dave.get("/api/lists/pods").await.json();
        assert_eq!((&list["total"], &list["rows"], &list["facets"]), (&json!(0), &json!([]), &json!([])));
        for cluster in list["clusters"].as_array().expect("clusters") {
            assert_eq!(cluster["state"]["phase"], "refused", "{cluster}");
            assert_eq!(cluster["state"]["needs"][0]["resource"], "pods");
        }
        let fleet = dave.get("/api/fleet").await.json();
        assert_eq!(fleet["data"]["signalsTotal"], 0);
        for cluster in fleet["data"]["clusters"].as_array().expect("clusters") {
            assert_eq!(cluster["health"]["tone"], "unknown", "what is not seen is not healthy: {cluster}");
            assert!(cluster["pods"].is_null() && cluster["nodes"].is_null() && cluster["capacity"].is_null());
            assert!(!cluster["gaps"].as_array().expect("gaps").is_empty());
        }
        let counts = dave.get("/api/clusters/prod-eu/counts").await.json();
        for (kind, count) in counts["counts"].as_object().expect("counts") {
            assert_eq!((&count["count"], &count["certainty"]), (&json!(0), &json!("unknown")), "{kind}");
            assert_eq!(count["needs"][0]["verb"], "list", "{kind}");
        }
        let search = dave.get("/api/search?q=a").await.json();
        assert_eq!(search["hits"], json!([]));
        let namespaces = dave.get("/api/clusters/prod-eu/namespaces").await.json();
        assert_eq!(namespaces["data"], json!([]));
    });
}

#[test]
fn who_has_two_namespaces_sees_those_and_is_told_of_no_other() {
    run(async {
        // With a record of its own: what other tests ask for as the same people is in none of its answers.
        let (server, _folder) = Server::start_cold().await;
        let (alice, carol) = (server.sign_in("alice").await, server.sign_in("carol").await);
        let hers =
            |known: &Known| known.cluster == "prod-eu" && ["payments", "search"].contains(&known.namespace.as_str());
        let hidden = secrets_of(&alice, |known| !hers(known)).await;
        let pods = objects(&alice, "pods").await;
        let foreign = pods.iter().find(|pod| pod.cluster == "prod-eu" && !hers(pod)).expect("a pod").namespace.clone();
        let places = [places(&pods, "payments"), places(&pods, &foreign)].concat();
        for place in &places {
            for operation in OPERATIONS.iter().filter(|operation| !operation.public) {
                let request = operation.request(&carol, place);
                let what = format!("{} {}", request.method(), request.uri());
                let answered = carol.send(request).await;
                assert!(answered.status.as_u16() < 500, "{what}: {}", answered.text);
                assert_silent(&answered, &what, &hidden, &places);
            }
        }
        for kind in ["pods", "deployments.apps", "replicasets.apps", "services", "configmaps", "jobs.batch"] {
            let expected: BTreeSet<Known> = objects(&alice, kind).await.into_iter().filter(hers).collect();
            assert_eq!(objects(&carol, kind).await, expected, "{kind}");
        }
        for kind in ["nodes", "persistentvolumes", "secrets", "clusterroles.rbac.authorization.k8s.io"] {
            assert_eq!(objects(&carol, kind).await, BTreeSet::new(), "{kind}");
        }
    });
}

#[test]
fn totals_facets_counts_and_cursors_are_of_what_is_visible() {
    run(async {
        let server = Server::start().await;
        let (alice, carol) = (server.sign_in("alice").await, server.sign_in("carol").await);
        let seen = objects(&carol, "pods").await;
        let page = carol.get("/api/lists/pods?cluster=prod-eu&limit=2&sort=-age").await.json();
        assert_eq!(page["total"], seen.len());
        let facets = page["facets"].as_array().expect("facets");
        let sum: u64 = facets.iter().filter_map(|facet| facet["count"].as_u64()).sum();
        assert_eq!(sum, seen.len() as u64, "{facets:?}");
        let cursor = page["nextCursor"].as_str().expect("more pages");
        let decoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(cursor).expect("base64");
        let decoded: Value = serde_json::from_slice(&decoded).expect("JSON");
        assert!(seen.iter().any(|pod| decoded["n"] == pod.name && decoded["s"] == pod.namespace), "{decoded}");

        // A cursor of somebody who sees more is a place in an order, not a door.
        let wide = alice.get("/api/lists/pods?cluster=prod-eu&limit=2&sort=-age").await.json();
        let path = format!(
            "/api/lists/pods?cluster=prod-eu&limit=500&sort=-age&cursor={}",
            wide["nextCursor"].as_str().expect("a cursor")
        );
        let page = carol.get(&path).await.json();
        let names: BTreeSet<&str> = seen.iter().map(|pod| pod.name.as_str()).collect();
        assert!(
            page["rows"]
                .as_array()
                .expect("rows")
                .iter()
                .all(|row| names.contains(row["name"].as_str().expect("a name")))
        );

        let counts = carol.get("/api/clusters/prod-eu/counts").await.json();
        assert_eq!(counts["counts"]["pods"]["count"], seen.len());
        assert_eq!(counts["counts"]["nodes"]["certainty"], "unknown");
        let namespaces = carol.get("/api/clusters/prod-eu/namespaces").await.json();
        let names: Vec<&Value> =
            namespaces["data"].as_array().expect("namespaces").iter().map(|one| &one["name"]).collect();
        assert_eq!(names, [&json!("payments"), &json!("search")]);
        let overview = carol.get("/api/clusters/prod-eu/overview").await.json();
        assert_eq!(overview["data"]["pods"]["total"], seen.len());
        assert!(overview["data"]["nodes"].is_null() && overview["data"]["capacity"].is_null());
        assert_eq!(overview["data"]["nodeCapacity"], json!([]));
    });
}

#[test]
fn what_somebody_else_asked_before_does_not_matter() {
    run(async {
        let (server, _folder) = Server::start_cold().await;
        let (alice, dave, carol) =
            (server.sign_in("alice").await, server.sign_in("dave").await, server.sign_in("carol").await);
        let path = "/api/lists/pods?cluster=prod-eu&limit=500";
        let total = async |client: &Client| client.get(path).await.json()["total"].as_u64().expect("a total");
        // Nobody's refusal and nobody's permission is another one's.
        assert_eq!(total(&dave).await, 0);
        let all = total(&alice).await;
        assert!(all > 100, "{all}");
        assert_eq!(total(&dave).await, 0);
        let hers = total(&carol).await;
        assert!(hers > 0 && hers < all, "{hers} of {all}");
        let (again, none, some) = tokio::join!(total(&alice), total(&dave), total(&carol));
        assert_eq!((again, none, some), (all, 0, hers));
    });
}

#[test]
fn naming_a_cluster_or_a_namespace_twice_counts_once() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let once = alice.get("/api/lists/pods?cluster=prod-eu&namespace=payments&limit=500").await.json();
        let twice = "/api/lists/pods?cluster=prod-eu&cluster=prod-eu&namespace=payments&namespace=payments&limit=500";
        let twice = alice.get(twice).await.json();
        assert!(once["total"].as_u64() > Some(0));
        assert_eq!(
            (&once["total"], once["clusters"].as_array().map(Vec::len)),
            (&twice["total"], twice["clusters"].as_array().map(Vec::len))
        );
        let count = async |query: &str| {
            let counts = alice.get(&format!("/api/clusters/prod-eu/counts?{query}")).await.json();
            counts["counts"]["configmaps"]["count"].as_u64()
        };
        let once = count("namespace=payments").await;
        assert!(once > Some(0));
        assert_eq!(once, count("namespace=payments&namespace=payments").await);
    });
}
