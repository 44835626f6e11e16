//! What Periscope needs in a cluster, as manifests: the identity it connects with, the inventory's, the tiers'.
//!
//! `deploy/rbac` is made from this; the end-to-end tests apply it to a real API server.

mod impersonator;
mod inventory;
mod tiers;

use periscope_auth::Tier;
use serde_json::{Map, Value, json};

pub(crate) use impersonator::Impersonator;

/// The API group of roles and bindings.
const RBAC: &str = "rbac.authorization.k8s.io";
/// Everything of ours carries this, so that it can be found and pruned.
const PART_OF: (&str, &str) = ("app.kubernetes.io/part-of", "periscope");
/// Says which tier a role belongs to; a refusal names it.
const TIER_LABEL: &str = "rbac.periscope.dev/tier";

const READ: &[&str] = &["get", "list", "watch"];

/// The identity that Periscope connects with.
pub(crate) fn impersonator(settings: &Impersonator) -> anyhow::Result<String> {
    render(impersonator::ABOUT, &settings.manifests())
}

/// The virtual user that reads lists for everybody.
pub(crate) fn inventory() -> anyhow::Result<String> {
    render(inventory::ABOUT, &inventory::manifests())
}

/// What each tier may do; `admin` only where it is wanted.
pub(crate) fn tiers(with_admin: bool) -> anyhow::Result<String> {
    render(tiers::ABOUT, &tiers::manifests(with_admin))
}

/// The tiers that are handed out unless somebody asks for the highest too.
pub(crate) fn usual_tiers(with_admin: bool) -> impl Iterator<Item = Tier> {
    Tier::ALL.into_iter().filter(move |tier| with_admin || *tier != Tier::Admin)
}

fn render(about: &str, manifests: &[Value]) -> anyhow::Result<String> {
    let mut text = format!("# {}\n", about.replace('\n', "\n# "));
    for (at, manifest) in manifests.iter().enumerate() {
        if at > 0 {
            text.push_str("---\n");
        }
        text.push_str(&serde_saphyr::to_string(manifest)?);
    }
    Ok(text)
}

fn rule(groups: &[&str], resources: &[&str], verbs: &[&str]) -> Value {
    json!({"apiGroups": groups, "resources": resources, "verbs": verbs})
}

fn role(name: &str, labels: &[(&str, &str)], rules: &[Value]) -> Value {
    json!({"apiVersion": format!("{RBAC}/v1"), "kind": "ClusterRole", "metadata": metadata(name, labels), "rules": rules})
}

fn binding(name: &str, labels: &[(&str, &str)], role: &str, subject: &Value) -> Value {
    json!({"apiVersion": format!("{RBAC}/v1"), "kind": "ClusterRoleBinding", "metadata": metadata(name, labels),
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role}, "subjects": [subject]})
}

fn metadata(name: &str, labels: &[(&str, &str)]) -> Value {
    let labels: Map<String, Value> =
        std::iter::once(&PART_OF).chain(labels).map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect();
    json!({"name": name, "labels": labels})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<Value> {
        let documents: Vec<Value> =
            text.split("---\n").map(|part| serde_saphyr::from_str(part).expect("YAML")).collect();
        let of = |document: &Value| document["rules"].as_array().cloned().unwrap_or_default();
        documents.iter().flat_map(of).collect()
    }

    fn words(rule: &Value, key: &str) -> Vec<String> {
        serde_json::from_value(rule[key].clone()).expect("words")
    }

    #[test]
    fn the_identity_may_only_impersonate_and_names_every_group() {
        let rules = rules(&impersonator(&Impersonator::default()).expect("rendered"));
        assert!(rules.iter().all(|rule| words(rule, "verbs") == ["impersonate"]), "{rules:?}");
        let groups: Vec<&Value> =
            rules.iter().filter(|rule| words(rule, "resources").contains(&"groups".into())).collect();
        assert_eq!(
            words(groups[0], "resourceNames"),
            ["read", "triage", "write", "maintain"].map(|t| format!("periscope-tier:{t}"))
        );
        assert_eq!(groups.len(), 1);
    }

    #[test]
    fn an_access_entrys_group_may_be_who_impersonates() {
        let settings = Impersonator { server_group: Some("periscope-server".into()), ..Impersonator::default() };
        let text = impersonator(&settings).expect("rendered");
        assert!(text.contains("kind: Group") && text.contains("name: periscope-server"), "{text}");
        assert!(!text.contains("ServiceAccount"), "{text}");
    }

    #[test]
    fn constrained_impersonation_names_the_verbs() {
        let settings = Impersonator { constrained: true, users: vec!["alice@corp".into()], ..Impersonator::default() };
        let rules = rules(&impersonator(&settings).expect("rendered"));
        assert_eq!(words(&rules[0], "resourceNames"), ["periscope:inventory", "alice@corp"]);
        let verbs: Vec<String> = rules.iter().flat_map(|rule| words(rule, "verbs")).collect();
        assert!(verbs.iter().all(|verb| verb.starts_with("impersonate:") || verb.starts_with("impersonate-on:")));
        assert!(!verbs.iter().any(|verb| verb.ends_with(":escalate") || verb.ends_with('*')));
    }

    #[test]
    fn the_inventory_reads_and_never_secrets() {
        let rules = rules(&inventory().expect("rendered"));
        for rule in &rules {
            assert_eq!(words(rule, "verbs"), READ, "{rule}");
            let wide = ["secrets", "*"].map(str::to_owned);
            assert!(words(rule, "resources").iter().all(|one| !wide.contains(one)), "{rule}");
            assert!(words(rule, "apiGroups").iter().all(|one| one != "*"), "{rule}");
        }
    }

    #[test]
    fn nobody_is_made_an_administrator_unasked() {
        assert!(!tiers(false).expect("rendered").contains("cluster-admin"));
        assert!(tiers(true).expect("rendered").contains("cluster-admin"));
        for rule in rules(&tiers(false).expect("rendered")) {
            let escalates = ["escalate", "bind", "impersonate", "*"].map(str::to_owned);
            assert!(words(&rule, "verbs").iter().all(|verb| !escalates.contains(verb)), "{rule}");
        }
    }
}
