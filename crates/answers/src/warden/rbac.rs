//! Whose rights a change of RBAC objects may touch. It only decides who is asked about again: a subject too many costs
//! a review, one too few would leave an old decision standing until it runs out.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use periscope_model::Actor;
use periscope_store::rows::{RoleBinding, Subject};
use periscope_store::{Lease, Row, Visible};

/// The RBAC objects as they were when last looked at.
#[derive(Default)]
pub(super) struct Seen {
    rows: HashMap<u128, Arc<Row>>,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Affected {
    everybody: bool,
    users: HashSet<String>,
    groups: HashSet<String>,
}

/// A role as bindings name it: kind, namespace (empty for ClusterRoles), name.
type RoleName = (&'static str, String, String);

impl Affected {
    pub(crate) fn is_nobody(&self) -> bool {
        *self == Self::default()
    }

    #[cfg(test)]
    pub(crate) fn everybody() -> Self {
        Self { everybody: true, ..Self::default() }
    }

    pub(crate) fn touches(&self, actor: &Actor) -> bool {
        self.everybody
            || self.users.contains(&actor.user)
            || actor.groups.iter().any(|group| self.groups.contains(group))
    }

    fn add(&mut self, subject: &Subject, namespace: &str) {
        match &*subject.kind {
            // Groups that the API server itself adds are in nobody's list.
            "Group" if subject.name.starts_with("system:") => self.everybody = true,
            "Group" => _ = self.groups.insert(subject.name.to_string()),
            "ServiceAccount" => {
                let namespace = subject.namespace.as_deref().unwrap_or(namespace);
                self.users.insert(format!("system:serviceaccount:{namespace}:{}", subject.name));
            }
            _ => _ = self.users.insert(subject.name.to_string()),
        }
    }

    fn add_all(&mut self, row: &Row) {
        for subject in row.role_binding().into_iter().flat_map(|binding| &binding.subjects) {
            self.add(subject, &row.meta.namespace);
        }
    }
}

impl Seen {
    /// Takes in what is there now, and says whom the differences may touch.
    pub(super) fn look(&mut self, leases: &[Lease]) -> Affected {
        let mut now: HashMap<u128, Arc<Row>> = HashMap::with_capacity(self.rows.len());
        for lease in leases {
            now.extend(lease.read().rows_in(&Visible::All).map(|row| (row.meta.uid, row.clone())));
        }
        let affected = affected(&self.rows, &now);
        self.rows = now;
        affected
    }
}

fn affected(before: &HashMap<u128, Arc<Row>>, now: &HashMap<u128, Arc<Row>>) -> Affected {
    let mut affected = Affected::default();
    let mut roles: HashSet<RoleName> = HashSet::new();
    let mut changed = |row: &Row| match name_of(row) {
        Some(role) => _ = roles.insert(role),
        None => affected.add_all(row),
    };
    for (uid, row) in now {
        match before.get(uid) {
            Some(old) if Arc::ptr_eq(old, row) => {}
            Some(old) => {
                changed(old);
                changed(row);
            }
            None => changed(row),
        }
    }
    before.iter().filter(|(uid, _)| !now.contains_key(uid)).for_each(|(_, row)| changed(row));
    if !roles.is_empty() {
        let bound = |row: &&Arc<Row>| row.role_binding().is_some_and(|binding| roles.contains(&role_of(binding, row)));
        now.values().filter(bound).for_each(|row| affected.add_all(row));
    }
    affected
}

fn name_of(row: &Row) -> Option<RoleName> {
    row.role()?;
    let kind = if row.meta.namespace.is_empty() { "ClusterRole" } else { "Role" };
    Some((kind, row.meta.namespace.to_string(), row.meta.name.to_string()))
}

fn role_of(binding: &RoleBinding, row: &Row) -> RoleName {
    match &*binding.role.kind {
        "ClusterRole" => ("ClusterRole", String::new(), binding.role.name.to_string()),
        _ => ("Role", row.meta.namespace.to_string(), binding.role.name.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{self, Objects};

    fn role(name: &str, verb: &str) -> Value {
        let uid = format!("00000000-0000-4000-8000-{:012}", name.len());
        json!({"metadata": {"name": name, "uid": uid, "resourceVersion": verb.len().to_string()},
            "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": [verb]}]})
    }

    fn binding(uid: u32, namespace: &str, role: &str, subject: &Value) -> Value {
        json!({"metadata": {"name": format!("b{uid}"), "namespace": namespace, "uid": format!("00000000-0000-4000-9000-{uid:012}")},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [subject]})
    }

    async fn seen(objects: Objects) -> HashMap<u128, Arc<Row>> {
        let store = objects.store();
        let mut seen = HashMap::new();
        for kind in ["clusterroles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"] {
            seen.extend(testing::rows(&store, kind).await.into_iter().map(|row| (row.meta.uid, row)));
        }
        seen
    }

    fn objects(verb: &str, bindings: impl IntoIterator<Item = Value>) -> Objects {
        Objects::default()
            .with("clusterroles.rbac.authorization.k8s.io", [role("view", verb), role("other", "get")])
            .with("rolebindings.rbac.authorization.k8s.io", bindings)
    }

    fn actor(user: &str, group: &str) -> Actor {
        Actor::new(user, [group.to_owned()])
    }

    #[tokio::test]
    async fn a_binding_touches_its_subjects_only() {
        let alice = binding(1, "shop", "view", &json!({"kind": "User", "name": "alice"}));
        let team = binding(2, "shop", "view", &json!({"kind": "Group", "name": "team"}));
        let robot = binding(3, "shop", "view", &json!({"kind": "ServiceAccount", "name": "robot"}));
        let before = seen(objects("list", [alice.clone()])).await;
        let mut now = seen(objects("list", [alice, team, robot])).await;
        now.extend(before.iter().map(|(uid, row)| (*uid, row.clone())));
        for (from, to) in [(&before, &now), (&now, &before)] {
            let affected = affected(from, to);
            assert!(affected.touches(&actor("bob", "team")), "{affected:?}");
            assert!(affected.touches(&actor("system:serviceaccount:shop:robot", "x")), "{affected:?}");
            assert!(!affected.touches(&actor("alice", "x")), "{affected:?}");
        }
    }

    #[tokio::test]
    async fn a_role_touches_everybody_bound_to_it() {
        let alice = binding(1, "shop", "view", &json!({"kind": "User", "name": "alice"}));
        let bob = binding(2, "shop", "other", &json!({"kind": "User", "name": "bob"}));
        let before = seen(objects("list", [alice.clone(), bob.clone()])).await;
        let changed = seen(objects("watch", [alice, bob])).await;
        let mut now = before.clone();
        now.extend(changed.into_iter().filter(|(_, row)| &*row.meta.name == "view"));
        let affected = affected(&before, &now);
        assert!(affected.touches(&actor("alice", "x")) && !affected.touches(&actor("bob", "x")), "{affected:?}");
    }

    #[tokio::test]
    async fn groups_of_the_api_server_touch_everybody() {
        let all = binding(1, "shop", "view", &json!({"kind": "Group", "name": "system:authenticated"}));
        let affected = affected(&HashMap::new(), &seen(objects("list", [all])).await);
        assert!(affected.touches(&actor("anyone", "x")));
        assert!(super::affected(&HashMap::new(), &HashMap::new()).is_nobody());
    }
}
