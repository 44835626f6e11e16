//! The accounts of the organisation and the clusters in them: what everything else of this half refers to.

use crate::content::image::hex;
use crate::profile::Eks;

/// An account of the organisation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    /// Where its keys point.
    pub(crate) region: &'static str,
    /// The role one is with this account's keys.
    pub(crate) role: &'static str,
}

/// Where the console's own role lives; from here it reaches the others.
pub(crate) const HOME: &Account = &Account {
    id: "111122223333",
    name: "production",
    email: "aws-production@corp.example",
    region: "eu-west-1",
    role: "periscope-server",
};

const STAGING: &Account = &Account {
    id: "444455556666",
    name: "staging",
    email: "aws-staging@corp.example",
    region: "eu-central-1",
    role: "periscope-reader",
};

pub(crate) const DATA: &Account = &Account {
    id: "999988887777",
    name: "data",
    email: "aws-data@corp.example",
    region: "eu-west-1",
    role: "periscope-reader",
};

pub(crate) const MANAGEMENT: &Account = &Account {
    id: "123456789012",
    name: "management",
    email: "aws-root@corp.example",
    region: "eu-west-1",
    role: "periscope-reader",
};

pub(crate) const ACCOUNTS: [&Account; 4] = [HOME, STAGING, DATA, MANAGEMENT];

pub(crate) fn account(id: &str) -> Option<&'static Account> {
    ACCOUNTS.into_iter().find(|account| account.id == id)
}

/// An EKS cluster as AWS sees it; what runs in it is the other half's.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct EksCluster {
    /// Also the world's id of it.
    pub(crate) name: &'static str,
    pub(crate) account: &'static Account,
    pub(crate) version: &'static str,
    pub(crate) platform_version: &'static str,
    /// In days.
    pub(crate) age: i64,
}

pub(crate) const CLUSTERS: [EksCluster; 2] = [
    EksCluster { name: "prod-eu", account: HOME, version: "1.33", platform_version: "eks.18", age: 420 },
    EksCluster { name: "staging", account: STAGING, version: "1.34", platform_version: "eks.9", age: 402 },
];

impl EksCluster {
    pub(crate) fn of(world: &str) -> Option<&'static Self> {
        CLUSTERS.iter().find(|cluster| cluster.name == world)
    }

    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:eks:{}:{}:cluster/{}", self.account.region, self.account.id, self.name)
    }

    /// Of its service account tokens, without the scheme.
    pub(crate) fn issuer(&self) -> String {
        format!("oidc.eks.{}.amazonaws.com/id/{}", self.account.region, hex(self.name, 32).to_uppercase())
    }

    pub(crate) fn facts(&self) -> Eks {
        Eks { arn: self.arn(), account_id: self.account.id.to_owned(), region: self.account.region.to_owned() }
    }

    /// Puts this cluster's names into a text of the content.
    pub(crate) fn fill(&self, text: &str) -> String {
        let text = fill(self.account, text);
        if !text.contains('<') {
            return text;
        }
        let other = CLUSTERS.iter().find(|other| other.name != self.name);
        text.replace("<cluster>", self.name)
            .replace("<cluster-arn>", &self.arn())
            .replace("<issuer>", &self.issuer())
            .replace("<other-issuer>", &other.map(Self::issuer).unwrap_or_default())
    }
}

/// Puts an account's names into a text of the content.
pub(crate) fn fill(account: &Account, text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    text.replace("<account>", account.id)
        .replace("<region>", account.region)
        .replace("<data>", DATA.id)
        .replace("<home>", HOME.id)
        .replace("<home-issuer>", &CLUSTERS[0].issuer())
        .replace("<management>", MANAGEMENT.id)
}

/// What AWS makes up to tell one thing from another: a prefix and seventeen letters, always the same for a text.
pub(crate) fn unique_id(prefix: &str, text: &str) -> String {
    format!("{prefix}{}", hex(text, 17).to_uppercase())
}
