//! What is wrong with a TLS connection, said so that somebody can mend it.

use jiff::Timestamp;
use rustls::pki_types::UnixTime;
use rustls::{CertificateError, Error as TlsError};

pub(crate) fn explain(error: &TlsError) -> String {
    match error {
        TlsError::InvalidCertificate(problem) => certificate(problem),
        TlsError::AlertReceived(description) => alert(&format!("{description:?}")),
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

/// What the server's alert means, by its name in rustls. Names, because HTTP/2 hands on the text of an error only.
pub(crate) fn alert(name: &str) -> String {
    match name {
        "CertificateExpired" => "the server says that our client certificate has expired".to_owned(),
        "CertificateRequired" => "the server wants a client certificate".to_owned(),
        "UnknownCA" | "BadCertificate" | "CertificateUnknown" | "CertificateRevoked" | "AccessDenied" => {
            format!("the server does not accept our client certificate ({name})")
        }
        _ => format!("the server ended the TLS handshake ({name})"),
    }
}

fn day(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).map_or_else(|_| "an unknown date".to_owned(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use rustls::AlertDescription;

    use super::*;

    #[test]
    fn every_answer_says_what_to_do_or_what_was_said() {
        let certificate = |error| explain(&TlsError::InvalidCertificate(error));
        assert_eq!(certificate(CertificateError::Expired), "the server's certificate has expired; renew it");
        assert_eq!(
            certificate(CertificateError::NotValidYet),
            "the server's certificate is not valid yet; check the clocks"
        );
        assert_eq!(certificate(CertificateError::Revoked), "the server's certificate is revoked");
        assert_eq!(
            certificate(CertificateError::NotValidForName),
            "the server's certificate is for another name; check the address or set tls-server-name"
        );
        assert!(certificate(CertificateError::BadEncoding).starts_with("the server's certificate is not accepted: "));
        assert_eq!(
            explain(&TlsError::AlertReceived(AlertDescription::CertificateExpired)),
            "the server says that our client certificate has expired"
        );
        assert_eq!(
            explain(&TlsError::AlertReceived(AlertDescription::UnknownCA)),
            "the server does not accept our client certificate (UnknownCA)"
        );
        assert_eq!(
            explain(&TlsError::AlertReceived(AlertDescription::HandshakeFailure)),
            "the server ended the TLS handshake (HandshakeFailure)"
        );
        assert!(explain(&TlsError::DecryptError).starts_with("TLS failed: "));
    }

    #[test]
    fn a_day_beyond_all_calendars_is_survived() {
        let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(u64::MAX));
        assert_eq!(day(time), "an unknown date");
    }
}
