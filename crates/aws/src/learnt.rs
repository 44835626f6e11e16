//! What is known of Periscope's own permissions: told by AWS's simulator, or learnt by trying.

use std::collections::BTreeMap;

use jiff::Timestamp;
use parking_lot::Mutex;
use periscope_model::AwsPermission;

use crate::operations::{Operation, ResourceForm, Service, Spec, TABLE};
use crate::policy::resources;
use crate::reach::Way;
use crate::{Capability, CapabilitySource, CapabilityState, EksTarget, Feature, arn};

#[derive(Debug, Default)]
pub(crate) struct Learnt(Mutex<BTreeMap<About, Known>>);

/// Who may do what. Of EKS on which cluster, too: policies name clusters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct About {
    operation: Operation,
    way: Way,
    /// Region and name.
    cluster: Option<(String, String)>,
}

impl About {
    pub(crate) fn new(operation: Operation, way: &Way, cluster: Option<(&str, &str)>) -> Self {
        let cluster = cluster.map(|(region, name)| (region.to_owned(), name.to_owned()));
        Self { operation, way: way.clone(), cluster }
    }

    /// What concerns one cluster.
    pub(crate) fn of(operation: Operation, way: &Way, target: &EksTarget) -> Self {
        let name = arn::eks_cluster_name(&target.arn).unwrap_or_default();
        let is_about_one = operation.spec().service == Service::Eks;
        Self::new(operation, way, is_about_one.then_some((target.region.as_str(), name)))
    }
}

#[derive(Debug, Clone)]
struct Known {
    state: CapabilityState,
    source: CapabilitySource,
    at: Timestamp,
    permission: Option<AwsPermission>,
}

impl Learnt {
    pub(crate) fn allowed(&self, about: About, at: Timestamp) {
        let known = Known { state: CapabilityState::Allowed, source: CapabilitySource::Learnt, at, permission: None };
        self.0.lock().insert(about, known);
    }

    pub(crate) fn denied(&self, about: About, permission: &AwsPermission, at: Timestamp) {
        let permission = Some(permission.clone());
        let known = Known { state: CapabilityState::Denied, source: CapabilitySource::Learnt, at, permission };
        self.0.lock().insert(about, known);
    }

    /// The simulator's word counts until something was really tried.
    pub(crate) fn simulated(&self, about: About, allowed: bool, at: Timestamp) {
        let state = if allowed { CapabilityState::Allowed } else { CapabilityState::Denied };
        let known = Known { state, source: CapabilitySource::Simulated, at, permission: None };
        let mut all = self.0.lock();
        let entry = all.entry(about).or_insert_with(|| known.clone());
        if entry.source == CapabilitySource::Simulated {
            *entry = known;
        }
    }

    /// What is known for one cluster. `asker` says who asks a service there.
    pub(crate) fn capabilities(&self, target: &EksTarget, asker: impl Fn(Service) -> Way) -> Vec<Capability> {
        let clusters = [target.arn.clone()];
        let known = self.0.lock();
        let of_spec = |feature: Feature, spec: &Spec| {
            let known = known.get(&About::of(spec.operation, &asker(spec.service), target));
            let usual = || AwsPermission {
                action: spec.action(),
                resource: resources(spec.resource, &clusters, &[]).into_iter().next().unwrap_or_else(|| "*".into()),
                principal: None,
            };
            Capability {
                feature,
                permission: known.and_then(|known| known.permission.clone()).unwrap_or_else(usual),
                state: known.map_or(CapabilityState::Unknown, |known| known.state),
                source: known.map(|known| known.source),
                at: known.map(|known| known.at),
            }
        };
        // Which roles are assumed is said by configuration, not by what one cluster needs.
        let needed = |feature: Feature| {
            let needs =
                move |spec: &&Spec| spec.features.contains(&feature) && spec.resource != ResourceForm::RoleToAssume;
            TABLE.iter().filter(needs)
        };
        let of_feature = |feature: Feature| needed(feature).map(|spec| of_spec(feature, spec)).collect::<Vec<_>>();
        Feature::ALL.into_iter().flat_map(of_feature).collect()
    }
}
