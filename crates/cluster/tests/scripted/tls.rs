//! Whom we trust, who trusts us, and what is said when somebody does not.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use periscope_cluster::{Error, Identity};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use serde_json::json;
use tokio_rustls::TlsAcceptor;

use crate::server::{Reply, Server, kubeconfig, open, provider};

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
    certificate: rcgen::Certificate,
}

pub(crate) fn authority() -> Authority {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).expect("a certificate");
    Authority { pem: certificate.pem(), certificate, issuer: Issuer::new(params, key) }
}

/// Certificate and key, for the names given.
pub(crate) fn signed(
    by: &Authority,
    names: &[&str],
    change: impl FnOnce(&mut CertificateParams),
) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("parameters");
    change(&mut params);
    (params.signed_by(&key, &by.issuer).expect("a certificate"), key)
}

pub(crate) fn acceptor(
    (certificate, key): &(rcgen::Certificate, KeyPair),
    clients: Option<&Authority>,
    alpn: &[&str],
) -> TlsAcceptor {
    provider();
    let builder = ServerConfig::builder();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(authority.certificate.der().clone()).expect("a root");
            builder
                .with_client_cert_verifier(WebPkiClientVerifier::builder(Arc::new(roots)).build().expect("a verifier"))
        }
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = builder.with_single_cert(vec![certificate.der().clone()], key).expect("a configuration");
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

async fn serve(acceptor: TlsAcceptor) -> Server {
    Server::start_with(Some(acceptor), |_| Reply::json(200, &json!({"gitVersion": "v1.36.0"}))).await
}

fn trusting(server: &Server, authority: &Authority, more: &str, user: &str) -> String {
    let ca = format!("certificate-authority-data: {}\n{more}", STANDARD.encode(&authority.pem));
    kubeconfig(&server.url(), &ca, user)
}

/// What a connection says that trusts `trusted`; the address is taken out.
async fn told(server: &Server, trusted: &Authority, more: &str) -> String {
    let connection = open(trusting(server, trusted, more, "token: t")).await;
    let error = connection.version(&Identity::Inventory).await.expect_err("no trust");
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    error.to_string().replace(&server.address.to_string(), "ADDRESS")
}

pub(crate) const LOOPBACK: &[&str] = &["127.0.0.1"];
const NO_TRUST: &str = "no trusted connection to https://ADDRESS: the server's certificate ";

#[tokio::test]
async fn both_protocols_are_spoken() {
    let authority = authority();
    let certificate = signed(&authority, LOOPBACK, |_| {});
    for (alpn, expected) in [(&["h2", "http/1.1"][..], true), (&["http/1.1"], false), (&[], false)] {
        let server = serve(acceptor(&certificate, None, alpn)).await;
        let connection = open(trusting(&server, &authority, "", "token: t")).await;
        connection.version(&Identity::Inventory).await.expect("a version");
        let seen = server.seen();
        assert_eq!(seen[0].http2, expected, "{alpn:?}");
        assert_eq!(seen[0].headers("impersonate"), ["impersonate-user: periscope:inventory"]);
    }
}

#[tokio::test]
async fn a_certificate_of_somebody_else_is_refused() {
    let (ours, theirs) = (authority(), authority());
    let server = serve(acceptor(&signed(&theirs, LOOPBACK, |_| {}), None, &[])).await;
    let unknown = "is signed by an authority we do not know; check certificate-authority";
    let forged = "is not signed by the authority it names; check certificate-authority";
    let text = told(&server, &ours, "").await;
    // Both authorities have the same name, so it depends on what is looked at first.
    assert!([unknown, forged].map(|end| format!("{NO_TRUST}{end}")).contains(&text), "{text}");
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn a_certificate_that_signs_itself_is_refused() {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
    let own = params.self_signed(&key).expect("a certificate");
    let server = serve(acceptor(&(own, key), None, &[])).await;
    let text = told(&server, &authority(), "").await;
    assert!(text.starts_with(NO_TRUST), "{text}");
    assert!(text.ends_with("; check certificate-authority"), "{text}");
}

#[tokio::test]
async fn dates_are_told() {
    let authority = authority();
    let expired = signed(&authority, LOOPBACK, |params| params.not_after = date_time_ymd(2020, 1, 2));
    let server = serve(acceptor(&expired, None, &[])).await;
    assert_eq!(told(&server, &authority, "").await, format!("{NO_TRUST}expired on 2020-01-02T00:00:00Z; renew it"));
    let early = signed(&authority, LOOPBACK, |params| params.not_before = date_time_ymd(4000, 1, 2));
    let server = serve(acceptor(&early, None, &[])).await;
    assert_eq!(
        told(&server, &authority, "").await,
        format!("{NO_TRUST}is valid from 4000-01-02T00:00:00Z only; check the clocks")
    );
}

#[tokio::test]
async fn names_are_told_and_can_be_set() {
    let authority = authority();
    let server = serve(acceptor(&signed(&authority, &["kubernetes", "kubernetes.default"], |_| {}), None, &[])).await;
    let text = told(&server, &authority, "").await;
    assert!(text.starts_with(&format!("{NO_TRUST}is for ")), "{text}");
    assert!(text.contains("kubernetes.default"), "{text}");
    assert!(text.ends_with("not for 127.0.0.1; check the address or set tls-server-name"), "{text}");
    let named = trusting(&server, &authority, "tls-server-name: kubernetes", "token: t");
    open(named).await.version(&Identity::Inventory).await.expect("a version");
}

#[tokio::test]
async fn a_server_without_tls_is_found_out() {
    let server = Server::always(Reply::json(200, &json!({}))).await;
    let text = kubeconfig(&format!("https://{}", server.address), "", "token: t");
    let error = open(text).await.version(&Identity::Inventory).await.expect_err("no TLS").to_string();
    assert_eq!(
        error,
        format!("no trusted connection to https://{}: the server does not speak TLS on this port", server.address)
    );
}

#[tokio::test]
async fn a_client_certificate_is_shown_and_missed() {
    let authority = authority();
    let certificate = signed(&authority, LOOPBACK, |_| {});
    let server = serve(acceptor(&certificate, Some(&authority), &["h2"])).await;
    let (client, key) = signed(&authority, &[], |_| {});
    let user = format!(
        "client-certificate-data: {}\nclient-key-data: {}",
        STANDARD.encode(client.pem()),
        STANDARD.encode(key.serialize_pem())
    );
    let connection = open(trusting(&server, &authority, "", &user)).await;
    connection.version(&Identity::Inventory).await.expect("a version");
    assert_eq!(server.seen()[0].headers("authorization"), [""; 0]);
    let text = told(&server, &authority, "").await;
    assert_eq!(text, "no trusted connection to https://ADDRESS: the server wants a client certificate");
}
