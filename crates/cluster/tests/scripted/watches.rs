//! Watches over the network.

use periscope_cluster::{Error, Identity, WatchEvent, WatchKind, WatchOptions, WatchStream};
use serde_json::json;
use tokio::time::timeout;

use crate::server::{PATIENCE, Part, Reply, Server, part, pods};

async fn watch(server: &Server) -> WatchStream {
    let connection = server.connection().await;
    connection.watch(&Identity::Inventory, &pods(), WatchOptions::default()).await.expect("a watch")
}

async fn next(watch: &mut WatchStream) -> Option<Result<WatchEvent, Error>> {
    timeout(PATIENCE, watch.next()).await.expect("an event")
}

const ADDED: &str = "{\"type\":\"ADDED\",\"object\":{\"a\":1}}\n";

#[tokio::test]
async fn events_come_as_they_happen_until_the_end() {
    let (one, two) = ADDED.split_at(9);
    let server = Server::always(Reply::parts([part(ADDED), part(one), part(two)])).await;
    let mut watch = watch(&server).await;
    for _ in 0..2 {
        let event = next(&mut watch).await.expect("an event").expect("an event");
        assert_eq!((event.kind, event.object.as_ref()), (WatchKind::Added, &br#"{"a":1}"#[..]));
    }
    assert!(next(&mut watch).await.is_none());
    assert!(next(&mut watch).await.is_none());
    assert_eq!(server.seen()[0].path, "/api/v1/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=290");
}

#[tokio::test]
async fn an_expired_version_ends_the_watch_as_gone() {
    let status =
        json!({"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version: 1 (9)"});
    let event = format!("{}\n", json!({"type": "ERROR", "object": status}));
    let server = Server::always(Reply::parts([part(&event), part(ADDED)])).await;
    let mut watch = watch(&server).await;
    let error = next(&mut watch).await.expect("an error").expect_err("an error");
    assert!(matches!(&error, Error::Gone { message } if message == "too old resource version: 1 (9)"), "{error:?}");
    assert!(next(&mut watch).await.is_none());
}

#[tokio::test]
async fn a_silent_watch_is_given_up() {
    let server = Server::always(Reply::parts([part(ADDED), Part::Silence])).await;
    let connection = server.impatient().await;
    let watch = connection.watch(&Identity::Inventory, &pods(), WatchOptions::default()).await;
    let mut watch = watch.expect("a watch");
    assert!(matches!(next(&mut watch).await, Some(Ok(_))));
    assert!(matches!(next(&mut watch).await, Some(Err(Error::Timeout { .. }))));
}

#[tokio::test]
async fn a_watch_that_breaks_off_is_told_from_one_that_ends() {
    let server = Server::always(Reply::parts([part(ADDED), Part::Break])).await;
    let mut watch = watch(&server).await;
    let mut last = next(&mut watch).await;
    if matches!(last, Some(Ok(_))) {
        last = next(&mut watch).await;
    }
    assert!(matches!(last, Some(Err(Error::Unreachable { .. }))), "{last:?}");
}

#[tokio::test]
async fn many_watches_do_not_wait_for_each_other() {
    let server = Server::always(Reply::parts([part(ADDED), Part::Silence])).await;
    let connection = server.connection().await;
    let watches = (0..150).map(|_| async {
        let mut watch =
            connection.watch(&Identity::Inventory, &pods(), WatchOptions::default()).await.expect("a watch");
        assert!(matches!(next(&mut watch).await, Some(Ok(_))));
        watch
    });
    assert_eq!(futures::future::join_all(watches).await.len(), 150);
}
