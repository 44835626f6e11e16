//! One cluster's connection: the only way to it.

use std::sync::Arc;

use bytes::Bytes;
use periscope_model::{AccessQuery, Actor, ClusterId, ResourceType};

use crate::{
    ConnectError, ConnectionSpec, Discovery, Error, Identity, ListOptions, ListStream, NodeMetrics, PodMetrics,
    ServerVersion, WatchOptions, WatchStream,
};

/// A cluster's connection. Cheap to clone; bound to its cluster for ever.
#[derive(Debug, Clone)]
pub struct Connection(Arc<ConnectionSpec>);

impl Connection {
    /// Reads configuration and certificates. Does not touch the network and runs no credential plugin.
    pub async fn open(spec: ConnectionSpec) -> Result<Self, ConnectError> {
        std::future::ready(()).await;
        Ok(Self(Arc::new(spec)))
    }

    pub fn id(&self) -> &ClusterId {
        &self.0.id
    }

    pub fn server(&self) -> String {
        String::new()
    }

    pub fn impersonates(&self) -> bool {
        self.0.impersonation
    }

    pub async fn version(&self, identity: &Identity) -> Result<ServerVersion, Error> {
        pending(identity).await
    }

    pub async fn discover(&self, identity: &Identity) -> Result<Discovery, Error> {
        pending(identity).await
    }

    pub async fn review(&self, identity: &Identity, _query: &AccessQuery) -> Result<bool, Error> {
        pending(identity).await
    }

    pub async fn who_am_i(&self, identity: &Identity) -> Result<Actor, Error> {
        pending(identity).await
    }

    pub async fn get(
        &self,
        identity: &Identity,
        _resource: &ResourceType,
        _namespace: Option<&str>,
        _name: &str,
    ) -> Result<Bytes, Error> {
        pending(identity).await
    }

    pub async fn list(
        &self,
        identity: &Identity,
        _resource: &ResourceType,
        _options: ListOptions,
    ) -> Result<ListStream, Error> {
        pending(identity).await
    }

    pub async fn watch(
        &self,
        identity: &Identity,
        _resource: &ResourceType,
        _options: WatchOptions,
    ) -> Result<WatchStream, Error> {
        pending(identity).await
    }

    pub async fn node_metrics(&self, identity: &Identity) -> Result<Vec<NodeMetrics>, Error> {
        pending(identity).await
    }

    pub async fn pod_metrics(
        &self,
        identity: &Identity,
        _namespace: Option<&str>,
    ) -> Result<Vec<PodMetrics>, Error> {
        pending(identity).await
    }

    pub async fn pod_metrics_of(
        &self,
        identity: &Identity,
        _namespace: &str,
        _name: &str,
    ) -> Result<PodMetrics, Error> {
        pending(identity).await
    }
}

async fn pending<T>(identity: &Identity) -> Result<T, Error> {
    std::future::ready(Err(Error::Invalid { what: format!("no transport yet for {identity:?}") })).await
}
