//! What a refusal says, in whichever of its protocols AWS says it.

use bytes::Bytes;
use http::response::Parts;
use http::{StatusCode, header};
use jiff::Timestamp;
use periscope_model::AwsPermission;
use serde_json::{Map, Value};

use crate::arn::role_of_session;
use crate::error::{Error, SERVER_ERROR};
use crate::operations::{Operation, Protocol};
use crate::xml::Element;

/// An error, and when the other side says it is.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) error: Error,
    pub(super) date: Option<Timestamp>,
}

impl Refused {
    /// Nobody there said it.
    pub(super) fn here(error: Error) -> Self {
        Self { error, date: None }
    }
}

/// Whether it is in the form that the operation answers in. Emulators call some of it a page, so the text itself counts, too.
pub(super) fn is_expected(operation: Operation, parts: &Parts, body: &[u8]) -> bool {
    let kind = kind(parts);
    let begins = |with: &str| {
        body.trim_ascii_start().get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
    };
    let is_page = begins("<!doctype html") || begins("<html");
    match operation.spec().service.protocol() {
        Protocol::Query { .. } => !is_page && (kind.contains("xml") || begins("<")),
        Protocol::RestJson | Protocol::Json11 { .. } => kind.contains("json") || begins("{"),
    }
}

fn kind(parts: &Parts) -> &str {
    parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

pub(super) fn refused(operation: Operation, what: &str, on: &str, (parts, body): (&Parts, &Bytes)) -> Refused {
    let date = parts.headers.get(header::DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()).map(|date| date.timestamp());
    let error = match said(operation, parts, body) {
        Some(said) => classified(said, operation, what, on, parts.status),
        None if parts.status == StatusCode::TOO_MANY_REQUESTS => {
            Error::Throttled { what: what.to_owned(), attempts: 1 }
        }
        None if matches!(parts.status.as_u16(), 502..=504) => {
            let (code, message) = (SERVER_ERROR.to_owned(), parts.status.to_string());
            Error::Service { what: what.to_owned(), code, message }
        }
        None => {
            let kind = if kind(parts).is_empty() { "nothing" } else { kind(parts) };
            let reason = format!(
                "{} with {kind} is no answer of AWS; is the endpoint right, and does it know {}?",
                parts.status,
                operation.spec().action()
            );
            Error::Unsupported { what: what.to_owned(), reason }
        }
    };
    Refused { error, date }
}

struct Said {
    code: String,
    message: String,
}

/// The code and message, if there is one: else it was not AWS that answered.
fn said(operation: Operation, parts: &Parts, body: &[u8]) -> Option<Said> {
    if let Protocol::Query { .. } = operation.spec().service.protocol() {
        let root = Element::parse(std::str::from_utf8(body).ok()?).ok()?;
        let error = root.find("Error")?;
        return Some(Said { code: error.text("Code")?.to_owned(), message: error.owned("Message") });
    }
    // Services differ in case, and some write a member in both.
    let told: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let text = |names: [&str; 2]| names.iter().find_map(|name| told.get(*name)?.as_str());
    let header = parts.headers.get("x-amzn-errortype").and_then(|code| code.to_str().ok());
    let code = header.or_else(|| text(["__type", "code"]))?;
    // `ResourceNotFoundException:http://…`, `com.amazonaws.eks#ResourceNotFoundException`
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default().to_owned();
    (!code.is_empty()).then(|| Said { code, message: text(["message", "Message"]).unwrap_or_default().to_owned() })
}

fn classified(said: Said, operation: Operation, what: &str, on: &str, status: StatusCode) -> Error {
    let what = what.to_owned();
    let Said { code, message } = said;
    let words = words(&message);
    let message = bounded(words);
    match code.as_str() {
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "UnauthorizedAccess"
        | "NotAuthorizedException"
        | "AuthorizationError" => Error::Denied { permission: missing(operation, on, words), because: because(words) },
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "SlowDown"
        | "BandwidthLimitExceeded"
        | "PriorRequestNotComplete"
        | "EC2ThrottledException"
        | "ProvisionedThroughputExceededException" => Error::Throttled { what, attempts: 1 },
        "RequestTimeTooSkewed" | "RequestInTheFuture" => Error::ClockSkew { what, message },
        "InvalidSignatureException" | "SignatureDoesNotMatch" | "RequestExpired" if is_about_time(&message) => {
            Error::ClockSkew { what, message }
        }
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidToken"
        | "TokenRefreshRequired"
        | "AuthFailure"
        | "IncompleteSignature"
        | "MissingAuthenticationToken" => Error::Expired { what, message },
        "NoSuchEntity"
        | "ResourceNotFoundException"
        | "NotFoundException"
        | "ChildNotFoundException"
        | "PolicyNotFoundException"
        | "TargetNotFoundException"
        | "OrganizationalUnitNotFoundException"
        | "AccountNotFoundException" => Error::NotFound { what, message },
        "InvalidAction" | "UnknownOperationException" | "NotImplemented" | "UnknownOperation" => {
            let reason = format!("the endpoint does not know it ({code}: {message})");
            Error::Unsupported { what, reason }
        }
        _ if status == StatusCode::TOO_MANY_REQUESTS => Error::Throttled { what, attempts: 1 },
        _ => {
            let error = Error::Service { what: what.clone(), code: code.clone(), message: message.clone() };
            if status.is_server_error() && !error.passes() {
                Error::Service { what, code: SERVER_ERROR.to_owned(), message: format!("{code}: {message}") }
            } else {
                error
            }
        }
    }
}

/// AWS says the same of a wrong key and of a wrong clock, but for these words.
fn is_about_time(message: &str) -> bool {
    [
        "Signature expired",
        "Signature not yet current",
        "is now earlier than",
        "is now later than",
        "Request has expired",
    ]
    .iter()
    .any(|words| message.contains(words))
}

/// What must be granted: as AWS's message says it, or as we asked.
fn missing(operation: Operation, on: &str, message: &str) -> AwsPermission {
    let between = |before: &str, after: &[&str]| -> Option<String> {
        let rest = &message[message.find(before)? + before.len()..];
        let end = after.iter().filter_map(|after| rest.find(after)).min().unwrap_or(rest.len());
        let found = rest[..end].trim().trim_end_matches('.').trim_matches('"');
        (!found.is_empty() && !found.contains(char::is_whitespace)).then(|| found.to_owned())
    };
    let action = between("not authorized to perform: ", &[" on ", " because", " with"]);
    let resource = between("on resource: ", &[" because", " with"]);
    let principal = between("User: ", &[" is not authorized"]);
    AwsPermission {
        action: action.filter(|action| action.contains(':')).unwrap_or_else(|| operation.spec().action()),
        resource: resource.filter(|one| one.starts_with("arn:") || one == "*").unwrap_or_else(|| on.to_owned()),
        principal: principal.map(|arn| role_of_session(&arn).unwrap_or(arn)),
    }
}

/// What AWS says beside who, what and on what: which policy it was that did not allow it.
fn because(message: &str) -> String {
    let tail = [" because ", " with an "].iter().find_map(|words| message.split_once(words)).map(|(_, tail)| tail);
    match tail {
        Some(tail) => format!(" ({})", bounded(tail)),
        None if message.is_empty() || message.contains("is not authorized to perform") => String::new(),
        None => format!(" ({})", bounded(message)),
    }
}

/// The part of a message that is for people. Wrong signatures are explained with the whole request, session token included, and
/// EC2 adds something that only AWS can decode.
fn words(message: &str) -> &str {
    let message = message.trim_start();
    let ends = ["\n", "The Canonical String", "Encoded authorization failure message"];
    let end = ends.iter().filter_map(|end| message.find(end)).min().unwrap_or(message.len());
    message[..end].trim_end()
}

/// How long it may be is ours to say.
fn bounded(message: &str) -> String {
    const LONGEST: usize = 500;
    message.chars().take(LONGEST).collect()
}
