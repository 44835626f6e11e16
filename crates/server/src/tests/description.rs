//! What is sent is what is described: the console's types are made from the description, and rows and frames are
//! written as bytes, so that nothing else holds the two together.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::client::Client;
use super::operations::{OPERATIONS, Operation, Place};
use super::stream::Stream;
use super::world::{Server, objects, run};

/// The API's description, to hold values against.
struct Description(Value);

impl Description {
    fn new() -> Self {
        Self(serde_json::to_value(crate::openapi()).expect("JSON"))
    }

    fn schema(&self, name: &str) -> &Value {
        &self.0["components"]["schemas"][name]
    }

    fn names_something(&self, schema: &Value) -> bool {
        self.resolved(schema).is_object()
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let Some(reference) = schema["$ref"].as_str() else { return schema };
        self.0.pointer(reference.trim_start_matches('#')).expect("what is referred to is there")
    }

    /// Whether `value` is exactly as `schema` says; the error names the place and what is wrong there.
    fn check(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let schema = self.resolved(schema);
        if let Some(choices) = schema["oneOf"].as_array() {
            let errors: Vec<_> = choices.iter().filter_map(|one| self.check(one, value, at).err()).collect();
            return if errors.len() < choices.len() { Ok(()) } else { Err(errors.join("; or ")) };
        }
        if let Some(known) = schema["enum"].as_array()
            && !known.contains(value)
        {
            return Err(format!("{at}: {value} is none of {known:?}"));
        }
        if !is_of_type(schema, value) {
            return Err(format!("{at}: {value} is no {}", schema["type"]));
        }
        match value {
            Value::Object(fields) => self.check_fields(schema, fields, at),
            Value::Array(items) => {
                let schema_at = |index: usize| schema["prefixItems"].get(index).unwrap_or(&schema["items"]);
                let mut checked = items.iter().enumerate();
                checked.try_for_each(|(index, item)| self.check(schema_at(index), item, &format!("{at}[{index}]")))
            }
            _ => Ok(()),
        }
    }

    fn check_fields(&self, schema: &Value, fields: &Map<String, Value>, at: &str) -> Result<(), String> {
        let parts = self.parts(schema);
        let required = parts.iter().filter_map(|part| part["required"].as_array()).flatten();
        for name in required.filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                return Err(format!("{at}: {name} is missing"));
            }
        }
        // An object of which nothing is said may be any.
        let open = parts.iter().all(|part| part["properties"].is_null() && part["additionalProperties"].is_null());
        for (name, value) in fields {
            let known = parts.iter().find_map(|part| part["properties"].get(name));
            let known = known.or_else(|| parts.iter().find_map(|part| part.get("additionalProperties")));
            match known {
                Some(schema) => self.check(schema, value, &format!("{at}.{name}"))?,
                None if open => {}
                None => return Err(format!("{at}: {name} is not described")),
            }
        }
        Ok(())
    }

    /// The schema itself, or all of which it is made.
    fn parts<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        match schema["allOf"].as_array() {
            Some(all) => all.iter().flat_map(|one| self.parts(self.resolved(one))).collect(),
            None => vec![schema],
        }
    }
}

fn is_of_type(schema: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    };
    match &schema["type"] {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

async fn hold(description: &Description, client: &Client, operation: &Operation, place: &Place) {
    let answered = client.send(operation.request(client, place)).await;
    let what = format!("{} {} {}", operation.verb, operation.path(place), answered.status);
    let kind = answered.content_type().split(';').next().unwrap_or_default();
    let schema = if answered.status.is_success() {
        let described = &description.0["paths"][operation.template]["get"]["responses"][answered.status.as_str()];
        &described["content"][kind]["schema"]
    } else {
        description.schema("Problem")
    };
    if !kind.ends_with("json") {
        assert_eq!(schema["type"], "string", "{what} is described as {kind}");
        return;
    }
    assert!(description.names_something(schema), "{what} is described");
    description.check(schema, &answered.json(), "answer").unwrap_or_else(|error| panic!("{what}: {error}"));
}

#[test]
fn what_is_missing_too_much_or_of_another_type_is_not_as_described() {
    let description = Description::new();
    let held = |value: Value| description.check(description.schema("HelloEvent"), &value, "hello");
    assert_eq!(held(json!({"stream": "a", "resumed": true})), Ok(()));
    assert_eq!(held(json!({"stream": "a"})), Err("hello: resumed is missing".to_owned()));
    assert_eq!(
        held(json!({"stream": "a", "resumed": true, "more": 1})),
        Err("hello: more is not described".to_owned())
    );
    assert_eq!(held(json!({"stream": "a", "resumed": 1})), Err("hello.resumed: 1 is no \"boolean\"".to_owned()));
}

#[test]
fn every_answer_is_as_described() {
    run(async {
        let (server, description) = (Server::start().await, Description::new());
        let alice = server.sign_in("alice").await;
        let mut places = Vec::new();
        for kind in ["pods", "nodes", "deployments.apps", "secrets", "events", "nodepools.karpenter.sh"] {
            let found = objects(&alice, kind).await.into_iter().find(|one| one.cluster == "prod-eu");
            let one = found.unwrap_or_else(|| panic!("the world has {kind}"));
            let namespace = if one.namespace.is_empty() { "_" } else { &one.namespace };
            places.push(Place::of(kind, namespace, &one.name));
        }
        let plain = |one: &&Operation| one.verb == "GET" && one.template != "/api/stream";
        for persona in ["alice", "carol", "dave"] {
            let client = server.sign_in(persona).await;
            for operation in OPERATIONS.iter().filter(plain) {
                for place in &places {
                    hold(&description, &client, operation, place).await;
                }
            }
        }
    });
}

#[test]
fn every_event_is_as_described() {
    run(async {
        let (server, description) = (Server::start().await, Description::new());
        let client = server.sign_in("alice").await;
        let pod = objects(&client, "pods").await.into_iter().next().expect("the world has pods");
        let (cluster, name, namespace) = (pod.cluster.as_str(), pod.name.as_str(), pod.namespace.as_str());
        let cordon = r#"{"action":{"type":"cordon"},"targets":[{"kind":"nodes","name":"no-such-node"}]}"#;
        let run = client.post(&format!("/api/clusters/{cluster}/actions"), cordon).await.json();
        let wanted = [
            json!({"type": "run", "id": run["id"]}),
            json!({"type": "window", "kind": "pods", "limit": 50}),
            json!({"type": "counts", "cluster": cluster}),
            json!({"type": "fleet"}),
            json!({"type": "audit", "rows": true}),
            json!({"type": "logs", "cluster": cluster, "kind": "pods", "namespace": namespace, "name": name, "tail": 5}),
            json!({"type": "overview", "cluster": cluster}),
            json!({"type": "kinds", "cluster": cluster}),
            json!({"type": "namespaces", "cluster": cluster}),
            json!({"type": "object", "cluster": cluster, "kind": "pods", "namespace": namespace, "name": name}),
        ];
        let mut stream = Stream::open(&client, "").await;
        let events = description.schema("StreamEvents")["properties"].as_object().expect("events by name");
        let mut unseen: BTreeSet<&str> = events.keys().map(String::as_str).collect();
        // Those two are made from the described types themselves.
        assert!(unseen.remove("hello") && unseen.remove("bye"));
        for (number, subscription) in wanted.iter().enumerate() {
            description.check(description.schema("Subscription"), subscription, "subscription").expect("described");
            let path = format!("/api/stream/{}/subscriptions/s{number}", stream.id);
            assert_eq!(client.put(&path, subscription).await.status, 204);
        }
        // Some more than one of each: later windows say only what changed.
        let mut left = 12;
        while left > 0 || !unseen.is_empty() {
            let event = stream.next().await.expect("an event");
            let schema = events.get(&event.name).unwrap_or_else(|| panic!("{} is not described", event.name));
            description.check(schema, &event.data, &event.name).unwrap_or_else(|error| panic!("{error}"));
            unseen.remove(event.name.as_str());
            left -= 1;
        }
    });
}
