//! Opens what people sign in with: providers, sessions, and the key that seals what is secret of them.

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use periscope_auth::{Auth, AuthOptions, Database, KEY_BYTES, Sealer, Secret};
use periscope_model::Clock;
use periscope_server::Front;

use crate::config::{SignInParts, secret};

pub(super) async fn open(
    parts: SignInParts,
    front: &Front,
    postgres: Option<String>,
    folder: &Path,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Auth> {
    let SignInParts { providers, limits, key } = parts;
    let public_url = front.public_url.clone().context("publicUrl is missing")?;
    let key = key.map_or_else(|| key_beside(folder), Ok)?;
    let database = match postgres {
        Some(url) => Database::Postgres(Secret::new(url)),
        None => Database::Folder(folder.to_owned()),
    };
    let options = AuthOptions { providers, public_url, limits, database, sealer: Sealer::new(&key), clock };
    Auth::open(options).await.context("cannot open the sessions")
}

/// The installation's own key, made at its first start.
fn key_beside(folder: &Path) -> anyhow::Result<[u8; KEY_BYTES]> {
    let path = folder.join("sessions.key");
    let place = || format!("cannot use the key {}", path.display());
    let mut options = std::fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => {
            let key = Sealer::new_key().context("cannot make a key")?;
            file.write_all(STANDARD.encode(key).as_bytes()).and_then(|()| file.sync_all()).with_context(place)?;
            Ok(key)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let mode = std::fs::metadata(&path).with_context(place)?.permissions().mode();
            ensure!(
                mode & secret::OTHERS == 0,
                "everybody can read {}: take the rights of others away (chmod 600)",
                path.display()
            );
            let text = std::fs::read_to_string(&path).with_context(place)?;
            secret::key(text.trim()).with_context(|| {
                format!("{} holds no key; remove it to make a new one, which signs everybody out", path.display())
            })
        }
        Err(error) => Err(error).with_context(place),
    }
}
