//! A run, followed.

use std::sync::Arc;
use std::task::{Context, Poll};

use serde::Serialize;

use super::Run;
use crate::actions::shapes::ActionRun;
use crate::app::App;
use crate::context::Context as Caller;
use crate::error::Error;
use crate::live::{Composed, Composition, Ground, Live, Wakes};

#[derive(Serialize)]
struct RunFrame {
    run: ActionRun,
}

impl App {
    /// Only whoever started it can follow it.
    pub(crate) fn live_run(&self, caller: &Caller, id: &str) -> Result<Live, Error> {
        let run = self.runs.find(&caller.person, id)?;
        let mut wakes = Wakes::default();
        wakes.add(run.state.subscribe());
        Ok(Live::new(Composed::new("run", LiveRun { run, wakes })))
    }
}

struct LiveRun {
    run: Arc<Run>,
    wakes: Wakes,
}

impl Ground for LiveRun {
    fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.wakes.poll(context)
    }

    fn compose(&mut self) -> Composition {
        let frame = RunFrame { run: self.run.state.borrow().clone() };
        Composition::new(&frame, &frame)
    }
}
