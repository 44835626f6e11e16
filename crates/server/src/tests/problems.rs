//! What problems look like to the byte, and the description of the API.

use axum::http::Method;
use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::{Value, json};

use super::client::Answered;
use super::world::{Server, run};

fn exact(answered: &Answered) -> Value {
    answered.problem();
    let mut problem = answered.json();
    problem["requestId"] = json!("[id]");
    problem
}

#[test]
fn problems_are_said_exactly_so() {
    run(async {
        let server = Server::start().await;
        let (alice, dave) = (server.sign_in("alice").await, server.sign_in("dave").await);
        let unauthenticated = exact(&server.nobody.get("/api/session").await);
        let refused = exact(&dave.get("/api/clusters/prod-eu/objects/pods/payments/api-0").await);
        let filter = exact(&alice.get("/api/lists/pods?filter=%C3%A9%20%22open").await);
        let problems = json!({
            "unauthenticated": unauthenticated,
            "refused": refused,
            "filter": filter,
            "sort": exact(&alice.get("/api/lists/pods?sort=a%20b").await),
            "limit": exact(&alice.get("/api/lists/pods?limit=501").await),
            "number": exact(&alice.get("/api/lists/pods?limit=ten").await),
            "query": exact(&alice.get("/api/lists/pods?lmit=1").await),
            "cursor": exact(&alice.get("/api/lists/pods?cursor=forged").await),
            "cluster": exact(&alice.get("/api/clusters/nowhere/kinds").await),
            "cluster_named": exact(&alice.get("/api/lists/pods?cluster=nowhere").await),
            "kind": exact(&alice.get("/api/lists/widgets.example.com?cluster=prod-eu").await),
            "kind_anywhere": exact(&alice.get("/api/lists/widgets.example.com").await),
            "object": exact(&alice.get("/api/clusters/prod-eu/objects/pods/payments/none").await),
            "unmeasured": exact(&alice.get("/api/clusters/prod-eu/objects/services/payments/api/metrics").await),
            "route": exact(&alice.get("/api/none").await),
            "stream": exact(&alice.send(alice.request(&Method::DELETE, "/api/stream/none/subscriptions/a", None)).await),
        });
        assert_json_snapshot!(problems);
    });
}

#[test]
fn the_description_names_every_operation_and_answer() {
    let document = serde_json::to_value(crate::openapi()).expect("JSON");
    let mut lines = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            let names: Vec<&str> = parameters.iter().filter_map(|one| one["name"].as_str()).collect();
            let answers: Vec<&String> = operation["responses"].as_object().expect("responses").keys().collect();
            lines.push(format!("{} {path} ({}) {answers:?}", method.to_uppercase(), names.join(", ")));
        }
    }
    assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_description_is_served_and_holds_together() {
    run(async {
        let client = Server::start().await.nobody;
        let served = client.get("/api/openapi.json").await;
        assert_eq!(served.json(), serde_json::to_value(crate::openapi()).expect("JSON"));
        let document = served.json();
        let mut open = vec![&document];
        while let Some(value) = open.pop() {
            match value {
                Value::Array(items) => open.extend(items),
                Value::Object(fields) => {
                    if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                        let pointer = reference.strip_prefix('#').expect("a local reference");
                        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
                    }
                    open.extend(fields.values());
                }
                _ => {}
            }
        }
    });
}
