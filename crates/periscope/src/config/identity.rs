//! Which permissions deserve a second look here, beside those that do everywhere.

use anyhow::Context;
use periscope_iam::{Catalogue, Extension, Silence};
use schemars::JsonSchema;
use serde::Deserialize;

/// How identities are judged.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct IdentitySettings {
    /// Changes to the catalogue of sensitive permissions.
    sensitive: SensitiveSettings,
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
struct SensitiveSettings {
    /// Entries of your own.
    extend: Vec<ExtensionSettings>,
    /// Entries that you have accepted; they are listed as silenced, with your reason.
    silence: Vec<SilenceSettings>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ExtensionSettings {
    /// Lower-case letters, digits and `-`.
    id: String,
    /// `custom` when absent.
    #[serde(default)]
    category: String,
    /// A few words.
    title: String,
    /// One sentence: what it lets its holder do.
    why: String,
    /// All of them are needed; of a pattern such as `dynamodb:Delete*` any action will do.
    actions: Vec<String>,
    /// Only where it is granted on everything of its kind.
    #[serde(default)]
    broad: bool,
    /// With `iam:PassRole`: the service that the role must be passed to, such as `lambda.amazonaws.com`.
    passed_to: Option<String>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SilenceSettings {
    /// Of an entry of the catalogue.
    id: String,
    /// Why it is accepted here.
    reason: String,
}

impl IdentitySettings {
    /// `None`: nothing is changed.
    pub(crate) fn catalogue(&self) -> anyhow::Result<Option<Catalogue>> {
        if self.sensitive.extend.is_empty() && self.sensitive.silence.is_empty() {
            return Ok(None);
        }
        let extension = |entry: &ExtensionSettings| Extension {
            id: entry.id.clone(),
            category: entry.category.clone(),
            title: entry.title.clone(),
            why: entry.why.clone(),
            actions: entry.actions.clone(),
            broad: entry.broad,
            passed_to: entry.passed_to.clone(),
        };
        let extensions: Vec<Extension> = self.sensitive.extend.iter().map(extension).collect();
        let silence = |entry: &SilenceSettings| Silence { id: entry.id.clone(), reason: entry.reason.clone() };
        let silences: Vec<Silence> = self.sensitive.silence.iter().map(silence).collect();
        let made = Catalogue::with(&extensions, &silences).map_err(|error| {
            // Its places are named after its own parameters.
            let place = error.place.replace("extensions[", "extend[").replace("silences[", "silence[");
            anyhow::anyhow!("sensitive.{place}: {}", error.message)
        })?;
        Ok(Some(made))
    }

    pub(crate) fn check(&self) -> anyhow::Result<()> {
        self.catalogue().map(|_| ()).context("identity")
    }
}
