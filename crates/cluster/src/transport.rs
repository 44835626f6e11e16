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
use http::{HeaderValue, Request, StatusCode, Uri};
use http_body_util::Full;
use tokio::time::Instant;

pub(crate) use body::Body;
pub(crate) use config::Target;
pub(crate) use lanes::Lane;

use crate::error::answer;
use crate::identity::Impersonation;
use crate::request::{Ask, JSON};
use crate::{Deadlines, Error, Identity};
use link::{Link, Links};

/// Names the client to the API server's audit log and its priority levels.
const AGENT: &str = concat!("periscope/", env!("CARGO_PKG_VERSION"));

#[derive(Debug)]
pub(crate) struct Transport {
    target: Target,
    links: Links,
    /// `None`: impersonate whom the request names. Else the connection's own identity, for every request.
    fixed: Option<Impersonation>,
    pub(crate) deadlines: Deadlines,
}

impl Transport {
    pub(crate) fn new(target: Target, fixed: Option<Impersonation>, deadlines: Deadlines) -> Result<Self, String> {
        let links = Links::new(&target, &deadlines)?;
        Ok(Self { target, links, fixed, deadlines })
    }

    pub(crate) fn server(&self) -> &str {
        &self.target.shown
    }

    pub(crate) fn default_namespace(&self) -> &str {
        &self.target.config.default_namespace
    }

    /// Sends `ask` and returns the answer's body once its headers say that it succeeded.
    pub(crate) async fn send(&self, identity: &Identity, ask: &Ask, lane: Lane) -> Result<Body, Error> {
        let impersonation = match &self.fixed {
            Some(own) => own.clone(),
            None => Impersonation::of(identity)?,
        };
        let link = self.links.get().await?;
        let sent = self.send_over(&link, &impersonation, ask, lane).await;
        if matches!(sent, Err(Error::Unauthorized { .. })) && self.links.renew(&link) {
            // A credential plugin's token may end before it says so: ask the plugin again, once.
            let link = self.links.get().await?;
            return self.send_over(&link, &impersonation, ask, lane).await;
        }
        sent
    }

    async fn send_over(
        &self,
        link: &Link,
        impersonation: &Impersonation,
        ask: &Ask,
        lane: Lane,
    ) -> Result<Body, Error> {
        let authorization = link.authorization().await?;
        let request = self.request(ask, authorization, impersonation)?;
        let after = match lane {
            Lane::Calls => self.deadlines.call,
            Lane::Lists => self.deadlines.list_headers,
            Lane::Watches => self.deadlines.watch_headers,
        };
        let began = Instant::now();
        let (client, seat) = link.lanes.take(lane);
        let response = match tokio::time::timeout_at(began + after, client.request(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(failure::of(&error, &self.target.shown, &self.deadlines)),
            Err(_) => return Err(Error::Timeout { what: format!("the answer to {}", ask.what()), after }),
        };
        let (parts, incoming) = response.into_parts();
        let body = Body::new(incoming, seat, ask.what(), began);
        if parts.status == StatusCode::OK || parts.status == StatusCode::CREATED {
            answer::expect_json(&parts.headers, body).await
        } else {
            Err(answer::refusal(&parts, body, ask).await)
        }
    }

    fn request(
        &self,
        ask: &Ask,
        authorization: Option<HeaderValue>,
        impersonation: &Impersonation,
    ) -> Result<Request<Full<Bytes>>, Error> {
        let invalid = |error: &dyn std::fmt::Display| Error::Invalid { what: format!("{}: {error}", ask.what()) };
        let uri = Uri::builder()
            .scheme(self.target.scheme.clone())
            .authority(self.target.authority.clone())
            .path_and_query(format!("{}{}", self.target.base_path, ask.path))
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
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        }
        if let Some(authorization) = authorization {
            headers.insert(AUTHORIZATION, authorization);
        }
        // Last, so that nothing above can take an impersonation off or add one.
        impersonation.apply(headers);
        Ok(request)
    }
}
