//! AWS: as whom it is asked, read off the environment once; and how clusters are reached through it.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use periscope_aws::{Aws, AwsOptions, CredentialSource, EksAccess, Limits, Surroundings};
use periscope_cluster::{ConnectionSource, Eks, EksEndpoint, EksToken};
use periscope_model::{Clock, ClusterId, SystemClock};

use crate::config::AwsParts;

/// Asks AWS from now on, if there is anything to ask. Credentials that must not be here are refused in any case.
pub(crate) fn start(mut parts: AwsParts) -> anyhow::Result<Option<Aws>> {
    with_surroundings(|surroundings| {
        parts.endpoints = surroundings.endpoints(std::mem::take(&mut parts.endpoints));
        surroundings.check(&parts.endpoints)?;
        if !parts.is_wanted() {
            return Ok(None);
        }
        let credentials = surroundings.credentials(&parts.endpoints)?;
        Ok(Some(started(parts, credentials, surroundings.region()?)))
    })
}

/// The world's own credentials are known; nothing of the environment counts.
pub(crate) fn started(parts: AwsParts, credentials: CredentialSource, region: Option<String>) -> Aws {
    let clock = Arc::new(SystemClock);
    let seed = clock.now().subsec_nanosecond().unsigned_abs();
    let AwsParts { clusters, accounts, organization, endpoints, refresh } = parts;
    let limits = Limits::default();
    Aws::start(AwsOptions {
        clusters,
        accounts,
        organization,
        endpoints,
        credentials,
        region,
        clock,
        refresh,
        limits,
        seed: seed.into(),
    })
}

/// Where a kubeconfig is served nothing is asked of AWS; what must not be here is refused all the same.
pub(crate) fn refuse_static_credentials() -> anyhow::Result<()> {
    with_surroundings(|surroundings| Ok(surroundings.check_kubeconfig()?))
}

fn with_surroundings<T>(look: impl FnOnce(&Surroundings<'_>) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let home = std::env::home_dir();
    look(&Surroundings { variable: &variable, home: home.as_deref() })
}

#[expect(clippy::disallowed_methods, reason = "AWS's own way to give a pod credentials; it is read once, at the start")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A cluster whose address and tokens come from AWS.
#[derive(Debug)]
struct ByAws(EksAccess);

pub(crate) fn connection(aws: &Aws, cluster: &ClusterId) -> Option<ConnectionSource> {
    Some(ConnectionSource::Eks(Arc::new(ByAws(aws.eks_access(cluster)?))))
}

impl Eks for ByAws {
    fn arn(&self) -> &str {
        self.0.arn()
    }

    fn endpoint(&self) -> BoxFuture<'static, Result<EksEndpoint, String>> {
        let access = self.0.clone();
        async move {
            let periscope_aws::EksEndpoint { server, certificate_authority } = access.endpoint().await?;
            Ok(EksEndpoint { server, certificate_authority })
        }
        .boxed()
    }

    fn token(&self) -> BoxFuture<'static, Result<EksToken, String>> {
        let access = self.0.clone();
        async move {
            let periscope_aws::EksToken { value, good_for } = access.token().await?;
            Ok(EksToken { value, good_for })
        }
        .boxed()
    }
}
