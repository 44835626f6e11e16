//! Asking the provider again who somebody is: groups change, people leave.
//!
//! Refresh tokens may be good for one use. A session is therefore claimed in the database before its token is used, by
//! one replica, and what comes back is written only to the session as it was claimed.

use std::sync::Arc;

use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use periscope_model::Person;
use url::Url;

use super::store::Refreshed;
use super::{Row, Session, SessionError, Sessions};
use crate::login::{LoginFailure, LoginProblem, refresh};
use crate::provider::Provider;
use crate::seal::Purpose;
use crate::secret::Secret;

/// Sessions looked at in one round.
const ROUND: i64 = 64;
/// Of those, asked about at the same time.
const AT_ONCE: usize = 8;
/// Longer than asking takes; whoever claimed a session and vanished leaves it to others after this.
const CLAIM: SignedDuration = SignedDuration::from_mins(1);
/// A provider that did not answer is asked again after this.
const AGAIN: SignedDuration = SignedDuration::from_secs(15);

/// A session that ended by itself.
#[derive(Debug, Clone)]
pub struct Ended {
    pub session: Session,
    pub by: EndedBy,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndedBy {
    /// Its idle or absolute limit.
    Limit,
    /// The provider no longer vouches for its person, for this reason.
    Provider(String),
    /// The provider could not be asked for too long.
    Unreachable(String),
}

enum Outcome {
    Kept,
    Ended(Box<Ended>),
}

impl Sessions {
    /// One round over the sessions that are due. One that cannot be written keeps no other from being told.
    pub(crate) async fn refresh_due(
        &self,
        providers: &[Arc<Provider>],
        public_url: &Url,
        ended: &mut Vec<Ended>,
    ) -> Result<(), SessionError> {
        let rows = self.store.due(self.clock.now().as_second(), ROUND).await?;
        let asked = futures::stream::iter(rows).map(|row| self.refresh_one(row, providers, public_url));
        let outcomes: Vec<_> = asked.buffer_unordered(AT_ONCE).collect().await;
        let mut round = Ok(());
        for outcome in outcomes {
            match outcome {
                Ok(Outcome::Ended(one)) => ended.push(*one),
                Ok(Outcome::Kept) => {}
                Err(error) => round = Err(error),
            }
        }
        round
    }

    async fn refresh_one(
        &self,
        row: Row,
        providers: &[Arc<Provider>],
        public_url: &Url,
    ) -> Result<Outcome, SessionError> {
        let now = self.clock.now();
        if !self.store.claim(&row, (now + CLAIM).as_second()).await? {
            return Ok(Outcome::Kept);
        }
        let version = row.version + 1;
        let Some(provider) = providers.iter().find(|provider| provider.id() == row.provider) else {
            return self.end(row, EndedBy::Provider("the provider is no longer configured".to_owned())).await;
        };
        let token =
            row.refresh.as_deref().and_then(|sealed| self.sealer.open(Purpose::RefreshToken, sealed, &row.hash));
        let Some(token) = token.map(Secret::new) else {
            return self
                .end(row, EndedBy::Provider("its refresh token cannot be opened with this key".to_owned()))
                .await;
        };
        match refresh(provider, public_url, &row.person, &token).await {
            Ok((person, newer)) => self.take(row, version, person, newer).await,
            Err(failure) if failure.problem == LoginProblem::ProviderUnreachable => {
                self.wait(row, version, &failure, now).await
            }
            Err(failure) => self.end(row, EndedBy::Provider(failure.to_string())).await,
        }
    }

    async fn take(
        &self,
        row: Row,
        version: i64,
        person: Person,
        newer: Option<Secret>,
    ) -> Result<Outcome, SessionError> {
        let newer =
            newer.map(|token| self.sealer.seal(Purpose::RefreshToken, token.expose(), &row.hash)).transpose()?;
        // A provider that gives no new one lets the old one be used again.
        let refresh = newer.or(row.refresh);
        let due = (self.clock.now() + self.limits.refresh).as_second();
        let brought = Refreshed { person: &person, refresh: refresh.as_deref(), due: Some(due) };
        self.store.refreshed(&row.hash, version, brought).await?;
        if person != row.person {
            tracing::info!(session = %row.public_id, user = %person.user, "the provider tells something else about somebody");
        }
        // The next look asks the database.
        self.held.lock().remove(&row.hash);
        Ok(Outcome::Kept)
    }

    async fn wait(
        &self,
        row: Row,
        version: i64,
        failure: &LoginFailure,
        now: Timestamp,
    ) -> Result<Outcome, SessionError> {
        let since = row.failing_since.unwrap_or(now.as_second());
        tracing::warn!(session = %row.public_id, provider = %row.provider, reason = %failure.reason, "somebody cannot be asked about");
        if now.as_second() - since >= self.limits.grace.as_secs() {
            return self.end(row, EndedBy::Unreachable(failure.reason.clone())).await;
        }
        self.store.failing(&row.hash, version, since, (now + AGAIN).as_second()).await?;
        Ok(Outcome::Kept)
    }

    async fn end(&self, row: Row, by: EndedBy) -> Result<Outcome, SessionError> {
        let closed = self.store.close(&row.hash).await?;
        self.hold(row.hash, None, self.clock.now());
        // Somebody signed out meanwhile.
        let Some(closed) = closed else { return Ok(Outcome::Kept) };
        Ok(Outcome::Ended(Box::new(Ended { session: self.session(closed), by })))
    }
}
