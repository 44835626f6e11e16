#![doc = include_str!("../README.md")]

mod api;
mod aws;
mod cluster;
mod container;
mod content;
mod counts;
mod defaults;
mod deletion;
mod endpoints;
mod error;
mod identity;
mod kubeconfig;
mod life;
mod ownership;
mod profile;
mod registry;
mod selector;
mod serve;
mod storage;
mod tls;
mod tokens;
mod usage;
mod world;

pub use aws::{AwsFaults, WorldAccount, WorldAws};
pub use error::Error;
pub use identity::{PERSONAS, Persona};
pub use profile::Eks;
pub use world::{World, WorldCluster, WorldOptions};
