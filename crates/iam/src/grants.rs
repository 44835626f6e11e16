//! What the policies of a principal come to, as sets of actions: the ground on which who-can and the forward view stand.
//! A statement is a set of actions, patterns of resources and what is known of its conditions; the layers that limit a
//! principal are intersected, what is denied is taken away. Every resource that is judged is a concrete one, so that what is
//! said to be allowed is.

mod applicable;
mod cells;
mod judge;
mod layers;
mod resource;
mod rules;
mod unknown;

pub(crate) use applicable::{applicable, needing_resource, types, wildcard_only};
pub(crate) use cells::{Cell, CellSets};
pub(crate) use judge::{Asked, Finding, Granted};
pub(crate) use layers::{Layers, example, is_exempt_of_control};
pub(crate) use resource::ResourceGlob;
pub(crate) use rules::{Compiler, Resources};

#[cfg(test)]
mod tests;
