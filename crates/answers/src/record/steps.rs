//! Where buckets of a histogram begin: at round times, so that people can name them.

use jiff::{SignedDuration, Timestamp};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Widths of buckets, in milliseconds.
const STEPS: [i64; 26] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
    91 * DAY,
    182 * DAY,
    364 * DAY,
    3640 * DAY,
];

/// How a span of time is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// Width of a whole bucket.
    pub(super) step: SignedDuration,
    /// The first round time in the span.
    pub(super) first: Timestamp,
    /// The last one.
    pub(super) last: Timestamp,
}

/// Cuts `from..to` at round times into at most `most` buckets; `None` when it lies between two of them.
pub(super) fn cut(from: Timestamp, to: Timestamp, most: usize) -> Option<Cut> {
    let (start, end) = (from.as_millisecond(), to.as_millisecond());
    let most = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
    // A narrower one at each end.
    let fits = |step: &i64| (end - start) / step + 2 <= most.max(3);
    let step = STEPS.into_iter().find(fits).unwrap_or(STEPS[STEPS.len() - 1]);
    let first = start.div_euclid(step) * step + if start.rem_euclid(step) == 0 { 0 } else { step };
    let last = end.div_euclid(step) * step;
    let time = |milliseconds| Timestamp::from_millisecond(milliseconds).ok();
    (first <= last).then_some(())?;
    Some(Cut { step: SignedDuration::from_millis(step), first: time(first)?, last: time(last)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_of(from: &str, to: &str, most: usize) -> Option<(i64, String, String)> {
        let cut = cut(from.parse().expect("a time"), to.parse().expect("a time"), most)?;
        Some((cut.step.as_secs(), cut.first.to_string(), cut.last.to_string()))
    }

    #[test]
    fn a_day_is_cut_at_half_hours() {
        let cut = cut_of("2026-11-25T13:42:07Z", "2026-11-26T13:42:07Z", 60);
        assert_eq!(cut, Some((1800, "2026-11-25T14:00:00Z".into(), "2026-11-26T13:30:00Z".into())));
    }

    #[test]
    fn round_ends_are_kept() {
        let cut = cut_of("2026-11-26T13:00:00Z", "2026-11-26T14:00:00Z", 62);
        assert_eq!(cut, Some((60, "2026-11-26T13:00:00Z".into(), "2026-11-26T14:00:00Z".into())));
    }

    #[test]
    fn a_moment_is_not_cut() {
        assert_eq!(cut_of("2026-11-26T13:00:00.2Z", "2026-11-26T13:00:00.9Z", 60), None);
    }

    #[test]
    fn there_are_never_more_than_asked_for() {
        for hours in [0, 1, 5, 24, 100, 1_000, 10_000, 100_000] {
            for most in [3, 10, 60, 200] {
                let from: Timestamp = "2001-02-03T04:05:06.789Z".parse().expect("a time");
                let to = from + SignedDuration::from_hours(hours) + SignedDuration::from_secs(77);
                let Some(cut) = cut(from, to, most) else {
                    // Three wide buckets may have no round time between them; more have.
                    assert_eq!(most, 3, "{hours} h");
                    continue;
                };
                let whole = (cut.last.as_millisecond() - cut.first.as_millisecond()) / 1000 / cut.step.as_secs();
                assert!(usize::try_from(whole).expect("positive") + 2 <= most, "{hours} h in {most}: {whole}");
            }
        }
    }
}
