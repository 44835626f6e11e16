//! Workloads that are on their way to another template.

use periscope_model::{ClusterId, Tone};
use periscope_store::Row;
use periscope_store::rows::Replicated;

use super::summary::Rows;
use super::{Rollout, object, time};

pub(super) fn replicas(row: &Row) -> Option<&Replicated> {
    let deployment = row.deployment().map(|one| &one.replicas);
    let set = || row.stateful_set().map(|one| &one.replicas);
    deployment.or_else(set).or_else(|| row.daemon_set().map(|one| &one.replicas))
}

/// Under way, paused half-way, or stuck.
pub(super) fn of(cluster: &ClusterId, kind: &'static str, rows: &Rows<'_>) -> Vec<Rollout> {
    let rolling = rows.each().filter(|row| matches!(row.status(), "Progressing" | "Stuck" | "Paused"));
    rolling
        .filter_map(|row| {
            let Replicated { desired, updated, ready, .. } = *replicas(row)?;
            let sentence = match row.status() {
                "Stuck" => row.judged.note.as_deref().unwrap_or("no progress before its deadline").to_owned(),
                "Paused" => format!("paused, {updated} of {desired} updated"),
                _ => format!("{updated} of {desired} updated"),
            };
            let tone = if row.tone() == Tone::Ok { Tone::Notice } else { row.tone() };
            Some(Rollout {
                object: object(cluster, kind, row),
                tone,
                sentence,
                desired,
                updated,
                ready,
                since: time(row.judged.since),
            })
        })
        .collect()
}
