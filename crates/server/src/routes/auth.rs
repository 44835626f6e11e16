//! Signing in as a persona, signing out, and who one is.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::request::{Caller, session_cookie};
use crate::session::{COOKIE, Mode};
use crate::state::AppState;

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthOptions {
    mode: Mode,
    /// Empty unless `mode` is `demo`.
    personas: Vec<PersonaOption>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonaOption {
    id: String,
    name: String,
    about: String,
}

/// How one can sign in here.
#[utoipa::path(get, path = "/api/auth/options", tag = "auth", security(()), responses((status = 200, body = AuthOptions)))]
pub(crate) async fn options(State(state): State<AppState>) -> Json<AuthOptions> {
    let option = |persona: &crate::session::Persona| PersonaOption {
        id: persona.id.clone(),
        name: persona.person.display.clone(),
        about: persona.about.clone(),
    };
    let personas = state.sign_in.personas().iter().map(option).collect();
    Json(AuthOptions { mode: state.sign_in.mode(), personas })
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoSignIn {
    persona: String,
}

/// Signs in as a persona; demo and tests only.
#[utoipa::path(post, path = "/api/auth/demo", tag = "auth", security(()), request_body = DemoSignIn,
    responses((status = 204, description = "signed in; the session is in the cookie"), (status = 404, body = Problem)))]
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Result<Json<DemoSignIn>, JsonRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Json(body) = body.map_err(|error| Problem::of_body(&error))?;
    let persona = state.sign_in.personas().iter().find(|persona| persona.id == body.persona);
    let persona = persona.ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "persona_unknown", format!("there is no persona {:?} here", body.persona))
    })?;
    let id = state.sessions.open(persona, state.clock.now()).ok_or_else(|| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "randomness", "the system gives no random bytes")
    })?;
    // Who changes the persona leaves the one before: its streams end.
    if let Some(before) = session_cookie(&headers) {
        state.sessions.close(&before);
    }
    let cookie = format!("{COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax");
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, cookie)])))
}

/// Signs out: the session and its streams end.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth", security(()), responses((status = 204, description = "signed out")))]
pub(crate) async fn sign_out(State(state): State<AppState>, headers: HeaderMap) -> impl IntoResponse {
    if let Some(id) = session_cookie(&headers) {
        state.sessions.close(&id);
    }
    let cookie = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    (StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, cookie)]))
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    mode: Mode,
    user: String,
    display_name: String,
    groups: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    persona: Option<String>,
    server_version: &'static str,
}

/// Who the caller is.
#[utoipa::path(get, path = "/api/session", tag = "auth",
    responses((status = 200, body = Session), (status = 401, body = Problem)))]
pub(crate) async fn session(State(state): State<AppState>, caller: Caller) -> Json<Session> {
    let person = &caller.context.person;
    Json(Session {
        mode: state.sign_in.mode(),
        user: person.user.clone(),
        display_name: person.display.clone(),
        groups: person.groups.clone(),
        persona: caller.persona,
        server_version: env!("CARGO_PKG_VERSION"),
    })
}
