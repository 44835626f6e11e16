//! Who Periscope is to AWS.

use std::sync::Arc;

use periscope_model::aws::Observed;

use super::attention::{Outcome, Reason};
use super::keeper::keep;
use super::{Attention, Keeper, Kept};
use crate::reach::Reach;
use crate::read::Read;

pub(crate) struct IdentityKeeper {
    attention: Attention,
    reach: Arc<Reach>,
    arn: Kept<String>,
}

impl IdentityKeeper {
    pub(crate) fn new(reach: Arc<Reach>) -> Self {
        Self { attention: Attention::new(&reach.limits), reach, arn: Kept::new("who Periscope is to AWS") }
    }

    pub(crate) fn seen(&self) -> Observed<String> {
        self.arn.seen()
    }
}

impl Keeper for IdentityKeeper {
    fn attention(&self) -> &Attention {
        &self.attention
    }

    fn reach(&self) -> &Reach {
        &self.reach
    }

    async fn read(&self, _: Reason) -> Outcome {
        let read = self.reach.caller_anew().await.map(|caller| Read::whole(caller.arn));
        keep(&self.arn, read, "who Periscope is to AWS is not known", &self.reach)
    }
}
