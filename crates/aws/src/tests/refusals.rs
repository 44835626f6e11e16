//! AWS's several ways to say no, and what people are told of them.

use periscope_model::Gap;
use serde_json::json;

use super::fake::{Fake, Reply};
use super::{CLUSTER_ARN, cluster, start};
use crate::{CapabilityState, Scope};

const WHO: &str = "User: arn:aws:sts::111122223333:assumed-role/periscope/pod is not authorized to perform:";

/// What is said when the cluster's instances are refused like this.
async fn told(operation: &'static str, reply: Reply) -> Gap {
    let fake = Fake::start().await;
    fake.always(operation, reply);
    let aws = start(&fake);
    aws.refresh(Scope::Cluster(cluster())).await;
    let seen = aws.cluster(&cluster()).expect("an EKS cluster");
    let gaps = if operation == "DescribeInstances" { seen.instances.gaps } else { seen.eks.gaps };
    gaps.into_iter().next().expect("a gap")
}

fn refused(code: &'static str, message: impl Into<String>) -> Reply {
    Reply::Error { status: 403, code, message: message.into() }
}

#[tokio::test]
async fn no_token_of_a_request_comes_back_in_an_error() {
    let canonical = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                     Access Key and signing method.\n\nThe Canonical String for this request should have been\n'POST\n/\n\n\
                     x-amz-security-token:hush-hush\n'";
    let encoded = "You are not authorized to perform this operation. Encoded authorization failure message: hush-hush";
    for (operation, code, message) in [
        ("DescribeCluster", "InvalidSignatureException", canonical.to_owned()),
        ("DescribeCluster", "InvalidSignatureException", canonical.replace('\n', " ")),
        ("DescribeInstances", "SignatureDoesNotMatch", canonical.to_owned()),
        ("DescribeInstances", "UnauthorizedOperation", encoded.to_owned()),
        (
            "DescribeInstances",
            "UnauthorizedOperation",
            format!(
                "{WHO} ec2:DescribeInstances because no identity-based policy allows the ec2:DescribeInstances action. {}",
                &encoded[50..]
            ),
        ),
    ] {
        let gap = told(operation, refused(code, message.as_str())).await;
        assert!(!format!("{gap:?}").contains("hush-hush"), "{gap:?}");
        assert!(gap.what.contains("signature") || gap.what.contains("ec2:DescribeInstances on * "), "{gap:?}");
    }
}

#[tokio::test]
async fn who_has_to_allow_it_is_said() {
    for (why, fix) in [
        (" because no identity-based policy allows the eks:DescribeCluster action", "grant it to Periscope's role"),
        (
            " with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/x",
            "take it out of that policy",
        ),
        (" with an explicit deny in a resource control policy", "take it out of that policy"),
        (
            " because no service control policy allows the eks:DescribeCluster action",
            "let the organisation's service control",
        ),
        (" because no permissions boundary allows the eks:DescribeCluster action", "let the permissions boundary"),
        (" because no session policy allows the eks:DescribeCluster action", "let the session policy"),
        (" because no VPC endpoint policy allows the eks:DescribeCluster action", "let the policy of the VPC endpoint"),
    ] {
        let message = format!("{WHO} eks:DescribeCluster on resource: {CLUSTER_ARN}{why}");
        let gap = told("DescribeCluster", refused("AccessDeniedException", message)).await;
        assert!(gap.fix.as_deref().is_some_and(|told| told.contains(fix)), "{why}: {gap:?}");
        let permission = format!("eks:DescribeCluster on {CLUSTER_ARN} for arn:aws:iam::111122223333:role/periscope");
        assert_eq!(gap.needs_aws[0].to_string(), permission, "{why}");
    }
}

#[tokio::test]
async fn an_arn_is_told_whole_however_long_the_message() {
    let long = format!("arn:aws:eks:eu-west-1:111122223333:cluster/{}", "x".repeat(600));
    let message = format!("{WHO} eks:DescribeCluster on resource: {long} because no identity-based policy allows it");
    let gap = told("DescribeCluster", refused("AccessDeniedException", message)).await;
    assert_eq!(gap.needs_aws[0].resource, long);
    assert!(gap.what.ends_with("(no identity-based policy allows it)"), "{gap:?}");
}

#[tokio::test]
async fn errors_in_json_are_read_in_whichever_case() {
    for body in [
        json!({"__type": "AccessDeniedException", "message": "no", "Message": "no"}),
        json!({"code": "AccessDeniedException", "Message": "no", "status": 403}),
        json!({"__type": "AccessDeniedException", "code": 7, "message": null}),
    ] {
        let reply = Reply::Raw { status: 403, kind: "application/json", body: body.to_string() };
        assert_eq!(told("DescribeCluster", reply).await.code, "MISSING_IAM_PERMISSION", "{body}");
    }
}

#[tokio::test]
async fn what_is_refused_of_one_role_is_not_taken_for_another_operation() {
    let fake = Fake::start().await;
    fake.always("AssumeRole", Reply::denied(&format!("{WHO} sts:AssumeRole on resource: arn:aws:iam::1:role/r")));
    let mut options = super::options(&fake);
    let role_arn = "arn:aws:iam::111122223333:role/reader".to_owned();
    options.clusters[0].assume_role = Some(crate::RoleToAssume { role_arn, external_id: None });
    let aws = crate::Aws::start(options);
    aws.refresh(Scope::Cluster(cluster())).await;
    let eks = aws.cluster(&cluster()).expect("an EKS cluster").eks;
    assert!(eks.gaps[0].fix.as_deref().is_some_and(|fix| fix.contains("trust policy")), "{:?}", eks.gaps);
    let known = aws.capabilities(&cluster());
    let refused: Vec<_> = known.iter().filter(|one| one.state != CapabilityState::Unknown).collect();
    assert!(refused.is_empty(), "nothing but sts:AssumeRole was tried: {refused:?}");
}
