//! What each cluster makes of somebody.

use periscope_auth::{Admission, Tier};
use periscope_model::{ClusterId, Person};
use serde::Serialize;

use crate::app::App;
use crate::context::Context;

/// What one cluster hears of the caller.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClusterAdmission {
    #[schema(value_type = String)]
    pub cluster: ClusterId,
    /// `tier`, `raw` or `shared`.
    pub mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    pub admitted: bool,
    /// Why not, when not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub impersonates: Impersonated,
}

/// Who acts in the cluster.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct Impersonated {
    pub user: String,
    pub groups: Vec<String>,
}

impl App {
    /// What each cluster makes of the caller, in the order of the configuration.
    pub fn admissions(&self, context: &Context) -> Vec<ClusterAdmission> {
        let admission = |cluster: &std::sync::Arc<crate::clusters::Cluster>| {
            let mode = cluster.spec.authorization.mode.name();
            let (tier, admitted, reason, impersonates) =
                told(cluster.spec.authorization.admit(&context.person), &context.person);
            ClusterAdmission { cluster: cluster.spec.id.clone(), mode, tier, admitted, reason, impersonates }
        };
        self.clusters.all().map(admission).collect()
    }
}

type Told = (Option<Tier>, bool, Option<String>, Impersonated);

fn told(admitted: Result<Admission, periscope_auth::NotAdmitted>, person: &Person) -> Told {
    match admitted {
        Ok(Admission { actor, tier }) => (tier, true, None, Impersonated { user: actor.user, groups: actor.groups }),
        Err(refused) => {
            let nobody = Impersonated { user: person.user.clone(), groups: Vec::new() };
            (None, false, Some(refused.reason), nobody)
        }
    }
}
