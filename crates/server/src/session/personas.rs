//! Sessions of the demo's personas: in memory, bounded; a restart signs everyone out.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use periscope_auth::Session;
use rand::TryRngCore;
use rand::rngs::OsRng;

use super::Persona;

/// A persona's session ends this long after its last request.
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// It ends this long after it was opened, whatever is done with it.
const AT_MOST: SignedDuration = SignedDuration::from_hours(24 * 7);
/// More sessions than this and the longest idle one is dropped.
const MAX_SESSIONS: usize = 10_000;

/// Where a session is opened from.
#[derive(Debug, Default)]
pub(crate) struct From {
    pub(crate) address: Option<String>,
    pub(crate) user_agent: Option<String>,
}

/// The sessions of this process, by the secret their browsers have.
#[derive(Debug, Default)]
pub(crate) struct Personas(Mutex<HashMap<String, Session>>);

fn is_over(session: &Session, now: Timestamp) -> bool {
    now > session.idle_at || now > session.expires_at
}

impl Personas {
    /// Opens a session under a new secret of 256 random bits; `None` when the system has no randomness.
    pub(crate) fn open(&self, persona: &Persona, from: From, now: Timestamp) -> Option<String> {
        let (secret, id) = (random::<32>()?, random::<16>()?);
        let session = Session {
            id: id.into(),
            person: persona.person.clone(),
            provider: persona.id.clone(),
            started_at: now,
            last_seen_at: now,
            expires_at: now + AT_MOST,
            idle_at: now + IDLE,
            address: from.address,
            user_agent: from.user_agent,
        };
        let mut sessions = self.0.lock();
        if sessions.len() >= MAX_SESSIONS {
            drop_longest_idle(&mut sessions);
        }
        sessions.insert(secret.clone(), session);
        Some(secret)
    }

    /// The session, whose provider is the persona's id; counts as activity.
    pub(crate) fn find(&self, secret: &str, now: Timestamp) -> Option<Session> {
        let mut sessions = self.0.lock();
        let session = sessions.get_mut(secret)?;
        if is_over(session, now) {
            sessions.remove(secret);
            return None;
        }
        (session.last_seen_at, session.idle_at) = (now, now + IDLE);
        Some(session.clone())
    }

    pub(crate) fn is_open(&self, secret: &str, now: Timestamp) -> bool {
        self.0.lock().get(secret).is_some_and(|session| !is_over(session, now))
    }

    pub(crate) fn close(&self, secret: &str) -> bool {
        self.0.lock().remove(secret).is_some()
    }

    /// Those of one user, or all; the newest first.
    pub(crate) fn list(&self, user: Option<&str>, now: Timestamp) -> Vec<Session> {
        let sessions = self.0.lock();
        let wanted = |session: &&Session| !is_over(session, now) && user.is_none_or(|user| session.person.user == user);
        let mut found: Vec<Session> = sessions.values().filter(wanted).cloned().collect();
        found.sort_by(|one, other| other.started_at.cmp(&one.started_at).then_with(|| one.id.cmp(&other.id)));
        found
    }

    pub(crate) fn close_all_of(&self, user: &str) -> usize {
        let mut sessions = self.0.lock();
        let before = sessions.len();
        sessions.retain(|_, session| session.person.user != user);
        before - sessions.len()
    }

    /// By its public id.
    pub(crate) fn revoke(&self, id: &str) {
        self.0.lock().retain(|_, session| &*session.id != id);
    }
}

fn random<const N: usize>() -> Option<String> {
    use std::fmt::Write;
    let mut bytes = [0_u8; N];
    OsRng.try_fill_bytes(&mut bytes).ok()?;
    let mut text = String::with_capacity(2 * N);
    for byte in bytes {
        write!(text, "{byte:02x}").ok()?;
    }
    Some(text)
}

fn drop_longest_idle(sessions: &mut HashMap<String, Session>) {
    let oldest = sessions.iter().min_by_key(|(_, session)| session.last_seen_at).map(|(id, _)| id.clone());
    if let Some(id) = oldest {
        sessions.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use periscope_model::Person;

    use super::*;

    fn persona(id: &str) -> Persona {
        Persona { id: id.into(), about: String::new(), person: Arc::new(Person::new("demo", id, [])) }
    }

    fn open(sessions: &Personas, id: &str, now: Timestamp) -> String {
        sessions.open(&persona(id), From::default(), now).expect("randomness")
    }

    #[test]
    fn a_session_ends_when_closed_or_idle() {
        let sessions = Personas::default();
        let start = Timestamp::UNIX_EPOCH;
        let id = open(&sessions, "bob", start);
        assert_eq!(id.len(), 64);
        let later = start + SignedDuration::from_hours(11);
        assert!(sessions.find(&id, later).is_some());
        let idle = later + SignedDuration::from_hours(13);
        assert!(sessions.find(&id, idle).is_none());
        let id = open(&sessions, "bob", idle);
        assert!(sessions.close(&id) && !sessions.close(&id));
        assert!(!sessions.is_open(&id, idle));
    }

    #[test]
    fn a_session_that_is_used_all_the_time_ends_too() {
        let sessions = Personas::default();
        let mut now = Timestamp::UNIX_EPOCH;
        let id = open(&sessions, "bob", now);
        let end = now + AT_MOST;
        while now + SignedDuration::from_hours(6) <= end {
            now += SignedDuration::from_hours(6);
            assert!(sessions.find(&id, now).is_some());
        }
        let later = end + SignedDuration::from_secs(1);
        assert!(!sessions.is_open(&id, later) && sessions.find(&id, later).is_none());
    }

    #[test]
    fn sessions_are_listed_and_ended_by_their_public_id() {
        let (sessions, now) = (Personas::default(), Timestamp::UNIX_EPOCH);
        let (bob, again, carol) =
            (open(&sessions, "bob", now), open(&sessions, "bob", now), open(&sessions, "carol", now));
        assert_eq!((sessions.list(Some("bob"), now).len(), sessions.list(None, now).len()), (2, 3));
        let id = sessions.find(&bob, now).expect("open").id;
        assert_ne!(&*id, bob.as_str());
        sessions.revoke(&id);
        assert!(!sessions.is_open(&bob, now) && sessions.is_open(&again, now));
        assert_eq!(sessions.close_all_of("bob"), 1);
        assert!(sessions.is_open(&carol, now));
    }

    #[test]
    fn the_number_of_sessions_is_bounded() {
        let sessions = Personas::default();
        let first = open(&sessions, "bob", Timestamp::UNIX_EPOCH);
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1);
        for _ in 0..MAX_SESSIONS {
            open(&sessions, "bob", now);
        }
        assert_eq!(sessions.0.lock().len(), MAX_SESSIONS);
        assert!(sessions.find(&first, now).is_none(), "the longest idle one went");
    }
}
