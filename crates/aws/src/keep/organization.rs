//! Where one account stands in its organisation.

use std::sync::Arc;

use periscope_model::aws::{Observed, OrganizationPath};

use super::attention::{Outcome, Reason};
use super::keeper::keep;
use super::{Attention, Keeper, Kept};
use crate::operations::Service;
use crate::reach::Reach;
use crate::read::{organizations, simulate};

pub(crate) struct OrganizationKeeper {
    attention: Attention,
    reach: Arc<Reach>,
    account: String,
    path: Kept<OrganizationPath>,
}

impl OrganizationKeeper {
    pub(crate) fn new(reach: Arc<Reach>, account: String) -> Self {
        let path = Kept::new(&format!("where account {account} stands in its organisation"));
        Self { attention: Attention::new(&reach.limits), reach, account, path }
    }

    pub(crate) fn seen(&self) -> Observed<OrganizationPath> {
        self.path.seen()
    }
}

impl Keeper for OrganizationKeeper {
    fn attention(&self) -> &Attention {
        &self.attention
    }

    fn reach(&self) -> &Reach {
        &self.reach
    }

    async fn read(&self, _: Reason) -> Outcome {
        let client = match self.reach.of_organization(&self.account).await {
            Ok(client) => client,
            Err(gap) => {
                self.path.failed(gap, &self.reach);
                return Outcome::TryAgain;
            }
        };
        let (read, ()) = futures::join!(
            organizations::path(&client, &self.account),
            simulate::own_permissions(&client, &[Service::Organizations], None)
        );
        let missing = format!("the organisation's policies for account {} are not read", self.account);
        keep(&self.path, read, &missing, &self.reach)
    }
}
