//! Secrets come from files that only we can read, or from the environment; never from the configuration itself.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, ensure};

/// Longer than any address, password or key.
const MAX_SIZE: u64 = 64 * 1024;

/// The content, without the line's end.
pub(super) fn of_file(path: &Path) -> anyhow::Result<String> {
    let metadata = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(
        metadata.permissions().mode() & 0o007 == 0,
        "everybody can read {}: take the rights of others away (chmod o-rwx)",
        path.display()
    );
    ensure!(metadata.len() <= MAX_SIZE, "{} has {} bytes; that is no secret", path.display(), metadata.len());
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    ensure!(!text.is_empty(), "{} is empty", path.display());
    Ok(text)
}

#[expect(clippy::disallowed_methods, reason = "the configuration names the variable; it is read once, at the start")]
pub(super) fn of_environment(name: &str) -> anyhow::Result<String> {
    let text = std::env::var(name).with_context(|| format!("the environment variable {name} cannot be read"))?;
    ensure!(!text.is_empty(), "the environment variable {name} is empty");
    Ok(text)
}
