//! Many logs as one: lines wait here until they are taken, in the order of their times as far as they are within reach.
//!
//! Bounded: a log whose lines are not taken is not read on. That is back pressure down to the kubelet; nothing is
//! dropped, and a reader that sleeps costs what is held here.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use futures::stream::BoxStream;
use periscope_cluster::LogLine;

use super::reader::Heard;
use super::shape::{LogPhase, LogSource};

/// What all logs together may hold here, beside one piece of each as it came from the network.
const HELD: usize = 1 << 20;
/// What a line takes beside its text.
const OF_LINE: usize = 64;

struct Slot {
    source: LogSource,
    /// Gone when the log has ended.
    reader: Option<BoxStream<'static, Heard>>,
    /// With the time by which each line is ordered.
    lines: VecDeque<(i64, LogLine)>,
    held: usize,
    /// Time of the newest line: what has none of its own is told after it.
    latest: i64,
    /// Something was heard of it at all.
    heard: bool,
    /// Something was heard of it that says where it begins.
    spoke: bool,
}

#[derive(Default)]
pub(super) struct Merge {
    slots: Vec<Slot>,
}

impl Merge {
    /// Where the log is told to be; the place of one that has ended is given again when `most` are taken.
    pub(super) fn add(&mut self, source: LogSource, reader: BoxStream<'static, Heard>, most: usize) -> usize {
        let (lines, held, latest) = (VecDeque::new(), 0, i64::MIN);
        let slot = Slot { source, reader: Some(reader), lines, held, latest, heard: false, spoke: false };
        let over = |slot: &Slot| slot.reader.is_none() && slot.lines.is_empty();
        if self.slots.len() >= most
            && let Some(at) = self.slots.iter().position(over)
        {
            self.slots[at] = slot;
            return at;
        }
        self.slots.push(slot);
        self.slots.len() - 1
    }

    /// Lets every log go, with a word about why.
    pub(super) fn close(&mut self, told: &super::shape::Told) {
        for slot in self.slots.iter_mut().filter(|slot| slot.reader.is_some()) {
            slot.reader = None;
            slot.source.state = told.phase;
            slot.source.reason.clone_from(&told.reason);
            slot.source.needs.clone_from(&told.needs);
        }
    }

    pub(super) fn sources(&self) -> impl Iterator<Item = &LogSource> {
        self.slots.iter().map(|slot| &slot.source)
    }

    pub(super) fn source(&self, at: usize) -> Option<&LogSource> {
        self.slots.get(at).map(|slot| &slot.source)
    }

    /// Logs being read.
    pub(super) fn open(&self) -> usize {
        self.slots.iter().filter(|slot| slot.reader.is_some()).count()
    }

    pub(super) fn has_lines(&self) -> bool {
        self.slots.iter().any(|slot| !slot.lines.is_empty())
    }

    /// Whether every log was opened, or cannot be.
    pub(super) fn all_heard(&self) -> bool {
        self.slots.iter().all(|slot| slot.heard || slot.reader.is_none())
    }

    /// Whether every log has said something that it begins with, so that lines can be put in order.
    pub(super) fn all_spoke(&self) -> bool {
        self.slots.iter().all(|slot| slot.spoke || slot.reader.is_none())
    }

    /// Whether the oldest line of all is here: nothing open has nothing waiting.
    pub(super) fn is_complete(&self) -> bool {
        self.slots.iter().all(|slot| !slot.lines.is_empty() || slot.reader.is_none())
    }

    /// Reads what there is, as far as there is room. Ready when the state of a source changed.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let room = HELD / self.open().max(1);
        let mut changed = false;
        for slot in &mut self.slots {
            changed |= slot.poll(context, room);
        }
        if changed { Poll::Ready(()) } else { Poll::Pending }
    }

    /// The oldest line that is here, and whose it is.
    pub(super) fn take(&mut self) -> Option<(usize, LogLine)> {
        let heads = self.slots.iter().enumerate().filter_map(|(at, slot)| Some((slot.lines.front()?.0, at)));
        let (_, at) = heads.min()?;
        let slot = &mut self.slots[at];
        let (_, line) = slot.lines.pop_front()?;
        slot.held -= line.size() + OF_LINE;
        Some((at, line))
    }
}

impl Slot {
    fn poll(&mut self, context: &mut Context<'_>, room: usize) -> bool {
        let mut changed = false;
        while self.held < room
            && let Some(reader) = &mut self.reader
        {
            match Pin::new(reader).poll_next(context) {
                Poll::Pending => break,
                Poll::Ready(None) => {
                    self.reader = None;
                    changed = true;
                }
                Poll::Ready(Some(Heard::Lines(lines))) => {
                    self.heard = true;
                    self.spoke = true;
                    self.keep(lines);
                }
                Poll::Ready(Some(Heard::State(told))) => {
                    // An open log may be silent, so that only others say that there is nothing to wait for.
                    self.heard = true;
                    self.spoke |= !matches!(told.phase, LogPhase::Live);
                    let next =
                        LogSource { state: told.phase, reason: told.reason, needs: told.needs, ..self.source.clone() };
                    changed |= next != self.source;
                    self.source = next;
                }
            }
        }
        changed
    }

    fn keep(&mut self, lines: Vec<LogLine>) {
        for line in lines {
            self.latest = line.at.map_or(self.latest, |at| at.max(self.latest));
            self.held += line.size() + OF_LINE;
            self.lines.push_back((self.latest, line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::shape::Told;
    use bytes::Bytes;
    use futures::{StreamExt, stream};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Waker;

    fn source(pod: &str) -> LogSource {
        LogSource {
            pod: pod.to_owned(),
            container: "app".to_owned(),
            node: None,
            state: LogPhase::Connecting,
            reason: None,
            needs: Vec::new(),
        }
    }

    fn lines(texts: &[&str]) -> Heard {
        Heard::Lines(texts.iter().map(|text| LogLine::of(Bytes::from(format!("2026-11-26T13:00:{text}")))).collect())
    }

    fn poll(merge: &mut Merge) -> Poll<()> {
        merge.poll(&mut Context::from_waker(Waker::noop()))
    }

    fn taken(merge: &mut Merge) -> Vec<(usize, String)> {
        std::iter::from_fn(|| merge.take()).map(|(at, line)| (at, line.text().into_owned())).collect()
    }

    #[test]
    fn lines_of_all_are_told_in_the_order_of_their_times() {
        let mut merge = Merge::default();
        merge.add(source("a"), stream::iter([lines(&["01Z a1", "03Z a3"]), lines(&["05Z a5"])]).boxed(), 9);
        let kubelet = Heard::Lines(vec![LogLine::of(Bytes::from_static(b"rpc error"))]);
        merge.add(source("b"), stream::iter([lines(&["02Z b2"]), kubelet, lines(&["04Z b4"])]).boxed(), 9);
        assert!(poll(&mut merge).is_ready());
        let told: Vec<String> = taken(&mut merge).into_iter().map(|(_, text)| text).collect();
        assert_eq!(told, ["a1", "b2", "rpc error", "a3", "b4", "a5"]);
    }

    #[test]
    fn what_is_not_taken_is_not_read() {
        let read = Arc::new(AtomicUsize::new(0));
        let count = read.clone();
        let endless = stream::repeat_with(move || {
            count.fetch_add(1, Ordering::Relaxed);
            lines(&["01Z 0123456789012345678901234567890123456789"])
        });
        let mut merge = Merge::default();
        merge.add(source("a"), endless.boxed(), 9);
        let _ = poll(&mut merge);
        let first = read.load(Ordering::Relaxed);
        assert!(first < HELD / OF_LINE, "{first} lines were read");
        let _ = poll(&mut merge);
        assert_eq!(read.load(Ordering::Relaxed), first, "no room, no reading");
        for _ in 0..10 {
            merge.take();
        }
        let _ = poll(&mut merge);
        assert_eq!(read.load(Ordering::Relaxed), first + 10);
    }

    #[test]
    fn many_share_the_room_of_one() {
        let mut merge = Merge::default();
        for pod in 0..50 {
            let endless = stream::repeat_with(|| lines(&["01Z 0123456789"]));
            merge.add(source(&pod.to_string()), endless.boxed(), 50);
        }
        let _ = poll(&mut merge);
        let held: usize = merge.slots.iter().map(|slot| slot.held).sum();
        assert!(held <= HELD + 50 * 2 * OF_LINE, "{held} bytes");
    }

    #[test]
    fn the_place_of_what_ended_is_given_again_once_its_lines_are_told() {
        let mut merge = Merge::default();
        assert_eq!(merge.add(source("a"), stream::iter([lines(&["01Z x"])]).boxed(), 1), 0);
        assert_eq!(merge.add(source("b"), stream::pending().boxed(), 1), 1, "not while it is open");
        let _ = poll(&mut merge);
        assert_eq!(merge.add(source("c"), stream::pending().boxed(), 1), 2, "not while lines wait");
        taken(&mut merge);
        assert_eq!(merge.add(source("d"), stream::pending().boxed(), 1), 0);
        assert_eq!(merge.source(0).map(|source| &*source.pod), Some("d"));
    }

    #[test]
    fn a_silent_log_is_not_waited_for_once_it_says_so() {
        let mut merge = Merge::default();
        let live = Heard::State(Told::in_phase(LogPhase::Live));
        merge.add(source("a"), stream::iter([live]).chain(stream::pending()).boxed(), 9);
        let refused = Heard::State(Told::in_phase(LogPhase::Refused));
        merge.add(source("b"), stream::iter([refused]).chain(stream::pending()).boxed(), 9);
        assert!(poll(&mut merge).is_ready());
        assert!(merge.all_heard() && !merge.all_spoke() && !merge.is_complete());
        merge.close(&Told::in_phase(LogPhase::Ended));
        assert!(merge.all_spoke() && merge.is_complete());
        assert!(merge.sources().all(|source| source.state == LogPhase::Ended));
    }
}
