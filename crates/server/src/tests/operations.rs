//! Every operation of the API, with what a good request to it looks like. One that is described and not here fails.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::Value;

use super::client::Client;

/// One operation of the API's description.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    pub(super) verb: &'static str,
    pub(super) template: &'static str,
    pub(super) query: &'static str,
    pub(super) body: Option<&'static str>,
    /// Whether it answers to somebody who is not signed in.
    pub(super) public: bool,
    /// Whether browsers come to it from another site.
    pub(super) from_elsewhere: bool,
}

const fn read(template: &'static str) -> Operation {
    Operation { verb: "GET", template, query: "", body: None, public: false, from_elsewhere: false }
}

const fn asked(template: &'static str, query: &'static str) -> Operation {
    Operation { query, ..read(template) }
}

/// Of a node that is not there: the tests of all operations change nothing.
const CORDON: &str = r#"{"action":{"type":"cordon"},"targets":[{"kind":"nodes","name":"no-such-node"}]}"#;
const ASK: &str = r#"{"questions":[{"verb":"list","group":"","resource":"secrets"}]}"#;

const AWS: &str = "/api/clusters/{cluster}/aws/workloads/{kind}/{namespace}/{name}";
const OBJECT: &str = "/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation { public: true, ..read("/api/auth/options") },
    Operation { public: true, ..asked("/api/auth/login", "?provider=corp&returnTo=%2Fc%2Fprod-eu") },
    Operation { public: true, from_elsewhere: true, ..asked("/api/auth/callback/{provider}", "?code=a&state=b") },
    Operation { verb: "POST", body: Some(r#"{"persona":"dave"}"#), public: true, ..read("/api/auth/demo") },
    Operation { verb: "POST", body: Some("{}"), public: true, ..read("/api/auth/logout") },
    read("/api/session"),
    asked("/api/sessions", "?all=true"),
    Operation { verb: "DELETE", ..read("/api/sessions/{session}") },
    read("/api/clusters"),
    read("/api/fleet"),
    read("/api/clusters/{cluster}/overview"),
    read("/api/clusters/{cluster}/kinds"),
    read("/api/clusters/{cluster}/counts"),
    read("/api/clusters/{cluster}/namespaces"),
    asked("/api/lists/{kind}", "?limit=500"),
    read(OBJECT),
    asked("/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}/yaml", "?managedFields=true"),
    read("/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}/events"),
    read("/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}/related"),
    read("/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}/metrics"),
    asked("/api/clusters/{cluster}/logs/{kind}/{namespace}/{name}", "?tail=5&format=jsonl"),
    read("/api/clusters/{cluster}/objects/{kind}/{namespace}/{name}/revisions"),
    Operation { verb: "POST", body: Some(CORDON), ..read("/api/clusters/{cluster}/actions/preview") },
    Operation { verb: "POST", body: Some(CORDON), ..read("/api/clusters/{cluster}/actions") },
    read("/api/runs"),
    read("/api/runs/{run}"),
    Operation { verb: "POST", body: Some("{}"), ..read("/api/runs/{run}/cancel") },
    Operation { verb: "POST", body: Some(ASK), ..read("/api/clusters/{cluster}/can-i") },
    Operation {
        verb: "POST",
        body: Some(r#"{"key":"none"}"#),
        ..read("/api/clusters/{cluster}/secrets/{namespace}/{name}/reveal")
    },
    asked("/api/search", "?q=a&limit=100"),
    asked("/api/audit", "?verb=scale&limit=500"),
    asked("/api/audit/histogram", "?outcome=denied&buckets=200"),
    read("/api/audit/rows/{chain}/{sequence}"),
    asked("/api/audit/export", "?format=csv"),
    read("/api/audit/status"),
    read("/api/identity/sensitive-catalog"),
    asked("/api/identity/actions", "?prefix=s3%3AGet&limit=200"),
    read("/api/identity/findings"),
    asked("/api/identity/who-can", "?action=s3%3AGet%2A&limit=500"),
    read("/api/clusters/{cluster}/aws/access"),
    read("/api/clusters/{cluster}/aws/service-accounts"),
    read("/api/clusters/{cluster}/aws/roles"),
    read("/api/clusters/{cluster}/aws/findings"),
    read(AWS),
    read("/api/clusters/{cluster}/aws/workloads/{kind}/{namespace}/{name}/services/{service}"),
    read("/api/clusters/{cluster}/aws/workloads/{kind}/{namespace}/{name}/policy"),
    read("/api/clusters/{cluster}/aws/workloads/{kind}/{namespace}/{name}/pods"),
    asked(
        "/api/clusters/{cluster}/aws/why",
        "?kind=deployments.apps&namespace=payments&name=api&action=s3%3AGetObject&resource=arn%3Aaws%3As3%3A%3A%3Aa%2Fb",
    ),
    read("/api/clusters/{cluster}/aws/status"),
    Operation { verb: "POST", body: Some("{}"), ..read("/api/clusters/{cluster}/aws/refresh") },
    read("/api/stream"),
    Operation { verb: "PUT", body: Some(r#"{"type":"fleet"}"#), ..read("/api/stream/{stream}/subscriptions/{sub}") },
    Operation { verb: "DELETE", ..read("/api/stream/{stream}/subscriptions/{sub}") },
];

/// What stands for the parameters of a path.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) cluster: String,
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) stream: String,
}

impl Place {
    pub(super) fn of(kind: &str, namespace: &str, name: &str) -> Self {
        let [cluster, kind, namespace, name] = ["prod-eu", kind, namespace, name].map(str::to_owned);
        Self { cluster, kind, namespace, name, stream: "0".repeat(32) }
    }
}

impl Operation {
    pub(super) fn method(&self) -> Method {
        self.verb.parse().expect("a method")
    }

    pub(super) fn path(&self, place: &Place) -> String {
        let Place { cluster, kind, namespace, name, stream } = place;
        let values = [
            ("{cluster}", cluster.as_str()),
            ("{kind}", kind),
            ("{namespace}", namespace),
            ("{name}", name),
            ("{stream}", stream),
            ("{sub}", "a"),
            ("{provider}", "corp"),
            ("{session}", "0"),
            ("{chain}", "none.0"),
            ("{sequence}", "0"),
            ("{run}", "none"),
            ("{service}", "s3"),
        ];
        let path = values.into_iter().fold(self.template.to_owned(), |path, (name, value)| path.replace(name, value));
        assert!(!path.contains('{'), "{path} has a parameter that the tests do not know");
        format!("{path}{}", self.query)
    }

    pub(super) fn request(&self, client: &Client, place: &Place) -> Request<Body> {
        client.request(&self.method(), &self.path(place), self.body)
    }

    /// The names of its path's parameters, braces and all.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &'static str> {
        self.template.split('/').filter(|segment| segment.starts_with('{'))
    }
}

#[test]
fn every_operation_that_is_described_is_tested() {
    let document = serde_json::to_value(crate::openapi()).expect("JSON");
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("operations").keys();
            methods.map(|method| (path.clone(), method.to_uppercase())).collect::<Vec<_>>()
        })
        .collect();
    let tested: BTreeSet<(String, String)> =
        OPERATIONS.iter().map(|one| (one.template.to_owned(), one.verb.to_owned())).collect();
    assert_eq!(described, tested);
}

#[test]
fn the_description_says_who_may_come_in_and_how_each_operation_fails() {
    let document = serde_json::to_value(crate::openapi()).expect("JSON");
    for operation in OPERATIONS {
        let described = &document["paths"][operation.template][operation.verb.to_lowercase()];
        let open = described["security"] == serde_json::json!([{}]);
        assert_eq!(open, operation.public, "{} {}", operation.verb, operation.template);
        let text = |field: &str| described[field].as_str().unwrap_or_default().len();
        assert!(text("summary") > 10 || text("description") > 10, "{} says what it does", operation.template);
        assert_eq!(described["requestBody"] == Value::Null, operation.body.is_none(), "{}", operation.template);
    }
}
