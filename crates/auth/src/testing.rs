//! An installation and its provider, for the tests of this crate.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use periscope_model::{Clock, ManualClock};
use periscope_testing::idp::{CLIENT_ID, CLIENT_SECRET, Idp};
use tempfile::TempDir;
use url::Url;

use crate::{
    Arrival, Auth, AuthOptions, Begun, Callback, ClaimPath, ClaimRules, Database, Limits, LoginFailure,
    ProviderOptions, Sealer, Secret, is_loopback,
};

pub(crate) const START: i64 = 1_700_000_000;

pub(crate) struct Bed {
    pub(crate) idp: Idp,
    pub(crate) auth: Auth,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) folder: TempDir,
}

/// What the provider sends a browser back with.
#[derive(Debug, Default, Clone)]
pub(crate) struct Back {
    pub(crate) state: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) issuer: Option<String>,
}

impl Back {
    pub(crate) fn to<'a>(&'a self, provider: &'a str) -> Callback<'a> {
        Callback {
            provider,
            state: self.state.as_deref(),
            code: self.code.as_deref(),
            error: self.error.as_deref(),
            issuer: self.issuer.as_deref(),
        }
    }
}

pub(crate) fn limits() -> Limits {
    Limits {
        idle: SignedDuration::from_hours(1),
        absolute: SignedDuration::from_hours(12),
        refresh: SignedDuration::from_mins(5),
        grace: SignedDuration::from_mins(15),
    }
}

pub(crate) fn provider(id: &str, idp: &Idp) -> ProviderOptions {
    ProviderOptions {
        id: id.to_owned(),
        name: "Corp".to_owned(),
        issuer: Url::parse(&idp.issuer()).expect("an address"),
        client_id: CLIENT_ID.to_owned(),
        client_secret: Some(Secret::new(CLIENT_SECRET)),
        scopes: vec!["email".to_owned()],
        claims: ClaimRules {
            groups: ClaimPath::new("groups"),
            user: ClaimPath::new("email"),
            user_prefix: String::new(),
            groups_prefix: String::new(),
        },
        audiences: vec!["periscope-api".to_owned()],
        ca: None,
    }
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_second(START).expect("valid")))
}

pub(crate) async fn idp(clock: &Arc<ManualClock>) -> Idp {
    let clock = clock.clone();
    Idp::start(move || clock.now().as_second()).await
}

pub(crate) async fn installation(providers: Vec<ProviderOptions>, clock: Arc<ManualClock>, database: Database) -> Auth {
    let public_url = Url::parse("http://127.0.0.1:8080").expect("an address");
    assert!(is_loopback(&public_url));
    let options =
        AuthOptions { providers, public_url, limits: limits(), database, sealer: Sealer::new(&[7; 32]), clock };
    Auth::open(options).await.expect("opens")
}

impl Bed {
    pub(crate) async fn new() -> Self {
        let clock = clock();
        let (idp, folder) = (idp(&clock).await, tempfile::tempdir().expect("a temporary folder"));
        let database = Database::Folder(folder.path().to_owned());
        let auth = installation(vec![provider("corp", &idp)], clock.clone(), database).await;
        Self { idp, auth, clock, folder }
    }

    /// Another process over the same database.
    pub(crate) async fn replica(&self) -> Auth {
        let database = Database::Folder(self.folder.path().to_owned());
        installation(vec![provider("corp", &self.idp)], self.clock.clone(), database).await
    }

    pub(crate) async fn begin(&self) -> Begun {
        self.auth.begin_login("corp", "/c/prod/pods", false).await.expect("the provider").expect("begins")
    }

    pub(crate) async fn back(&self, begun: &Begun) -> Back {
        back(begun).await
    }

    pub(crate) async fn sign_in(&self) -> Result<Arrival, LoginFailure> {
        let begun = self.begin().await;
        let back = self.back(&begun).await;
        self.auth.finish_login(back.to("corp"), Some(&begun.sealed)).await
    }
}

/// What a browser does: goes there, and is sent back.
pub(crate) async fn back(begun: &Begun) -> Back {
    let http = crate::http::Http::new(None).expect("a client");
    let answered = http.get(begun.location.as_str().parse().expect("an address"), None).await.expect("an answer");
    assert_eq!(answered.status(), 302);
    let location = answered.headers()["location"].to_str().expect("text");
    let location = Url::parse(location).expect("an address");
    assert!(location.as_str().starts_with("http://127.0.0.1:8080/api/auth/callback/"), "{location}");
    let mut back = Back::default();
    for (name, value) in location.query_pairs() {
        let place = match &*name {
            "state" => &mut back.state,
            "code" => &mut back.code,
            "error" => &mut back.error,
            "iss" => &mut back.issuer,
            _ => continue,
        };
        *place = Some(value.into_owned());
    }
    back
}
