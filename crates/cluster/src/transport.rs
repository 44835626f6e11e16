//! Sends requests to one cluster, and only to it.
//!
//! Address, trust and credentials are fixed when the connection is opened; a request brings a path, never a host.
//! Redirects are not followed: following one would carry credentials to wherever it points.

mod body;
mod config;
mod credentials;
mod dial;
mod failure;
mod lanes;
mod link;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderName, HeaderValue, Request, StatusCode, Uri};
use http_body_util::Full;
use tokio::time::Instant;

pub(crate) use body::Body;
pub(crate) use config::Origin;
pub(crate) use lanes::Lane;

use crate::error::answer;
use crate::identity::Impersonation;
use crate::request::Ask;
use crate::{Deadlines, Error, Identity, Trace};
use config::Target;
use link::{Link, Links};

/// The API server's own audit log takes this for the id of the request.
const AUDIT_ID: HeaderName = HeaderName::from_static("audit-id");
/// Names the client to the API server's audit log and its priority levels.
const AGENT: &str = concat!("periscope/", env!("CARGO_PKG_VERSION"));

#[derive(Debug)]
pub(crate) struct Transport {
    links: Links,
    /// `None`: impersonate whom the request names. Else the connection's own identity, for every request.
    fixed: Option<Impersonation>,
    pub(crate) deadlines: Deadlines,
}

/// For whom a request is made, and because of what.
struct Behalf {
    impersonation: Impersonation,
    audit_id: Option<HeaderValue>,
}

impl Transport {
    pub(crate) fn new(origin: Origin, fixed: Option<Impersonation>, deadlines: Deadlines) -> Result<Self, String> {
        let links = Links::new(origin, &deadlines)?;
        Ok(Self { links, fixed, deadlines })
    }

    pub(crate) fn server(&self) -> &str {
        self.links.shown()
    }

    pub(crate) fn default_namespace(&self) -> &str {
        self.links.default_namespace()
    }

    /// Sends `ask` and returns the answer's body once its headers say that it succeeded.
    pub(crate) async fn send(
        &self,
        identity: &Identity,
        ask: &Ask,
        lane: Lane,
        trace: Option<&Trace>,
    ) -> Result<Body, Error> {
        let impersonation = match &self.fixed {
            Some(own) => own.clone(),
            None => Impersonation::of(identity)?,
        };
        let behalf = Behalf { impersonation, audit_id: trace.and_then(Trace::next) };
        let link = self.links.get().await?;
        let failed = match self.send_over(&link, &behalf, ask, lane).await {
            Ok(body) => return Ok(body),
            Err(failed) => failed,
        };
        // A token may end before it says so, and an EKS cluster may be somewhere else now: ask again, once.
        let refused = matches!(failed.error, Error::Unauthorized { .. });
        let lost = failed.connecting && self.links.can_move();
        if !(refused || lost) || !self.links.renew(&link) {
            return Err(failed.error);
        }
        let again = self.links.get().await?;
        if lost && again.target.is_same_place(&link.target) {
            return Err(failed.error);
        }
        self.send_over(&again, &behalf, ask, lane).await.map_err(|failed| failed.error)
    }

    async fn send_over(&self, link: &Link, behalf: &Behalf, ask: &Ask, lane: Lane) -> Result<Body, Failed> {
        let authorization = link.authorization().await?;
        let request = request(&link.target, ask, authorization, behalf)?;
        let after = match lane {
            Lane::Calls if ask.changes => self.deadlines.change,
            Lane::Calls => self.deadlines.call,
            Lane::Lists => self.deadlines.list_headers,
            Lane::Watches => self.deadlines.watch_headers,
            Lane::Logs => self.deadlines.log_headers,
        };
        let began = Instant::now();
        let (client, seat) = link.lanes.take(lane);
        let response = match tokio::time::timeout_at(began + after, client.request(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let connecting = error.is_connect();
                let error = failure::of(&error, &link.target.shown, &self.deadlines);
                let error = if connecting { error } else { of_change(error, ask) };
                return Err(Failed { error, connecting });
            }
            Err(_) => {
                let timeout = Error::Timeout { what: format!("the answer to {}", ask.what()), after };
                return Err(of_change(timeout, ask).into());
            }
        };
        let (parts, incoming) = response.into_parts();
        let body = Body::new(incoming, seat, ask.what(), began);
        // A DELETE that has only begun is accepted.
        if matches!(parts.status, StatusCode::OK | StatusCode::CREATED | StatusCode::ACCEPTED) {
            Ok(answer::expect(ask.accept, &parts.headers, body).await.map_err(|error| of_change(error, ask))?)
        } else if parts.status.is_redirection() {
            Err(answer::refusal(&parts, body, ask).await.into())
        } else {
            Err(of_change(answer::refusal(&parts, body, ask).await, ask).into())
        }
    }
}

/// A request without an answer.
struct Failed {
    error: Error,
    /// There was no connection: nothing left.
    connecting: bool,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, connecting: false }
    }
}

fn request(
    target: &Target,
    ask: &Ask,
    authorization: Option<HeaderValue>,
    behalf: &Behalf,
) -> Result<Request<Full<Bytes>>, Error> {
    let invalid = |error: &dyn std::fmt::Display| Error::Invalid { what: format!("{}: {error}", ask.what()) };
    let uri = Uri::builder()
        .scheme(target.scheme.clone())
        .authority(target.authority.clone())
        .path_and_query(format!("{}{}", target.base_path, ask.path))
        .build()
        .map_err(|error| invalid(&error))?;
    let mut request = Request::builder()
        .method(ask.method.clone())
        .uri(uri)
        .header(ACCEPT, ask.accept)
        .header(USER_AGENT, AGENT)
        .body(Full::new(ask.body.clone().unwrap_or_default()))
        .map_err(|error| invalid(&error))?;
    let headers = request.headers_mut();
    if ask.body.is_some() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(ask.content));
    }
    if let Some(authorization) = authorization {
        headers.insert(AUTHORIZATION, authorization);
    }
    if let Some(id) = &behalf.audit_id {
        headers.insert(AUDIT_ID, id.clone());
    }
    // Last, so that nothing above can take an impersonation off or add one.
    behalf.impersonation.apply(headers);
    Ok(request)
}

/// What an error after sending is, where the request was to change something.
fn of_change(error: Error, ask: &Ask) -> Error {
    if ask.changes { answer::of_change(error, &ask.what()) } else { error }
}
