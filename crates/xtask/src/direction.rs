//! Arrows between crates only point down.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{Finding, Tree};

/// Each crate with those it may use. A crate that is not here does not exist yet: adding one means
/// saying here where it stands.
const TABLE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("iam", &[]),
    ("rbac", &["model"]),
    ("cve", &["model", "iam", "rbac"]),
    ("upgrade", &["model", "iam", "rbac"]),
    ("karpenter", &["model", "iam", "rbac"]),
    ("identity", &["model", "iam", "rbac"]),
    ("cluster", &["model"]),
    ("aws", &["model", "iam"]),
    ("store", &["model", "cluster"]),
    ("audit", &["model"]),
    ("auth", &["model"]),
    ("tunnel", &["model"]),
    ("answers", ANSWERS),
    ("server", &["answers", "auth", "model"]),
    ("demo", &["model", "iam", "identity", "rbac"]),
    ("periscope", PERISCOPE),
    ("bench", &["model", "iam", "cluster", "store", "audit"]),
    ("testing", &[]),
    ("xtask", &[]),
];

const ANSWERS: &[&str] = &[
    "model",
    "iam",
    "rbac",
    "cve",
    "upgrade",
    "karpenter",
    "identity",
    "cluster",
    "aws",
    "store",
    "audit",
    "auth",
    "tunnel",
];

const PERISCOPE: &[&str] = &[
    "model",
    "iam",
    "rbac",
    "cve",
    "upgrade",
    "karpenter",
    "identity",
    "cluster",
    "aws",
    "store",
    "audit",
    "auth",
    "tunnel",
    "answers",
    "server",
    "demo",
];

/// Tests of any crate above `demo`'s own dependencies may run against the demo world, and any stand on `testing`.
const IN_TESTS: &[&str] = &["demo", "testing"];

pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    match metadata(tree) {
        Ok(metadata) => breaches(&metadata),
        Err(error) => vec![Finding::new("Cargo.toml", format!("{error:#}"))],
    }
}

fn metadata(tree: &Tree) -> Result<Value> {
    let mut command = Command::new("cargo");
    command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&tree.root);
    let cargo = command.output().context("run cargo metadata")?;
    ensure!(cargo.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&cargo.stderr).trim());
    serde_json::from_slice(&cargo.stdout).context("read the output of cargo metadata")
}

fn breaches(metadata: &Value) -> Vec<Finding> {
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    packages.iter().flat_map(package_breaches).collect()
}

fn package_breaches(package: &Value) -> Vec<Finding> {
    let name = short(package["name"].as_str().unwrap_or_default());
    let place = format!("crates/{name}/Cargo.toml");
    let Some((_, allowed)) = TABLE.iter().find(|(one, _)| *one == name) else {
        return vec![Finding::new(place, format!("`{name}` has no place in crates/xtask/src/direction.rs"))];
    };
    let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ours = dependencies.iter().filter(|one| one["path"].is_string());
    ours.filter_map(|one| {
        let used = short(one["name"].as_str().unwrap_or_default());
        let fine = allowed.contains(&used) || one["kind"] == "dev" && IN_TESTS.contains(&used);
        (!fine).then(|| {
            Finding::new(&place, format!("`{name}` may not use `{used}`: arrows only point down (ARCHITECTURE.md)"))
        })
    })
    .collect()
}

fn short(name: &str) -> &str {
    name.strip_prefix("periscope-").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn using(name: &str, used: &str, kind: &str) -> Value {
        let kind = if kind.is_empty() { Value::Null } else { kind.into() };
        json!({"packages": [{"name": name, "dependencies": [{"name": used, "kind": kind, "path": "x"}, {"name": "serde"}]}]})
    }

    #[test]
    fn an_arrow_up_is_found() {
        assert_eq!(breaches(&using("periscope-store", "periscope-cluster", "")), []);
        assert_eq!(breaches(&using("periscope-cluster", "periscope-store", "")).len(), 1);
        assert_eq!(breaches(&using("periscope-server", "periscope-cluster", "")).len(), 1);
    }

    #[test]
    fn only_tests_may_use_the_demo_world_and_what_is_for_tests() {
        assert_eq!(breaches(&using("periscope-answers", "periscope-demo", "dev")), []);
        assert_eq!(breaches(&using("periscope-answers", "periscope-demo", "")).len(), 1);
        assert_eq!(breaches(&using("periscope-model", "periscope-testing", "dev")), []);
        assert_eq!(breaches(&using("periscope-periscope", "periscope-testing", "")).len(), 1);
    }

    #[test]
    fn a_new_crate_must_say_where_it_stands() {
        let found = breaches(&json!({"packages": [{"name": "periscope-new", "dependencies": []}]}));
        assert!(found[0].message.contains("has no place"), "{found:?}");
    }

    #[test]
    fn the_table_itself_points_down() {
        for (index, (name, allowed)) in TABLE.iter().enumerate() {
            for used in *allowed {
                let below = TABLE[..index].iter().any(|(one, _)| one == used);
                assert!(below, "`{name}` names `{used}`, which does not stand above it in the table");
            }
        }
    }
}
