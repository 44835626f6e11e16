//! What all keepers have in common: each reads one part of AWS whenever its attention says so.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::AbortHandle;

use super::attention::{Outcome, Reason};
use super::{Attention, Kept};
use crate::error::Error;
use crate::reach::Reach;
use crate::read::Read;

pub(crate) trait Keeper: Send + Sync + 'static {
    fn attention(&self) -> &Attention;

    fn reach(&self) -> &Reach;

    fn read(&self, reason: Reason) -> impl Future<Output = Outcome> + Send;

    /// Whether something is wanted that was not read with the rest.
    fn lacks(&self) -> bool {
        false
    }
}

/// Keeps it current, none older than `age` while somebody looks.
pub(crate) fn keep_current(keeper: Arc<impl Keeper>, age: Duration) -> AbortHandle {
    let task = async move {
        let jitter = |longest| keeper.reach().shared.jittered(longest);
        keeper.attention().keep(age, jitter, || keeper.lacks(), |reason| keeper.read(reason)).await;
    };
    tokio::spawn(task).abort_handle()
}

/// Keeps what was read, or why it could not be; `missing` says what that is.
pub(super) fn keep<T: PartialEq>(
    kept: &Kept<T>,
    read: Result<Read<T>, Error>,
    missing: &str,
    reach: &Reach,
) -> Outcome {
    match read {
        Ok(Read { value, gaps, passes }) => {
            kept.read(value, gaps, reach);
            Outcome::passes(passes)
        }
        Err(error) => {
            kept.failed(error.gap(missing), reach);
            Outcome::passes(error.passes())
        }
    }
}
