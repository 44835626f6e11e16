//! Who is signed in. Sessions of the demo's personas live in memory, bounded; a restart signs everyone out.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use periscope_model::Person;
use rand::TryRngCore;
use rand::rngs::OsRng;
use serde::Serialize;

pub(crate) const COOKIE: &str = "periscope_session";
/// A persona's session ends this long after its last request.
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// It ends this long after it was opened, whatever is done with it.
const AT_MOST: SignedDuration = SignedDuration::from_hours(24 * 7);
/// More sessions than this and the longest idle one is dropped.
const MAX_SESSIONS: usize = 10_000;

/// How people sign in.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// One person on loopback: the kubeconfig's own identity.
    Local(Arc<Person>),
    /// A development identity given on the command line; loopback only.
    Dev(Arc<Person>),
    /// A choice of personas; loopback only.
    Personas(Vec<Persona>),
}

impl SignIn {
    pub(crate) fn mode(&self) -> Mode {
        match self {
            Self::Local(_) => Mode::Local,
            Self::Dev(_) => Mode::Dev,
            Self::Personas(_) => Mode::Demo,
        }
    }

    pub(crate) fn personas(&self) -> &[Persona] {
        match self {
            Self::Personas(personas) => personas,
            _ => &[],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    Demo,
    Local,
    Dev,
}

/// Somebody to sign in as, in the demo and in tests.
#[derive(Debug, Clone)]
pub struct Persona {
    pub id: String,
    pub about: String,
    pub person: Arc<Person>,
}

#[derive(Debug, Clone)]
struct Session {
    persona: String,
    person: Arc<Person>,
    opened: Timestamp,
    seen: Timestamp,
}

impl Session {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.seen) > IDLE || now.duration_since(self.opened) > AT_MOST
    }
}

/// The sessions of this process, by id.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, Session>>);

impl Sessions {
    /// Opens a session under a new id of 256 random bits; `None` when the system has no randomness.
    pub(crate) fn open(&self, persona: &Persona, now: Timestamp) -> Option<String> {
        let mut bytes = [0_u8; 32];
        OsRng.try_fill_bytes(&mut bytes).ok()?;
        let (high, low) = bytes.split_at(16);
        let half = |half: &[u8]| half.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        let id = format!("{:032x}{:032x}", half(high), half(low));
        let session = Session { persona: persona.id.clone(), person: persona.person.clone(), opened: now, seen: now };
        let mut sessions = self.0.lock();
        if sessions.len() >= MAX_SESSIONS {
            drop_longest_idle(&mut sessions);
        }
        sessions.insert(id.clone(), session);
        Some(id)
    }

    /// The person and the persona's id; counts as activity.
    pub(crate) fn find(&self, id: &str, now: Timestamp) -> Option<(Arc<Person>, String)> {
        let mut sessions = self.0.lock();
        let session = sessions.get_mut(id)?;
        if session.is_over(now) {
            sessions.remove(id);
            return None;
        }
        session.seen = now;
        Some((session.person.clone(), session.persona.clone()))
    }

    pub(crate) fn is_open(&self, id: &str, now: Timestamp) -> bool {
        self.0.lock().get(id).is_some_and(|session| !session.is_over(now))
    }

    pub(crate) fn close(&self, id: &str) {
        self.0.lock().remove(id);
    }
}

fn drop_longest_idle(sessions: &mut HashMap<String, Session>) {
    let oldest = sessions.iter().min_by_key(|(_, session)| session.seen).map(|(id, _)| id.clone());
    if let Some(id) = oldest {
        sessions.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persona() -> Persona {
        Persona { id: "bob".into(), about: String::new(), person: Arc::new(Person::new("demo", "bob", [])) }
    }

    #[test]
    fn a_session_ends_when_closed_or_idle() {
        let sessions = Sessions::default();
        let start = Timestamp::UNIX_EPOCH;
        let id = sessions.open(&persona(), start).expect("randomness");
        assert_eq!(id.len(), 64);
        let later = start + SignedDuration::from_hours(11);
        assert!(sessions.find(&id, later).is_some());
        let idle = later + SignedDuration::from_hours(13);
        assert!(sessions.find(&id, idle).is_none());
        let id = sessions.open(&persona(), idle).expect("randomness");
        sessions.close(&id);
        assert!(!sessions.is_open(&id, idle));
    }

    #[test]
    fn a_session_that_is_used_all_the_time_ends_too() {
        let sessions = Sessions::default();
        let mut now = Timestamp::UNIX_EPOCH;
        let id = sessions.open(&persona(), now).expect("randomness");
        let end = now + AT_MOST;
        while now + SignedDuration::from_hours(6) <= end {
            now += SignedDuration::from_hours(6);
            assert!(sessions.find(&id, now).is_some());
        }
        let later = end + SignedDuration::from_secs(1);
        assert!(!sessions.is_open(&id, later) && sessions.find(&id, later).is_none());
    }

    #[test]
    fn the_number_of_sessions_is_bounded() {
        let sessions = Sessions::default();
        let first = sessions.open(&persona(), Timestamp::UNIX_EPOCH).expect("randomness");
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1);
        for _ in 0..MAX_SESSIONS {
            sessions.open(&persona(), now);
        }
        assert_eq!(sessions.0.lock().len(), MAX_SESSIONS);
        assert!(sessions.find(&first, now).is_none(), "the longest idle one went");
    }
}
