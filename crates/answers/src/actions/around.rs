//! What stands around the objects of a preview: budgets, autoscalers, services and what a namespace holds, read once
//! per namespace as the human.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use futures::stream;
use periscope_cluster::ListOptions;
use periscope_model::Tone;
use serde_json::Value;

use super::action::{Action, plural_of, singular};
use super::scene::Scene;
use super::shapes::{Notice, Target};
use super::warnings::{self, Around, Subject};
use crate::error::Error;
use crate::kinds::known;

/// Namespaces looked around in; a selection over more is told as not seen.
const MAX_NAMESPACES: usize = 20;
/// Services of which the ready pods are counted, per namespace.
const MAX_SERVICES: u32 = 200;
/// Kinds counted at once.
const AT_ONCE: usize = 4;
/// Kinds counted before a namespace is deleted, in the order they are told.
const CONTENT: &[&str] = &[
    "pods",
    "deployments.apps",
    "statefulsets.apps",
    "services",
    "persistentvolumeclaims",
    "configmaps",
    "secrets",
    "jobs.batch",
];

#[derive(Default)]
struct Near {
    budgets: Vec<Value>,
    autoscalers: Vec<Value>,
    services: Vec<Value>,
    /// Pods that the services of the namespace may route to.
    pods: Vec<Value>,
}

#[derive(Default)]
pub(super) struct Surroundings {
    by_namespace: BTreeMap<String, Near>,
    /// What could not be read, and why.
    unseen: BTreeSet<String>,
    content: BTreeMap<String, String>,
}

impl Surroundings {
    pub(super) async fn of(scene: &Scene, action: &Action, targets: &[Target]) -> Self {
        let mut around = Self::default();
        if matches!(action, Action::Delete { .. }) {
            for target in targets.iter().filter(|target| target.kind == known("namespaces")).take(MAX_NAMESPACES) {
                around.content.insert(target.name.clone(), content(scene, &target.name).await);
            }
        }
        let kinds = kinds_for(action, targets);
        let namespaces: BTreeSet<&str> = targets.iter().filter_map(|target| target.namespace.as_deref()).collect();
        if namespaces.len() > MAX_NAMESPACES && !kinds.is_empty() {
            around.unseen.insert(format!("only {MAX_NAMESPACES} namespaces were looked around in"));
        }
        for namespace in namespaces.into_iter().take(MAX_NAMESPACES) {
            let near = around.look(scene, namespace, &kinds).await;
            around.by_namespace.insert(namespace.to_owned(), near);
        }
        around
    }

    async fn look(&mut self, scene: &Scene, namespace: &str, kinds: &[&'static str]) -> Near {
        let mut near = Near::default();
        for kind in kinds {
            let limit = (*kind == "services").then_some(MAX_SERVICES);
            let options = ListOptions { namespace: Some(namespace.to_owned()), limit, ..ListOptions::default() };
            match scene.list(kind, options).await {
                Ok(listed) => {
                    if !listed.complete {
                        self.unseen.insert(format!("there are more {kind} in namespace {namespace} than were read"));
                    }
                    match *kind {
                        "poddisruptionbudgets.policy" => near.budgets = listed.items,
                        "horizontalpodautoscalers.autoscaling" => near.autoscalers = listed.items,
                        "services" => near.services = listed.items,
                        _ => near.pods = listed.items,
                    }
                }
                Err(Error::UnknownKind { .. }) => {}
                Err(error) => {
                    self.unseen.insert(format!("{kind} in namespace {namespace} cannot be seen: {error}"));
                }
            }
        }
        near
    }

    pub(super) fn near(&self, subject: &Subject<'_>) -> Around<'_> {
        let namespace = subject.object["metadata"]["namespace"].as_str().unwrap_or_default();
        let Some(near) = self.by_namespace.get(namespace) else { return Around::default() };
        let labels = warnings::labels_of(subject.object);
        let mut ready = BTreeMap::new();
        for service in near.services.iter().filter(|service| warnings::routes_to(service, &labels)) {
            let behind =
                |pod: &&Value| warnings::is_ready(pod) && warnings::routes_to(service, &warnings::labels_of(pod));
            let name = service["metadata"]["name"].as_str().unwrap_or_default();
            ready.insert(name.to_owned(), near.pods.iter().filter(behind).count());
        }
        Around { budgets: &near.budgets, autoscalers: &near.autoscalers, services: &near.services, ready }
    }

    /// What goes with a namespace.
    pub(super) fn content(&self, target: &Target) -> Option<Notice> {
        let text = self.content.get(&target.name).filter(|_| target.kind == known("namespaces"))?;
        Some(Notice::new("namespace_content", Tone::Danger, text.clone()))
    }

    pub(super) fn unseen(&self) -> impl Iterator<Item = Notice> {
        self.unseen.iter().map(|text| Notice::new("not_seen", Tone::Unknown, text.clone()))
    }
}

fn kinds_for(action: &Action, targets: &[Target]) -> Vec<&'static str> {
    let pods = targets.iter().any(|target| target.kind == known("pods"));
    let others = targets.iter().any(|target| target.kind != known("pods") && target.namespace.is_some());
    match action {
        Action::Evict { .. } | Action::Delete { .. } if pods => {
            vec!["poddisruptionbudgets.policy", "services", "pods"]
        }
        Action::Scale { .. } => vec!["horizontalpodautoscalers.autoscaling", "services"],
        Action::Delete { .. } if others => vec!["services"],
        _ => Vec::new(),
    }
}

/// `12 pods, 3 deployments and everything else in it`
async fn content(scene: &Scene, namespace: &str) -> String {
    let mut counting = Vec::with_capacity(CONTENT.len());
    for kind in CONTENT {
        counting.push(count(scene, kind, namespace));
    }
    let counts: Vec<Result<u64, Error>> = stream::iter(counting).buffered(AT_ONCE).collect().await;
    let mut parts = Vec::new();
    let mut unseen = Vec::new();
    for (kind, counted) in CONTENT.iter().zip(counts) {
        let plural = kind.split('.').next().unwrap_or(kind);
        match counted {
            Ok(0) | Err(Error::UnknownKind { .. }) => {}
            Ok(number) => parts.push(format!("{number} {}", plural_of(number, &singular(plural)))),
            Err(_) => unseen.push(plural),
        }
    }
    let what =
        if parts.is_empty() { "everything".to_owned() } else { format!("{} and everything else", parts.join(", ")) };
    let hidden = if unseen.is_empty() { String::new() } else { format!(" (you cannot see its {})", unseen.join(", ")) };
    format!("{what} in it is deleted with it{hidden}")
}

/// Metadata only: nobody's secrets are read to count them.
async fn count(scene: &Scene, kind: &str, namespace: &str) -> Result<u64, Error> {
    let options = ListOptions {
        namespace: Some(namespace.to_owned()),
        form: periscope_cluster::Form::Metadata,
        ..ListOptions::default()
    };
    let listed = scene.list(kind, options).await?;
    Ok(listed.items.len() as u64)
}
