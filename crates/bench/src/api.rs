//! A scripted API server on loopback, for one cluster: enough of the protocol for Periscope and kube-rs to list and
//! watch, and a count of what they asked. It believes everybody and allows everything; it is for measurements only.

mod answer;
mod collection;
mod discovery;
mod logs;
mod world;

use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::Context;
use serde_json::json;
use tokio::net::TcpListener;

use world::World;

#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Sizes {
    #[arg(long, default_value_t = 0)]
    pub(crate) pods: usize,
    #[arg(long, default_value_t = 0)]
    pub(crate) replica_sets: usize,
    #[arg(long, default_value_t = 0)]
    pub(crate) events: usize,
}

/// Serves until it is killed; says where it listens once everything is there.
pub(crate) async fn run(sizes: Sizes) -> anyhow::Result<()> {
    let world = Arc::new(World::new(sizes));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("cannot listen")?;
    let server = format!("http://{}", listener.local_addr()?);
    tokio::spawn(world::change(world.clone()));
    let logs = world.logs.clone();
    tokio::spawn(async move { logs.write(world::jiff_now).await });
    crate::say(&json!({"server": server}))?;
    axum::serve(listener, answer::router(world)).await.context("cannot serve")
}
