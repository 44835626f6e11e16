//! What pods are in AWS, over the demo world's own AWS.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::client::Client;
use super::world::{PATIENCE, Server, run};

/// Asks until the answer is as wanted: what is read of AWS comes when it comes.
async fn until(client: &Client, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    let asking = async {
        loop {
            let answered = client.get(path).await;
            assert_eq!(answered.status, 200, "{path}: {}", answered.text);
            last = answered.json();
            if wanted(&last) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, asking).await;
    assert!(came.is_ok(), "{path} is still {last}");
    last
}

#[test]
fn the_connection_to_aws_says_what_was_read() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let path = "/api/clusters/prod-eu/aws/status";
        let all_live = |status: &Value| {
            let parts = status["data"]["parts"].as_array().expect("parts");
            parts.len() == 7 && parts.iter().all(|part| part["state"] == "live")
        };
        let status = until(&alice, path, all_live).await;
        assert_eq!(status["data"]["account"], "111122223333");
        assert_eq!((&status["data"]["region"], &status["data"]["partition"]), (&json!("eu-west-1"), &json!("aws")));
        let refreshed = alice.post("/api/clusters/prod-eu/aws/refresh", "{}").await;
        assert_eq!(refreshed.status, 200, "{}", refreshed.text);
        let at = |status: &Value| status["data"]["parts"][0]["at"].as_str().expect("a time").to_owned();
        assert!(at(&refreshed.json()) > at(&status), "read again");
        let named: BTreeSet<&str> = status["data"]["parts"]
            .as_array()
            .expect("parts")
            .iter()
            .map(|part| part["part"].as_str().expect("a name"))
            .collect();
        assert_eq!(named.len(), 7);
    });
}
