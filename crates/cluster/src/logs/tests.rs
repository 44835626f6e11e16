use bytes::Bytes;
use jiff::Timestamp;
use proptest::prelude::*;

use super::lines::Lines;
use super::{LogLine, LogOptions, MAX_LOG_LINE, ask};

fn read(chunks: &[&[u8]]) -> Vec<LogLine> {
    let (mut lines, mut out) = (Lines::default(), Vec::new());
    for chunk in chunks {
        lines.push(Bytes::copy_from_slice(chunk), &mut out);
    }
    lines.end(&mut out);
    out
}

fn texts(lines: &[LogLine]) -> Vec<String> {
    lines.iter().map(|line| line.text().into_owned()).collect()
}

#[test]
fn a_line_has_its_time_and_its_text() {
    let lines = read(&[b"2026-11-26T13:00:00.123456789Z hello  world\n2026-11-26T13:00:01Z \n"]);
    assert_eq!(texts(&lines), ["hello  world", ""]);
    assert_eq!(lines[0].time(), "2026-11-26T13:00:00.123456789Z");
    assert_eq!(lines[0].at, Some(1_795_698_000_123_456_789));
    assert_eq!(lines[1].at, Some(1_795_698_001_000_000_000));
}

#[test]
fn a_time_elsewhere_is_told_as_utc() {
    let lines = read(&[b"2026-11-26T15:00:00.5+02:00 a\n"]);
    assert_eq!(lines[0].time(), "2026-11-26T13:00:00.500000000Z");
    assert_eq!(lines[0].text(), "a");
}

#[test]
fn what_has_no_time_is_all_text() {
    for text in ["unable to retrieve container logs for containerd://0", "", "2026-13-26T13:00:00Z x", "2026-11-26 x"] {
        let lines = read(&[text.as_bytes(), b"\n"]);
        assert_eq!((lines[0].at, &*lines[0].text(), &*lines[0].time()), (None, text, ""));
    }
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_controls_stay() {
    let lines = read(&[b"2026-11-26T13:00:00Z a\xff\x1b[31mb\x00\r\n"]);
    assert_eq!(lines[0].text(), "a\u{fffd}\u{1b}[31mb\0");
}

#[test]
fn a_line_that_is_too_long_is_cut_and_the_next_one_is_whole() {
    let long = "é".repeat(MAX_LOG_LINE);
    let whole = format!("2026-11-26T13:00:00Z x{long}\n2026-11-26T13:00:01Z next\n");
    for size in [1, 1000, 7777, whole.len()] {
        let chunks: Vec<&[u8]> = whole.as_bytes().chunks(size).collect();
        let lines = read(&chunks);
        assert_eq!(lines.len(), 2, "in chunks of {size}");
        assert!(lines[0].cut && !lines[1].cut);
        assert_eq!(lines[0].text().len(), MAX_LOG_LINE - 1, "in chunks of {size}");
        assert!(!lines[0].text().contains('\u{fffd}'));
        assert_eq!(lines[1].text(), "next");
    }
}

#[test]
fn a_request_stays_in_its_place() {
    let options = LogOptions {
        namespace: "shop".into(),
        pod: "api-0".into(),
        container: "a&b=c".into(),
        follow: true,
        since_seconds: Some(0),
        tail: Some(5),
        ..LogOptions::default()
    };
    let path = "/api/v1/namespaces/shop/pods/api-0/log?container=a%26b%3Dc&follow=true&timestamps=true&sinceSeconds=1&tailLines=5";
    assert_eq!(ask(&options).expect("valid").path, path);
    assert_eq!(ask(&options).expect("valid").permission.to_string(), "get pods/log \"api-0\" in namespace shop");
    for pod in ["../secrets", "a/b", ""] {
        assert!(ask(&LogOptions { pod: pod.into(), ..options.clone() }).is_err(), "{pod:?}");
    }
}

#[test]
fn a_point_in_time_wins_over_an_age() {
    let since = "2026-11-26T13:00:00.5Z".parse::<Timestamp>().expect("a time");
    let options = LogOptions {
        namespace: "shop".into(),
        pod: "p".into(),
        since: Some(since),
        since_seconds: Some(9),
        ..LogOptions::default()
    };
    let path = ask(&options).expect("valid").path;
    assert!(path.contains("sinceTime=2026%2D11%2D26T13%3A00%3A00%2E5Z") && !path.contains("sinceSeconds"), "{path}");
}

proptest! {
    #[test]
    fn chunks_do_not_matter(text in "([a-z0-9é\r ]{0,12}\n){0,8}[a-z]{0,3}", cuts in prop::collection::vec(0_usize..80, 0..6)) {
        let bytes = text.as_bytes();
        let mut at: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        at.extend([0, bytes.len()]);
        at.sort_unstable();
        let chunks: Vec<&[u8]> = at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(read(&chunks), read(&[bytes]));
    }

    #[test]
    fn times_are_what_jiff_says(nanos in -6_000_000_000_000_000_000_i64..9_000_000_000_000_000_000) {
        let time = Timestamp::from_nanosecond(nanos.into()).expect("in range");
        let line = format!("{} x\n", time.strftime("%Y-%m-%dT%H:%M:%S.%9fZ"));
        prop_assert_eq!(read(&[line.as_bytes()])[0].at, Some(nanos));
    }

    #[test]
    fn any_bytes_are_lines(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let breaks = memchr::memchr_iter(b'\n', &bytes).count();
        let open = usize::from(bytes.last().is_some_and(|byte| *byte != b'\n'));
        let lines = read(&[&bytes]);
        prop_assert_eq!(lines.len(), breaks + open);
        for line in lines {
            let _ = (line.text(), line.time());
        }
    }
}
