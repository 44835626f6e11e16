//! What an object is tied to, in both directions: owners, selectors, references by name. Neighbours are told only as
//! far as the caller may list them; what the object itself names is told by name.

mod around;
mod links;

use std::sync::Arc;
use std::time::Duration;

use periscope_model::{Answer, ObjectRef, Tone};
use serde::Serialize;

use crate::app::App;
use crate::context::Context;
use crate::error::Error;
use crate::overview::missing;
use crate::reach::{Circle, Want};
use around::Around;

/// How long one request waits for neighbours; what is not there by then is a gap.
const ROWS_DEADLINE: Duration = Duration::from_secs(4);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelatedItem {
    pub object: ObjectRef,
    pub tone: Tone,
    pub status: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Relation)]
pub struct RelatedGroup {
    /// How the object is tied to the items: `owns`, `selects`, `used by`, …
    pub relation: &'static str,
    /// At most 100, what needs a look first.
    pub items: Vec<RelatedItem>,
    pub total: usize,
}

impl App {
    pub async fn related(&self, context: &Context, place: &ObjectRef) -> Result<Answer<Vec<RelatedGroup>>, Error> {
        let cluster = self.clusters.get(&place.cluster)?.clone();
        // The object itself first: who may not read it learns nothing of its neighbours.
        let object = self.get_live(context, place).await?;
        let mut circle = Circle::new(true);
        let namespaces: Arc<[String]> = place.namespace.iter().cloned().collect();
        for kind in links::neighbours(&place.kind) {
            let (cluster, person, namespaces) = (cluster.clone(), context.person.clone(), namespaces.clone());
            circle.add(&self.inventory, Want { cluster, kind, person, namespaces });
        }
        circle.settle(ROWS_DEADLINE).await;
        let members = circle.members();
        let discovered = cluster.discovered().await?;
        let mut around = Around::new(place, &object, &members, &discovered);
        links::find(&mut around);
        let mut answer = self.live_answer(around.groups(), place);
        answer.sources.extend(members.iter().map(|member| member.source(answer.as_of)));
        answer.gaps = members.iter().filter(|member| member.is_served()).flat_map(missing).collect();
        Ok(answer)
    }
}
