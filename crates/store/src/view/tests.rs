use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::feed::Feed;
use crate::testing;

const KIND: &str = "pods";

/// Two clusters whose rows the test changes by hand.
struct World {
    feeds: [Arc<Feed>; 2],
}

impl World {
    fn new() -> Self {
        Self { feeds: ["a", "b"].map(|cluster| testing::feed(cluster, KIND)) }
    }

    fn view(&self, filter: &str, sort: &str, visible: &Visible) -> Arc<View> {
        self.view_in(&[], filter, sort, visible)
    }

    fn view_in(&self, namespaces: &[&str], filter: &str, sort: &str, visible: &Visible) -> Arc<View> {
        let part = |feed: &Arc<Feed>| Part { lease: Lease::new(feed.clone()), visible: visible.clone() };
        let namespaces = namespaces.iter().map(ToString::to_string).collect();
        let query = Query::parse(namespaces, filter, sort).expect("a query");
        View::new(self.feeds.iter().map(part).collect(), query, testing::clock())
    }

    fn put(&self, cluster: usize, namespace: &str, name: &str, restarts: u32) {
        let state = if restarts.is_multiple_of(3) {
            r#"{"running":{}}"#
        } else {
            r#"{"waiting":{"reason":"CrashLoopBackOff"}}"#
        };
        let status = format!(
            r#"{{"phase":"Running","containerStatuses":[{{"name":"app","restartCount":{restarts},"state":{state}}}]}}"#
        );
        testing::put(&self.feeds[cluster], KIND, &testing::pod_with(namespace, name, &status));
    }

    fn remove(&self, cluster: usize, namespace: &str, name: &str) {
        self.feeds[cluster].partition.write().remove(namespace, name);
    }
}

fn json(frame: &Frame) -> Value {
    let text = [b"{".as_slice(), &frame.tail()].concat();
    assert!(!text.contains(&b'\n'), "a frame is one line");
    serde_json::from_slice(&text).expect("a frame is JSON")
}

/// What a browser has after the frames it got.
#[derive(Default, Debug, PartialEq)]
struct Browser {
    rows: std::collections::BTreeMap<u64, Value>,
    order: Vec<u64>,
    facets: Value,
    total: u64,
    version: Option<u64>,
}

impl Browser {
    fn look(&mut self, view: &View, from: usize, limit: usize) {
        let Some(frame) = view.next(from, limit, self.version) else { return };
        let said = json(&frame);
        if frame.reset {
            *self = Self::default();
        }
        for row in said["rows"].as_array().into_iter().flatten() {
            self.rows.insert(row["id"].as_u64().expect("an id"), row.clone());
        }
        if let Some(order) = said["order"].as_array() {
            self.order = order.iter().filter_map(Value::as_u64).collect();
            let order: BTreeSet<u64> = self.order.iter().copied().collect();
            self.rows.retain(|id, _| order.contains(id));
        }
        if !said["facets"].is_null() {
            self.facets = said["facets"].clone();
        }
        self.total = said["total"].as_u64().expect("a total");
        self.version = Some(frame.version);
    }

    /// Everything but the version, which depends on when one looked.
    fn shown(&self) -> (Vec<&Value>, &Value, u64) {
        (self.order.iter().map(|id| &self.rows[id]).collect(), &self.facets, self.total)
    }
}

fn names(view: &View) -> Vec<String> {
    let said = json(&view.window(0, 100));
    let rows = said["rows"].as_array().expect("rows").iter();
    rows.map(|row| format!("{}/{}", row["namespace"].as_str().unwrap_or(""), row["name"].as_str().unwrap_or("")))
        .collect()
}

fn only(namespace: &str) -> Visible {
    Visible::Namespaces(Arc::new(BTreeSet::from([namespace.into()])))
}

#[derive(Debug, Clone)]
enum Step {
    Put(usize, usize, usize, u32),
    Remove(usize, usize, usize),
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..2_usize, 0..3_usize, 0..12_usize, 0..9_u32).prop_map(|(c, s, n, r)| Step::Put(c, s, n, r)),
        3 => (0..2_usize, 0..3_usize, 0..12_usize).prop_map(|(c, s, n)| Step::Remove(c, s, n)),
        2 => Just(Step::Look),
    ]
}

const SPACES: [&str; 3] = ["dev", "shop", "shop-test"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_view_that_follows_equals_one_built_anew(
        steps in prop::collection::vec(step(), 1..120),
        filter in prop::sample::select(vec!["", "status:failing", "pod-1", "restarts:>4", "!ns:dev", "status:running pod"]),
        sort in prop::sample::select(vec!["", "-restarts", "status,-name", "name,cluster", "node", "-namespace"]),
        window in (0..6_usize, 1..9_usize),
    ) {
        let world = World::new();
        let visible = Visible::Namespaces(Arc::new(BTreeSet::from(["dev".into(), "shop".into()])));
        let view = world.view(filter, sort, &visible);
        let mut browser = Browser::default();
        for step in steps {
            match step {
                Step::Put(c, s, n, r) => world.put(c, SPACES[s], &format!("pod-{n}"), r),
                Step::Remove(c, s, n) => world.remove(c, SPACES[s], &format!("pod-{n}")),
                Step::Look => browser.look(&view, window.0, window.1),
            }
        }
        browser.look(&view, window.0, window.1);
        let mut anew = Browser::default();
        anew.look(&world.view(filter, sort, &visible), window.0, window.1);
        prop_assert_eq!(browser.shown(), anew.shown());
        prop_assert!(!format!("{browser:?}").contains("shop-test"), "what is not visible is nowhere");
    }

    #[test]
    fn pages_by_cursor_show_what_stays_exactly_once(
        removed in prop::collection::vec(0..40_u32, 0..10),
        added in prop::collection::vec(40..80_u32, 0..10),
        limit in 1..9_usize,
        sort in prop::sample::select(vec!["", "-restarts", "-name", "status,restarts"]),
    ) {
        let world = World::new();
        let cluster = |n: u32| usize::from(!n.is_multiple_of(2));
        (0..40).for_each(|n| world.put(cluster(n), "shop", &format!("pod-{n:02}"), n % 7));
        let view = world.view("", sort, &Visible::All);
        let (mut seen, mut from, mut changes) = (Vec::new(), 0, removed.iter().zip(added.iter().cycle()));
        loop {
            let page = view.page(from, limit);
            let said: Value = serde_json::from_slice(&[b"{".as_slice(), &page.fields(), b"}"].concat()).expect("JSON");
            seen.extend(said["rows"].as_array().into_iter().flatten().map(|row| row["name"].to_string()));
            if let Some((gone, come)) = changes.next() {
                world.remove(cluster(*gone), "shop", &format!("pod-{gone:02}"));
                world.put(cluster(*come), "shop", &format!("pod-{come:02}"), come % 7);
            }
            let Some(cursor) = page.next_cursor else { break };
            from = view.position(&cursor, limit).expect("our own cursor");
        }
        for stays in (0..40).filter(|n| !removed.contains(n)) {
            let name = format!("\"pod-{stays:02}\"");
            prop_assert_eq!(seen.iter().filter(|seen| **seen == name).count(), 1, "{}", name);
        }
    }
}

#[test]
fn nothing_of_what_is_not_visible_is_counted() {
    let world = World::new();
    world.put(0, "mine", "a", 1);
    world.put(0, "theirs", "b", 1);
    let view = world.view("", "", &only("mine"));
    assert_eq!(names(&view), ["mine/a"]);
    let said = json(&view.window(0, 10));
    assert_eq!((said["total"].as_u64(), said["facets"][0]["count"].as_u64()), (Some(1), Some(1)));
    assert_eq!(names(&world.view_in(&["theirs"], "", "", &only("mine"))), Vec::<String>::new());
    assert_eq!(names(&world.view("theirs", "", &only("mine"))), Vec::<String>::new());
    assert_eq!(world.view("", "", &Visible::Nothing).total(), 0);
}

#[test]
fn facets_count_what_the_status_terms_leave_out() {
    let world = World::new();
    (0..6).for_each(|n| world.put(0, "shop", &format!("pod-{n}"), n));
    let view = world.view("status:failing", "", &Visible::All);
    let said = json(&view.window(0, 10));
    assert_eq!(said["total"].as_u64(), Some(4));
    let facets: Vec<String> = said["facets"]
        .as_array()
        .expect("facets")
        .iter()
        .map(|one| format!("{} {}", one["filter"], one["count"]))
        .collect();
    assert_eq!(facets, ["\"status:failing\" 4", "\"status:running\" 2"]);
}

#[test]
fn a_change_outside_the_window_is_no_frame_and_one_inside_is_only_that_row() {
    let world = World::new();
    (0..6).for_each(|n| world.put(0, "shop", &format!("pod-{n}"), 0));
    let view = world.view("", "", &Visible::All);
    let first = view.next(0, 3, None).expect("a first frame");
    assert!(first.reset && json(&first)["rows"].as_array().is_some_and(|rows| rows.len() == 3));
    assert!(view.next(0, 3, Some(first.version)).is_none());
    world.put(0, "shop", "pod-5", 3);
    assert!(view.next(0, 3, Some(first.version)).is_none(), "a row below the window");
    world.put(0, "shop", "pod-1", 3);
    let delta = json(&view.next(0, 3, Some(first.version)).expect("a change"));
    assert_eq!(
        delta["rows"].as_array().map(|rows| rows.iter().map(|row| row["name"].clone()).collect::<Vec<_>>()),
        Some(vec!["pod-1".into()])
    );
    assert!(delta["order"].is_null() && delta["columns"].is_null() && delta["reset"] == false);
}

#[test]
fn a_viewer_too_far_behind_begins_anew() {
    let world = World::new();
    world.put(0, "shop", "pod", 0);
    let view = world.view("", "", &Visible::All);
    let old = view.next(0, 10, None).expect("a frame").version;
    for restarts in 1..40 {
        world.put(0, "shop", "pod", restarts);
        view.next(0, 10, None);
    }
    assert!(view.next(0, 10, Some(old)).expect("a frame").reset);
    assert!(view.next(0, 10, Some(u64::MAX)).expect("a frame").reset, "a version from nowhere");
}

#[test]
fn frames_are_made_once() {
    let world = World::new();
    world.put(0, "shop", "pod", 0);
    let view = world.view("", "", &Visible::All);
    assert!(Arc::ptr_eq(&view.window(0, 10), &view.window(0, 10)));
}

#[test]
fn cursors_of_others_are_refused() {
    let world = World::new();
    (0..4).for_each(|n| world.put(0, "shop", &format!("pod-{n}"), 0));
    let view = world.view("", "", &Visible::All);
    let page = view.page(2, 1);
    let (next, prev) = (page.next_cursor.expect("more"), page.prev_cursor.expect("before"));
    assert_eq!((view.position(&next, 2), view.position(&prev, 2)), (Ok(3), Ok(0)));
    assert_eq!(world.view("pod", "", &Visible::All).position(&next, 2), Err(CursorError::Foreign));
    for forged in ["", "x", "bm9uc2Vuc2U", &"A".repeat(9000)] {
        assert_eq!(view.position(forged, 2), Err(CursorError::Forged), "{forged:?}");
    }
}
