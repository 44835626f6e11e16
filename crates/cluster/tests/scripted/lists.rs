//! Lists over the network: as they arrive, and as they do not.

use std::time::Duration;

use bytes::Bytes;
use periscope_cluster::{Error, Form, Identity, ListFrame, ListOptions, ListStream};
use serde_json::json;
use tokio::time::timeout;

use crate::server::{PATIENCE, Part, Reply, Server, part, pods};

async fn list(server: &Server) -> Result<ListStream, Error> {
    server.connection().await.list(&Identity::Inventory, &pods(), ListOptions::default()).await
}

async fn impatient(server: &Server) -> ListStream {
    let list = server.impatient().await.list(&Identity::Inventory, &pods(), ListOptions::default()).await;
    list.expect("a list")
}

/// What is left of a list: its items as text, and how it ended.
#[expect(clippy::panic, reason = "a list that ends like this fails the test")]
async fn rest(mut list: ListStream) -> (Vec<String>, Result<String, Error>) {
    let mut items = Vec::new();
    loop {
        match timeout(PATIENCE, list.next()).await.expect("a frame") {
            Some(Ok(ListFrame::Item(json))) => items.push(String::from_utf8_lossy(&json).into_owned()),
            Some(Ok(ListFrame::Skipped(skipped))) => items.push(format!("{:?} {}", skipped.name, skipped.reason)),
            Some(Ok(ListFrame::End(end))) => {
                assert!(list.next().await.is_none(), "something after the end");
                return (items, Ok(end.resource_version));
            }
            Some(Err(error)) => {
                assert!(list.next().await.is_none(), "something after an error");
                return (items, Err(error));
            }
            None => panic!("a list without an end, after {items:?}"),
        }
    }
}

#[tokio::test]
async fn items_are_there_before_the_list_is() {
    let server = Server::always(Reply::parts([part(r#"{"items":[{"a":1},{"b""#), Part::Silence])).await;
    let mut list = impatient(&server).await;
    let first = timeout(PATIENCE, list.next()).await.expect("a frame").expect("a frame");
    assert!(matches!(first, Ok(ListFrame::Item(json)) if json == r#"{"a":1}"#));
    let (items, ended) = rest(list).await;
    assert_eq!(items, [""; 0]);
    let error = ended.expect_err("silence");
    assert!(matches!(&error, Error::Timeout { what, .. } if what.contains("silent")), "{error:?}");
}

#[tokio::test]
async fn a_list_arrives_whole_in_any_pieces() {
    let body = json!({"metadata": {"resourceVersion": "41"}, "items": [{"a": "\\\"é"}, {"b": {}}]}).to_string();
    let pieces = body.as_bytes().iter().map(|&byte| Part::Bytes(Bytes::copy_from_slice(&[byte])));
    let server = Server::always(Reply::parts(pieces)).await;
    let (items, ended) = rest(list(&server).await.expect("a list")).await;
    assert_eq!(items, [r#"{"a":"\\\"é"}"#, r#"{"b":{}}"#]);
    assert_eq!(ended.expect("the end"), "41");
}

#[tokio::test]
async fn a_list_that_breaks_off_is_not_complete() {
    let server = Server::always(Reply::parts([part(r#"{"items":[{"a":1},"#), Part::Break])).await;
    let (_, ended) = rest(list(&server).await.expect("a list")).await;
    assert!(matches!(ended, Err(Error::Unreachable { .. })), "{ended:?}");
    // And one that ends as if it were: a proxy may do that.
    let server = Server::always(Reply::parts([part(r#"{"items":[{"a":1},"#)])).await;
    let (items, ended) = rest(list(&server).await.expect("a list")).await;
    assert_eq!(items.len(), 1);
    assert!(matches!(ended, Err(Error::Garbage { .. })), "{ended:?}");
}

#[tokio::test]
async fn a_huge_item_is_skipped_alone() {
    let megabyte = Part::Bytes(Bytes::from(vec![b'x'; 1 << 20]));
    let mut parts = vec![part(r#"{"items":[{"a":1},{"metadata":{"name":"big","namespace":"shop"},"data":""#)];
    parts.extend(vec![megabyte; 9]);
    parts.push(part(r#""},{"b":2}],"metadata":{"resourceVersion":"41"}}"#));
    let server = Server::always(Reply::parts(parts)).await;
    let (items, ended) = rest(list(&server).await.expect("a list")).await;
    assert_eq!(items[0], r#"{"a":1}"#);
    assert!(items[1].starts_with("Some(\"big\") it is 94372"), "{}", items[1]);
    assert_eq!(items[2], r#"{"b":2}"#);
    assert_eq!(ended.expect("the end"), "41");
}

#[tokio::test]
async fn who_waits_in_small_steps_loses_nothing_and_still_notices_silence() {
    let server =
        Server::always(Reply::parts([part(r#"{"items":[{"a":1}"#), part(r#",{"b":2},"#), Part::Silence])).await;
    let mut list = impatient(&server).await;
    let mut items = 0;
    let began = tokio::time::Instant::now();
    let error = loop {
        assert!(began.elapsed() < PATIENCE, "silence is never noticed");
        match timeout(Duration::from_millis(1), list.next()).await {
            Err(_) => {}
            Ok(Some(Ok(_))) => items += 1,
            Ok(Some(Err(error))) => break error,
            Ok(None) => panic!("the end"),
        }
    };
    assert_eq!(items, 2);
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
}

#[tokio::test]
async fn a_form_is_asked_for_and_answered() {
    let table = json!({
        "kind": "Table", "metadata": {"resourceVersion": "2"}, "columnDefinitions": [{"name": "Name"}],
        "rows": [{"cells": ["a"], "object": {"metadata": {"name": "a"}}}],
    });
    let server = Server::always(Reply::json(200, &table)).await;
    let options = ListOptions { form: Form::Table, namespace: Some("shop".to_owned()), ..ListOptions::default() };
    let connection = server.connection().await;
    let (rows, _) = rest(connection.list(&Identity::Inventory, &pods(), options).await.expect("a list")).await;
    assert_eq!(rows, [r#"{"cells":["a"],"object":{"metadata":{"name":"a"}}}"#]);
    let seen = server.seen();
    assert_eq!(seen[0].path, "/api/v1/namespaces/shop/pods?includeObject=Metadata");
    assert_eq!(seen[0].headers("accept"), ["accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json"]);
}

#[tokio::test]
async fn a_refused_list_names_the_permission() {
    let server = Server::always(Reply::json(403, &json!({"kind": "Status", "message": "no"}))).await;
    let error = list(&server).await.expect_err("refused");
    assert_eq!(error.needs().map(ToString::to_string).as_deref(), Some("list pods cluster-wide"));
}
