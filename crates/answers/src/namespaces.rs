//! The namespaces a caller sees, or sees something in.

use std::collections::BTreeMap;
use std::task::{Context as Task, Poll};
use std::time::Duration;

use periscope_model::{Answer, Clock, ClusterId, KindId, Scope};
use periscope_store::{Class, Part, Visible};
use serde::Serialize;

use crate::app::App;
use crate::context::Context;
use crate::error::Error;
use crate::kinds::known;
use crate::live::{Composed, Composition, Ground, Live};
use crate::overview::{composition, missing};
use crate::reach::{Circle, Member};

const ROWS_DEADLINE: Duration = Duration::from_secs(5);
/// Somebody who may list any of these in a namespace sees that it exists.
const TELLING: [&str; 3] = ["pods", "deployments.apps", "services"];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamespaceItem {
    pub name: String,
    /// `Active`, `Terminating`, or `Unknown` when the namespace itself may not be read.
    pub phase: String,
    /// Absent where pods may not be listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pods: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing: Option<usize>,
}

impl App {
    pub async fn namespaces(
        &self,
        context: &Context,
        cluster: &ClusterId,
    ) -> Result<Answer<Vec<NamespaceItem>>, Error> {
        let mut ground = self.namespaces_ground(context, cluster)?;
        ground.circle.settle(ROWS_DEADLINE).await;
        Ok(ground.answer())
    }

    pub(crate) fn live_namespaces(&self, context: &Context, cluster: &ClusterId) -> Result<Live, Error> {
        Ok(Live::new(Composed::new("namespaces", self.namespaces_ground(context, cluster)?)))
    }

    fn namespaces_ground(&self, context: &Context, cluster: &ClusterId) -> Result<NamespacesGround, Error> {
        let cluster = self.clusters.get(cluster)?.clone();
        let kinds: Vec<KindId> = std::iter::once("namespaces").chain(TELLING).map(known).collect();
        let circle = Circle::of(&self.inventory, &[cluster], &kinds, &context.person);
        Ok(NamespacesGround { circle, clock: self.clock.clone() })
    }
}

struct NamespacesGround {
    circle: Circle,
    clock: std::sync::Arc<dyn Clock>,
}

impl NamespacesGround {
    fn answer(&self) -> Answer<Vec<NamespaceItem>> {
        let now = self.clock.now();
        let members = self.circle.members();
        let (listed, telling) = members.split_at(1);
        let all = listed[0].known();
        let gaps = if all.is_some() { Vec::new() } else { missing(&listed[0]) };
        let scope = if all.is_some() { Scope::everywhere() } else { telling[0].scope().clone() };
        let sources = listed.iter().chain(&telling[..1]).map(|member| member.source(now)).collect();
        Answer { data: items(all, telling), as_of: now, scope, sources, gaps }
    }
}

impl Ground for NamespacesGround {
    fn poll_changed(&mut self, task: &mut Task<'_>) -> Poll<()> {
        self.circle.poll_changed(task)
    }

    fn compose(&mut self) -> Composition {
        composition(&self.answer())
    }
}

fn items(all: Option<&Part>, telling: &[Member]) -> Vec<NamespaceItem> {
    let mut phases: BTreeMap<String, String> = BTreeMap::new();
    if let Some(Part { lease, visible }) = all {
        let reader = lease.read();
        phases.extend(reader.rows_in(visible).map(|row| (row.meta.name.to_string(), row.status().to_owned())));
    }
    for part in telling.iter().filter_map(Member::part) {
        if let Visible::Namespaces(names) = &part.visible {
            for name in names.iter() {
                phases.entry(name.to_string()).or_insert_with(|| "Unknown".to_owned());
            }
        }
    }
    let pods = telling.first().and_then(Member::known);
    let tallies: BTreeMap<String, (usize, usize)> = pods.map_or_else(BTreeMap::new, |Part { lease, visible }| {
        let reader = lease.read();
        let tally = |(name, tally): (&std::sync::Arc<str>, &periscope_store::Tally)| {
            (name.to_string(), (tally.total, tally.of(Class::Failing)))
        };
        reader.namespaces(visible).map(tally).collect()
    });
    let item = |(name, phase): (String, String)| {
        let counted =
            pods.filter(|part| part.visible.allows(&name)).map(|_| tallies.get(&name).copied().unwrap_or_default());
        NamespaceItem { phase, pods: counted.map(|(pods, _)| pods), failing: counted.map(|(_, failing)| failing), name }
    };
    phases.into_iter().map(item).collect()
}
