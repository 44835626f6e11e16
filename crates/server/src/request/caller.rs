//! Who asks. Extracting it is what makes a route private.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use periscope_answers::{Context, People, TokenRefused, Visitor};
use periscope_auth::{Session, SessionSecret};
use periscope_model::Person;

use super::RequestId;
use super::peer::{self, Peer};
use crate::problem::Problem;
use crate::session::{SignIn, Ticket};
use crate::state::AppState;

/// A browser's name for itself is not kept longer than this.
const MAX_USER_AGENT: usize = 256;

/// The signed-in human, with the request's id and address.
pub(crate) struct SignedIn {
    pub(crate) context: Context,
    /// What they came with: streams and downloads look at it again and again.
    pub(crate) ticket: Ticket,
    pub(crate) session: Option<Arc<Session>>,
}

/// The same, admitted: what every route but those about oneself wants.
pub(crate) struct Caller {
    pub(crate) context: Context,
    pub(crate) ticket: Ticket,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let SignedIn { context, ticket, .. } = SignedIn::from_request_parts(parts, state).await?;
        if !state.app.policy().admits(&context.person) {
            return Err(Problem::not_admitted());
        }
        Ok(Self { context, ticket })
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let visitor = visitor(parts, state);
        let (person, ticket, session) = match &state.sign_in {
            SignIn::Local(person) | SignIn::Dev(person) => (person.clone(), Ticket::Nothing, None),
            SignIn::Personas(_) => of_persona(&parts.headers, state)?,
            SignIn::Providers(people) => of_provider(people, &parts.headers, state, &visitor).await?,
        };
        let mut context = Context::new(person, visitor.request_id);
        context.address = visitor.address;
        context.session = session.as_ref().map(|session| session.id.clone());
        Ok(Self { context, ticket, session })
    }
}

type Known = (Arc<Person>, Ticket, Option<Arc<Session>>);

fn of_persona(headers: &HeaderMap, state: &AppState) -> Result<Known, Problem> {
    let secret = state.cookies.session_of(headers).ok_or_else(Problem::unauthenticated)?;
    let session = state.personas.find(secret, state.clock.now()).ok_or_else(Problem::unauthenticated)?;
    Ok((session.person.clone(), Ticket::Persona(secret.to_owned()), Some(Arc::new(session))))
}

/// A token goes before a cookie: whoever sends one means it.
async fn of_provider(
    people: &People,
    headers: &HeaderMap,
    state: &AppState,
    visitor: &Visitor,
) -> Result<Known, Problem> {
    if let Some(authorization) = headers.get(header::AUTHORIZATION) {
        let text = authorization.to_str().ok().and_then(|text| text.split_once(' '));
        let token = text.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        let token = token.ok_or_else(|| Problem::token_refused("send a token as: Authorization: Bearer TOKEN"))?;
        let bearer = people.bearer(visitor, token).await.map_err(|refused| match refused {
            TokenRefused::Token(error) => {
                tracing::warn!(request = %visitor.request_id, %error, "a token is refused");
                Problem::token_refused("this token is not taken here; the log knows why")
            }
            TokenRefused::Here(error) => error.into(),
        })?;
        return Ok((bearer.person, Ticket::Token(bearer.hash, bearer.expires_at), None));
    }
    let secret = state.cookies.session_of(headers).and_then(SessionSecret::of_cookie);
    let secret = secret.ok_or_else(Problem::unauthenticated)?;
    let session = people.find(&secret).await?.ok_or_else(Problem::unauthenticated)?;
    Ok((session.person.clone(), Ticket::Session(secret, session.person.clone()), Some(session)))
}

/// Whoever it is: from where, under which id.
pub(crate) fn visitor(parts: &Parts, state: &AppState) -> Visitor {
    let request_id = parts.extensions.get::<RequestId>().map_or_else(|| Arc::from(""), |id| id.0.clone());
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
    let address = peer.map(|peer| peer::client(peer, &parts.headers, &state.trusted_proxies));
    let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let user_agent = user_agent.map(|text| text.chars().take(MAX_USER_AGENT).collect());
    Visitor { request_id, address, user_agent }
}

impl Problem {
    fn not_admitted() -> Self {
        let detail = "you are signed in, and in none of the groups that are admitted here";
        Self::new(StatusCode::FORBIDDEN, "not_admitted", detail)
    }

    fn token_refused(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "token_refused", detail)
    }
}
