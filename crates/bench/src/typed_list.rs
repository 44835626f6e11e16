//! What a client does that lists typed pods: the whole list into memory, then into structs.

use anyhow::Context;
use k8s_openapi::api::core::v1::Pod;
use kube::api::ListParams;
use kube::{Api, Client, Config};
use serde_json::{Value, json};

use crate::process;

pub(crate) fn client(server: &str) -> anyhow::Result<Client> {
    let mut config = Config::new(server.parse().context("the API server's address")?);
    // A long list is silent while the server prepares it.
    config.read_timeout = None;
    Client::try_from(config).context("no client")
}

pub(crate) async fn run(server: &str) -> anyhow::Result<Value> {
    let pods: Api<Pod> = Api::all(client(server)?);
    let (resident, began) = (process::resident(), process::cpu());
    let list = pods.list(&ListParams::default()).await.context("cannot list pods")?;
    let cpu = process::cpu() - began;
    Ok(json!({"pods": list.items.len(), "cpu": cpu, "bytes": process::resident() - resident, "peak": process::peak()}))
}
