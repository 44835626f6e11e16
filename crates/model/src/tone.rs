//! How loudly something should speak.

use serde::{Deserialize, Serialize};

/// Ordered by how much attention it deserves: sorting by tone, descending, puts what is wrong first.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Tone {
    /// Says nothing about health.
    #[default]
    Neutral,
    Ok,
    Notice,
    /// Not known: never to be read as ok.
    Unknown,
    Warning,
    Danger,
}
