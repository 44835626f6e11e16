use serde_json::json;

use super::fake::{Fake, Reply};
use super::{ACCOUNT, cluster, options};
use crate::{Aws, OrganizationEntry, RoleToAssume, Scope};

const MANAGEMENT: &str = "123456789012";

async fn organization() -> Fake {
    let fake = Fake::start().await;
    fake.answers("DescribeOrganization", json!({"Organization": {"Id": "o-1", "MasterAccountId": MANAGEMENT}}));
    fake.on("ListParents", |asked| {
        Reply::Answer(match asked.input("ChildId") {
            ACCOUNT => json!({"Parents": [{"Id": "ou-1", "Type": "ORGANIZATIONAL_UNIT"}]}),
            _ => json!({"Parents": [{"Id": "r-1", "Type": "ROOT"}]}),
        })
    });
    fake.answers("ListRoots", json!({"Roots": [{"Id": "r-1", "Name": "Root"}]}));
    fake.answers("DescribeOrganizationalUnit", json!({"OrganizationalUnit": {"Id": "ou-1", "Name": "Workloads"}}));
    fake.answers("DescribeAccount", json!({"Account": {"Id": ACCOUNT, "Name": "production"}}));
    fake.on("ListPoliciesForTarget", |asked| {
        Reply::Answer(match (asked.input("Filter"), asked.input("TargetId"), asked.input("NextToken")) {
            ("SERVICE_CONTROL_POLICY", "ou-1", "") => json!({"Policies": [{"Id": "p-full"}], "NextToken": "2"}),
            ("SERVICE_CONTROL_POLICY", "ou-1", _) => json!({"Policies": [{"Id": "p-deny"}]}),
            ("SERVICE_CONTROL_POLICY", ..) => json!({"Policies": [{"Id": "p-full"}]}),
            _ => json!({"Policies": []}),
        })
    });
    fake.on("DescribePolicy", |asked| {
        let id = asked.input("PolicyId");
        let arn = format!("arn:aws:organizations::{MANAGEMENT}:policy/o-1/service_control_policy/{id}");
        Reply::Answer(json!({"Policy": {"PolicySummary": {"Id": id, "Arn": arn, "Name": id}, "Content": format!("{{\"Sid\":\"{id}\"}}")}}))
    });
    fake.answers(
        "AssumeRole",
        json!({"Credentials": {"AccessKeyId": "ASIAMANAGEMENT", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2026-11-26T13:00:00Z"}}),
    );
    fake
}

fn start(fake: &Fake) -> Aws {
    let role =
        RoleToAssume { role_arn: format!("arn:aws:iam::{MANAGEMENT}:role/reader"), external_id: Some("e-1".into()) };
    Aws::start(crate::AwsOptions {
        organization: Some(OrganizationEntry { assume_role: Some(role), account: None }),
        ..options(fake)
    })
}

#[tokio::test]
async fn the_policies_of_every_level_are_read_each_once() {
    let fake = organization().await;
    let aws = start(&fake);
    aws.refresh(Scope::Cluster(cluster())).await;
    let path = aws.organization(ACCOUNT);
    assert_eq!(path.gaps, []);
    insta::assert_debug_snapshot!(path.value.expect("read"));
    let assumed = fake.asked_of("AssumeRole");
    assert_eq!((assumed.len(), assumed[0].input("ExternalId")), (1, "e-1"));
    assert!(
        fake.asked_of("ListParents").iter().all(|asked| asked.key == "ASIAMANAGEMENT" && asked.region == "us-east-1")
    );
    assert_eq!(fake.asked_of("DescribePolicy").len(), 2);
}

#[tokio::test]
async fn an_account_without_an_organization_is_limited_by_none() {
    let fake = Fake::start().await;
    fake.always(
        "DescribeOrganization",
        Reply::Error { status: 400, code: "AWSOrganizationsNotInUseException", message: "none".into() },
    );
    let aws = Aws::start(options(&fake));
    aws.refresh(Scope::Account(ACCOUNT.into())).await;
    let path = aws.organization(ACCOUNT);
    assert_eq!((path.value.expect("known").levels.len(), path.gaps), (0, Vec::new()));
}

#[tokio::test]
async fn that_another_account_is_in_none_says_nothing_of_this_one() {
    let fake = organization().await;
    let none = Reply::Error { status: 400, code: "AWSOrganizationsNotInUseException", message: "none".into() };
    fake.always("DescribeOrganization", none);
    let aws = start(&fake);
    aws.refresh(Scope::Account(ACCOUNT.into())).await;
    let path = aws.organization(ACCOUNT);
    assert_eq!((path.value, path.gaps[0].code.as_str()), (None, "AWS_ERROR"));
}

#[tokio::test]
async fn what_is_refused_is_told_level_by_level() {
    let fake = organization().await;
    fake.always("DescribeAccount", Reply::denied("You don't have permissions to access this resource."));
    fake.on("ListPoliciesForTarget", |asked| match asked.input("Filter") {
        "RESOURCE_CONTROL_POLICY" => Reply::denied("You don't have permissions to access this resource."),
        _ => Reply::Answer(json!({"Policies": []})),
    });
    let aws = start(&fake);
    aws.refresh(Scope::Account(ACCOUNT.into())).await;
    let path = aws.organization(ACCOUNT);
    let levels = &path.value.expect("read").levels;
    assert_eq!(levels[2].name, ACCOUNT);
    assert!(levels.iter().all(|level| level.resource_control.is_none() && level.service_control.is_some()));
    let needs: Vec<&str> = path.gaps.iter().map(|gap| gap.needs_aws[0].action.as_str()).collect();
    assert_eq!(needs.iter().filter(|action| **action == "organizations:ListPoliciesForTarget").count(), 3);
    assert_eq!(needs.iter().filter(|action| **action == "organizations:DescribeAccount").count(), 1);
}

#[tokio::test]
async fn a_way_to_the_root_without_an_end_is_no_way() {
    let fake = organization().await;
    fake.answers("ListParents", json!({"Parents": [{"Id": "ou-1", "Type": "ORGANIZATIONAL_UNIT"}]}));
    let aws = start(&fake);
    aws.refresh(Scope::Account(ACCOUNT.into())).await;
    let gaps = aws.organization(ACCOUNT).gaps;
    assert!(gaps[0].what.contains("the way to the root has no end"), "{gaps:?}");
}

#[tokio::test]
async fn policies_of_a_type_that_is_not_in_use_limit_nothing() {
    let fake = organization().await;
    fake.on("ListPoliciesForTarget", |asked| match asked.input("Filter") {
        "RESOURCE_CONTROL_POLICY" => {
            Reply::Error { status: 400, code: "PolicyTypeNotEnabledException", message: "not enabled".into() }
        }
        _ => Reply::Answer(json!({"Policies": []})),
    });
    let aws = start(&fake);
    aws.refresh(Scope::Account(ACCOUNT.into())).await;
    let path = aws.organization(ACCOUNT);
    assert_eq!(path.gaps, []);
    assert!(
        path.value.expect("read").levels.iter().all(|level| level.resource_control.as_ref().is_some_and(Vec::is_empty))
    );
}
