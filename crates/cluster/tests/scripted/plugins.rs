//! Credential plugins: run late, asked again, and never trusted with our output.

use std::path::Path;
use std::time::Duration;

use periscope_cluster::{Connection, Error, Identity};
use serde_json::json;

use crate::server::{Reply, Server, kubeconfig, open, spec};

/// A kubeconfig whose credentials come from a shell script.
fn with_plugin(server: &Server, script: &str) -> String {
    let arguments = json!(["-c", script]);
    let user = format!(
        "exec:\n  apiVersion: client.authentication.k8s.io/v1\n  interactiveMode: IfAvailable\n  command: sh\n  args: {arguments}"
    );
    kubeconfig(&server.url(), "", &user)
}

async fn server() -> Server {
    Server::always(Reply::json(200, &json!({"gitVersion": "v1.36.0"}))).await
}

/// Prints a token and notes that it ran.
fn token(log: &Path) -> String {
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "from-plugin"},
    });
    format!("echo run >> {}; echo '{credential}'", log.display())
}

#[tokio::test]
async fn a_plugin_runs_when_it_is_needed_and_once_for_all() {
    let server = server().await;
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let connection = open(with_plugin(&server, &token(&log))).await;
    assert!(!log.exists(), "opening runs nothing");
    let asking = (0..10).map(|_| connection.version(&Identity::Inventory));
    for answer in futures::future::join_all(asking).await {
        answer.expect("a version");
    }
    for request in server.seen() {
        assert_eq!(request.headers("authorization"), ["authorization: Bearer from-plugin"]);
    }
    let runs = std::fs::read_to_string(&log).expect("a log").lines().count();
    assert!((1..=2).contains(&runs), "the plugin ran {runs} times for ten requests");
}

#[tokio::test]
async fn a_plugin_that_fails_is_told_without_what_may_be_a_token() {
    let server = server().await;
    let connection = open(with_plugin(&server, "echo top-secret; echo 'sign in\nfirst' >&2; exit 3")).await;
    let error = connection.version(&Identity::Inventory).await.expect_err("no credentials");
    assert_eq!(error.to_string(), "the credential plugin \"sh\" failed (exit status: 3): sign in first");
    assert!(error.is_transient());
    let connection = open(with_plugin(&server, "echo top-secret")).await;
    let error = connection.version(&Identity::Inventory).await.expect_err("no credentials");
    assert_eq!(error.to_string(), "the credential plugin \"sh\" did not print an ExecCredential");
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn a_plugin_that_is_missing_or_hangs_is_told() {
    let server = server().await;
    let text = with_plugin(&server, "exit").replace("command: sh", "command: no-such-plugin");
    let text = open(text).await.version(&Identity::Inventory).await.expect_err("no plugin").to_string();
    assert!(text.starts_with("the credential plugin \"no-such-plugin\" cannot be started: "), "{text}");
    assert!(text.ends_with("; is it installed here?"), "{text}");
    let mut spec = spec(with_plugin(&server, "exec sleep 2"));
    spec.deadlines.credentials = Duration::from_millis(100);
    let connection = Connection::open(spec).await.expect("a connection");
    let error = connection.version(&Identity::Inventory).await.expect_err("a plugin that hangs");
    assert!(matches!(&error, Error::Timeout { what, .. } if what == "the credential plugin \"sh\""), "{error:?}");
}

#[tokio::test]
async fn a_token_that_is_no_header_is_an_error() {
    let server = server().await;
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "a\u{7}b"},
    });
    let connection = open(with_plugin(&server, &format!("echo '{credential}'"))).await;
    let error = connection.version(&Identity::Inventory).await.expect_err("no header");
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert_eq!(server.seen().len(), 0);
}
