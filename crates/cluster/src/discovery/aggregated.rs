//! Aggregated discovery: all groups in one document (Kubernetes 1.26 and later).

use std::sync::Arc;

use periscope_model::KindId;
use serde::Deserialize;

use super::{ApiResource, Discovery, Found};

/// The newest first; last, what API servers without any of it answer.
pub(super) const ACCEPT: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
    application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

#[derive(Deserialize)]
pub(super) struct Groups {
    #[serde(default)]
    items: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    metadata: Metadata,
    /// The preferred one first.
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Deserialize, Default)]
struct Metadata {
    /// Empty for the core group.
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "version")]
    name: String,
    #[serde(default)]
    resources: Vec<Resource>,
    #[serde(default)]
    freshness: String,
}

/// Subresources stand inside their resource here and are not read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(rename = "resource")]
    name: String,
    response_kind: Option<ResponseKind>,
    #[serde(default)]
    scope: String,
    #[serde(default, rename = "singularResource")]
    singular: String,
    #[serde(default)]
    verbs: Vec<String>,
    #[serde(default)]
    short_names: Vec<String>,
    #[serde(default)]
    categories: Vec<String>,
}

#[derive(Deserialize)]
struct ResponseKind {
    #[serde(default)]
    kind: String,
}

pub(super) fn read(groups: Groups) -> Discovery {
    let mut found = Found::default();
    for group in groups.items {
        for version in group.versions {
            if version.freshness == "Stale" {
                found.gap(&group.metadata.name, &version.name, "its server does not answer");
                continue;
            }
            let name: Arc<str> = version.name.into();
            for resource in version.resources {
                if let Ok(kind_id) = KindId::new(&group.metadata.name, &resource.name) {
                    found.add(resource.named(kind_id, Arc::clone(&name)));
                }
            }
        }
    }
    found.discovery
}

impl Resource {
    fn named(self, kind_id: KindId, version: Arc<str>) -> ApiResource {
        ApiResource {
            kind_id,
            version,
            kind: self.response_kind.map(|response| response.kind).unwrap_or_default(),
            singular: self.singular,
            short_names: self.short_names,
            categories: self.categories,
            namespaced: self.scope == "Namespaced",
            verbs: self.verbs,
        }
    }
}
