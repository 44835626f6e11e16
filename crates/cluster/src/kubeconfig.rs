//! Reads kubeconfigs, so that what is broken in one context leaves the others alone.
//!
//! The file is read twice: loosely, entry by entry with its line, and then only the entries that one context names,
//! strictly, by kube's own types.

mod loose;

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use kube::config::{Kubeconfig as Strict, NamedAuthInfo, NamedCluster, NamedContext};
use periscope_model::ClusterId;

use loose::{Entry, Loose};

/// Where a kubeconfig is. Relative paths inside a file are relative to it.
#[derive(Clone)]
pub enum Kubeconfig {
    Path(PathBuf),
    Inline(String),
}

/// One context as it can be offered before anything is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextEntry {
    /// Unique within the kubeconfig.
    pub id: ClusterId,
    pub name: String,
    pub server: Option<String>,
    pub current: bool,
    /// Why this context cannot be opened; the others can.
    pub problem: Option<String>,
}

/// Why a connection could not be opened: always something in a file or in the environment.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct ConnectError(pub(crate) String);

/// One context, taken out of its file.
pub(crate) struct Single {
    pub(crate) context: String,
    pub(crate) config: Strict,
    /// Read here and not by kube, which would send the file's final line break along.
    pub(crate) token_file: Option<PathBuf>,
}

impl fmt::Debug for Kubeconfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => f.debug_tuple("Path").field(path).finish(),
            // It holds keys and tokens.
            Self::Inline(text) => write!(f, "Inline({} bytes)", text.len()),
        }
    }
}

impl Kubeconfig {
    /// Every context, broken ones included with their problem.
    pub fn contexts(&self) -> Result<Vec<ContextEntry>, ConnectError> {
        let loose = Loose::read(self)?;
        let mut taken = BTreeSet::new();
        let entry = |context: &Entry| {
            let single = loose.single(context);
            ContextEntry {
                id: unique(&context.name, &mut taken),
                server: loose.server(context),
                current: loose.current.as_deref() == Some(&context.name),
                problem: single.err().map(|error| error.0),
                name: context.name.clone(),
            }
        };
        Ok(loose.contexts.iter().map(entry).collect())
    }

    /// The context named, or the current one.
    pub(crate) fn single(&self, context: Option<&str>) -> Result<Single, ConnectError> {
        let loose = Loose::read(self)?;
        let Some(name) = context.or(loose.current.as_deref()) else {
            let names = loose.names();
            return Err(ConnectError(format!("{}: no current-context; name one of {names}", loose.place)));
        };
        let Some(entry) = loose.contexts.iter().find(|entry| entry.name == name) else {
            let names = loose.names();
            return Err(ConnectError(format!("{}: there is no context {name:?}, only {names}", loose.place)));
        };
        loose.single(entry)
    }
}

/// Two contexts may have the same slug.
fn unique(name: &str, taken: &mut BTreeSet<ClusterId>) -> ClusterId {
    const ROOM: usize = 56;
    let slug = ClusterId::slug(name);
    let start: String = slug.as_str().chars().take(ROOM).collect();
    let numbered = (2..).map(|number| ClusterId::slug(&format!("{start}-{number}")));
    let id = std::iter::once(slug).chain(numbered).find(|id| !taken.contains(id));
    let id = id.unwrap_or_else(|| ClusterId::slug(""));
    taken.insert(id.clone());
    id
}

impl Loose {
    fn server(&self, context: &Entry) -> Option<String> {
        let cluster = context.value["context"]["cluster"].as_str()?;
        let cluster = self.clusters.iter().find(|entry| entry.name == cluster)?;
        cluster.value["cluster"]["server"].as_str().map(str::to_owned)
    }

    fn names(&self) -> String {
        const SHOWN: usize = 10;
        let names: Vec<String> = self.contexts.iter().take(SHOWN).map(|entry| format!("{:?}", entry.name)).collect();
        match self.contexts.len() {
            0 => "no context at all".to_owned(),
            count if count > SHOWN => format!("{} and {} more", names.join(", "), count - SHOWN),
            _ => names.join(", "),
        }
    }

    /// The context with its cluster and user, checked by kube's types.
    fn single(&self, context: &Entry) -> Result<Single, ConnectError> {
        let mut named: NamedContext = self.strict(context, "contexts")?;
        let Some(inner) = &mut named.context else {
            return Err(self.wrong(context, "contexts", "it has no key context"));
        };
        let Some(cluster) = self.clusters.iter().find(|entry| entry.name == inner.cluster) else {
            return Err(self.wrong(context, "contexts", &format!("there is no cluster {:?}", inner.cluster)));
        };
        let mut strict_cluster: NamedCluster = self.strict(cluster, "clusters")?;
        if strict_cluster.cluster.as_ref().and_then(|inner| inner.server.as_deref()).is_none_or(str::is_empty) {
            return Err(self.wrong(cluster, "clusters", "it has no server"));
        }
        let mut users: Vec<NamedAuthInfo> = Vec::new();
        if let Some(user) = inner.user.as_deref().filter(|user| !user.is_empty()) {
            let Some(user) = self.users.iter().find(|entry| entry.name == user) else {
                return Err(self.wrong(context, "contexts", &format!("there is no user {user:?}")));
            };
            self.check_token(user)?;
            users.push(self.strict(user, "users")?);
        }
        self.resolve_paths(&mut strict_cluster, &mut users);
        let token_file = users.iter_mut().find_map(|user| {
            let user = user.auth_info.as_mut()?;
            let file = user.token_file.take().filter(|file| !file.is_empty())?;
            // An inline token comes first, as it does for kubectl.
            user.token.is_none().then(|| PathBuf::from(file))
        });
        let config = Strict {
            clusters: vec![strict_cluster],
            contexts: vec![named],
            auth_infos: users,
            current_context: Some(context.name.clone()),
            ..Strict::default()
        };
        Ok(Single { context: context.name.clone(), config, token_file })
    }

    /// kube panics on a token that is no header value.
    fn check_token(&self, user: &Entry) -> Result<(), ConnectError> {
        let token = user.value["user"]["token"].as_str().unwrap_or_default();
        if token.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(self.wrong(user, "users", "user.token holds a line break or another control character"));
        }
        Ok(())
    }

    /// Paths are relative to the file; a plugin only if it is written as a path, as kubectl has it.
    fn resolve_paths(&self, cluster: &mut NamedCluster, users: &mut [NamedAuthInfo]) {
        let Some(folder) = &self.folder else { return };
        let resolve = |path: &mut Option<String>| {
            if let Some(path) = path.as_mut().filter(|path| !path.is_empty()) {
                *path = folder.join(&*path).to_string_lossy().into_owned();
            }
        };
        if let Some(cluster) = &mut cluster.cluster {
            resolve(&mut cluster.certificate_authority);
        }
        for user in users.iter_mut().filter_map(|user| user.auth_info.as_mut()) {
            resolve(&mut user.client_certificate);
            resolve(&mut user.client_key);
            resolve(&mut user.token_file);
            if let Some(exec) = &mut user.exec
                && exec.command.as_ref().is_some_and(|command| command.contains('/'))
            {
                resolve(&mut exec.command);
            }
        }
    }
}

#[cfg(test)]
mod tests;
