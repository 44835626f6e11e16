//! The tracked files, read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The text of every tracked file by its path from the root; files that are not UTF-8 are left out.
pub struct Tree {
    pub root: PathBuf,
    files: BTreeMap<String, String>,
}

impl Tree {
    /// The checkout that this runs in. Not the one it was built in: checkouts may share a target folder.
    pub fn of_checkout() -> Result<Self> {
        let asked = Command::new("git").args(["rev-parse", "--show-toplevel"]).output().context("git rev-parse")?;
        ensure!(asked.status.success(), "git rev-parse: {}", String::from_utf8_lossy(&asked.stderr).trim());
        let top = String::from_utf8(asked.stdout).context("the checkout's folder is not UTF-8")?;
        let root = Path::new(top.trim_end_matches('\n'));
        let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output().context("git ls-files")?;
        ensure!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr).trim());
        let names = String::from_utf8(listed.stdout).context("a tracked file's name is not UTF-8")?;
        let files = names
            .split_terminator('\0')
            // A tracked file may be deleted in the work tree.
            .filter_map(|name| Some((name.to_owned(), String::from_utf8(std::fs::read(root.join(name)).ok()?).ok()?)))
            .collect();
        Ok(Self { root: root.to_owned(), files })
    }

    /// A tree for a test of a rule.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Self { root: PathBuf::new(), files }
    }

    /// Path and text of all files, sorted by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub fn with_extension<'a>(&'a self, extensions: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(|(path, _)| path.rsplit_once('.').is_some_and(|(_, end)| extensions.contains(&end)))
    }

    pub fn read(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The folders directly under `crates/`.
    pub fn crates(&self) -> Vec<&str> {
        let mut names: Vec<_> = self
            .files()
            .filter_map(|(path, _)| path.strip_prefix("crates/")?.split_once('/'))
            .map(|(name, _)| name)
            .collect();
        names.dedup();
        names
    }
}
