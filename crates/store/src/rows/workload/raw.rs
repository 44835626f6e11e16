//! Workloads as they are in JSON.

use serde::Deserialize;

use super::{Condition, DaemonSet, Deployment, ReplicaSet, Replicated, StatefulSet};
use crate::intern::Pools;
use crate::json::{List, Pairs, Text};
use crate::labels::{Operator, Requirement, Selector};
use crate::rows::Body;
use crate::rows::container::RawPodSpec;
use crate::rows::meta::RawMeta;
use crate::rows::parse::Raw;
use crate::time;

macro_rules! raw_kinds {
    ($($raw:ident $body:ident $slim:ident),* $(,)?) => {$(
        #[derive(Debug, Default, Deserialize)]
        #[serde(transparent)]
        pub(in crate::rows) struct $raw<'a>(#[serde(borrow)] RawWorkload<'a>);

        impl<'a> Raw<'a> for $raw<'a> {
            fn meta(&self) -> &RawMeta<'a> {
                &self.0.metadata
            }

            fn slim(&self, pools: &mut Pools) -> Body {
                Body::$body(Box::new(self.0.$slim(pools)))
            }
        }
    )*};
}

raw_kinds! {
    RawDeployment Deployment deployment,
    RawStatefulSet StatefulSet stateful_set,
    RawDaemonSet DaemonSet daemon_set,
    RawReplicaSet ReplicaSet replica_set,
}

/// The four share their shape; each fills the fields it has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawWorkload<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    spec: RawSpec<'a>,
    #[serde(borrow)]
    status: RawStatus<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawSpec<'a> {
    replicas: Option<u32>,
    paused: bool,
    #[serde(borrow)]
    service_name: Text<'a>,
    #[serde(borrow)]
    selector: Option<RawSelector<'a>>,
    #[serde(borrow)]
    template: RawTemplate<'a>,
    #[serde(borrow)]
    strategy: RawStrategy<'a>,
    #[serde(borrow)]
    update_strategy: RawStrategy<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::rows) struct RawTemplate<'a> {
    #[serde(borrow)]
    pub(in crate::rows) spec: RawPodSpec<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawStrategy<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    rolling_update: Option<RawRolling>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawRolling {
    partition: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::rows) struct RawSelector<'a> {
    #[serde(borrow)]
    match_labels: Pairs<'a>,
    #[serde(borrow)]
    match_expressions: List<RawRequirement<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawRequirement<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    operator: Text<'a>,
    #[serde(borrow)]
    values: List<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawStatus<'a> {
    observed_generation: u64,
    replicas: u32,
    updated_replicas: u32,
    ready_replicas: u32,
    available_replicas: u32,
    desired_number_scheduled: u32,
    current_number_scheduled: u32,
    updated_number_scheduled: u32,
    number_ready: u32,
    number_available: u32,
    number_misscheduled: u32,
    #[serde(borrow)]
    current_revision: Text<'a>,
    #[serde(borrow)]
    update_revision: Text<'a>,
    #[serde(borrow)]
    conditions: List<RawCondition<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(in crate::rows) struct RawCondition<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    status: Text<'a>,
    #[serde(borrow)]
    reason: Text<'a>,
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    last_transition_time: Text<'a>,
    #[serde(borrow)]
    last_update_time: Text<'a>,
}

impl RawCondition<'_> {
    pub(in crate::rows) fn slim(&self, pools: &mut Pools) -> Condition {
        Condition {
            kind: pools.sym(&self.kind),
            status: pools.sym(&self.status),
            reason: pools.sym(&self.reason),
            message: Box::from(&*self.message),
            changed: time::epoch(&self.last_transition_time),
            updated: time::epoch(&self.last_update_time),
        }
    }
}

impl RawSelector<'_> {
    pub(in crate::rows) fn slim(&self, pools: &mut Pools) -> Selector {
        let mut requirements: Vec<Requirement> = equalities(&self.match_labels, pools);
        requirements.extend(self.match_expressions.iter().filter_map(|one| {
            let operator = match &*one.operator {
                "In" => Operator::In,
                "NotIn" => Operator::NotIn,
                "Exists" => Operator::Exists,
                "DoesNotExist" => Operator::DoesNotExist,
                _ => return None,
            };
            let values = one.values.iter().map(|value| pools.sym(value)).collect();
            Some(Requirement { key: pools.sym(&one.key), operator, values })
        }));
        Selector::new(requirements)
    }
}

pub(in crate::rows) fn equalities(pairs: &Pairs<'_>, pools: &mut Pools) -> Vec<Requirement> {
    pairs
        .iter()
        .map(|(key, value)| Requirement {
            key: pools.sym(key),
            operator: Operator::In,
            values: Box::from([pools.sym(value)]),
        })
        .collect()
}

impl RawWorkload<'_> {
    fn deployment(&self, pools: &mut Pools) -> Deployment {
        Deployment {
            replicas: self.replicas(pools),
            paused: self.spec.paused,
            strategy: pools.sym(&self.spec.strategy.kind),
            conditions: self.status.conditions.iter().map(|one| one.slim(pools)).collect(),
        }
    }

    fn stateful_set(&self, pools: &mut Pools) -> StatefulSet {
        let strategy = &self.spec.update_strategy;
        StatefulSet {
            replicas: self.replicas(pools),
            service: pools.some(&self.spec.service_name),
            on_delete: &*strategy.kind == "OnDelete",
            partition: strategy.rolling_update.as_ref().and_then(|one| one.partition).unwrap_or(0),
            current_revision: pools.sym(&self.status.current_revision),
            update_revision: pools.sym(&self.status.update_revision),
        }
    }

    fn daemon_set(&self, pools: &mut Pools) -> DaemonSet {
        let status = &self.status;
        let selector: Vec<String> =
            self.spec.template.spec.node_selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
        DaemonSet {
            replicas: Replicated {
                desired: status.desired_number_scheduled,
                current: status.current_number_scheduled,
                updated: status.updated_number_scheduled,
                ready: status.number_ready,
                available: status.number_available,
                ..self.replicas(pools)
            },
            misscheduled: status.number_misscheduled,
            on_delete: &*self.spec.update_strategy.kind == "OnDelete",
            node_selector: pools.sym(&selector.join(",")),
        }
    }

    fn replica_set(&self, pools: &mut Pools) -> ReplicaSet {
        let annotations = self.metadata.annotations.as_ref();
        ReplicaSet {
            replicas: self.replicas(pools),
            revision: annotations.and_then(|annotations| annotations.revision.parse().ok()),
        }
    }

    fn replicas(&self, pools: &mut Pools) -> Replicated {
        let template = self.spec.template.spec.template("", pools);
        Replicated {
            desired: self.spec.replicas.unwrap_or(1),
            current: self.status.replicas,
            updated: self.status.updated_replicas,
            ready: self.status.ready_replicas,
            available: self.status.available_replicas,
            observed: self.status.observed_generation >= self.metadata.generation,
            rollout_began: self.metadata.spec_written(),
            selector: self.spec.selector.as_ref().map_or_else(Selector::default, |selector| selector.slim(pools)),
            template: pools.template(template),
        }
    }
}
