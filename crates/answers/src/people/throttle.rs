//! How many failed logins are worth a row: anybody can make them.

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

/// Rows in one window.
const ROWS: u32 = 60;
const WINDOW: SignedDuration = SignedDuration::from_mins(1);

#[derive(Debug, Default)]
pub(super) struct Throttle(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    begun: Option<Timestamp>,
    rows: u32,
    passed_over: u64,
}

impl Throttle {
    /// How many were passed over before this one, when there is room for it.
    pub(super) fn admit(&self, now: Timestamp) -> Option<u64> {
        let mut state = self.0.lock();
        if state.begun.is_none_or(|begun| now.duration_since(begun) >= WINDOW) {
            state.begun = Some(now);
            state.rows = 0;
        }
        if state.rows >= ROWS {
            state.passed_over += 1;
            return None;
        }
        state.rows += 1;
        Some(std::mem::take(&mut state.passed_over))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_not_written() {
        let (throttle, start) = (Throttle::default(), Timestamp::UNIX_EPOCH);
        let admitted = (0..100).filter(|_| throttle.admit(start).is_some()).count();
        assert_eq!(admitted, 60);
        assert_eq!(throttle.admit(start + WINDOW), Some(40));
        assert_eq!(throttle.admit(start + WINDOW), Some(0));
    }
}
