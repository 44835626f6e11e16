//! Slim rows: what lists, search and joins need of an object, parsed straight from its raw JSON.
//!
//! Unknown fields are skipped unread. Nothing here holds managedFields, annotations (but the three that joins need) or
//! any value of a Secret or ConfigMap.

mod access;
mod batch;
mod body;
mod cluster;
mod container;
mod environment;
mod event;
mod facts;
mod meta;
mod network;
mod parse;
mod pod;
mod policy;
mod row;
mod storage;
mod table;
mod typed;
mod workload;

pub use access::{Role, RoleBinding, RoleRef, Rule, ServiceAccount, Subject};
pub use batch::{CronJob, Job};
pub use body::Body;
pub use cluster::{Namespace, Node, Taint};
pub use container::{Container, ContainerRole, PodTemplate, Resources, Use, UseKind};
pub use environment::AwsEnvironment;
pub use event::{Event, Regarding};
pub use meta::{Meta, Owner, uid_number, uid_text};
pub use network::{Backend, Endpoint, EndpointSlice, Ingress, Service, ServicePort};
pub use pod::{ContainerState, ContainerStatus, Pod, PodPhase};
pub use policy::{HorizontalPodAutoscaler, MetricReading, PodDisruptionBudget};
pub use row::Row;
pub use storage::{PersistentVolume, PersistentVolumeClaim};
pub use table::{Shape, TableCell, TableRow};
pub use typed::is_typed;
pub use workload::{Condition, DaemonSet, Deployment, ReplicaSet, Replicated, StatefulSet};

pub(crate) use facts::Facts;
pub(crate) use parse::{Identity, ParseError, Parsed, identity_of, parse, unreadable};
pub(crate) use row::{Draft, Order};
pub(crate) use table::{RawColumn, RawTable, TableParser};
pub(crate) use typed::Typed;
