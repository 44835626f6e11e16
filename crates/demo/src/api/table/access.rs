//! Roles and bindings.

use serde_json::Value;

use super::Layout;
use super::text::{age, name, str_of};

pub(super) fn layout(id: &str) -> Option<Layout> {
    Some(match id {
        "rolebindings.rbac.authorization.k8s.io" | "clusterrolebindings.rbac.authorization.k8s.io" => BINDINGS,
        _ => return None,
    })
}

const BINDINGS: Layout = Layout {
    columns: &[
        ("Name", "string", 0),
        ("Role", "string", 0),
        ("Age", "string", 0),
        ("Users", "string", 1),
        ("Groups", "string", 1),
        ("ServiceAccounts", "string", 1),
    ],
    cells: |object, now| {
        let role = &object["roleRef"];
        vec![
            name(object),
            format!("{}/{}", str_of(&role["kind"]), str_of(&role["name"])).into(),
            age(object, now),
            subjects(object, "User").into(),
            subjects(object, "Group").into(),
            subjects(object, "ServiceAccount").into(),
        ]
    },
};

fn subjects(binding: &Value, kind: &str) -> String {
    let list: Vec<String> = binding["subjects"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|subject| subject["kind"] == kind)
        .map(|subject| match str_of(&subject["namespace"]) {
            "" => str_of(&subject["name"]).to_owned(),
            namespace => format!("{namespace}/{}", str_of(&subject["name"])),
        })
        .collect();
    list.join(", ")
}
