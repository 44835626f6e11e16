//! Calls: signed, paced, tried again where that helps, and never without an end.

mod answer;
mod bucket;
mod endpoint;
mod listing;
mod tries;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use parking_lot::Mutex;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use bucket::{Bucket, Buckets};
pub(crate) use endpoint::{Place, endpoint};
pub(crate) use listing::Paging;
pub(crate) use tries::Tries;

use crate::Partition;
use crate::credentials::{Fresh, Provider};
use crate::error::Error;
use crate::http::{Lost, address};
use crate::learnt::About;
use crate::operations::{Operation, Protocol, Service};
use crate::reach::{Shared, Way};
use crate::sign::Signing;
use crate::xml::Element;
use answer::Refused;

/// The longest answer: a page of an account's roles with their policies.
const MAX_ANSWER: usize = 32 << 20;
const AGENT: &str = concat!("periscope/", env!("CARGO_PKG_VERSION"));

/// One question: what, of whom, with which inputs.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    inputs: Vec<(String, String)>,
    /// The ARN that it is about: what must be granted when it is refused.
    on: String,
}

/// Without its inputs: a token may be one.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.what()).finish()
    }
}

impl Call {
    pub(crate) fn new(operation: Operation, on: impl Into<String>) -> Self {
        Self { operation, inputs: Vec::new(), on: on.into() }
    }

    pub(crate) fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.inputs.push((name.into(), value.into()));
        self
    }

    pub(crate) fn what(&self) -> String {
        let action = self.operation.spec().action();
        if self.on == "*" { action } else { format!("{action} on {}", self.on) }
    }

    /// The name of the EKS cluster that it is about.
    fn cluster(&self) -> Option<&str> {
        let names = |(name, _): &&(String, String)| name == "name" || name == "clusterName";
        let is_about_one = self.operation.spec().service == Service::Eks;
        self.inputs.iter().find(names).filter(|_| is_about_one).map(|(_, name)| name.as_str())
    }
}

/// One account as one identity.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) provider: Arc<Provider>,
    pub(crate) partition: Partition,
    /// As whom that is.
    pub(crate) way: Way,
    /// Whose account that is, once it is known.
    pub(crate) account: Mutex<Option<String>>,
    /// The ARN of the role, once it is known.
    pub(crate) role: Mutex<Option<String>>,
}

impl Access {
    pub(crate) fn new(provider: Provider, partition: Partition, way: Way) -> Self {
        let (account, role) = (Mutex::default(), Mutex::new(provider.role_arn().map(str::to_owned)));
        Self { provider: Arc::new(provider), partition, way, account, role }
    }
}

/// One account as one identity, in one region.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) shared: Arc<Shared>,
    pub(crate) access: Arc<Access>,
    pub(crate) region: String,
}

impl Client {
    /// Whether whoever asks is of this account.
    pub(crate) fn is_of(&self, account: &str) -> bool {
        self.access.account.lock().as_deref() == Some(account)
    }

    /// JSON, as the service's protocol has it.
    pub(crate) async fn json<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        json(&self.send(call).await?, call)
    }

    /// The root of an XML answer.
    pub(crate) async fn xml(&self, call: &Call) -> Result<Element, Error> {
        xml(&self.send(call).await?, call)
    }

    async fn send(&self, call: &Call) -> Result<Bytes, Error> {
        let service = call.operation.spec().service;
        let place = endpoint(&self.shared.endpoints, service, self.access.partition, &self.region);
        let account = self.access.account.lock().clone().unwrap_or_default();
        let bucket = self.shared.buckets.of(account, &place.region, service);
        bucket.take().await;
        let mut tries = Tries::new(&self.shared);
        let (mut renewed, mut corrected) = (false, false);
        loop {
            let fresh = self.access.provider.get(&self.shared).await?;
            let Refused { error, date } = match self.once(call, &fresh, &place).await {
                Ok(body) => {
                    self.learn(call, None);
                    return Ok(body);
                }
                Err(refused) => refused,
            };
            let is_about_time = matches!(error, Error::ClockSkew { .. });
            // EC2 says of keys that have ended what others say of a wrong clock.
            let may_be_keys = matches!(error, Error::Expired { .. }) || (is_about_time && !corrected);
            match date.filter(|date| is_about_time && self.shared.is_skewed(*date)) {
                Some(date) if !corrected => {
                    corrected = true;
                    self.shared.skew.set(date, self.shared.clock.now());
                }
                _ if may_be_keys && !renewed => {
                    renewed = true;
                    self.access.provider.forget(&fresh);
                }
                _ => {
                    if matches!(error, Error::Throttled { .. }) {
                        bucket.empty();
                    }
                    if let Err(error) = tries.rest(error).await {
                        self.learn(call, Some(&error));
                        return Err(error);
                    }
                }
            }
            bucket.take().await;
        }
    }

    /// What an answer teaches about permissions.
    fn learn(&self, call: &Call, error: Option<&Error>) {
        let about =
            About::new(call.operation, &self.access.way, call.cluster().map(|name| (self.region.as_str(), name)));
        match error {
            None | Some(Error::NotFound { .. }) => self.shared.learnt.allowed(about, self.shared.clock.now()),
            Some(Error::Denied { permission, .. }) => {
                self.shared.learnt.denied(about, permission, self.shared.clock.now());
            }
            Some(_) => {}
        }
    }

    async fn once(&self, call: &Call, fresh: &Fresh, place: &Place) -> Result<Bytes, Refused> {
        let request = self.request(call, fresh, place);
        let request = request.map_err(|reason| Refused::here(Error::Unreachable { what: call.what(), reason }))?;
        exchange(&self.shared, call, request).await
    }

    fn request(&self, call: &Call, fresh: &Fresh, place: &Place) -> Result<Request<Bytes>, String> {
        let service = call.operation.spec().service.name();
        let mut request = build(call, &place.address)?;
        let signing = Signing { keys: &fresh.keys, region: &place.region, service, at: self.shared.now() };
        signing.request(&mut request)?;
        Ok(request)
    }
}

/// A call that is signed by nobody: what it is about proves who asks.
pub(crate) async fn unsigned(shared: &Shared, call: &Call, place: &str) -> Result<Element, Error> {
    let mut tries = Tries::new(shared);
    loop {
        let request = build(call, place).map_err(|reason| Error::Unreachable { what: call.what(), reason })?;
        match exchange(shared, call, request).await {
            Ok(body) => return xml(&body, call),
            Err(refused) => tries.rest(refused.error).await?,
        }
    }
}

/// One question on its way, and what comes back.
async fn exchange(shared: &Shared, call: &Call, request: Request<Bytes>) -> Result<Bytes, Refused> {
    let attempt = shared.limits.attempt;
    let answered = shared.http.send(request, MAX_ANSWER, attempt).await;
    let (parts, body) = answered.map_err(|lost| Refused::here(lost_of(call, lost, attempt)))?;
    if parts.status == StatusCode::OK && answer::is_expected(call.operation, &parts, &body) {
        return Ok(body);
    }
    Err(answer::refused(call.operation, &call.what(), &call.on, (&parts, &body)))
}

fn lost_of(call: &Call, lost: Lost, after: Duration) -> Error {
    let what = call.what();
    match lost {
        Lost::Late => Error::Timeout { what, after },
        Lost::TooLarge => Error::TooLarge { what, limit: MAX_ANSWER },
        Lost::Broken(reason) | Lost::Unsendable(reason) => Error::Unreachable { what, reason },
    }
}

fn json<T: DeserializeOwned>(body: &[u8], call: &Call) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| Error::Unreadable { what: call.what(), reason: error.to_string() })
}

fn xml(body: &[u8], call: &Call) -> Result<Element, Error> {
    let unreadable = |reason| Error::Unreadable { what: call.what(), reason };
    let text = std::str::from_utf8(body).map_err(|error| unreadable(error.to_string()))?;
    let root = Element::parse(text).map_err(unreadable)?;
    let expected = format!("{}Response", call.operation.spec().name);
    if root.name != expected {
        return Err(unreadable(format!("it is a {:?}, not a {expected}", root.name)));
    }
    Ok(root)
}

/// The request, without a signature.
fn build(call: &Call, endpoint: &str) -> Result<Request<Bytes>, String> {
    let spec = call.operation.spec();
    let (method, path, kind, body) = match spec.service.protocol() {
        Protocol::RestJson => (Method::GET, rest_path(spec.path, &call.inputs)?, None, Bytes::new()),
        Protocol::Query { version } => {
            let fixed = [("Action", spec.name), ("Version", version)];
            let inputs = call.inputs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let form = pairs(fixed.into_iter().chain(inputs));
            (Method::POST, "/".to_owned(), Some("application/x-www-form-urlencoded; charset=utf-8"), form.into())
        }
        Protocol::Json11 { .. } => {
            let inputs: Value =
                call.inputs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
            (Method::POST, "/".to_owned(), Some("application/x-amz-json-1.1"), inputs.to_string().into())
        }
    };
    let uri = address(endpoint, &path)?;
    let host = uri.authority().map(|host| host.as_str().to_owned()).unwrap_or_default();
    let mut request = Request::builder().method(method).uri(uri).header(header::HOST, host);
    if let Some(kind) = kind {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    if let Protocol::Json11 { target } = spec.service.protocol() {
        request = request.header("x-amz-target", format!("{target}.{}", spec.name));
    }
    request = request.header(header::USER_AGENT, HeaderValue::from_static(AGENT));
    request.body(body).map_err(|error| error.to_string())
}

/// The path with its inputs in place; those that it does not name are the query.
fn rest_path(template: &str, inputs: &[(String, String)]) -> Result<String, String> {
    let mut path = template.to_owned();
    let mut rest = Vec::new();
    for (name, value) in inputs {
        let place = format!("{{{name}}}");
        if !path.contains(&place) {
            rest.push((name.as_str(), value.as_str()));
        } else if value.is_empty() || value == "." || value == ".." {
            return Err(format!("{name} {value:?} cannot stand in a path"));
        } else {
            path = path.replace(&place, &encode(value));
        }
    }
    if path.contains('{') {
        return Err(format!("an input of {path} is missing"));
    }
    Ok(if rest.is_empty() { path } else { format!("{path}?{}", pairs(rest)) })
}

fn pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let encoded = pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    encoded.collect::<Vec<_>>().join("&")
}

/// Everything but what RFC 3986 reserves for nobody.
fn encode(text: &str) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, KEPT).to_string()
}

#[cfg(test)]
mod tests;
