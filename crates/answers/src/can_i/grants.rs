//! Which roles would grant a permission. Only those that the caller may list: a role's name is information too.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use periscope_auth::TIER_GROUP_PREFIX;
use periscope_model::{KindId, Permission};
use periscope_rbac::{Request, Rule};
use periscope_store::{FeedKey, Row, Visible};
use serde::Serialize;

use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::kinds::known;

/// Roles named for one permission.
const MAX_GRANTS: usize = 5;
/// Namespaces of which Roles are looked at, per request.
const MAX_NAMESPACES: usize = 8;
/// How long a request waits for roles that are not read yet.
const ROLES_DEADLINE: Duration = Duration::from_secs(3);
/// On the ClusterRoles that deploy/rbac makes for the tiers.
const TIER_LABEL: &str = "rbac.periscope.dev/tier";
const CLUSTER_ROLES: &str = "clusterroles.rbac.authorization.k8s.io";
const ROLES: &str = "roles.rbac.authorization.k8s.io";

/// A role that would grant a permission to whoever is bound to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RoleGrant {
    #[schema(value_type = String)]
    pub kind: KindId,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The tier whose members are bound to it, where it is one of Periscope's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
}

/// The roles that the caller may read, as far as the questions are concerned.
#[derive(Default)]
pub(super) struct Roles {
    pub(super) readable: bool,
    rows: Vec<Arc<Row>>,
}

impl Roles {
    /// Reads nothing when nothing is missing, beside whether it could be read.
    pub(super) async fn read(
        app: &App,
        cluster: &Arc<Cluster>,
        context: &Context,
        missing: &[&Permission],
    ) -> Result<Self, Error> {
        let actor = cluster.actor(&context.person)?;
        let may = async |kind: &str, namespace: Option<&str>| {
            app.verdicts.ask(cluster, &actor, &Permission::on("list", &known(kind), namespace)).await.allowed
        };
        let everywhere = may(CLUSTER_ROLES, None).await;
        let mut roles = Self { readable: everywhere, rows: Vec::new() };
        if everywhere && !missing.is_empty() {
            roles.take(app, cluster, CLUSTER_ROLES, &Visible::All).await;
        }
        let namespaces: BTreeSet<&str> = missing.iter().filter_map(|asked| asked.namespace.as_deref()).collect();
        let mut visible = BTreeSet::new();
        for namespace in namespaces.into_iter().take(MAX_NAMESPACES) {
            if may(ROLES, Some(namespace)).await {
                visible.insert(Box::from(namespace));
            }
        }
        if !visible.is_empty() {
            roles.readable = true;
            roles.take(app, cluster, ROLES, &Visible::Namespaces(Arc::new(visible))).await;
        }
        Ok(roles)
    }

    async fn take(&mut self, app: &App, cluster: &Arc<Cluster>, kind: &str, visible: &Visible) {
        app.inventory.attend(cluster);
        let lease = app.inventory.store.lease(FeedKey::shared(cluster.spec.id.clone(), known(kind)));
        if lease.ready(ROLES_DEADLINE).await {
            self.rows.extend(lease.read().rows_in(visible).cloned());
        }
    }

    /// The narrowest first: a Role before a ClusterRole, fewer rules before more.
    pub(super) fn granting(&self, asked: &Permission) -> Vec<RoleGrant> {
        let mut found: Vec<&Arc<Row>> = self.rows.iter().filter(|row| grants(row, asked)).collect();
        found.sort_by_key(|row| (row.meta.namespace.is_empty(), breadth(row), row.meta.name.to_string()));
        found.into_iter().take(MAX_GRANTS).map(|row| grant(row)).collect()
    }
}

fn grants(row: &Row, asked: &Permission) -> bool {
    let Some(role) = row.role() else { return false };
    let place = &*row.meta.namespace;
    let here = place.is_empty() || asked.namespace.as_deref() == Some(place);
    let path = asked.resource.starts_with('/');
    let request = if path { Request::path(&asked.verb, &asked.resource) } else { Request::from(asked) };
    here && role.rules.iter().any(|rule| rule_of(rule).covers(&request))
}

fn rule_of(rule: &periscope_store::rows::Rule) -> Rule {
    let owned = |symbols: &[periscope_store::Sym]| symbols.iter().map(ToString::to_string).collect();
    Rule {
        api_groups: owned(&rule.groups),
        non_resource_urls: owned(&rule.urls),
        resource_names: owned(&rule.names),
        resources: owned(&rule.resources),
        verbs: owned(&rule.verbs),
    }
}

/// A role with a wildcard grants more than any that spells its verbs out.
fn breadth(row: &Row) -> usize {
    let rules = row.role().map_or(&[][..], |role| &role.rules);
    let wild = |rule: &periscope_store::rows::Rule| rule.verbs.iter().chain(&rule.resources).any(|word| **word == *"*");
    rules.len() + if rules.iter().any(wild) { 10_000 } else { 0 }
}

fn grant(row: &Row) -> RoleGrant {
    let namespace = Some(row.meta.namespace.to_string()).filter(|namespace| !namespace.is_empty());
    let kind = known(if namespace.is_some() { ROLES } else { CLUSTER_ROLES });
    let labelled = row.meta.labels.get(TIER_LABEL).map(str::to_owned);
    // Nobody but Periscope binds a role of this name.
    let named = || row.meta.name.strip_prefix(&TIER_GROUP_PREFIX.replace(':', "-")).map(str::to_owned);
    RoleGrant { kind, name: row.meta.name.to_string(), tier: labelled.or_else(named), namespace }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{self, Objects};

    fn role(name: &str, namespace: &str, verbs: &[&str], resource: &str) -> Value {
        let uid = name.bytes().fold(namespace.len(), |sum, byte| sum * 31 % 99_991 + usize::from(byte));
        json!({"metadata": {"name": name, "namespace": namespace, "uid": format!("00000000-0000-4000-8000-{uid:012}"),
                "labels": if name.contains("tier") { json!({TIER_LABEL: "triage"}) } else { json!({}) }},
            "rules": [{"apiGroups": ["apps"], "resources": [resource], "verbs": verbs}]})
    }

    async fn roles() -> Roles {
        let store = Objects::default()
            .with(
                CLUSTER_ROLES,
                [
                    role("admin", "", &["*"], "*"),
                    role("periscope-tier-triage", "", &["patch"], "deployments/scale"),
                    role("reader", "", &["get"], "deployments/scale"),
                ],
            )
            .with(
                ROLES,
                [
                    role("scaler", "shop", &["patch"], "deployments/scale"),
                    role("scaler", "other", &["patch"], "deployments/scale"),
                ],
            )
            .store();
        let mut rows = testing::rows(&store, CLUSTER_ROLES).await;
        rows.extend(testing::rows(&store, ROLES).await);
        Roles { readable: true, rows }
    }

    #[tokio::test]
    async fn the_narrowest_role_that_grants_comes_first() {
        let asked = Permission {
            verb: "patch".to_owned(),
            group: "apps".to_owned(),
            resource: "deployments".to_owned(),
            subresource: Some("scale".to_owned()),
            namespace: Some("shop".to_owned()),
            name: None,
        };
        let found = roles().await.granting(&asked);
        let told: Vec<String> = found
            .iter()
            .map(|grant| format!("{} {} {:?} {:?}", grant.kind, grant.name, grant.namespace, grant.tier))
            .collect();
        assert_eq!(
            told,
            [
                "roles.rbac.authorization.k8s.io scaler Some(\"shop\") None",
                "clusterroles.rbac.authorization.k8s.io periscope-tier-triage None Some(\"triage\")",
                "clusterroles.rbac.authorization.k8s.io admin None None",
            ]
        );
    }
}
