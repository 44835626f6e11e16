//! Jobs and CronJobs.

use std::sync::Arc;

use periscope_model::Tone;
use serde::Deserialize;

use super::meta::RawMeta;
use super::parse::Raw;
use super::workload::{RawCondition, RawSelector, RawTemplate};
use super::{Body, Condition, Facts, Meta, PodTemplate};
use crate::cell::{Cell, Column, ColumnType};
use crate::intern::{Pools, Sym};
use crate::json::{List, Text};
use crate::judge::{Class, Verdict};
use crate::labels::Selector;
use crate::time;

/// A Job. Times are epoch seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Absent: one success of any pod is enough.
    pub completions: Option<u32>,
    pub parallelism: u32,
    pub active: u32,
    pub succeeded: u32,
    pub failed: u32,
    pub suspended: bool,
    pub started: Option<i64>,
    pub completed: Option<i64>,
    pub conditions: Box<[Condition]>,
    pub selector: Selector,
    pub template: Arc<PodTemplate>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CronJob {
    pub schedule: Sym,
    pub time_zone: Option<Sym>,
    pub suspended: bool,
    pub active: u32,
    pub last_scheduled: Option<i64>,
    pub last_successful: Option<i64>,
    pub template: Arc<PodTemplate>,
}

impl Job {
    fn condition(&self, kind: &str) -> Option<&Condition> {
        self.conditions.iter().find(|one| &*one.kind == kind && one.is_true())
    }
}

impl Facts for Job {
    const COLUMNS: &'static [Column] = &[
        Column::status(),
        Column::new("completions", "Completions", ColumnType::Ready),
        Column::new("duration", "Duration", ColumnType::Duration),
        Column::age(),
        Column::number("active", "Active").wide(),
        Column::number("failed", "Failed pods").wide(),
        Column::text("owner", "Controlled by").wide(),
        Column::text("images", "Images").wide(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "completions" => Cell::Ready(self.succeeded, self.completions.unwrap_or(1)),
            "duration" => match (self.started, self.completed) {
                (Some(started), Some(completed)) => Cell::Int(completed - started),
                _ => Cell::Missing,
            },
            "active" => Cell::Int(self.active.into()),
            "failed" => Cell::Int(self.failed.into()),
            "images" => Cell::text(&self.template.images),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, meta: &Meta, _: i64) -> Verdict {
        if let Some(failed) = self.condition("Failed").or_else(|| self.condition("FailureTarget")) {
            let note = format!("{}: {}", failed.reason, failed.message);
            return Verdict::new("Failed", Class::Failing).since(failed.changed).note(note);
        }
        if self.condition("Complete").is_some() {
            return Verdict::new("Complete", Class::Succeeded).since(self.completed);
        }
        if meta.deleting.is_some() {
            return Verdict::new("Terminating", Class::Terminating).since(meta.deleting);
        }
        if self.suspended {
            return Verdict::new("Suspended", Class::Pending).tone(Tone::Neutral);
        }
        if self.failed > 0 {
            let note = format!("{} pods failed so far", self.failed);
            return Verdict::new("Running", Class::Running).tone(Tone::Warning).since(self.started).note(note);
        }
        Verdict::new("Running", Class::Running).since(self.started)
    }
}

impl Facts for CronJob {
    const COLUMNS: &'static [Column] = &[
        Column::text("schedule", "Schedule"),
        Column::status(),
        Column::number("active", "Active"),
        Column::new("lastSchedule", "Last schedule", ColumnType::Age),
        Column::new("lastSuccess", "Last success", ColumnType::Age).wide(),
        Column::age(),
        Column::text("timeZone", "Time zone").wide(),
        Column::text("images", "Images").wide(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "schedule" => Cell::text(&self.schedule),
            "active" => Cell::Int(self.active.into()),
            "lastSchedule" => Cell::time(self.last_scheduled),
            "lastSuccess" => Cell::time(self.last_successful),
            "timeZone" => Cell::some(self.time_zone.as_deref()),
            "images" => Cell::text(&self.template.images),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, _: &Meta, _: i64) -> Verdict {
        if self.suspended {
            return Verdict::new("Suspended", Class::Neutral);
        }
        if self.active > 0 {
            return Verdict::new("Active", Class::Running).since(self.last_scheduled);
        }
        Verdict::new("Scheduled", Class::Ok)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawJob<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    spec: RawJobSpec<'a>,
    #[serde(borrow)]
    status: RawJobStatus<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawJobSpec<'a> {
    completions: Option<u32>,
    parallelism: Option<u32>,
    suspend: Option<bool>,
    #[serde(borrow)]
    selector: Option<RawSelector<'a>>,
    #[serde(borrow)]
    template: RawTemplate<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawJobStatus<'a> {
    active: u32,
    succeeded: u32,
    failed: u32,
    #[serde(borrow)]
    start_time: Text<'a>,
    #[serde(borrow)]
    completion_time: Text<'a>,
    #[serde(borrow)]
    conditions: List<RawCondition<'a>>,
}

impl<'a> Raw<'a> for RawJob<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let template = self.spec.template.spec.template("", pools);
        Body::Job(Box::new(Job {
            completions: self.spec.completions,
            parallelism: self.spec.parallelism.unwrap_or(1),
            active: self.status.active,
            succeeded: self.status.succeeded,
            failed: self.status.failed,
            suspended: self.spec.suspend.unwrap_or(false),
            started: time::epoch(&self.status.start_time),
            completed: time::epoch(&self.status.completion_time),
            conditions: self.status.conditions.iter().map(|one| one.slim(pools)).collect(),
            selector: self.spec.selector.as_ref().map_or_else(Selector::default, |selector| selector.slim(pools)),
            template: pools.template(template),
        }))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawCronJob<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    spec: RawCronJobSpec<'a>,
    #[serde(borrow)]
    status: RawCronJobStatus<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawCronJobSpec<'a> {
    #[serde(borrow)]
    schedule: Text<'a>,
    #[serde(borrow)]
    time_zone: Text<'a>,
    suspend: Option<bool>,
    #[serde(borrow)]
    job_template: RawJobTemplate<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawJobTemplate<'a> {
    #[serde(borrow)]
    spec: RawJobSpec<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawCronJobStatus<'a> {
    active: List<serde::de::IgnoredAny>,
    #[serde(borrow)]
    last_schedule_time: Text<'a>,
    #[serde(borrow)]
    last_successful_time: Text<'a>,
}

impl<'a> Raw<'a> for RawCronJob<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let template = self.spec.job_template.spec.template.spec.template("", pools);
        Body::CronJob(Box::new(CronJob {
            schedule: pools.sym(&self.spec.schedule),
            time_zone: pools.some(&self.spec.time_zone),
            suspended: self.spec.suspend.unwrap_or(false),
            active: u32::try_from(self.status.active.len()).unwrap_or(u32::MAX),
            last_scheduled: time::epoch(&self.status.last_schedule_time),
            last_successful: time::epoch(&self.status.last_successful_time),
            template: pools.template(template),
        }))
    }
}
