//! Who asks, under which request id: travels first into every use case.

use std::sync::Arc;

use periscope_model::Actor;

#[derive(Debug, Clone)]
pub struct Context {
    pub actor: Arc<Actor>,
    /// Also written to the log, so that a report can be matched with it.
    pub request_id: Arc<str>,
}

impl Context {
    pub fn new(actor: Arc<Actor>, request_id: impl Into<Arc<str>>) -> Self {
        Self { actor, request_id: request_id.into() }
    }
}
