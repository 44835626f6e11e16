//! Who calls, and the people of the demo.

use std::collections::BTreeMap;

/// An authenticated (or impersonated) caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) groups: Vec<String>,
    pub(crate) extra: BTreeMap<String, Vec<String>>,
    /// Who it is in AWS, for EKS's own access policies. Nobody gets them by impersonation.
    pub(crate) principal: Option<String>,
}

pub(crate) const SERVER: &str = "periscope-server";
pub(crate) const INVENTORY: &str = "periscope:inventory";

/// Somebody one can be in the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Persona {
    /// `alice`
    pub id: &'static str,
    /// The Kubernetes user name.
    pub user: &'static str,
    pub groups: &'static [&'static str],
    /// One sentence for people.
    pub about: &'static str,
}

/// Everybody the worlds' RBAC knows about.
pub const PERSONAS: &[Persona] = &[
    Persona {
        id: "alice",
        user: "alice@corp",
        groups: &["periscope-tier:admin"],
        about: "platform engineer: cluster-admin everywhere",
    },
    Persona {
        id: "bob",
        user: "bob@corp",
        groups: &["periscope-tier:triage"],
        about: "on call: reads everything but Secrets, may open shells, evict, scale and restart",
    },
    Persona {
        id: "carol",
        user: "carol@corp",
        groups: &[],
        about: "developer: reads the namespaces payments and search",
    },
    Persona { id: "dave", user: "dave@corp", groups: &[], about: "new here: no rights at all" },
];

impl User {
    pub(crate) fn new(name: &str, groups: &[&str]) -> Self {
        let mut groups: Vec<String> = groups.iter().map(|&group| group.to_owned()).collect();
        groups.push("system:authenticated".to_owned());
        Self { name: name.to_owned(), groups, ..Self::default() }
    }

    pub(crate) fn anonymous() -> Self {
        Self {
            name: "system:anonymous".to_owned(),
            groups: vec!["system:unauthenticated".to_owned()],
            ..Self::default()
        }
    }

    /// The API server lets this group through before any authoriser is asked.
    pub(crate) fn is_master(&self) -> bool {
        self.groups.iter().any(|group| group == "system:masters")
    }
}
