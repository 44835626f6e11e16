//! Calls: signed, paced, tried again where that helps, and never without an end.

mod answer;
mod bucket;
mod endpoint;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

pub(crate) use bucket::Bucket;
pub(crate) use endpoint::endpoint;

use crate::Partition;
use crate::credentials::{Fresh, Provider};
use crate::error::Error;
use crate::http::{Lost, address};
use crate::operations::{Operation, Protocol, Service};
use crate::reach::Shared;
use crate::sign::Signing;
use crate::xml::Element;
use answer::Refused;

/// The longest answer: a page of an account's roles with their policies.
const MAX_ANSWER: usize = 32 << 20;
const AGENT: &str = concat!("periscope/", env!("CARGO_PKG_VERSION"));

/// One question: what, of whom, with which inputs.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    inputs: Vec<(String, String)>,
    /// The ARN that it is about: what must be granted when it is refused.
    on: String,
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
}

/// One account as one identity.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) provider: Arc<Provider>,
    pub(crate) partition: Partition,
    /// Whose account that is, once it is known.
    pub(crate) account: parking_lot::Mutex<Option<String>>,
    buckets: [Bucket; Service::ALL.len()],
}

impl Access {
    pub(crate) fn new(provider: Arc<Provider>, partition: Partition, rate: f64, burst: u32) -> Self {
        Self {
            provider,
            partition,
            account: parking_lot::Mutex::default(),
            buckets: std::array::from_fn(|_| Bucket::new(rate, burst)),
        }
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
    pub(crate) async fn json<T: DeserializeOwned>(&self, call: Call) -> Result<T, Error> {
        let body = self.send(&call).await?;
        serde_json::from_slice(&body)
            .map_err(|error| Error::Unreadable { what: call.what(), reason: error.to_string() })
    }

    /// The root of an XML answer.
    pub(crate) async fn xml(&self, call: Call) -> Result<Element, Error> {
        let body = self.send(&call).await?;
        xml(&body, &call)
    }

    /// Every page. `more` takes a page and says where the next one begins.
    pub(crate) async fn pages(
        &self,
        call: Call,
        token: &str,
        mut more: impl FnMut(Element) -> Result<Option<String>, Error>,
    ) -> Result<(), Error> {
        let mut next = None;
        for _ in 0..MAX_PAGES {
            let call = next.iter().fold(call.clone(), |call, next: &String| call.with(token, next));
            next = more(self.xml(call).await?)?;
            if next.is_none() {
                return Ok(());
            }
        }
        Err(endless(&call))
    }

    async fn send(&self, call: &Call) -> Result<Bytes, Error> {
        let sent = self.tried(call).await;
        self.shared.learn(&self.access, call.operation, &sent);
        sent
    }

    async fn tried(&self, call: &Call) -> Result<Bytes, Error> {
        let limits = &self.shared.limits;
        let end = Instant::now() + limits.call;
        let (mut tries, mut renewed, mut corrected) = (0, false, false);
        loop {
            tries += 1;
            self.access.buckets[call.operation.spec().service as usize].take().await;
            let fresh = self.access.provider.get(&self.shared).await?;
            let refused = match self.once(call, &fresh).await {
                Ok(body) => return Ok(body),
                Err(refused) => refused,
            };
            match &refused {
                Refused { error: Error::Expired { .. }, .. } if !renewed => {
                    renewed = true;
                    self.access.provider.forget(&fresh);
                    continue;
                }
                Refused { error: Error::ClockSkew { .. }, date: Some(date) } if !corrected => {
                    corrected = true;
                    self.shared.skew.set(*date, self.shared.clock.now());
                    continue;
                }
                _ => {}
            }
            let pause = refused.pause(limits, tries).map(|longest| self.shared.jittered(longest));
            let Some(pause) = pause.filter(|pause| tries < limits.attempts && Instant::now() + *pause < end) else {
                return Err(refused.after(tries));
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn once(&self, call: &Call, fresh: &Fresh) -> Result<Bytes, Refused> {
        let refused = |error| Refused { error, date: None };
        let request = self.request(call, fresh);
        let request = request.map_err(|reason| refused(Error::Unreachable { what: call.what(), reason }))?;
        let exchange = self.shared.http.send(request, MAX_ANSWER, self.shared.limits.attempt);
        let (parts, body) = exchange.await.map_err(|lost| refused(lost_of(call, lost, self.shared.limits.attempt)))?;
        if parts.status == StatusCode::OK && answer::is_expected(call.operation, &parts, &body) {
            return Ok(body);
        }
        Err(answer::refused(call.operation, &call.what(), &call.on, (&parts, &body)))
    }

    fn request(&self, call: &Call, fresh: &Fresh) -> Result<Request<Bytes>, String> {
        let spec = call.operation.spec();
        let place = endpoint(&self.shared.endpoints, spec.service, self.access.partition, &self.region);
        let mut request = build(call, &place.address)?;
        let signing =
            Signing { keys: &fresh.keys, region: &place.region, service: spec.service.name(), at: self.shared.now() };
        signing.request(&mut request)?;
        Ok(request)
    }
}

/// More pages than any account has.
const MAX_PAGES: usize = 2_000;

fn endless(call: &Call) -> Error {
    Error::Unreadable { what: call.what(), reason: format!("it has more than {MAX_PAGES} pages") }
}

/// Every page of what answers in JSON.
pub(crate) async fn json_pages<T: DeserializeOwned>(
    client: &Client,
    call: Call,
    token: &str,
    mut more: impl FnMut(T) -> Option<String>,
) -> Result<(), Error> {
    let mut next = None;
    for _ in 0..MAX_PAGES {
        let call = next.iter().fold(call.clone(), |call, next: &String| call.with(token, next));
        next = more(client.json(call).await?).filter(|next| !next.is_empty());
        if next.is_none() {
            return Ok(());
        }
    }
    Err(endless(&call))
}

/// A call that is signed by nobody: what it is about proves who asks.
pub(crate) async fn unsigned(shared: &Shared, call: &Call, place: &str, limits: Duration) -> Result<Element, Error> {
    let request = build(call, place).map_err(|reason| Error::Unreachable { what: call.what(), reason })?;
    let exchange = shared.http.send(request, MAX_ANSWER, limits);
    let (parts, body) = exchange.await.map_err(|lost| lost_of(call, lost, limits))?;
    if parts.status == StatusCode::OK && answer::is_expected(call.operation, &parts, &body) {
        return xml(&body, call);
    }
    Err(answer::refused(call.operation, &call.what(), &call.on, (&parts, &body)).error)
}

fn lost_of(call: &Call, lost: Lost, after: Duration) -> Error {
    let what = call.what();
    match lost {
        Lost::Late => Error::Timeout { what, after },
        Lost::TooLarge => Error::TooLarge { what, limit: MAX_ANSWER },
        Lost::Broken(reason) => Error::Unreachable { what, reason },
        Lost::Unsendable(reason) => Error::Credentials { reason: format!("{what} cannot be sent: {reason}") },
    }
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
