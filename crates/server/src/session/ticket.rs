//! What a caller came with, and whether it still lets them in: streams, downloads and runs ask again and again.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use futures::{Stream, StreamExt as _};
use jiff::Timestamp;
use periscope_answers::StillIn;
use periscope_auth::SessionSecret;
use periscope_model::Person;
use tokio::time::Instant;

use crate::state::AppState;

/// How soon a session that ended ends what it downloads.
const CHECK: Duration = Duration::from_secs(5);

/// What somebody came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ticket {
    /// Whoever reaches this address is somebody.
    Nothing,
    Persona(String),
    /// Good for who they were when they came: somebody whose groups changed comes anew.
    Session(SessionSecret, Arc<Person>),
    /// A bearer token, by its hash.
    Token(String, Timestamp),
}

impl AppState {
    /// Whether it still lets somebody in; may ask the database.
    pub(crate) async fn is_good(&self, ticket: &Ticket) -> bool {
        match (ticket, self.sign_in.people()) {
            (Ticket::Session(secret, person), Some(people)) => {
                // What cannot be told now is over: they come again when it can.
                people.look(secret).await.ok().flatten().is_some_and(|session| session.person == *person)
            }
            _ => self.may_be_good(ticket),
        }
    }

    /// The same question, for what goes on by itself.
    pub(crate) fn still_in(&self, ticket: Ticket) -> StillIn {
        let state = self.clone();
        Arc::new(move || {
            let (state, ticket) = (state.clone(), ticket.clone());
            Box::pin(async move { state.is_good(&ticket).await })
        })
    }

    /// A sign-out ends a download as it ends a stream: the file breaks off.
    pub(crate) fn while_good<S, E>(
        &self,
        ticket: Ticket,
        pieces: S,
    ) -> impl Stream<Item = Result<Bytes, std::io::Error>> + use<S, E>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let state = self.clone();
        async_stream::stream! {
            let mut pieces = std::pin::pin!(pieces);
            let mut checked = Instant::now();
            while let Some(piece) = pieces.next().await {
                if checked.elapsed() >= CHECK {
                    checked = Instant::now();
                    if !state.is_good(&ticket).await {
                        yield Err(std::io::Error::other("the session has ended"));
                        break;
                    }
                }
                yield piece.map_err(std::io::Error::other);
            }
        }
    }

    /// The same as far as it is known here; asks nobody.
    pub(crate) fn may_be_good(&self, ticket: &Ticket) -> bool {
        let now = self.clock.now();
        match ticket {
            Ticket::Nothing => true,
            Ticket::Persona(secret) => self.personas.is_open(secret, now),
            Ticket::Session(secret, _) => self.sign_in.people().is_some_and(|people| !people.is_known_closed(secret)),
            Ticket::Token(_, expires) => now < *expires,
        }
    }
}
