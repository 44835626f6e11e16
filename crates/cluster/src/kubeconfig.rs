//! Reading kubeconfigs.

use std::path::PathBuf;

use periscope_model::ClusterId;

/// Where a kubeconfig is. Relative paths inside a file are relative to it.
#[derive(Debug, Clone)]
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

impl Kubeconfig {
    /// Every context, broken ones included with their problem.
    pub fn contexts(&self) -> Result<Vec<ContextEntry>, ConnectError> {
        Err(ConnectError("not read".to_owned()))
    }
}
