//! How the API server of an EKS cluster is reached: its address and certificate authority, and tokens that it takes.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use periscope_model::ClusterId;

use crate::client::endpoint;
use crate::error::Error;
use crate::http::address;
use crate::operations::Service;
use crate::reach::Reach;
use crate::read::eks;
use crate::sign::Signing;
use crate::{EksTarget, Endpoints, arn};

/// What EKS's authenticator looks for.
const PREFIX: &str = "k8s-aws-v1.";
const CLUSTER_HEADER: &str = "x-k8s-aws-id";
/// As the signature says it, and every client of EKS.
const SIGNED_FOR: Duration = Duration::from_mins(1);
/// As the authenticator takes it, from the time of signing; a minute is left for the way.
const TAKEN_FOR: Duration = Duration::from_mins(14);

/// Address and trust of an API server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EksEndpoint {
    /// `https://…eks.amazonaws.com`
    pub server: String,
    /// PEM.
    pub certificate_authority: String,
}

/// What an API server knows the caller by.
#[derive(Clone, PartialEq, Eq)]
pub struct EksToken {
    pub value: String,
    /// From now: whose clock is right does not matter.
    pub good_for: Duration,
}

impl std::fmt::Debug for EksToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EksToken").field("good_for", &self.good_for).finish_non_exhaustive()
    }
}

/// The way to one cluster. Whoever connects keeps what it says, and asks again when that does not work any more.
#[derive(Clone)]
pub struct EksAccess {
    reach: Arc<Reach>,
    target: EksTarget,
}

impl std::fmt::Debug for EksAccess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("EksAccess").field(&self.target.arn).finish()
    }
}

impl EksAccess {
    pub(crate) fn new(reach: Arc<Reach>, target: EksTarget) -> Self {
        Self { reach, target }
    }

    pub fn cluster(&self) -> &ClusterId {
        &self.target.cluster
    }

    pub fn arn(&self) -> &str {
        &self.target.arn
    }

    /// As `DescribeCluster` says it now.
    pub async fn endpoint(&self) -> Result<EksEndpoint, String> {
        let client = self.reach.of_cluster(&self.target).await.map_err(|gap| gap.what)?;
        let cluster = eks::cluster(&client, &self.target).await.map_err(|error| error.to_string())?;
        match (cluster.endpoint, cluster.certificate_authority) {
            (Some(server), Some(certificate_authority)) => Ok(EksEndpoint { server, certificate_authority }),
            _ => Err(format!("{} has no endpoint; EKS says it is {}", self.target.arn, cluster.status)),
        }
    }

    /// A token, good for some minutes.
    pub async fn token(&self) -> Result<EksToken, String> {
        let client = self.reach.of_cluster(&self.target).await.map_err(|gap| gap.what)?;
        let fresh = client.access.provider.get(&client.shared).await.map_err(|error: Error| error.to_string())?;
        let name = arn::eks_cluster_name(&self.target.arn).unwrap_or_default();
        // EKS takes tokens for AWS's own regional address only, by whichever way we reach STS; there is none on loopback.
        let given = &client.shared.endpoints;
        let given = if given.are_on_loopback() { given } else { &Endpoints::default() };
        let place = endpoint(given, Service::Sts, client.access.partition, &client.region);
        let uri = address(&place.address, "/?Action=GetCallerIdentity&Version=2011-06-15")?;
        let host = uri.authority().map(|host| host.as_str().to_owned()).unwrap_or_default();
        let request = Request::get(uri).header("host", host).header(CLUSTER_HEADER, name).body(Bytes::new());
        let mut request = request.map_err(|error| error.to_string())?;
        let at = client.shared.now();
        let signing = Signing { keys: &fresh.keys, region: &place.region, service: Service::Sts.name(), at };
        signing.address(&mut request, SIGNED_FOR)?;
        let value = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(request.uri().to_string()));
        // It ends with the keys that made it.
        let keys = fresh.expires.map(|end| Duration::try_from(end.duration_since(at)).unwrap_or_default());
        Ok(EksToken { value, good_for: keys.map_or(TAKEN_FOR, |keys| keys.min(TAKEN_FOR)) })
    }
}
