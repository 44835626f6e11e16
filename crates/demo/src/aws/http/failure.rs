//! Errors as AWS's services tell them; how they are written depends on the protocol.

use serde_json::Value;

#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// The output's members, or why not.
pub(crate) type Reply = Result<Value, Failure>;

impl Failure {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}
