//! The stream's own rules, on paused time and over an app without clusters.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::body::BodyDataStream;
use axum::http::{HeaderValue, Method};
use futures::StreamExt as _;
use periscope_answers::{App, AppOptions, Policy};
use periscope_model::ManualClock;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};
use tower::ServiceExt as _;

use super::client::{Answered, Client};
use super::world::{PATIENCE, Server, record};

/// One server-sent event.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) id: Option<u64>,
    pub(super) data: Value,
}

/// A tab's end of its stream.
pub(super) struct Stream {
    pub(super) id: String,
    pub(super) resumed: bool,
    body: BodyDataStream,
    read: String,
}

impl Stream {
    pub(super) async fn open(client: &Client, query: &str) -> Self {
        Self::open_after(client, query, None).await
    }

    pub(super) async fn open_after(client: &Client, query: &str, last_event: Option<u64>) -> Self {
        let mut request = client.request(&Method::GET, &format!("/api/stream{query}"), None);
        if let Some(last) = last_event {
            request.headers_mut().insert("last-event-id", HeaderValue::from(last));
        }
        let response = client.router.clone().oneshot(request).await.expect("the router does not fail");
        assert_eq!(response.status(), 200);
        let body = response.into_body().into_data_stream();
        let mut stream = Self { id: String::new(), resumed: false, body, read: String::new() };
        let hello = stream.next().await.expect("hello");
        assert_eq!((hello.name.as_str(), hello.id), ("hello", None));
        stream.id = hello.data["stream"].as_str().expect("an id").to_owned();
        stream.resumed = hello.data["resumed"].as_bool().expect("a truth");
        stream
    }

    /// The next event; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.read = rest;
                match event(&block) {
                    Some(event) => return Some(event),
                    None => continue,
                }
            }
            let chunk = self.chunk().await?;
            self.read.push_str(&chunk);
        }
    }

    /// The next bytes as they were written.
    async fn chunk(&mut self) -> Option<String> {
        let chunk = timeout(PATIENCE, self.body.next()).await.expect("something in time")?;
        Some(String::from_utf8(chunk.expect("bytes").to_vec()).expect("text"))
    }

    /// The next event that fits; those before it are skipped.
    pub(super) async fn until(&mut self, fits: impl Fn(&Event) -> bool) -> Event {
        let mut last = None;
        let found = timeout(PATIENCE, async {
            while let Some(event) = self.next().await {
                if fits(&event) {
                    return Some(event);
                }
                last = Some(event);
            }
            None
        });
        let found = found.await.ok().flatten();
        found.unwrap_or_else(|| panic!("no such event; the last was {last:?}"))
    }

    /// Subscribes to what there is no reason to refuse.
    pub(super) async fn follow(&self, client: &Client, sub: &str, wanted: &Value) {
        let answered = self.subscribe(client, sub, wanted).await;
        assert_eq!(answered.status, 204, "{}", answered.text);
    }

    pub(super) async fn subscribe(&self, client: &Client, sub: &str, wanted: &Value) -> Answered {
        client.put(&self.path(sub), wanted).await
    }

    async fn unsubscribe(&self, client: &Client, sub: &str) -> Answered {
        client.send(client.request(&Method::DELETE, &self.path(sub), None)).await
    }

    fn path(&self, sub: &str) -> String {
        format!("/api/stream/{}/subscriptions/{sub}", self.id)
    }
}

/// `None` for a comment.
fn event(block: &str) -> Option<Event> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let data = serde_json::from_str(field("data")?).unwrap_or_else(|error| panic!("{error}: {block}"));
    Some(Event {
        name: field("event").expect("a name").to_owned(),
        id: field("id").map(|id| id.parse().expect("a number")),
        data,
    })
}

/// Runs a test on paused time, with a server that has no clusters and a clock that is moved by hand.
fn paused<F: Future<Output = ()>>(test: impl FnOnce(Server, Arc<ManualClock>) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = Arc::new(ManualClock::at("2026-11-24T10:00:00Z".parse().expect("a time")));
        let (data_dir, record) = (folder.path().to_owned(), record(folder.path(), clock.clone()).await);
        let options = AppOptions {
            clusters: Vec::new(),
            clock: clock.clone(),
            data_dir,
            record,
            sensitive: None,
            policy: Policy::default(),
            aws: None,
            catalogue: None,
        };
        let app = App::start(options).await.expect("an app");
        tokio::time::pause();
        test(Server::over(app, clock.clone()), clock).await;
    });
}

fn fleet() -> Value {
    json!({"type": "fleet"})
}

/// Nothing comes within a time that passes at once.
async fn is_quiet(stream: &mut Stream) -> bool {
    timeout(Duration::from_secs(12), stream.next()).await.is_err()
}

#[test]
fn a_stream_goes_on_where_it_was_or_says_that_it_begins_again() {
    paused(async |server, _| {
        let alice = server.enter("alice");
        let mut stream = Stream::open(&alice, "").await;
        assert!(!stream.resumed && stream.id.len() == 32);
        stream.follow(&alice, "f", &fleet()).await;
        let first = stream.next().await.expect("a frame");
        assert_eq!((first.name.as_str(), first.id, &first.data["sub"]), ("fleet", Some(1), &json!("f")));
        assert!(is_quiet(&mut stream).await, "what did not change is not sent again");
        let id = std::mem::take(&mut stream.id);
        drop(stream);

        let resume = format!("?resume={id}");
        let mut stream = Stream::open_after(&alice, &resume, Some(1)).await;
        assert!(stream.resumed && stream.id == id);
        assert!(is_quiet(&mut stream).await, "nothing was lost, so nothing is repeated");
        drop(stream);

        for lost in [Some(0), None, Some(7)] {
            let mut stream = Stream::open_after(&alice, &resume, lost).await;
            assert!(!stream.resumed && stream.id == id, "{lost:?}");
            assert_eq!(stream.next().await.expect("the frame again").data["answer"]["data"]["signalsTotal"], 0);
        }
    });
}

#[test]
fn a_stream_is_its_sessions_alone() {
    paused(async |server, _| {
        let (alice, other, dave) = (server.enter("alice"), server.enter("alice"), server.enter("dave"));
        let stream = Stream::open(&alice, "").await;
        for foreign in [&other, &dave] {
            for answered in [stream.subscribe(foreign, "f", &fleet()).await, stream.unsubscribe(foreign, "f").await] {
                assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (404, "stream_unknown"));
            }
            let own = Stream::open(foreign, &format!("?resume={}", stream.id)).await;
            assert_ne!(own.id, stream.id);
        }
        assert_eq!(stream.subscribe(&alice, "f", &fleet()).await.status, 204, "it is still there");
    });
}

#[test]
fn subscriptions_are_bounded_replaced_and_removed() {
    paused(async |server, _| {
        let alice = server.enter("alice");
        let mut stream = Stream::open(&alice, "").await;
        for n in 0..64 {
            stream.follow(&alice, &format!("s{n}"), &fleet()).await;
        }
        let full = stream.subscribe(&alice, "more", &fleet()).await;
        assert_eq!((full.status.as_u16(), full.problem().as_str()), (400, "subscriptions_full"));
        assert_eq!(stream.subscribe(&alice, "s7", &fleet()).await.status, 204, "replacing needs no room");
        for _ in 0..64 {
            stream.next().await.expect("a frame of each");
        }
        assert_eq!(stream.unsubscribe(&alice, "s7").await.status, 204);
        assert_eq!(stream.unsubscribe(&alice, "never").await.status, 204, "removing is idempotent");
        stream.follow(&alice, "more", &fleet()).await;
        let frame = stream.until(|event| event.data["sub"] == "more").await;
        assert_eq!(frame.name, "fleet");
    });
}

#[test]
fn changes_that_no_connection_takes_are_bounded() {
    paused(async |server, _| {
        let alice = server.enter("alice");
        let stream = Stream::open(&alice, "").await;
        let mut refused = None;
        for _ in 0..300 {
            let answered = stream.subscribe(&alice, "f", &fleet()).await;
            if answered.status != 204 {
                refused = Some((answered.status.as_u16(), answered.problem()));
                break;
            }
        }
        assert_eq!(refused, Some((503, "stream_busy".to_owned())));
    });
}

#[test]
fn signing_out_ends_the_stream_within_ten_seconds_also_for_a_slow_reader() {
    paused(async |server, _| {
        let alice = server.enter("alice");
        let mut stream = Stream::open(&alice, "").await;
        stream.follow(&alice, "f", &fleet()).await;
        let mut slow = Stream::open(&alice, "").await;
        for n in 0..8 {
            slow.follow(&alice, &format!("s{n}"), &fleet()).await;
        }
        slow.next().await.expect("it reads one frame, and no more");
        assert_eq!(alice.post("/api/auth/logout", "{}").await.status, 204);
        let before = Instant::now();
        let bye = stream.until(|event| event.name == "bye").await;
        assert_eq!(bye.data["reason"], "signed out");
        assert!(stream.next().await.is_none());
        assert!(before.elapsed() <= Duration::from_secs(10), "{:?}", before.elapsed());
        let next = slow.next().await.expect("an event");
        assert_eq!(next.name, "bye", "no frame is made after the session ended");
        assert!(slow.next().await.is_none());
    });
}

#[test]
fn an_export_breaks_off_when_its_session_ends() {
    paused(async |server, _| {
        let alice = server.enter("alice");
        // The record is read by threads of its own, which paused time would overtake.
        tokio::time::resume();
        let asked = alice.request(&Method::GET, "/api/audit/export?format=csv", None);
        let response = alice.router.clone().oneshot(asked).await.expect("the router does not fail");
        assert_eq!(response.status(), 200);
        let mut body = response.into_body().into_data_stream();
        let head = body.next().await.expect("a head").expect("bytes");
        assert!(head.starts_with(b"chain,"), "{head:?}");
        assert_eq!(alice.post("/api/auth/logout", "{}").await.status, 204);
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(6)).await;
        tokio::time::resume();
        assert!(body.next().await.expect("an end").is_err(), "no row leaves any more");
        assert!(body.next().await.is_none());
    });
}

#[test]
fn a_session_that_idles_out_ends_its_stream() {
    paused(async |server, clock| {
        let alice = server.enter("alice");
        let mut stream = Stream::open(&alice, "").await;
        clock.advance_seconds(13 * 3600);
        assert_eq!(stream.next().await.expect("an event").name, "bye");
        assert!(stream.next().await.is_none());
    });
}

#[test]
fn draining_says_bye_and_takes_nobody_in() {
    paused(async |server, _| {
        let alice = server.enter("alice");
        let mut stream = Stream::open(&alice, "").await;
        stream.follow(&alice, "f", &fleet()).await;
        assert_eq!(alice.get("/readyz").await.status, 200);
        server.state.hub.drain();
        let bye = stream.until(|event| event.name == "bye").await;
        assert_eq!(bye.data["reason"], "the server is stopping; reconnect");
        assert!(stream.next().await.is_none());
        assert_eq!(alice.get("/readyz").await.status, 503);
        assert_eq!(alice.get("/healthz").await.status, 200);
        let full = alice.get("/api/stream").await;
        assert_eq!((full.status.as_u16(), full.problem().as_str()), (503, "streams_full"));
    });
}

#[test]
fn the_newest_connection_has_the_stream() {
    paused(async |server, _| {
        let alice = server.enter("alice");
        let mut first = Stream::open(&alice, "").await;
        let id = first.id.clone();
        first.follow(&alice, "f", &fleet()).await;
        first.next().await.expect("a frame");
        let resume = format!("?resume={id}");
        let (mut second, ended) = tokio::join!(Stream::open_after(&alice, &resume, Some(1)), first.next());
        assert!(ended.is_none(), "{ended:?}");
        assert!(second.resumed && second.id == id);

        // `second` is a connection whose socket is gone: it does not notice that it should end.
        let before = Instant::now();
        let mut third = Stream::open_after(&alice, &resume, Some(1)).await;
        assert!(before.elapsed() <= Duration::from_secs(5), "{:?}", before.elapsed());
        assert!(third.id != id && !third.resumed, "a stream that cannot be had is replaced");
        assert_eq!(second.subscribe(&alice, "g", &fleet()).await.status, 404, "the old one is gone for good");
        assert!(second.next().await.is_none());
        third.follow(&alice, "f", &fleet()).await;
        assert_eq!(third.next().await.expect("a frame").name, "fleet");
    });
}

#[test]
fn streams_that_nobody_reads_are_forgotten() {
    paused(async |server, clock| {
        let alice = server.enter("alice");
        tokio::spawn(crate::stream::reap(server.state.clone()));
        for _ in 0..3 {
            alice.send(alice.request(&Method::HEAD, "/api/stream", None)).await;
        }
        drop(Stream::open(&alice, "").await);
        let kept = Stream::open(&alice, "").await;
        assert_eq!(server.state.hub.len(), 5);
        clock.advance_seconds(50);
        tokio::time::sleep(Duration::from_secs(6)).await;
        assert_eq!(server.state.hub.len(), 5, "tabs have a minute to come back");
        clock.advance_seconds(20);
        tokio::time::sleep(Duration::from_secs(6)).await;
        assert_eq!(server.state.hub.len(), 1);
        kept.follow(&alice, "f", &fleet()).await;
        alice.post("/api/auth/logout", "{}").await;
        tokio::time::sleep(Duration::from_secs(6)).await;
        assert_eq!(server.state.hub.len(), 0, "nobody can come back to it");
    });
}

#[test]
fn a_quiet_stream_is_kept_open_by_pings() {
    paused(async |server, _| {
        let alice = server.enter("alice");
        let mut stream = Stream::open(&alice, "").await;
        let before = Instant::now();
        for _ in 0..4 {
            assert_eq!(stream.chunk().await.as_deref(), Some(": ping\n\n"));
        }
        assert!(before.elapsed() <= Duration::from_secs(46), "{:?}", before.elapsed());
    });
}

#[test]
fn a_wrong_subscription_takes_no_place() {
    paused(async |server, _| {
        let alice = server.enter("alice");
        let stream = Stream::open(&alice, "").await;
        for n in 0..70 {
            let answered =
                stream.subscribe(&alice, &format!("s{n}"), &json!({"type": "kinds", "cluster": "none"})).await;
            assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (404, "cluster_unknown"));
        }
        stream.follow(&alice, "f", &fleet()).await;
    });
}

#[test]
fn nobody_takes_everybodys_room() {
    paused(async |server, _| {
        let (greedy, modest) = (server.enter("alice"), server.enter("alice"));
        let request = || greedy.request(&Method::HEAD, "/api/stream", None);
        for _ in 0..2_000 {
            assert_eq!(greedy.send(request()).await.status, 200);
        }
        assert_eq!(greedy.send(request()).await.status, 503);
        Stream::open(&modest, "").await;
    });
}
