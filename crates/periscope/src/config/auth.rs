//! Who may sign in, and how.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use jiff::SignedDuration;
use periscope_answers::Policy;
use periscope_auth::{ClaimPath, ClaimRules, KEY_BYTES, Limits, ProviderOptions, Secret, is_loopback};
use schemars::JsonSchema;
use serde::Deserialize;
use url::Url;

use super::secret;

/// More providers are a mistake.
const MAX_PROVIDERS: usize = 20;

/// Who may sign in, and how. Without providers nobody can, but for development on loopback.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct AuthSettings {
    /// OpenID providers; people choose when there are several. Needs `publicUrl`.
    providers: Vec<ProviderSettings>,
    /// How long people stay signed in.
    session: SessionSettings,
    /// Only members of one of these groups may use this Periscope; everybody who can sign in when absent.
    allowed_groups: Option<Vec<String>>,
    /// Members of these groups read everybody's rows of the record; everybody else reads their own.
    audit_admins: Vec<String>,
    /// Members of these groups see and end everybody's sessions.
    session_admins: Vec<String>,
}

/// One OpenID provider, found by its discovery document. It sends people back to
/// `<publicUrl>/api/auth/callback/<id>`: register that there. A client secret is given in one of two ways, or not at all
/// for a public client.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct ProviderSettings {
    /// Part of addresses: lower-case letters, digits and `-`.
    id: String,
    /// What people read on the sign-in page; the id when absent.
    name: Option<String>,
    /// The issuer, exactly as the provider names itself: `https://idp.corp/realms/main`.
    issuer: String,
    /// This Periscope's id at the provider.
    client_id: String,
    /// A file that holds the client secret, such as a mounted Secret; nobody else may read it.
    client_secret_file: Option<PathBuf>,
    /// An environment variable that holds it.
    client_secret_env: Option<String>,
    /// What is asked for beside `openid`. Many providers give refresh tokens only for `offline_access`; without them
    /// people are not asked about again before they sign in anew.
    #[serde(default = "default_scopes")]
    scopes: Vec<String>,
    /// The claim with the groups, a text or a list; a path such as `resource_access.periscope.roles` reaches inside.
    /// It is looked for in the ID token, then in the access token, then in userinfo.
    #[serde(default = "default_groups_claim")]
    groups_claim: String,
    /// The claim with the name that Kubernetes hears. An e-mail address must not be known as unverified.
    #[serde(default = "default_user_claim")]
    user_claim: String,
    /// Put before every user name, so that two providers cannot speak for each other's people.
    #[serde(default)]
    user_prefix: String,
    /// Put before every group.
    #[serde(default)]
    groups_prefix: String,
    /// For whom bearer tokens of this provider may be, for scripts on the API; none are taken when empty.
    #[serde(default)]
    audiences: Vec<String>,
    /// PEM certificates that are trusted for this provider instead of the system's.
    ca_file: Option<PathBuf>,
}

/// Durations are a number and a unit: `90s`, `5m`, `12h`, `7d`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct SessionSettings {
    /// A session is over this long after its last request.
    idle: String,
    /// And this long after it began, whatever is done with it.
    absolute: String,
    /// How often the provider is asked who somebody is now: what changes there, such as groups, holds here after this.
    refresh: String,
    /// How long a provider may be out of reach before the sessions it vouches for are over.
    grace: String,
    /// The key that seals refresh tokens and logins under way: 32 bytes, base64. Made in `dataDir` when absent; needed
    /// with PostgreSQL, as replicas must have the same.
    key_file: Option<PathBuf>,
}

impl Default for SessionSettings {
    fn default() -> Self {
        let [idle, absolute, refresh, grace] = ["1h", "12h", "5m", "15m"].map(str::to_owned);
        Self { idle, absolute, refresh, grace, key_file: None }
    }
}

fn default_scopes() -> Vec<String> {
    vec!["profile".to_owned(), "email".to_owned()]
}

fn default_groups_claim() -> String {
    "groups".to_owned()
}

fn default_user_claim() -> String {
    "email".to_owned()
}

/// What sessions and logins are made with.
#[derive(Debug, Clone)]
pub(crate) struct SignInParts {
    pub(crate) providers: Vec<ProviderOptions>,
    pub(crate) limits: Limits,
    /// From configuration; else it is made beside the database.
    pub(crate) key: Option<[u8; KEY_BYTES]>,
}

impl AuthSettings {
    /// `None` when there is no provider.
    pub(crate) fn sign_in(&self) -> anyhow::Result<Option<SignInParts>> {
        ensure!(self.providers.len() <= MAX_PROVIDERS, "providers: at most {MAX_PROVIDERS} are taken");
        let limits = self.session.limits().context("session")?;
        let key = self.session.key().context("session: keyFile")?;
        let mut seen = BTreeSet::new();
        let mut providers = Vec::new();
        for (at, provider) in self.providers.iter().enumerate() {
            providers.push(provider.options().with_context(|| format!("providers[{at}]"))?);
            ensure!(seen.insert(&provider.id), "providers[{at}].id: {:?} is taken already", provider.id);
        }
        Ok((!providers.is_empty()).then_some(SignInParts { providers, limits, key }))
    }

    pub(crate) fn policy(&self) -> anyhow::Result<Policy> {
        ensure!(
            self.allowed_groups.as_ref().is_none_or(|groups| !groups.is_empty()),
            "allowedGroups: an empty list would admit nobody; remove the key to admit everybody"
        );
        Ok(Policy {
            allowed_groups: self.allowed_groups.clone().unwrap_or_default(),
            audit_admins: self.audit_admins.clone(),
            session_admins: self.session_admins.clone(),
        })
    }
}

impl ProviderSettings {
    fn options(&self) -> anyhow::Result<ProviderOptions> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        ensure!(
            (1..=40).contains(&self.id.len()) && self.id.chars().all(plain),
            "id: {:?} must be 1 to 40 lower-case letters, digits or '-'",
            self.id
        );
        ensure!(!self.client_id.is_empty(), "clientId: it is empty");
        let client_secret = match (&self.client_secret_file, &self.client_secret_env) {
            (Some(file), None) => Some(secret::of_file(file).context("clientSecretFile")?),
            (None, Some(name)) => Some(secret::of_environment(name).context("clientSecretEnv")?),
            (None, None) => None,
            (Some(_), Some(_)) => anyhow::bail!("clientSecretFile and clientSecretEnv exclude each other"),
        };
        let ca = self
            .ca_file
            .as_ref()
            .map(|file| std::fs::read(file).with_context(|| format!("caFile: cannot read {}", file.display())));
        ensure!(
            !self.groups_claim.is_empty() && !self.user_claim.is_empty(),
            "groupsClaim and userClaim name a claim each"
        );
        Ok(ProviderOptions {
            id: self.id.clone(),
            name: self.name.clone().unwrap_or_else(|| self.id.clone()),
            issuer: issuer(&self.issuer).context("issuer")?,
            client_id: self.client_id.clone(),
            client_secret: client_secret.map(Secret::new),
            scopes: self.scopes.iter().filter(|scope| *scope != "openid").cloned().collect(),
            claims: ClaimRules {
                groups: ClaimPath::new(&self.groups_claim),
                user: ClaimPath::new(&self.user_claim),
                user_prefix: self.user_prefix.clone(),
                groups_prefix: self.groups_prefix.clone(),
            },
            audiences: self.audiences.clone(),
            ca: ca.transpose()?,
        })
    }
}

fn issuer(text: &str) -> anyhow::Result<Url> {
    let url = Url::parse(text).with_context(|| format!("{text:?} is no address such as https://idp.corp"))?;
    ensure!(
        url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url),
        "{text:?} must begin with https:// (http:// is for this machine only)"
    );
    let bare =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    ensure!(bare && url.host().is_some(), "{text:?} must be a host and perhaps a path, nothing more");
    Ok(url)
}

impl SessionSettings {
    fn limits(&self) -> anyhow::Result<Limits> {
        let within = |name: &'static str, text: &str, least: i64, most_days: i64| {
            let duration = duration(text)
                .with_context(|| format!("{name}: {text:?} is no duration such as 90s, 5m, 12h or 7d"))?;
            let fits = (least..=most_days * 24 * 3600).contains(&duration.as_secs());
            ensure!(fits, "{name}: {text:?} must be from {least} s to {most_days} days");
            Ok(duration)
        };
        let limits = Limits {
            idle: within("idle", &self.idle, 60, 30)?,
            absolute: within("absolute", &self.absolute, 60, 90)?,
            refresh: within("refresh", &self.refresh, 5, 7)?,
            grace: within("grace", &self.grace, 0, 7)?,
        };
        ensure!(limits.idle <= limits.absolute, "idle: {:?} is longer than absolute: {:?}", self.idle, self.absolute);
        Ok(limits)
    }

    fn key(&self) -> anyhow::Result<Option<[u8; KEY_BYTES]>> {
        let Some(file) = &self.key_file else { return Ok(None) };
        let text = secret::of_file(file)?;
        secret::key(&text).map(Some).with_context(|| format!("{} holds no 32 bytes as base64", file.display()))
    }
}

/// A number and a unit.
pub(super) fn duration(text: &str) -> Option<SignedDuration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: i64 = number.parse().ok().filter(|_| number.bytes().all(|b| b.is_ascii_digit()))?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        _ => return None,
    };
    number.checked_mul(seconds).map(SignedDuration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        let seconds = |text: &str| duration(text).map(|duration| duration.as_secs());
        assert_eq!(
            [seconds("90s"), seconds("5m"), seconds("12h"), seconds("7d")],
            [Some(90), Some(300), Some(43_200), Some(604_800)]
        );
        for wrong in ["", "5", "m", "5 m", "-5m", "+5m", "5mm", "5w", "99999999999999999d", "é"] {
            assert_eq!(seconds(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn issuers_are_https_or_on_this_machine() {
        for fine in
            ["https://idp.corp", "https://idp.corp/realms/main", "http://127.0.0.1:9000", "http://localhost:9000"]
        {
            assert!(issuer(fine).is_ok(), "{fine}");
        }
        for wrong in [
            "",
            "idp.corp",
            "http://idp.corp",
            "https://idp.corp?x=1",
            "https://idp.corp#x",
            "https://a:b@idp.corp",
            "ftp://x",
            "http://127.0.0.1.evil.example",
        ] {
            assert!(issuer(wrong).is_err(), "{wrong}");
        }
    }
}
