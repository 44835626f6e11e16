//! The endpoints.

use std::collections::HashMap;

use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::{CLIENT_ID, CLIENT_SECRET, Claims, ClaimsIn, Grant, Inner, Shared, put_over};

type Words = HashMap<String, String>;

/// How long its tokens are good, in seconds.
const LASTS: i64 = 300;

pub(crate) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .route("/authorize", get(authorize))
        .route("/token", post(token))
        .route("/userinfo", get(userinfo))
        .layer(from_fn_with_state(shared.clone(), up))
        .with_state(shared)
}

async fn up(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let down = shared.0.lock().switches.down;
    if down { (StatusCode::SERVICE_UNAVAILABLE, "down").into_response() } else { next.run(request).await }
}

async fn discovery(State(shared): State<Shared>) -> Json<Value> {
    let mut inner = shared.0.lock();
    inner.asked.discovery += 1;
    let at = |path: &str| format!("{}{path}", inner.issuer);
    Json(json!({
        "issuer": inner.switches.other_issuer.as_ref().unwrap_or(&inner.issuer),
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": inner.switches.names_itself.is_some(),
    }))
}

async fn keys(State(shared): State<Shared>) -> Json<Value> {
    let mut inner = shared.0.lock();
    inner.asked.keys += 1;
    let padding = if inner.switches.huge { "x".repeat(2 * 1024 * 1024) } else { String::new() };
    let keys: Vec<Value> = inner.keys.iter().map(super::key::Key::jwk).collect();
    Json(json!({"keys": keys, "padding": padding}))
}

/// Whoever is there is signed in at once.
async fn authorize(State(shared): State<Shared>, Query(asked): Query<Words>) -> Response {
    let mut inner = shared.0.lock();
    let Some(redirect_uri) = asked.get("redirect_uri") else { return StatusCode::BAD_REQUEST.into_response() };
    let mut back = Url::parse(redirect_uri).expect("an address");
    let state = asked.get("state").cloned().unwrap_or_default();
    if let Some(error) = &inner.switches.error {
        back.query_pairs_mut().append_pair("error", error).append_pair("error_description", "<b>words of anybody</b>");
    } else {
        let code = inner.next("code");
        back.query_pairs_mut().append_pair("code", &code);
        let grant = Grant {
            nonce: asked.get("nonce").cloned(),
            challenge: asked.get("code_challenge").cloned(),
            redirect_uri: redirect_uri.clone(),
            person: inner.person.clone(),
        };
        inner.codes.insert(code, grant);
    }
    if let Some(name) = &inner.switches.names_itself {
        back.query_pairs_mut().append_pair("iss", name);
    }
    back.query_pairs_mut().append_pair("state", &state);
    (StatusCode::FOUND, [(header::LOCATION, back.to_string())]).into_response()
}

fn refused(error: &str) -> Response {
    let said = json!({"error": error, "error_description": "<b>words of anybody</b>"});
    (StatusCode::BAD_REQUEST, Json(said)).into_response()
}

fn is_client(headers: &HeaderMap) -> bool {
    let wanted: String = form_urlencoded::byte_serialize(CLIENT_SECRET.as_bytes()).collect();
    let wanted = format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{wanted}")));
    headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes() == wanted.as_bytes())
}

async fn token(State(shared): State<Shared>, headers: HeaderMap, body: String) -> Response {
    let words: Words = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let now = (shared.1)();
    let mut inner = shared.0.lock();
    if inner.switches.redirects {
        return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "http://127.0.0.1:1/")]).into_response();
    }
    if inner.switches.refuses_client || !is_client(&headers) {
        return refused("invalid_client");
    }
    match words.get("grant_type").map(String::as_str) {
        Some("authorization_code") => inner.exchange(&words, now),
        Some("refresh_token") => inner.refresh(&words, now),
        _ => refused("unsupported_grant_type"),
    }
}

impl Inner {
    fn exchange(&mut self, words: &Words, now: i64) -> Response {
        self.asked.codes += 1;
        let Some(grant) = words.get("code").and_then(|code| self.codes.remove(code)) else {
            return refused("invalid_grant");
        };
        let verifier = words.get("code_verifier").map(|text| URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes())));
        if grant.challenge.is_none()
            || verifier != grant.challenge
            || words.get("redirect_uri") != Some(&grant.redirect_uri)
        {
            return refused("invalid_grant");
        }
        self.tokens(&grant.person, grant.nonce, now, true)
    }

    fn refresh(&mut self, words: &Words, now: i64) -> Response {
        self.asked.refreshes += 1;
        let used = words.get("refresh_token").and_then(|token| self.refresh_tokens.remove(token));
        if used.is_none() || self.switches.refuses_refresh {
            return refused("invalid_grant");
        }
        let person = self.person.clone();
        self.tokens(&person, None, now, !self.switches.bare_refresh)
    }

    fn tokens(&mut self, person: &Claims, nonce: Option<String>, now: i64, id_token: bool) -> Response {
        let now = now + self.switches.clock_ahead;
        let place = self.switches.claims_in;
        let mut own =
            json!({"iss": self.issuer, "aud": CLIENT_ID, "sub": person["sub"], "iat": now, "exp": now + LASTS});
        if let Some(nonce) = nonce {
            own["nonce"] = nonce.into();
        }
        let own = own.as_object().expect("an object").clone();
        let with = |here: bool| {
            let mut claims = own.clone();
            if here {
                put_over(&mut claims, person);
            }
            claims
        };
        let access_token =
            if place == ClaimsIn::AccessToken { self.sign("at+jwt", &with(true)) } else { self.next("access") };
        let told = if place == ClaimsIn::Userinfo {
            person.clone()
        } else {
            Claims::from_iter([("sub".into(), person["sub"].clone())])
        };
        self.access_tokens.insert(access_token.clone(), told);
        let mut answer = json!({"access_token": access_token, "token_type": "Bearer", "expires_in": LASTS});
        if id_token {
            let mut claims = with(place == ClaimsIn::IdToken);
            let half = &digest(&SHA256, access_token.as_bytes()).as_ref()[..16].to_vec();
            claims.insert("at_hash".into(), URL_SAFE_NO_PAD.encode(half).into());
            put_over(&mut claims, &self.switches.id_token);
            answer["id_token"] = self.sign("JWT", &claims).into();
        }
        if !self.switches.no_refresh {
            let refresh_token = self.next("refresh");
            let subject = person["sub"].as_str().unwrap_or_default().to_owned();
            self.refresh_tokens.insert(refresh_token.clone(), subject);
            answer["refresh_token"] = refresh_token.into();
        }
        Json(answer).into_response()
    }
}

async fn userinfo(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let mut inner = shared.0.lock();
    inner.asked.userinfo += 1;
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let Some(claims) = token.and_then(|token| inner.access_tokens.get(token)) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let mut claims = claims.clone();
    put_over(&mut claims, &inner.switches.userinfo);
    if inner.switches.signed_userinfo {
        claims.extend([("iss".into(), inner.issuer.clone().into()), ("aud".into(), CLIENT_ID.into())]);
        return ([(header::CONTENT_TYPE, "application/jwt")], inner.sign("JWT", &claims)).into_response();
    }
    Json(claims).into_response()
}
