//! One cluster as the caller reaches it during one request.

use std::sync::Arc;

use periscope_cluster::{Connection, Error as Upstream, Identity, ListFrame, ListOptions, Place, Trace};
use periscope_model::{Actor, KindId, ObjectRef, ResourceType};
use serde_json::Value;

use super::plan::Revised;
use super::revisions;
use super::shapes::Target;
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::kinds::known;
use crate::objects::{check_place, describe};

/// Objects read of one list; beyond it a list is told as not complete.
pub(super) const MAX_LISTED: usize = 2_000;

#[derive(Clone)]
pub(super) struct Scene {
    pub(super) cluster: Arc<Cluster>,
    pub(super) connection: Connection,
    pub(super) actor: Arc<Actor>,
    pub(super) trace: Trace,
}

/// A list as far as it was read.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) items: Vec<Value>,
    pub(super) complete: bool,
}

impl Scene {
    pub(super) fn of(app: &App, context: &Context, cluster: &periscope_model::ClusterId) -> Result<Self, Error> {
        let cluster = app.clusters.get(cluster)?.clone();
        let actor = cluster.actor(&context.person)?;
        let trace = Trace::new(context.request_id.clone());
        let connection = cluster.connection()?.traced(trace.clone());
        Ok(Self { cluster, connection, actor, trace })
    }

    pub(super) fn identity(&self) -> Identity {
        Identity::Human(self.actor.clone())
    }

    pub(super) fn place(&self, target: &Target) -> ObjectRef {
        target.place(&self.cluster.spec.id)
    }

    /// The kind as it is served, once the target names something that can be asked for.
    pub(super) async fn resource(&self, target: &Target) -> Result<ResourceType, Error> {
        check_place(&self.place(target))?;
        let resource = self.cluster.resource_type(&target.kind).await?;
        if resource.namespaced != target.namespace.is_some() {
            let rule =
                if resource.namespaced { "are in namespaces, and none was given" } else { "are in no namespace" };
            return Err(Error::invalid("namespace_invalid", format!("{} {rule}", target.kind)));
        }
        Ok(resource)
    }

    /// What the API server has there now.
    pub(super) async fn read(
        &self,
        resource: &ResourceType,
        target: &Target,
        subresource: Option<&str>,
    ) -> Result<Value, Error> {
        let place = place(resource, target, subresource);
        let bytes = self.connection.read(&self.identity(), &place).await;
        let bytes = bytes.map_err(|error| self.error(&error, target))?;
        serde_json::from_slice(&bytes).map_err(|error| Error::Upstream {
            cluster: self.cluster.spec.id.clone(),
            message: format!("{} is not JSON: {error}", describe(&self.place(target))),
            status: None,
        })
    }

    pub(super) fn error(&self, error: &Upstream, target: &Target) -> Error {
        self.cluster.error(error, || describe(&self.place(target)))
    }

    /// At most [`MAX_LISTED`] objects.
    pub(super) async fn list(&self, kind: &str, options: ListOptions) -> Result<Listed, Error> {
        let kind: KindId = known(kind);
        let resource = self.cluster.resource_type(&kind).await?;
        let limit = u32::try_from(MAX_LISTED).ok();
        let mut options = ListOptions { limit: options.limit.or(limit), ..options };
        let mut listed = Listed { items: Vec::new(), complete: false };
        loop {
            let end = self.page(&resource, options.clone(), &mut listed.items).await;
            let next = end.map_err(|error| self.cluster.error(&error, || kind.to_string()))?;
            match next.filter(|token| !token.is_empty()) {
                None => return Ok(Listed { complete: true, ..listed }),
                Some(_) if listed.items.len() >= MAX_LISTED => return Ok(listed),
                token => options.continue_token = token,
            }
        }
    }

    async fn page(
        &self,
        resource: &ResourceType,
        options: ListOptions,
        items: &mut Vec<Value>,
    ) -> Result<Option<String>, Upstream> {
        let mut list = self.connection.list(&self.identity(), resource, options).await?;
        while let Some(frame) = list.next().await {
            match frame? {
                ListFrame::Item(json) => items.extend(serde_json::from_slice::<Value>(&json).ok()),
                ListFrame::Skipped(_) => {}
                ListFrame::End(end) => return Ok(end.continue_token),
            }
        }
        Err(Upstream::Garbage { what: "the list has no end".to_owned() })
    }

    /// What a revision of a workload kept; `None` when there is none of that number.
    pub(super) async fn revision(
        &self,
        target: &Target,
        object: &Value,
        number: u64,
    ) -> Result<Option<Revised>, Error> {
        let revisions = revisions::read(self, &target.kind, object).await?;
        let found = revisions.into_iter().find(|revision| revision.number == number);
        Ok(found.map(|revision| Revised { template: revision.template, change_cause: revision.change_cause }))
    }
}

pub(super) fn place<'a>(resource: &'a ResourceType, target: &'a Target, subresource: Option<&'a str>) -> Place<'a> {
    Place { resource, namespace: target.namespace.as_deref(), name: Some(&target.name), subresource }
}
