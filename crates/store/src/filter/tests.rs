use proptest::prelude::*;

use super::matches::Place;
use super::*;
use crate::rows::Row;
use crate::testing;

fn place(memo: &Memo) -> Place<'_> {
    Place { cluster: "prod-eu", now: 1_795_515_546, memo }
}

fn holds(filter: &str, row: &Row) -> bool {
    let filter = Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
    let (pass, none) = (Memo::for_pass(), Memo::none());
    let holds = |memo| filter.holds_but_status(row, place(memo)) && filter.status_holds(row, place(memo));
    assert_eq!([holds(&pass), holds(&pass)], [holds(&none); 2], "what is remembered is what is so");
    holds(&none)
}

fn pod() -> Row {
    let status = r#"{"phase":"Running","podIP":"10.1.2.3","containerStatuses":[{"name":"app","restartCount":7,
        "state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}"#;
    let json = testing::pod_with("shop", "checkout-5d9-x", status).replace(
        r#""image":"registry/app:1""#,
        r#""image":"registry/app:1","resources":{"requests":{"cpu":"500m","memory":"1Gi"}}"#,
    );
    testing::row("pods", &json)
}

#[test]
fn what_holds() {
    let pod = pod();
    for filter in [
        "",
        "checkout",
        "CHECKOUT",
        "shop",
        "crashloop",
        "registry/app:1",
        "10.1.2",
        "\"crashloopback\"",
        "/^check.*x$/",
        "!frontend",
        "-frontend",
        "label:app",
        "label:app=web",
        "label:app!=api",
        "label:tier,app",
        "!label:tier",
        "status:failing",
        "status:failing,pending",
        "status:crash",
        "node:node-1",
        "image:app",
        "ns:shop",
        "namespace:SHOP",
        "name:checkout",
        "name:=checkout-5d9-x",
        "cluster:prod",
        "reason:crash",
        "restarts:>5",
        "restarts:7",
        "restarts:<=7",
        "age:>1h",
        "age:<2h",
        "cpu:>=500m",
        "cpu:<1",
        "memory:=1Gi",
        "memory:>900M",
        "ready:=0/1",
        "ready:<1",
        "checkout status:failing -label:x",
        "ns:/^sh/",
        "image:/:1$/",
    ] {
        assert!(holds(filter, &pod), "{filter}");
    }
}

#[test]
fn what_does_not_hold() {
    let pod = pod();
    for filter in [
        "frontend",
        "!checkout",
        "-shop",
        "label:tier",
        "label:app=api",
        "label:app!=web",
        "status:running",
        "status:ok",
        "status:evicted",
        "node:node-2",
        "ns:sho",
        "name:=checkout",
        "cluster:staging",
        "restarts:>7",
        "age:<1h",
        "cpu:>500m",
        "memory:>1Gi",
        "/^x/",
        "checkout frontend",
        "nothing:here",
        "sa:default",
        "10.1.9",
        "/z{3}/",
    ] {
        assert!(!holds(filter, &pod), "{filter}");
    }
}

#[test]
fn an_unknown_key_is_text() {
    let json = testing::pod("n", "p").replace("registry/app:1", "nginx:1.27");
    assert!(holds("nginx:1.27", &testing::row("pods", &json)));
}

#[test]
fn errors_point_at_the_place() {
    for (filter, at) in [
        ("ok /open", 3..8),
        ("\"open", 0..5),
        ("a restarts:>x b", 12..13),
        ("status:", 0..7),
        ("x !", 2..3),
        ("age:>", 4..5),
        ("/(/ x", 0..3),
        ("label: x", 6..7),
        ("\"a\"b", 3..4),
        ("restarts:>/x/", 10..13),
    ] {
        let error = Filter::parse(filter).expect_err(filter);
        assert_eq!(error.at, at, "{filter}: {error}");
    }
}

#[test]
fn a_huge_regular_expression_is_refused() {
    let error = Filter::parse("/(a{1000}){1000}/").expect_err("too large");
    assert!(error.message.contains("too large"), "{error}");
    assert!(Filter::parse(&"(".repeat(5000)).is_err());
    assert!(Filter::parse(&"a ".repeat(65)).is_err());
}

#[test]
fn only_durations_depend_on_time() {
    assert!(Filter::parse("age:<1h").is_ok_and(|filter| filter.depends_on_time()));
    assert!(Filter::parse("restarts:>5 x").is_ok_and(|filter| !filter.depends_on_time()));
}

proptest! {
    #[test]
    fn nothing_panics_and_what_parses_round_trips(text in "\\PC{0,60}|[-!a-c:,/\"\\\\=<>. 0-9lbe]{0,40}") {
        if let Ok(filter) = Filter::parse(&text) {
            let shown = filter.to_string();
            let again = Filter::parse(&shown);
            prop_assert_eq!(again.as_ref().map(ToString::to_string), Ok(shown), "{}", text);
            let row = pod();
            let again = again.expect("parsed");
            prop_assert_eq!(filter.holds_but_status(&row, place(&Memo::none())), again.holds_but_status(&row, place(&Memo::none())));
        } else if let Err(error) = Filter::parse(&text) {
            prop_assert!(error.at.end <= text.len() && text.is_char_boundary(error.at.start));
        }
    }
}
