//! What a cluster serves.

mod aggregated;
mod classic;

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use periscope_model::{Gap, KindId, ResourceType};
use serde::Deserialize;

use crate::request::Ask;
use crate::{Connection, Error, Identity, parse};

/// Everything that a cluster of a few thousand kinds serves, in one document.
const MAX_DOCUMENT: usize = 32 << 20;

/// Every kind an API server serves, at its preferred version.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    pub resources: Vec<ApiResource>,
    /// Groups that could not be asked, such as an aggregated API whose server is down. Code `GROUP_UNAVAILABLE`.
    pub gaps: Vec<Gap>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiResource {
    pub kind_id: KindId,
    /// `v1`; the preferred one of those that serve the kind.
    pub version: Arc<str>,
    /// `Deployment`.
    pub kind: String,
    pub singular: String,
    pub short_names: Vec<String>,
    pub categories: Vec<String>,
    pub namespaced: bool,
    pub verbs: Vec<String>,
}

impl ApiResource {
    pub fn resource_type(&self) -> ResourceType {
        ResourceType { kind: self.kind_id.clone(), version: Arc::clone(&self.version), namespaced: self.namespaced }
    }

    pub fn can(&self, verb: &str) -> bool {
        self.verbs.iter().any(|served| served == verb)
    }
}

/// Two requests; more only if the API server, or one in front of it, does not know aggregated discovery.
pub(crate) async fn discover(connection: &Connection, identity: &Identity) -> Result<Discovery, Error> {
    let (core, groups) = futures::join!(part(connection, identity, "/api"), part(connection, identity, "/apis"));
    let (mut discovery, groups) = (core?, groups?);
    discovery.resources.extend(groups.resources);
    discovery.gaps.extend(groups.gaps);
    Ok(discovery)
}

/// The core group (`/api`) or all others (`/apis`).
async fn part(connection: &Connection, identity: &Identity, root: &'static str) -> Result<Discovery, Error> {
    let ask = Ask { accept: aggregated::ACCEPT, ..Ask::get(root) };
    let document: Bytes = connection.call(identity, &ask, MAX_DOCUMENT).await?;
    let is: Document = parse(&document, &ask)?;
    if is.kind == "APIGroupDiscoveryList" {
        return Ok(aggregated::read(parse(&document, &ask)?));
    }
    let groups = classic::groups(&document, &ask)?;
    classic::read(connection, identity, groups).await
}

/// API servers answer with what they know, whatever was asked for.
#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    kind: String,
}

/// Takes versions in the order of preference, and of each kind the first.
#[derive(Default)]
struct Found {
    discovery: Discovery,
    seen: HashSet<KindId>,
}

impl Found {
    /// `version` without its name or kind is what an API server tells of a resource that has subresources only.
    fn add(&mut self, resource: ApiResource) {
        if !resource.verbs.is_empty() && !resource.kind.is_empty() && self.seen.insert(resource.kind_id.clone()) {
            self.discovery.resources.push(resource);
        }
    }

    fn gap(&mut self, group: &str, version: &str, why: &str) {
        self.discovery.gaps.push(Gap {
            fix: Some(format!("see the condition of the APIService {version}.{group}")),
            ..Gap::new("GROUP_UNAVAILABLE", format!("{group}/{version} could not be asked what it serves: {why}"))
        });
    }
}

#[cfg(test)]
mod tests;
