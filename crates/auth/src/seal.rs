//! Secrets at rest and in browsers: random ids, their hashes, and sealing with a key of this installation.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::hkdf::{HKDF_SHA256, Salt};
use ring::rand::{SecureRandom, SystemRandom};

/// Bytes of the installation's key.
pub const KEY_BYTES: usize = 32;

#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandomness;

/// What sealed texts are for: one for another purpose does not open.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    PendingLogin,
    RefreshToken,
}

/// Seals short texts, so that only this installation reads them and nobody changes them.
pub struct Sealer {
    logins: LessSafeKey,
    refresh_tokens: LessSafeKey,
}

impl Sealer {
    pub fn new(key: &[u8; KEY_BYTES]) -> Self {
        Self { logins: derived(key, b"pending login"), refresh_tokens: derived(key, b"refresh token") }
    }

    /// A key made now.
    pub fn new_key() -> Result<[u8; KEY_BYTES], NoRandomness> {
        random()
    }

    fn key(&self, purpose: Purpose) -> &LessSafeKey {
        match purpose {
            Purpose::PendingLogin => &self.logins,
            Purpose::RefreshToken => &self.refresh_tokens,
        }
    }

    /// `bound_to` must be the same when it is opened, as of the row it belongs to.
    pub(crate) fn seal(&self, purpose: Purpose, text: &str, bound_to: &str) -> Result<String, NoRandomness> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut sealed = text.as_bytes().to_vec();
        let aad = Aad::from(bound_to.as_bytes());
        let key = self.key(purpose);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| NoRandomness)?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    pub(crate) fn open(&self, purpose: Purpose, sealed: &str, bound_to: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let aad = Aad::from(bound_to.as_bytes());
        let text = self.key(purpose).open_in_place(nonce, aad, &mut sealed).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

fn derived(key: &[u8; KEY_BYTES], purpose: &'static [u8]) -> LessSafeKey {
    let info = [purpose];
    let expanded =
        Salt::new(HKDF_SHA256, b"periscope").extract(key).expand(&info, &CHACHA20_POLY1305).map(UnboundKey::from);
    LessSafeKey::new(expanded.expect("a key is not longer than HKDF gives"))
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0_u8; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// 256 random bits as text that fits into cookies and addresses.
pub(crate) fn random_text() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// What is kept of a secret that somebody else holds.
pub(crate) fn hashed(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_only_here_for_its_purpose_and_place() {
        let key = Sealer::new(&[1; 32]);
        let sealed = key.seal(Purpose::RefreshToken, "secret", "row 1").expect("randomness");
        assert!(!sealed.contains("secret"));
        assert_eq!(key.open(Purpose::RefreshToken, &sealed, "row 1").as_deref(), Some("secret"));
        assert_eq!(key.open(Purpose::RefreshToken, &sealed, "row 2"), None);
        assert_eq!(key.open(Purpose::PendingLogin, &sealed, "row 1"), None);
        assert_eq!(Sealer::new(&[2; 32]).open(Purpose::RefreshToken, &sealed, "row 1"), None);
        assert_ne!(key.seal(Purpose::RefreshToken, "secret", "row 1").expect("randomness"), sealed);
    }

    #[test]
    fn what_was_changed_or_cut_does_not_open() {
        let key = Sealer::new(&[1; 32]);
        let sealed = key.seal(Purpose::PendingLogin, "text", "").expect("randomness");
        for end in 0..sealed.len() {
            assert_eq!(key.open(Purpose::PendingLogin, &sealed[..end], ""), None);
        }
        let other = if sealed.starts_with('A') { "B" } else { "A" };
        assert_eq!(key.open(Purpose::PendingLogin, &format!("{other}{}", &sealed[1..]), ""), None);
    }

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (one, two) = (random_text().expect("randomness"), random_text().expect("randomness"));
        assert_eq!(one.len(), 43);
        assert_ne!(one, two);
        assert_ne!(hashed(&one), one);
    }
}
