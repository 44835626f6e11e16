//! A pod as it is in JSON.

use serde::Deserialize;

use super::status::Summary;
use super::{ContainerState, ContainerStatus, Pod, PodPhase};
use crate::intern::Pools;
use crate::json::{List, Text};
use crate::rows::Body;
use crate::rows::container::RawPodSpec;
use crate::rows::meta::RawMeta;
use crate::rows::parse::Raw;
use crate::time;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::rows) struct RawPod<'a> {
    #[serde(borrow)]
    pub(super) metadata: RawMeta<'a>,
    #[serde(borrow)]
    pub(super) spec: RawPodSpec<'a>,
    #[serde(borrow)]
    pub(super) status: RawPodStatus<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawPodStatus<'a> {
    #[serde(borrow)]
    pub(super) phase: Text<'a>,
    #[serde(borrow)]
    pub(super) reason: Text<'a>,
    #[serde(borrow, rename = "podIP")]
    pod_ip: Text<'a>,
    #[serde(borrow)]
    start_time: Text<'a>,
    #[serde(borrow)]
    qos_class: Text<'a>,
    #[serde(borrow)]
    pub(super) conditions: List<RawCondition<'a>>,
    #[serde(borrow)]
    pub(super) container_statuses: List<RawContainerStatus<'a>>,
    #[serde(borrow)]
    pub(super) init_container_statuses: List<RawContainerStatus<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawCondition<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) status: Text<'a>,
    #[serde(borrow)]
    pub(super) reason: Text<'a>,
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    last_transition_time: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawContainerStatus<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    pub(super) ready: bool,
    pub(super) started: Option<bool>,
    pub(super) restart_count: u32,
    #[serde(borrow, rename = "imageID")]
    image_id: Text<'a>,
    #[serde(borrow)]
    pub(super) state: RawState<'a>,
    #[serde(borrow)]
    pub(super) last_state: RawState<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawState<'a> {
    #[serde(borrow)]
    pub(super) waiting: Option<RawWaiting<'a>>,
    #[serde(borrow)]
    pub(super) running: Option<RawRunning<'a>>,
    #[serde(borrow)]
    pub(super) terminated: Option<RawTerminated<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawWaiting<'a> {
    #[serde(borrow)]
    pub(super) reason: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawRunning<'a> {
    #[serde(borrow)]
    started_at: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawTerminated<'a> {
    #[serde(borrow)]
    pub(super) reason: Text<'a>,
    pub(super) exit_code: i32,
    pub(super) signal: i32,
    #[serde(borrow)]
    finished_at: Text<'a>,
}

impl RawTerminated<'_> {
    pub(super) fn finished(&self) -> Option<i64> {
        time::epoch(&self.finished_at)
    }
}

impl RawPodStatus<'_> {
    pub(super) fn condition(&self, kind: &str) -> Option<&RawCondition<'_>> {
        self.conditions.iter().find(|condition| &*condition.kind == kind)
    }
}

impl RawContainerStatus<'_> {
    fn slim(&self, init: bool, pools: &mut Pools) -> ContainerStatus {
        let ended = self.state.terminated.as_ref().or(self.last_state.terminated.as_ref());
        let waits = self.state.waiting.as_ref().filter(|waiting| !waiting.reason.is_empty());
        let reason = waits.map(|waiting| &waiting.reason).or(ended.map(|ended| &ended.reason));
        ContainerStatus {
            name: pools.sym(&self.name),
            init,
            ready: self.ready,
            restarts: self.restart_count,
            state: match &self.state {
                RawState { terminated: Some(_), .. } => ContainerState::Terminated,
                RawState { running: Some(_), .. } => ContainerState::Running,
                _ => ContainerState::Waiting,
            },
            reason: reason.and_then(|reason| pools.some(reason)),
            exit_code: ended.map_or(0, |ended| ended.exit_code),
            started: self.state.running.as_ref().and_then(|running| time::epoch(&running.started_at)),
            finished: ended.and_then(RawTerminated::finished),
            image_id: pools.some(&self.image_id),
        }
    }
}

impl<'a> Raw<'a> for RawPod<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let status = &self.status;
        let summary = Summary::of(self);
        let ready = status.condition("Ready");
        let scheduled = status.condition("PodScheduled");
        let unschedulable = scheduled.filter(|one| &*one.status == "False" && &*one.reason == "Unschedulable");
        let init = status.init_container_statuses.iter().map(|one| one.slim(true, pools)).collect::<Vec<_>>();
        let main = status.container_statuses.iter().map(|one| one.slim(false, pools)).collect::<Vec<_>>();
        let template = self.spec.template(&self.metadata.name, pools);
        Body::Pod(Box::new(Pod {
            template: pools.template(template),
            phase: phase(&status.phase),
            reason: pools.sym(&summary.reason),
            node: pools.some(&self.spec.node_name),
            ip: status.pod_ip.parse().ok(),
            ready: summary.ready,
            total: summary.total,
            restarts: summary.restarts,
            last_restart: summary.last_restart,
            started: time::epoch(&status.start_time),
            ready_changed: ready.and_then(|one| time::epoch(&one.last_transition_time)),
            is_ready: ready.is_some_and(|one| &*one.status == "True"),
            unschedulable: unschedulable.map(|one| Box::from(&*one.message)),
            qos: pools.sym(&status.qos_class),
            containers: init.into_iter().chain(main).collect(),
        }))
    }
}

fn phase(text: &str) -> PodPhase {
    match text {
        "" | "Pending" => PodPhase::Pending,
        "Running" => PodPhase::Running,
        "Succeeded" => PodPhase::Succeeded,
        "Failed" => PodPhase::Failed,
        _ => PodPhase::Unknown,
    }
}
