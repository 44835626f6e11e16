//! What is particular to a kind.

use super::{
    CronJob, DaemonSet, Deployment, EndpointSlice, Event, Facts, HorizontalPodAutoscaler, Ingress, Job, Meta,
    Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget, ReplicaSet, Role, RoleBinding,
    Row, Service, ServiceAccount, StatefulSet, TableRow, Typed, facts,
};
use crate::cell::{Cell, Column};
use crate::judge::{Class, Judgement, Verdict};

macro_rules! bodies {
    ($($variant:ident $accessor:ident),* $(,)?) => {
        /// The part of a row that its kind decides.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Body {
            $($variant(Box<$variant>),)*
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
    Pod pod,
    Node node,
    Namespace namespace,
    Deployment deployment,
    StatefulSet stateful_set,
    DaemonSet daemon_set,
    ReplicaSet replica_set,
    Job job,
    CronJob cron_job,
    Service service,
    Ingress ingress,
    EndpointSlice endpoint_slice,
    ServiceAccount service_account,
    PersistentVolume persistent_volume,
    PersistentVolumeClaim persistent_volume_claim,
    PodDisruptionBudget pod_disruption_budget,
    HorizontalPodAutoscaler horizontal_pod_autoscaler,
    Event event,
    Role role,
    RoleBinding role_binding,
}

impl Row {
    pub fn table(&self) -> Option<&TableRow> {
        match &self.body {
            Body::Table(row) => Some(row),
            _ => None,
        }
    }
}
