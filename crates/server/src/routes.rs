//! One module per noun; a handler extracts, makes one call and maps the result.

pub(crate) mod access;
pub(crate) mod actions;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod aws;
pub(crate) mod clusters;
pub(crate) mod identity;
pub(crate) mod lists;
pub(crate) mod logs;
pub(crate) mod objects;
pub(crate) mod search;
pub(crate) mod sessions;
pub(crate) mod stream;

use std::str::FromStr;

use axum::http::Uri;
use periscope_model::{ClusterId, KindId};

use crate::problem::Problem;

pub(crate) fn cluster_id(text: &str) -> Result<ClusterId, Problem> {
    ClusterId::from_str(text).map_err(|error| Problem::bad_request("cluster_invalid", error.to_string()))
}

pub(crate) fn kind_id(text: &str) -> Result<KindId, Problem> {
    KindId::from_str(text).map_err(|error| Problem::bad_request("kind_invalid", error.to_string()))
}

/// A query string's pairs, decoded; repeated keys stay repeated. Unknown ones do not get here (see `queries`).
pub(crate) struct QueryPairs(Vec<(String, String)>);

impl QueryPairs {
    pub(crate) fn of(uri: &Uri) -> Result<Self, Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri);
        Ok(Self(pairs.map_err(|error| Problem::bad_request("query_invalid", error.body_text()))?.0))
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().cloned()
    }

    pub(crate) fn all(&self, key: &str) -> Vec<String> {
        self.0.iter().filter(|(name, _)| name == key).map(|(_, value)| value.clone()).collect()
    }

    pub(crate) fn one(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub(crate) fn number(&self, key: &str, default: usize) -> Result<usize, Problem> {
        let Some(text) = self.one(key) else { return Ok(default) };
        text.parse()
            .map_err(|_| Problem::bad_request("query_invalid", format!("{key} must be a whole number, not {text:?}")))
    }
}
