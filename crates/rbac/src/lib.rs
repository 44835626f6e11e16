#![doc = include_str!("../README.md")]

mod evaluate;
mod object;
mod policies;
mod request;
mod rule;
mod who;

pub use evaluate::{Decision, Grant};
pub use object::{AggregationRule, Binding, BindingScope, LabelSelector, Role, RoleRef, Subject};
pub use policies::{ObjectError, Policies};
pub use request::{Request, Target};
pub use rule::Rule;
pub use who::Holder;
