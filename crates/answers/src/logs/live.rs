//! Followed logs as a subscription.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Sleep;

use super::follow::Following;
use super::frame::{FrameText, MOST};
use super::opening::Opening;
use super::shape::{LogSource, LogTrouble};
use crate::live::{LiveFrame, Source};

/// So long the first lines wait for logs that are slow to open, to be told in one order.
const OPENING: Duration = Duration::from_secs(3);
/// And, once all are open, for the first lines of each: some have none.
const SILENCE: Duration = Duration::from_millis(300);

pub(super) struct LiveLogs {
    /// Nothing is read before it says yes.
    opening: Option<Opening>,
    following: Option<Following>,
    gathering: Gathering,
    reset: bool,
    /// Sources, trouble and gaps are to be told.
    told: bool,
    refused: Option<LogTrouble>,
}

/// The first lines of several logs are told in one order, so they wait for one another.
enum Gathering {
    /// Whose logs these are is not known yet.
    Searching,
    Opening(Pin<Box<Sleep>>),
    /// All are open.
    Listening(Pin<Box<Sleep>>),
    Over,
}

impl LiveLogs {
    pub(super) fn new(opening: Opening) -> Self {
        let (opening, following) = (Some(opening), None);
        Self { opening, following, gathering: Gathering::Searching, reset: true, told: false, refused: None }
    }

    fn poll_opening(&mut self, context: &mut Context<'_>) {
        if let Some(opening) = &mut self.opening
            && let Poll::Ready(opened) = opening.as_mut().poll(context)
        {
            self.opening = None;
            self.told = true;
            match opened {
                Ok(following) => self.following = Some(following),
                Err(error) => self.refused = Some(LogTrouble::of(&error)),
            }
        }
    }

    fn is_searching(&self) -> bool {
        self.refused.is_none() && self.following.as_ref().is_none_or(|following| following.searching)
    }

    /// The first lines wait for others.
    fn poll_gathering(&mut self, context: &mut Context<'_>) {
        let Some(following) = &self.following else { return };
        let wait = |time| Box::pin(tokio::time::sleep(time));
        if matches!(self.gathering, Gathering::Searching) && !following.searching {
            self.gathering = Gathering::Opening(wait(OPENING));
        }
        if matches!(self.gathering, Gathering::Opening(_)) && following.merge.all_heard() {
            self.gathering = Gathering::Listening(wait(SILENCE));
        }
        let over = match &mut self.gathering {
            Gathering::Searching | Gathering::Over => false,
            Gathering::Opening(time) | Gathering::Listening(time) => {
                following.merge.all_spoke() || time.as_mut().poll(context).is_ready()
            }
        };
        if over {
            self.gathering = Gathering::Over;
        }
    }

    fn has_lines(&self) -> bool {
        matches!(self.gathering, Gathering::Over)
            && self.following.as_ref().is_some_and(|following| following.merge.has_lines())
    }

    /// How it stands with the logs themselves.
    fn tell(&self, frame: &mut FrameText) {
        let following = self.following.as_ref();
        let sources: Vec<&LogSource> = following.into_iter().flat_map(|following| following.merge.sources()).collect();
        frame.field("sources", &sources);
        frame.field("problem", &self.refused.as_ref().or(following.and_then(|following| following.trouble.as_ref())));
        frame.field("gaps", &following.map(|following| &*following.gaps).unwrap_or_default());
        frame.field("searching", &self.is_searching());
    }
}

impl Source for LiveLogs {
    fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.poll_opening(context);
        if let Some(following) = &mut self.following {
            self.told |= following.poll(context).is_ready();
        }
        self.poll_gathering(context);
        if self.told || self.has_lines() { Poll::Ready(()) } else { Poll::Pending }
    }

    fn frame(&mut self) -> Option<LiveFrame> {
        let lines = self.has_lines();
        if !self.told && !lines {
            return None;
        }
        let mut frame = FrameText::new(std::mem::take(&mut self.reset), if lines { MOST } else { 0 });
        if std::mem::take(&mut self.told) {
            self.tell(&mut frame);
        }
        match &mut self.following {
            Some(following) if lines => frame.lines(|| following.merge.take()),
            _ => frame.lines(|| None),
        }
        Some(LiveFrame { event: "logs", tail: Bytes::from(frame.end()) })
    }

    fn read_ahead(&mut self, context: &mut Context<'_>) {
        if let Some(following) = &mut self.following {
            self.told |= following.poll(context).is_ready();
        }
    }

    fn reset(&mut self) {
        // Lines that were on their way are lost. The console asks anew, from the newest line it has.
        self.reset = true;
        self.told = true;
    }
}
