//! Signature Version 4, written from its description: what the world checks is not checked with its own code.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use periscope_demo::WorldAccount;
use periscope_model::{Clock as _, SystemClock};
use ring::{digest, hmac};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn sha256(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

fn now() -> String {
    SystemClock.now().strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn signature(keys: &WorldAccount, service: &str, at: &str, canonical: &str) -> String {
    let mac = |key: &[u8], text: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes());
    let scope = format!("{}/{}/{service}/aws4_request", &at[..8], keys.region);
    let mut key = mac(format!("AWS4{}", keys.secret_access_key).as_bytes(), &at[..8]);
    for part in [&keys.region, service, "aws4_request"] {
        key = mac(key.as_ref(), part);
    }
    hex(mac(key.as_ref(), &format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", sha256(canonical))).as_ref())
}

/// The headers of a signed request. The path has nothing in it that would have to be encoded.
pub(crate) fn headers(
    keys: &WorldAccount,
    service: &str,
    (method, path): (&str, &str),
    (host, body): (&str, &str),
) -> String {
    let at = now();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let canonical =
        format!("{method}\n{path}\n{query}\nhost:{host}\nx-amz-date:{at}\n\nhost;x-amz-date\n{}", sha256(body));
    format!(
        "X-Amz-Date: {at}\r\nAuthorization: AWS4-HMAC-SHA256 Credential={}/{}/{}/{service}/aws4_request, SignedHeaders=host;x-amz-date, Signature={}\r\n",
        keys.access_key_id,
        &at[..8],
        keys.region,
        signature(keys, service, &at, &canonical)
    )
}

/// What `aws eks get-token` makes for a cluster.
pub(crate) fn eks_token(keys: &WorldAccount, cluster: &str) -> String {
    let (at, host) = (now(), format!("sts.{}.amazonaws.com", keys.region));
    let query = format!(
        "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}%2F{}%2F{}%2Fsts%2Faws4_request&X-Amz-Date={at}&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id",
        keys.access_key_id,
        &at[..8],
        keys.region
    );
    let canonical =
        format!("GET\n/\n{query}\nhost:{host}\nx-k8s-aws-id:{cluster}\n\nhost;x-k8s-aws-id\n{}", sha256(""));
    let signature = signature(keys, "sts", &at, &canonical);
    format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(format!("https://{host}/?{query}&X-Amz-Signature={signature}")))
}
