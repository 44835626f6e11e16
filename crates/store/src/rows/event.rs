//! Events, of `v1` and `events.k8s.io/v1`: the same objects in two spellings.

use periscope_model::Tone;
use serde::Deserialize;

use super::meta::{RawMeta, uid_number};
use super::parse::Raw;
use super::{Body, Facts, Meta};
use crate::cell::{Cell, Column, ColumnType};
use crate::intern::{Pools, Sym};
use crate::json::Text;
use crate::judge::{Class, Verdict};
use crate::time;

/// Longer messages are cut; the whole one is one click away.
const MAX_MESSAGE: usize = 1024;

/// An event. Times are epoch seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// `Normal` or `Warning`.
    pub kind: Sym,
    pub reason: Sym,
    pub message: Sym,
    /// How often it was seen, whichever field says so.
    pub count: u32,
    pub first_seen: Option<i64>,
    pub last_seen: Option<i64>,
    pub source: Option<Sym>,
    pub regarding: Regarding,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Regarding {
    /// API group, without version.
    pub group: Sym,
    pub kind: Sym,
    pub namespace: Sym,
    pub name: Sym,
    pub uid: u128,
}

impl Event {
    pub fn is_warning(&self) -> bool {
        &*self.kind == "Warning"
    }
}

impl Facts for Event {
    const COLUMNS: &'static [Column] = &[
        Column::new("lastSeen", "Last seen", ColumnType::Age),
        Column::text("type", "Type"),
        Column::text("reason", "Reason"),
        Column::text("object", "Object"),
        Column::text("message", "Message"),
        Column::number("count", "Count"),
        Column::text("source", "Source").wide(),
        Column::new("firstSeen", "First seen", ColumnType::Age).wide(),
        Column::age().wide(),
    ];

    fn cell<'a>(&'a self, id: &str, meta: &'a Meta) -> Cell<'a> {
        match id {
            "lastSeen" => Cell::time(self.last_seen.or(meta.created)),
            "firstSeen" => Cell::time(self.first_seen.or(meta.created)),
            "type" => Cell::text(&self.kind),
            "reason" => Cell::text(&self.reason),
            "object" => Cell::owned(format!("{}/{}", self.regarding.kind, self.regarding.name)),
            "message" => Cell::text(&self.message),
            "count" => Cell::Int(self.count.into()),
            "source" => Cell::some(self.source.as_deref()),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, _: &Meta, _: i64) -> Verdict {
        if self.is_warning() { Verdict::new("", Class::Neutral).tone(Tone::Warning) } else { Verdict::neutral() }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RawEvent<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    reason: Text<'a>,
    #[serde(borrow, alias = "note")]
    message: Text<'a>,
    #[serde(alias = "deprecatedCount")]
    count: Option<u32>,
    series: Option<RawSeries>,
    #[serde(borrow, alias = "deprecatedFirstTimestamp")]
    first_timestamp: Text<'a>,
    #[serde(borrow, alias = "deprecatedLastTimestamp")]
    last_timestamp: Text<'a>,
    #[serde(borrow)]
    event_time: Text<'a>,
    #[serde(borrow, alias = "deprecatedSource")]
    source: RawSource<'a>,
    #[serde(borrow, alias = "reportingController")]
    reporting_component: Text<'a>,
    #[serde(borrow, alias = "regarding")]
    involved_object: RawRegarding<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawSeries {
    count: u32,
    last_observed_time: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawSource<'a> {
    #[serde(borrow)]
    component: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawRegarding<'a> {
    #[serde(borrow)]
    api_version: Text<'a>,
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    namespace: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    uid: Text<'a>,
}

impl<'a> Raw<'a> for RawEvent<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let series = self.series.as_ref();
        let at = time::epoch(&self.event_time);
        let first = time::epoch(&self.first_timestamp).or(at);
        let last =
            [series.and_then(|series| time::epoch(&series.last_observed_time)), time::epoch(&self.last_timestamp), at];
        let regarding = &self.involved_object;
        let group = regarding.api_version.split_once('/').map_or("", |(group, _)| group);
        let source = if self.source.component.is_empty() { &self.reporting_component } else { &self.source.component };
        Body::Event(Box::new(Event {
            kind: pools.sym(&self.kind),
            reason: pools.sym(&self.reason),
            message: pools.sym(cut(&self.message)),
            count: series.map_or(0, |series| series.count).max(self.count.unwrap_or(0)).max(1),
            first_seen: first,
            last_seen: last.into_iter().flatten().max().or(first),
            source: pools.some(source),
            regarding: Regarding {
                group: pools.sym(group),
                kind: pools.sym(&regarding.kind),
                namespace: pools.sym(&regarding.namespace),
                name: pools.sym(&regarding.name),
                uid: uid_number(&regarding.uid),
            },
        }))
    }
}

fn cut(message: &str) -> &str {
    let end = (0..=MAX_MESSAGE.min(message.len())).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
    message[..end].trim_end()
}

#[cfg(test)]
mod tests {
    use crate::cell::Cell;
    use crate::testing;

    #[test]
    fn both_spellings_say_the_same() {
        let core = r#"{"metadata":{"name":"e","namespace":"n"},"type":"Warning","reason":"BackOff","message":"again","count":7,
            "firstTimestamp":"2026-11-24T10:00:00Z","lastTimestamp":"2026-11-24T10:19:06Z","source":{"component":"kubelet"},
            "involvedObject":{"apiVersion":"apps/v1","kind":"Deployment","namespace":"n","name":"d"}}"#;
        let new = r#"{"metadata":{"name":"e","namespace":"n"},"type":"Warning","reason":"BackOff","note":"again",
            "eventTime":"2026-11-24T10:00:00.000001Z","series":{"count":7,"lastObservedTime":"2026-11-24T10:19:06.5Z"},
            "reportingController":"kubelet","regarding":{"apiVersion":"apps/v1","kind":"Deployment","namespace":"n","name":"d"}}"#;
        let a = testing::row("events", core);
        let b = testing::row("events.events.k8s.io", new);
        assert_eq!(a.event(), b.event());
        assert_eq!(a.event().map(|event| event.count), Some(7));
        assert_eq!(a.cell("lastSeen"), Cell::Time(1_795_515_546));
    }
}
