#![expect(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "it measures real time, and prints roundly"
)]
//! Measures the store with synthetic pods of about 9.5 KB of JSON: memory per row, parsing, sorting, filtering.
//!
//! `cargo run --release -p periscope-store --example measure`

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream;
use periscope_cluster::{Error, ListEnd, ListFrame, ListOptions, WatchOptions};
use periscope_model::{ClusterId, KindId, SystemClock};
use periscope_store::{
    FeedKey, Lease, ListFrames, Options, Part, Query, Source, Store, Upstream, Visible, WatchEvents,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A cluster with so many pods.
struct Pods(usize);

fn pod(number: usize) -> String {
    let (workload, namespace) = (number / 50, number / 400 % 40);
    let noise: Vec<String> = (0..44)
        .map(|field| format!(r#""f:field-{field}":{{"k:{{\"name\":\"LONG_ENVIRONMENT_NAME_{field}\"}}":{{".":{{}},"f:name":{{}},"f:value":{{}}}}}},"#))
        .collect();
    let env: Vec<String> = (0..44)
        .map(|at| format!(r#"{{"name":"LONG_ENVIRONMENT_NAME_{at}","value":"a value of the usual length {at}"}},"#))
        .collect();
    let (noise, env) = (noise.concat(), env.concat());
    format!(
        r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"service-{workload:04}-5f6d7c8b9-{number:06}","namespace":"team-{namespace}",
        "uid":"7c1f0a52-9f3e-4b6e-8d5a-{number:012x}","resourceVersion":"{number}","creationTimestamp":"2026-11-2{}T09:{:02}:00Z",
        "labels":{{"app":"service-{workload}","pod-template-hash":"5f6d7c8b9","team":"team-{namespace}"}},
        "annotations":{{"prometheus.io/scrape":"true","checksum/config":"{}"}},
        "ownerReferences":[{{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"service-{workload}-5f6d7c8b9","uid":"{workload:032x}","controller":true}}],
        "managedFields":[{{"manager":"kubelet","operation":"Update","time":"2026-11-24T09:00:00Z","fieldsV1":{{{noise}"f:x":{{}}}}}}]}},
        "spec":{{"nodeName":"ip-10-0-{}-{}.eu-west-1.compute.internal","serviceAccountName":"service-{workload}","containers":[{{"name":"app",
        "image":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/service-{workload}:1.{}","env":[{env}{{"name":"LAST"}}],
        "resources":{{"requests":{{"cpu":"{}m","memory":"{}Mi"}},"limits":{{"memory":"1Gi"}}}}}}]}},
        "status":{{"phase":"Running","podIP":"10.{}.{}.{}","qosClass":"Burstable","startTime":"2026-11-24T09:00:00Z",
        "conditions":[{{"type":"Initialized","status":"True"}},{{"type":"Ready","status":"True","lastTransitionTime":"2026-11-24T09:00:00Z"}}],
        "containerStatuses":[{{"name":"app","ready":true,"started":true,"restartCount":{},
        "imageID":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/service-{workload}@sha256:{workload:064x}",
        "state":{{"running":{{"startedAt":"2026-11-24T09:00:00Z"}}}}}}]}}}}"#,
        number % 5,
        number % 60,
        "0".repeat(64),
        number % 600 / 250,
        number % 250,
        number % 7,
        100 + number % 9 * 50,
        256 + number % 5 * 128,
        number >> 16 & 255,
        number >> 8 & 255,
        number & 255,
        number % 23 / 20,
    )
}

impl Source for Pods {
    fn namespaced(&self) -> bool {
        true
    }

    fn list(&self, _: ListOptions) -> BoxFuture<'_, Result<ListFrames, Error>> {
        let frames = stream::iter((0..self.0).map(|number| Ok(ListFrame::Item(Bytes::from(pod(number))))));
        let end = ListEnd { resource_version: "1".to_owned(), ..ListEnd::default() };
        Box::pin(std::future::ready(Ok(frames.chain(stream::iter([Ok(ListFrame::End(end))])).boxed())))
    }

    fn watch(&self, _: WatchOptions) -> BoxFuture<'_, Result<WatchEvents, Error>> {
        Box::pin(std::future::ready(Ok(stream::pending().boxed())))
    }
}

struct Clusters;

impl Upstream for Clusters {
    /// The cluster's id is how many pods it has.
    fn source(&self, key: &FeedKey) -> BoxFuture<'static, Result<Arc<dyn Source>, Error>> {
        let pods: Arc<dyn Source> = Arc::new(Pods(key.cluster.as_str().parse().unwrap_or(0)));
        Box::pin(std::future::ready(Ok(pods)))
    }

    fn namespaces(&self, _: &FeedKey) -> BoxFuture<'static, Vec<String>> {
        Box::pin(std::future::ready(Vec::new()))
    }
}

/// Resident memory in bytes.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
}

#[expect(clippy::print_stdout, reason = "it is what a measurement is for")]
fn say(what: &str, value: f64, unit: &str) {
    println!("{what:<58} {value:>10.2} {unit}");
}

async fn filled(store: &Store, pods: usize) -> Option<Lease> {
    let kind = KindId::new("", "pods").ok()?;
    let lease = store.lease(FeedKey::shared(ClusterId::slug(&pods.to_string()), kind));
    lease.ready(Duration::from_mins(10)).await;
    Some(lease)
}

/// Milliseconds of CPU that this thread has had.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

/// The least time that `work` took in a few runs, in milliseconds.
fn least(mut work: impl FnMut()) -> f64 {
    let run = |_| {
        let began = Instant::now();
        work();
        began.elapsed().as_secs_f64() * 1e3
    };
    (0..15).map(run).fold(f64::INFINITY, f64::min)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // One query over and over, for a profiler.
    let only = std::env::args().nth(1);
    let store = Store::new(Arc::new(SystemClock), Arc::new(Clusters), Options::default());
    let began = cpu();
    let bytes: usize = (0..10_000).map(|number| pod(number).len()).sum();
    let making = (cpu() - began) / 1e4;
    let mut samples = Vec::new();
    for pods in [10_000_u32, 100_000] {
        let (before, began) = (resident(), cpu());
        let Some(lease) = filled(&store, pods as usize).await else { return };
        let took = (cpu() - began) / f64::from(pods) - making;
        samples.push((f64::from(pods), resident() - before));
        say(&format!("parse and store, {pods} pods"), took * 1e3, "µs/pod");
        if pods == 100_000 {
            queries(&store, &lease, only.as_deref());
        }
    }
    say("JSON of one pod", bytes as f64 / 10_000.0 / 1024.0, "KB");
    if let [(few, small), (many, large)] = samples[..] {
        say("memory per row, slope of 10k to 100k", (large - small) / (many - few) / 1024.0, "KB");
    }
}

fn queries(store: &Store, lease: &Lease, only: Option<&str>) {
    let all = || vec![Part { lease: lease.clone(), visible: Visible::All }];
    for (filter, sort) in [
        ("", ""),
        ("", "name"),
        ("", "-age"),
        ("", "status,-restarts"),
        ("", "-memory,node"),
        ("", "ip"),
        ("", "node"),
        ("checkout", ""),
        ("0042", "-age"),
        ("status:failing", ""),
        ("label:app=service-7", ""),
        ("/service-00[0-9]{2}-.*7$/", ""),
        ("restarts:>0 !node:ip-10-0-1", "name"),
        ("cpu:>=300m,<100m", "-cpu"),
    ] {
        let Ok(query) = Query::parse(Vec::new(), filter, sort) else { continue };
        if only.is_some_and(|only| only != format!("{filter}|{sort}")) {
            continue;
        }
        if only.is_some() {
            (0..300).for_each(|_| drop(store.view(all(), query.clone()).window(0, 100)));
        }
        let mut total = 0;
        let first = least(|| total = store.view(all(), query.clone()).window(0, 100).total);
        say(&format!("filter {filter:?} sort {sort:?} → {total} rows"), first, "ms");
        let view = store.view(all(), query);
        view.window(0, 100);
        let mut from = 0;
        let another = least(|| {
            from += 100;
            view.window(from, 100);
        });
        say("    another window of it", another, "ms");
    }
}
