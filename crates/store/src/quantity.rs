//! Resource quantities, by Kubernetes' grammar (`<number><suffix>`), exact to a billionth and saturating beyond 2^63.

/// An amount in billionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Quantity(i128);

const NANO: u32 = 9;
/// Kubernetes caps quantities at 2^63 - 1.
const CAP: i128 = (i64::MAX as i128) * 1_000_000_000;
/// More fraction digits than this only round up.
const FRACTION_DIGITS: usize = 18;

impl Quantity {
    /// Parses `250m`, `1.5Gi`, `12e6`, `0.1`, `-3k`. `None` if the text is no quantity.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, suffix) = rest.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return None;
        }
        let scale = Scale::parse(suffix)?;
        let amount = scale.amount(whole, fraction).min(CAP);
        Some(Self(if negative { -amount } else { amount }))
    }

    /// In thousandths, rounded up (away from zero), as schedulers do.
    pub fn milli(self) -> i64 {
        self.rounded(1_000_000)
    }

    /// In whole units, rounded up (away from zero).
    pub fn units(self) -> i64 {
        self.rounded(1_000_000_000)
    }

    #[expect(clippy::cast_precision_loss, reason = "for comparisons of what people typed")]
    pub(crate) fn as_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    fn rounded(self, unit: i128) -> i64 {
        let up = (self.0.abs() + unit - 1) / unit;
        i64::try_from(if self.0 < 0 { -up } else { up }).unwrap_or(if self.0 < 0 { i64::MIN } else { i64::MAX })
    }
}

/// What a suffix multiplies by: 2^`binary` × 10^`decimal`.
#[derive(Clone, Copy)]
struct Scale {
    binary: u32,
    decimal: i32,
}

impl Scale {
    fn parse(suffix: &str) -> Option<Self> {
        let decimal = |decimal| Some(Self { binary: 0, decimal });
        let binary = |binary| Some(Self { binary, decimal: 0 });
        match suffix {
            "" => decimal(0),
            "n" => decimal(-9),
            "u" => decimal(-6),
            "m" => decimal(-3),
            "k" => decimal(3),
            "M" => decimal(6),
            "G" => decimal(9),
            "T" => decimal(12),
            "P" => decimal(15),
            "E" => decimal(18),
            "Ki" => binary(10),
            "Mi" => binary(20),
            "Gi" => binary(30),
            "Ti" => binary(40),
            "Pi" => binary(50),
            "Ei" => binary(60),
            _ => {
                let exponent = suffix.strip_prefix(['e', 'E'])?;
                let digits = exponent.trim_start_matches(['+', '-']);
                let valid = exponent.len() - digits.len() <= 1 && digits.bytes().all(|byte| byte.is_ascii_digit());
                let exponent = if digits.len() > 4 { 9999 } else { digits.parse::<i32>().ok()? };
                valid.then_some(())?;
                decimal(if suffix[1..].starts_with('-') { -exponent } else { exponent })
            }
        }
    }

    /// The value in billionths, rounded up, not negative.
    fn amount(self, whole: &str, fraction: &str) -> i128 {
        let whole = self.part(digits(whole), 0);
        let kept = &fraction[..fraction.len().min(FRACTION_DIGITS)];
        let dropped = fraction[kept.len()..].bytes().any(|digit| digit != b'0');
        let places = i32::try_from(kept.len()).unwrap_or(i32::MAX);
        whole.saturating_add(self.part(digits(kept).saturating_add(i128::from(dropped)), places))
    }

    /// `number` × 10^-`places` at this scale, in billionths, rounded up.
    fn part(self, number: i128, places: i32) -> i128 {
        if number == 0 {
            return 0;
        }
        let scaled = number.saturating_mul(1_i128 << self.binary);
        let exponent = self.decimal.saturating_add(NANO.cast_signed()).saturating_sub(places);
        let power = 10_i128.checked_pow(exponent.unsigned_abs());
        match (exponent >= 0, power) {
            (true, Some(power)) => scaled.saturating_mul(power),
            (true, None) => i128::MAX,
            (false, Some(power)) => scaled / power + i128::from(scaled % power != 0),
            (false, None) => 1,
        }
    }
}

fn digits(text: &str) -> i128 {
    text.bytes().fold(0, |sum: i128, digit| sum.saturating_mul(10).saturating_add(i128::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nano(text: &str) -> Option<i128> {
        Quantity::parse(text).map(|quantity| quantity.0)
    }

    #[test]
    fn the_grammar_of_kubernetes() {
        for (text, milli) in [
            ("0", 0),
            ("1", 1000),
            ("250m", 250),
            ("0.1", 100),
            (".5", 500),
            ("5.", 5000),
            ("1k", 1_000_000),
            ("1Ki", 1_024_000),
            ("1.5Gi", 1_610_612_736_000),
            ("12e6", 12_000_000_000),
            ("12E6", 12_000_000_000),
            ("1E", 1_000_000_000_000_000_000_000_i128.min(i128::from(i64::MAX))),
            ("100e-3", 100),
            ("-2", -2000),
            ("+2", 2000),
            ("1n", 1),
            ("100u", 1),
        ] {
            let got = Quantity::parse(text).map(|quantity| i128::from(quantity.milli()));
            assert_eq!(got, Some(milli), "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "m", ".", "1.2.3", "1 Gi", "1gi", "1Kib", "--1", "1e", "1e+-3", "0x10", "1,5", "١"] {
            assert_eq!(nano(text), None, "{text:?}");
        }
    }

    #[test]
    fn amounts_round_up_and_saturate() {
        assert_eq!(Quantity::parse("1.0000000001").map(Quantity::units), Some(2));
        assert_eq!(Quantity::parse("0.1n").map(|quantity| quantity.0), Some(1));
        assert_eq!(Quantity::parse("9223372036854775807").map(Quantity::units), Some(i64::MAX));
        assert_eq!(Quantity::parse("16Ei").map(Quantity::units), Some(i64::MAX));
        assert_eq!(Quantity::parse("1e9999999").map(Quantity::units), Some(i64::MAX));
        assert_eq!(Quantity::parse("0.3Gi").map(Quantity::units), Some(322_122_548));
    }

    proptest! {
        #[test]
        fn whole_numbers_are_exact(number in 0_i64..=i64::MAX / 1024) {
            prop_assert_eq!(Quantity::parse(&number.to_string()).map(Quantity::units), Some(number));
            prop_assert_eq!(Quantity::parse(&format!("{number}Ki")).map(Quantity::units), Some(number * 1024));
        }

        #[test]
        fn a_point_and_a_suffix_say_the_same(thousandths in 0_i64..1_000_000_000) {
            let point = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
            prop_assert_eq!(nano(&point), nano(&format!("{thousandths}m")));
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,40}|[-+0-9.eEKMGTPkimnu]{0,60}") {
            let _ = Quantity::parse(&text);
        }
    }
}
