//! Whether the caller may, asked of Kubernetes as the caller; and which roles would let them.

mod grants;
mod verdicts;

use std::sync::Arc;

use futures::StreamExt;
use futures::stream;
use periscope_model::{ClusterId, Permission};
use serde::{Deserialize, Serialize};

pub use grants::RoleGrant;
pub(crate) use verdicts::{Verdict, Verdicts};

use crate::app::App;
use crate::context::Context;
use crate::error::Error;

/// Questions in one request.
const MAX_QUESTIONS: usize = 64;
/// Reviews in flight for one request.
const AT_ONCE: usize = 16;

#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CanIQuestion {
    pub questions: Vec<Permission>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanIAnswer {
    /// In the order of the questions.
    pub answers: Vec<PermissionAnswer>,
    /// Whether the caller may read roles, so that `grantedBy` can be told.
    pub rbac_readable: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PermissionAnswer {
    pub permission: Permission,
    /// `false` also when nobody could tell.
    pub allowed: bool,
    /// Why not, or why it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Roles that would grant it, at most 5; only of what is refused.
    pub granted_by: Vec<RoleGrant>,
}

impl App {
    /// Answers at most 64 questions; what was decided in the last seconds is not asked again.
    pub async fn can_i(
        &self,
        context: &Context,
        cluster: &ClusterId,
        asked: CanIQuestion,
    ) -> Result<CanIAnswer, Error> {
        let questions = asked.questions;
        if questions.is_empty() || questions.len() > MAX_QUESTIONS {
            let message = format!("ask 1 to {MAX_QUESTIONS} questions at once, not {}", questions.len());
            return Err(Error::invalid("questions_invalid", message));
        }
        let cluster = self.clusters.get(cluster)?;
        let actor = cluster.actor(&context.person)?;
        cluster.connection()?;
        let mut asking = Vec::with_capacity(questions.len());
        for question in &questions {
            asking.push(self.verdicts.ask(cluster, &actor, question));
        }
        let verdicts: Vec<Arc<Verdict>> = stream::iter(asking).buffered(AT_ONCE).collect().await;
        let missing: Vec<&Permission> =
            questions.iter().zip(&verdicts).filter(|(_, verdict)| !verdict.allowed).map(|(asked, _)| asked).collect();
        let roles = grants::Roles::read(self, cluster, context, &missing).await?;
        let answer = |(permission, verdict): (&Permission, &Arc<Verdict>)| PermissionAnswer {
            allowed: verdict.allowed,
            reason: verdict.refusal_or_doubt(permission),
            granted_by: if verdict.allowed { Vec::new() } else { roles.granting(permission) },
            permission: permission.clone(),
        };
        let answers = questions.iter().zip(&verdicts).map(answer).collect();
        Ok(CanIAnswer { answers, rbac_readable: roles.readable })
    }
}
