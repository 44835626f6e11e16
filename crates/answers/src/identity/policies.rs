//! The ARNs of policies by the names that statements are told with.

use std::collections::HashMap;

use periscope_identity::{Identities, PrincipalArn};
use periscope_model::aws::RoleRead;

/// Of one role: what is attached to it, its boundary, and its organisation's policies.
pub(super) struct Names(HashMap<String, String>);

impl Names {
    pub(super) fn of(identities: &Identities, role: &str) -> Self {
        let mut names = HashMap::new();
        let account = PrincipalArn::parse(role).and_then(|one| identities.accounts().account(one.account));
        let path = account.and_then(|account| account.organization.value.as_ref());
        for level in path.iter().flat_map(|path| &path.levels) {
            let both = [&level.service_control, &level.resource_control].into_iter().flatten().flatten();
            names.extend(both.map(|policy| (policy.name.clone(), policy.arn.clone())));
        }
        if let RoleRead::Found(role) = identities.accounts().role(role) {
            for arn in role.boundary.iter().chain(&role.attached) {
                let name = arn.rsplit('/').next().unwrap_or(arn);
                names.insert(name.to_owned(), arn.clone());
            }
            // An inline policy has no ARN, whatever else has its name.
            for inline in &role.inline {
                names.remove(&inline.name);
            }
        }
        Self(names)
    }

    pub(super) fn arn(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}
