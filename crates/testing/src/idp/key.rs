//! A key pair for signing, and what can be wrong with a signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING as ES256, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::{Claims, Signed};

pub(crate) struct Key {
    pub(crate) number: usize,
    pair: EcdsaKeyPair,
    another: EcdsaKeyPair,
}

fn pair() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ES256, &random).expect("a key");
    EcdsaKeyPair::from_pkcs8(&ES256, document.as_ref(), &random).expect("the key just made")
}

impl Key {
    pub(crate) fn new(number: usize) -> Self {
        Self { number, pair: pair(), another: pair() }
    }

    fn name(&self) -> String {
        format!("key-{}", self.number)
    }

    /// As it is published.
    pub(crate) fn jwk(&self) -> Value {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
        json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": self.name()})
    }

    pub(crate) fn sign(&self, kind: &str, claims: &Claims, how: Signed) -> String {
        let algorithm = match how {
            Signed::Es256 | Signed::ByAnother => "ES256",
            Signed::Not => "none",
            Signed::Hs256WithPublicKey => "HS256",
        };
        let header = json!({"alg": algorithm, "typ": kind, "kid": self.name()});
        let encode = |value: String| URL_SAFE_NO_PAD.encode(value);
        let input = format!("{}.{}", encode(header.to_string()), encode(Value::Object(claims.clone()).to_string()));
        let by = |pair: &EcdsaKeyPair| {
            pair.sign(&SystemRandom::new(), input.as_bytes()).expect("a signature").as_ref().to_vec()
        };
        let signature = match how {
            Signed::Es256 => by(&self.pair),
            Signed::ByAnother => by(&self.another),
            Signed::Not => Vec::new(),
            Signed::Hs256WithPublicKey => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, self.jwk().to_string().as_bytes());
                hmac::sign(&key, input.as_bytes()).as_ref().to_vec()
            }
        };
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
