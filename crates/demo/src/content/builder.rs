//! Puts objects into a cluster that is being built, with the metadata every object has.

use std::sync::Arc;

use jiff::Timestamp;
use rand::Rng;
use serde_json::{Value, json};

use crate::aws::inject;
use crate::cluster::Cluster;
use crate::content::prototype::Capture;
use crate::content::{managed, pod};

pub(crate) struct Builder<'a> {
    pub(crate) cluster: &'a Arc<Cluster>,
    /// When the world begins, epoch seconds.
    pub(crate) now: i64,
    /// Collects templates instead of storing objects.
    capture: Option<Capture>,
}

pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 86_400;

/// Epoch seconds as Kubernetes writes times.
pub(crate) fn time(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| String::new(), |time| time.to_string())
}

/// Epoch seconds as a `MicroTime`.
pub(crate) fn micro_time(seconds: i64) -> String {
    let text = time(seconds);
    format!("{}.000000Z", text.trim_end_matches('Z'))
}

impl<'a> Builder<'a> {
    pub(crate) fn new(cluster: &'a Arc<Cluster>) -> Self {
        Self { cluster, now: cluster.now().as_second(), capture: None }
    }

    pub(super) fn capturing(cluster: &'a Arc<Cluster>) -> Self {
        Self { capture: Some(Capture::default()), ..Self::new(cluster) }
    }

    pub(super) fn capture(&self) -> Option<&Capture> {
        self.capture.as_ref()
    }

    pub(super) fn into_capture(self) -> Capture {
        self.capture.unwrap_or_default()
    }

    pub(crate) fn uid(&self) -> String {
        self.capture.as_ref().map_or_else(|| self.cluster.uid(), Capture::uid)
    }

    /// A number in `0..below`, from the world's seed.
    pub(crate) fn below(&self, below: i64) -> i64 {
        if below <= 0 { 0 } else { self.cluster.random(|random| random.random_range(0..below)) }
    }

    pub(crate) fn between(&self, low: i64, high: i64) -> i64 {
        low + self.below(high - low)
    }

    pub(crate) fn pick<'b, T>(&self, list: &'b [T]) -> &'b T {
        let at = self.cluster.random(|random| random.random_range(0..list.len()));
        &list[at]
    }

    pub(crate) fn chance(&self, percent: i64) -> bool {
        self.below(100) < percent
    }

    /// The letters Kubernetes makes names of.
    pub(crate) fn suffix(&self, length: usize) -> String {
        self.cluster.random(|random| suffix(random, length))
    }

    /// Completes metadata and stores; `created` is an age in seconds. Returns the object as stored, without its version.
    pub(crate) fn add(&self, kind: &str, age: i64, value: Value) -> Value {
        self.add_by(kind, age, "kubectl-client-side-apply", value)
    }

    pub(crate) fn add_by(&self, kind: &str, age: i64, manager: &str, mut value: Value) -> Value {
        let kind = self.cluster.kind(kind);
        value["apiVersion"] = json!(kind.api_version());
        value["kind"] = json!(kind.kind);
        let created = self.now - age;
        self.complete(&mut value, created, manager);
        match &self.capture {
            Some(capture) => capture.object(&kind, value.clone()),
            None => drop(self.cluster.put(&kind, value.clone())),
        }
        value
    }

    /// A pod as its controller makes it, with the credentials its service account has.
    pub(super) fn pod_of(&self, controller: &Value, template: &Value, name: &str) -> Value {
        let mut pod = pod::from_template(controller, template, name);
        inject::into_first_pod(self.cluster, &mut pod);
        pod
    }

    pub(crate) fn complete(&self, value: &mut Value, created: i64, manager: &str) {
        let api_version = value["apiVersion"].as_str().unwrap_or_default().to_owned();
        let fields = managed::entries(value, &api_version, manager, created, self.now);
        let metadata = &mut value["metadata"];
        if !metadata["uid"].is_string() {
            metadata["uid"] = json!(self.uid());
        }
        metadata["creationTimestamp"] = json!(time(created));
        metadata["managedFields"] = fields;
    }
}

pub(crate) fn suffix(random: &mut impl Rng, length: usize) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    (0..length).map(|_| char::from(LETTERS[random.random_range(0..LETTERS.len())])).collect()
}

/// The reference an owned object carries.
pub(crate) fn owner(object: &Value) -> Value {
    json!([{"apiVersion": object["apiVersion"], "kind": object["kind"], "name": object["metadata"]["name"],
        "uid": object["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true}])
}
