#![doc = include_str!("../README.md")]

mod action;
mod arn;
mod condition;
mod context;
mod document;
mod error;
mod json;
mod pattern;
mod policy;
mod principal;
mod resource;
mod text;
mod truth;
mod variable;

pub use action::Action;
pub use arn::account;
pub use context::{Context, Found};
pub use error::ParseError;
pub use policy::{ConditionText, Effect, Listed, Policy, PolicyKind, Problem, Statement};
pub use principal::{Kind as PrincipalKind, Principal};
pub use truth::Truth;
