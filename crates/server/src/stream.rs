//! One stream per browser tab: subscriptions come in by PUT, frames go out as server-sent events.

mod events;
mod hub;
mod tab;
mod writer;

pub(crate) use events::StreamEvents;
pub(crate) use hub::{Hub, reap};
pub(crate) use tab::{Change, Owner};
pub(crate) use writer::events;

use crate::state::AppState;
use writer::Held;

/// Goes on with the stream `resume` if it is this owner's and can be had, else begins a new one. `None` when there are
/// too many or the process drains.
pub(crate) async fn connect(state: &AppState, owner: Owner, resume: Option<&str>) -> Option<Held> {
    if let Some(tab) = resume.and_then(|id| state.hub.find(id, &owner)) {
        let id = tab.id.clone();
        if let Some(held) = Held::take(state, tab).await {
            return Some(held);
        }
        // Nobody can use it any more.
        state.hub.remove(&id);
    }
    Held::take(state, state.hub.open(owner)?).await
}
