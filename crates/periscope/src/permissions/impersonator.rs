//! The identity that Periscope connects with.

use periscope_auth::Tier;
use serde_json::{Value, json};

use super::{RBAC, binding, role, usual_tiers};

pub(super) const ABOUT: &str = "\
The identity that Periscope connects with. It holds nothing but `impersonate`: a request whose impersonation headers
were lost on the way is refused. Groups are listed by name, never all of them: that would include system:masters.";

const NAME: &str = "periscope-impersonator";
const INVENTORY: &str = "periscope:inventory";
/// What people ask an API server for. Rights about rights (`escalate`, `bind`, `impersonate`, `approve`, `sign`) are not
/// among them: under constrained impersonation nobody has those through Periscope.
const VERBS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/// Whom the identity may impersonate, and who it is.
#[derive(Debug, Clone)]
pub(crate) struct Impersonator {
    /// `namespace/name`.
    pub(crate) service_account: (String, String),
    /// The group that Periscope comes with instead, where it is nobody's service account: an EKS access entry gives one.
    pub(crate) server_group: Option<String>,
    /// The groups that people come with; the tiers' when empty.
    pub(crate) groups: Vec<String>,
    /// The users that may be impersonated; any when empty.
    pub(crate) users: Vec<String>,
    pub(crate) with_admin: bool,
    /// Constrained impersonation (KEP-5284, on by default since Kubernetes 1.36): the verbs are named too.
    pub(crate) constrained: bool,
}

impl Default for Impersonator {
    fn default() -> Self {
        let service_account = ("periscope".to_owned(), "periscope".to_owned());
        Self {
            service_account,
            server_group: None,
            groups: Vec::new(),
            users: Vec::new(),
            with_admin: false,
            constrained: false,
        }
    }
}

impl Impersonator {
    pub(super) fn manifests(&self) -> Vec<Value> {
        let rules = if self.constrained { self.constrained_rules() } else { self.whom("", "impersonate") };
        let (namespace, name) = &self.service_account;
        let who = match &self.server_group {
            Some(group) => json!({"kind": "Group", "apiGroup": RBAC, "name": group}),
            None => json!({"kind": "ServiceAccount", "name": name, "namespace": namespace}),
        };
        vec![role(NAME, &[], &rules), binding(NAME, &[], NAME, &who)]
    }

    fn constrained_rules(&self) -> Vec<Value> {
        let verbs = VERBS.map(|verb| format!("impersonate-on:user-info:{verb}"));
        let mut rules = self.whom("authentication.k8s.io", "impersonate:user-info");
        rules.push(json!({"apiGroups": ["*"], "resources": ["*"], "verbs": verbs}));
        rules.push(json!({"nonResourceURLs": ["*"], "verbs": verbs[..1]}));
        rules
    }

    /// The users and the groups.
    fn whom(&self, api_group: &str, verb: &str) -> Vec<Value> {
        let mut users = json!({"apiGroups": [api_group], "resources": ["users"], "verbs": [verb]});
        if !self.users.is_empty() {
            users["resourceNames"] =
                std::iter::once(INVENTORY).chain(self.users.iter().map(String::as_str)).map(Value::from).collect();
        }
        let groups: Vec<String> = if self.groups.is_empty() {
            usual_tiers(self.with_admin).map(Tier::group).collect()
        } else {
            self.groups.clone()
        };
        let groups =
            json!({"apiGroups": [api_group], "resources": ["groups"], "verbs": [verb], "resourceNames": groups});
        vec![users, groups]
    }
}
