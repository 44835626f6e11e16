use super::*;

const SERVER: &str = "https://cluster.example";

/// An error as libraries nest them.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
struct Nested {
    text: &'static str,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

fn nested(text: &'static str, source: impl StdError + Send + Sync + 'static) -> Nested {
    Nested { text, source: Some(Box::new(source)) }
}

fn bare(text: &'static str) -> Nested {
    Nested { text, source: None }
}

fn told(error: &Nested) -> String {
    of(error, SERVER, &Deadlines::default()).to_string()
}

#[test]
fn the_cause_is_found_however_deep() {
    let tls = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
    let wrapped = nested("client error", io::Error::other(nested("connect", io::Error::other(tls))));
    assert_eq!(
        told(&wrapped),
        "no trusted connection to https://cluster.example: the server's certificate has expired; renew it"
    );
    let deep = (0..40).fold(bare("cause"), |error, _| nested("layer", error));
    assert_eq!(told(&deep), "the connection to https://cluster.example broke: layer");
}

#[test]
fn names_that_cannot_be_resolved_are_told() {
    let dns = nested("connect", nested("dns error", io::Error::other("no such host")));
    assert_eq!(
        told(&dns),
        "the name in https://cluster.example cannot be resolved (no such host); check the address and this host's DNS"
    );
}

#[test]
fn the_kernels_answers_are_told() {
    for (kind, expected) in [
        (
            io::ErrorKind::ConnectionRefused,
            "https://cluster.example refuses connections; is the API server running and the address right?",
        ),
        (io::ErrorKind::TimedOut, "https://cluster.example does not answer; is it reachable from here?"),
        (io::ErrorKind::ConnectionReset, "https://cluster.example closed the connection"),
        (io::ErrorKind::UnexpectedEof, "https://cluster.example closed the connection in the middle"),
        (io::ErrorKind::NetworkUnreachable, "there is no route to https://cluster.example"),
        (io::ErrorKind::PermissionDenied, "the connection to https://cluster.example broke: permission denied"),
    ] {
        assert_eq!(told(&nested("connect", io::Error::from(kind))), expected);
    }
}

#[test]
fn a_deadline_is_a_timeout_and_a_late_alert_is_about_trust() {
    let error = of(&nested("connect", DialTimeout), SERVER, &Deadlines::default());
    assert!(
        matches!(&error, Error::Timeout { what, .. } if what == "connecting to https://cluster.example"),
        "{error:?}"
    );
    assert_eq!(
        told(&nested("send", bare("received fatal alert: UnknownCA"))),
        "no trusted connection to https://cluster.example: the server does not accept our client certificate (UnknownCA)"
    );
}
