//! Secrets come from files that only we can read, or from the environment; never from the configuration itself.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use periscope_auth::KEY_BYTES;

/// Longer than any address, password or key.
const MAX_SIZE: u64 = 64 * 1024;
/// The rights of everybody else.
pub(crate) const OTHERS: u32 = 0o007;

/// Whether only we and our group can read it.
pub(super) fn check(path: &Path) -> anyhow::Result<()> {
    let metadata = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(
        metadata.permissions().mode() & OTHERS == 0,
        "everybody can read {}: take the rights of others away (chmod o-rwx)",
        path.display()
    );
    Ok(())
}

/// The content, without the line's end.
pub(super) fn of_file(path: &Path) -> anyhow::Result<String> {
    check(path)?;
    let metadata = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(metadata.len() <= MAX_SIZE, "{} has {} bytes; that is no secret", path.display(), metadata.len());
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    ensure!(!text.is_empty(), "{} is empty", path.display());
    Ok(text)
}

/// 32 bytes, base64 of either alphabet.
pub(crate) fn key(text: &str) -> Option<[u8; KEY_BYTES]> {
    let bytes = STANDARD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text)).ok()?;
    bytes.try_into().ok()
}

#[expect(clippy::disallowed_methods, reason = "the configuration names the variable; it is read once, at the start")]
pub(super) fn of_environment(name: &str) -> anyhow::Result<String> {
    let text = std::env::var(name).with_context(|| format!("the environment variable {name} cannot be read"))?;
    ensure!(!text.is_empty(), "the environment variable {name} is empty");
    Ok(text)
}
