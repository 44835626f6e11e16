//! PostgreSQL that is gone, hangs, or comes back.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use periscope_audit::{Outcome, Record, RecordOptions, Store, Unrecorded, Verb};
use serde_json::Map;
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;

use crate::place::{Place, event};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Open,
    /// Connections end, and new ones too.
    Cut,
    /// Nothing passes, and nobody is told.
    Hanging,
}

/// Stands between the record and its database.
struct Proxy {
    line: watch::Sender<Line>,
    port: u16,
}

impl Proxy {
    async fn start(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (line, state) = watch::channel(Line::Open);
        tokio::spawn(async move {
            let socket = Arc::new(socket);
            while let Ok((mut client, _)) = listener.accept().await {
                let (mut state, socket) = (state.clone(), socket.clone());
                tokio::spawn(async move {
                    if *state.borrow() != Line::Open {
                        let _ = state.wait_for(|line| *line != Line::Hanging).await;
                        return;
                    }
                    let mut server = UnixStream::connect(&*socket).await.expect("the server");
                    let changed = {
                        let passing = tokio::io::copy_bidirectional(&mut client, &mut server);
                        let mut watching = state.clone();
                        tokio::select! {
                            _ = passing => false,
                            _ = watching.wait_for(|line| *line != Line::Open) => true,
                        }
                    };
                    if changed {
                        let _ = state.wait_for(|line| *line != Line::Hanging).await;
                    }
                });
            }
        });
        Self { line, port }
    }
}

pub(crate) async fn acts_are_refused_until_it_is_back(place: &Place) {
    let Store::Postgres(url) = &place.store else { return };
    let (base, host) = url.split_once("?host=").expect("a socket");
    let proxy = Proxy::start(PathBuf::from(host.replace("%2F", "/")).join(".s.PGSQL.5432")).await;
    let store = Store::Postgres(base.replace("@localhost/", &format!("@127.0.0.1:{}/", proxy.port)));
    let options = RecordOptions { store, patience: Duration::from_secs(2), ..place.options() };
    let record = Record::open(options).await.expect("opened");
    let mut acknowledged = Vec::new();
    for (round, line) in [Line::Cut, Line::Hanging].into_iter().enumerate() {
        for at in 0..3 {
            acknowledged.push(act(&record, &format!("before-{round}-{at}")).await.expect("in"));
        }
        proxy.line.send_replace(line);
        let refused = act(&record, &format!("during-{round}")).await.expect_err("refused");
        let expected = match line {
            Line::Hanging => matches!(refused, Unrecorded::Slow(_)),
            _ => matches!(refused, Unrecorded::Store(_)),
        };
        assert!(expected, "{line:?}: {refused}");
        proxy.line.send_replace(Line::Open);
        let back = async {
            loop {
                match act(&record, &format!("after-{round}")).await {
                    Ok(number) => return number,
                    Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                }
            }
        };
        acknowledged.push(tokio::time::timeout(Duration::from_mins(1), back).await.expect("it comes back"));
    }
    record.close().await;
    let rows = crate::writing::rows(&place.open().await).await;
    for number in acknowledged {
        let found = rows.iter().filter(|row| row.intent == Some(number)).count();
        assert_eq!(found, 1, "intent {number} has its one outcome");
    }
    assert_eq!(place.verify_against(vec![place.file("checkpoints")]).await.problems, []);
}

/// The number of its intent.
async fn act(record: &Record, request: &str) -> Result<u64, Unrecorded> {
    let intent = record.intent(event(request, Verb::Scale)).await?;
    let number = intent.sequence().number;
    intent.close(Outcome::Success, None, Map::new()).await?;
    Ok(number)
}
