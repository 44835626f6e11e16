//! From the chunks of a log to its lines. Pure, so that any chunking can be tried.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr;

use super::{LogLine, MAX_LOG_LINE};

/// Longest time a kubelet writes, with the blank after it: `2026-11-26T13:00:00.123456789+02:00 `.
const LONGEST_TIME: usize = 36;
const LIMIT: usize = MAX_LOG_LINE + LONGEST_TIME;

#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The beginning of a line that goes on in the next chunk, at most `LIMIT` bytes and one.
    begun: BytesMut,
    /// In the rest of a line that was too long.
    skipping: bool,
}

impl Lines {
    pub(super) fn push(&mut self, mut chunk: Bytes, out: &mut Vec<LogLine>) {
        while let Some(at) = memchr(b'\n', &chunk) {
            let mut line = chunk.split_to(at);
            chunk.advance(1);
            if std::mem::take(&mut self.skipping) {
                continue;
            }
            if !self.begun.is_empty() {
                self.keep(&line);
                line = self.begun.split().freeze();
            }
            out.push(line_of(line));
        }
        if self.skipping {
            return;
        }
        self.keep(&chunk);
        if self.begun.len() > LIMIT {
            out.push(line_of(self.begun.split().freeze()));
            self.skipping = true;
        }
    }

    /// What is left after the last chunk: nothing, or a last line without its line break.
    pub(super) fn end(&mut self, out: &mut Vec<LogLine>) {
        if !self.begun.is_empty() {
            out.push(line_of(self.begun.split().freeze()));
        }
    }

    fn keep(&mut self, more: &[u8]) {
        let room = (LIMIT + 1).saturating_sub(self.begun.len());
        self.begun.extend_from_slice(&more[..more.len().min(room)]);
    }
}

pub(super) fn line_of(mut raw: Bytes) -> LogLine {
    if raw.last() == Some(&b'\r') {
        raw.truncate(raw.len() - 1);
    }
    let (at, text_at) = time_of(&raw).map_or((None, 0), |(at, text_at)| (Some(at), text_at));
    let cut = raw.len() - text_at > MAX_LOG_LINE;
    if cut {
        let mut end = text_at + MAX_LOG_LINE;
        // Not within a character.
        while end > text_at && raw[end] & 0xC0 == 0x80 {
            end -= 1;
        }
        raw.truncate(end);
    }
    LogLine { at, raw, text_at, cut }
}

/// The time that a line begins with, epoch nanoseconds, and where its text begins.
fn time_of(raw: &[u8]) -> Option<(i64, usize)> {
    let blank = memchr(b' ', &raw[..raw.len().min(LONGEST_TIME)]).or((raw.len() < LONGEST_TIME).then_some(raw.len()))?;
    let text_at = (blank + 1).min(raw.len());
    // By hand, because it is done for every line: half of what a line costs otherwise.
    let (head, rest) = raw[..blank].split_at_checked(19)?;
    let shape = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if shape.iter().any(|(at, sign)| head[*at] != *sign) {
        return None;
    }
    let field = |from: usize, to: usize| digits(&head[from..to]);
    let (year, month, day) = (field(0, 4)?, field(5, 7)?, field(8, 10)?);
    let (hour, minute, second) = (field(11, 13)?, field(14, 16)?, field(17, 19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (nanos, zone) = fraction(rest)?;
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset(zone)?;
    Some((seconds.checked_mul(1_000_000_000)?.checked_add(nanos)?, text_at))
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0_i64, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

/// Nanoseconds, and what follows them.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', rest)) = rest.split_first() else { return Some((0, rest)) };
    let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    if !(1..=9).contains(&end) {
        return None;
    }
    let missing = u32::try_from(9 - end).ok()?;
    Some((digits(&rest[..end])? * 10_i64.pow(missing), &rest[end..]))
}

/// Seconds east of Greenwich.
fn offset(zone: &[u8]) -> Option<i64> {
    match zone {
        b"Z" => Some(0),
        [sign @ (b'+' | b'-'), hours @ .., b':', m1, m2] if hours.len() == 2 => {
            let seconds = digits(hours)? * 3600 + digits(&[*m1, *m2])? * 60;
            Some(if *sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}
