//! The commands.

pub(crate) mod demo;
pub(crate) mod serve;

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::config;

/// Runs a command that waits: the runtime is made here and nowhere else.
pub(crate) fn block_on(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    let result = runtime.block_on(command);
    // Whatever still runs is given up: streams were drained before.
    runtime.shutdown_background();
    result
}

pub(crate) fn config_check(file: &Path) -> anyhow::Result<()> {
    let config = config::read(file)?;
    let count = config.cluster_count();
    print(&format!("{} is valid: {count} {}\n", file.display(), if count == 1 { "cluster" } else { "clusters" }))
}

pub(crate) fn openapi() -> anyhow::Result<String> {
    let mut text = serde_json::to_string_pretty(&periscope_server::openapi())?;
    text.push('\n');
    Ok(text)
}

pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("cannot write to standard output")
}
