//! Times as Kubernetes writes them, kept as epoch seconds.

use jiff::Timestamp;

/// Epoch seconds of an RFC 3339 time; `None` for none or garbage.
pub(crate) fn epoch(text: &str) -> Option<i64> {
    utc(text.as_bytes()).or_else(|| text.parse::<Timestamp>().ok().map(Timestamp::as_second))
}

/// The form API servers write: `2026-11-24T10:19:06Z`, or with a fraction that is dropped.
fn utc(text: &[u8]) -> Option<i64> {
    if text.len() < 20 || text[4] != b'-' || text[7] != b'-' || text[10] != b'T' || text.last() != Some(&b'Z') {
        return None;
    }
    let number = |at: std::ops::Range<usize>| {
        text[at].iter().try_fold(0_i64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Days since the epoch in the proleptic Gregorian calendar, the year beginning in March.
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468;
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Seconds of a duration as kubectl prints it or people type it: `90s`, `5d3h`, `2y40d`, `1h30m`.
pub(crate) fn duration(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total = 0_i64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0)?;
        let number: i64 = rest[..end].parse().ok()?;
        let unit_end = rest[end..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| end + at);
        let seconds = match &rest[end..unit_end] {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 7 * 86_400,
            "y" => 365 * 86_400,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(seconds)?)?;
        rest = &rest[unit_end..];
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odd_times_are_read_or_refused() {
        assert_eq!(epoch("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(epoch("2026-11-24T10:19:06.123456Z"), Some(1_795_515_546));
        assert_eq!(epoch("2026-11-24T12:19:06+02:00"), Some(1_795_515_546));
        for text in ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-24", "aaaa-bb-ccTdd:ee:ffZ"] {
            assert_eq!(epoch(text), None, "{text:?}");
        }
    }

    #[test]
    fn durations_as_kubectl_prints_them() {
        assert_eq!(duration("5d3h"), Some(5 * 86_400 + 3 * 3600));
        assert_eq!(duration("90s"), Some(90));
        assert_eq!(duration("2y40d"), Some((730 + 40) * 86_400));
        for text in ["", "h", "5", "5x", "-1h", "<unknown>", "99999999999999999999y"] {
            assert_eq!(duration(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_second_round_trips(second in 0_i64..4_102_444_800) {
            let text = Timestamp::from_second(second).unwrap().to_string();
            prop_assert_eq!(utc(text.as_bytes()), Some(second), "{}", text);
        }
    }
}
