//! Signature Version 4: what a request says of itself, and for presigned URLs whether it is true.

use std::fmt::Write as _;

use http::request::Parts;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use percent_encoding::percent_decode_str;
use ring::{digest, hmac};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The scope of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) key: String,
    /// `20251126`
    date: String,
    pub(super) region: String,
    pub(super) service: String,
}

impl Scope {
    /// `KEY/20251126/eu-west-1/eks/aws4_request`
    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let [key, date, region, service, "aws4_request"] = parts.as_slice() else { return None };
        let [key, date, region, service] = [key, date, region, service].map(|part| (*part).to_owned());
        (date.len() == 8).then_some(Self { key, date, region, service })
    }

    /// What `secret` makes of a canonical request.
    fn sign(&self, secret: &str, at: &str, canonical: &str) -> String {
        let place = format!("{}/{}/{}/aws4_request", self.date, self.region, self.service);
        let text = format!("{ALGORITHM}\n{at}\n{place}\n{}", sha256(canonical.as_bytes()));
        let mut key = hmac_sha256(format!("AWS4{secret}").as_bytes(), self.date.as_bytes());
        for part in [self.region.as_str(), self.service.as_str(), "aws4_request"] {
            key = hmac_sha256(key.as_ref(), part.as_bytes());
        }
        hex(hmac_sha256(key.as_ref(), text.as_bytes()).as_ref())
    }
}

/// What a request says of its signature, in a header or in its query.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) scope: Scope,
    /// Names of the headers that are signed.
    names: String,
    signature: String,
}

impl Claim {
    /// Of an `Authorization` header.
    pub(super) fn of_header(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(ALGORITHM)?;
        let parts: Vec<&str> = rest.split(',').map(str::trim).collect();
        let part = |name: &str| parts.iter().find_map(|part| part.strip_prefix(name));
        Self::new(part("Credential=")?, part("SignedHeaders=")?, part("Signature=")?)
    }

    pub(super) fn of_query(query: &[(String, String)]) -> Option<Self> {
        let part = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        Self::new(part("X-Amz-Credential")?, part("X-Amz-SignedHeaders")?, part("X-Amz-Signature")?)
    }

    fn new(credential: &str, names: &str, signature: &str) -> Option<Self> {
        let well = signature.len() == 64 && names.split(';').any(|name| name == "host");
        let scope = Scope::parse(credential).filter(|_| well)?;
        Some(Self { scope, names: names.to_owned(), signature: signature.to_owned() })
    }

    /// Whether `secret` signed this request.
    pub(super) fn is_of(&self, secret: &str, parts: &Parts, body: &[u8]) -> bool {
        let query = pairs(parts.uri.query().unwrap_or_default());
        let header = |name: &str| {
            let values = parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            let values: Vec<String> =
                values.map(|value| value.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
            let host = || parts.uri.authority().map(ToString::to_string).filter(|_| name == "host");
            (!values.is_empty()).then(|| values.join(",")).or_else(host)
        };
        let at = header("x-amz-date")
            .or_else(|| query.iter().find(|(name, _)| name == "X-Amz-Date").map(|(_, value)| value.clone()));
        // a path is encoded once more than it is sent
        let path: Vec<String> = parts.uri.path().split('/').map(encode).collect();
        let path = path.join("/");
        let payload = sha256(body);
        let canonical = canonical((parts.method.as_str(), &path), &query, (&self.names, header), &payload);
        at.zip(canonical).is_some_and(|(at, canonical)| self.scope.sign(secret, &at, &canonical) == self.signature)
    }
}

/// What is signed of a request; `None` when a signed header is not there.
fn canonical(
    (method, path): (&str, &str),
    query: &[(String, String)],
    (names, header): (&str, impl Fn(&str) -> Option<String>),
    payload: &str,
) -> Option<String> {
    let others = query.iter().filter(|(name, _)| name != "X-Amz-Signature");
    let mut query: Vec<(String, String)> = others.map(|(name, value)| (encode(name), encode(value))).collect();
    query.sort();
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut text = format!("{method}\n{path}\n{}\n", query.join("&"));
    for name in names.split(';') {
        let _ = writeln!(text, "{name}:{}", header(name)?);
    }
    let _ = write!(text, "\n{names}\n{payload}");
    Some(text)
}

/// A request whose signature is in its URL.
#[derive(Debug)]
pub(crate) struct Presigned {
    pub(crate) host: String,
    path: String,
    /// Decoded, in the order of the URL.
    query: Vec<(String, String)>,
}

impl Presigned {
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let (place, query) = rest.split_once('?')?;
        let (host, path) =
            place.split_once('/').map_or((place, "/".to_owned()), |(host, path)| (host, format!("/{path}")));
        Some(Self { host: host.to_owned(), path, query: pairs(query) })
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn scope(&self) -> Option<Scope> {
        Scope::parse(self.param("X-Amz-Credential")?)
    }

    pub(crate) fn key(&self) -> Option<String> {
        self.scope().map(|scope| scope.key)
    }

    pub(crate) fn region(&self) -> Option<String> {
        self.scope().map(|scope| scope.region)
    }

    /// Whether it is valid at `now`: not from the future, and no older than `seconds`.
    pub(crate) fn is_current(&self, now: i64, seconds: i64) -> bool {
        self.param("X-Amz-Date").and_then(instant).is_some_and(|at| (at - 300..at + seconds).contains(&now))
    }

    pub(crate) fn signs(&self, header: &str) -> bool {
        self.param("X-Amz-SignedHeaders").is_some_and(|headers| headers.split(';').any(|signed| signed == header))
    }

    /// Whether `secret` signed it as a GET that carries `headers` besides its host.
    pub(crate) fn is_signed_by(&self, secret: &str, headers: &[(&str, &str)]) -> bool {
        let signature = self.param("X-Amz-Signature").unwrap_or_default();
        self.signature(secret, headers).is_some_and(|right| right == signature)
    }

    fn signature(&self, secret: &str, headers: &[(&str, &str)]) -> Option<String> {
        let header = |name: &str| match name {
            "host" => Some(self.host.clone()),
            _ => headers.iter().find(|(header, _)| *header == name).map(|(_, value)| (*value).to_owned()),
        };
        let names = self.param("X-Amz-SignedHeaders")?;
        let canonical = canonical(("GET", &self.path), &self.query, (names, header), &sha256(b""))?;
        Some(self.scope()?.sign(secret, self.param("X-Amz-Date")?, &canonical))
    }
}

/// Names and values of a query or a form, decoded.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// `20251126T120000Z` in epoch seconds.
pub(super) fn instant(text: &str) -> Option<i64> {
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(Timestamp::as_second(TimeZone::UTC.to_zoned(time).ok()?.timestamp()))
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hmac_sha256(key: &[u8], text: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by botocore 1.44 with the secret `secret`, at a fixed time, for the cluster `prod-eu`.
    const URL: &str = "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=e9d64a02832a736265fc02c15ebd27f24402bd35ff034143419e4174209f2748";

    #[test]
    fn headers_say_service_and_region() {
        let signature = "0".repeat(64);
        let text = format!(
            "AWS4-HMAC-SHA256 Credential=KEY/20251126/eu-west-1/eks/aws4_request, SignedHeaders=host;x-amz-date, Signature={signature}"
        );
        let scope = Claim::of_header(&text).expect("a claim").scope;
        assert_eq!((scope.key.as_str(), scope.region.as_str(), scope.service.as_str()), ("KEY", "eu-west-1", "eks"));
        assert!(Claim::of_header("Bearer x").is_none());
        assert!(Claim::of_header(&text.replace("host;", "")).is_none(), "the host is always signed");
        assert!(Claim::of_header(&text.replace("/eks", "")).is_none());
    }

    #[test]
    fn a_signature_is_of_one_secret_and_of_one_cluster() {
        let url = Presigned::parse(URL).expect("a URL");
        assert!(url.is_signed_by("secret", &[("x-k8s-aws-id", "prod-eu")]));
        assert!(!url.is_signed_by("secret", &[("x-k8s-aws-id", "staging")]));
        assert!(!url.is_signed_by("another", &[("x-k8s-aws-id", "prod-eu")]));
        let longer = Presigned::parse(&URL.replace("X-Amz-Expires=60", "X-Amz-Expires=90")).expect("a URL");
        assert!(!longer.is_signed_by("secret", &[("x-k8s-aws-id", "prod-eu")]), "the whole query is signed");
    }

    #[test]
    fn a_presigned_url_lives_as_long_as_it_says() {
        let url = Presigned::parse(URL).expect("a URL");
        let start = instant("20260102T030405Z").expect("a time");
        assert!(url.is_current(start, 60) && url.is_current(start + 59, 60) && url.is_current(start - 200, 60));
        assert!(!url.is_current(start + 60, 60) && !url.is_current(start - 301, 60));
        assert!(url.signs("x-k8s-aws-id") && !url.signs("x-other"));
    }
}
