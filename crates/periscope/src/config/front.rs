//! How people reach the console.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use periscope_auth::is_loopback;
use periscope_server::{Cidr, Front, TlsFiles};
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::secret;

/// The server's own certificate; both files are read again when they change.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct TlsSettings {
    /// The certificate and those above it, PEM.
    certificate: PathBuf,
    /// Its private key, PEM; nobody else may read it.
    key: PathBuf,
}

pub(super) fn front(public_url: Option<&str>, tls: Option<&TlsSettings>, proxies: &[String]) -> anyhow::Result<Front> {
    let public_url = public_url.map(address).transpose().context("publicUrl")?;
    if tls.is_some() {
        let https = public_url.as_ref().is_none_or(|url| url.scheme() == "https");
        ensure!(https, "publicUrl: with tls it must begin with https://");
    }
    let tls = tls.map(TlsSettings::files).transpose().context("tls")?;
    let range = |(at, text): (usize, &String)| text.parse::<Cidr>().with_context(|| format!("trustedProxies[{at}]"));
    let trusted_proxies = proxies.iter().enumerate().map(range).collect::<anyhow::Result<_>>()?;
    Ok(Front { public_url, tls, trusted_proxies })
}

fn address(text: &str) -> anyhow::Result<Url> {
    let url = Url::parse(text).with_context(|| format!("{text:?} is no address such as https://periscope.corp"))?;
    ensure!(
        url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url),
        "{text:?} must begin with https:// (http:// is for this machine only)"
    );
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    ensure!(bare && url.password().is_none(), "{text:?} must be a host and perhaps a port, nothing more");
    Ok(url)
}

impl TlsSettings {
    fn files(&self) -> anyhow::Result<TlsFiles> {
        secret::check(&self.key).context("key")?;
        let files = TlsFiles { certificate: self.certificate.clone(), key: self.key.clone() };
        files.check()?;
        Ok(files)
    }
}
