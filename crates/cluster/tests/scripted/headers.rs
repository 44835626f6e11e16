//! What a request says about who sends it, and for whom.

use std::sync::Arc;

use periscope_cluster::{Connection, DeleteOptions, Effect, Error, Identity, Patch, Place};
use periscope_model::Actor;
use serde_json::json;

use crate::server::{Reply, Server, kubeconfig, open, pods, spec};

async fn server() -> Server {
    Server::always(Reply::json(200, &json!({"gitVersion": "v1.36.0"}))).await
}

fn anna() -> Identity {
    let mut actor = Actor::new("anna@corp", ["b".to_owned(), "a".to_owned()]);
    actor.uid = Some("7".to_owned());
    actor.extra.insert("corp.example/scopes".to_owned(), vec!["x".to_owned(), "y z".to_owned()]);
    Identity::Human(Arc::new(actor))
}

#[tokio::test]
async fn a_person_is_impersonated_with_everything_that_is_known() {
    let server = server().await;
    server.connection().await.version(&anna()).await.expect("a version");
    let seen = server.seen();
    assert_eq!(
        seen[0].headers("impersonate"),
        [
            "impersonate-user: anna@corp",
            "impersonate-group: a",
            "impersonate-group: b",
            "impersonate-uid: 7",
            "impersonate-extra-corp.example%2fscopes: x",
            "impersonate-extra-corp.example%2fscopes: y z",
        ]
    );
    assert_eq!(seen[0].headers("authorization"), ["authorization: Bearer secret-token"]);
    assert!(seen[0].headers("user-agent")[0].starts_with("user-agent: periscope/"));
}

#[tokio::test]
async fn the_inventory_is_its_own_user_without_groups() {
    let server = server().await;
    server.connection().await.version(&Identity::Inventory).await.expect("a version");
    assert_eq!(server.seen()[0].headers("impersonate"), ["impersonate-user: periscope:inventory"]);
}

#[tokio::test]
async fn every_kind_of_request_impersonates() {
    let server = Server::always(Reply::silence()).await;
    let connection = server.impatient().await;
    let (who, pods, query) = (anna(), pods(), periscope_model::AccessQuery::default());
    let (object, options) = (json!({}), DeleteOptions::default());
    let patch = Patch::Merge(object.clone());
    let pod = Place { resource: &pods, namespace: Some("shop"), name: Some("web-0"), subresource: None };
    let _ = futures::join!(
        connection.version(&who),
        connection.discover(&who),
        connection.review(&who, &query),
        connection.who_am_i(&who),
        connection.get(&who, &pods, Some("shop"), "web-0"),
        connection.list(&who, &pods, periscope_cluster::ListOptions::default()),
        connection.watch(&who, &pods, periscope_cluster::WatchOptions::default()),
        connection.node_metrics(&who),
        connection.pod_metrics(&who, None),
        connection.pod_metrics_of(&who, "shop", "web-0"),
        connection.decide(&who, &query),
        connection.patch(&who, &pod, &patch, Effect::DryRun),
        connection.create(&who, &pod, &object, Effect::DryRun),
        connection.delete(&who, &pod, &options, Effect::DryRun),
    );
    let seen = server.seen();
    assert_eq!(seen.len(), 15);
    for request in seen {
        assert_eq!(request.headers("impersonate").len(), 6, "{request:?}");
    }
}

#[tokio::test]
async fn who_must_not_be_impersonated_is_not_sent() {
    let server = server().await;
    let connection = server.connection().await;
    let human = |user: &str, groups: &[&str]| {
        Identity::Human(Arc::new(Actor::new(user, groups.iter().map(|&group| group.to_owned()))))
    };
    let wrong = [
        Identity::Own,
        human("", &[]),
        human("system:admin", &[]),
        human("anna", &["system:masters"]),
        human("anna", &["a\r\nImpersonate-Group: system:masters"]),
        human("periscope:inventory", &[]),
    ];
    for identity in wrong {
        let refused = connection.version(&identity).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{identity:?}: {refused:?}");
    }
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn a_connection_of_ones_own_impersonates_nobody() {
    let server = server().await;
    let mut spec = spec(server.kubeconfig());
    spec.impersonation = false;
    let connection = Connection::open(spec).await.expect("a connection");
    for identity in [Identity::Own, Identity::Inventory, anna()] {
        connection.version(&identity).await.expect("a version");
    }
    for request in server.seen() {
        assert_eq!(request.headers("impersonate"), [""; 0]);
    }
}

#[tokio::test]
async fn a_kubeconfig_that_impersonates_does_so_for_everybody_or_not_at_all() {
    let server = server().await;
    let user = "token: t\nas: ci\nas-groups: [\"system:masters\"]\nas-user-extra: {team: [blue]}";
    let text = kubeconfig(&server.url(), "", user);
    let refused = Connection::open(spec(text.clone())).await.expect_err("two who impersonate");
    assert_eq!(
        refused.to_string(),
        "cluster test: the kubeconfig impersonates (as:) already; remove that, Periscope does it"
    );
    let mut spec = spec(text);
    spec.impersonation = false;
    let connection = Connection::open(spec).await.expect("a connection");
    connection.version(&anna()).await.expect("a version");
    assert_eq!(
        server.seen()[0].headers("impersonate"),
        ["impersonate-user: ci", "impersonate-group: system:masters", "impersonate-extra-team: blue"]
    );
}

#[tokio::test]
async fn a_base_path_and_basic_authentication_are_kept() {
    let server = server().await;
    let text = kubeconfig(&format!("{}/k8s/clusters/c-1/", server.url()), "", "username: anna\npassword: pass");
    open(text).await.version(&anna()).await.expect("a version");
    let seen = server.seen();
    assert_eq!(seen[0].path, "/k8s/clusters/c-1/version");
    assert_eq!(seen[0].headers("authorization"), ["authorization: Basic YW5uYTpwYXNz"]);
}
