//! First windows over many pods that are there already: filter, sort and cut.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use periscope_model::SystemClock;
use periscope_store::{Lease, Options, Part, Query, Store, Visible};
use serde_json::{Value, json};

use crate::process;
use crate::source::{Scripted, pods_of};

const QUERIES: &[(&str, &str)] = &[
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
    ("image:service-12 namespace:team-01", "-cpu"),
    ("cpu:>=300m,<100m", "-cpu"),
];

/// A thread's CPU time moves on in steps of some milliseconds, so that several runs are measured together.
const TOGETHER: u32 = 8;
/// The least of so many counts: what else runs on the machine only ever adds.
const TIMES: usize = 4;

pub(crate) async fn run(pods: usize) -> anyhow::Result<Value> {
    let store = Store::new(Arc::new(SystemClock), Arc::new(Scripted), Options::default());
    let lease = store.lease(pods_of(pods)?);
    ensure!(lease.ready(Duration::from_mins(10)).await, "the rows did not arrive");
    let measured: Vec<Value> =
        QUERIES.iter().map(|(filter, sort)| measure(&store, &lease, filter, sort)).collect::<anyhow::Result<_>>()?;
    Ok(json!({"pods": pods, "queries": measured}))
}

fn measure(store: &Store, lease: &Lease, filter: &str, sort: &str) -> anyhow::Result<Value> {
    let query = Query::parse(Vec::new(), filter, sort)
        .map_err(|error| anyhow::anyhow!("filter {filter:?}, sort {sort:?}: {}", error.message))?;
    let mut total = 0;
    let mut times: Vec<f64> = (0..TIMES)
        .map(|_| {
            let began = process::thread_cpu();
            for _ in 0..TOGETHER {
                let parts = vec![Part { lease: lease.clone(), visible: Visible::All }];
                total = store.view(parts, query.clone()).window(0, 100).total;
            }
            (process::thread_cpu() - began) / f64::from(TOGETHER)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    Ok(json!({"filter": filter, "sort": sort, "rows": total, "ms": times[0], "worst": times[TIMES - 1]}))
}
