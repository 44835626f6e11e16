//! Access keys: the placeholders of each account, those that `AssumeRole` hands out, and who one is with them.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::RwLock;
use rand::TryRngCore as _;
use rand::rand_core::OsError;
use rand::rngs::OsRng;

use super::documents::platform;
use super::estate::{self, ACCOUNTS, Account, CLUSTERS};
use super::iam::users;
use super::role::Spec;
use crate::content::image::hex;

/// Who calls: a session of a role, or a user.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) account: &'static Account,
    /// Of the role, with its path, or of the user.
    pub(crate) principal_arn: String,
    /// `None` for a user.
    pub(crate) session: Option<String>,
    /// What the session was narrowed to when it was made: documents, none of which must allow alone.
    pub(crate) policies: Vec<String>,
}

impl Caller {
    pub(crate) fn new(account: &'static Account, principal_arn: String, session: &str) -> Self {
        let session = (!principal_arn.contains(":user/")).then(|| session.to_owned());
        Self { account, principal_arn, session, policies: Vec::new() }
    }

    fn with_keys_of(account: &'static Account) -> Self {
        Self::new(account, format!("arn:aws:iam::{}:role/{}", account.id, account.role), "demo")
    }

    /// Without its path.
    pub(crate) fn name(&self) -> &str {
        self.principal_arn.rsplit('/').next().unwrap_or_default()
    }

    /// `arn:aws:sts::111122223333:assumed-role/periscope-server/demo`
    pub(crate) fn arn(&self) -> String {
        match &self.session {
            Some(session) => format!("arn:aws:sts::{}:assumed-role/{}/{session}", self.account.id, self.name()),
            None => self.principal_arn.clone(),
        }
    }

    /// `arn:aws:iam::111122223333:role/periscope-server`: as the ConfigMap `aws-auth` has to name it.
    pub(crate) fn canonical_arn(&self) -> String {
        let kind = if self.session.is_some() { "role" } else { "user" };
        format!("arn:aws:iam::{}:{kind}/{}", self.account.id, self.name())
    }

    /// `AROA…`
    pub(crate) fn principal_id(&self) -> String {
        estate::unique_id(if self.session.is_some() { "AROA" } else { "AIDA" }, &self.principal_arn)
    }

    /// `AROA…:demo`
    pub(crate) fn id(&self) -> String {
        let own = self.principal_id();
        self.session.as_ref().map_or(own.clone(), |session| format!("{own}:{session}"))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) caller: Caller,
    pub(crate) secret: String,
    /// Of temporary keys: the session token and when it ends, epoch seconds.
    pub(crate) session: Option<(String, i64)>,
    /// The world's own keys may do everything, for people who look around with them. Others are held to their role.
    pub(crate) held: bool,
    /// Whether what is signed with it can be checked: secrets of another STS are not known here.
    pub(crate) checked: bool,
}

/// A key just made.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: String,
    pub(crate) expires: i64,
}

pub(crate) struct Keys {
    known: RwLock<HashMap<String, Key>>,
}

/// Temporary keys that are kept at once, so that a client in a loop costs nothing.
const MOST: usize = 4096;

/// What the world's own keys begin with.
const OWN: &str = "DEMO";

/// The secret of keys that only name an account: no secret, as nothing is behind it.
const PLACEHOLDER: &str = "placeholder";

pub(crate) fn key_id(account: &Account) -> String {
    format!("{OWN}KEY{}", account.id)
}

/// Of somebody in an account.
pub(crate) fn key_id_of(principal: &str) -> String {
    format!("{OWN}{}", hex(principal, 16).to_uppercase())
}

/// Roles of people and pipelines and the users that are left, by their ARNs: who the clusters' doors are for.
pub(crate) fn people() -> impl Iterator<Item = (&'static Account, String)> {
    let roles = CLUSTERS.iter().flat_map(|cluster| {
        let arn = |spec: &Spec| format!("arn:aws:iam::{}:role{}{}", cluster.account.id, spec.path, spec.name);
        platform::people().map(move |spec| (cluster.account, arn(spec)))
    });
    roles.chain(users::all())
}

impl Keys {
    pub(crate) fn generate() -> Result<Self, OsError> {
        let mut known = HashMap::new();
        for account in ACCOUNTS {
            let caller = Caller::with_keys_of(account);
            known.insert(
                key_id(account),
                Key { caller, secret: random(30)?, session: None, held: false, checked: true },
            );
        }
        for (account, principal) in people() {
            let (id, caller) = (key_id_of(&principal), Caller::new(account, principal, "demo"));
            known.insert(id, Key { caller, secret: random(30)?, session: None, held: true, checked: true });
        }
        Ok(Self { known: RwLock::new(known) })
    }

    pub(crate) fn get(&self, id: &str) -> Option<Key> {
        self.known.read().get(id).cloned()
    }

    /// Somebody else's key, as one that another STS gave out: whoever signs for this world and holds none of its keys is
    /// let in as the console's role, in the account that the key's last twelve digits name, or else in `account`.
    pub(crate) fn foreign(id: &str, account: &'static Account) -> Option<Key> {
        if id.starts_with(OWN) {
            return None;
        }
        let named = id.len().checked_sub(12).and_then(|at| id.get(at..)).and_then(estate::account);
        Some(Key {
            caller: Caller::with_keys_of(named.unwrap_or(account)),
            secret: PLACEHOLDER.to_owned(),
            session: None,
            held: true,
            checked: false,
        })
    }

    /// Keys of a session, for somebody whose own keys are `checked` or not.
    pub(crate) fn issue(&self, caller: Caller, checked: bool, (now, seconds): (i64, i64)) -> Result<Issued, OsError> {
        let issued = Issued {
            id: format!("{OWN}SESSION{}", random(12)?.replace(['-', '_'], "X").to_uppercase()),
            secret: random(30)?,
            token: random(96)?,
            expires: now + seconds,
        };
        let mut known = self.known.write();
        if known.len() >= MOST {
            // whoever still uses an old one is told that it has ended
            known.retain(|_, key| key.session.as_ref().is_none_or(|(_, end)| *end > now + 300));
        }
        if known.len() >= MOST {
            let ends = |key: &Key| key.session.as_ref().map(|(_, end)| *end);
            let soonest = known.iter().filter_map(|(id, key)| Some((ends(key)?, id.clone()))).min();
            soonest.and_then(|(_, id)| known.remove(&id));
        }
        let session = Some((issued.token.clone(), issued.expires));
        known.insert(issued.id.clone(), Key { caller, secret: issued.secret.clone(), session, held: true, checked });
        Ok(issued)
    }
}

fn random(bytes: usize) -> Result<String, OsError> {
    let mut buffer = vec![0; bytes];
    OsRng.try_fill_bytes(&mut buffer)?;
    Ok(URL_SAFE_NO_PAD.encode(buffer))
}
