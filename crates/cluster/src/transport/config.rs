//! From a specification to what a connection needs: address, trust, credentials.

use std::path::PathBuf;
use std::sync::Arc;

use http::Uri;
use http::uri::{Authority, Scheme};
use kube::Config;
use kube::config::{ExecInteractiveMode, KubeConfigOptions};
use periscope_model::Actor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::spec::ConnectionSource;
use crate::{Eks, EksEndpoint};

/// How a cluster is found.
pub(crate) enum Origin {
    Known(Arc<Target>),
    /// AWS knows.
    Eks(Arc<dyn Eks>),
}

pub(crate) struct Target {
    pub(super) scheme: Scheme,
    pub(super) authority: Authority,
    /// Without a slash at its end; some proxies serve clusters under a path.
    pub(super) base_path: String,
    /// The address as people know it.
    pub(super) shown: String,
    /// Trust and credentials, as kube reads them.
    pub(super) config: Config,
    pub(super) token_file: Option<PathBuf>,
    /// The credential plugin's command.
    pub(super) plugin: Option<String>,
    /// Whom the kubeconfig itself impersonates.
    acts_as: Option<Actor>,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Target").field(&self.shown).finish()
    }
}

impl Origin {
    pub(crate) async fn of(source: &ConnectionSource) -> Result<Self, String> {
        match source {
            ConnectionSource::Eks(eks) => Ok(Self::Eks(eks.clone())),
            ConnectionSource::Kubeconfig { kubeconfig, context } => {
                let single = kubeconfig.single(context.as_deref()).map_err(|error| error.0)?;
                let options = KubeConfigOptions { context: Some(single.context.clone()), ..Default::default() };
                let proxy = single.config.clusters.iter().find_map(|named| named.cluster.as_ref()?.proxy_url.clone());
                if let Some(proxy) = proxy.filter(|proxy| !proxy.is_empty()) {
                    return Err(format!("context {:?}: proxy-url {proxy:?} is not supported", single.context));
                }
                let config = Config::from_custom_kubeconfig(single.config, &options)
                    .await
                    .map_err(|error| format!("context {:?}: {error}", single.context))?;
                let target = Target::new(config, single.token_file);
                let target = target.map_err(|error| format!("context {:?}: {error}", single.context))?;
                Ok(Self::Known(Arc::new(target)))
            }
            ConnectionSource::InCluster => {
                let mut config = Config::incluster().map_err(|error| format!("not in a cluster: {error}"))?;
                let token_file = config.auth_info.token_file.take().map(PathBuf::from);
                Ok(Self::Known(Arc::new(Target::new(config, token_file)?)))
            }
        }
    }

    /// Whom the kubeconfig itself impersonates.
    pub(crate) fn acts_as(&self) -> Option<&Actor> {
        match self {
            Self::Known(target) => target.acts_as.as_ref(),
            Self::Eks(_) => None,
        }
    }

    /// The address as people know it; the ARN where that must be asked for first.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Known(target) => &target.shown,
            Self::Eks(eks) => eks.arn(),
        }
    }

    pub(super) fn default_namespace(&self) -> &str {
        match self {
            Self::Known(target) => &target.config.default_namespace,
            Self::Eks(_) => "default",
        }
    }
}

impl Target {
    /// An API server that trusts tokens, as EKS describes it.
    pub(super) fn of_eks(endpoint: &EksEndpoint) -> Result<Self, String> {
        let server = &endpoint.server;
        let uri: Uri = server.parse().map_err(|error| format!("{server:?} is no address: {error}"))?;
        let mut config = Config::new(uri);
        let roots = CertificateDer::pem_slice_iter(endpoint.certificate_authority.as_bytes());
        let roots = roots.map(|root| root.map(|root| root.to_vec())).collect::<Result<Vec<_>, _>>();
        config.root_cert = Some(roots.map_err(|error| format!("the certificate authority of {server}: {error}"))?);
        Self::new(config, None)
    }

    /// Whether both are one server, known by the same authority.
    pub(super) fn is_same_place(&self, other: &Self) -> bool {
        self.shown == other.shown && self.config.root_cert == other.config.root_cert
    }

    fn new(mut config: Config, token_file: Option<PathBuf>) -> Result<Self, String> {
        let uri: Uri = config.cluster_url.clone();
        let scheme = uri.scheme().cloned().filter(|scheme| *scheme == Scheme::HTTPS || *scheme == Scheme::HTTP);
        let (Some(scheme), Some(authority)) = (scheme, uri.authority().cloned()) else {
            return Err(format!("server {uri} is not an https:// address"));
        };
        if authority.as_str().contains('@') {
            return Err("server holds a user name; credentials belong under users".to_owned());
        }
        if scheme == Scheme::HTTP && !is_loopback(authority.host()) {
            return Err(format!("server {uri} is not encrypted; use https:// (http:// is for loopback only)"));
        }
        if config.root_cert.as_ref().is_some_and(Vec::is_empty) {
            return Err("certificate-authority holds no certificate in PEM".to_owned());
        }
        let auth = &mut config.auth_info;
        if let Some(exec) = &mut auth.exec {
            // A server has nobody to ask.
            exec.interactive_mode = Some(ExecInteractiveMode::Never);
        }
        let plugin = auth.exec.as_ref().map(|exec| exec.command.clone().unwrap_or_default());
        let plugin = plugin.or_else(|| auth.auth_provider.as_ref().map(|provider| provider.name.clone()));
        let acts_as = auth.impersonate.as_ref().map(|user| Actor {
            uid: auth.impersonate_uid.clone(),
            extra: auth.impersonate_user_extra.clone().unwrap_or_default().into_iter().collect(),
            ..Actor::new(user.clone(), auth.impersonate_groups.clone().unwrap_or_default())
        });
        let base_path = uri.path().trim_end_matches('/').to_owned();
        let shown = format!("{scheme}://{authority}{base_path}");
        Ok(Self { scheme, authority, base_path, shown, config, token_file, plugin, acts_as })
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
