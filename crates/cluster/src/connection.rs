//! One cluster's connection: the only way to it.

use std::sync::Arc;

use bytes::Bytes;
use periscope_model::{AccessQuery, Actor, ClusterId, ResourceType};
use serde_json::Value;

use crate::identity::Impersonation;
use crate::request::{Ask, UrlPath};
use crate::transport::{Body, Lane, Origin, Transport};
use crate::{
    ConnectError, ConnectionSpec, Deadlines, Decision, DeleteOptions, Discovery, Effect, Error, Identity, ListOptions,
    ListStream, NodeMetrics, Patch, Place, PodMetrics, ServerVersion, Trace, WatchOptions, WatchStream, discovery,
    list, metrics, review, watch, write,
};

/// One object: etcd takes 1.5 MiB by default, so this is generous.
pub(crate) const MAX_OBJECT: usize = 16 << 20;
const MAX_SMALL: usize = 1 << 20;

/// A cluster's connection. Cheap to clone; bound to its cluster for ever.
#[derive(Debug, Clone)]
pub struct Connection {
    inner: Arc<Inner>,
    trace: Option<Trace>,
}

#[derive(Debug)]
struct Inner {
    id: ClusterId,
    impersonates: bool,
    transport: Transport,
}

impl Connection {
    /// Reads configuration and certificates. Does not touch the network and runs no credential plugin.
    pub async fn open(spec: ConnectionSpec) -> Result<Self, ConnectError> {
        let wrong = |what: String| ConnectError(format!("cluster {}: {what}", spec.id));
        let origin = Origin::of(&spec.source).await.map_err(wrong)?;
        let fixed = match (spec.impersonation, origin.acts_as()) {
            (true, None) => None,
            (true, Some(_)) => {
                return Err(wrong(
                    "the kubeconfig impersonates (as:) already; remove that, Periscope does it".to_owned(),
                ));
            }
            (false, None) => Some(Impersonation::default()),
            (false, Some(actor)) => Some(Impersonation::of_actor(actor).map_err(|error| wrong(error.to_string()))?),
        };
        let transport = Transport::new(origin, fixed, spec.deadlines.clone()).map_err(wrong)?;
        Ok(Self { inner: Arc::new(Inner { id: spec.id, impersonates: spec.impersonation, transport }), trace: None })
    }

    pub fn id(&self) -> &ClusterId {
        &self.inner.id
    }

    /// The API server's address, for people; the ARN of an EKS cluster that is found through AWS.
    pub fn server(&self) -> &str {
        self.inner.transport.server()
    }

    /// The namespace of the kubeconfig's context or of the pod; `default` where neither says.
    pub fn default_namespace(&self) -> &str {
        self.inner.transport.default_namespace()
    }

    /// Whether identities are impersonated; if not, each is the connection's own.
    pub fn impersonates(&self) -> bool {
        self.inner.impersonates
    }

    /// The same connection, for what one request to us asks of it: the API server's audit log will know them by its id.
    #[must_use]
    pub fn traced(&self, trace: Trace) -> Self {
        Self { inner: Arc::clone(&self.inner), trace: Some(trace) }
    }

    pub async fn version(&self, identity: &Identity) -> Result<ServerVersion, Error> {
        let ask = Ask::get("/version");
        crate::parse(&self.call(identity, &ask, MAX_SMALL).await?, &ask)
    }

    /// Everything served, each kind at its preferred version.
    pub async fn discover(&self, identity: &Identity) -> Result<Discovery, Error> {
        discovery::discover(self, identity).await
    }

    /// Whether `identity` may; an error is neither yes nor no.
    pub async fn review(&self, identity: &Identity, query: &AccessQuery) -> Result<bool, Error> {
        Ok(review::access(self, identity, query).await?.allowed)
    }

    /// The same with the authoriser's reason.
    pub async fn decide(&self, identity: &Identity, query: &AccessQuery) -> Result<Decision, Error> {
        review::access(self, identity, query).await
    }

    /// Who the API server takes `identity` for. What it says may include `system:` groups: it is told, not asked for.
    pub async fn who_am_i(&self, identity: &Identity) -> Result<Actor, Error> {
        review::who_am_i(self, identity).await
    }

    /// One object's raw JSON.
    pub async fn get(
        &self,
        identity: &Identity,
        resource: &ResourceType,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Bytes, Error> {
        self.read(identity, &Place { resource, namespace, name: Some(name), subresource: None }).await
    }

    /// Raw JSON of what is at `place`, which names an object.
    pub async fn read(&self, identity: &Identity, place: &Place<'_>) -> Result<Bytes, Error> {
        let path = UrlPath::place(place)?.into_string();
        self.call(identity, &Ask { path, permission: place.permission("get"), ..Ask::get("") }, MAX_OBJECT).await
    }

    /// Changes an object; what it is afterwards, unless that was lost on the way.
    pub async fn patch(
        &self,
        identity: &Identity,
        place: &Place<'_>,
        patch: &Patch,
        effect: Effect,
    ) -> Result<Option<Bytes>, Error> {
        write::send(self, identity, &write::patch(place, patch, effect)?).await
    }

    /// Creates `object` in the collection, or below the object, that `place` names.
    pub async fn create(
        &self,
        identity: &Identity,
        place: &Place<'_>,
        object: &Value,
        effect: Effect,
    ) -> Result<Option<Bytes>, Error> {
        write::send(self, identity, &write::create(place, object, effect)?).await
    }

    /// Deletes an object, or begins to.
    pub async fn delete(
        &self,
        identity: &Identity,
        place: &Place<'_>,
        options: &DeleteOptions,
        effect: Effect,
    ) -> Result<Option<Bytes>, Error> {
        write::send(self, identity, &write::delete(place, options, effect)?).await
    }

    pub async fn list(
        &self,
        identity: &Identity,
        resource: &ResourceType,
        options: ListOptions,
    ) -> Result<ListStream, Error> {
        let ask = list::ask(resource, &options)?;
        let body = self.send(identity, &ask, Lane::Lists).await?;
        Ok(ListStream::new(body, options.form, self.deadlines().list_idle))
    }

    pub async fn watch(
        &self,
        identity: &Identity,
        resource: &ResourceType,
        options: WatchOptions,
    ) -> Result<WatchStream, Error> {
        let ask = watch::ask(resource, &options)?;
        let body = self.send(identity, &ask, Lane::Watches).await?;
        Ok(WatchStream::new(body, ask.permission, options.form, self.deadlines().watch_idle))
    }

    pub async fn node_metrics(&self, identity: &Identity) -> Result<Vec<NodeMetrics>, Error> {
        metrics::nodes(self, identity).await
    }

    /// Of all namespaces, or of one.
    pub async fn pod_metrics(&self, identity: &Identity, namespace: Option<&str>) -> Result<Vec<PodMetrics>, Error> {
        metrics::pods(self, identity, namespace).await
    }

    pub async fn pod_metrics_of(&self, identity: &Identity, namespace: &str, name: &str) -> Result<PodMetrics, Error> {
        metrics::pod(self, identity, namespace, name).await
    }

    /// A request with an answer of bounded size, whole.
    pub(crate) async fn call(&self, identity: &Identity, ask: &Ask, limit: usize) -> Result<Bytes, Error> {
        let body = self.send(identity, ask, Lane::Calls).await?;
        body.collect(limit, self.deadlines().call).await
    }

    pub(crate) async fn send(&self, identity: &Identity, ask: &Ask, lane: Lane) -> Result<Body, Error> {
        self.inner.transport.send(identity, ask, lane, self.trace.as_ref()).await
    }

    pub(crate) fn deadlines(&self) -> &Deadlines {
        &self.inner.transport.deadlines
    }
}
