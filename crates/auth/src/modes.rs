//! Authorisation modes: what a cluster hears of a person.
//!
//! Kubernetes decides what the actor may do; a mode only decides who the actor is. Nothing here grants.

use std::collections::BTreeMap;
use std::fmt;

use periscope_model::{Actor, Person};
use serde::{Deserialize, Serialize};

/// The groups that tiers are impersonated as: `periscope-tier:read` and so on.
pub const TIER_GROUP_PREFIX: &str = "periscope-tier:";
/// The user of everybody in shared mode. It reaches no API server: the connection's own identity does.
const SHARED_USER: &str = "everybody-on-this-connection";

/// How much somebody may do, in tier mode; each includes the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    Read,
    Triage,
    Write,
    Maintain,
    Admin,
}

impl Tier {
    pub const ALL: [Self; 5] = [Self::Read, Self::Triage, Self::Write, Self::Maintain, Self::Admin];

    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }

    /// The one group that is impersonated.
    pub fn group(self) -> String {
        format!("{TIER_GROUP_PREFIX}{}", self.name())
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which of the provider's groups have which tier.
pub type Tiers = BTreeMap<Tier, Vec<String>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// The user and one group, the highest tier that any of the person's groups has.
    Tier {
        tiers: Tiers,
        /// Of people none of whose groups has a tier; without it they are not admitted.
        default: Option<Tier>,
    },
    /// The user and the provider's groups, each behind `prefix`.
    Raw { prefix: String },
    /// Everybody acts as the connection's own identity: Kubernetes cannot tell people apart.
    Shared,
}

impl Mode {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Tier { .. } => "tier",
            Self::Raw { .. } => "raw",
            Self::Shared => "shared",
        }
    }
}

/// One cluster's rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    pub mode: Mode,
    /// Who is admitted at all: members of any of these; everybody when empty.
    pub allowed_groups: Vec<String>,
}

/// What a cluster hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    pub actor: Actor,
    /// In tier mode.
    pub tier: Option<Tier>,
}

/// Why a person is nobody to a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAdmitted {
    pub reason: String,
    /// Membership in any of these would let them in.
    pub groups: Vec<String>,
}

impl fmt::Display for NotAdmitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for NotAdmitted {}

impl Authorization {
    pub fn of(mode: Mode) -> Self {
        Self { mode, allowed_groups: Vec::new() }
    }

    /// The person's own name and groups, unchanged: personas, whose groups are given as Kubernetes knows them.
    pub fn verbatim() -> Self {
        Self::of(Mode::Raw { prefix: String::new() })
    }

    /// Makes the actor. Names that belong to Kubernetes are dropped from the groups; a person with such a name is
    /// not admitted (and `cluster` refuses to impersonate either).
    pub fn admit(&self, person: &Person) -> Result<Admission, NotAdmitted> {
        if is_reserved(&person.user) {
            let reason = format!("the user name {:?} belongs to Kubernetes", person.user);
            return Err(NotAdmitted { reason, groups: Vec::new() });
        }
        if !self.allowed_groups.is_empty() && !person.is_in_any(&self.allowed_groups) {
            let reason = "you are in none of the groups that are admitted here".to_owned();
            return Err(NotAdmitted { reason, groups: self.allowed_groups.clone() });
        }
        match &self.mode {
            Mode::Tier { tiers, default } => admit_to_tier(person, tiers, *default),
            Mode::Raw { prefix } => {
                let groups = person.groups.iter().map(|group| format!("{prefix}{group}"));
                let groups: Vec<String> = groups.filter(|group| !is_reserved(group)).collect();
                Ok(Admission { actor: actor_of(person, groups), tier: None })
            }
            Mode::Shared => Ok(Admission { actor: Actor::new(SHARED_USER, []), tier: None }),
        }
    }
}

fn admit_to_tier(person: &Person, tiers: &Tiers, default: Option<Tier>) -> Result<Admission, NotAdmitted> {
    let held = tiers.iter().rev().find(|(_, groups)| person.is_in_any(groups)).map(|(tier, _)| *tier);
    // The default is a floor only for those who have none: it never lowers.
    let Some(tier) = held.or(default) else {
        let reason = "none of your groups has a tier here".to_owned();
        return Err(NotAdmitted { reason, groups: tiers.values().flatten().cloned().collect() });
    };
    Ok(Admission { actor: actor_of(person, [tier.group()]), tier: Some(tier) })
}

fn actor_of(person: &Person, groups: impl IntoIterator<Item = String>) -> Actor {
    Actor { display: person.display.clone(), ..Actor::new(person.user.clone(), groups) }
}

/// Kubernetes' own names and ours are nobody's to claim, however they are spelled.
pub fn is_reserved(name: &str) -> bool {
    let plain = name.trim().to_lowercase();
    plain.is_empty() || plain.starts_with("system:") || plain.starts_with("periscope:inventory")
}

#[cfg(test)]
mod tests;
