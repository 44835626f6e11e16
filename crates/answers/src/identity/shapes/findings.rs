//! What is wrong with the identities of a cluster, and which checks said so.

use periscope_identity::{Checked, Finding};
use serde::Serialize;

#[derive(Debug, Clone, Default, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingList {
    /// The gravest first.
    pub findings: Vec<Finding>,
    /// Every check, also those that found nothing.
    pub checked: Vec<Checked>,
}
