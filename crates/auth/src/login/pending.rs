//! A login under way, as its browser keeps it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::seal::{NoRandomness, Purpose, Sealer, hashed};

/// Characters of a state's hash that name its cookie.
const PENDING_KEY: usize = 12;

#[derive(Serialize, Deserialize)]
pub(super) struct Pending {
    #[serde(rename = "p")]
    pub(super) provider: String,
    #[serde(rename = "s")]
    pub(super) state: String,
    #[serde(rename = "n")]
    pub(super) nonce: String,
    #[serde(rename = "v")]
    pub(super) verifier: String,
    #[serde(rename = "r")]
    pub(super) return_to: String,
    #[serde(rename = "u")]
    pub(super) until: Timestamp,
}

impl Pending {
    pub(super) fn seal(&self, sealer: &Sealer) -> Result<String, NoRandomness> {
        let text = serde_json::to_string(self).map_err(|_| NoRandomness)?;
        sealer.seal(Purpose::PendingLogin, &text, "")
    }

    pub(super) fn open(sealer: &Sealer, text: &str) -> Option<Self> {
        serde_json::from_str(&sealer.open(Purpose::PendingLogin, text, "")?).ok()
    }
}

/// The state itself stays out of cookie names, which logs may show.
pub(super) fn key_of(state: &str) -> String {
    hashed(state).chars().take(PENDING_KEY).collect()
}
