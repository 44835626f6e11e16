//! Credentials of EKS Pod Identity: its agent on the node has them.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, header};
use jiff::Timestamp;
use serde::Deserialize;

use super::{Fresh, Keys};
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

pub(super) async fn credentials(shared: &Shared, uri: &str, token_file: &Path) -> Result<Fresh, String> {
    let mut token = HeaderValue::try_from(super::provider::token(token_file)?)
        .map_err(|_| format!("{} holds more than a token", token_file.display()))?;
    token.set_sensitive(true);
    let request = Request::get(uri).header(header::AUTHORIZATION, token).body(Bytes::new());
    let request = request.map_err(|error| format!("{uri}: {error}"))?;
    let answered = shared.http.send(request, LIMIT, DEADLINE).await;
    let (parts, body) = answered.map_err(|lost| match lost {
        Lost::Late => format!("the Pod Identity agent at {uri} did not answer within {} s", DEADLINE.as_secs()),
        Lost::TooLarge => format!("the Pod Identity agent at {uri} answered with more than {LIMIT} bytes"),
        Lost::Broken(reason) | Lost::Unsendable(reason) => format!("the Pod Identity agent at {uri}: {reason}"),
    })?;
    if !parts.status.is_success() {
        let said: String = String::from_utf8_lossy(&body).chars().filter(|c| !c.is_control()).take(300).collect();
        return Err(format!("the Pod Identity agent at {uri} answered {}: {said}", parts.status));
    }
    // What serde says may hold a piece of a secret.
    let told: Told = serde_json::from_slice(&body)
        .map_err(|_| format!("the Pod Identity agent at {uri} answered with something else than credentials"))?;
    let keys = Keys {
        access_key_id: told.access_key_id,
        secret_access_key: told.secret_access_key,
        session_token: told.token,
    };
    Ok(Fresh::new(keys, told.expiration, shared.now()))
}
