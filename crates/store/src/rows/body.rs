//! What is particular to a kind.

use super::{
    CronJob, DaemonSet, Deployment, EndpointSlice, Event, Facts, HorizontalPodAutoscaler, Ingress, Job, Meta,
    Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget, ReplicaSet, Role, RoleBinding,
    Row, Service, ServiceAccount, StatefulSet, TableRow, Typed, facts,
};
use crate::cell::{Cell, Column};
use crate::judge::{Class, Judgement, Verdict};

macro_rules! bodies {
    ($($variant:ident($held:ty) $accessor:ident),* $(,)?) => {
        /// The part of a row that its kind decides.
        #[derive(Debug, Clone, PartialEq)]
        // Pods are the most by far: beside the rest of their row, they cost one cache miss less each.
        pub enum Body {
            $($variant($held),)*
            Table(TableRow),
            /// The object could not be read: why.
            Broken(Box<str>),
        }

        impl Body {
            pub(crate) fn cell<'a>(&'a self, id: &str, meta: &'a Meta, judged: &'a Judgement) -> Cell<'a> {
                match self {
                    $(Self::$variant(facts) => match facts.cell(id, meta) {
                        Cell::Missing => facts::common(id, meta, judged).unwrap_or(Cell::Missing),
                        cell => cell,
                    },)*
                    Self::Table(row) => row.cell(id, meta),
                    Self::Broken(_) => facts::common(id, meta, judged).unwrap_or(Cell::Missing),
                }
            }

            pub(crate) fn columns(&self) -> &[Column] {
                match self {
                    $(Self::$variant(_) => $variant::COLUMNS,)*
                    Self::Table(row) => row.columns(),
                    Self::Broken(_) => &[],
                }
            }

            pub(crate) fn judge(&self, meta: &Meta, now: i64) -> Verdict {
                match self {
                    $(Self::$variant(facts) => facts.judge(meta, now),)*
                    Self::Table(row) => row.judge(meta),
                    Self::Broken(why) => Verdict::new("Unreadable", Class::Unknown).note(why.clone()),
                }
            }
        }

        impl Row {
            $(pub fn $accessor(&self) -> Option<&$variant> {
                match &self.body {
                    Body::$variant(facts) => Some(facts),
                    _ => None,
                }
            })*
        }

        impl Typed {
            pub(crate) fn columns(self) -> &'static [Column] {
                match self {
                    $(Self::$variant => $variant::COLUMNS,)*
                }
            }
        }
    };
}

bodies! {
    Pod(Pod) pod,
    Node(Box<Node>) node,
    Namespace(Box<Namespace>) namespace,
    Deployment(Box<Deployment>) deployment,
    StatefulSet(Box<StatefulSet>) stateful_set,
    DaemonSet(Box<DaemonSet>) daemon_set,
    ReplicaSet(Box<ReplicaSet>) replica_set,
    Job(Box<Job>) job,
    CronJob(Box<CronJob>) cron_job,
    Service(Box<Service>) service,
    Ingress(Box<Ingress>) ingress,
    EndpointSlice(Box<EndpointSlice>) endpoint_slice,
    ServiceAccount(Box<ServiceAccount>) service_account,
    PersistentVolume(Box<PersistentVolume>) persistent_volume,
    PersistentVolumeClaim(Box<PersistentVolumeClaim>) persistent_volume_claim,
    PodDisruptionBudget(Box<PodDisruptionBudget>) pod_disruption_budget,
    HorizontalPodAutoscaler(Box<HorizontalPodAutoscaler>) horizontal_pod_autoscaler,
    Event(Box<Event>) event,
    Role(Box<Role>) role,
    RoleBinding(Box<RoleBinding>) role_binding,
}

impl Row {
    pub fn table(&self) -> Option<&TableRow> {
        match &self.body {
            Body::Table(row) => Some(row),
            _ => None,
        }
    }
}
