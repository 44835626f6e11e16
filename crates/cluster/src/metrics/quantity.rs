//! Quantities as far as readings use them, near enough for a chart: exact ones are the store's business.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| serde::de::Error::custom(format_args!("{text:?} is not a quantity")))
}

/// `12345n`, `250m`, `1.5`, `1234Ki`, `1e3`; in whole units.
fn parse(text: &str) -> Option<f64> {
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let number: f64 = number.parse().ok()?;
    let scaled = number * scale(suffix)?;
    (scaled.is_finite() && scaled >= 0.0).then_some(scaled)
}

fn scale(suffix: &str) -> Option<f64> {
    let scale = match suffix {
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "" => 1.0,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 2_f64.powi(10),
        "Mi" => 2_f64.powi(20),
        "Gi" => 2_f64.powi(30),
        "Ti" => 2_f64.powi(40),
        "Pi" => 2_f64.powi(50),
        "Ei" => 2_f64.powi(60),
        _ => 10_f64.powi(suffix.strip_prefix(['e', 'E'])?.parse().ok()?),
    };
    Some(scale)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn readings_are_in_whole_units() {
        for (text, expected) in [
            ("0", 0.0),
            ("250m", 0.25),
            ("3u", 3e-6),
            ("12345n", 12345e-9),
            ("1.5", 1.5),
            ("1234Ki", 1_263_616.0),
            ("1.5Gi", 1_610_612_736.0),
            ("1k", 1000.0),
            ("1e3", 1000.0),
            ("1E3", 1000.0),
            ("1e-1", 0.1),
            ("1E", 1e18),
        ] {
            let got = parse(text).expect(text);
            assert!((got - expected).abs() <= expected * 1e-12, "{text}: {got}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "m", "1 Gi", "1gi", "--1", "1.2.3", "1e", "1e9999", "-1", "inf", "NaN", "0x10"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,20}|[-+0-9.eEKMGinum]{0,20}") {
            prop_assert!(parse(&text).is_none_or(|value| value.is_finite() && value >= 0.0));
        }
    }
}
