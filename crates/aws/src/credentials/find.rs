//! Which credentials there are, and which are refused.
//!
//! EKS Pod Identity and web identity (IRSA) only. Static keys leak and outlive whoever made them; a shared profile is
//! somebody's; an instance profile is every pod's on the node. Where one of them is found, nothing starts.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use http::Uri;

use crate::Endpoints;

/// Where credentials come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    PodIdentity {
        uri: String,
        token_file: PathBuf,
    },
    WebIdentity {
        role_arn: String,
        token_file: PathBuf,
        session: String,
    },
    /// Keys that are none, for endpoints on loopback.
    Placeholder(Keys),
    /// The same, another for each account: [`Keys::placeholder`].
    PlaceholderPerAccount,
}

/// What requests are signed with. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: Option<String>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl Keys {
    /// The keys that stand for an account on a loopback endpoint: it reads the account off the key's id.
    pub fn placeholder(account: &str) -> Self {
        Self {
            access_key_id: format!("ASIAPERI{account}"),
            secret_access_key: "placeholder".to_owned(),
            session_token: None,
        }
    }
}

/// Why this process may not talk to AWS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(String);

/// The environment of the process, and where its user's profile would be.
pub struct Surroundings<'a> {
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The home folder, whose `.aws` is looked at.
    pub home: Option<&'a Path>,
}

/// What SDKs take keys from, older ones too. Nothing here reads them: that they are there is what must not be.
const STATIC_KEYS: [&str; 7] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
];
const PROFILES: [&str; 5] =
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_CREDENTIAL_FILE"];

const WAYS: &str = "give its service account a role by EKS Pod Identity or IRSA";
const PLUGIN: &str = "let the kubeconfig's credential plugin take its profile from users[].user.exec.env, where `aws eks \
                      update-kubeconfig --profile` writes it";

impl Surroundings<'_> {
    fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// Where the process itself is.
    pub fn region(&self) -> Result<Option<String>, Refusal> {
        let Some(region) = self.get("AWS_REGION").or_else(|| self.get("AWS_DEFAULT_REGION")) else { return Ok(None) };
        // It becomes a part of host names that tokens are sent to.
        let is_label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if region.len() > 63 || !region.chars().all(is_label) {
            return Err(Refusal(format!("AWS_REGION={region:?} is no region of AWS, such as eu-west-1")));
        }
        Ok(Some(region))
    }

    /// What the environment says of addresses, where configuration says nothing: every SDK's variables.
    pub fn endpoints(&self, configured: Endpoints) -> Endpoints {
        let one = |configured: Option<String>, service: &str| {
            configured.or_else(|| self.get(&format!("AWS_ENDPOINT_URL_{service}")))
        };
        if configured.all.is_some() {
            return configured;
        }
        Endpoints {
            all: self.get("AWS_ENDPOINT_URL"),
            eks: one(configured.eks, "EKS"),
            iam: one(configured.iam, "IAM"),
            sts: one(configured.sts, "STS"),
            organizations: one(configured.organizations, "ORGANIZATIONS"),
            ec2: one(configured.ec2, "EC2"),
        }
    }

    /// Refuses what must not be there, whether or not AWS is going to be asked.
    pub fn check(&self, endpoints: &Endpoints) -> Result<(), Refusal> {
        if endpoints.are_on_loopback() {
            return Ok(());
        }
        self.refuse_static(WAYS)
    }

    /// The same where nothing but a kubeconfig is served: what its credential plugin needs is written there.
    pub fn check_kubeconfig(&self) -> Result<(), Refusal> {
        if self.endpoints(Endpoints::default()).are_on_loopback() {
            return Ok(());
        }
        self.refuse_static(PLUGIN)
    }

    /// `instead` says what to do.
    fn refuse_static(&self, instead: &str) -> Result<(), Refusal> {
        for name in STATIC_KEYS {
            if self.get(name).is_some() {
                return Err(Refusal(format!(
                    "static AWS keys are in the environment ({name}), and Periscope takes none: remove them and {instead}"
                )));
            }
        }
        for name in PROFILES {
            if let Some(value) = self.get(name) {
                return Err(Refusal(format!(
                    "a shared AWS profile is named in the environment ({name}={value}), and Periscope takes none: remove \
                     it and {instead}"
                )));
            }
        }
        Ok(())
    }

    /// The credentials for asking AWS.
    pub fn credentials(&self, endpoints: &Endpoints) -> Result<CredentialSource, Refusal> {
        endpoints.check()?;
        if endpoints.are_on_loopback() {
            return Ok(self.placeholder());
        }
        self.check(endpoints)?;
        for file in ["credentials", "config"] {
            let path = self.home.map(|home| home.join(".aws").join(file)).filter(|path| path.exists());
            if let Some(path) = path {
                return Err(Refusal(format!(
                    "there is a shared AWS profile ({}), and Periscope takes none: remove it and {WAYS}",
                    path.display()
                )));
            }
        }
        if let Some(uri) = self.get("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            return self.pod_identity(uri);
        }
        if let Some(token_file) = self.get("AWS_WEB_IDENTITY_TOKEN_FILE") {
            let Some(role_arn) = self.get("AWS_ROLE_ARN") else {
                return Err(Refusal("AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not".to_owned()));
            };
            let session = self.get("AWS_ROLE_SESSION_NAME").unwrap_or_else(|| "periscope".to_owned());
            return Ok(CredentialSource::WebIdentity { role_arn, token_file: token_file.into(), session });
        }
        Err(Refusal(format!(
            "AWS is to be asked, but there is neither EKS Pod Identity (AWS_CONTAINER_CREDENTIALS_FULL_URI) nor a web \
             identity (AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE) here, and Periscope does not fall back to an instance \
             profile: {WAYS}, or take eks and aws out of the configuration"
        )))
    }

    fn pod_identity(&self, uri: String) -> Result<CredentialSource, Refusal> {
        if !is_agent(&uri) {
            return Err(Refusal(format!(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI={uri} is no address of a credential agent: those of EKS Pod \
                 Identity are at 169.254.170.23 and [fd00:ec2::23], or on loopback"
            )));
        }
        let Some(token_file) = self.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
            return Err(Refusal(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI is set, but AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is not"
                    .to_owned(),
            ));
        };
        Ok(CredentialSource::PodIdentity { uri, token_file: token_file.into() })
    }

    fn placeholder(&self) -> CredentialSource {
        match (self.get("AWS_ACCESS_KEY_ID"), self.get("AWS_SECRET_ACCESS_KEY")) {
            (Some(access_key_id), Some(secret_access_key)) => CredentialSource::Placeholder(Keys {
                access_key_id,
                secret_access_key,
                session_token: self.get("AWS_SESSION_TOKEN"),
            }),
            _ => CredentialSource::PlaceholderPerAccount,
        }
    }
}

/// Whether credentials may be asked for at this address: where EKS puts its agents (not ECS, nor EC2), and nowhere else.
fn is_agent(uri: &str) -> bool {
    const AGENTS: [&str; 2] = ["169.254.170.23", "fd00:ec2::23"];
    let Ok(uri) = uri.parse::<Uri>() else { return false };
    let Some(host) = uri.host().filter(|_| matches!(uri.scheme_str(), Some("http" | "https"))) else { return false };
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return false;
    }
    let Some(address) = address(host) else { return host == "localhost" };
    address.is_loopback() || AGENTS.iter().any(|agent| agent.parse() == Ok(address))
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

impl Endpoints {
    fn given(&self) -> [(&'static str, Option<&str>); 5] {
        let all = self.all.as_ref();
        [
            ("eks", self.eks.as_ref().or(all).map(String::as_str)),
            ("iam", self.iam.as_ref().or(all).map(String::as_str)),
            ("sts", self.sts.as_ref().or(all).map(String::as_str)),
            ("organizations", self.organizations.as_ref().or(all).map(String::as_str)),
            ("ec2", self.ec2.as_ref().or(all).map(String::as_str)),
        ]
    }

    /// Whether nothing reaches AWS: every service is somewhere on this machine.
    pub fn are_on_loopback(&self) -> bool {
        self.given().iter().all(|(_, endpoint)| endpoint.is_some_and(is_loopback))
    }

    /// Each is an address that may be sent signed requests: `https://`, or on this machine; and all or none are here.
    pub fn check(&self) -> Result<(), Refusal> {
        for (service, endpoint) in self.given() {
            let Some(endpoint) = endpoint else { continue };
            let fine = endpoint.parse::<Uri>().is_ok_and(|uri| {
                let is_bare = uri.query().is_none() && uri.path().trim_end_matches('/').is_empty();
                uri.host().is_some() && is_bare && matches!(uri.scheme_str(), Some("http" | "https"))
            });
            let safe = is_loopback(endpoint) || endpoint.starts_with("https://");
            if !fine || !safe {
                return Err(Refusal(format!(
                    "the endpoint {endpoint:?} of {service} is not https://HOST (http:// is for this machine only)"
                )));
            }
        }
        let here = self.given().iter().filter(|(_, endpoint)| endpoint.is_some_and(is_loopback)).count();
        if here != 0 && here != self.given().len() {
            let away = self.given().into_iter().find(|(_, endpoint)| !endpoint.is_some_and(is_loopback));
            let away = away.map_or("another", |(service, _)| service);
            return Err(Refusal(format!(
                "some AWS endpoints are on this machine, but that of {away} is not: placeholder keys must not reach AWS, \
                 so give all of them (aws.endpoint) or none"
            )));
        }
        Ok(())
    }
}

fn is_loopback(endpoint: &str) -> bool {
    let Ok(uri) = endpoint.parse::<Uri>() else { return false };
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return false;
    }
    let Some(authority) = uri.authority().filter(|authority| !authority.as_str().contains('@')) else { return false };
    let host = authority.host();
    host == "localhost" || address(host).is_some_and(|address| address.is_loopback())
}
