//! Sessions of people who signed in: in the database, so that they outlive the process and every replica knows them.
//!
//! A session is known by 256 random bits that only its browser has. What is kept of them is their hash; what people see
//! of a session is another, public id.

mod refresh;
mod store;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use periscope_model::{Clock, Person};

use crate::seal::{NoRandomness, Purpose, Sealer, hashed, random, random_text};
use crate::secret::Secret;

pub use refresh::{Ended, EndedBy};
pub use store::{Database, DatabaseError};
pub(crate) use store::{Row, Store};

/// How old an answer about a session may be: what another replica closed is over here that much later.
const BELIEVED: SignedDuration = SignedDuration::from_secs(3);
/// That somebody was here is written at most this often.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// Sessions whose state is held; more, and what was held is asked again.
const MAX_HELD: usize = 10_000;
/// Sessions of one person; one more closes the oldest.
const MAX_OF_ONE: usize = 50;
/// Sessions in one list.
const MAX_LISTED: i64 = 1000;
/// Characters of a browser's name for itself.
const MAX_USER_AGENT: usize = 256;

#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Without a request for this long a session is over.
    pub idle: SignedDuration,
    /// And after this long in any case.
    pub absolute: SignedDuration,
    /// How often the provider is asked again who somebody is.
    pub refresh: SignedDuration,
    /// How long a provider may be unreachable before the sessions it vouches for are over.
    pub grace: SignedDuration,
}

#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// Somebody's session.
#[derive(Debug, Clone)]
pub struct Session {
    /// The public id.
    pub id: Arc<str>,
    pub person: Arc<Person>,
    pub provider: String,
    pub started_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
    pub idle_at: Timestamp,
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

/// What a session begins with.
#[derive(Debug, Clone)]
pub struct NewSession {
    pub person: Person,
    pub provider: String,
    pub refresh_token: Option<Secret>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
}

/// What the browser keeps; nobody else has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionSecret(Secret);

impl std::hash::Hash for Secret {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.expose().hash(state);
    }
}

impl SessionSecret {
    pub fn of_cookie(text: &str) -> Option<Self> {
        let fits = text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fits.then(|| Self(Secret::new(text)))
    }

    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

struct Held {
    session: Option<Arc<Session>>,
    asked: Timestamp,
}

pub struct Sessions {
    pub(crate) store: Store,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    /// By the hash of their secret.
    held: Mutex<HashMap<String, Held>>,
}

impl Sessions {
    pub(crate) fn new(store: Store, sealer: Arc<Sealer>, clock: Arc<dyn Clock>, limits: Limits) -> Self {
        Self { store, sealer, clock, limits, held: Mutex::default() }
    }

    /// Opens a session under a new id.
    pub async fn open(&self, new: NewSession) -> Result<(SessionSecret, Arc<Session>), SessionError> {
        let secret = random_text()?;
        let (now, hash) = (self.clock.now(), hashed(&secret));
        let NewSession { person, provider, refresh_token, address, user_agent } = new;
        let refresh =
            refresh_token.map(|token| self.sealer.seal(Purpose::RefreshToken, token.expose(), &hash)).transpose()?;
        let row = Row {
            public_id: format!("{:032x}", u128::from_be_bytes(random()?)),
            hash,
            provider,
            person,
            address,
            user_agent: user_agent.map(|text| text.chars().take(MAX_USER_AGENT).collect()),
            started: now.as_second(),
            seen: now.as_second(),
            expires: (now + self.limits.absolute).as_second(),
            refresh_due: refresh.is_some().then(|| (now + self.limits.refresh).as_second()),
            refresh,
            failing_since: None,
            version: 0,
        };
        self.store.insert(&row).await?;
        self.close_surplus(&row.person, now).await?;
        let session = Arc::new(self.session(row));
        Ok((SessionSecret(Secret::new(secret)), session))
    }

    /// The open session; counts as activity.
    pub async fn find(&self, secret: &SessionSecret) -> Result<Option<Arc<Session>>, SessionError> {
        let Some(session) = self.look(secret).await? else { return Ok(None) };
        let now = self.clock.now();
        if now.duration_since(session.last_seen_at) < SEEN_EVERY {
            return Ok(Some(session));
        }
        let hash = hashed(secret.expose());
        if !self.store.touch(&hash, now.as_second()).await? {
            self.hold(hash, None, now);
            return Ok(None);
        }
        let seen = Session { last_seen_at: now, idle_at: now + self.limits.idle, ..Session::clone(&session) };
        let seen = Arc::new(seen);
        self.hold(hash, Some(seen.clone()), now);
        Ok(Some(seen))
    }

    /// The open session, without counting as activity: for what goes on by itself, such as a stream.
    pub async fn look(&self, secret: &SessionSecret) -> Result<Option<Arc<Session>>, SessionError> {
        let (hash, now) = (hashed(secret.expose()), self.clock.now());
        let held = self
            .held
            .lock()
            .get(&hash)
            .filter(|held| now.duration_since(held.asked) < BELIEVED)
            .map(|held| held.session.clone());
        if let Some(session) = held {
            return Ok(session.filter(|session| session.is_open(now)));
        }
        let row = self.store.find(&hash).await?;
        let session = row.map(|row| Arc::new(self.session(row))).filter(|session| session.is_open(now));
        if session.is_some() || self.held.lock().contains_key(&hash) {
            // Of ids that were never any nothing is held: anybody can make them up.
            self.hold(hash, session.clone(), now);
        }
        Ok(session)
    }

    /// Whether it is known here to be over; asks nobody.
    pub fn is_known_closed(&self, secret: &SessionSecret) -> bool {
        let now = self.clock.now();
        let held = self.held.lock();
        held.get(&hashed(secret.expose()))
            .is_some_and(|held| held.session.as_ref().is_none_or(|session| !session.is_open(now)))
    }

    pub async fn close(&self, secret: &SessionSecret) -> Result<Option<Session>, SessionError> {
        let hash = hashed(secret.expose());
        let closed = self.store.close(&hash).await?;
        self.hold(hash, None, self.clock.now());
        Ok(closed.map(|row| self.session(row)))
    }

    /// By its public id; `None` when there is no such session any more.
    pub async fn revoke(&self, id: &str) -> Result<Option<Session>, SessionError> {
        let Some(row) = self.store.close_public(id).await? else { return Ok(None) };
        self.hold(row.hash.clone(), None, self.clock.now());
        Ok(Some(self.session(row)))
    }

    pub async fn close_all_of(&self, person: &Person) -> Result<Vec<Session>, SessionError> {
        let rows = self.store.close_all_of(&person.issuer, &person.subject).await?;
        Ok(self.closed(rows))
    }

    /// One open session by its public id.
    pub async fn get(&self, id: &str) -> Result<Option<Session>, SessionError> {
        let now = self.clock.now();
        let row = self.store.find_public(id).await?;
        Ok(row.map(|row| self.session(row)).filter(|session| session.is_open(now)))
    }

    /// Open sessions, of everybody or of one; the newest first, at most 1000.
    pub async fn list(&self, of: Option<&Person>) -> Result<Vec<Session>, SessionError> {
        let now = self.clock.now();
        let of = of.map(|person| (person.issuer.as_str(), person.subject.as_str()));
        let rows = self.store.list(of, now.as_second(), MAX_LISTED).await?;
        let sessions = rows.into_iter().map(|row| self.session(row));
        Ok(sessions.filter(|session| session.is_open(now)).collect())
    }

    /// Drops what is over by its limits and tells what was; each is told by one replica only.
    pub(crate) async fn reap(&self) -> Result<Vec<Session>, SessionError> {
        let now = self.clock.now();
        let idle = (now - self.limits.idle).as_second();
        self.store.forget_logins(now.as_second()).await?;
        let rows = self.store.reap(now.as_second(), idle).await?;
        Ok(self.closed(rows))
    }

    async fn close_surplus(&self, person: &Person, now: Timestamp) -> Result<(), SessionError> {
        let theirs = self.store.list(Some((&person.issuer, &person.subject)), now.as_second(), MAX_LISTED).await?;
        for row in theirs.into_iter().skip(MAX_OF_ONE) {
            self.store.close(&row.hash).await?;
            self.hold(row.hash, None, now);
        }
        Ok(())
    }

    fn closed(&self, rows: Vec<Row>) -> Vec<Session> {
        let now = self.clock.now();
        let close = |row: Row| {
            self.hold(row.hash.clone(), None, now);
            self.session(row)
        };
        rows.into_iter().map(close).collect()
    }

    fn hold(&self, hash: String, session: Option<Arc<Session>>, now: Timestamp) {
        let mut held = self.held.lock();
        if held.len() >= MAX_HELD {
            held.retain(|_, held| now.duration_since(held.asked) < BELIEVED);
            if held.len() >= MAX_HELD {
                held.clear();
            }
        }
        held.insert(hash, Held { session, asked: now });
    }

    fn session(&self, row: Row) -> Session {
        let time = |second: i64| Timestamp::from_second(second).unwrap_or_default();
        Session {
            id: row.public_id.into(),
            person: Arc::new(row.person),
            provider: row.provider,
            started_at: time(row.started),
            last_seen_at: time(row.seen),
            // Limits that were shortened hold for sessions that were open before.
            expires_at: time(row.expires).min(time(row.started) + self.limits.absolute),
            idle_at: time(row.seen) + self.limits.idle,
            address: row.address,
            user_agent: row.user_agent,
        }
    }
}

impl Session {
    fn is_open(&self, now: Timestamp) -> bool {
        now < self.expires_at && now < self.idle_at
    }
}

#[cfg(test)]
mod tests;
