//! The effective permissions as one policy.
use crate::context::Context;
use crate::request::RolePolicies;
/// todo
pub struct EffectivePolicy {}
/// todo
pub fn effective_policy(_: &RolePolicies, _: &Context) -> EffectivePolicy {
    EffectivePolicy {}
}
