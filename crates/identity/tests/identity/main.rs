//! Answers about a small made-up cluster.

mod access;
mod bindings;
mod in_force;
mod session;
mod world;
