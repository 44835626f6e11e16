//! Who comes in and who leaves: logins, sessions and tokens, on the record.
//!
//! Nobody comes in unrecorded. Leaving is never refused: what cannot be recorded of it is in the log.

mod admission;
mod policy;
mod throttle;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use periscope_audit::{AuditActor, Event, Intent, Outcome, Verb};
use periscope_auth::{
    Arrival, Auth, Bearer, BearerError, Begun, Callback, Ended, EndedBy, LoginFailure, NewSession, Session,
    SessionError, SessionSecret,
};
use periscope_model::Person;
use serde_json::Map;

use crate::act::audit_actor;
use crate::app::App;
use crate::context::Context;
use crate::error::Error;
use throttle::Throttle;

pub use admission::{ClusterAdmission, Impersonated};
pub use policy::Policy;

/// How often limits are held against sessions, and people asked about who are due.
const TEND_EVERY: Duration = Duration::from_secs(5);
/// The one code for a login that worked and could not be recorded.
const NOT_RECORDED: &str = "not_recorded";

/// Somebody before they are anybody.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub request_id: Arc<str>,
    pub address: Option<IpAddr>,
    pub user_agent: Option<String>,
}

/// Somebody who came in.
#[derive(Debug)]
pub struct Entered {
    /// For the browser alone.
    pub secret: SessionSecret,
    pub return_to: String,
}

/// Why somebody with a token was not let in.
#[derive(Debug, thiserror::Error)]
pub enum TokenRefused {
    #[error(transparent)]
    Token(#[from] BearerError),
    #[error(transparent)]
    Here(#[from] Error),
}

/// The people of an installation with identity providers.
pub struct People {
    app: Arc<App>,
    auth: Auth,
    failures: Throttle,
}

impl People {
    pub fn new(app: Arc<App>, auth: Auth) -> Self {
        Self { app, auth, failures: Throttle::default() }
    }

    /// Id and name of each provider.
    pub fn providers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.auth.providers().iter().map(|provider| (provider.id(), provider.name()))
    }

    /// Begins a login; `None` when there is no such provider. The error is a code for the sign-in page.
    pub async fn begin(
        &self,
        visitor: &Visitor,
        provider: &str,
        return_to: &str,
        ask_again: bool,
    ) -> Option<Result<Begun, &'static str>> {
        let begun = self.auth.begin_login(provider, return_to, ask_again).await?;
        Some(begun.map_err(|failure| {
            tracing::warn!(request = %visitor.request_id, provider, %failure, "a login could not begin");
            failure.problem.code()
        }))
    }

    /// Ends a login. `before` is the session that this browser had; it is closed. The error is a code for the sign-in page.
    pub async fn enter(
        &self,
        visitor: &Visitor,
        callback: Callback<'_>,
        sealed: Option<&str>,
        before: Option<&SessionSecret>,
    ) -> Result<Entered, &'static str> {
        let arrival = match self.auth.finish_login(callback, sealed).await {
            Ok(arrival) => arrival,
            Err(failure) => return Err(self.turned_away(visitor, callback.provider, failure).await),
        };
        let Arrival { person, provider, refresh_token, return_to } = arrival;
        let new = NewSession {
            person,
            provider,
            refresh_token,
            address: visitor.address.map(|address| address.to_string()),
            user_agent: visitor.user_agent.clone(),
        };
        let (secret, session) = self.auth.sessions.open(new).await.map_err(|error| {
            tracing::error!(request = %visitor.request_id, %error, "a session could not be opened");
            NOT_RECORDED
        })?;
        let context = context_of(visitor, &session);
        // Nobody has the secret yet: closed again, the session never was.
        if self.app.record_sign_in(&context, &session.provider).await.is_err() {
            self.close(&secret).await.ok();
            return Err(NOT_RECORDED);
        }
        if let Some(before) = before {
            self.close(before).await.ok();
        }
        Ok(Entered { secret, return_to })
    }

    async fn turned_away(&self, visitor: &Visitor, provider: &str, failure: LoginFailure) -> &'static str {
        tracing::warn!(request = %visitor.request_id, provider, %failure, "somebody could not sign in");
        // Anybody can fail as often as they like; the record has room for people.
        if let Some(passed_over) = self.failures.admit(self.app.clock.now()) {
            let (issuer, subject) = failure.who.unwrap_or_default();
            let mut actor = AuditActor::new(issuer, subject);
            actor.address = visitor.address.map(|address| address.to_string());
            let event = Event::new(actor, &*visitor.request_id, Verb::SignInFailed);
            let event = event.because(failure.reason).with("provider", known_only(provider, self.providers()));
            let event = event.with("problem", failure.problem.code());
            let event = if passed_over > 0 { event.with("notRecordedBefore", passed_over) } else { event };
            self.app.note_anyway(event, Outcome::Failure).await;
        }
        failure.problem.code()
    }

    /// The session of a cookie; counts as activity.
    pub async fn find(&self, secret: &SessionSecret) -> Result<Option<Arc<Session>>, Error> {
        self.auth.sessions.find(secret).await.map_err(|error| unavailable(&error))
    }

    /// The same for what goes on by itself.
    pub async fn look(&self, secret: &SessionSecret) -> Result<Option<Arc<Session>>, Error> {
        self.auth.sessions.look(secret).await.map_err(|error| unavailable(&error))
    }

    /// Whether a session is known here to be over; asks nobody.
    pub fn is_known_closed(&self, secret: &SessionSecret) -> bool {
        self.auth.sessions.is_known_closed(secret)
    }

    /// Who a bearer token is about. Its first use is recorded, or it is not used.
    pub async fn bearer(&self, visitor: &Visitor, token: &str) -> Result<Bearer, TokenRefused> {
        let bearer = self.auth.bearer(token).await?;
        if bearer.first {
            let mut context = Context::new(bearer.person.clone(), visitor.request_id.clone());
            context.address = visitor.address;
            let event = Event::new(audit_actor(&context, None), &*context.request_id, Verb::TokenAccept);
            let event =
                event.with("provider", bearer.provider.as_str()).with("expiresAt", bearer.expires_at.to_string());
            self.app.note(event, Outcome::Success).await?;
            self.auth.keep_bearer(bearer.clone());
        }
        Ok(bearer)
    }

    /// Signs out of this session, or of all of the person's.
    pub async fn leave(&self, context: &Context, secret: &SessionSecret, everywhere: bool) -> Result<(), Error> {
        let mut closed = usize::from(self.close(secret).await?.is_some());
        if everywhere {
            closed +=
                self.auth.sessions.close_all_of(&context.person).await.map_err(|error| unavailable(&error))?.len();
        }
        self.app.record_sign_out(context, everywhere, closed).await;
        Ok(())
    }

    async fn close(&self, secret: &SessionSecret) -> Result<Option<Session>, Error> {
        self.auth.sessions.close(secret).await.map_err(|error| unavailable(&error))
    }

    /// One's own open sessions, or everybody's for those who may see them.
    pub async fn sessions(&self, context: &Context, all: bool) -> Result<Vec<Session>, Error> {
        if all && !self.app.policy.is_session_admin(&context.person) {
            return Err(self.app.policy.only_session_admins());
        }
        let of = (!all).then_some(&*context.person);
        self.auth.sessions.list(of).await.map_err(|error| unavailable(&error))
    }

    /// Ends a session: one's own, or anybody's for those who may.
    pub async fn revoke(&self, context: &Context, id: &str) -> Result<(), Error> {
        let unknown = || Error::NotFound { what: format!("session {id:?}") };
        let session = self.auth.sessions.get(id).await.map_err(|error| unavailable(&error))?.ok_or_else(unknown)?;
        let own = is_same(&session.person, &context.person);
        if !own && !self.app.policy.is_session_admin(&context.person) {
            // That somebody has it is not for everybody to know.
            return Err(unknown());
        }
        let intent = self.app.record_revoke(context, &session).await;
        let intent = match intent {
            Ok(intent) => Some(intent),
            // Leaving is never refused.
            Err(error) if own => {
                tracing::error!(%error, "the end of a session is not recorded");
                None
            }
            Err(error) => return Err(error),
        };
        let revoked = self.auth.sessions.revoke(id).await;
        if let Some(intent) = intent {
            intent.ended(revoked.is_ok()).await;
        }
        revoked.map_err(|error| unavailable(&error))?.map(drop).ok_or_else(unknown)
    }

    /// Runs as long as the process: holds limits, asks providers who people are now.
    pub async fn tend(&self) {
        loop {
            let mut ended = Vec::new();
            if let Err(error) = self.auth.tend(&mut ended).await {
                tracing::error!(%error, "sessions cannot be looked after");
            }
            for one in ended {
                self.app.record_end(one).await;
            }
            tokio::time::sleep(TEND_EVERY).await;
        }
    }
}

/// The end of a session that is recorded and not done yet.
pub struct Revocation(Intent);

impl Revocation {
    pub async fn ended(self, done: bool) {
        let outcome = if done { Outcome::Success } else { Outcome::Failure };
        if let Err(error) = self.0.close(outcome, None, Map::new()).await {
            tracing::error!(%error, "how the end of a session went is not recorded");
        }
    }
}

impl App {
    /// Somebody signed in, or is about to: an error means that they must not.
    pub async fn record_sign_in(&self, context: &Context, provider: &str) -> Result<(), Error> {
        let event =
            Event::new(audit_actor(context, None), &*context.request_id, Verb::SignIn).with("provider", provider);
        let event = event.with("admitted", self.policy.admits(&context.person));
        self.note(event, Outcome::Success).await.map(drop)
    }

    pub async fn record_sign_out(&self, context: &Context, everywhere: bool, sessions: usize) {
        let verb = if everywhere { Verb::SignOutEverywhere } else { Verb::SignOut };
        let event = Event::new(audit_actor(context, None), &*context.request_id, verb).with("sessions", sessions);
        self.note_anyway(event, Outcome::Success).await;
    }

    /// That somebody is about to end a session.
    pub async fn record_revoke(&self, context: &Context, session: &Session) -> Result<Revocation, Error> {
        let event = Event::new(audit_actor(context, None), &*context.request_id, Verb::SessionRevoke);
        let event = event.with("session", &*session.id).with("user", session.person.user.as_str());
        let event =
            event.with("subject", session.person.subject.as_str()).with("issuer", session.person.issuer.as_str());
        let intent = self.record.intent(event).await;
        intent.map(Revocation).map_err(|error| Error::NotRecorded { reason: error.to_string() })
    }

    async fn record_end(&self, Ended { session, by }: Ended) {
        let (how, reason) = match by {
            EndedBy::Limit => ("limit", None),
            EndedBy::Provider(reason) => ("provider", Some(reason)),
            EndedBy::Unreachable(reason) => ("unreachable", Some(reason)),
        };
        let mut context = Context::new(session.person.clone(), "");
        context.session = Some(session.id);
        let mut event = Event::new(audit_actor(&context, None), "", Verb::SessionExpire).with("by", how);
        event.reason = reason;
        self.note_anyway(event, Outcome::Success).await;
    }

    /// Of what happens in any case.
    async fn note_anyway(&self, event: Event, outcome: Outcome) {
        let verb = event.verb;
        if let Err(error) = self.note(event, outcome).await {
            tracing::error!(%verb, %error, "this is not recorded");
        }
    }
}

fn context_of(visitor: &Visitor, session: &Session) -> Context {
    let mut context = Context::new(session.person.clone(), visitor.request_id.clone());
    context.session = Some(session.id.clone());
    context.address = visitor.address;
    context
}

/// A provider's id from an address, if it is one.
fn known_only<'a>(id: &str, mut known: impl Iterator<Item = (&'a str, &'a str)>) -> &'a str {
    known.find(|(one, _)| *one == id).map_or("unknown", |(one, _)| one)
}

fn is_same(one: &Person, other: &Person) -> bool {
    one.issuer == other.issuer && one.subject == other.subject
}

fn unavailable(error: &SessionError) -> Error {
    Error::SessionsUnavailable { reason: error.to_string() }
}
