//! Credentials of EKS Pod Identity: its agent on the node has them.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use jiff::Timestamp;
use serde::Deserialize;

use super::{Fresh, Keys};
use crate::client::Tries;
use crate::error::Error;
use crate::http::Lost;
use crate::reach::Shared;

const LIMIT: usize = 64 << 10;
const DEADLINE: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Told {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: Option<Timestamp>,
}

/// Why one attempt failed, and whether the next may not.
struct Failed {
    reason: String,
    passes: bool,
}

pub(super) async fn credentials(shared: &Shared, uri: &str, token_file: &Path) -> Result<Fresh, Error> {
    let mut tries = Tries::new(shared);
    loop {
        match once(shared, uri, token_file).await {
            Ok(fresh) => return Ok(fresh),
            Err(Failed { passes: true, .. }) if tries.pause(1).await => {}
            Err(Failed { reason, .. }) => return Err(Error::Credentials { reason }),
        }
    }
}

async fn once(shared: &Shared, uri: &str, token_file: &Path) -> Result<Fresh, Failed> {
    let failed = |reason: String| Failed { reason, passes: false };
    let token = super::provider::token(token_file).map_err(failed)?;
    let token = HeaderValue::try_from(token);
    let mut token = token.map_err(|_| failed(format!("{} holds more than a token", token_file.display())))?;
    token.set_sensitive(true);
    let request = Request::get(uri).header(header::AUTHORIZATION, token).body(Bytes::new());
    let request = request.map_err(|error| failed(format!("{uri}: {error}")))?;
    let told_by_agent = |said: &str| format!("the Pod Identity agent at {uri} {said}");
    let answered = shared.http.send(request, LIMIT, DEADLINE).await;
    let (parts, body) = answered.map_err(|lost| {
        let passes = !matches!(lost, Lost::TooLarge);
        let reason = told_by_agent(&match lost {
            Lost::Late => format!("did not answer within {} s", DEADLINE.as_secs()),
            Lost::TooLarge => format!("answered with more than {LIMIT} bytes"),
            Lost::Broken(reason) | Lost::Unsendable(reason) => format!("is not reached: {reason}"),
        });
        Failed { reason, passes }
    })?;
    if !parts.status.is_success() {
        let said: String = String::from_utf8_lossy(&body).chars().filter(|c| !c.is_control()).take(300).collect();
        let reason = told_by_agent(&format!("answered {}: {said}", parts.status));
        let passes = parts.status.is_server_error() || parts.status == StatusCode::TOO_MANY_REQUESTS;
        return Err(Failed { reason, passes });
    }
    // What serde says may hold a piece of a secret.
    let told: Told = serde_json::from_slice(&body)
        .map_err(|_| failed(told_by_agent("answered with something else than credentials")))?;
    let keys = Keys {
        access_key_id: told.access_key_id,
        secret_access_key: told.secret_access_key,
        session_token: told.token,
    };
    Ok(Fresh::new(keys, told.expiration, shared.now()))
}
