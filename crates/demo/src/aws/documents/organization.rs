//! The organisation: where the accounts stand, and what it forbids them.

use crate::aws::estate::{ACCOUNTS, Account, DATA, MANAGEMENT};

pub(crate) const ID: &str = "o-periscope";
pub(crate) const ROOT: &str = "r-ab12";

/// An organisational unit below the root.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
}

pub(crate) const UNITS: [Unit; 2] =
    [Unit { id: "ou-ab12-w0rk10ad", name: "Workloads" }, Unit { id: "ou-ab12-d4ta0000", name: "Data" }];

/// What an account stands under.
pub(crate) fn parent(account: &Account) -> &'static str {
    if *account == *MANAGEMENT {
        ROOT
    } else if *account == *DATA {
        UNITS[1].id
    } else {
        UNITS[0].id
    }
}

pub(crate) fn accounts_of(parent_id: &str) -> impl Iterator<Item = &'static Account> {
    ACCOUNTS.into_iter().filter(move |account| parent(account) == parent_id)
}

#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// `SERVICE_CONTROL_POLICY` or `RESOURCE_CONTROL_POLICY`.
    pub(crate) kind: &'static str,
    pub(crate) aws: bool,
    pub(crate) document: &'static str,
    /// Where it is attached; `None`: everywhere.
    pub(crate) targets: Option<&'static [&'static str]>,
}

impl Policy {
    pub(crate) fn arn(&self) -> String {
        let word = if self.kind == SERVICE_CONTROL { "service_control_policy" } else { "resource_control_policy" };
        let owner = if self.aws { "aws".to_owned() } else { MANAGEMENT.id.to_owned() };
        let place = if self.aws { String::new() } else { format!("{ID}/") };
        format!("arn:aws:organizations::{owner}:policy/{place}{word}/{}", self.id)
    }

    pub(crate) fn applies_to(&self, target: &str) -> bool {
        self.targets.is_none_or(|targets| targets.contains(&target))
    }
}

pub(crate) const SERVICE_CONTROL: &str = "SERVICE_CONTROL_POLICY";
pub(crate) const RESOURCE_CONTROL: &str = "RESOURCE_CONTROL_POLICY";

pub(crate) static POLICIES: [Policy; 6] = [
    Policy {
        id: "p-FullAWSAccess",
        name: "FullAWSAccess",
        description: "Allows access to every operation",
        kind: SERVICE_CONTROL,
        aws: true,
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        targets: None,
    },
    Policy {
        id: "p-7k2gu4rd",
        name: "protect-data-and-identity",
        description: "no bucket is deleted, nobody gets keys that last",
        kind: SERVICE_CONTROL,
        aws: false,
        document: r#"{"Version":"2012-10-17","Statement":[{"Sid":"NoBucketIsDeleted","Effect":"Deny","Action":["s3:DeleteBucket","s3:DeleteBucketPolicy"],"Resource":"*"},{"Sid":"NoKeysThatLast","Effect":"Deny","Action":["iam:CreateUser","iam:CreateAccessKey"],"Resource":"*"},{"Sid":"Stay","Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}]}"#,
        targets: Some(&["ou-ab12-w0rk10ad"]),
    },
    Policy {
        id: "p-3ur0pe00",
        name: "compute-in-europe",
        description: "nothing runs outside Europe",
        kind: SERVICE_CONTROL,
        aws: false,
        document: r#"{"Version":"2012-10-17","Statement":[{"Sid":"ComputeInEurope","Effect":"Deny","Action":["ec2:RunInstances","ec2:CreateFleet","lambda:CreateFunction","rds:CreateDBInstance","eks:CreateCluster"],"Resource":"*","Condition":{"StringNotLike":{"aws:RequestedRegion":"eu-*"}}}]}"#,
        targets: Some(&["ou-ab12-w0rk10ad"]),
    },
    Policy {
        id: "p-l4keonly",
        name: "lake-services",
        description: "what the data account is for",
        kind: SERVICE_CONTROL,
        aws: false,
        document: r#"{"Version":"2012-10-17","Statement":[{"Sid":"NoCompute","Effect":"Deny","NotAction":["s3:*","glue:*","athena:*","lakeformation:*","kms:*","sts:*","iam:*","logs:*","cloudtrail:*"],"Resource":"*"}]}"#,
        targets: Some(&["999988887777"]),
    },
    Policy {
        id: "p-RCPFullAWSAccess",
        name: "RCPFullAWSAccess",
        description: "Allows access to every resource",
        kind: RESOURCE_CONTROL,
        aws: true,
        document: r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
        targets: None,
    },
    Policy {
        id: "p-0nlyours",
        name: "only-our-organization",
        description: "nobody from outside reaches what we keep",
        kind: RESOURCE_CONTROL,
        aws: false,
        document: r#"{"Version":"2012-10-17","Statement":[{"Sid":"OnlyOurOrganization","Effect":"Deny","Principal":"*","Action":["s3:*","sqs:*","kms:*","secretsmanager:*"],"Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-periscope"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}]}"#,
        targets: Some(&[ROOT]),
    },
];
