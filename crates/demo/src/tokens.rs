//! Tokens of service accounts: signed by their cluster, and read by its API server, by STS and by EKS Auth.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use serde_json::{Value, json};

use crate::Error;
use crate::aws::EksCluster;
use crate::content::image::hex;

/// What tokens for the API server itself are for.
pub(crate) const API: &str = "https://kubernetes.default.svc";

/// Who signs the tokens of one cluster.
pub(crate) struct Issuer {
    /// `https://oidc.eks.eu-west-1.amazonaws.com/id/…`
    pub(crate) url: String,
    key: EcdsaKeyPair,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// Of the service account.
    pub(crate) uid: String,
    pub(crate) audiences: Vec<String>,
    /// Name and uid of the pod it was made for.
    pub(crate) pod: Option<(String, String)>,
    /// Epoch seconds.
    pub(crate) issued: i64,
    pub(crate) expires: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is none, or signed by somebody else.
    NotOurs,
    Expired,
}

impl Issuer {
    pub(crate) fn generate(cluster: &str) -> Result<Arc<Self>, Error> {
        let random = SystemRandom::new();
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(|_| Error::Signing)?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random);
        let elsewhere = || "https://kubernetes.default.svc.cluster.local".to_owned();
        let url = EksCluster::of(cluster).map_or_else(elsewhere, |eks| format!("https://{}", eks.issuer()));
        Ok(Arc::new(Self { url, key: key.map_err(|_| Error::Signing)? }))
    }

    fn key_id(&self) -> String {
        hex(&URL_SAFE_NO_PAD.encode(self.key.public_key().as_ref()), 40)
    }

    /// Whoever checks a token elsewhere reads this.
    pub(crate) fn key_set(&self) -> Value {
        // an uncompressed point: a mark and two coordinates
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let key =
            json!({"use": "sig", "kty": "EC", "kid": self.key_id(), "crv": "P-256", "alg": "ES256", "x": x, "y": y});
        json!({"keys": [key]})
    }

    /// `None` when the system gives no random bytes to sign with.
    pub(crate) fn sign(&self, claims: &Claims) -> Option<String> {
        let Claims { namespace, name, uid, audiences, pod, issued, expires } = claims;
        let id = hex(&format!("{uid}{issued}{expires}{audiences:?}"), 32);
        let mut about = json!({"namespace": namespace, "serviceaccount": {"name": name, "uid": uid}});
        if let Some((name, uid)) = pod {
            about["pod"] = json!({"name": name, "uid": uid});
        }
        let body = json!({"aud": audiences, "exp": expires, "iat": issued, "iss": self.url, "jti": id, "kubernetes.io": about,
            "nbf": issued, "sub": format!("system:serviceaccount:{namespace}:{name}")});
        let head = json!({"alg": "ES256", "kid": self.key_id(), "typ": "JWT"});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&head), part(&body));
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes()).ok()?;
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
    }

    /// What it says, if this cluster signed it and it has not ended at `now`.
    pub(crate) fn read(&self, token: &str, now: i64) -> Result<Claims, Refusal> {
        let claims = self.checked(token).ok_or(Refusal::NotOurs)?;
        if claims.expires > now { Ok(claims) } else { Err(Refusal::Expired) }
    }

    fn checked(&self, token: &str) -> Option<Claims> {
        let (text, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.key.public_key().as_ref());
        key.verify(text.as_bytes(), &signature).ok()?;
        let body: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text.split_once('.')?.1).ok()?).ok()?;
        let about = &body["kubernetes.io"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Some(Claims {
            namespace: text(&about["namespace"])?,
            name: text(&about["serviceaccount"]["name"])?,
            uid: text(&about["serviceaccount"]["uid"])?,
            audiences: body["aud"].as_array()?.iter().filter_map(text).collect(),
            pod: text(&about["pod"]["name"]).zip(text(&about["pod"]["uid"])),
            issued: body["iat"].as_i64()?,
            expires: body["exp"].as_i64()?,
        })
    }
}

impl Claims {
    pub(crate) fn is_for(&self, audience: &str) -> bool {
        self.audiences.iter().any(|one| one == audience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        Claims {
            namespace: "shop".to_owned(),
            name: "web".to_owned(),
            uid: "u".to_owned(),
            audiences: vec![API.to_owned()],
            pod: Some(("web-0".to_owned(), "p".to_owned())),
            issued: 1000,
            expires: 2000,
        }
    }

    #[test]
    fn a_token_is_read_by_whom_signed_it_until_it_ends() {
        let (one, other) = (Issuer::generate("prod-eu").expect("keys"), Issuer::generate("staging").expect("keys"));
        let token = one.sign(&claims()).expect("a token");
        assert_eq!(one.read(&token, 1999), Ok(claims()));
        assert_eq!(one.read(&token, 2000), Err(Refusal::Expired));
        assert_eq!(other.read(&token, 1500), Err(Refusal::NotOurs));
        let (text, signature) = token.rsplit_once('.').expect("three parts");
        let forged = URL_SAFE_NO_PAD.encode(r#"{"sub":"system:serviceaccount:kube-system:admin"}"#);
        let head = text.split('.').next().expect("a head");
        for bad in [format!("{head}.{forged}.{signature}"), "a.b.c".to_owned(), String::new()] {
            assert_eq!(one.read(&bad, 1500), Err(Refusal::NotOurs), "{bad}");
        }
    }
}
