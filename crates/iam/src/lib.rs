#![doc = include_str!("../README.md")]

mod action;
mod action_set;
mod arn;
mod assume;
mod cases;
mod condition;
mod context;
mod decide;
mod document;
mod error;
mod explain;
mod forward;
mod grants;
mod json;
mod logic;
mod overlap;
mod pattern;
mod policy;
mod principal;
mod reference;
mod request;
mod residual;
mod resource;
mod sensitive;
mod special;
mod text;
mod truth;
mod variable;
mod who_can;

pub use action::Action;
pub use action_set::{ActionGlob, ActionSet};
pub use arn::account;
pub use assume::{
    Chain, Node as ChainNode, PodIdentity, Target as AssumeTarget, WebIdentity, assume_by_pod_identity,
    assume_by_web_identity, assume_role, chains,
};
pub use cases::Cases;
pub use context::{Context, Found};
pub use decide::{Verdict, decide};
pub use error::ParseError;
pub use explain::{Explanation, Outcome, Reason, explain};
pub use forward::{
    EffectivePolicy, Forward, Grant, Permission, SensitiveHeld, ServicePermissions, effective_policy, forward,
};
pub use policy::{ConditionText, Effect, Listed, Policy, PolicyKind, Problem, Statement};
pub use principal::{Kind as PrincipalKind, Principal};
pub use reference::{AccessLevel, ActionId, KnownAction, KnownService, Reference, ResourceType, ServiceId, reference};
pub use request::{Facts, Layer, Policies, Request, RolePolicies};
pub use residual::Residual;
pub use sensitive::{Catalogue, CatalogueError, Entry as SensitiveEntry, Extension, Silence};
pub use special::is_trust_question;
pub use truth::Truth;
pub use who_can::{Detail, Found as WhoCan, Index, Question, QuestionError};
