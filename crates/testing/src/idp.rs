//! An OpenID provider with a switch for each thing that can be wrong with one.

mod handlers;
mod key;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use tokio::task::JoinHandle;

use key::Key;

pub const CLIENT_ID: &str = "periscope";
pub const CLIENT_SECRET: &str = "a secret of the client";

type Claims = Map<String, Value>;

/// Where the claims that are not the ID token's own are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClaimsIn {
    #[default]
    IdToken,
    AccessToken,
    Userinfo,
    Nowhere,
}

/// How ID tokens and access tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signed {
    #[default]
    Es256,
    /// `alg: none`, and no signature.
    Not,
    /// HMAC with the public key's text as its secret.
    Hs256WithPublicKey,
    /// By a key that is not published, under the published one's name.
    ByAnother,
}

/// What is wrong with the provider.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are switches")]
pub struct Switches {
    /// Every request is answered 503.
    pub down: bool,
    /// The token endpoint redirects elsewhere.
    pub redirects: bool,
    /// The key set is larger than anybody should read.
    pub huge: bool,
    /// How far its clock is ahead, in seconds.
    pub clock_ahead: i64,
    pub claims_in: ClaimsIn,
    pub signed: Signed,
    /// Put over the ID token's claims; null removes one.
    pub id_token: Map<String, Value>,
    /// Over userinfo's.
    pub userinfo: Map<String, Value>,
    /// Userinfo is a JWT, signed as everything else is.
    pub signed_userinfo: bool,
    /// Discovery names this issuer.
    pub other_issuer: Option<String>,
    /// Says who it is in its answers (RFC 9207), by this name.
    pub names_itself: Option<String>,
    /// Answers every login with this error.
    pub error: Option<String>,
    /// Gives no refresh tokens.
    pub no_refresh: bool,
    /// Refuses every refresh.
    pub refuses_refresh: bool,
    /// Sends no ID token at a refresh.
    pub bare_refresh: bool,
    /// Is no known client: refuses the secret.
    pub refuses_client: bool,
}

/// What was asked for, so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked {
    pub discovery: usize,
    pub keys: usize,
    pub codes: usize,
    pub refreshes: usize,
    pub userinfo: usize,
}

/// A login that got its code.
struct Grant {
    nonce: Option<String>,
    challenge: Option<String>,
    redirect_uri: String,
    person: Claims,
}

struct Inner {
    issuer: String,
    keys: Vec<Key>,
    person: Claims,
    switches: Switches,
    asked: Asked,
    codes: HashMap<String, Grant>,
    /// Each is good for one use.
    refresh_tokens: HashMap<String, String>,
    access_tokens: HashMap<String, Claims>,
    made: usize,
}

#[derive(Clone)]
struct Shared(Arc<Mutex<Inner>>, Arc<dyn Fn() -> i64 + Send + Sync>);

pub struct Idp {
    shared: Shared,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Idp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Idp {
    /// `now` is the second it takes for the present.
    pub async fn start(now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port of loopback");
        let address = listener.local_addr().expect("an address");
        let person = json!({"sub": "1", "email": "ada@corp", "name": "Ada", "groups": ["dev"]});
        let inner = Inner {
            issuer: format!("http://{address}"),
            keys: vec![Key::new(0)],
            person: person.as_object().expect("an object").clone(),
            switches: Switches::default(),
            asked: Asked::default(),
            codes: HashMap::new(),
            refresh_tokens: HashMap::new(),
            access_tokens: HashMap::new(),
            made: 0,
        };
        let shared = Shared(Arc::new(Mutex::new(inner)), Arc::new(now));
        let router = handlers::router(shared.clone());
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves until it is dropped");
        });
        Self { shared, address, task }
    }

    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Who signs in next, and what is told of them from now on.
    pub fn person(&self, claims: &Value) {
        self.shared.0.lock().person.clone_from(claims.as_object().expect("an object"));
    }

    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut self.shared.0.lock().switches);
    }

    /// Signs with a new key from now on; the ones before are no longer published.
    pub fn rotate_key(&self) {
        let mut inner = self.shared.0.lock();
        let next = inner.keys.last().map_or(0, |key| key.number + 1);
        inner.keys = vec![Key::new(next)];
    }

    pub fn asked(&self) -> Asked {
        self.shared.0.lock().asked
    }

    /// A token with exactly these claims, signed as the switches say.
    pub fn token(&self, kind: &str, claims: &Value) -> String {
        let inner = self.shared.0.lock();
        inner.sign(kind, claims.as_object().expect("an object"))
    }

    /// The refresh tokens that are good now.
    pub fn refresh_tokens(&self) -> Vec<String> {
        self.shared.0.lock().refresh_tokens.keys().cloned().collect()
    }
}

impl Inner {
    fn sign(&self, kind: &str, claims: &Claims) -> String {
        self.keys.last().expect("there is always one").sign(kind, claims, self.switches.signed)
    }

    fn next(&mut self, what: &str) -> String {
        self.made += 1;
        format!("{what}-{}", self.made)
    }
}

fn put_over(claims: &mut Claims, over: &Claims) {
    for (name, value) in over {
        if value.is_null() {
            claims.remove(name);
        } else {
            claims.insert(name.clone(), value.clone());
        }
    }
}
