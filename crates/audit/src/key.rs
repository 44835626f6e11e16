//! The Ed25519 key that signs checkpoints, and the public half that verifies them.

use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

use crate::error::KeyError;
use crate::hash::digest;

/// The signer's name in every checkpoint.
pub(crate) const SIGNER: &str = "periscope-audit";
/// Ed25519 in the signed-note format.
const ALGORITHM: u8 = 1;
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

pub(crate) struct SigningKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl SigningKey {
    /// Reads the key (PKCS #8, PEM), or makes one that only its owner can read. The public key is kept beside it.
    pub(crate) fn open(path: &Path) -> Result<Self, KeyError> {
        let file = |source| KeyError::File { path: path.to_owned(), source };
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.permissions().mode() & 0o007 != 0 => {
                return Err(KeyError::Readable { path: path.to_owned() });
            }
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => create(path)?,
            Err(error) => return Err(file(error)),
        }
        let pem = std::fs::read_to_string(path).map_err(file)?;
        let content = |what: &str| KeyError::Content { path: path.to_owned(), what: what.to_owned() };
        let inner = pem.split(BEGIN).nth(1).and_then(|rest| rest.split(END).next());
        let inner = inner.ok_or_else(|| content("write it as PRIVATE KEY in PEM"))?;
        let base64: String = inner.split_whitespace().collect();
        let der = STANDARD.decode(base64).map_err(|error| content(&error.to_string()))?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map_err(|error| content(&error.to_string()))?;
        let mut bytes = [0; 32];
        bytes.copy_from_slice(pair.public_key().as_ref());
        Ok(Self { pair, public: PublicKey(bytes) })
    }

    pub(crate) fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(crate) fn sign(&self, text: &[u8]) -> Vec<u8> {
        let signature = self.pair.sign(text);
        [&self.public.id()[..], signature.as_ref()].concat()
    }
}

fn create(path: &Path) -> Result<(), KeyError> {
    let der = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::Random)?;
    let pem = format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode(der.as_ref()));
    let write = || {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(pem.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|source| KeyError::File { path: path.to_owned(), source })
}

/// The public half, as text `periscope-audit+id+key` (the signed-note format's verifier key).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    pub(crate) fn read(path: &Path) -> Result<Self, KeyError> {
        let text = std::fs::read_to_string(path).map_err(|source| KeyError::File { path: path.to_owned(), source })?;
        Self::parse(&text).ok_or_else(|| KeyError::Content {
            path: PathBuf::from(path),
            what: format!("a line {SIGNER}+id+key is expected"),
        })
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
        let bytes = STANDARD.decode(key).ok()?;
        let (algorithm, key) = bytes.split_first()?;
        let public = Self(key.try_into().ok()?);
        (name == SIGNER && *algorithm == ALGORITHM && hex(&public.id()) == id).then_some(public)
    }

    /// The first four bytes of a checkpoint's signature.
    fn id(&self) -> [u8; 4] {
        let hash = digest(&[SIGNER.as_bytes(), b"\n", &[ALGORITHM], &self.0].concat());
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// Whether `signature`, with the key's id in front, is this key's over `text`.
    pub(crate) fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        signature
            .strip_prefix(&self.id())
            .is_some_and(|signature| UnparsedPublicKey::new(&ED25519, self.0).verify(text, signature).is_ok())
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = STANDARD.encode([&[ALGORITHM][..], &self.0].concat());
        write!(f, "{SIGNER}+{}+{key}", hex(&self.id()))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("audit.key");
        let first = SigningKey::open(&path).expect("made");
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        let second = SigningKey::open(&path).expect("read");
        assert_eq!(first.public(), second.public());
        let signature = second.sign(b"text");
        assert!(first.public().verifies(b"text", &signature));
        assert!(!first.public().verifies(b"texu", &signature));
        assert_eq!(PublicKey::parse(&first.public().to_string()).as_ref(), Some(first.public()));
    }

    #[test]
    fn a_key_that_everybody_can_read_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("audit.key");
        SigningKey::open(&path).expect("made");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("changed");
        let error = SigningKey::open(&path).err().expect("refused").to_string();
        assert!(error.starts_with("everybody can read"), "{error}");
    }

    #[test]
    fn what_is_no_key_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("audit.key");
        for text in ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            std::fs::write(&path, text).expect("written");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("changed");
            assert!(matches!(SigningKey::open(&path), Err(KeyError::Content { .. })), "{text:?}");
        }
        assert_eq!(PublicKey::parse("other+00000000+AAAA"), None);
    }
}
