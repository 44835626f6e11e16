//! PodDisruptionBudgets and HorizontalPodAutoscalers.

use periscope_model::Tone;
use serde::Deserialize;

use super::meta::RawMeta;
use super::parse::Raw;
use super::workload::{RawCondition, RawSelector};
use super::{Body, Condition, Facts, Meta};
use crate::cell::{Cell, Column};
use crate::intern::{Pools, Sym};
use crate::json::{List, Text};
use crate::judge::{Class, Verdict};
use crate::labels::Selector;
use crate::quantity::Quantity;

#[derive(Debug, Clone, PartialEq)]
pub struct PodDisruptionBudget {
    /// A number or a percentage.
    pub min_available: Option<Sym>,
    pub max_unavailable: Option<Sym>,
    pub allowed: u32,
    pub healthy: u32,
    pub desired_healthy: u32,
    pub expected: u32,
    pub selector: Selector,
}

#[derive(Debug, Clone, PartialEq)]
pub struct HorizontalPodAutoscaler {
    /// Kind and name of what it scales, in its own namespace.
    pub target: (Sym, Sym),
    pub target_group: Sym,
    pub min: u32,
    pub max: u32,
    pub current: u32,
    pub desired: u32,
    pub metrics: Box<[MetricReading]>,
    pub conditions: Box<[Condition]>,
}

/// One metric: what is wanted and what is. Percent for utilisation, thousandths for quantities.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricReading {
    pub name: Sym,
    pub percent: bool,
    pub current: Option<i64>,
    pub target: Option<i64>,
}

impl Facts for PodDisruptionBudget {
    const COLUMNS: &'static [Column] = &[
        Column::status(),
        Column::text("minAvailable", "Min available"),
        Column::text("maxUnavailable", "Max unavailable"),
        Column::number("allowed", "Allowed disruptions"),
        Column::number("healthy", "Healthy").wide(),
        Column::number("expected", "Expected pods").wide(),
        Column::age(),
        Column::text("selector", "Selector").wide(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "minAvailable" => Cell::some(self.min_available.as_deref()),
            "maxUnavailable" => Cell::some(self.max_unavailable.as_deref()),
            "allowed" => Cell::Int(self.allowed.into()),
            "healthy" => Cell::Int(self.healthy.into()),
            "expected" => Cell::Int(self.expected.into()),
            "selector" => Cell::owned(self.selector.to_string()),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, _: &Meta, _: i64) -> Verdict {
        if self.expected == 0 {
            return Verdict::new("No pods", Class::Neutral);
        }
        if self.healthy < self.desired_healthy {
            return Verdict::new("Violated", Class::Failing).tone(Tone::Warning);
        }
        if self.allowed == 0 {
            return Verdict::new("Blocks eviction", Class::Ok).tone(Tone::Notice);
        }
        Verdict::new("Ok", Class::Ok)
    }
}

impl Facts for HorizontalPodAutoscaler {
    const COLUMNS: &'static [Column] = &[
        Column::text("target", "Scales"),
        Column::status(),
        Column::text("metrics", "Metrics"),
        Column::number("min", "Min"),
        Column::number("max", "Max"),
        Column::number("current", "Replicas"),
        Column::number("desired", "Desired").wide(),
        Column::age(),
        Column::labels(),
    ];

    fn cell<'a>(&'a self, id: &str, _: &'a Meta) -> Cell<'a> {
        match id {
            "target" => Cell::owned(format!("{}/{}", self.target.0, self.target.1)),
            "metrics" => Cell::owned(self.metrics.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
            "min" => Cell::Int(self.min.into()),
            "max" => Cell::Int(self.max.into()),
            "current" => Cell::Int(self.current.into()),
            "desired" => Cell::Int(self.desired.into()),
            _ => Cell::Missing,
        }
    }

    fn judge(&self, _: &Meta, _: i64) -> Verdict {
        let bad = |kind: &str| self.conditions.iter().find(|one| &*one.kind == kind && &*one.status == "False");
        if let Some(bad) =
            bad("AbleToScale").or_else(|| bad("ScalingActive").filter(|one| &*one.reason != "ScalingDisabled"))
        {
            let verdict = Verdict::new(bad.reason.to_string(), Class::Failing).tone(Tone::Warning);
            return verdict.since(bad.changed).note(bad.message.clone());
        }
        if self.max > 0 && self.desired >= self.max && self.max > self.min {
            return Verdict::new("At maximum", Class::Ok).tone(Tone::Notice);
        }
        if self.current == self.desired {
            Verdict::new("Steady", Class::Ok)
        } else {
            Verdict::new("Scaling", Class::Pending).tone(Tone::Notice)
        }
    }
}

impl std::fmt::Display for MetricReading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let show = |f: &mut std::fmt::Formatter<'_>, number: Option<i64>| match number {
            None => f.write_str("?"),
            Some(percent) if self.percent => write!(f, "{percent}%"),
            Some(milli) if milli % 1000 == 0 => write!(f, "{}", milli / 1000),
            Some(milli) => write!(f, "{milli}m"),
        };
        write!(f, "{}: ", self.name)?;
        show(f, self.current)?;
        f.write_str("/")?;
        show(f, self.target)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawBudget<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    spec: RawBudgetSpec<'a>,
    status: RawBudgetStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawBudgetSpec<'a> {
    #[serde(borrow)]
    min_available: Text<'a>,
    #[serde(borrow)]
    max_unavailable: Text<'a>,
    #[serde(borrow)]
    selector: Option<RawSelector<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawBudgetStatus {
    disruptions_allowed: u32,
    current_healthy: u32,
    desired_healthy: u32,
    expected_pods: u32,
}

impl<'a> Raw<'a> for RawBudget<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        Body::PodDisruptionBudget(Box::new(PodDisruptionBudget {
            min_available: pools.some(&self.spec.min_available),
            max_unavailable: pools.some(&self.spec.max_unavailable),
            allowed: self.status.disruptions_allowed,
            healthy: self.status.current_healthy,
            desired_healthy: self.status.desired_healthy,
            expected: self.status.expected_pods,
            selector: self.spec.selector.as_ref().map_or_else(Selector::default, |selector| selector.slim(pools)),
        }))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RawAutoscaler<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    spec: RawAutoscalerSpec<'a>,
    #[serde(borrow)]
    status: RawAutoscalerStatus<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawAutoscalerSpec<'a> {
    #[serde(borrow)]
    scale_target_ref: RawTargetRef<'a>,
    min_replicas: Option<u32>,
    max_replicas: u32,
    #[serde(borrow)]
    metrics: List<RawMetric<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawTargetRef<'a> {
    #[serde(borrow)]
    api_version: Text<'a>,
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawAutoscalerStatus<'a> {
    current_replicas: u32,
    desired_replicas: u32,
    #[serde(borrow)]
    current_metrics: List<RawMetric<'a>>,
    #[serde(borrow)]
    conditions: List<RawCondition<'a>>,
}

/// A metric as wanted or as read: the same shape, `target` or `current`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawMetric<'a> {
    #[serde(borrow)]
    resource: Option<RawSource<'a>>,
    #[serde(borrow)]
    container_resource: Option<RawSource<'a>>,
    #[serde(borrow)]
    pods: Option<RawSource<'a>>,
    #[serde(borrow)]
    object: Option<RawSource<'a>>,
    #[serde(borrow)]
    external: Option<RawSource<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawSource<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    metric: Option<RawMetricName<'a>>,
    #[serde(borrow, alias = "current")]
    target: RawReading<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawMetricName<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawReading<'a> {
    average_utilization: Option<i64>,
    #[serde(borrow)]
    average_value: Text<'a>,
    #[serde(borrow)]
    value: Text<'a>,
}

impl<'a> RawMetric<'a> {
    fn source(&self) -> Option<&RawSource<'a>> {
        let all = [&self.resource, &self.container_resource, &self.pods, &self.object, &self.external];
        all.into_iter().find_map(Option::as_ref)
    }
}

impl RawSource<'_> {
    fn name(&self) -> &str {
        self.metric.as_ref().map_or(&*self.name, |metric| &*metric.name)
    }

    fn milli(&self) -> Option<i64> {
        let text = if self.target.average_value.is_empty() { &self.target.value } else { &self.target.average_value };
        Quantity::parse(text).map(Quantity::milli)
    }
}

impl<'a> Raw<'a> for RawAutoscaler<'a> {
    fn meta(&self) -> &RawMeta<'a> {
        &self.metadata
    }

    fn slim(&self, pools: &mut Pools) -> Body {
        let (spec, status) = (&self.spec, &self.status);
        let reading = |wanted: &RawSource<'_>, pools: &mut Pools| {
            let is =
                status.current_metrics.iter().filter_map(RawMetric::source).find(|one| one.name() == wanted.name());
            let percent = wanted.target.average_utilization;
            MetricReading {
                name: pools.sym(wanted.name()),
                percent: percent.is_some(),
                current: is.and_then(|is| if percent.is_some() { is.target.average_utilization } else { is.milli() }),
                target: percent.or_else(|| wanted.milli()),
            }
        };
        let group = spec.scale_target_ref.api_version.split_once('/').map_or("", |(group, _)| group);
        Body::HorizontalPodAutoscaler(Box::new(HorizontalPodAutoscaler {
            target: (pools.sym(&spec.scale_target_ref.kind), pools.sym(&spec.scale_target_ref.name)),
            target_group: pools.sym(group),
            min: spec.min_replicas.unwrap_or(1),
            max: spec.max_replicas,
            current: status.current_replicas,
            desired: status.desired_replicas,
            metrics: spec.metrics.iter().filter_map(RawMetric::source).map(|wanted| reading(wanted, pools)).collect(),
            conditions: status.conditions.iter().map(|one| one.slim(pools)).collect(),
        }))
    }
}
