//! Image names and digests, stable for a given text.

use std::fmt::Write as _;

use crate::profile::Eks;

/// Two fixed account registries: the company's own and the one EKS publishes add-ons from.
pub(crate) fn own(eks: Option<&Eks>, namespace: &str, name: &str, tag: &str) -> String {
    match eks {
        Some(eks) => {
            let (account, region) = (&eks.account_id, &eks.region);
            format!("{account}.dkr.ecr.{region}.amazonaws.com/{namespace}/{name}:{tag}")
        }
        None => format!("registry.store.example/{namespace}/{name}:{tag}"),
    }
}

pub(crate) fn eks(region: &str, name: &str, tag: &str) -> String {
    format!("602401143452.dkr.ecr.{region}.amazonaws.com/eks/{name}:{tag}")
}

pub(crate) fn public(name: &str, tag: &str) -> String {
    format!("public.ecr.aws/{name}:{tag}")
}

/// `repository@sha256:…`
pub(crate) fn digest(image: &str) -> String {
    let repository = image.rsplit_once(':').map_or(image, |(repository, _)| repository);
    format!("{repository}@sha256:{}", hex(image, 64))
}

/// So many hexadecimal digits that depend on the text alone.
pub(crate) fn hex(text: &str, digits: usize) -> String {
    let mut out = String::with_capacity(digits + 16);
    let mut state = hash(text);
    while out.len() < digits {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let _ = write!(out, "{:016x}", state ^ (state >> 29));
    }
    out.truncate(digits);
    out
}

/// FNV-1a: small, and the same on every machine.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A pod template's hash in the letters Kubernetes uses.
pub(crate) fn template_hash(template: &str) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut state = hash(template);
    (0..10)
        .map(|_| {
            let at = usize::try_from(state % 27).unwrap_or(0);
            state = (state / 27) ^ state.rotate_left(7);
            char::from(LETTERS[at])
        })
        .collect()
}
