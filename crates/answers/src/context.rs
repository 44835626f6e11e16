//! Who asks, from where, under which request id: travels first into every use case.

use std::net::IpAddr;
use std::sync::Arc;

use futures::future::BoxFuture;
use periscope_model::Person;

/// Whether what somebody came with still lets them in as who they were then. May ask the database; what cannot be told is no.
pub type StillIn = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

#[derive(Debug, Clone)]
pub struct Context {
    pub person: Arc<Person>,
    /// The session's public id, where there is a session.
    pub session: Option<Arc<str>>,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// Also written to the log and the record, and sent on to API servers, so that all three can be matched.
    pub request_id: Arc<str>,
}

impl Context {
    pub fn new(person: Arc<Person>, request_id: impl Into<Arc<str>>) -> Self {
        Self { person, session: None, address: None, request_id: request_id.into() }
    }
}
