//! The record of every act: where it is kept, for how long, and what beside changes is recorded.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use periscope_model::KindId;
use schemars::JsonSchema;
use serde::Deserialize;

/// Everything has a default: the record is always kept.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct AuditSettings {
    /// For how many days rows are kept, such as `400d`; for ever when absent. Only whole segments of rows are dropped,
    /// and their hashes stay, so that what is left can still be verified.
    retention: Option<String>,
    /// Signed checkpoints are also added to this file; keep it where Periscope cannot rewrite it. `dataDir` when absent.
    pub(crate) checkpoint_file: Option<PathBuf>,
    /// The Ed25519 key that signs checkpoints (PKCS #8, PEM), made in `dataDir` when absent.
    pub(crate) signing_key_file: Option<PathBuf>,
    /// Print every row as a line of JSON on standard output too.
    pub(crate) stdout: bool,
    /// Kinds whose opening is recorded, as a list or as an object, beside every change: `secrets` and the RBAC kinds
    /// when absent.
    sensitive_reads: Option<Vec<String>>,
}

impl AuditSettings {
    pub(crate) fn retention_days(&self) -> anyhow::Result<Option<u32>> {
        let Some(text) = &self.retention else { return Ok(None) };
        let days = text.strip_suffix('d').and_then(|days| days.parse().ok()).filter(|days| (1..=36_500).contains(days));
        Ok(Some(days.with_context(|| format!("retention: {text:?} is not a number of days such as 400d"))?))
    }

    /// `None`: the usual ones.
    pub(crate) fn sensitive_reads(&self) -> anyhow::Result<Option<Vec<KindId>>> {
        let Some(kinds) = &self.sensitive_reads else { return Ok(None) };
        ensure!(kinds.len() <= 500, "sensitiveReads: {} kinds; at most 500 are taken", kinds.len());
        let kind = |text: &String| text.parse::<KindId>().with_context(|| "sensitiveReads".to_owned());
        kinds.iter().map(kind).collect::<anyhow::Result<Vec<_>>>().map(Some)
    }
}
