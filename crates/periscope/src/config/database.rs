//! Where what must outlive the process is kept: an embedded database in `dataDir`, or PostgreSQL.

use std::path::PathBuf;

use anyhow::Context;
use schemars::JsonSchema;
use serde::Deserialize;

use super::secret;

/// SQLite in `dataDir` when absent.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct DatabaseSettings {
    /// Needed as soon as there is more than one replica.
    postgres: PostgresSettings,
}

/// A PostgreSQL database: `postgres://user:password@host:5432/database?sslmode=verify-full`. Exactly one of the two says
/// where its address is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct PostgresSettings {
    /// A file that holds it, such as a mounted Secret; nobody else may read it.
    url_file: Option<PathBuf>,
    /// An environment variable that holds it.
    url_env: Option<String>,
}

impl DatabaseSettings {
    /// The address, password and all.
    pub(crate) fn url(&self) -> anyhow::Result<String> {
        let PostgresSettings { url_file, url_env } = &self.postgres;
        let url = match (url_file, url_env) {
            (Some(file), None) => secret::of_file(file).context("urlFile")?,
            (None, Some(name)) => secret::of_environment(name).context("urlEnv")?,
            _ => anyhow::bail!("say where its address is: urlFile or urlEnv"),
        };
        anyhow::ensure!(
            url.starts_with("postgres://") || url.starts_with("postgresql://"),
            "the address does not begin with postgres://"
        );
        Ok(url)
    }
}
