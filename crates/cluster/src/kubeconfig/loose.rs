//! A kubeconfig as far as it can be read without caring what the entries hold.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_saphyr::Spanned;

use super::{ConnectError, Kubeconfig};

/// A kubeconfig of hundreds of clusters, certificates included, is about one megabyte.
const MAX_FILE: usize = 16 << 20;

#[derive(Deserialize, Default)]
struct File {
    #[serde(default)]
    clusters: Option<Vec<Spanned<Value>>>,
    #[serde(default)]
    contexts: Option<Vec<Spanned<Value>>>,
    #[serde(default)]
    users: Option<Vec<Spanned<Value>>>,
    #[serde(default, rename = "current-context")]
    current: Option<String>,
}

pub(super) struct Loose {
    pub(super) place: Place,
    /// Of the file.
    pub(super) folder: Option<PathBuf>,
    pub(super) clusters: Vec<Entry>,
    pub(super) contexts: Vec<Entry>,
    pub(super) users: Vec<Entry>,
    pub(super) current: Option<String>,
}

pub(super) struct Entry {
    pub(super) name: String,
    pub(super) line: u64,
    pub(super) value: Value,
}

/// How messages call the kubeconfig.
pub(super) struct Place(Option<PathBuf>);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(path) => write!(f, "{}", path.display()),
            None => write!(f, "the kubeconfig"),
        }
    }
}

impl Loose {
    pub(super) fn read(kubeconfig: &Kubeconfig) -> Result<Self, ConnectError> {
        let (text, path) = match kubeconfig {
            Kubeconfig::Inline(text) => (text.clone(), None),
            Kubeconfig::Path(path) => (read(path)?, Some(path.clone())),
        };
        let place = Place(path.clone());
        let documents: Vec<Option<File>> =
            serde_saphyr::from_multiple(text.trim_start_matches('\u{feff}')).map_err(|error| {
                // Without the snippet: the lines around a mistake may hold a key.
                ConnectError(format!("{place}: this is not a kubeconfig: {}", error.without_snippet()))
            })?;
        let folder = path.as_deref().and_then(Path::parent).map(Path::to_path_buf);
        let mut loose = Self { place, folder, clusters: vec![], contexts: vec![], users: vec![], current: None };
        for file in documents.into_iter().flatten() {
            loose.current = loose.current.or(file.current.filter(|current| !current.is_empty()));
            append(&mut loose.clusters, file.clusters);
            append(&mut loose.contexts, file.contexts);
            append(&mut loose.users, file.users);
        }
        Ok(loose)
    }

    /// One entry by kube's types; a mistake is named by its line and key.
    pub(super) fn strict<T: DeserializeOwned>(&self, entry: &Entry, list: &str) -> Result<T, ConnectError> {
        serde_path_to_error::deserialize(&entry.value)
            .map_err(|error| self.wrong(entry, list, &format!("{}: {}", error.path(), error.inner())))
    }

    pub(super) fn wrong(&self, entry: &Entry, list: &str, what: &str) -> ConnectError {
        ConnectError(format!("{}: line {}: {list} {:?}: {what}", self.place, entry.line, entry.name))
    }
}

/// The first entry of a name counts, as it does for kubectl.
fn append(entries: &mut Vec<Entry>, more: Option<Vec<Spanned<Value>>>) {
    for (index, spanned) in more.into_iter().flatten().enumerate() {
        let name = spanned.value["name"].as_str().map_or_else(|| format!("number {}", index + 1), str::to_owned);
        if entries.iter().all(|entry| entry.name != name) {
            entries.push(Entry { name, line: spanned.defined.line(), value: spanned.value });
        }
    }
}

fn read(path: &Path) -> Result<String, ConnectError> {
    let wrong =
        |what: &dyn fmt::Display| ConnectError(format!("cannot read the kubeconfig {}: {what}", path.display()));
    let length = std::fs::metadata(path).map_err(|error| wrong(&error))?.len();
    if length > MAX_FILE as u64 {
        return Err(wrong(&format_args!("it has {length} bytes, the limit is {MAX_FILE}")));
    }
    std::fs::read_to_string(path).map_err(|error| wrong(&error))
}
