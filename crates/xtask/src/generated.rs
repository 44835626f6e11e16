//! Files that the code writes: compared with what it would write now.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{Finding, Tree};

struct Generated {
    path: &'static str,
    /// Run from `folder`; the file is what it prints.
    folder: &'static str,
    command: &'static [&'static str],
}

const RBAC_IMPERSONATOR: &[&str] = &rbac("impersonator");
const RBAC_INVENTORY: &[&str] = &rbac("inventory");
const RBAC_TIERS: &[&str] = &rbac("tiers");

/// Prints one part of what a cluster needs.
const fn rbac(part: &'static str) -> [&'static str; 10] {
    ["cargo", "run", "--quiet", "--package", "periscope", "--", "permissions", "kubernetes", "--part", part]
}

/// In the order in which one may be made from the other.
const GENERATED: &[Generated] = &[
    Generated {
        path: "docs/reference/configuration.md",
        folder: ".",
        command: &["cargo", "run", "--quiet", "--package", "periscope", "--", "config", "reference"],
    },
    Generated { path: "deploy/rbac/impersonator.yaml", folder: ".", command: RBAC_IMPERSONATOR },
    Generated { path: "deploy/rbac/inventory.yaml", folder: ".", command: RBAC_INVENTORY },
    Generated { path: "deploy/rbac/tiers.yaml", folder: ".", command: RBAC_TIERS },
    Generated {
        path: "docs/reference/audit-verbs.md",
        folder: ".",
        command: &["cargo", "run", "--quiet", "--package", "periscope", "--", "audit", "verbs"],
    },
    Generated {
        path: "web/openapi.json",
        folder: ".",
        command: &["cargo", "run", "--quiet", "--package", "periscope", "--", "openapi"],
    },
    Generated {
        path: "web/src/api/schema.ts",
        folder: "web",
        command: &["node_modules/.bin/openapi-typescript", "openapi.json"],
    },
];

/// What differs from the tracked file.
pub fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for one in GENERATED {
        let fresh = one.run(&tree.root)?;
        if let Some(line) = first_difference(tree.read(one.path).unwrap_or_default(), &fresh) {
            found.push(Finding::at(one.path, line, "is behind the code: run `make generate` and commit it"));
        }
    }
    Ok(found)
}

/// Writes every generated file anew.
pub fn write(tree: &Tree) -> Result<()> {
    for one in GENERATED {
        let path = tree.root.join(one.path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        }
        std::fs::write(&path, one.run(&tree.root)?).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

impl Generated {
    fn run(&self, root: &Path) -> Result<String> {
        let what = self.command.join(" ");
        let run = Command::new(self.command[0]).args(&self.command[1..]).current_dir(root.join(self.folder)).output();
        let output = run.with_context(|| format!("run `{what}`"))?;
        ensure!(output.status.success(), "`{what}`: {}", String::from_utf8_lossy(&output.stderr).trim());
        String::from_utf8(output.stdout).with_context(|| format!("the output of `{what}`"))
    }
}

fn first_difference(old: &str, new: &str) -> Option<usize> {
    if old == new {
        return None;
    }
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nb\n"), Some(2));
        assert_eq!(first_difference("", "a\n"), Some(1));
        assert_eq!(first_difference("a", "a\n"), Some(2));
    }
}
