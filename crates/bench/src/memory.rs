//! Resident memory with so many pods.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use k8s_openapi::api::core::v1::Pod;
use kube::runtime::{reflector, watcher};
use periscope_model::SystemClock;
use periscope_store::{Options, Store};
use serde_json::{Value, json};

use crate::objects::Pods;
use crate::process;
use crate::source::{Scripted, pods_of};

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Keeper {
    /// Our rows.
    Rows,
    /// kube-rs's reflector store of typed pods.
    Reflector,
}

pub(crate) async fn run(keeper: Keeper, pods: usize) -> anyhow::Result<Value> {
    let before = process::resident();
    let grown = match keeper {
        Keeper::Rows => rows(pods).await?,
        Keeper::Reflector => reflected(pods)?,
    };
    let json_bytes = Pods::new().pod(pods / 2, 0, 1).len();
    Ok(json!({"pods": pods, "bytes": grown - before, "peak": process::peak(), "jsonBytes": json_bytes}))
}

async fn rows(pods: usize) -> anyhow::Result<f64> {
    let store = Store::new(Arc::new(SystemClock), Arc::new(Scripted), Options::default());
    let lease = store.lease(pods_of(pods)?);
    ensure!(lease.ready(Duration::from_mins(10)).await, "the rows did not arrive");
    let resident = process::resident();
    ensure!(store.stats().rows == pods, "{} rows instead of {pods}", store.stats().rows);
    drop(lease);
    Ok(resident)
}

/// Generous: pods are parsed one by one, so that only the store itself stays.
fn reflected(pods: usize) -> anyhow::Result<f64> {
    let (reader, mut writer) = reflector::store::<Pod>();
    let source = Pods::new();
    writer.apply_watcher_event(&watcher::Event::Init);
    for number in 0..pods {
        let pod: Pod = serde_json::from_str(&source.pod(number, 0, 1)).context("a pod cannot be read")?;
        writer.apply_watcher_event(&watcher::Event::InitApply(pod));
    }
    writer.apply_watcher_event(&watcher::Event::InitDone);
    let resident = process::resident();
    ensure!(reader.state().len() == pods, "pods are missing");
    Ok(resident)
}
