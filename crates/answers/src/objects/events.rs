//! The events of one object: what the API server still holds, read as the caller, and what was kept from before.

use std::collections::HashSet;

use jiff::Timestamp;
use periscope_cluster::{Error as Upstream, Identity, ListFrame, ListOptions};
use periscope_model::{Answer, Gap, KindId, ObjectRef, Permission, Phase, ResourceType, Source, State};
use serde::{Deserialize, Serialize};

use super::{check_place, describe};
use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::events::EventItem;
use crate::history::Kept;

/// Events read of one object.
const MAX_EVENTS: usize = 500;

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectEvents {
    /// Newest first.
    pub events: Vec<EventItem>,
    /// What happened before is not known; absent when only the API server's own hour is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub history_start: Option<Timestamp>,
}

impl App {
    /// Nothing is told that the caller could not list.
    pub async fn object_events(&self, context: &Context, place: &ObjectRef) -> Result<Answer<ObjectEvents>, Error> {
        check_place(place)?;
        let cluster = self.clusters.get(&place.cluster)?.clone();
        let kind = cluster.resource(&place.kind).await?.kind;
        let events = crate::kinds::known("events");
        let resource = cluster.resource_type(&events).await?;
        let identity = cluster.human(context)?;
        let read = Reading { cluster: &cluster, identity: &identity, resource: &resource, place, kind: &kind };
        let live = match read.events().await {
            Ok(live) => live,
            Err(Upstream::Refused { .. }) => return Ok(self.refused(place, &events)),
            Err(error) => return Err(cluster.error(&error, || format!("events of {}", describe(place)))),
        };
        let kept = self.history.of_object(place).await?;
        let history_start = self.history.starts_at(&place.cluster).await?;
        let mut answer = self.live_answer(ObjectEvents { events: merge(live, kept), history_start }, place);
        answer.sources[0].what = format!("events of {}, live", describe(place));
        if let Some(since) = history_start {
            let state = State::new(Phase::Live, since);
            answer.sources.push(Source { what: "events kept by Periscope".to_owned(), at: answer.as_of, state });
        }
        Ok(answer)
    }

    fn refused(&self, place: &ObjectRef, events: &KindId) -> Answer<ObjectEvents> {
        let mut answer = self.live_answer(ObjectEvents { events: Vec::new(), history_start: None }, place);
        answer.sources.clear();
        let needed = Permission::on("list", events, Some(place.namespace.as_deref().unwrap_or("default")));
        answer.gaps.push(Gap::missing_permission(format!("events of {}", describe(place)), needed));
        answer
    }
}

struct Reading<'a> {
    cluster: &'a Cluster,
    identity: &'a Identity,
    resource: &'a ResourceType,
    place: &'a ObjectRef,
    /// `Pod`.
    kind: &'a str,
}

impl Reading<'_> {
    /// Events of cluster-scoped objects are in the namespace `default`.
    async fn events(&self) -> Result<Vec<Kept>, Upstream> {
        let namespace = self.place.namespace.clone().unwrap_or_else(|| "default".to_owned());
        let (name, kind) = (selector_value(&self.place.name), selector_value(self.kind));
        let selector = format!("involvedObject.name={name},involvedObject.kind={kind}");
        let options = ListOptions {
            namespace: Some(namespace),
            field_selector: Some(selector),
            limit: u32::try_from(MAX_EVENTS).ok(),
            ..ListOptions::default()
        };
        let connection =
            self.cluster.connection().map_err(|error| Upstream::Unreachable { reason: error.to_string() })?;
        let mut list = connection.list(self.identity, self.resource, options).await?;
        let mut events = Vec::new();
        while let Some(frame) = list.next().await {
            if let ListFrame::Item(json) = frame?
                && let Ok(raw) = serde_json::from_slice::<RawEvent>(&json)
            {
                events.push(raw.kept(self.place));
            }
        }
        Ok(events)
    }
}

/// As k8s.io/apimachinery's `fields.EscapeValue`: a name is one value, whatever is in it.
fn selector_value(text: &str) -> String {
    text.chars().flat_map(|c| matches!(c, '\\' | ',' | '=').then_some('\\').into_iter().chain([c])).collect()
}

/// What the API server says of an event replaces what was kept of it.
fn merge(live: Vec<Kept>, kept: Vec<Kept>) -> Vec<EventItem> {
    let known: HashSet<String> = live.iter().map(|event| event.uid.clone()).collect();
    let older = kept.into_iter().filter(|event| !known.contains(&event.uid));
    let mut events: Vec<EventItem> = live.into_iter().chain(older).map(|event| event.item).collect();
    events.sort_by(|a, b| b.last_seen.cmp(&a.last_seen).then_with(|| a.reason.cmp(&b.reason)));
    events.truncate(MAX_EVENTS);
    events
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawEvent {
    metadata: RawMetadata,
    r#type: String,
    reason: String,
    message: String,
    count: Option<u32>,
    series: Option<RawSeries>,
    first_timestamp: Option<Timestamp>,
    last_timestamp: Option<Timestamp>,
    event_time: Option<Timestamp>,
    source: Option<RawSource>,
    reporting_component: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawMetadata {
    uid: String,
    creation_timestamp: Option<Timestamp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawSeries {
    count: u32,
    last_observed_time: Option<Timestamp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawSource {
    component: String,
}

impl RawEvent {
    fn kept(self, place: &ObjectRef) -> Kept {
        let series = self.series.as_ref();
        let first = self.first_timestamp.or(self.event_time).or(self.metadata.creation_timestamp);
        let seen = [series.and_then(|series| series.last_observed_time), self.last_timestamp, self.event_time];
        let component = self.source.map(|source| source.component).filter(|component| !component.is_empty());
        let reporting = Some(self.reporting_component).filter(|component| !component.is_empty());
        let item = EventItem {
            kind: self.r#type,
            reason: self.reason,
            message: self.message,
            count: series.map_or(0, |series| series.count).max(self.count.unwrap_or(0)).max(1),
            object: place.clone(),
            first_seen: first,
            last_seen: seen.into_iter().flatten().max().or(first),
            source: component.or(reporting),
        };
        Kept { uid: self.metadata.uid, item }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(uid: &str, reason: &str, second: i64) -> Kept {
        let place = ObjectRef {
            cluster: "a".parse().expect("valid"),
            kind: "pods".parse().expect("valid"),
            namespace: Some("shop".into()),
            name: "api".into(),
        };
        let at = Timestamp::from_second(second).expect("valid");
        let json = serde_json::json!({"metadata": {"uid": uid}, "reason": reason, "lastTimestamp": at});
        serde_json::from_value::<RawEvent>(json).expect("an event").kept(&place)
    }

    #[test]
    fn what_the_api_server_says_replaces_what_was_kept() {
        let merged = merge(vec![kept("a", "new", 30)], vec![kept("a", "old", 10), kept("b", "gone upstream", 20)]);
        let reasons: Vec<&str> = merged.iter().map(|event| event.reason.as_str()).collect();
        assert_eq!(reasons, ["new", "gone upstream"]);
    }

    #[test]
    fn a_name_is_one_value_of_a_selector() {
        assert_eq!(selector_value("api-7d9"), "api-7d9");
        assert_eq!(selector_value("x,involvedObject.kind!=Pod\\"), "x\\,involvedObject.kind!\\=Pod\\\\");
    }

    #[test]
    fn a_series_counts_and_dates_itself() {
        let json = serde_json::json!({"metadata": {}, "eventTime": "2026-11-24T10:00:00.000001Z", "firstTimestamp": null,
            "series": {"count": 4, "lastObservedTime": "2026-11-24T10:05:00Z"}, "reportingComponent": "kubelet"});
        let place = kept("a", "", 0).item.object;
        let item = serde_json::from_value::<RawEvent>(json).expect("an event").kept(&place).item;
        assert_eq!((item.count, item.source.as_deref()), (4, Some("kubelet")));
        assert_eq!(item.last_seen.map(|at| at.to_string()).as_deref(), Some("2026-11-24T10:05:00Z"));
    }
}
