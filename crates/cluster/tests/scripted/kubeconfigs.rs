//! Kubeconfigs as connections are opened from them: what is broken is named with its place.

use std::fs;

use periscope_cluster::{Connection, ConnectionSource, ConnectionSpec, Identity, Kubeconfig};
use periscope_model::ClusterId;
use serde_json::json;

use crate::server::{Reply, Server, kubeconfig, open, provider, spec};

const SERVER: &str = "https://127.0.0.1:6443";

async fn refused(text: String) -> String {
    let error = Connection::open(spec(text.clone())).await.map(|connection| connection.server().to_owned());
    error.expect_err(&text).to_string()
}

#[tokio::test]
async fn certificates_that_are_none_are_refused_at_once() {
    let no_file = "failed to read file '\"/no/such/file\"': No such file or directory (os error 2)";
    for (cluster, user, expected) in [
        (
            "certificate-authority-data: '***'",
            "token: t",
            "context \"test\": failed to load certificate authority: failed to decode base64 data: Invalid symbol 42, offset 0.",
        ),
        (
            "certificate-authority-data: bm90IGEgY2VydGlmaWNhdGU=",
            "token: t",
            "context \"test\": certificate-authority holds no certificate in PEM",
        ),
        (
            "certificate-authority: /no/such/file",
            "token: t",
            &format!("context \"test\": failed to load certificate authority: {no_file}"),
        ),
        (
            "",
            "client-certificate-data: '***'\nclient-key-data: eA==",
            "failed to load client certificate: failed to decode base64 data: Invalid symbol 42, offset 0.",
        ),
        (
            "",
            "client-certificate-data: eA==\nclient-key-data: eA==",
            "certificates cannot be used: identity PEM is missing a private key: the key must be PKCS8 or RSA/PKCS1",
        ),
        (
            "",
            "client-certificate: /no/such/file\nclient-key: /no/such/file",
            &format!("failed to load client certificate: {no_file}"),
        ),
        (
            "tls-server-name: 'not a name'",
            "token: t",
            "tls-server-name \"not a name\" is neither a DNS name nor an IP address",
        ),
    ] {
        let text = refused(kubeconfig(SERVER, cluster, user)).await;
        assert_eq!(text, format!("cluster test: {expected}"));
    }
}

#[tokio::test]
async fn addresses_that_lead_elsewhere_or_in_the_clear_are_refused() {
    for (server, expected) in [
        (
            "http://10.0.0.1:8080",
            "server http://10.0.0.1:8080/ is not encrypted; use https:// (http:// is for loopback only)",
        ),
        ("ftp://127.0.0.1", "server ftp://127.0.0.1/ is not an https:// address"),
        ("https://anna:pass@127.0.0.1", "server holds a user name; credentials belong under users"),
    ] {
        let text = refused(kubeconfig(server, "", "token: t")).await;
        assert_eq!(text, format!("cluster test: context \"test\": {expected}"));
    }
    for server in ["127.0.0.1:6443", "/relative", "https://", "''", "'https://a b'"] {
        let text = refused(kubeconfig(server, "", "token: t")).await;
        assert!(text.starts_with("cluster test: "), "{text}");
    }
    let text = refused(kubeconfig(SERVER, "proxy-url: http://proxy:3128", "token: t")).await;
    assert_eq!(text, "cluster test: context \"test\": proxy-url \"http://proxy:3128\" is not supported");
}

#[tokio::test]
async fn a_broken_entry_is_named_with_its_line_and_file() {
    provider();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config");
    fs::write(&path, kubeconfig(SERVER, "", "token: [t]")).expect("a file");
    let source = ConnectionSource::Kubeconfig { kubeconfig: Kubeconfig::Path(path.clone()), context: None };
    let spec = ConnectionSpec::new(ClusterId::new("test").expect("an id"), source);
    let text = Connection::open(spec).await.expect_err("a broken user").to_string();
    let place = format!("cluster test: {}: line 13: users \"u\": user.token: ", path.display());
    assert!(text.starts_with(&place), "{text}");
}

#[tokio::test]
async fn a_token_file_is_read_when_it_is_needed() {
    let server = Server::always(Reply::json(200, &json!({"gitVersion": "v1.36.0"}))).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    let connection = open(kubeconfig(&server.url(), "", &format!("tokenFile: {}", file.display()))).await;
    assert!(connection.version(&Identity::Inventory).await.is_err());
    fs::write(&file, "from-file\n").expect("a file");
    connection.version(&Identity::Inventory).await.expect("a version");
    assert_eq!(server.seen()[0].headers("authorization"), ["authorization: Bearer from-file"]);
}

#[tokio::test]
async fn nothing_shown_of_a_connection_is_secret() {
    let text = kubeconfig(SERVER, "", "token: s3cr3t");
    let spec = spec(text);
    assert!(!format!("{spec:?}").contains("s3cr3t"));
    let connection = Connection::open(spec).await.expect("a connection");
    assert!(!format!("{connection:?}").contains("s3cr3t"), "{connection:?}");
    assert_eq!(connection.server(), SERVER);
}
