//! Feeds against a scripted API server, in paused time.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt};
use periscope_cluster::{Error, Form, ListEnd, ListFrame, ListOptions, Skipped, WatchEvent, WatchKind, WatchOptions};
use periscope_model::{ManualClock, Permission, Phase};

use super::*;
use crate::{FeedKey, Lease, ListFrames, Source, Store, Visible, WatchEvents, testing};

type Answer<T> = Result<Vec<Result<T, Error>>, Error>;

/// What the API server will answer, in order; what is not scripted never answers.
#[derive(Default)]
struct Script {
    lists: Mutex<VecDeque<Answer<ListFrame>>>,
    watches: Mutex<VecDeque<Answer<WatchEvent>>>,
    /// `namespace@resourceVersion` of each list and watch that was asked for.
    asked: Mutex<Vec<String>>,
    allowed: Mutex<Vec<String>>,
    /// Cluster-wide reads are refused.
    narrow: bool,
    cluster_scoped: bool,
}

struct Scripted(Arc<Script>);

fn place(namespace: Option<&String>, version: Option<&String>) -> String {
    format!("{}@{}", namespace.map_or("*", String::as_str), version.map_or("newest", String::as_str))
}

impl Source for Scripted {
    fn namespaced(&self) -> bool {
        !self.0.cluster_scoped
    }

    fn list(&self, options: ListOptions) -> BoxFuture<'_, Result<ListFrames, Error>> {
        Box::pin(async move {
            let asked = place(options.namespace.as_ref(), options.resource_version.as_ref());
            self.0.asked.lock().push(format!("list {asked}"));
            if self.0.narrow && options.namespace.is_none() {
                return Err(refused());
            }
            let next = self.0.lists.lock().pop_front();
            match next {
                Some(answer) => answer.map(|frames| stream::iter(frames).boxed()),
                None => std::future::pending().await,
            }
        })
    }

    fn watch(&self, options: WatchOptions) -> BoxFuture<'_, Result<WatchEvents, Error>> {
        Box::pin(async move {
            let asked = place(options.namespace.as_ref(), options.resource_version.as_ref());
            self.0.asked.lock().push(format!("watch {asked}"));
            assert!(options.form == Form::Objects || options.form == Form::Table);
            let next = self.0.watches.lock().pop_front();
            match next {
                Some(answer) => answer.map(|events| stream::iter(events).boxed()),
                None => Ok(stream::pending().boxed()),
            }
        })
    }
}

struct Cluster(Arc<Script>);

impl Upstream for Cluster {
    fn source(&self, _: &FeedKey) -> BoxFuture<'static, Result<Arc<dyn Source>, Error>> {
        let source: Arc<dyn Source> = Arc::new(Scripted(self.0.clone()));
        Box::pin(std::future::ready(Ok(source)))
    }

    fn namespaces(&self, _: &FeedKey) -> BoxFuture<'static, Vec<String>> {
        Box::pin(std::future::ready(self.0.allowed.lock().clone()))
    }
}

fn refused() -> Error {
    let permission = Permission::on("list", &testing::kind("pods"), None);
    Error::Refused { permission: Box::new(permission), message: "pods is forbidden".to_owned() }
}

fn gone() -> Error {
    Error::Gone { message: "too old".to_owned() }
}

fn broken() -> Error {
    Error::Unreachable { reason: "connection reset".to_owned() }
}

#[expect(clippy::unnecessary_wraps, reason = "scripts mix answers and failures")]
fn item(json: &str) -> Result<ListFrame, Error> {
    Ok(ListFrame::Item(Bytes::from(json.to_owned())))
}

#[expect(clippy::unnecessary_wraps, reason = "scripts mix answers and failures")]
fn end(version: &str) -> Result<ListFrame, Error> {
    Ok(ListFrame::End(ListEnd { resource_version: version.to_owned(), ..ListEnd::default() }))
}

#[expect(clippy::unnecessary_wraps, reason = "scripts mix answers and failures")]
fn list(pods: &[&str], version: &str) -> Result<Vec<Result<ListFrame, Error>>, Error> {
    Ok(pods.iter().map(|name| item(&testing::pod("n", name))).chain([end(version)]).collect())
}

#[expect(clippy::unnecessary_wraps, reason = "scripts mix answers and failures")]
fn event(kind: WatchKind, name: &str, version: &str) -> Result<WatchEvent, Error> {
    let json =
        testing::pod("n", name).replace(r#""resourceVersion":"1""#, &format!(r#""resourceVersion":"{version}""#));
    Ok(WatchEvent { kind, object: Bytes::from(json) })
}

struct Running {
    script: Arc<Script>,
    clock: Arc<ManualClock>,
    store: Store,
    lease: Lease,
}

fn start(script: Script) -> Running {
    start_kind(script, "pods")
}

fn start_kind(script: Script, kind: &str) -> Running {
    let (script, clock) = (Arc::new(script), testing::clock());
    let store = Store::new(clock.clone(), Arc::new(Cluster(script.clone())), Options::default());
    let lease = store.lease(FeedKey::shared(periscope_model::ClusterId::slug("c"), testing::kind(kind)));
    Running { script, clock, store, lease }
}

impl Running {
    fn names(&self) -> Vec<String> {
        self.lease.read().rows().map(|row| row.meta.name.to_string()).collect()
    }

    /// Waits until it is so; paused time runs on by itself.
    async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let wait = async {
            while !is_so(self) {
                tokio::time::advance(Duration::from_millis(50)).await;
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_mins(10), wait).await;
        assert!(waited.is_ok(), "{what}: {:?} {:?} {:?}", self.names(), self.lease.state(), self.script.asked.lock());
    }
}

#[tokio::test(start_paused = true)]
async fn lists_then_follows() {
    let script = Script::default();
    script.lists.lock().push_back(list(&["a", "b"], "10"));
    script.watches.lock().push_back(Ok(vec![
        event(WatchKind::Added, "c", "11"),
        event(WatchKind::Deleted, "a", "12"),
        event(WatchKind::Bookmark, "ignored", "20"),
    ]));
    let running = start(script);
    running.until("the changes are there", |running| running.names() == ["b", "c"]).await;
    assert_eq!(running.lease.state().phase, Phase::Live);
    running.until("the next watch", |running| running.script.asked.lock().len() == 3).await;
    assert_eq!(*running.script.asked.lock(), ["list *@0", "watch *@10", "watch *@20"]);
}

#[tokio::test(start_paused = true)]
async fn too_old_means_list_again_without_a_flicker() {
    let script = Script::default();
    script.lists.lock().extend([list(&["a", "b"], "10"), list(&["b", "c"], "30")]);
    script.watches.lock().push_back(Ok(vec![Err(gone())]));
    let running = start(script);
    assert!(running.lease.ready(Duration::from_secs(5)).await);
    let (b, version) =
        (running.lease.read().get("n", "b").expect("b").id(), running.lease.feed().partition.read().version());
    running.until("the second list", |running| running.names() == ["b", "c"]).await;
    assert_eq!(running.lease.read().get("n", "b").expect("b").id(), b, "what stays is the same row");
    assert_eq!(running.lease.feed().partition.read().version(), version + 2, "only what differs changed");
    assert!(running.script.asked.lock().contains(&"list *@10".to_owned()), "no older than what was seen");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_watched_is_listed_again_and_again() {
    let script = Script::default();
    let not_allowed = || Error::Server { status: 405, message: "not allowed".to_owned(), kubernetes: None };
    let all = [list(&["a"], "1"), list(&["b"], "2"), list(&["c"], "3")];
    script.lists.lock().extend(all);
    script.watches.lock().extend([Err(not_allowed()), Err(refused())]);
    let running = start(script);
    running.until("the third list", |running| running.names() == ["c"]).await;
    assert_eq!(running.lease.state().phase, Phase::Live, "it is as good as it gets");
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_410_is_waited_out() {
    let script = Script::default();
    for round in 0..6 {
        script.lists.lock().push_back(list(&["a"], &round.to_string()));
        script.watches.lock().push_back(Err(gone()));
    }
    let running = start(script);
    let began = Instant::now();
    running.until("all rounds", |running| running.script.watches.lock().is_empty()).await;
    assert!(began.elapsed() > Duration::from_secs(7), "rounds are backed off: {:?}", began.elapsed());
    assert_eq!(running.names(), ["a"], "rows stay all the time");
}

#[tokio::test(start_paused = true)]
async fn garbage_is_told_and_ends_nothing() {
    let script = Script::default();
    let skipped =
        Skipped { namespace: Some("n".to_owned()), name: Some("huge".to_owned()), reason: "too large".to_owned() };
    script.lists.lock().push_back(Ok(vec![
        item(&testing::pod("n", "a")),
        item("{not json"),
        item(r#"{"metadata":{"name":"odd","namespace":"n"},"spec":{"containers":"none"}}"#),
        Ok(ListFrame::Skipped(skipped)),
        end("1"),
    ]));
    let mangled = WatchEvent { kind: WatchKind::Modified, object: Bytes::from_static(b"[]") };
    script.watches.lock().push_back(Ok(vec![Ok(mangled), event(WatchKind::Added, "z", "2")]));
    let running = start(script);
    running.until("the watch goes on", |running| running.names() == ["a", "huge", "odd", "z"]).await;
    let row = running.lease.read().get("n", "odd").expect("an error row").clone();
    assert_eq!(row.status(), "Unreadable");
    let gaps = running.lease.gaps(&Visible::All);
    assert!(gaps.iter().any(|gap| gap.code == "UNREADABLE_OBJECTS"), "{gaps:?}");
    assert!(running.lease.gaps(&Visible::Nothing).is_empty(), "a number tells that there is something");
}

#[tokio::test(start_paused = true)]
async fn a_list_without_its_end_is_not_complete() {
    let script = Script::default();
    script.lists.lock().extend([
        list(&["a", "b"], "5"),
        Ok(vec![item(&testing::pod("n", "a"))]),
        Ok(vec![item(&testing::pod("n", "a")), Err(broken())]),
        list(&["a"], "9"),
    ]);
    script.watches.lock().push_back(Err(gone()));
    let running = start(script);
    running.until("half a list", |running| running.script.lists.lock().len() == 1).await;
    assert_eq!(running.names(), ["a", "b"], "nothing is removed on the word of half a list");
    assert_eq!(running.lease.state().phase, Phase::Stale);
    running.until("a whole one", |running| running.names() == ["a"]).await;
    running.until("live again", |running| running.lease.state().phase == Phase::Live).await;
}

#[tokio::test(start_paused = true)]
async fn a_broken_watch_goes_on_where_it_was() {
    let script = Script::default();
    script.lists.lock().push_back(list(&["a"], "10"));
    script.watches.lock().extend([
        Ok(vec![event(WatchKind::Added, "b", "11"), Err(broken())]),
        Err(broken()),
        Ok(vec![
            event(WatchKind::Added, "c", "12"),
            Ok(WatchEvent { kind: WatchKind::Bookmark, object: Bytes::from_static(b"{}") }),
        ]),
    ]);
    let running = start(script);
    running.until("stale meanwhile", |running| running.lease.state().phase == Phase::Stale).await;
    assert!(running.lease.state().reason.is_some_and(|reason| reason.contains("connection reset")));
    running.until("mended", |running| running.names() == ["a", "b", "c"]).await;
    assert_eq!(running.script.asked.lock()[..4], ["list *@0", "watch *@10", "watch *@11", "watch *@11"]);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_answers_garbage_is_listed_again() {
    let script = Script::default();
    let garbage = || Error::Garbage { what: "an event without a type".to_owned() };
    let failed = || Error::Server { status: 500, message: "storage is upset".to_owned(), kubernetes: None };
    script.lists.lock().extend([list(&["a"], "10"), list(&["b"], "20"), list(&["c"], "30")]);
    script.watches.lock().extend([Ok(vec![event(WatchKind::Added, "b", "11"), Err(garbage())]), Err(failed())]);
    let running = start(script);
    running.until("stale meanwhile", |running| running.lease.state().phase == Phase::Stale).await;
    running.until("live again", |running| running.names() == ["c"]).await;
    assert_eq!(running.lease.state().phase, Phase::Live);
    running.until("the third watch", |running| running.script.asked.lock().len() == 6).await;
    let asked = running.script.asked.lock();
    assert_eq!(*asked, ["list *@0", "watch *@10", "list *@11", "watch *@20", "list *@20", "watch *@30"]);
}

#[tokio::test(start_paused = true)]
async fn watches_that_are_cut_at_once_are_listed_again() {
    let script = Script::default();
    let silent = || Error::Timeout { what: "the next piece".to_owned(), after: Duration::from_secs(1) };
    script.lists.lock().extend([list(&["a"], "10"), list(&["b"], "20")]);
    script.watches.lock().extend([Ok(vec![Err(broken())]), Err(broken()), Ok(vec![Err(silent())])]);
    let running = start(script);
    running.until("the second list", |running| running.names() == ["b"]).await;
    running.until("a watch that lasts", |running| running.script.asked.lock().len() == 6).await;
    let asked = running.script.asked.lock();
    assert_eq!(*asked, ["list *@0", "watch *@10", "watch *@10", "watch *@10", "list *@10", "watch *@20"]);
}

#[tokio::test(start_paused = true)]
async fn a_cluster_wide_refusal_goes_namespace_by_namespace() {
    let script = Script { narrow: true, ..Script::default() };
    *script.allowed.lock() = vec!["n".to_owned()];
    script.lists.lock().push_back(list(&["a"], "3"));
    let running = start(script);
    running.until("the namespace's rows", |running| running.names() == ["a"]).await;
    let scope = running.lease.scope();
    assert_eq!((scope.cluster_wide, scope.namespaces), (false, vec!["n".to_owned()]));
    assert!(running.lease.gaps(&Visible::All).iter().any(|gap| gap.code == "MISSING_PERMISSION"));
    assert_eq!(running.lease.state().phase, Phase::Live);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_names_the_permission_and_drops_what_was_allowed_before() {
    let script = Script { cluster_scoped: true, ..Script::default() };
    script.lists.lock().extend([list(&["a"], "3"), Err(refused())]);
    script.watches.lock().push_back(Err(refused()));
    let running = start(script);
    running.until("refused", |running| running.lease.state().phase == Phase::Refused).await;
    assert_eq!(running.lease.feed().partition.read().version(), 2, "a row came and went");
    assert!(running.names().is_empty() && !running.lease.synced());
    assert_eq!(running.lease.state().needs.len(), 1);
    assert!(!running.lease.ready(Duration::from_secs(1)).await);
}

#[tokio::test(start_paused = true)]
async fn tables_bring_their_columns() {
    let script = Script::default();
    let row = |name: &str, phase: &str| {
        format!(
            r#"{{"cells":["{name}","{phase}"],"object":{{"metadata":{{"name":"{name}","namespace":"n","uid":"{name}"}}}}}}"#
        )
    };
    let columns = r#"[{"name":"Name","type":"string","format":"name"},{"name":"Phase","type":"string"}]"#;
    let last = ListEnd { resource_version: "4".into(), columns: Some(Bytes::from(columns)), ..ListEnd::default() };
    script.lists.lock().push_back(Ok(vec![item(&row("a", "Ready")), Ok(ListFrame::End(last))]));
    let table = format!(r#"{{"columnDefinitions":{columns},"rows":[{}]}}"#, row("b", "Failed"));
    let gone = format!(r#"{{"rows":[{}]}}"#, row("a", "Ready"));
    script.watches.lock().push_back(Ok(vec![
        Ok(WatchEvent { kind: WatchKind::Added, object: Bytes::from(table) }),
        Ok(WatchEvent { kind: WatchKind::Deleted, object: Bytes::from(gone) }),
    ]));
    let running = start_kind(script, "widgets.example.com");
    running.until("the event", |running| running.names() == ["b"]).await;
    let row = running.lease.read().get("n", "b").expect("b").clone();
    assert_eq!((row.status(), row.class()), ("Failed", crate::Class::Failing));
    let ids: Vec<String> = running.lease.read().columns().iter().map(|column| column.id.to_string()).collect();
    assert_eq!(ids, ["phase", "age", "labels"]);
}

#[tokio::test(start_paused = true)]
async fn nobody_looking_stops_the_watch_and_somebody_coming_back_keeps_it() {
    let script = Script::default();
    script.lists.lock().push_back(list(&["a"], "3"));
    let Running { store, lease, script, clock: _clock } = start(script);
    assert!(lease.ready(Duration::from_secs(5)).await);
    let key = lease.key().clone();
    drop(lease);
    tokio::time::sleep(Duration::from_secs(200)).await;
    let again = store.lease(key.clone());
    tokio::time::sleep(Duration::from_secs(1000)).await;
    assert_eq!(again.read().len_in(&Visible::All), 1);
    drop(again);
    tokio::time::sleep(Duration::from_secs(301)).await;
    assert!(store.running(&key).is_none());
    assert_eq!(store.stats().feeds, 0);
    assert_eq!(script.asked.lock().iter().filter(|asked| asked.starts_with("list")).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_passing_of_time_is_told() {
    let script = Script::default();
    let going =
        testing::pod("n", "a").replace(r#""name":"a","#, r#""name":"a","deletionTimestamp":"2026-11-24T10:19:06Z","#);
    script.lists.lock().push_back(Ok(vec![item(&going), end("1")]));
    let running = start(script);
    assert!(running.lease.ready(Duration::from_secs(5)).await);
    assert_eq!(running.lease.read().tally(&Visible::All).danger, 0);
    running.clock.advance_seconds(120);
    running.until("it is stuck", |running| running.lease.read().tally(&Visible::All).danger == 1).await;
}

#[test]
fn feeds_never_share_a_version() {
    let (one, other) = (crate::testing::feed("prod", "pods"), crate::testing::feed("prod", "pods"));
    for _ in 0..3 {
        one.publish();
        other.publish();
        assert_ne!(*one.changed().borrow(), *other.changed().borrow());
    }
}
