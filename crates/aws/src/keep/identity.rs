//! Who Periscope is to AWS, and what it may do there.

use std::sync::Arc;
use std::time::Duration;

use periscope_model::aws::Observed;
use tokio::task::AbortHandle;

use super::attention::Outcome;
use super::{Attention, Kept};
use crate::reach::{Reach, caller};
use crate::read::simulate;

pub(crate) struct IdentityKeeper {
    pub(crate) attention: Attention,
    reach: Arc<Reach>,
    arn: Kept<String>,
}

impl IdentityKeeper {
    pub(crate) fn new(reach: Arc<Reach>) -> Self {
        Self { attention: Attention::new(), reach, arn: Kept::new("who Periscope is to AWS") }
    }

    pub(crate) fn seen(&self) -> Observed<String> {
        self.arn.seen()
    }

    pub(crate) fn spawn(self: Arc<Self>, age: Duration) -> AbortHandle {
        let task = async move {
            let shared = self.reach.shared.clone();
            self.attention.keep(age, |longest| shared.jittered(longest), || false, |_| self.read()).await;
        };
        tokio::spawn(task).abort_handle()
    }

    async fn read(&self) -> Outcome {
        match self.reach.caller().await {
            Ok(caller) => self.arn.read(caller.arn, Vec::new(), &self.reach),
            Err(error) => {
                self.arn.failed(error.gap("who Periscope is to AWS is not known"), &self.reach);
                return Outcome::passes(error.passes());
            }
        }
        for account in self.reach.accounts() {
            self.simulate(&account).await;
        }
        Outcome::Read
    }

    /// What the role that reads this account may do in it. Where that may not be asked, refusals teach it.
    async fn simulate(&self, account: &str) {
        let Ok(client) = self.reach.of_account(account).await else { return };
        let Ok(caller) = caller(&client).await else { return };
        let Some(role) = simulate::own_role(&client, &caller.arn).await else { return };
        let targets = self.reach.targets_of(account);
        match simulate::own_permissions(&client, &role, &targets).await {
            Ok(told) => {
                let at = self.reach.now();
                for (operation, allowed) in told {
                    self.reach.shared.learnt.simulated(account, operation, allowed, at);
                }
            }
            Err(error) => tracing::debug!(account, %error, "own permissions cannot be asked for"),
        }
    }
}
