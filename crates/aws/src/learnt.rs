//! What is known of Periscope's own permissions: told by AWS's simulator, or learnt by trying.

use std::collections::BTreeMap;

use jiff::Timestamp;
use parking_lot::Mutex;
use periscope_model::AwsPermission;

use crate::operations::{Operation, ResourceForm, TABLE};
use crate::policy::resources;
use crate::{Capability, CapabilitySource, CapabilityState, EksTarget, Feature};

#[derive(Debug, Default)]
pub(crate) struct Learnt(Mutex<BTreeMap<(String, Operation), Known>>);

#[derive(Debug, Clone)]
struct Known {
    state: CapabilityState,
    source: CapabilitySource,
    at: Timestamp,
    permission: Option<AwsPermission>,
}

impl Learnt {
    pub(crate) fn allowed(&self, account: &str, operation: Operation, at: Timestamp) {
        let known = Known { state: CapabilityState::Allowed, source: CapabilitySource::Learnt, at, permission: None };
        self.0.lock().insert((account.to_owned(), operation), known);
    }

    pub(crate) fn denied(&self, account: &str, operation: Operation, permission: &AwsPermission, at: Timestamp) {
        let permission = Some(permission.clone());
        let known = Known { state: CapabilityState::Denied, source: CapabilitySource::Learnt, at, permission };
        self.0.lock().insert((account.to_owned(), operation), known);
    }

    /// The simulator's word counts until something was really tried.
    pub(crate) fn simulated(&self, account: &str, operation: Operation, allowed: bool, at: Timestamp) {
        let state = if allowed { CapabilityState::Allowed } else { CapabilityState::Denied };
        let known = Known { state, source: CapabilitySource::Simulated, at, permission: None };
        let mut all = self.0.lock();
        let entry = all.entry((account.to_owned(), operation)).or_insert_with(|| known.clone());
        if entry.source == CapabilitySource::Simulated {
            *entry = known;
        }
    }

    pub(crate) fn capabilities(&self, account: &str, targets: &[&EksTarget]) -> Vec<Capability> {
        let clusters: Vec<String> = targets.iter().map(|target| target.arn.clone()).collect();
        let known = self.0.lock();
        let of_feature = |feature: Feature| {
            let known = &known;
            let clusters = &clusters;
            // Which roles are assumed is said by configuration, not by what one account needs.
            let needed = TABLE
                .iter()
                .filter(move |spec| spec.features.contains(&feature) && spec.resource != ResourceForm::RoleToAssume);
            needed.map(move |spec| {
                let known = known.get(&(account.to_owned(), spec.operation));
                let usual = || AwsPermission {
                    action: spec.action(),
                    resource: resources(spec.resource, clusters, &[]).into_iter().next().unwrap_or_else(|| "*".into()),
                    principal: None,
                };
                Capability {
                    feature,
                    permission: known.and_then(|known| known.permission.clone()).unwrap_or_else(usual),
                    state: known.map_or(CapabilityState::Unknown, |known| known.state),
                    source: known.map(|known| known.source),
                    at: known.map(|known| known.at),
                }
            })
        };
        Feature::ALL.into_iter().flat_map(of_feature).collect()
    }
}
