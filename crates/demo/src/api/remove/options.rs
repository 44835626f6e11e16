//! `DeleteOptions` from body and query; the query wins, as in the API server.

use serde_json::Value;

use super::super::request::Call;
use super::super::{Failure, protobuf};
use crate::deletion::Dependents;

pub(super) struct Options {
    pub(super) grace: Option<i64>,
    pub(super) dependents: Dependents,
    pub(super) dry_run: bool,
    pub(super) uid: Option<String>,
    pub(super) version: Option<String>,
}

impl Options {
    pub(super) fn parse(call: &Call, body: &[u8]) -> Result<Self, Failure> {
        let body = if body.is_empty() { Value::Null } else { protobuf::value(body)? };
        let policy = call.param("propagationPolicy").or_else(|| body["propagationPolicy"].as_str());
        let orphan = policy == Some("Orphan") || body["orphanDependents"] == true;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Ok(Self {
            grace: call.number("gracePeriodSeconds")?.or_else(|| body["gracePeriodSeconds"].as_i64()),
            dependents: match policy {
                _ if orphan => Dependents::Orphan,
                Some("Foreground") => Dependents::Foreground,
                _ => Dependents::Delete,
            },
            dry_run: call.flag("dryRun") || body["dryRun"].as_array().is_some_and(|list| !list.is_empty()),
            uid: text(&body["preconditions"]["uid"]),
            version: text(&body["preconditions"]["resourceVersion"]),
        })
    }
}
