//! Who one is, and the sessions that are open.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use jiff::Timestamp;
use periscope_answers::ClusterAdmission;
use serde::Serialize;

use crate::problem::Problem;
use crate::request::{Caller, SignedIn};
use crate::routes::QueryPairs;
use crate::session::{Mode, SignIn};
use crate::state::AppState;

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the fields are the answer's keys")]
pub(crate) struct Session {
    mode: Mode,
    user: String,
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    issuer: String,
    subject: String,
    groups: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    persona: Option<String>,
    /// Absent where there is none: with a token, or where whoever comes is somebody.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<SessionTimes>,
    admission: SessionAdmission,
    /// Reads everybody's rows of the record.
    audit_admin: bool,
    /// Sees and ends everybody's sessions.
    session_admin: bool,
    /// What each cluster makes of the caller; empty for somebody who is not admitted.
    clusters: Vec<ClusterAdmission>,
    server_version: &'static str,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionTimes {
    id: String,
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: Timestamp,
    /// Over then in any case.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Over then without another request.
    #[schema(value_type = String, format = DateTime)]
    idle_at: Timestamp,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionAdmission {
    admitted: bool,
    /// Membership in any of these would let them in; only when they are not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed_groups: Vec<String>,
}

/// Who the caller is. Answers also to somebody who is not admitted, so that they see who they are here.
#[utoipa::path(get, path = "/api/session", tag = "auth",
    responses((status = 200, body = Session), (status = 401, body = Problem)))]
pub(crate) async fn session(State(state): State<AppState>, caller: SignedIn) -> Json<Session> {
    let (person, policy) = (&caller.context.person, state.app.policy());
    let admitted = policy.admits(person);
    let persona = match (&state.sign_in, &caller.session) {
        (SignIn::Personas(_), Some(session)) => Some(session.provider.clone()),
        _ => None,
    };
    let times = |session: std::sync::Arc<periscope_auth::Session>| SessionTimes {
        id: session.id.to_string(),
        started_at: session.started_at,
        last_seen_at: session.last_seen_at,
        expires_at: session.expires_at,
        idle_at: session.idle_at,
    };
    Json(Session {
        mode: state.sign_in.mode(),
        user: person.user.clone(),
        display_name: person.display.clone(),
        email: person.email.clone(),
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
        groups: person.groups.clone(),
        persona,
        session: caller.session.map(times),
        admission: SessionAdmission {
            admitted,
            allowed_groups: if admitted { Vec::new() } else { policy.allowed_groups.clone() },
        },
        audit_admin: policy.is_audit_admin(person),
        session_admin: policy.is_session_admin(person),
        clusters: if admitted { state.app.admissions(&caller.context) } else { Vec::new() },
        server_version: env!("CARGO_PKG_VERSION"),
    })
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SessionList {
    sessions: Vec<SessionItem>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionItem {
    id: String,
    user: String,
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    issuer: String,
    /// Through which provider; the persona in the demo.
    provider: String,
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    last_seen_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Where it was opened from; empty when not known.
    address: String,
    user_agent: String,
    /// Whether it is the caller's own.
    current: bool,
}

impl SessionItem {
    fn of(session: periscope_auth::Session, own: Option<&str>) -> Self {
        Self {
            current: own == Some(&*session.id),
            id: session.id.to_string(),
            user: session.person.user.clone(),
            display_name: session.person.display.clone(),
            email: session.person.email.clone(),
            issuer: session.person.issuer.clone(),
            provider: session.provider,
            started_at: session.started_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            address: session.address.unwrap_or_default(),
            user_agent: session.user_agent.unwrap_or_default(),
        }
    }
}

/// The caller's open sessions; everybody's with `all=true`, for session administrators. The newest first, at most 1000.
#[utoipa::path(get, path = "/api/sessions", operation_id = "sessions", tag = "auth", params(("all" = Option<bool>, Query)),
    responses((status = 200, body = SessionList), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
) -> Result<Json<SessionList>, Problem> {
    let all = QueryPairs::of(&uri)?.one("all") == Some("true");
    let context = &caller.context;
    let sessions = match state.sign_in.people() {
        Some(people) => people.sessions(context, all).await?,
        None if all && !state.app.policy().is_session_admin(&context.person) => {
            return Err(state.app.policy().only_session_admins().into());
        }
        None => state.personas.list((!all).then_some(&context.person.user), state.clock.now()),
    };
    let item = |session| SessionItem::of(session, context.session.as_deref());
    Ok(Json(SessionList { sessions: sessions.into_iter().map(item).collect() }))
}

/// Ends a session: one's own, or anybody's for session administrators. Its streams end within seconds.
#[utoipa::path(delete, path = "/api/sessions/{session}", tag = "auth",
    params(("session" = String, Path, description = "an id from the list")),
    responses((status = 204, description = "ended"), (status = 404, body = Problem)))]
pub(crate) async fn revoke(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let context = &caller.context;
    if let Some(people) = state.sign_in.people() {
        people.revoke(context, &id).await?;
        return Ok(StatusCode::NO_CONTENT);
    }
    let admin = state.app.policy().is_session_admin(&context.person);
    let theirs = state.personas.list((!admin).then_some(&context.person.user), state.clock.now());
    let session = theirs
        .into_iter()
        .find(|session| *session.id == *id)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such session of yours"))?;
    let intent = state.app.record_revoke(context, &session).await?;
    state.personas.revoke(&id);
    intent.ended(true).await;
    Ok(StatusCode::NO_CONTENT)
}
