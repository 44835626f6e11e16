//! How much a pod uses right now: computed from its name and the time, so that nothing needs to be kept.

use crate::content::image::hash;
use crate::storage::Entry;

/// Millicores and KiB.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) cpu: u64,
    pub(crate) memory: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.cpu += other.cpu;
        self.memory += other.memory;
    }
}

/// metrics-server averages over a window; values move once per this many seconds.
pub(crate) const WINDOW: i64 = 15;

/// A slow wave of its own per pod, with noise on top, around a share of what it asks for.
pub(crate) fn pod(entry: &Entry, now: i64) -> Usage {
    let seed = hash(&entry.key.name);
    let step = now.div_euclid(WINDOW);
    let phase = wave(step + (seed % 240).cast_signed());
    let noise = hash(&format!("{}{step}", entry.key.name)) % 120;
    let share = 180 + seed % 420 + phase + noise;
    let held = 450 + seed % 400 + phase / 8;
    Usage {
        cpu: (u64::from(entry.cpu.max(5)) * share / 1000).max(1),
        memory: u64::from(entry.memory.max(24)) * 1024 * held / 1000,
    }
}

/// A triangle between 0 and 300 over an hour.
fn wave(step: i64) -> u64 {
    let at = step.rem_euclid(240).unsigned_abs();
    if at < 120 { at * 300 / 120 } else { (240 - at) * 300 / 120 }
}

/// What a node itself takes.
pub(crate) const NODE: Usage = Usage { cpu: 120, memory: 900 * 1024 };
