//! What containers write: of a pod, or of all pods of a workload as one, read as the caller.
//!
//! Pods that come are joined and pods that go are let go; a container that restarts is read on from where it was. Lines
//! are read only as fast as somebody takes them, so memory is bounded by what a subscription may hold ([`merge`]) and by
//! how many logs may be open ([`follow::MOST_OPEN`], [`seats`]).

mod cursor;
mod download;
mod follow;
mod frame;
mod live;
mod merge;
mod opening;
mod pods;
mod reader;
mod run;
mod seats;
mod shape;

pub use download::{LogDownload, LogForm};
pub use shape::{LogPhase, LogSource, LogTrouble, LogsWanted};

pub(crate) use seats::Hall;

use std::sync::Arc;

use periscope_audit::Verb;
use shape::TAIL;

use crate::app::App;
use crate::context::Context;
use crate::error::Error;
use crate::live::Live;

impl App {
    /// Follows; who may not, and what is not there, is told in frames.
    pub(crate) fn live_logs(self: &Arc<Self>, caller: &Context, wanted: LogsWanted) -> Result<Live, Error> {
        wanted.check()?;
        // Who asks for a span of time gets it whole.
        let spanned = wanted.since_seconds.is_some() || wanted.since_time.is_some();
        let tail = wanted.tail.or((!spanned).then_some(TAIL));
        let wanted = LogsWanted { tail, ..wanted };
        // Asked here, so that a cluster that is not there is an answer and no frame.
        self.clusters.get(&wanted.cluster)?;
        let opening = opening::open(self.clone(), caller.clone(), wanted, Verb::LogOpen);
        Ok(Live::new(live::LiveLogs::new(opening)))
    }
}
