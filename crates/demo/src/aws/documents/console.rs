//! The console's own roles, one in each account.

use crate::aws::estate::{Account, HOME, MANAGEMENT};
use crate::aws::role::{Spec, Trust};

/// What a feature needs to read of an account.
pub(super) const READ: &str = r#"{"Version":"2012-10-17","Statement":[
{"Sid":"Clusters","Effect":"Allow","Action":["eks:DescribeCluster","eks:ListClusters","eks:ListAccessEntries","eks:DescribeAccessEntry","eks:ListAssociatedAccessPolicies","eks:ListAccessPolicies","eks:ListPodIdentityAssociations","eks:DescribePodIdentityAssociation","eks:DescribeClusterVersions"],"Resource":"*"},
{"Sid":"Identity","Effect":"Allow","Action":["iam:GetAccountAuthorizationDetails","iam:ListRoles","iam:GetRole","iam:ListRolePolicies","iam:GetRolePolicy","iam:ListAttachedRolePolicies","iam:GetPolicy","iam:GetPolicyVersion","iam:ListPolicies","iam:ListOpenIDConnectProviders","iam:GetOpenIDConnectProvider","iam:ListInstanceProfilesForRole","iam:GetInstanceProfile","iam:SimulatePrincipalPolicy"],"Resource":"*"},
{"Sid":"Organization","Effect":"Allow","Action":"organizations:DescribeOrganization","Resource":"*"},
{"Sid":"Instances","Effect":"Allow","Action":"ec2:DescribeInstances","Resource":"*"}]}"#;

/// Into the other accounts.
pub(super) const REACH: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"OtherAccounts","Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/periscope-reader"}]}"#;

pub(super) const READ_ORGANIZATION: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Organization","Effect":"Allow","Action":["organizations:DescribeOrganization","organizations:ListRoots","organizations:ListParents","organizations:ListChildren","organizations:ListAccounts","organizations:DescribeAccount","organizations:DescribeOrganizationalUnit","organizations:ListPoliciesForTarget","organizations:DescribePolicy"],"Resource":"*"}]}"#;

const READER_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::<home>:role/periscope-server"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;

/// Its service account, by token or by association.
const SERVER_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"PodIdentity","Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"aws:SourceAccount":"<account>","aws:RequestTag/kubernetes-namespace":"periscope","aws:RequestTag/kubernetes-service-account":"periscope"}}},{"Sid":"WebIdentity","Effect":"Allow","Principal":{"Federated":"arn:aws:iam::<account>:oidc-provider/<home-issuer>"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"<home-issuer>:aud":"sts.amazonaws.com","<home-issuer>:sub":"system:serviceaccount:periscope:periscope"}}}]}"#;

static SERVER: Spec = Spec::new("periscope-server", Trust::Document(SERVER_TRUST), &[])
    .attached(&["periscope-read", "periscope-reach"])
    .about("the console's own");

static READER: Spec = Spec::new("periscope-reader", Trust::Document(READER_TRUST), &[])
    .attached(&["periscope-read"])
    .about("what the console becomes in this account");

static ORGANIZATION_READER: Spec = Spec::new("periscope-reader", Trust::Document(READER_TRUST), &[])
    .attached(&["periscope-read-organization"])
    .about("what the console becomes in this account");

pub(crate) fn role(account: &Account) -> &'static Spec {
    if *account == *HOME {
        &SERVER
    } else if *account == *MANAGEMENT {
        &ORGANIZATION_READER
    } else {
        &READER
    }
}
