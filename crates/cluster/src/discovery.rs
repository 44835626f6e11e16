//! What a cluster serves.

use std::sync::Arc;

use periscope_model::{Gap, KindId, ResourceType};

/// Every kind an API server serves, at its preferred version.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    pub resources: Vec<ApiResource>,
    /// Groups that could not be asked, such as an aggregated API whose server is down.
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
