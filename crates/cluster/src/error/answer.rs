//! From an API server's refusal to our error.

use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode, response};
use periscope_model::Permission;
use serde_json::Value;

use crate::Error;
use crate::logs::TEXT;
use crate::request::Ask;
use crate::transport::Body;

/// A `Status` is a few hundred bytes; more is not read.
const MAX_REFUSAL: usize = 64 << 10;
const REFUSAL_DEADLINE: Duration = Duration::from_secs(5);
/// When the API server is busy without saying for how long.
const BUSY: Duration = Duration::from_secs(1);
const LONGEST_BUSY: Duration = Duration::from_mins(5);

/// A successful answer must be what was asked for: a login page is one, too.
pub(crate) async fn expect(accept: &str, headers: &HeaderMap, mut body: Body) -> Result<Body, Error> {
    let Some(kind) = headers.get(CONTENT_TYPE) else { return Ok(body) };
    let kind = String::from_utf8_lossy(kind.as_bytes()).to_ascii_lowercase();
    let (good, form) = match accept {
        TEXT => (!kind.starts_with("text/html"), "text"),
        _ => (kind.starts_with("application/json"), "JSON"),
    };
    if good {
        return Ok(body);
    }
    let what = body.what().to_owned();
    let start = body.start(MAX_REFUSAL, REFUSAL_DEADLINE).await;
    Err(Error::Garbage { what: format!("{what} got {} instead of {form}{}", shown_kind(&kind), excerpt(&start)) })
}

/// The error that a status other than success stands for.
pub(crate) async fn refusal(parts: &response::Parts, mut body: Body, ask: &Ask) -> Error {
    if parts.status.is_redirection() {
        let to = parts.headers.get(LOCATION).map_or_else(String::new, |to| {
            format!(" to {:?}", String::from_utf8_lossy(&to.as_bytes()[..to.len().min(200)]))
        });
        return Error::Garbage { what: format!("{} was redirected{to}, which is never followed", ask.what()) };
    }
    let bytes = body.start(MAX_REFUSAL, REFUSAL_DEADLINE).await;
    let status: Option<Value> = serde_json::from_slice(&bytes).ok().filter(Value::is_object);
    let message = status.as_ref().and_then(|status| status["message"].as_str()).filter(|text| !text.is_empty());
    let message = message.map_or_else(|| format!("{}{}", parts.status, excerpt(&bytes)), clean);
    from_status(parts.status.as_u16(), message, status, ask.permission.clone(), retry_after(&parts.headers))
}

/// Shared with the `ERROR` events of a watch, which carry the same `Status`.
pub(crate) fn from_status(
    code: u16,
    message: String,
    status: Option<Value>,
    asked: Permission,
    retry_after: Option<Duration>,
) -> Error {
    match StatusCode::from_u16(code) {
        Ok(StatusCode::UNAUTHORIZED) => Error::Unauthorized { message },
        // Admission answers 403 as well, about what was to be written: no permission would help.
        Ok(StatusCode::FORBIDDEN) if is_write(&asked) && cannot(&message).is_none() => {
            Error::Server { status: code, message, kubernetes: status.map(Arc::new) }
        }
        Ok(StatusCode::FORBIDDEN) => {
            Error::Refused { permission: Box::new(refused_permission(&message, status.as_ref(), asked)), message }
        }
        Ok(StatusCode::NOT_FOUND) => Error::NotFound { message },
        Ok(StatusCode::GONE) => Error::Gone { message },
        Ok(StatusCode::TOO_MANY_REQUESTS) => {
            let details = status.as_ref().and_then(|status| status["details"]["retryAfterSeconds"].as_u64());
            let retry_after = retry_after.or(details.map(Duration::from_secs)).unwrap_or(BUSY).min(LONGEST_BUSY);
            Error::Busy { retry_after, message, kubernetes: status.map(Arc::new) }
        }
        _ => Error::Server { status: code, message, kubernetes: status.map(Arc::new) },
    }
}

/// What is left of a refused change: after an answer of 5xx it may have happened all the same, because it is written
/// before it is answered, and by somebody else than a proxy in between.
pub(crate) fn of_change(error: Error, what: &str) -> Error {
    let lost = |reason: String| Error::Lost { what: what.to_owned(), reason };
    match error {
        Error::Server { status: 500.., ref message, .. } if !before_writing(message) => lost(error.to_string()),
        Error::Garbage { .. } | Error::Unreachable { .. } | Error::Timeout { .. } => lost(error.to_string()),
        other => other,
    }
}

/// A webhook is asked before anything is written.
fn before_writing(message: &str) -> bool {
    message.contains("failed calling webhook") || message.contains("failed calling admission webhook")
}

fn is_write(asked: &Permission) -> bool {
    matches!(asked.verb.as_str(), "create" | "update" | "patch" | "delete")
}

/// What was missing. Mostly what we asked for; but when impersonating was refused, that is what is missing.
fn refused_permission(message: &str, status: Option<&Value>, asked: Permission) -> Permission {
    let Some(told) = cannot(message) else { return asked };
    if told.verb == asked.verb && told.resource == asked.resource {
        return asked;
    }
    let name = status.and_then(|status| status["details"]["name"].as_str()).filter(|name| !name.is_empty());
    Permission { name: name.map(str::to_owned), ..told }
}

/// Reads the RBAC authoriser's sentence: `User "x" cannot list resource "pods/log" in API group "" in the
/// namespace "y"`, or `... at the cluster scope`.
fn cannot(message: &str) -> Option<Permission> {
    let (_, rest) = message.split_once(" cannot ")?;
    let (verb, rest) = rest.split_once(" resource \"")?;
    let (resource, rest) = rest.split_once("\" in API group \"")?;
    let (group, rest) = rest.split_once('"')?;
    let namespace = rest.split_once("in the namespace \"").and_then(|(_, rest)| rest.split_once('"'));
    let (resource, subresource) = resource.split_once('/').map_or((resource, None), |(r, s)| (r, Some(s)));
    Some(Permission {
        verb: verb.to_owned(),
        group: group.to_owned(),
        resource: resource.to_owned(),
        subresource: subresource.map(str::to_owned),
        namespace: namespace.map(|(namespace, _)| namespace.to_owned()),
        name: None,
    })
}

/// Seconds or an HTTP date; API servers send seconds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

fn shown_kind(kind: &str) -> String {
    let name = kind.split(';').next().unwrap_or_default().trim();
    match name {
        "text/html" => "a web page (a proxy or a sign-in page?)".to_owned(),
        _ => format!("{:?}", name.chars().take(80).collect::<String>()),
    }
}

/// The beginning of a body that is not what it should be, on one line.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    const LONGEST: usize = 120;
    let text = clean(&String::from_utf8_lossy(&bytes[..bytes.len().min(4 * LONGEST)]));
    if text.is_empty() {
        return String::new();
    }
    format!(": {:?}", text.chars().take(LONGEST).collect::<String>())
}

/// One line, without control characters, of bounded length.
pub(crate) fn clean(text: &str) -> String {
    const LONGEST: usize = 2000;
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    words.join(" ").chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
