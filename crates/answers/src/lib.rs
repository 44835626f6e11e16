#![doc = include_str!("../README.md")]

mod access;
mod act;
mod actions;
mod app;
mod aws;
mod can_i;
mod clusters;
mod context;
mod counts;
mod door;
mod error;
mod events;
mod health;
mod history;
mod identity;
mod inventory;
mod kinds;
mod lists;
mod live;
mod logs;
mod namespaces;
mod objects;
mod overview;
mod people;
mod reach;
mod record;
mod reveal;
mod search;
mod sensitive;
#[cfg(test)]
mod testing;
mod warden;

pub use actions::{
    Action, ActionPreview, ActionRequest, ActionResult, ActionRun, Cascade, DrainPlan, DrainProgress, DrainState,
    DrainedPod, DryRun, Fate, Notice, PlannedPod, RecordedAt, ResultState, RevisionItem, RevisionList, RunList,
    RunState, Target, TargetPreview,
};
pub use app::{App, AppOptions, InventorySize};
pub use aws::{AwsCapability, AwsPart, AwsPartKind, AwsPartState, AwsStatus, CapabilitySource, CapabilityState};
pub use can_i::{CanIAnswer, CanIQuestion, PermissionAnswer, RoleGrant};
pub use clusters::{ClusterList, ClusterSpec, ClusterView, Eks, Environment, Via};
pub use context::{Context, StillIn};
pub use counts::{Count, Counts};
pub use error::Error;
pub use events::EventItem;
pub use health::{Amounts, Capacity, Health, NodeCapacity, NodeTotals, PodTotals, Rollout, Signal};
pub use identity::{
    AccessSummary, AwsAccess, AwsActionItem, AwsActionList, AwsChain, AwsLinks, AwsPod, AwsPods, AwsReason, AwsRole,
    AwsRoleList, AwsService, AwsServiceActions, AwsTrust, AwsVerdict, AwsWhy, Decision, Effect, FindingList,
    GrantedAction, LayerState, PolicyFile, SensitiveCatalog, SensitiveEntry, ServiceAccountList, WhoCan, WhoCanCluster,
    WhoCanHop, WhoCanQuestion, WhoCanRow, WhoCanTotal, WhyLayer, WhyQuestion,
};
pub use kinds::{Kind, KindGroup, KindList, Served};
pub use lists::{ClusterPart, ListQuery, Window, WindowSubscription, shape};
pub use live::{Live, LiveFrame, Subscription};
pub use logs::{LogDownload, LogForm, LogPhase, LogSource, LogTrouble, LogsWanted};
pub use namespaces::NamespaceItem;
pub use objects::{ContainerUsage, ObjectDetail, ObjectEvents, ObjectMetrics, RelatedGroup, RelatedItem};
pub use overview::{Fleet, FleetCluster, Overview};
pub use people::{ClusterAdmission, Entered, Impersonated, People, Policy, Revocation, TokenRefused, Visitor};
pub use record::{
    AuditBucket, AuditCheckpoint, AuditExport, AuditForm, AuditHistogram, AuditPage, AuditPair, AuditPhase,
    AuditQuestion, AuditResult, AuditRow, AuditScope, AuditStatus, AuditTarget, AuditVerb, LastCheckpoint,
};
pub use reveal::{RevealRequest, RevealedKey, ValueEncoding};
pub use search::SearchAnswer;

/// What the record of [`AppOptions`] is opened with.
pub use periscope_audit::{Record, RecordOptions, Store as RecordStore};
/// What the AWS of [`AppOptions`] is started with.
pub use periscope_aws::{
    AccountEntry, Aws, AwsOptions, CredentialSource, EksTarget, Endpoints, Keys, Limits, OrganizationEntry,
    RoleToAssume,
};
/// What a [`ClusterSpec`] says of the way to its cluster.
pub use periscope_cluster::{ConnectionSource, ConnectionSpec, Kubeconfig};
/// Which permissions in AWS are called sensitive.
pub use periscope_iam::Catalogue;
/// What answers about identities are made of.
pub use periscope_identity::ClusterAccess;
