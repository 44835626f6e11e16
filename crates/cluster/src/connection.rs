//! One cluster's connection: the only way to it.

use std::sync::Arc;

use bytes::Bytes;
use periscope_model::{AccessQuery, Actor, ClusterId, Permission, ResourceType};

use crate::identity::Impersonation;
use crate::request::{Ask, UrlPath};
use crate::transport::{Lane, Target, Transport};
use crate::{
    ConnectError, ConnectionSpec, Discovery, Error, Identity, ListOptions, ListStream, NodeMetrics, PodMetrics,
    ServerVersion, WatchOptions, WatchStream, discovery, list, metrics, review, watch,
};

/// One object: etcd takes 1.5 MiB by default, so this is generous.
const MAX_OBJECT: usize = 16 << 20;
const MAX_SMALL: usize = 1 << 20;

/// A cluster's connection. Cheap to clone; bound to its cluster for ever.
#[derive(Debug, Clone)]
pub struct Connection(Arc<Inner>);

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
        let target = Target::of(&spec.source).await.map_err(wrong)?;
        let fixed = match (spec.impersonation, &target.acts_as) {
            (true, None) => None,
            (true, Some(_)) => {
                return Err(wrong(
                    "the kubeconfig impersonates (as:) already; remove that, Periscope does it".to_owned(),
                ));
            }
            (false, None) => Some(Impersonation::default()),
            (false, Some(actor)) => Some(Impersonation::of_actor(actor).map_err(|error| wrong(error.to_string()))?),
        };
        let transport = Transport::new(target, fixed, spec.deadlines.clone()).map_err(wrong)?;
        Ok(Self(Arc::new(Inner { id: spec.id, impersonates: spec.impersonation, transport })))
    }

    pub fn id(&self) -> &ClusterId {
        &self.0.id
    }

    /// The API server's address, for people.
    pub fn server(&self) -> &str {
        self.0.transport.server()
    }

    /// The namespace of the kubeconfig's context or of the pod; `default` where neither says.
    pub fn default_namespace(&self) -> &str {
        self.0.transport.default_namespace()
    }

    /// Whether identities are impersonated; if not, each is the connection's own.
    pub fn impersonates(&self) -> bool {
        self.0.impersonates
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
        let path = UrlPath::object(resource, namespace, name)?.into_string();
        let permission = Permission { name: Some(name.to_owned()), ..Permission::on("get", &resource.kind, namespace) };
        self.call(identity, &Ask { path, permission, ..Ask::get("") }, MAX_OBJECT).await
    }

    pub async fn list(
        &self,
        identity: &Identity,
        resource: &ResourceType,
        options: ListOptions,
    ) -> Result<ListStream, Error> {
        let ask = list::ask(resource, &options)?;
        let body = self.0.transport.send(identity, &ask, Lane::Lists).await?;
        Ok(ListStream::new(body, options.form, self.0.transport.deadlines.list_idle))
    }

    pub async fn watch(
        &self,
        identity: &Identity,
        resource: &ResourceType,
        options: WatchOptions,
    ) -> Result<WatchStream, Error> {
        let ask = watch::ask(resource, &options)?;
        let body = self.0.transport.send(identity, &ask, Lane::Watches).await?;
        Ok(WatchStream::new(body, ask.permission, options.form, self.0.transport.deadlines.watch_idle))
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
        let transport = &self.0.transport;
        let body = transport.send(identity, ask, Lane::Calls).await?;
        body.collect(limit, transport.deadlines.call).await
    }
}
