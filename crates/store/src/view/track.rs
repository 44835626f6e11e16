//! Windows that are followed: the last few states of each, so that viewers get only what changed since theirs.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::frame::{self, Facet, Frame, Rows, Said, Scene};
use super::order::Ordered;
use crate::cell::Column;
use crate::sort::Entry;

/// Windows of one view that are followed at once; the one unused for longest gives way, and its viewers get a whole
/// frame next time.
const MAX_TRACKS: usize = 64;
/// States of one window that are remembered. A viewer further behind gets a whole frame.
const MAX_STATES: usize = 16;

/// Where a window begins and how long it is.
pub(super) type Range = (usize, usize);

#[derive(Default)]
pub(super) struct Tracks {
    tracks: HashMap<Range, Track>,
    uses: u64,
}

#[derive(Default)]
struct Track {
    /// The view's version that the newest state was compared with.
    checked: Option<u64>,
    states: VecDeque<Shown>,
    /// From a state to the newest one.
    frames: HashMap<Option<u64>, Arc<Frame>>,
    used: u64,
}

/// A window as it was.
struct Shown {
    /// The view's version when it came to be so.
    version: u64,
    total: usize,
    from: usize,
    entries: Vec<Entry>,
    facets: Vec<Facet>,
    columns: Arc<[Column]>,
}

impl Tracks {
    /// What changed in the window since the state `since`; whole if that is not known.
    pub(super) fn next(
        &mut self,
        range: Range,
        since: Option<u64>,
        version: u64,
        ordered: &Ordered,
        scene: &Scene<'_>,
    ) -> Option<Arc<Frame>> {
        let track = self.track(range);
        track.look(range, version, ordered, scene);
        if since.is_some() && track.states.back().map(|shown| shown.version) == since {
            return None;
        }
        Some(track.frame(since, scene))
    }

    pub(super) fn whole(&mut self, range: Range, version: u64, ordered: &Ordered, scene: &Scene<'_>) -> Arc<Frame> {
        let track = self.track(range);
        track.look(range, version, ordered, scene);
        track.frame(None, scene)
    }

    fn track(&mut self, range: Range) -> &mut Track {
        self.uses += 1;
        if self.tracks.len() >= MAX_TRACKS && !self.tracks.contains_key(&range) {
            let oldest = self.tracks.iter().min_by_key(|(_, track)| track.used).map(|(range, _)| *range);
            oldest.and_then(|oldest| self.tracks.remove(&oldest));
        }
        let track = self.tracks.entry(range).or_default();
        track.used = self.uses;
        track
    }
}

impl Track {
    /// Remembers the window as it is now, if it differs from before.
    fn look(&mut self, (from, limit): Range, version: u64, ordered: &Ordered, scene: &Scene<'_>) {
        if self.checked == Some(version) && !self.states.is_empty() {
            return;
        }
        self.checked = Some(version);
        let total = ordered.entries.len();
        let range = frame::range(total, from, limit);
        let shown = Shown {
            version,
            total,
            from: range.start,
            entries: ordered.entries[range].to_vec(),
            facets: frame::facets(ordered),
            columns: scene.columns.clone(),
        };
        if self.states.back().is_some_and(|last| last.says_the_same(&shown)) {
            return;
        }
        if self.states.len() == MAX_STATES {
            self.states.pop_front();
        }
        self.states.push_back(shown);
        self.frames.clear();
    }

    fn frame(&mut self, since: Option<u64>, scene: &Scene<'_>) -> Arc<Frame> {
        let before = since.and_then(|since| self.states.iter().find(|shown| shown.version == since));
        let before = before.filter(|before| self.states.back().is_some_and(|now| now.columns == before.columns));
        let key = before.map(|before| before.version);
        if let Some(frame) = self.frames.get(&key) {
            return frame.clone();
        }
        let frame = match (self.states.back(), before) {
            (Some(now), Some(before)) => now.delta(before, scene),
            (Some(now), None) => now.whole(scene),
            (None, _) => Shown::nothing(scene).whole(scene),
        };
        let frame = Arc::new(frame);
        self.frames.insert(key, frame.clone());
        frame
    }
}

impl Shown {
    fn nothing(scene: &Scene<'_>) -> Self {
        let (entries, facets) = (Vec::new(), Vec::new());
        Self { version: 0, total: 0, from: 0, entries, facets, columns: scene.columns.clone() }
    }

    fn says_the_same(&self, other: &Self) -> bool {
        self.total == other.total
            && self.from == other.from
            && self.facets == other.facets
            && self.columns == other.columns
            && self.entries.len() == other.entries.len()
            && self.entries.iter().zip(&other.entries).all(|(a, b)| Arc::ptr_eq(&a.row, &b.row))
    }

    fn ids(&self) -> Vec<u64> {
        self.entries.iter().map(|entry| entry.row.id()).collect()
    }

    fn rows<'a>(&'a self, entries: Vec<&'a Entry>, scene: &Scene<'a>) -> Rows<'a> {
        Rows { entries, columns: &self.columns, clusters: scene.clusters }
    }

    fn whole<'a>(&'a self, scene: &Scene<'a>) -> Frame {
        Said {
            reset: true,
            version: self.version,
            total: self.total,
            from: self.from,
            order: Some(self.ids()),
            rows: Some(self.rows(self.entries.iter().collect(), scene)),
            columns: Some(&self.columns),
            facets: Some(&self.facets),
            as_of: scene.as_of,
        }
        .frame(self.entries.len())
    }

    fn delta<'a>(&'a self, before: &Self, scene: &Scene<'a>) -> Frame {
        let had: HashMap<u64, &Entry> = before.entries.iter().map(|entry| (entry.row.id(), entry)).collect();
        let is_new = |entry: &&Entry| !had.get(&entry.row.id()).is_some_and(|had| Arc::ptr_eq(&had.row, &entry.row));
        let news: Vec<&Entry> = self.entries.iter().filter(is_new).collect();
        let order = self.ids();
        Said {
            reset: false,
            version: self.version,
            total: self.total,
            from: self.from,
            order: (order != before.ids()).then_some(order),
            rows: (!news.is_empty()).then(|| self.rows(news, scene)),
            columns: None,
            facets: (self.facets != before.facets).then_some(self.facets.as_slice()),
            as_of: scene.as_of,
        }
        .frame(self.entries.len())
    }
}
