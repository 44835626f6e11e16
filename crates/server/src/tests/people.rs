//! People of identity providers: who is admitted, and that nobody comes in unrecorded.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, Method, header};
use jiff::SignedDuration;
use periscope_answers::{App, AppOptions, People, Policy, Record};
use periscope_auth::{Auth, AuthOptions, ClaimPath, ClaimRules, Database, Limits, ProviderOptions, Sealer, Secret};
use periscope_model::{Clock, SystemClock};
use periscope_testing::Postgres;
use periscope_testing::idp::{CLIENT_ID, CLIENT_SECRET, Idp};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use super::client::{Answered, Client};
use super::operations::{OPERATIONS, Place};
use super::world::{Server, provider, record, run};
use crate::session::SignIn;

/// A server without clusters whose people come from a provider.
struct Entrance {
    server: Server,
    idp: Idp,
    record: Record,
    _folder: tempfile::TempDir,
}

impl Entrance {
    /// Open to members of these groups.
    async fn for_groups(allowed: &[&str]) -> Self {
        Self::over(allowed, None).await
    }

    /// With its sessions elsewhere than in its folder.
    async fn over(allowed: &[&str], database: Option<Database>) -> Self {
        provider();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let idp = Idp::start(|| SystemClock.now().as_second()).await;
        let record = record(folder.path(), clock.clone()).await;
        let allowed_groups = allowed.iter().map(|&group| group.to_owned()).collect();
        let options = AppOptions {
            clusters: Vec::new(),
            clock: clock.clone(),
            data_dir: folder.path().to_owned(),
            record: record.clone(),
            sensitive: None,
            policy: Policy { allowed_groups, ..Policy::default() },
            aws: None,
            catalogue: None,
        };
        let app = App::start(options).await.expect("an app");
        let database = database.unwrap_or_else(|| Database::Folder(folder.path().to_owned()));
        let auth = auth(&idp, database, clock.clone()).await;
        let people = Arc::new(People::new(app.clone(), auth));
        let server = Server::of(app, SignIn::Providers(people), clock);
        Self { server, idp, record, _folder: folder }
    }

    /// Goes to the provider and comes back; where that leads, with the cookies that were set.
    async fn sign_in(&self) -> (Answered, Client) {
        let begun = self.server.nobody.get("/api/auth/login?provider=corp&returnTo=/c/prod-eu/pods").await;
        assert_eq!(begun.status, 302, "{}", begun.text);
        let with_login = Client { cookie: Some(cookies(&begun)), ..self.server.nobody.clone() };
        let back = sent_back(begun.headers[header::LOCATION].to_str().expect("text")).await;
        let back = Url::parse(&back).expect("an address");
        let path = format!("{}?{}", back.path(), back.query().unwrap_or_default());
        let mut request = with_login.request(&Method::GET, &path, None);
        // What browsers send when a provider sends them back.
        for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")] {
            request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let answered = with_login.send(request).await;
        assert_eq!(answered.status, 302, "{}", answered.text);
        let client = Client { cookie: Some(cookies(&answered)), ..self.server.nobody.clone() };
        (answered, client)
    }
}

async fn auth(idp: &Idp, database: Database, clock: Arc<dyn Clock>) -> Auth {
    let claims = ClaimRules {
        groups: ClaimPath::new("groups"),
        user: ClaimPath::new("email"),
        user_prefix: String::new(),
        groups_prefix: String::new(),
    };
    let provider = ProviderOptions {
        id: "corp".to_owned(),
        name: "Corp".to_owned(),
        issuer: Url::parse(&idp.issuer()).expect("an address"),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(Secret::new(CLIENT_SECRET)),
        scopes: Vec::new(),
        claims,
        audiences: vec!["periscope-api".to_owned()],
        ca: None,
    };
    let hour = SignedDuration::from_hours(1);
    let options = AuthOptions {
        providers: vec![provider],
        public_url: Url::parse("http://localhost:8080").expect("an address"),
        limits: Limits { idle: hour, absolute: hour, refresh: hour, grace: hour },
        database,
        sealer: Sealer::new(&[1; 32]),
        clock,
    };
    Auth::open(options).await.expect("opens")
}

/// As a browser sends them again.
fn cookies(answered: &Answered) -> String {
    let set = answered.headers.get_all(header::SET_COOKIE).iter();
    let pairs = set.filter_map(|value| value.to_str().ok()?.split(';').next()).filter(|pair| !pair.ends_with('='));
    pairs.collect::<Vec<_>>().join("; ")
}

/// Where the provider sends whoever comes to `there`.
async fn sent_back(there: &str) -> String {
    let there = Url::parse(there).expect("an address");
    let authority = format!("{}:{}", there.host_str().expect("a host"), there.port().expect("a port"));
    let mut stream = TcpStream::connect(&authority).await.expect("the provider is there");
    let (path, query) = (there.path(), there.query().unwrap_or_default());
    let head = format!("GET {path}?{query} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
    location.unwrap_or_else(|| panic!("no way back: {answer}")).to_owned()
}

fn location(answered: &Answered) -> &str {
    answered.headers[header::LOCATION].to_str().expect("text")
}

#[test]
fn somebody_comes_in_and_is_who_the_provider_says() {
    run(async {
        let entrance = Entrance::for_groups(&["dev"]).await;
        let (landed, ada) = entrance.sign_in().await;
        assert_eq!(location(&landed), "/c/prod-eu/pods");
        let session = ada.get("/api/session").await.json();
        assert_eq!(
            (&session["mode"], &session["user"], &session["groups"]),
            (&json!("oidc"), &json!("ada@corp"), &json!(["dev"]))
        );
        assert_eq!(session["admission"], json!({"admitted": true}));
        assert_eq!(ada.get("/api/clusters").await.status, 200);
    });
}

#[test]
fn who_is_not_admitted_learns_who_they_are_and_nothing_else() {
    run(async {
        let entrance = Entrance::for_groups(&["ops"]).await;
        let (_, ada) = entrance.sign_in().await;
        let session = ada.get("/api/session").await.json();
        assert_eq!(session["admission"], json!({"admitted": false, "allowedGroups": ["ops"]}));
        let place = Place::of("pods", "payments", "api-0");
        for operation in OPERATIONS.iter().filter(|one| !one.public && one.template != "/api/session") {
            let answered = ada.send(operation.request(&ada, &place)).await;
            assert_eq!(answered.status, 403, "{} {}: {}", operation.verb, operation.template, answered.text);
            assert_eq!(answered.problem(), "not_admitted");
        }
        assert_eq!(ada.post("/api/auth/logout", "{}").await.status, 204);
        assert_eq!(ada.get("/api/session").await.status, 401);
    });
}

#[test]
fn nobody_is_told_that_they_are_out_while_it_cannot_be_known_who_asks() {
    run(async {
        let Some(postgres) = Postgres::start().await else { return };
        let database = Database::Postgres(Secret::new(postgres.url("postgres")));
        let entrance = Entrance::over(&["dev"], Some(database)).await;
        let cookie = Some(format!("periscope_session_8080={}", "A".repeat(43)));
        let somebody = Client { cookie, ..entrance.server.nobody.clone() };
        let everywhere = r#"{"everywhere":true}"#;
        assert_eq!(somebody.post("/api/auth/logout", everywhere).await.status, 204, "there was no such session");
        drop(postgres);
        let answered = somebody.post("/api/auth/logout", everywhere).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (503, "sessions_unavailable"));
        assert!(!answered.headers.contains_key(header::SET_COOKIE), "it is needed to try again");
    });
}

#[test]
fn nobody_comes_in_unrecorded() {
    run(async {
        let entrance = Entrance::for_groups(&["dev"]).await;
        let (_, before) = entrance.sign_in().await;
        entrance.record.close().await;
        let (landed, after) = entrance.sign_in().await;
        assert!(location(&landed).starts_with("/sign-in?problem=not_recorded&request="), "{}", location(&landed));
        assert_eq!(after.get("/api/session").await.status, 401);
        assert_eq!(before.get("/api/session").await.status, 200, "who was in stays in");
        let sessions = before.get("/api/sessions").await.json();
        assert_eq!(sessions["sessions"].as_array().map(Vec::len), Some(1), "{sessions}");

        let now = SystemClock.now().as_second();
        let claims = json!({
            "iss": entrance.idp.issuer(), "aud": "periscope-api", "sub": "robot", "email": "robot@corp", "groups": ["dev"],
            "iat": now, "exp": now + 300,
        });
        let mut request = entrance.server.nobody.request(&Method::GET, "/api/session", None);
        let bearer =
            HeaderValue::from_str(&format!("Bearer {}", entrance.idp.token("at+jwt", &claims))).expect("a value");
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        let answered = entrance.server.nobody.send(request).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (503, "not_recorded"));

        // Leaving is never refused.
        assert_eq!(before.post("/api/auth/logout", "{}").await.status, 204);
        assert_eq!(before.get("/api/session").await.status, 401);
    });
}
