//! Where one account stands in its organisation.

use std::sync::Arc;
use std::time::Duration;

use periscope_model::aws::{Observed, OrganizationPath};
use tokio::task::AbortHandle;

use super::attention::Outcome;
use super::cluster::keep;
use super::{Attention, Kept};
use crate::reach::Reach;
use crate::read::organizations;

pub(crate) struct OrganizationKeeper {
    pub(crate) attention: Attention,
    reach: Arc<Reach>,
    account: String,
    path: Kept<OrganizationPath>,
}

impl OrganizationKeeper {
    pub(crate) fn new(reach: Arc<Reach>, account: String) -> Self {
        let what = format!("where account {account} stands in its organisation");
        Self { attention: Attention::new(), reach, account, path: Kept::new(&what) }
    }

    pub(crate) fn seen(&self) -> Observed<OrganizationPath> {
        self.path.seen()
    }

    pub(crate) fn spawn(self: Arc<Self>, age: Duration) -> AbortHandle {
        let task = async move {
            let shared = self.reach.shared.clone();
            self.attention.keep(age, |longest| shared.jittered(longest), || false, |_| self.read()).await;
        };
        tokio::spawn(task).abort_handle()
    }

    async fn read(&self) -> Outcome {
        let client = match self.reach.of_organization(&self.account).await {
            Ok(client) => client,
            Err(gap) => {
                self.path.failed(gap, &self.reach);
                return Outcome::TryAgain;
            }
        };
        let read = organizations::path(&client, &self.account).await;
        let missing = format!("the organisation's policies for account {} are not read", self.account);
        keep(&self.path, read, &missing, &self.reach)
    }
}
