//! Who is who to a cluster: the file's `authorization`, for all clusters and overridden by one.

use anyhow::ensure;
use periscope_auth::{Authorization, Mode, Tier, Tiers, is_reserved};
use schemars::JsonSchema;
use serde::Deserialize;

const DEFAULT_PREFIX: &str = "periscope:";

/// What a cluster hears of a person. A cluster's own setting replaces the general one, key by key.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct AuthorizationSettings {
    /// `tier` (the user and one group, `periscope-tier:<tier>`), `raw` (the user and the provider's groups, behind a
    /// prefix) or `shared` (everybody is the connection's own identity: no rights of one's own). `tier` when absent.
    mode: Option<ModeName>,
    /// In tier mode, which of the provider's groups have which tier; the highest one counts.
    tiers: Option<TierSettings>,
    /// In tier mode, the tier of people none of whose groups has one; without it they are not admitted.
    #[schemars(with = "Option<String>")]
    default_tier: Option<Tier>,
    /// In raw mode, what is put before each group; `periscope:` when absent.
    group_prefix: Option<String>,
    /// Only members of one of these are admitted; everybody when absent.
    allowed_groups: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum ModeName {
    Tier,
    Raw,
    Shared,
}

/// The provider's groups of each tier.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "lowercase", default)]
struct TierSettings {
    /// Sees everything but Secrets, changes nothing.
    read: Vec<String>,
    /// Also restarts, scales, evicts, deletes pods, opens shells.
    triage: Vec<String>,
    /// Also changes workloads and reads Secrets.
    write: Vec<String>,
    /// Also changes everything in namespaces, and reads RBAC.
    maintain: Vec<String>,
    /// Everything (cluster-admin).
    admin: Vec<String>,
}

impl AuthorizationSettings {
    /// This cluster's settings where it has some, else the general ones.
    pub(super) fn over(&self, general: &Self) -> Self {
        Self {
            mode: self.mode.or(general.mode),
            tiers: self.tiers.clone().or_else(|| general.tiers.clone()),
            default_tier: self.default_tier.or(general.default_tier),
            group_prefix: self.group_prefix.clone().or_else(|| general.group_prefix.clone()),
            allowed_groups: self.allowed_groups.clone().or_else(|| general.allowed_groups.clone()),
        }
    }

    /// The rule, checked: a rule that could admit nobody is a mistake.
    pub(super) fn rule(&self) -> anyhow::Result<Authorization> {
        let mode = match self.mode.unwrap_or(ModeName::Tier) {
            ModeName::Tier => {
                let tiers = self.tiers.as_ref().map(TierSettings::tiers).unwrap_or_default();
                ensure!(
                    self.default_tier.is_some() || !tiers.is_empty(),
                    "tiers: in tier mode nobody is admitted without tiers; name groups, or set defaultTier"
                );
                Mode::Tier { tiers, default: self.default_tier }
            }
            ModeName::Raw => {
                let prefix = self.group_prefix.clone().unwrap_or_else(|| DEFAULT_PREFIX.to_owned());
                ensure!(
                    prefix.is_empty() || !is_reserved(&prefix),
                    "groupPrefix: {prefix:?} begins like names that belong to Kubernetes"
                );
                Mode::Raw { prefix }
            }
            ModeName::Shared => Mode::Shared,
        };
        let allowed_groups = self.allowed_groups.clone().unwrap_or_default();
        ensure!(
            self.allowed_groups.as_ref().is_none_or(|groups| !groups.is_empty()),
            "allowedGroups: an empty list would admit nobody; remove the key to admit everybody"
        );
        Ok(Authorization { mode, allowed_groups })
    }
}

impl TierSettings {
    fn tiers(&self) -> Tiers {
        let given = [
            (Tier::Read, &self.read),
            (Tier::Triage, &self.triage),
            (Tier::Write, &self.write),
            (Tier::Maintain, &self.maintain),
            (Tier::Admin, &self.admin),
        ];
        given
            .into_iter()
            .filter(|(_, groups)| !groups.is_empty())
            .map(|(tier, groups)| (tier, groups.clone()))
            .collect()
    }
}
