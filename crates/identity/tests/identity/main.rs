//! Answers about a small made-up cluster.

mod access;
mod bindings;
mod chain;
mod findings;
mod in_force;
mod session;
mod who_can;
mod world;
