//! One workload with everything around it as a set of templates, so that thousands like it cost little.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::builder::Builder;
use super::nodes::Node;
use super::teams::{App, Shape};
use super::workloads::{self, Count};
use super::{attached, image};
use crate::registry::KindRef;
use crate::storage::{Template, hole};

/// What a builder collects instead of storing.
#[derive(Default)]
pub(super) struct Capture {
    uids: Cell<usize>,
    objects: RefCell<Vec<(KindRef, Arc<Template>)>>,
    pods: RefCell<Vec<PodPlan>>,
}

/// Pods of one controller: their template, and the controller's name, which may have holes.
pub(super) struct PodPlan {
    pub(super) template: Arc<Template>,
    pub(super) base: String,
    pub(super) count: Count,
}

impl Capture {
    pub(super) fn uid(&self) -> String {
        let number = self.uids.get();
        self.uids.set(number + 1);
        hole(&format!("u{number}"))
    }

    pub(super) fn object(&self, kind: &KindRef, mut value: Value) {
        value["metadata"]["resourceVersion"] = Value::String(hole("version"));
        self.objects.borrow_mut().push((Arc::clone(kind), Template::new(&value)));
    }

    pub(super) fn pods(&self, plan: PodPlan) {
        self.pods.borrow_mut().push(plan);
    }
}

/// Workloads of one shape and size.
pub(super) struct Prototype {
    shape: Shape,
    capture: Capture,
}

impl Prototype {
    pub(super) fn of(builder: &Builder<'_>, app: &App) -> Self {
        let model = App { namespace: hole("ns"), name: hole("app"), shape: app.shape, replicas: app.replicas };
        let capturing = Builder::capturing(builder.cluster);
        workloads::app(&capturing, &mut [], &model);
        Self { shape: app.shape, capture: capturing.into_capture() }
    }

    /// One workload of this kind, with names and uids of its own.
    pub(super) fn make(&self, builder: &Builder<'_>, nodes: &mut [Node], app: &App) {
        let uids: Vec<(String, String)> =
            (0..self.capture.uids.get()).map(|number| (format!("u{number}"), builder.cluster.uid())).collect();
        let mut values = BTreeMap::from([("ns", app.namespace.clone()), ("app", app.name.clone())]);
        values.extend(uids.iter().map(|(name, uid)| (name.as_str(), uid.clone())));
        for (kind, template) in self.capture.objects.borrow().iter() {
            builder.cluster.put_templated(kind, template, template.slots(values.clone()));
        }
        for plan in self.capture.pods.borrow().iter() {
            let base = plan.base.replace(&hole("app"), &app.name);
            workloads::place_pods(
                builder,
                nodes,
                &PodPlan { template: Arc::clone(&plan.template), base, count: plan.count },
                &values,
            );
        }
        if self.shape == Shape::Web
            && let Some(service) = builder.cluster.get("services", &app.namespace, &app.name)
        {
            attached::slice_of(builder, &service, super::builder::DAY * 90);
        }
    }
}

/// Text that ends up encoded, where a hole could not be filled any more.
pub(super) fn without_holes(text: &str) -> String {
    if text.contains('⟦') { image::hex(text, 8) } else { text.to_owned() }
}
