//! The whole crate against AWS's own service models: every request that is sent is checked against them, and every answer is
//! written as they say it. Regenerate them with `scripts/aws-models.py`.

mod fake;
mod model;

mod accounts;
mod clusters;
mod credentials;
mod failures;
mod listings;
mod organizations;
mod refresh;
mod refusals;
mod tokens;

use std::sync::Arc;
use std::time::Duration;

use periscope_model::{ClusterId, ManualClock};

use crate::{Aws, AwsOptions, CredentialSource, EksTarget, Endpoints, Limits};
use fake::Fake;

const ACCOUNT: &str = "111122223333";
const CLUSTER_ARN: &str = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
const NOW: &str = "2026-11-26T12:00:00Z";

fn cluster() -> ClusterId {
    ClusterId::new("prod").expect("an id")
}

fn target() -> EksTarget {
    EksTarget { cluster: cluster(), arn: CLUSTER_ARN.into(), region: "eu-west-1".into(), assume_role: None }
}

/// One cluster, asked about at `fake` with keys that are none.
fn options(fake: &Fake) -> AwsOptions {
    AwsOptions {
        clusters: vec![target()],
        accounts: Vec::new(),
        organization: None,
        endpoints: Endpoints { all: Some(fake.url()), ..Endpoints::default() },
        credentials: CredentialSource::PlaceholderPerAccount,
        region: None,
        clock: Arc::new(ManualClock::at(NOW.parse().expect("a time"))),
        refresh: Duration::from_mins(10),
        limits: Limits {
            rate: 10_000.0,
            burst: 10_000,
            first_pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(5),
            attempt: Duration::from_secs(5),
            refresh: Duration::from_secs(30),
            refreshes: 1_000,
            ..Limits::default()
        },
        seed: 1,
    }
}

fn start(fake: &Fake) -> Aws {
    Aws::start(options(fake))
}
