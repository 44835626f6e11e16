//! Structured logs on standard error; standard output belongs to commands.

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::args::LogFormat;

pub(crate) fn start(format: LogFormat, levels: &str) -> anyhow::Result<()> {
    let filter =
        EnvFilter::try_new(levels).with_context(|| format!("--log {levels:?} is not a level or a list of levels"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
    Ok(())
}
