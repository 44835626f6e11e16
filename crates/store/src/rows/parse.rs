//! From raw JSON to a draft of a row.

use serde::Deserialize;

use super::meta::RawMeta;
use super::{Body, Draft, Typed, access, batch, cluster, event, network, pod, policy, storage, workload};
use crate::intern::{Interner, Pools};
use crate::json::quick;

/// Why an object could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ParseError {
    #[error("cannot read the object: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the object has no name")]
    Nameless,
}

/// What came of an object: a row, possibly one that only says that it cannot be read.
pub(crate) type Parsed = Result<Draft, ParseError>;

pub(crate) fn parse(typed: Typed, json: &[u8], interner: &Interner) -> Parsed {
    match read(typed, json, interner) {
        Err(ParseError::Json(error)) => {
            // Its name may still be readable: then there is a row that says what is wrong.
            let whole: MetaOnly<'_> = serde_json::from_slice(json)?;
            named(&whole.metadata, interner, |_| Body::Broken(error.to_string().into()))
        }
        parsed => parsed,
    }
}

/// Where an object stands, whatever else it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) namespace: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) version: Box<str>,
}

pub(crate) fn identity_of(json: &[u8]) -> Result<Identity, ParseError> {
    let whole: MetaOnly<'_> = quick::from_slice(json)?;
    Ok(whole.metadata.identity())
}

/// A row for an object that could not be taken at all.
pub(crate) fn unreadable(namespace: &str, name: &str, why: &str, interner: &Interner) -> Draft {
    let pools = &mut interner.lock();
    let meta = RawMeta::default().slim(pools);
    Draft {
        meta: super::Meta { namespace: pools.sym(namespace), name: name.into(), ..meta },
        body: Body::Broken(why.into()),
        version: Box::default(),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MetaOnly<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
}

fn read(typed: Typed, json: &[u8], interner: &Interner) -> Parsed {
    match typed {
        Typed::Pod => of::<pod::RawPod<'_>>(json, interner),
        Typed::Node => of::<cluster::RawNode<'_>>(json, interner),
        Typed::Namespace => of::<cluster::RawNamespace<'_>>(json, interner),
        Typed::Deployment => of::<workload::RawDeployment<'_>>(json, interner),
        Typed::StatefulSet => of::<workload::RawStatefulSet<'_>>(json, interner),
        Typed::DaemonSet => of::<workload::RawDaemonSet<'_>>(json, interner),
        Typed::ReplicaSet => of::<workload::RawReplicaSet<'_>>(json, interner),
        Typed::Job => of::<batch::RawJob<'_>>(json, interner),
        Typed::CronJob => of::<batch::RawCronJob<'_>>(json, interner),
        Typed::Service => of::<network::RawService<'_>>(json, interner),
        Typed::Ingress => of::<network::RawIngress<'_>>(json, interner),
        Typed::EndpointSlice => of::<network::RawEndpointSlice<'_>>(json, interner),
        Typed::ServiceAccount => of::<access::RawServiceAccount<'_>>(json, interner),
        Typed::PersistentVolume => of::<storage::RawVolume<'_>>(json, interner),
        Typed::PersistentVolumeClaim => of::<storage::RawClaim<'_>>(json, interner),
        Typed::PodDisruptionBudget => of::<policy::RawBudget<'_>>(json, interner),
        Typed::HorizontalPodAutoscaler => of::<policy::RawAutoscaler<'_>>(json, interner),
        Typed::Event => of::<event::RawEvent<'_>>(json, interner),
        Typed::Role => of::<access::RawRole<'_>>(json, interner),
        Typed::RoleBinding => of::<access::RawRoleBinding<'_>>(json, interner),
    }
}

/// An object as it is in JSON, borrowed. (`metadata` is repeated in each: serde's `flatten` would copy everything.)
pub(super) trait Raw<'a> {
    fn meta(&self) -> &RawMeta<'a>;
    fn slim(&self, pools: &mut Pools) -> Body;
}

fn of<'a, R: Raw<'a> + Deserialize<'a>>(json: &'a [u8], interner: &Interner) -> Parsed {
    let raw: R = quick::from_slice(json)?;
    let mut pools = interner.lock();
    if raw.meta().name.is_empty() {
        return Err(ParseError::Nameless);
    }
    let version = Box::from(&*raw.meta().resource_version);
    Ok(Draft { meta: raw.meta().slim(&mut pools), body: raw.slim(&mut pools), version })
}

fn named(meta: &RawMeta<'_>, interner: &Interner, body: impl FnOnce(&mut Pools) -> Body) -> Parsed {
    if meta.name.is_empty() {
        return Err(ParseError::Nameless);
    }
    let mut pools = interner.lock();
    let version = Box::from(&*meta.resource_version);
    Ok(Draft { meta: meta.slim(&mut pools), body: body(&mut pools), version })
}
