//! One stream per browser tab: subscriptions come in by PUT, frames go out as server-sent events.

mod events;
mod hub;
mod tab;
mod writer;

pub(crate) use events::StreamEvents;
pub(crate) use hub::{Hub, reap};
pub(crate) use tab::{Change, Owner};
pub(crate) use writer::events;
