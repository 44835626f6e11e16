//! From a signal to the end: streams are told, requests finish, the process ends well.

use std::time::Duration;

use super::run::{Files, NOWHERE, Serving, read_to_end, read_until};

/// More than the drain's own ten seconds.
const BOUND: Duration = Duration::from_secs(20);

async fn start(files: &Files) -> Serving {
    let kubeconfig = files.write("kubeconfig", NOWHERE);
    Serving::start(&["serve", "--kubeconfig", &kubeconfig, "--listen", "127.0.0.1:0"]).await
}

#[tokio::test]
async fn streams_are_told_and_the_process_ends_well() {
    let files = Files::new();
    let serving = start(&files).await;
    assert!(serving.get("/healthz").await.starts_with("HTTP/1.1 200"));
    let mut stream = serving.send("GET /api/stream\n").await;
    read_until(&mut stream, "event: hello").await;
    // A connection that is kept alive and says nothing does not hold anybody up.
    let mut idle = serving.send("GET /readyz\n").await;
    read_until(&mut idle, "ok").await;
    serving.terminate();
    let last = read_to_end(&mut stream).await;
    assert!(last.contains("event: bye") && last.contains("the server is stopping"), "{last}");
    assert_eq!(serving.end(BOUND).await, (Some(0), String::new()));
}

#[tokio::test]
async fn a_reader_who_does_not_read_holds_up_the_end_for_a_bounded_time_only() {
    let files = Files::new();
    let serving = start(&files).await;
    let mut half = serving.send("GET /api/stream\n").await;
    read_until(&mut half, "event: hello").await;
    let unfinished = serving
        .send("PUT /api/stream/none/subscriptions/a\ncontent-type: application/json\r\ncontent-length: 100\r\n")
        .await;
    serving.terminate();
    assert_eq!(serving.end(BOUND).await, (Some(0), String::new()));
    drop((half, unfinished));
}

#[tokio::test]
async fn a_personal_console_answers_without_its_cluster_and_keeps_its_token() {
    let files = Files::new();
    let serving = start(&files).await;
    let session = serving.get("/api/session").await;
    assert!(session.starts_with("HTTP/1.1 200") && session.contains("\"mode\":\"local\""), "{session}");
    let clusters = serving.get("/api/clusters").await;
    assert!(clusters.contains("\"id\":\"nowhere\""), "{clusters}");
    let list = serving.get("/api/lists/pods").await;
    assert!(list.starts_with("HTTP/1.1 200") && list.contains("unreachable"), "{list}");
    for text in [session, clusters, list] {
        assert!(!text.contains("secret-token-of-mine"), "{text}");
    }
    let foreign = serving.send("GET /api/session\norigin: http://evil.example\r\nconnection: close\r\n").await;
    let mut foreign = foreign;
    assert!(read_to_end(&mut foreign).await.starts_with("HTTP/1.1 403"));
    serving.terminate();
    assert_eq!(serving.end(BOUND).await.0, Some(0));
}
