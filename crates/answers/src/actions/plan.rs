//! From an object and an action to the one request that makes the change. Pure: nothing is read or sent here.
//!
//! Every change is a patch of what it is about and nothing else, on the condition that the object is the one that was
//! looked at. Nothing is applied: an apply would take over fields, and give up those of the one before.

use jiff::Timestamp;
use periscope_cluster::{DeleteOptions, Effect, Patch, Propagation};
use serde_json::{Map, Value, json};

use super::action::{Action, Cascade, MAX_JOB_NAME};

const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";
const INSTANTIATED: &str = "cronjob.kubernetes.io/instantiate";
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// One request to the API server.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    Patch {
        subresource: Option<&'static str>,
        patch: Patch,
    },
    /// To be created in the object's namespace.
    Job {
        object: Value,
    },
    Evict {
        body: Value,
    },
    Delete {
        options: DeleteOptions,
    },
    /// More than one request (see `drain`).
    Drain,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) change: Change,
    /// What it makes of the object, in a few words: `3 → 5 replicas`.
    pub(super) told: Option<String>,
    /// The object afterwards, as far as the change itself goes.
    pub(super) after: Option<Value>,
}

/// All that a plan depends on.
pub(super) struct Wanted<'a> {
    pub(super) action: &'a Action,
    /// As the API server has it now.
    pub(super) object: &'a Value,
    /// The version that the change is made to; another one is a conflict.
    pub(super) version: Option<&'a str>,
    pub(super) now: Timestamp,
    /// The pod template of the revision to return to, and why it was made.
    pub(super) revision: Option<&'a Revised>,
    /// The object's `scale`.
    pub(super) scale: Option<&'a Value>,
}

/// What a revision kept.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Revised {
    pub(super) template: Value,
    pub(super) change_cause: Option<String>,
}

/// The change, or why this object cannot take it.
pub(super) fn plan(wanted: &Wanted<'_>) -> Result<Plan, String> {
    match wanted.action {
        Action::Scale { replicas } => scale(wanted, *replicas),
        Action::Restart {} => restart(wanted),
        Action::Pause {} => paused(wanted, true),
        Action::Resume {} => paused(wanted, false),
        Action::Rollback { revision } => rollback(wanted, *revision),
        Action::Cordon {} => Ok(field(wanted, "unschedulable", true, ["cordoned already", "schedulable → cordoned"])),
        Action::Uncordon {} => {
            Ok(field(wanted, "unschedulable", false, ["schedulable already", "cordoned → schedulable"]))
        }
        Action::Suspend {} => Ok(field(wanted, "suspend", true, ["suspended already", "running → suspended"])),
        Action::Unsuspend {} => Ok(field(wanted, "suspend", false, ["running already", "suspended → running"])),
        Action::Drain { .. } => {
            let cordoned = field(wanted, "unschedulable", true, ["cordoned already", "schedulable → cordoned"]);
            Ok(Plan { change: Change::Drain, ..cordoned })
        }
        Action::Evict { grace_period_seconds } => Ok(evict(wanted.object, *grace_period_seconds)),
        Action::Delete { propagation, grace_period_seconds } => {
            Ok(delete(wanted.object, *propagation, *grace_period_seconds))
        }
        Action::Trigger { name } => trigger(wanted, name.as_deref()),
        Action::Label { set, remove } => Ok(keys(wanted, "labels", set.iter(), remove)),
        Action::Annotate { set, remove } => Ok(keys(wanted, "annotations", set.iter(), remove)),
    }
}

fn metadata(wanted: &Wanted<'_>) -> Value {
    match wanted.version {
        Some(version) => json!({"resourceVersion": version}),
        None => json!({}),
    }
}

fn scale(wanted: &Wanted<'_>, replicas: u32) -> Result<Plan, String> {
    let scale = wanted.scale.ok_or("it has no scale; the API server serves none for this kind")?;
    let now = scale["spec"]["replicas"].as_u64().unwrap_or(0);
    let mut after = wanted.object.clone();
    if after["spec"]["replicas"].is_number() {
        after["spec"]["replicas"] = json!(replicas);
    }
    let patch = json!({"metadata": metadata(wanted), "spec": {"replicas": replicas}});
    let told = if now == u64::from(replicas) {
        format!("{now} {} already", super::action::plural_of(now, "replica"))
    } else {
        format!("{now} → {replicas} {}", super::action::plural_of(replicas, "replica"))
    };
    let change = Change::Patch { subresource: Some("scale"), patch: Patch::Merge(patch) };
    Ok(Plan { change, told: Some(told), after: Some(after) })
}

fn restart(wanted: &Wanted<'_>) -> Result<Plan, String> {
    if is_paused(wanted.object) {
        return Err("its rollout is paused, and nothing would restart; resume it first".to_owned());
    }
    let annotations = json!({RESTARTED_AT: wanted.now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()});
    let change = json!({"spec": {"template": {"metadata": {"annotations": annotations}}}});
    Ok(merged(wanted, change, "new pods, one after the other"))
}

fn paused(wanted: &Wanted<'_>, yes: bool) -> Result<Plan, String> {
    match (is_paused(wanted.object), yes) {
        (true, true) => Err("its rollout is paused already".to_owned()),
        (false, false) => Err("its rollout is not paused".to_owned()),
        (false, true) => Ok(merged(wanted, json!({"spec": {"paused": true}}), "rolling → paused")),
        // As kubectl: the field goes, it is not set to false.
        (true, false) => Ok(merged(wanted, json!({"spec": {"paused": null}}), "paused → rolling")),
    }
}

pub(super) fn is_paused(object: &Value) -> bool {
    object["spec"]["paused"] == true
}

/// One switch in the spec; which of the words fits depends on whether it is there already.
fn field(wanted: &Wanted<'_>, name: &str, yes: bool, [already, becomes]: [&str; 2]) -> Plan {
    let is = wanted.object["spec"][name] == true;
    merged(wanted, json!({"spec": {name: yes}}), if is == yes { already } else { becomes })
}

/// A merge patch on the condition of the version.
fn merged(wanted: &Wanted<'_>, mut change: Value, told: &str) -> Plan {
    let mut after = wanted.object.clone();
    merge(&mut after, &change);
    if wanted.version.is_some() {
        merge(&mut change, &json!({"metadata": metadata(wanted)}));
    }
    let change = Change::Patch { subresource: None, patch: Patch::Merge(change) };
    Plan { change, told: Some(told.to_owned()), after: Some(after) }
}

/// RFC 7386.
pub(super) fn merge(object: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *object = patch.clone();
        return;
    };
    if !object.is_object() {
        *object = Value::Object(Map::new());
    }
    let Value::Object(held) = object else { return };
    for (name, value) in fields {
        if value.is_null() {
            held.remove(name);
        } else {
            merge(held.entry(name.as_str()).or_insert(Value::Null), value);
        }
    }
}

fn rollback(wanted: &Wanted<'_>, number: u64) -> Result<Plan, String> {
    if is_paused(wanted.object) {
        return Err("its rollout is paused, and nothing would roll back; resume it first".to_owned());
    }
    let revision = wanted.revision.ok_or_else(|| format!("it has no revision {number}"))?;
    if wanted.object["spec"]["template"] == revision.template {
        return Err(format!("its pods are made from the template of revision {number} already"));
    }
    let mut steps = Vec::new();
    if let Some(version) = wanted.version {
        // A `test` would fail as an invalid patch. Asked to become this version, another one is a conflict.
        steps.push(json!({"op": "replace", "path": "/metadata/resourceVersion", "value": version}));
    }
    steps.push(json!({"op": "replace", "path": "/spec/template", "value": revision.template}));
    let mut after = wanted.object.clone();
    after["spec"]["template"] = revision.template.clone();
    if let Some(cause) = &revision.change_cause
        && wanted.object["metadata"]["annotations"].is_object()
    {
        steps.push(json!({"op": "add", "path": "/metadata/annotations/kubernetes.io~1change-cause", "value": cause}));
        after["metadata"]["annotations"][CHANGE_CAUSE] = json!(cause);
    }
    let change = Change::Patch { subresource: None, patch: Patch::Json(steps) };
    Ok(Plan { change, told: Some(format!("back to revision {number}")), after: Some(after) })
}

fn evict(pod: &Value, grace: Option<u32>) -> Plan {
    let uid = pod["metadata"]["uid"].as_str().map(str::to_owned);
    let options = DeleteOptions { grace_period_seconds: grace, uid, ..DeleteOptions::default() };
    let body = json!({
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod["metadata"]["name"], "namespace": pod["metadata"]["namespace"]},
        "deleteOptions": options.to_json(Effect::Real),
    });
    Plan { change: Change::Evict { body }, told: Some("evicted".to_owned()), after: None }
}

fn delete(object: &Value, cascade: Cascade, grace: Option<u32>) -> Plan {
    let propagation = match cascade {
        Cascade::Background => Propagation::Background,
        Cascade::Foreground => Propagation::Foreground,
        Cascade::Orphan => Propagation::Orphan,
    };
    // By uid, not by version: what matters is that it is still this one.
    let options = DeleteOptions {
        propagation: Some(propagation),
        grace_period_seconds: grace,
        uid: object["metadata"]["uid"].as_str().map(str::to_owned),
        resource_version: None,
    };
    let told = match cascade {
        Cascade::Background => "deleted, then what it owns",
        Cascade::Foreground => "deleted after what it owns",
        Cascade::Orphan => "deleted; what it owns stays",
    };
    Plan { change: Change::Delete { options }, told: Some(told.to_owned()), after: None }
}

fn trigger(wanted: &Wanted<'_>, name: Option<&str>) -> Result<Plan, String> {
    let cron = wanted.object;
    let template = cron["spec"]["jobTemplate"].as_object().ok_or("it has no job template")?;
    let name = name.map_or_else(|| job_name(cron, wanted.now), str::to_owned);
    let mut annotations = template.get("metadata").map_or(Value::Null, |metadata| metadata["annotations"].clone());
    merge(&mut annotations, &json!({INSTANTIATED: "manual"}));
    let mut metadata = json!({
        "name": name,
        "namespace": cron["metadata"]["namespace"],
        "annotations": annotations,
        // No blockOwnerDeletion: that would take a permission on the CronJob's finalizers.
        "ownerReferences": [{
            "apiVersion": "batch/v1", "kind": "CronJob", "controller": true,
            "name": cron["metadata"]["name"], "uid": cron["metadata"]["uid"],
        }],
    });
    let labels = template.get("metadata").map_or(&Value::Null, |metadata| &metadata["labels"]);
    if labels.is_object() {
        metadata["labels"] = labels.clone();
    }
    let spec = template.get("spec").cloned().unwrap_or_default();
    let object = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": spec});
    Ok(Plan { told: Some(format!("the job {name}")), change: Change::Job { object }, after: None })
}

/// Two triggers within one second are one: the second finds the name taken.
pub(super) fn job_name(cron: &Value, now: Timestamp) -> String {
    let second = base36(now.as_second().unsigned_abs());
    let ending = format!("-manual-{second}");
    let name = cron["metadata"]["name"].as_str().unwrap_or("job");
    let kept = name.floor_char_boundary(name.len().min(MAX_JOB_NAME - ending.len()));
    format!("{}{ending}", name[..kept].trim_end_matches(['-', '.']))
}

fn base36(mut number: u64) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut text = Vec::new();
    loop {
        // The remainder is below 36.
        text.push(DIGITS[usize::try_from(number % 36).unwrap_or(0)]);
        number /= 36;
        if number == 0 {
            break;
        }
    }
    text.reverse();
    String::from_utf8_lossy(&text).into_owned()
}

fn keys<'a>(
    wanted: &Wanted<'_>,
    map: &str,
    set: impl Iterator<Item = (&'a String, &'a String)>,
    remove: &[String],
) -> Plan {
    let before = &wanted.object["metadata"][map];
    let mut changes = Map::new();
    let (mut added, mut other, mut removed) = (0, 0, 0);
    for (key, value) in set {
        match before[key.as_str()].as_str() {
            Some(old) if old == value => {}
            Some(_) => other += 1,
            None => added += 1,
        }
        changes.insert(key.clone(), json!(value));
    }
    for key in remove {
        removed += usize::from(before[key.as_str()].is_string());
        changes.insert(key.clone(), Value::Null);
    }
    let parts = [(added, "added"), (other, "changed"), (removed, "removed")];
    let told: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let told = if told.is_empty() { "nothing changes".to_owned() } else { told.join(", ") };
    merged(wanted, json!({"metadata": {map: changes}}), &told)
}

#[cfg(test)]
mod tests;
