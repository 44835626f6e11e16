//! The demo world's Secrets hold canaries: none of them is in any answer to anybody.

use axum::http::Method;
use serde_json::json;

use super::operations::{OPERATIONS, Place};
use super::stream::Stream;
use super::world::{Server, objects, run};

/// As it is, and as base64 writes it.
const CANARIES: [&str; 2] = ["canary-", "Y2FuYXJ5L"];

fn assert_silent(text: &str, what: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{what} has a Secret's value: {text}");
    }
}

#[test]
fn no_value_of_a_secret_leaves_the_server() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let secrets = objects(&alice, "secrets").await;
        let some: Vec<_> =
            secrets.iter().filter(|one| one.cluster == "prod-eu" && one.namespace == "payments").collect();
        assert!(
            some.iter().any(|one| one.name == "api-credentials") && some.iter().any(|one| one.name.ends_with("-tls"))
        );
        for persona in ["alice", "bob", "carol", "dave"] {
            let client = server.sign_in(persona).await;
            for secret in &some {
                let place = Place::of("secrets", "payments", &secret.name);
                for operation in OPERATIONS.iter().filter(|operation| !operation.public) {
                    let request = operation.request(&client, &place);
                    let what = format!("{persona}: {} {}", request.method(), request.uri());
                    assert_silent(&client.send(request).await.text, &what);
                }
            }
            for query in ["filter=canary", "filter=Y2FuYXJ5", "filter=label:team", "sort=-age"] {
                let list = client.get(&format!("/api/lists/secrets?limit=500&{query}")).await;
                assert_silent(&list.text, &format!("{persona} {query}"));
            }
            assert_silent(&client.get("/api/search?q=canary").await.text, persona);
            let answered = client.send(client.request(&Method::GET, "/api/lists/events?limit=500", None)).await;
            assert_silent(&answered.text, persona);
        }
    });
}

#[test]
fn a_secret_is_shown_with_its_keys_and_sizes() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let path = "/api/clusters/prod-eu/objects/secrets/payments/api-credentials";
        let object = alice.get(path).await.json();
        let data = &object["data"]["object"]["data"];
        assert!(data["password"].as_str().expect("a mask").starts_with("•••• ("), "{data}");
        let applied =
            &object["data"]["object"]["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"];
        assert!(applied.as_str().expect("the annotation is there").starts_with("•••• ("), "{applied}");
        let yaml = alice.get(&format!("{path}/yaml")).await;
        assert!(yaml.content_type().starts_with("text/yaml") && yaml.text.contains("password: "), "{}", yaml.text);
        assert!(!yaml.text.contains("managedFields"));
    });
}

#[test]
fn a_stream_of_secrets_has_no_values_either() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let mut stream = Stream::open(&alice, "").await;
        let window = json!({"type": "window", "kind": "secrets", "clusters": [], "limit": 500});
        stream.follow(&alice, "w", &window).await;
        let frame = stream.until(|event| event.data["total"].as_u64() > Some(5)).await;
        assert_silent(&frame.data.to_string(), "a window of secrets");
        let object = json!({"type": "object", "cluster": "prod-eu", "kind": "secrets", "namespace": "payments", "name": "api-credentials"});
        stream.follow(&alice, "o", &object).await;
        let nudge = stream.until(|event| event.name == "object").await;
        assert_silent(&nudge.data.to_string(), "a nudge");
    });
}
