//! The process that has the record open.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use periscope_audit::{AuditActor, Event, Filter, Outcome, Record, RecordOptions, Store, Target, Verb, Visibility};
use periscope_model::{Clock, SystemClock};
use serde_json::Map;
use tokio::io::{AsyncBufReadExt as _, BufReader};

const WRITERS: usize = 64;

async fn open(folder: &Path) -> Record {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let options = RecordOptions {
        checkpoints: Some(folder.join("checkpoints")),
        patience: Duration::from_secs(3),
        ..RecordOptions::new(Store::Sqlite(folder.join("audit.db")), folder.join("key"), clock)
    };
    Record::open(options).await.expect("opened")
}

fn event(request: &str) -> Event {
    let actor = AuditActor { user: Some("alice".into()), ..AuditActor::new("https://idp.example.com", "00u1") };
    let target = Target { cluster: "prod-eu".into(), resource: "deployments".into(), ..Target::default() };
    Event::new(actor, request, Verb::Scale).on(target)
}

/// One line at once: whoever reads sees whole lines, however this ends.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).expect("said");
}

/// Writes for as long as it lives, and says what was acknowledged.
pub(crate) async fn write(folder: &Path) {
    let record = open(folder).await;
    say("ready");
    let writers = (0..WRITERS).map(|writer| {
        let record = record.clone();
        tokio::spawn(async move {
            for at in 0.. {
                let request = format!("{}-{writer}-{at}", std::process::id());
                let intent = record.intent(event(&request)).await.expect("in");
                say(&format!("intent {} {request}", intent.sequence().number));
                if at % 7 == 3 {
                    // Nobody closes it: it ends as unknown, after this or the next start.
                    continue;
                }
                let outcome = if at % 5 == 0 { Outcome::Denied } else { Outcome::Success };
                let closed = intent.close(outcome, None, Map::new()).await.expect("closed");
                say(&format!("outcome {} {request}", closed.number));
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("no panic");
    }
}

/// Does what it is told, a line at a time: `act REQUEST`, `read`, `end`.
pub(crate) async fn obey(folder: &Path) {
    let record = open(folder).await;
    say("ready");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await.expect("a line") {
        match line.split_once(' ') {
            Some(("act", request)) => match record.intent(event(request)).await {
                Ok(intent) => {
                    let number = intent.sequence().number;
                    match intent.close(Outcome::Success, None, Map::new()).await {
                        Ok(closed) => say(&format!("done {number} {}", closed.number)),
                        Err(error) => say(&format!("half {number} {error}")),
                    }
                }
                Err(error) => say(&format!("refused {error}")),
            },
            _ if line == "read" => {
                let page = record.query(&Filter::default(), &Visibility::All, None, 10).await;
                say(&format!(
                    "read {}",
                    page.map_or_else(|error| error.to_string(), |page| page.rows.len().to_string())
                ));
            }
            _ => break,
        }
    }
    record.close().await;
    say("closed");
}
