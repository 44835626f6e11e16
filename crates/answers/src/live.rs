//! What a subscription yields: frames of what changed, made when somebody is ready to take them.

mod composed;
mod nudge;
mod wakes;
mod window;

use std::task::{Context, Poll};

use bytes::Bytes;
use periscope_model::{ClusterId, KindId, ObjectRef};
use serde::Deserialize;

pub(crate) use composed::{Composed, Composition, Ground};
pub(crate) use wakes::Wakes;

use crate::app::App;
use crate::context::Context as Caller;
use crate::error::Error;
use crate::lists::WindowSubscription;
use crate::logs::LogsWanted;

/// What a tab wants to be told.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Subscription {
    /// A window of a list.
    Window(WindowSubscription),
    /// How many objects of each kind there are.
    Counts {
        #[schema(value_type = String)]
        cluster: ClusterId,
        #[serde(default)]
        namespaces: Vec<String>,
    },
    /// The fleet page.
    Fleet {},
    /// A cluster's overview page.
    Overview {
        #[schema(value_type = String)]
        cluster: ClusterId,
    },
    /// One object: a nudge when it changes, to read it again.
    Object {
        #[schema(value_type = String)]
        cluster: ClusterId,
        #[schema(value_type = String)]
        kind: KindId,
        namespace: Option<String>,
        name: String,
    },
    /// What containers write.
    Logs(LogsWanted),
    /// The record: whether it is being written, and a nudge when there are new rows.
    Audit {
        /// Whether rows are followed; else only whether they can be written is told.
        #[serde(default)]
        rows: bool,
    },
    /// An action under way, or one that ended.
    Run { id: String },
    /// The kinds a cluster serves.
    Kinds {
        #[schema(value_type = String)]
        cluster: ClusterId,
    },
    /// The namespaces the caller sees.
    Namespaces {
        #[schema(value_type = String)]
        cluster: ClusterId,
    },
}

/// One event of a stream. `tail` is a JSON object without its opening brace: the stream puts the subscription's own
/// name before it, so that everything else can be shared between viewers.
#[derive(Debug, Clone)]
pub struct LiveFrame {
    pub event: &'static str,
    pub tail: Bytes,
}

/// A running subscription.
pub struct Live(Box<dyn Source>);

impl Live {
    pub(crate) fn new(source: impl Source + 'static) -> Self {
        Self(Box::new(source))
    }

    /// Ready when [`Live::frame`] may have something.
    pub fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.0.poll_changed(context)
    }

    /// While something else is waited for: takes in what comes, as far as there is room.
    pub fn read_ahead(&mut self, context: &mut Context<'_>) {
        self.0.read_ahead(context);
    }

    /// What changed since the frame before; `None` when nothing did.
    pub fn frame(&mut self) -> Option<LiveFrame> {
        self.0.frame()
    }

    /// Begins again: the next frame is whole.
    pub fn reset(&mut self) {
        self.0.reset();
    }
}

pub(crate) trait Source: Send {
    fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()>;
    fn frame(&mut self) -> Option<LiveFrame>;
    fn reset(&mut self);

    /// For what arrives in pieces: without it, one piece would be taken for each frame.
    fn read_ahead(&mut self, _: &mut Context<'_>) {}
}

impl App {
    /// Starts a subscription; nothing waits for a cluster here, states arrive as frames.
    pub fn subscribe(self: &std::sync::Arc<Self>, caller: &Caller, wanted: Subscription) -> Result<Live, Error> {
        match wanted {
            Subscription::Window(wanted) => self.live_window(caller, wanted),
            Subscription::Counts { cluster, namespaces } => self.live_counts(caller, &cluster, namespaces),
            Subscription::Fleet {} => Ok(self.live_fleet(caller)),
            Subscription::Overview { cluster } => self.live_overview(caller, &cluster),
            Subscription::Logs(wanted) => self.live_logs(caller, wanted),
            Subscription::Audit { rows } => Ok(self.live_record(caller, rows)),
            Subscription::Run { id } => self.live_run(caller, &id),
            Subscription::Kinds { cluster } => self.live_kinds(caller, &cluster),
            Subscription::Namespaces { cluster } => self.live_namespaces(caller, &cluster),
            Subscription::Object { cluster, kind, namespace, name } => {
                self.live_object(caller, ObjectRef { cluster, kind, namespace, name })
            }
        }
    }
}
