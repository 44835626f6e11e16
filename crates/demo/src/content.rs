//! What the clusters contain at the start.

mod access;
mod attached;
pub(crate) mod batch;
pub(crate) mod builder;
mod custom;
pub(crate) mod events;
mod examples;
pub(crate) mod image;
pub(crate) mod managed;
mod namespaces;
pub(crate) mod nodes;
pub(crate) mod pod;
mod prototype;
mod storage;
mod system;
mod teams;
mod template;
mod trouble;
pub(crate) mod workloads;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::aws;
use crate::cluster::Cluster;
use crate::profile::Flavour;
use crate::storage::hole as storage_hole;
use builder::Builder;
use prototype::Prototype;
use teams::App;

/// What `prod-eu` holds when nobody asks for a number.
const DEFAULT_PODS: usize = 1500;
/// Pods on each node that come from daemon sets.
const DAEMONS: usize = 6;

pub(crate) fn fill(cluster: &Arc<Cluster>, pods: Option<usize>) {
    let builder = Builder::new(cluster);
    access::fill(&builder);
    storage::classes(&builder);
    let (node_count, apps) = plan(cluster.profile.flavour, pods.unwrap_or(DEFAULT_PODS));
    namespaces::fill(&builder, &apps);
    let mut nodes = nodes::fill(&builder, node_count);
    custom::definitions(&builder);
    system::fill(&builder, &mut nodes);
    let (tenants, teams): (Vec<&App>, Vec<&App>) = apps.iter().partition(|app| app.is_tenant());
    for app in &teams {
        workloads::app(&builder, &mut nodes, app);
    }
    fill_tenants(&builder, &mut nodes, &tenants);
    trouble::fill(&builder, &mut nodes);
    custom::resources(&builder, &apps, &nodes);
    events::fill(&builder);
    if cluster.profile.eks.is_some() {
        examples::fill(&builder, &mut nodes);
        roles(cluster, &apps);
    }
}

/// Tells AWS of the workloads whose role there is.
fn roles(cluster: &Cluster, apps: &[App]) {
    let (namespace, name) = (storage_hole("ns"), storage_hole("app"));
    let tenants = aws::has_role(&namespace, &name);
    let with_role =
        apps.iter().filter(|app| if app.is_tenant() { tenants } else { aws::has_role(&app.namespace, &app.name) });
    cluster
        .aws
        .add_apps(cluster.profile.id, with_role.map(|app| (app.namespace.as_str().into(), app.name.as_str().into())));
}

/// Thousands of workloads from a few prototypes, one for each shape and size.
fn fill_tenants(builder: &Builder<'_>, nodes: &mut [nodes::Node], apps: &[&App]) {
    let mut prototypes = BTreeMap::new();
    for app in apps {
        let key = (app.shape == teams::Shape::Web, app.replicas);
        prototypes.entry(key).or_insert_with(|| Prototype::of(builder, app)).make(builder, nodes, app);
    }
}

fn plan(flavour: Flavour, pods: usize) -> (usize, Vec<App>) {
    match flavour {
        Flavour::Staging => (9, teams::staging()),
        Flavour::Edge => (4, teams::edge()),
        Flavour::Production => {
            let mut apps = teams::production();
            // a small world has fewer nodes, as each carries its daemons
            let nodes = (pods / 28).max(if pods < DEFAULT_PODS { 40 } else { 60 });
            let others = system::PRODUCTION_PODS + examples::PODS;
            let wanted = pods.saturating_sub(nodes * DAEMONS + others);
            let base: usize = apps.iter().map(|app| app.replicas).sum();
            if wanted > base * 2 {
                apps.extend(teams::tenants(wanted - base));
            } else {
                stretch(&mut apps, base, wanted);
            }
            (nodes, apps)
        }
    }
}

/// Makes the workloads larger or smaller in proportion, so that together they have the pods wanted.
fn stretch(apps: &mut [App], base: usize, wanted: usize) {
    for app in apps.iter_mut().filter(|app| matches!(app.shape, teams::Shape::Web | teams::Shape::Worker)) {
        app.replicas = (app.replicas * wanted / base.max(1)).max(1);
    }
}
