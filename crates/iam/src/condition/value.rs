//! What the values of conditions mean: numbers, dates, addresses, bytes.

use std::cmp::Ordering;
use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A decimal number of any length, compared exactly.
#[derive(Debug, Clone, Copy)]
struct Decimal<'a> {
    negative: bool,
    /// With at most one point.
    digits: &'a str,
    exponent: i64,
}

impl<'a> Decimal<'a> {
    /// `None` for anything that is not wholly a number.
    fn parse(text: &'a str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (digits, exponent) = match rest.find(['e', 'E']) {
            None => (rest, 0),
            Some(at) => (&rest[..at], exponent(&rest[at + 1..])?),
        };
        let points = digits.bytes().filter(|byte| *byte == b'.').count();
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        (plain && points <= 1 && digits.len() > points && !digits.ends_with('.')).then_some(Self {
            negative,
            digits,
            exponent,
        })
    }

    /// Its significant digits, and the power of ten before the first of them. `None` for zero.
    fn normal(&self) -> Option<(i64, impl Iterator<Item = u8> + use<'a>)> {
        let digits = self.digits;
        let point = digits.find('.').unwrap_or(digits.len());
        let first = digits.find(|c: char| c.is_ascii_digit() && c != '0')?;
        let last = digits.rfind(|c: char| c.is_ascii_digit() && c != '0')?;
        let distance =
            |from: usize, to: usize| i64::try_from(from).unwrap_or(i64::MAX) - i64::try_from(to).unwrap_or(i64::MAX);
        let magnitude = if first < point { distance(point, first) } else { distance(point, first) + 1 };
        let significant = digits[first..=last].bytes().filter(|byte| *byte != b'.');
        Some((magnitude.saturating_add(self.exponent), significant))
    }
}

fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse::<i64>().unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
    Some(if text.starts_with('-') { -size } else { size })
}

/// How two numbers compare; `None` when one is none.
pub(super) fn numbers(one: &str, other: &str) -> Option<Ordering> {
    let (one, other) = (Decimal::parse(one)?, Decimal::parse(other)?);
    let sign = |number: &Decimal<'_>, zero: bool| {
        if zero {
            0
        } else if number.negative {
            -1
        } else {
            1
        }
    };
    let (left, right) = (one.normal(), other.normal());
    let signs = (sign(&one, left.is_none()), sign(&other, right.is_none()));
    let (Some((a, a_digits)), Some((b, b_digits))) = (left, right) else { return Some(signs.0.cmp(&signs.1)) };
    if signs.0 != signs.1 {
        return Some(signs.0.cmp(&signs.1));
    }
    let size = a.cmp(&b).then_with(|| a_digits.cmp(b_digits));
    Some(if one.negative { size.reverse() } else { size })
}

/// How two points in time compare; `None` when one is none.
pub(super) fn dates(one: &str, other: &str) -> Option<Ordering> {
    Some(instant(one)?.cmp(&instant(other)?))
}

/// Seconds and nanoseconds since the epoch, from ISO 8601 as the W3C profiles it or from epoch seconds.
fn instant(text: &str) -> Option<(i64, u32)> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits(whole) && all_digits(fraction) {
        let (seconds, nanos) = (whole.parse::<i64>().ok()?, nanoseconds(fraction));
        return Some(match (text.starts_with('-'), nanos) {
            (false, _) => (seconds, nanos),
            (true, 0) => (-seconds, 0),
            (true, _) => (-seconds - 1, 1_000_000_000 - nanos),
        });
    }
    let (date, time) = text.split_once(['T', 't']).map_or((text, None), |(date, time)| (date, Some(time)));
    let days = days(date)?;
    let (seconds, nanos) = time.map_or(Some((0, 0)), time_of_day)?;
    Some((days * 86_400 + seconds, nanos))
}

fn nanoseconds(fraction: &str) -> u32 {
    fraction.bytes().chain(std::iter::repeat(b'0')).take(9).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
}

/// Exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as days since the epoch.
fn days(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years that start in March, so that the leap day is their last.
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.s`, then `Z`, an offset, or nothing for UTC.
fn time_of_day(time: &str) -> Option<(i64, u32)> {
    let zone = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone);
    let mut parts = clock.splitn(3, ':');
    let hour = digits(parts.next()?, 2).filter(|hour| *hour <= 24)?;
    let minute = digits(parts.next()?, 2).filter(|minute| *minute < 60)?;
    let (second, nanos) = match parts.next() {
        None => (0, 0),
        Some(part) => {
            let (whole, fraction) = part.split_once('.').unwrap_or((part, "0"));
            if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            (digits(whole, 2).filter(|second| *second <= 60)?, nanoseconds(fraction))
        }
    };
    if hour == 24 && (minute, second, nanos) != (0, 0, 0) {
        return None;
    }
    Some((hour * 3600 + minute * 60 + second - offset(zone)?, nanos))
}

fn offset(zone: &str) -> Option<i64> {
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = zone.split_at(1);
    let (hours, minutes) = match rest.len() {
        5 => rest.split_once(':')?,
        4 => rest.is_char_boundary(2).then(|| rest.split_at(2))?,
        2 => (rest, "00"),
        _ => return None,
    };
    let hours = digits(hours, 2).filter(|hours| *hours < 24)?;
    let minutes = digits(minutes, 2).filter(|minutes| *minutes < 60)?;
    let seconds = hours * 3600 + minutes * 60;
    Some(if sign == "-" { -seconds } else { seconds })
}

/// Whether an address lies in a range; a range without a length is one address. Families never meet.
pub(super) fn in_range(range: &str, address: &str) -> bool {
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    let (base, length) = range.split_once('/').map_or((range, None), |(base, length)| (base, Some(length)));
    let Ok(base) = base.parse::<IpAddr>() else { return false };
    let length = |most: u32| match length {
        None => Some(most),
        Some(text) => (text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse().ok())?
            .filter(|length| *length <= most),
    };
    match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => length(32)
            .is_some_and(|length| (base.to_bits() ^ address.to_bits()).checked_shr(32 - length).unwrap_or(0) == 0),
        (IpAddr::V6(base), IpAddr::V6(address)) => length(128)
            .is_some_and(|length| (base.to_bits() ^ address.to_bits()).checked_shr(128 - length).unwrap_or(0) == 0),
        _ => false,
    }
}

/// Whether two base64 texts are the same bytes.
pub(super) fn same_bytes(one: &str, other: &str) -> bool {
    matches!((STANDARD.decode(one), STANDARD.decode(other)), (Ok(one), Ok(other)) if one == other)
}

/// `true` or `false`, in any case.
pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") { Some(true) } else { text.eq_ignore_ascii_case("false").then_some(false) }
}

/// Equal without regard to case, in any alphabet.
pub(super) fn same_letters(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || !(one.is_ascii() && other.is_ascii()) && one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fact_23_numbers_are_compared_as_numbers() {
        use Ordering::{Equal, Greater, Less};
        for (one, other, expected) in [
            ("10", "10.0", Some(Equal)),
            ("9", "10", Some(Less)),
            ("-9", "-10", Some(Greater)),
            ("0", "-0.00", Some(Equal)),
            ("0.05", "0.5", Some(Less)),
            ("1e3", "1000", Some(Equal)),
            ("1.5E-1", "0.15", Some(Equal)),
            ("123456789012345678901", "123456789012345678902", Some(Less)),
            ("100", "20", Some(Greater)),
            ("-1", "0", Some(Less)),
            ("0.1", "0", Some(Greater)),
            (".5", "0.5", Some(Equal)),
            ("+5", "5", Some(Equal)),
            ("10abc", "10", None),
            ("", "0", None),
            (".", "0", None),
            ("1.", "1", None),
            ("1.2.3", "1", None),
            (" 1", "1", None),
            ("1e", "1", None),
            ("-", "1", None),
            ("NaN", "1", None),
        ] {
            assert_eq!(numbers(one, other), expected, "{one} {other}");
            assert_eq!(numbers(other, one), expected.map(Ordering::reverse), "{other} {one}");
        }
    }

    #[test]
    fn fact_23_dates_are_iso_8601_or_epoch_seconds() {
        for (one, other) in [
            ("2020-04-01T00:00:00Z", "1585699200"),
            ("2020-04-01", "2020-04-01T00:00Z"),
            ("2020-04", "2020-04-01"),
            ("2020-04-01T02:00:00+02:00", "2020-04-01T00:00:00Z"),
            ("2020-03-31T19:30:00-0430", "2020-04-01T00:00:00.000Z"),
            ("2020-04-01T24:00:00Z", "2020-04-02T00:00:00"),
            ("2000-02-29", "951782400"),
            ("1969-12-31T23:59:59Z", "-1"),
            ("-0.5", "1969-12-31T23:59:59.5Z"),
        ] {
            assert_eq!(dates(one, other), Some(Ordering::Equal), "{one} {other}");
        }
        for wrong in [
            "2021-02-29",
            "2020-13-01",
            "2020-1-1",
            "tomorrow",
            "2020-04-01T25:00Z",
            "2020-04-01T1:00Z",
            "2020-04-01T00:00:00+é1",
            "",
        ] {
            assert_eq!(dates(wrong, "0"), None, "{wrong}");
        }
        assert_eq!(dates("2020-04-01T00:00:00.1Z", "1585699200"), Some(Ordering::Greater));
    }

    #[test]
    fn fact_24_addresses_lie_in_ranges_of_their_family() {
        for (range, address, expected) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.9.9.9/8", "10.1.2.3", true),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("10.0.0.1/32", "10.0.0.1", true),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "10.0.0.1", false),
            ("2001:DB8:1234:5678::/64", "2001:db8:1234:5678:0::9", true),
            ("2001:db8::1", "2001:db8:0:0:0:0:0:1", true),
            ("10.0.0.0/33", "10.0.0.0", false),
            ("10.0.0.0/", "10.0.0.0", false),
            ("10.0.0/8", "10.0.0.0", false),
            ("10.0.0.0/8", "10.0.0.0/8", false),
        ] {
            assert_eq!(in_range(range, address), expected, "{range} {address}");
        }
    }

    #[test]
    fn fact_23_bytes_and_truths() {
        assert!(same_bytes("QmluYXJ5", "QmluYXJ5"));
        assert!(!same_bytes("QmluYXJ5", "qmluYXJ5"));
        assert!(!same_bytes("?", "?"));
        assert_eq!((boolean("TRUE"), boolean("False"), boolean("yes")), (Some(true), Some(false), None));
        assert!(same_letters("ÄB", "äb") && !same_letters("a", "b"));
    }
}
