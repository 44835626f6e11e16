//! What becomes of answers that are not what was asked for.

use std::time::Duration;

use bytes::Bytes;
use periscope_cluster::{Error, Identity};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::server::{Part, Reply, Server, kubeconfig, open, part, pods};

/// What a read of one pod ends with.
async fn told(reply: Reply) -> Error {
    let server = Server::always(reply).await;
    let connection = server.connection().await;
    let answer = connection.get(&Identity::Inventory, &pods(), Some("shop"), "web-0").await;
    answer.expect_err("an error")
}

fn status(code: u16, message: &str) -> Reply {
    Reply::json(code, &json!({"kind": "Status", "status": "Failure", "code": code, "message": message}))
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let unauthorized = told(status(401, "Unauthorized")).await;
    assert_eq!(unauthorized.to_string(), "the API server does not accept our credentials: Unauthorized");
    assert!(matches!(unauthorized, Error::Unauthorized { .. }));
    let refused = told(status(403, "no")).await;
    assert_eq!(refused.needs().map(ToString::to_string).as_deref(), Some("get pods \"web-0\" in namespace shop"));
    assert!(matches!(told(status(404, "no such pod")).await, Error::NotFound { message } if message == "no such pod"));
    assert!(matches!(told(status(410, "expired")).await, Error::Gone { .. }));
    let busy = told(status(429, "later").with("retry-after", "7")).await;
    assert_eq!(busy.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(busy.to_string(), "the API server is busy, asks to wait 7 s: later");
    let Error::Server { status: 500, message, kubernetes: Some(object) } = told(status(500, "etcd")).await else {
        panic!("a server's error");
    };
    assert_eq!((message.as_str(), &object["code"]), ("etcd", &Value::from(500)));
}

#[tokio::test]
async fn a_refused_impersonation_is_what_is_missing() {
    let message = "users \"periscope:inventory\" is forbidden: User \"periscope\" cannot impersonate resource \
        \"users\" in API group \"\" at the cluster scope";
    let reply =
        Reply::json(403, &json!({"kind": "Status", "message": message, "details": {"name": "periscope:inventory"}}));
    let refused = told(reply).await;
    let needs = refused.needs().map(ToString::to_string);
    assert_eq!(needs.as_deref(), Some("impersonate users \"periscope:inventory\" cluster-wide"));
}

#[tokio::test]
async fn a_page_is_not_taken_for_an_answer() {
    let page = "<html>\n  <title>Sign in</title>\u{7}</html>";
    assert_eq!(
        told(Reply::text(200, "text/html; charset=utf-8", page)).await.to_string(),
        "the API server answered garbage: get pods \"web-0\" in namespace shop got a web page (a proxy or a sign-in \
         page?) instead of JSON: \"<html> <title>Sign in</title> </html>\""
    );
    assert_eq!(
        told(Reply::text(502, "text/html", page)).await.to_string(),
        "the API server answered 502: 502 Bad Gateway: \"<html> <title>Sign in</title> </html>\""
    );
}

#[tokio::test]
async fn redirects_are_never_followed() {
    let elsewhere = Server::always(Reply::json(200, &json!({}))).await;
    for code in [301, 302, 303, 307, 308] {
        let redirect = Reply::json(code, &json!({})).with("location", format!("{}/login", elsewhere.url()));
        let text = told(redirect).await.to_string();
        assert!(text.contains("was redirected to \"http://127.0.0.1:"), "{text}");
        assert!(text.ends_with("/login\", which is never followed"), "{text}");
    }
    assert_eq!(elsewhere.seen().len(), 0);
}

#[tokio::test]
async fn silence_ends_at_the_deadline() {
    let told_soon = async |reply| {
        let server = Server::always(reply).await;
        server.impatient().await.version(&Identity::Inventory).await.expect_err("silence").to_string()
    };
    assert_eq!(told_soon(Reply::silence()).await, "the answer to GET /version took longer than 1 s");
    let half = Reply::parts([part("{\"a\":"), Part::Silence]);
    assert_eq!(told_soon(half).await, "the whole answer to GET /version took longer than 1 s");
    // A refusal that stops in the middle is still a refusal.
    let refusal = Reply::parts([part("{"), Part::Break]).status(404);
    assert!(matches!(told(refusal).await, Error::NotFound { .. }));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_answer() {
    let text = told(Reply::parts([part("{\"a\":1}"), Part::Break])).await.to_string();
    assert!(text.starts_with("the answer to get pods \"web-0\" in namespace shop broke off after "), "{text}");
}

#[tokio::test]
async fn an_answer_has_a_limit() {
    let megabyte = Part::Bytes(Bytes::from(vec![b' '; 1 << 20]));
    let server = Server::always(Reply::parts(vec![megabyte; 2])).await;
    let error = server.connection().await.version(&Identity::Inventory).await.expect_err("too large");
    assert_eq!(error.to_string(), "too large: the answer to GET /version has more than 1048576 bytes");
}

#[tokio::test]
async fn what_does_not_parse_is_named_by_its_key() {
    let server = Server::always(Reply::json(200, &json!({"gitVersion": 7}))).await;
    let error = server.connection().await.version(&Identity::Inventory).await.expect_err("garbage");
    assert_eq!(
        error.to_string(),
        "the API server answered garbage: the answer to GET /version: gitVersion: invalid type: integer `7`, expected \
         a string at line 1 column 15"
    );
}

#[tokio::test]
async fn where_nobody_listens_is_said() {
    let gone = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
    let connection = open(kubeconfig(&format!("http://{gone}"), "", "token: t")).await;
    let error = connection.version(&Identity::Inventory).await.expect_err("nobody");
    assert_eq!(
        error.to_string(),
        format!("http://{gone} refuses connections; is the API server running and the address right?")
    );
    assert!(error.is_transient());
}

#[tokio::test]
async fn what_is_no_api_server_is_survived() {
    for answer in ["", "SSH-2.0-OpenSSH_9.6\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let serving = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        let connection = open(kubeconfig(&format!("http://{address}"), "", "token: t")).await;
        let error = connection.version(&Identity::Inventory).await.expect_err("no answer");
        assert!(matches!(error, Error::Unreachable { .. }), "{answer:?}: {error:?}");
        serving.abort();
    }
}
