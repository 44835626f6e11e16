//! The cluster's RBAC objects, where the caller may list them: without them the rights that groups give can only be
//! compared by name.

use std::sync::Arc;
use std::time::Duration;

use periscope_model::Permission;
use periscope_rbac::Policies;
use periscope_store::rows::{Role, RoleBinding, Rule};
use periscope_store::{FeedKey, Lease, Row};
use serde_json::{Value, json};

use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::kinds::known;

/// How long an answer waits for objects that are not read yet; without them it compares by name.
const DEADLINE: Duration = Duration::from_secs(3);
const KINDS: [(&str, &str); 4] = [
    ("ClusterRole", "clusterroles.rbac.authorization.k8s.io"),
    ("ClusterRoleBinding", "clusterrolebindings.rbac.authorization.k8s.io"),
    ("Role", "roles.rbac.authorization.k8s.io"),
    ("RoleBinding", "rolebindings.rbac.authorization.k8s.io"),
];

/// Leases of all four kinds, all of which the caller may list.
pub(super) struct Rbac(Vec<Lease>);

impl App {
    pub(super) async fn rbac(&self, context: &Context, cluster: &Arc<Cluster>) -> Result<Option<Rbac>, Error> {
        let actor = cluster.actor(&context.person)?;
        for (_, kind) in KINDS {
            if !self.verdicts.ask(cluster, &actor, &Permission::on("list", &known(kind), None)).await.allowed {
                return Ok(None);
            }
        }
        let lease =
            |(_, kind): (&str, &str)| self.inventory.store.lease(FeedKey::shared(cluster.spec.id.clone(), known(kind)));
        let leases: Vec<Lease> = KINDS.into_iter().map(lease).collect();
        let ready = futures::future::join_all(leases.iter().map(|lease| lease.ready(DEADLINE))).await;
        Ok(ready.into_iter().all(|ready| ready).then_some(Rbac(leases)))
    }
}

impl Rbac {
    /// Takes its time.
    pub(super) fn policies(&self) -> Policies {
        let mut policies = Policies::default();
        for ((kind, _), lease) in KINDS.into_iter().zip(&self.0) {
            for row in lease.read().rows() {
                // What is no RBAC object after all grants nothing.
                if let Some(object) = object(row)
                    && let Err(error) = policies.upsert(kind, object.to_string().as_bytes())
                {
                    tracing::warn!(%error, "an RBAC object is left out");
                }
            }
        }
        policies
    }
}

fn object(row: &Row) -> Option<Value> {
    let metadata = json!({"name": &*row.meta.name, "namespace": &*row.meta.namespace});
    if let Some(Role { rules, .. }) = row.role() {
        // An aggregated role has its rules written into it by its controller.
        return Some(json!({"metadata": metadata, "rules": rules.iter().map(rule).collect::<Vec<_>>()}));
    }
    let RoleBinding { role, subjects } = row.role_binding()?;
    let subject = |one: &periscope_store::rows::Subject| json!({"kind": &*one.kind, "name": &*one.name, "namespace": one.namespace.as_deref()});
    let subjects: Vec<Value> = subjects.iter().map(subject).collect();
    let role = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": &*role.kind, "name": &*role.name});
    Some(json!({"metadata": metadata, "roleRef": role, "subjects": subjects}))
}

fn rule(rule: &Rule) -> Value {
    let all = |texts: &[periscope_store::Sym]| texts.iter().map(ToString::to_string).collect::<Vec<String>>();
    json!({
        "verbs": all(&rule.verbs),
        "apiGroups": all(&rule.groups),
        "resources": all(&rule.resources),
        "resourceNames": all(&rule.names),
        "nonResourceURLs": all(&rule.urls),
    })
}
