//! The identity that Periscope connects with.

use serde_json::{Value, json};

use super::{binding, role, usual_tiers};

pub(super) const ABOUT: &str = "\
The identity that Periscope connects with. It holds nothing but `impersonate`: a request whose impersonation headers
were lost on the way is refused. Groups are listed by name, never all of them: that would include system:masters.";

const NAME: &str = "periscope-impersonator";

/// Whom the identity may impersonate, and who it is.
#[derive(Debug, Clone)]
pub(crate) struct Impersonator {
    /// `namespace/name`.
    pub(crate) service_account: (String, String),
    /// The groups that people come with; the tiers' when empty.
    pub(crate) groups: Vec<String>,
    /// The users that may be impersonated; any when empty.
    pub(crate) users: Vec<String>,
    pub(crate) with_admin: bool,
}

impl Default for Impersonator {
    fn default() -> Self {
        let service_account = ("periscope".to_owned(), "periscope".to_owned());
        Self { service_account, groups: Vec::new(), users: Vec::new(), with_admin: false }
    }
}

impl Impersonator {
    pub(super) fn manifests(&self) -> Vec<Value> {
        let mut users = json!({"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]});
        if !self.users.is_empty() {
            let inventory = std::iter::once("periscope:inventory".to_owned());
            users["resourceNames"] = inventory.chain(self.users.iter().cloned()).collect();
        }
        let groups: Vec<String> = if self.groups.is_empty() {
            usual_tiers(self.with_admin).map(periscope_auth::Tier::group).collect()
        } else {
            self.groups.clone()
        };
        let groups =
            json!({"apiGroups": [""], "resources": ["groups"], "verbs": ["impersonate"], "resourceNames": groups});
        let (namespace, name) = &self.service_account;
        let account = json!({"kind": "ServiceAccount", "name": name, "namespace": namespace});
        vec![role(NAME, &[], &[users, groups]), binding(NAME, &[], NAME, &account)]
    }
}
