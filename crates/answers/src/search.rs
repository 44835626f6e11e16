//! Names over all clusters.

use std::time::Duration;

use periscope_model::{ClusterId, Gap, KindId, ObjectRef, State};
use periscope_store::{Part, Row};
use serde::Serialize;

use crate::app::App;
use crate::context::Context;
use crate::counts::WATCHED;
use crate::kinds::known;
use crate::objects::RelatedItem;
use crate::overview::missing;
use crate::reach::Circle;

/// What is not there by then is named among the gaps; asking again finds more.
const ROWS_DEADLINE: Duration = Duration::from_secs(2);
/// Longest text that is looked for.
const MAX_TEXT: usize = 253;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchAnswer {
    /// The best first.
    pub hits: Vec<RelatedItem>,
    pub gaps: Vec<Gap>,
    pub clusters: Vec<SearchedCluster>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchedCluster {
    #[schema(value_type = String)]
    pub cluster: ClusterId,
    pub state: State,
}

/// How well a name fits: smaller is better.
type Rank = (u8, usize, usize);

impl App {
    /// Objects whose name contains `text`, over every cluster, as far as the caller may list them.
    pub async fn search(&self, context: &Context, text: &str, limit: usize) -> SearchAnswer {
        let clusters: Vec<_> = self.clusters.all().cloned().collect();
        let states = || {
            clusters.iter().map(|one| SearchedCluster { cluster: one.spec.id.clone(), state: one.state() }).collect()
        };
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() || wanted.len() > MAX_TEXT {
            return SearchAnswer { hits: Vec::new(), gaps: Vec::new(), clusters: states() };
        }
        let kinds: Vec<KindId> = WATCHED.into_iter().map(known).collect();
        let mut circle = Circle::of(&self.inventory, &clusters, &kinds, &context.person);
        circle.settle(ROWS_DEADLINE).await;
        let members = circle.members();
        let mut hits: Vec<(Rank, RelatedItem)> = Vec::new();
        for (at, member) in members.iter().enumerate() {
            let Some(Part { lease, visible }) = member.known() else { continue };
            let reader = lease.read();
            for row in reader.rows_in(visible) {
                if let Some(rank) = rank(&row.meta.name, &wanted, at % kinds.len()) {
                    hits.push((rank, item(&member.cluster, &member.kind, row)));
                }
            }
            keep_best(&mut hits, limit);
        }
        let mut gaps: Vec<Gap> = members.iter().flat_map(missing).collect();
        gaps.dedup();
        SearchAnswer { hits: hits.into_iter().map(|(_, item)| item).collect(), gaps, clusters: states() }
    }
}

fn keep_best(hits: &mut Vec<(Rank, RelatedItem)>, limit: usize) {
    hits.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.object.cmp(&other.object)));
    hits.truncate(limit);
}

fn item(cluster: &ClusterId, kind: &KindId, row: &Row) -> RelatedItem {
    let object = ObjectRef {
        cluster: cluster.clone(),
        kind: kind.clone(),
        namespace: (!row.meta.namespace.is_empty()).then(|| row.meta.namespace.to_string()),
        name: row.meta.name.to_string(),
    };
    RelatedItem { object, tone: row.tone(), status: row.status().to_owned() }
}

/// The name itself, its beginning, the beginning of a word in it, anywhere; then kinds in order, short names first.
fn rank(name: &str, wanted: &str, kind: usize) -> Option<Rank> {
    let at = name.find(wanted)?;
    let class = match at {
        0 if name.len() == wanted.len() => 0,
        0 => 1,
        _ if name.as_bytes()[at - 1].is_ascii_punctuation() => 2,
        _ => 3,
    };
    Some((class, kind, name.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_fits_come_first() {
        let ranks = ["api", "api-7d9", "my-api", "rapid"].map(|name| rank(name, "api", 0).expect("a fit"));
        assert!(ranks.is_sorted(), "{ranks:?}");
        assert!(rank("web", "api", 0).is_none());
        assert!(rank("api", "api", 3) < rank("api-1", "api", 0), "the name itself beats a nearer kind");
    }
}
