use proptest::prelude::*;

use super::*;

/// Every text over two letters of at most six characters: with so short patterns that is all there is to see.
fn texts() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..6 {
        let to = all.len();
        for at in from..to {
            for letter in ["a", "b"] {
                all.push(format!("{}{letter}", all[at]));
            }
        }
        from = to;
    }
    all
}

/// The definition, character by character; exponential, which short patterns forgive.
fn plainly(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=text.len()).any(|taken| plainly(rest, &text[taken..])),
        (Some((b'?', rest)), Some((_, after))) => plainly(rest, after),
        (Some((letter, rest)), Some((found, after))) => letter == found && plainly(rest, after),
        _ => false,
    }
}

fn pattern() -> impl Strategy<Value = String> {
    "[ab?*]{0,5}"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_is_covered_by_what_it_fits(one in pattern(), text in "[ab]{0,6}") {
        prop_assert_eq!(covers(&one, &text), plainly(one.as_bytes(), text.as_bytes()), "{} {}", one, text);
        prop_assert_eq!(intersects(&one, &text), covers(&one, &text));
    }

    #[test]
    fn patterns_intersect_where_a_text_fits_both(one in "[ab?*]{0,3}", other in "[ab?*]{0,3}") {
        let both = texts().iter().any(|text| plainly(one.as_bytes(), text.as_bytes()) && plainly(other.as_bytes(), text.as_bytes()));
        prop_assert_eq!(intersects(&one, &other), both, "{} {}", one, other);
        prop_assert_eq!(intersects(&other, &one), both);
    }

    #[test]
    fn a_witness_fits_both(one in pattern(), other in pattern()) {
        let witness = witness(&one, &other);
        prop_assert_eq!(witness.is_some(), intersects(&one, &other), "{} {}", one, other);
        if let Some(text) = witness {
            prop_assert!(covers(&one, &text) && covers(&other, &text), "{} {}: {}", one, other, text);
        }
    }

    #[test]
    fn what_two_meet_in_is_what_both_take(one in pattern(), other in pattern(), text in "[ab]{0,6}") {
        let Some(meets) = meets(&one, &other) else { return Ok(()) };
        let both = covers(&one, &text) && covers(&other, &text);
        prop_assert_eq!(meets.iter().any(|meet| covers(meet, &text)), both, "{} {} {}: {:?}", one, other, text, meets);
    }

    #[test]
    fn covering_is_never_affirmed_wrongly(outer in pattern(), inner in pattern()) {
        if covers(&outer, &inner) {
            for text in texts().iter().filter(|text| plainly(inner.as_bytes(), text.as_bytes())) {
                prop_assert!(plainly(outer.as_bytes(), text.as_bytes()), "{} takes not {} of {}", outer, text, inner);
            }
        }
    }

    #[test]
    fn covering_is_exact_without_single_places(outer in "[ab*]{0,4}", inner in "[ab*]{0,4}") {
        // A third letter stands for all that `outer` does not name; doubled, as a run longer than any part of it.
        let filled = inner.replace('*', "cccccc");
        let exact = plainly(outer.as_bytes(), filled.as_bytes()) && plainly(outer.as_bytes(), inner.replace('*', "").as_bytes());
        prop_assert_eq!(covers(&outer, &inner), exact, "{} {}", outer, inner);
    }

    #[test]
    fn a_pattern_covers_itself_and_less(one in pattern(), text in "[ab]{0,4}") {
        prop_assert!(covers(&one, &one));
        prop_assert!(covers("*", &one));
        let longer = format!("{text}{one}");
        let open = format!("{text}*");
        prop_assert!(covers(&open, &longer));
        prop_assert!(intersects(&one, &one));
    }
}

#[test]
fn a_character_is_one_place_however_many_bytes_it_has() {
    assert!(covers("a?c", "aéc") && !covers("a??c", "aéc"));
    assert!(intersects("a?c", "aéc") && intersects("é*", "*?x"));
}

#[test]
fn patterns_meet_in_the_narrower_or_in_several() {
    assert_eq!(meets("a/*", "*").unwrap(), ["a/*"]);
    assert_eq!(meets("a/*", "?/?").unwrap(), ["a/?"]);
    assert_eq!(meets("*/x", "a/*").unwrap(), ["a/x", "a/*/x"]);
    assert!(meets("a*", "b*").unwrap().is_empty());
    assert_eq!(meets(&"*a".repeat(40), &"*b".repeat(40)), Some(vec![]));
    assert_eq!(meets(&format!("{}*", "*a".repeat(40)), &format!("{}*", "*b".repeat(40))), None);
}

#[test]
fn long_patterns_take_no_time() {
    let pattern = "*a".repeat(3072);
    let text = "a".repeat(3071) + &"b".repeat(3072);
    assert!(!covers(&pattern, &text));
    assert!(covers(&pattern, &pattern) && intersects(&pattern, "b*a"));
}
