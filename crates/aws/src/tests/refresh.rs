//! Reading again because somebody asks.

use std::time::Duration;

use serde_json::json;

use super::fake::{Fake, Reply};
use super::{ACCOUNT, CLUSTER_ARN, cluster, options};
use crate::{Aws, AwsOptions, CapabilityState, OrganizationEntry, Refreshed, RoleToAssume, Scope};

#[tokio::test]
async fn whoever_asks_without_end_has_aws_asked_a_few_times() {
    let fake = Fake::start().await;
    fake.answers("DescribeCluster", json!({"cluster": {"arn": CLUSTER_ARN, "name": "prod"}}));
    let mut options = options(&fake);
    options.limits.refreshes = 3;
    options.limits.refresh_every = Duration::from_mins(1);
    let aws = Aws::start(options);
    let mut spared = Vec::new();
    for _ in 0..20 {
        let Refreshed { late, spared: told } = aws.refresh(Scope::Cluster(cluster())).await;
        assert_eq!(late, None);
        spared.extend(told);
    }
    assert_eq!(fake.counts()["DescribeCluster"], 3);
    assert_eq!(spared.len(), 17);
    for told in spared {
        assert!(told.again > Duration::from_secs(30) && told.again <= Duration::from_mins(1), "{told:?}");
        assert!(told.ago < Duration::from_secs(30), "{told:?}");
    }
    assert!(aws.cluster(&cluster()).expect("an EKS cluster").eks.at.is_some(), "what is there stays");
}

#[tokio::test]
async fn what_takes_too_long_is_not_waited_for_and_that_is_said() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let fake = Fake::start().await;
    let mut options = options(&fake);
    options.endpoints.all = Some(format!("http://{}", silent.local_addr().expect("an address")));
    options.limits.refresh = Duration::from_millis(50);
    let refreshed = Aws::start(options).refresh(Scope::Everything).await;
    assert_eq!(refreshed, Refreshed { late: Some(Duration::from_millis(50)), spared: None });
}

#[tokio::test]
async fn that_sts_is_out_does_not_make_us_forget_who_we_are() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    fake.answers("DescribeCluster", json!({"cluster": {"arn": CLUSTER_ARN, "name": "prod"}}));
    fake.answers(
        "GetCallerIdentity",
        json!({"Arn": "arn:aws:sts::111122223333:assumed-role/periscope/pod", "Account": ACCOUNT}),
    );
    fake.answers("AssumeRoleWithWebIdentity", json!({"Credentials": {"AccessKeyId": "ASIAWEB", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2026-11-26T13:00:00Z"}}));
    let credentials = super::credentials::web_identity(folder.path());
    let aws = Aws::start(AwsOptions { credentials, ..options(&fake) });
    aws.refresh(Scope::Cluster(cluster())).await;
    fake.always("GetCallerIdentity", Reply::Error { status: 503, code: "ServiceUnavailable", message: "out".into() });
    aws.refresh(Scope::Cluster(cluster())).await;
    assert_eq!(aws.cluster(&cluster()).expect("an EKS cluster").eks.gaps, [], "the cluster is still read");
    aws.eks_access(&cluster()).expect("a cluster").token().await.expect("a token needs no STS");
    let identity = aws.server_identity();
    assert!(identity.value.is_some() && identity.gaps[0].code == "AWS_ERROR", "{identity:?}");
}

#[tokio::test]
async fn what_another_role_may_is_not_denied_because_the_servers_own_may_not() {
    let fake = Fake::start().await;
    fake.answers("DescribeOrganization", json!({"Organization": {"Id": "o-1", "MasterAccountId": "123456789012"}}));
    fake.answers("AssumeRole", json!({"Credentials": {"AccessKeyId": "ASIAMANAGEMENT", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2026-11-26T13:00:00Z"}}));
    fake.answers(
        "GetCallerIdentity",
        json!({"Arn": "arn:aws:sts::111122223333:assumed-role/periscope/pod", "Account": ACCOUNT, "UserId": "x"}),
    );
    fake.answers("GetRole", json!({"Role": {"Path": "/", "RoleName": "periscope", "RoleId": "A", "Arn": "arn:aws:iam::111122223333:role/periscope", "CreateDate": "2026-01-02T03:04:05Z"}}));
    fake.on("SimulatePrincipalPolicy", |asked| {
        let names = asked.inputs.iter().filter(|(name, _)| name.starts_with("ActionNames."));
        let result = |(_, action): (&String, &serde_json::Value)| {
            json!({"EvalActionName": action, "EvalResourceName": "*", "EvalDecision": "implicitDeny"})
        };
        Reply::Answer(json!({"EvaluationResults": names.map(result).collect::<Vec<_>>(), "IsTruncated": false}))
    });
    let role = RoleToAssume { role_arn: "arn:aws:iam::123456789012:role/reader".into(), external_id: None };
    let organization = Some(OrganizationEntry { assume_role: Some(role), account: None });
    let aws = Aws::start(AwsOptions { organization, ..options(&fake) });
    aws.refresh(Scope::Cluster(cluster())).await;
    let known = aws.capabilities(&cluster());
    let state = |action: &str| known.iter().find(|one| one.permission.action == action).expect("a capability").state;
    assert_eq!(state("organizations:DescribeOrganization"), CapabilityState::Allowed, "by the role that asks");
    assert_eq!(state("iam:GetPolicy"), CapabilityState::Denied, "by the simulator, of the account's role");
    let of_organizations = |asked: &super::fake::Asked| {
        asked.inputs.values().any(|one| one.as_str().is_some_and(|one| one.starts_with("organizations:")))
    };
    for asked in fake.asked_of("SimulatePrincipalPolicy") {
        assert_eq!(of_organizations(&asked), asked.key == "ASIAMANAGEMENT", "{asked:?}");
    }
}
