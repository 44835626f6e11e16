use std::collections::VecDeque;

use bytes::Bytes;
use futures::stream;
use parking_lot::Mutex;
use periscope_model::{Permission, Person};

use super::*;
use crate::logs::seats::Hall;

/// Answers openings one after the other, and remembers what was asked.
#[derive(Default)]
struct Kubelet {
    answers: Mutex<VecDeque<Result<Batches, Error>>>,
    asked: Mutex<Vec<LogOptions>>,
}

impl Kubelet {
    fn then(self, answer: Result<Batches, Error>) -> Self {
        self.answers.lock().push_back(answer);
        self
    }

    /// A log of these lines, which then ends.
    fn then_lines(self, lines: &[&str]) -> Self {
        self.then(Ok(stream::iter([Ok(batch(lines))]).boxed()))
    }
}

impl LogSource for Kubelet {
    fn open(&self, options: LogOptions) -> BoxFuture<'static, Result<Batches, Error>> {
        self.asked.lock().push(options);
        let next = self.answers.lock().pop_front();
        Box::pin(async move {
            match next {
                Some(answer) => answer,
                // Nothing more is scripted: nothing more happens.
                None => std::future::pending().await,
            }
        })
    }
}

fn batch(lines: &[&str]) -> Vec<LogLine> {
    lines.iter().map(|line| LogLine::of(Bytes::from(format!("2026-11-26T13:00:{line}")))).collect()
}

fn running() -> Run {
    Run { phase: RunPhase::Running, ..Run::default() }
}

fn waiting(reason: &str, restarts: u32) -> Run {
    Run { phase: RunPhase::Waiting, restarts, ran: restarts > 0, reason: Some(reason.to_owned()), ..Run::default() }
}

struct Scene {
    kubelet: Arc<Kubelet>,
    run: watch::Sender<Run>,
    heard: BoxStream<'static, Heard>,
}

fn scene(kubelet: Kubelet, run: Run, follow: bool) -> Scene {
    let (kubelet, (run, runs)) = (Arc::new(kubelet), watch::channel(run));
    let options = LogOptions { pod: "api-0".into(), follow, tail: Some(500), ..LogOptions::default() };
    let seats = Seats::new(Arc::<Hall>::default(), Arc::new(Person::new("test", "alice", [])));
    let heard = read(Reading { source: kubelet.clone(), options, run: runs, seats });
    Scene { kubelet, run, heard }
}

impl Scene {
    /// What is heard until `count` things were, in words.
    async fn hear(&mut self, count: usize) -> Vec<String> {
        let mut heard = Vec::new();
        while heard.len() < count {
            let next = tokio::time::timeout(Duration::from_hours(1), self.heard.next()).await;
            let Some(next) = next.unwrap_or_else(|_| panic!("{count} things are heard, not only {heard:?}")) else {
                break;
            };
            heard.push(words(next));
        }
        heard
    }

    async fn hear_all(&mut self) -> Vec<String> {
        self.hear(usize::MAX).await
    }
}

fn words(heard: Heard) -> String {
    match heard {
        Heard::Lines(lines) => lines.iter().map(|line| line.text().into_owned()).collect::<Vec<_>>().join(" "),
        Heard::State(Told { phase, reason, .. }) => match reason {
            Some(reason) => format!("{phase:?}: {reason}"),
            None => format!("{phase:?}"),
        },
    }
}

#[tokio::test(start_paused = true)]
async fn a_restart_is_read_on_from_where_it_was() {
    let kubelet = Kubelet::default().then_lines(&["01Z a", "02.5Z b"]).then_lines(&["02Z x", "02.5Z b", "03Z c"]);
    let mut scene = scene(kubelet, running(), true);
    assert_eq!(scene.hear(2).await, ["Live", "a b"]);
    scene.run.send_replace(waiting("CrashLoopBackOff", 1));
    // What the ended run wrote last is asked for at once.
    assert_eq!(scene.hear(2).await, ["Live", "c"]);
    let asked = scene.kubelet.asked.lock();
    assert_eq!((asked[0].tail, asked[0].since), (Some(500), None));
    assert_eq!((asked[1].tail, asked[1].since.map(|at| at.as_second() % 60)), (None, Some(2)));
}

#[tokio::test(start_paused = true)]
async fn a_container_that_has_not_run_is_waited_for() {
    let kubelet = Kubelet::default().then_lines(&["01Z a"]);
    let mut scene = scene(kubelet, waiting("ContainerCreating", 0), true);
    assert_eq!(scene.hear(1).await, ["Connecting: ContainerCreating"]);
    scene.run.send_replace(waiting("ImagePullBackOff", 0));
    assert_eq!(scene.hear(1).await, ["Connecting: ImagePullBackOff"]);
    assert!(scene.kubelet.asked.lock().is_empty(), "there is nothing to ask for");
    scene.run.send_replace(running());
    assert_eq!(scene.hear(2).await, ["Live", "a"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_over_is_read_to_its_end_and_no_further() {
    let kubelet = Kubelet::default().then_lines(&["01Z a"]).then_lines(&["01Z a", "02Z last"]);
    let mut scene = scene(kubelet, running(), true);
    assert_eq!(scene.hear(2).await, ["Live", "a"]);
    scene.run.send_replace(Run { over: true, phase: RunPhase::Ended, reason: Some("Completed".into()), ..running() });
    assert_eq!(scene.hear_all().await, ["Live", "last", "Ended: Completed"]);
    let follows: Vec<bool> = scene.kubelet.asked.lock().iter().map(|options| options.follow).collect();
    assert_eq!(follows, [true, false]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_is_told_and_made_again() {
    let broken = || Err(Error::Unreachable { reason: "gone".into() });
    let torn = stream::iter([Ok(batch(&["01Z a"])), broken()]).boxed();
    let kubelet = Kubelet::default().then(broken().map(|_: Vec<LogLine>| unreachable!())).then(Ok(torn));
    let mut scene = scene(kubelet.then_lines(&["01Z a", "04Z b"]), running(), true);
    assert_eq!(scene.hear(6).await, ["Failed: gone", "Live", "a", "Failed: gone", "Live", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_says_what_is_missing_and_is_tried_again_later() {
    let refused = Error::Refused {
        permission: Box::new(Permission { verb: "get".into(), resource: "pods".into(), ..Permission::default() }),
        message: "no".into(),
    };
    let mut scene = scene(Kubelet::default().then(Err(refused)).then_lines(&["01Z a"]), running(), true);
    let began = Instant::now();
    let Some(Heard::State(told)) = scene.heard.next().await else { panic!("a state") };
    assert_eq!((told.phase, told.needs.len()), (LogPhase::Refused, 1));
    assert_eq!(scene.hear(2).await, ["Live", "a"]);
    assert!(began.elapsed() >= REFUSED_PAUSE);
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_is_gone_is_let_go() {
    let kubelet = Kubelet::default().then(Ok(stream::iter([Ok(batch(&["01Z a"]))]).chain(stream::pending()).boxed()));
    let mut scene = scene(kubelet, running(), true);
    assert_eq!(scene.hear(2).await, ["Live", "a"]);
    scene.run.send_modify(|run| run.gone = true);
    assert_eq!(scene.hear_all().await, ["Ended"], "also when the API server keeps the connection");
}

#[tokio::test(start_paused = true)]
async fn read_once_is_read_once() {
    let mut once = scene(Kubelet::default().then_lines(&["01Z a"]), running(), false);
    assert_eq!(once.hear_all().await, ["Live", "a", "Ended"]);
    let mut never = scene(Kubelet::default(), waiting("ContainerCreating", 0), false);
    assert_eq!(never.hear_all().await, ["Failed: the container has not run yet: ContainerCreating"]);
    let message = "previous terminated container \"app\" in pod \"api-0\" not found";
    let server = Error::Server { status: 400, message: message.into(), kubernetes: None };
    let mut failed = scene(Kubelet::default().then(Err(server)), running(), false);
    assert_eq!(failed.hear_all().await, [format!("Failed: {message}")]);
}
