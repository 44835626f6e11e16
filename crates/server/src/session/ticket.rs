//! What a caller came with, and whether it still lets them in: streams and downloads ask again and again.

use std::sync::Arc;

use jiff::Timestamp;
use periscope_auth::SessionSecret;
use periscope_model::Person;

use crate::state::AppState;

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
