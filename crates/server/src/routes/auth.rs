//! Signing in and out.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use periscope_answers::{Context, People};
use periscope_auth::{Callback, LOGIN_TAKES, SessionSecret};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::problem::Problem;
use crate::request::{SignedIn, visitor};
use crate::routes::QueryPairs;
use crate::session::{Mode, OpenedFrom, Ticket};
use crate::state::AppState;

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthOptions {
    mode: Mode,
    /// Where one can sign in; empty unless `mode` is `oidc`.
    providers: Vec<ProviderOption>,
    /// Empty unless `mode` is `demo`.
    personas: Vec<PersonaOption>,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProviderOption {
    id: String,
    name: String,
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
    let providers = state.sign_in.people().into_iter().flat_map(People::providers);
    let providers = providers.map(|(id, name)| ProviderOption { id: id.to_owned(), name: name.to_owned() }).collect();
    Json(AuthOptions { mode: state.sign_in.mode(), providers, personas })
}

fn found(location: &str, cookies: Vec<String>) -> Response {
    let cookies = cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie));
    let headers = AppendHeaders(cookies.collect::<Vec<_>>());
    (StatusCode::FOUND, [(header::LOCATION, location.to_owned())], headers).into_response()
}

/// The page that says why somebody is not in; it knows the words for each code.
fn sign_in_page(problem: &str, request_id: &str) -> String {
    format!("/sign-in?problem={problem}&request={}", utf8_percent_encode(request_id, NON_ALPHANUMERIC))
}

/// Sends the browser to an identity provider. Whoever signed out here a short while ago is asked again there.
#[utoipa::path(get, path = "/api/auth/login", tag = "auth", security(()),
    params(("provider" = String, Query, description = "one of the ids in the options"),
        ("returnTo" = Option<String>, Query, description = "a page of the console to come back to")),
    responses((status = 302, description = "to the provider, or to /sign-in with a problem"), (status = 404, body = Problem)))]
pub(crate) async fn login(State(state): State<AppState>, uri: Uri, request: Request) -> Result<Response, Problem> {
    let query = QueryPairs::of(&uri)?;
    let (parts, _) = request.into_parts();
    let (visitor, headers) = (visitor(&parts, &state), &parts.headers);
    let provider = query.one("provider").unwrap_or_default();
    let unknown = || Problem::new(StatusCode::NOT_FOUND, "provider_unknown", "there is no such identity provider here");
    let people = state.sign_in.people().ok_or_else(unknown)?;
    let again = state.cookies.has_signed_out(headers);
    let begun =
        people.begin(&visitor, provider, query.one("returnTo").unwrap_or("/"), again).await.ok_or_else(unknown)?;
    Ok(match begun {
        Ok(begun) => {
            let cookies = state.cookies.login(headers, &begun.key, &begun.sealed, LOGIN_TAKES.as_secs());
            found(begun.location.as_str(), cookies)
        }
        Err(problem) => found(&sign_in_page(problem, &visitor.request_id), Vec::new()),
    })
}

/// Where identity providers send browsers back to: opens the session.
#[utoipa::path(get, path = "/api/auth/callback/{provider}", tag = "auth", security(()),
    params(("provider" = String, Path), ("code" = Option<String>, Query), ("state" = Option<String>, Query),
        ("error" = Option<String>, Query), ("iss" = Option<String>, Query)),
    responses((status = 302, description = "signed in and back to where one was, or to /sign-in with a problem")))]
pub(crate) async fn callback(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    uri: Uri,
    request: Request,
) -> Result<Response, Problem> {
    let query = QueryPairs::of(&uri)?;
    let (parts, _) = request.into_parts();
    let (visitor, headers) = (visitor(&parts, &state), &parts.headers);
    let callback = Callback {
        provider: &provider,
        state: query.one("state"),
        code: query.one("code"),
        error: query.one("error"),
        issuer: query.one("iss"),
    };
    let Some(people) = state.sign_in.people() else {
        return Err(Problem::new(StatusCode::NOT_FOUND, "provider_unknown", "there is no such identity provider here"));
    };
    let key = callback.key();
    let sealed = key.as_deref().and_then(|key| state.cookies.login_of(headers, key));
    let before = state.cookies.session_of(headers).and_then(SessionSecret::of_cookie);
    let entered = people.enter(&visitor, callback, sealed, before.as_ref()).await;
    // Whatever came of it, it is over.
    let mut cookies: Vec<String> =
        sealed.and(key.as_deref()).map(|key| state.cookies.no_login(key)).into_iter().collect();
    Ok(match entered {
        Ok(entered) => {
            cookies.extend([state.cookies.session(entered.secret.expose()), state.cookies.not_signed_out()]);
            found(&entered.return_to, cookies)
        }
        Err(problem) => found(&sign_in_page(problem, &visitor.request_id), cookies),
    })
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoSignIn {
    persona: String,
}

/// Signs in as a persona; demo and tests only.
#[utoipa::path(post, path = "/api/auth/demo", tag = "auth", security(()), request_body = DemoSignIn,
    responses((status = 204, description = "signed in; the session is in the cookie"), (status = 404, body = Problem)))]
pub(crate) async fn demo(State(state): State<AppState>, request: Request) -> Result<impl IntoResponse, Problem> {
    let (parts, body) = request.into_parts();
    let visitor = visitor(&parts, &state);
    let headers = parts.headers.clone();
    let body =
        <Json<DemoSignIn> as axum::extract::FromRequest<_>>::from_request(Request::from_parts(parts, body), &state);
    let Json(body) = body.await.map_err(|error| Problem::of_body(&error))?;
    let persona = state.sign_in.personas().iter().find(|persona| persona.id == body.persona);
    let persona = persona.ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "persona_unknown", format!("there is no persona {:?} here", body.persona))
    })?;
    let mut context = Context::new(persona.person.clone(), visitor.request_id.clone());
    context.address = visitor.address;
    state.app.record_sign_in(&context, "demo").await?;
    let address = visitor.address.map(|address| address.to_string());
    let from = OpenedFrom { address, user_agent: visitor.user_agent };
    let id = state.personas.open(persona, from, state.clock.now()).ok_or_else(|| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "randomness", "the system gives no random bytes")
    })?;
    // Who changes the persona leaves the one before: its streams end.
    if let Some(before) = state.cookies.session_of(&headers) {
        state.personas.close(before);
    }
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, state.cookies.session(&id))])))
}

#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOut {
    /// Also out of all of one's other sessions.
    #[serde(default)]
    everywhere: bool,
}

/// Signs out: the session and its streams end. Whoever is not signed in is so afterwards, too.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth", security(()), request_body = SignOut,
    responses((status = 204, description = "signed out"),
        (status = 503, body = Problem, description = "who asks cannot be told now: nobody is signed out")))]
pub(crate) async fn sign_out(
    State(state): State<AppState>,
    caller: Result<SignedIn, Problem>,
    headers: HeaderMap,
    body: Result<Json<Map<String, Value>>, JsonRejection>,
) -> Result<impl IntoResponse, Problem> {
    let Json(body) = body.map_err(|error| Problem::of_body(&error))?;
    let body = serde_json::from_value(Value::Object(body));
    let SignOut { everywhere } = body.map_err(|error| Problem::bad_request("body_invalid", error.to_string()))?;
    match caller {
        Ok(caller) => leave(&state, &caller, everywhere).await?,
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED.as_u16() => {}
        // Told that they are out, they would leave a session open.
        Err(problem) => return Err(problem),
    }
    let mut cookies = vec![(header::SET_COOKIE, state.cookies.no_session())];
    if state.sign_in.mode() == Mode::Oidc && state.cookies.session_of(&headers).is_some() {
        cookies.push((header::SET_COOKIE, state.cookies.signed_out()));
    }
    Ok((StatusCode::NO_CONTENT, AppendHeaders(cookies)))
}

async fn leave(state: &AppState, caller: &SignedIn, everywhere: bool) -> Result<(), Problem> {
    match (&caller.ticket, state.sign_in.people()) {
        (Ticket::Session(secret, _), Some(people)) => people.leave(&caller.context, secret, everywhere).await?,
        (Ticket::Persona(secret), _) => {
            let mut closed = usize::from(state.personas.close(secret));
            if everywhere {
                closed += state.personas.close_all_of(&caller.context.person.user);
            }
            state.app.record_sign_out(&caller.context, everywhere, closed).await;
        }
        // There is no session to end.
        _ => {}
    }
    Ok(())
}
