use super::*;

#[test]
fn a_pod_is_the_sum_of_its_containers() {
    let json = br#"{
        "kind": "PodMetrics",
        "metadata": {"name": "web-0", "namespace": "shop", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "timestamp": "2026-01-01T00:00:10Z",
        "window": "15.23s",
        "containers": [
            {"name": "web", "usage": {"cpu": "1500000n", "memory": "1234Ki"}},
            {"name": "proxy", "usage": {"cpu": "250m", "memory": "1Mi"}}
        ]
    }"#;
    let pod = Raw::read(json, "pods").map(Raw::pod).expect("a reading");
    assert_eq!((pod.namespace.as_str(), pod.name.as_str(), pod.window_seconds), ("shop", "web-0", 15));
    assert_eq!(pod.at.map(|at| at.to_string()).as_deref(), Some("2026-01-01T00:00:10Z"));
    assert_eq!(pod.containers[0], ContainerMetrics { name: "web".to_owned(), usage: usage(1.5, 1234 << 10) });
    assert_eq!(pod.usage(), usage(251.5, (1234 << 10) + (1 << 20)));
}

#[test]
fn a_node_may_lack_what_was_not_measured() {
    let full = br#"{"metadata":{"name":"a"},"timestamp":null,"window":"1m0s","usage":{"cpu":"2","memory":"1.5Gi"}}"#;
    let node = Raw::read(full, "nodes").map(Raw::node).expect("a reading");
    let expected = NodeMetrics { name: "a".to_owned(), at: None, window_seconds: 60, usage: usage(2000.0, 3 << 29) };
    assert_eq!(node, expected);
    let bare = Raw::read(br#"{"metadata":{"name":"a"}}"#, "nodes").map(Raw::node).expect("a reading");
    assert_eq!((bare.window_seconds, bare.usage), (0, Usage::default()));
}

#[test]
fn what_is_no_reading_is_garbage() {
    for json in [
        "",
        "[]",
        r#"{"metadata":{}}"#,
        r#"{"metadata":{"name":"a"},"usage":{"cpu":"much"}}"#,
        r#"{"metadata":{"name":"a"},"usage":{"cpu":7}}"#,
        r#"{"metadata":{"name":"a"},"timestamp":"yesterday"}"#,
    ] {
        assert!(matches!(Raw::read(json.as_bytes(), "nodes"), Err(Error::Garbage { .. })), "{json}");
    }
}

#[test]
fn windows_are_durations_of_go() {
    for (text, expected) in [("30s", 30), ("1m0s", 60), ("1h2m3.9s", 3723), ("500ms", 0), ("", 0), ("-5s", 0), ("x", 0)]
    {
        assert_eq!(seconds(text), expected, "{text}");
    }
}

fn usage(cpu_millicores: f64, memory_bytes: u64) -> Usage {
    Usage { cpu_millicores, memory_bytes }
}
