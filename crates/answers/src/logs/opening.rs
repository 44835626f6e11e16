//! What comes before anything is read: opening somebody's log is an act of its own, on the record.

use std::sync::Arc;

use futures::future::BoxFuture;
use periscope_audit::Verb;
use periscope_cluster::Trace;
use periscope_model::Permission;

use super::follow::Following;
use super::shape::LogsWanted;
use crate::act::Act;
use crate::app::App;
use crate::context::Context;
use crate::error::Error;
use crate::kinds::known;

pub(super) type Opening = BoxFuture<'static, Result<Following, Error>>;

/// Authorises and records, then follows. Of a workload, the right to read every log of its namespace is asked for.
pub(super) fn open(app: Arc<App>, caller: Context, wanted: LogsWanted, verb: Verb) -> Opening {
    Box::pin(async move {
        let cluster = app.clusters.get(&wanted.cluster)?.clone();
        let served = cluster.discovered_now();
        let version =
            served.as_deref().and_then(|served| served.get(&wanted.kind)).map(|kind| kind.version.to_string());
        let mut target = Act::target(&cluster, &wanted.kind, version.as_deref().unwrap_or("v1"));
        target.namespace = Some(wanted.namespace.clone());
        target.name = Some(wanted.name.clone());
        target.subresource = Some("log".to_owned());
        let mut act =
            Act::new(&cluster, verb, target, &Trace::new(caller.request_id.clone())).needing([needed(&wanted)]);
        if !wanted.containers.is_empty() {
            act = act.with("containers", wanted.containers.clone());
        }
        if wanted.previous {
            act = act.with("previous", true);
        }
        if let Some(seconds) = wanted.since_seconds {
            act = act.with("sinceSeconds", seconds);
        }
        if verb == Verb::LogOpen {
            act = act.with("follow", wanted.follow);
        }
        let hand = app.act(&caller, act, |hand| async move { Ok(hand) }).await?.result?;
        Following::new(&app, &caller, wanted, hand)
    })
}

pub(super) fn needed(wanted: &LogsWanted) -> Permission {
    Permission {
        subresource: Some("log".to_owned()),
        name: wanted.is_pod().then(|| wanted.name.clone()),
        ..Permission::on("get", &known("pods"), Some(&wanted.namespace))
    }
}
