//! What is wrong with a TLS connection, said so that somebody can mend it.

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error as TlsError};

pub(crate) fn explain(error: &TlsError) -> String {
    match error {
        TlsError::InvalidCertificate(problem) => certificate(problem),
        TlsError::AlertReceived(alert) => alert_received(*alert),
        TlsError::InvalidMessage(_) => "the server does not speak TLS on this port".to_owned(),
        other => format!("TLS failed: {other}"),
    }
}

fn certificate(problem: &CertificateError) -> String {
    match problem {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the server's certificate expired on {}; renew it", day(*not_after))
        }
        CertificateError::Expired => "the server's certificate has expired; renew it".to_owned(),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("the server's certificate is valid from {} only; check the clocks", day(*not_before))
        }
        CertificateError::NotValidYet => "the server's certificate is not valid yet; check the clocks".to_owned(),
        CertificateError::UnknownIssuer => {
            "the server's certificate is signed by an authority we do not know; check certificate-authority".to_owned()
        }
        CertificateError::BadSignature => {
            "the server's certificate is not signed by the authority it names; check certificate-authority".to_owned()
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names = if presented.is_empty() { "no name at all".to_owned() } else { presented.join(", ") };
            format!(
                "the server's certificate is for {names}, not for {}; check the address or set tls-server-name",
                expected.to_str()
            )
        }
        CertificateError::NotValidForName => {
            "the server's certificate is for another name; check the address or set tls-server-name".to_owned()
        }
        CertificateError::Revoked => "the server's certificate is revoked".to_owned(),
        other => format!("the server's certificate is not accepted: {other}"),
    }
}

fn alert_received(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::CertificateExpired => "the server says that our client certificate has expired".to_owned(),
        AlertDescription::CertificateRequired => "the server wants a client certificate".to_owned(),
        AlertDescription::UnknownCA
        | AlertDescription::BadCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::CertificateRevoked
        | AlertDescription::AccessDenied => {
            format!("the server does not accept our client certificate ({alert:?})")
        }
        other => format!("the server ended the TLS handshake ({other:?})"),
    }
}

fn day(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).map_or_else(|_| "an unknown date".to_owned(), |at| at.to_string())
}
