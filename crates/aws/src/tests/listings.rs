//! Listings that do not end as they should: what was not read must not look as if it was not there.

use serde_json::json;

use super::fake::{Fake, Reply};
use super::{ACCOUNT, cluster, start};
use crate::Scope;

#[tokio::test]
async fn a_listing_that_goes_on_without_saying_where_is_not_whole() {
    let fake = Fake::start().await;
    fake.answers("GetAccountAuthorizationDetails", json!({"RoleDetailList": [], "Policies": [], "IsTruncated": true}));
    let aws = start(&fake);
    aws.refresh(Scope::Account(ACCOUNT.into())).await;
    let seen = aws.account(ACCOUNT).expect("an account");
    assert!(seen.value.is_none_or(|iam| !iam.whole));
    assert_eq!(seen.gaps[0].code, "AWS_UNREADABLE", "{:?}", seen.gaps);
    assert!(seen.gaps[0].what.contains("it goes on, and does not say where"), "{:?}", seen.gaps);
}

#[tokio::test]
async fn the_same_page_again_is_no_end_and_not_asked_for_again() {
    let fake = Fake::start().await;
    fake.answers(
        "GetAccountAuthorizationDetails",
        json!({"RoleDetailList": [], "Policies": [], "IsTruncated": true, "Marker": "here"}),
    );
    fake.answers("ListAccessEntries", json!({"accessEntries": [], "nextToken": "here"}));
    fake.answers("DescribeInstances", json!({"Reservations": [], "NextToken": "here"}));
    let aws = start(&fake);
    aws.refresh(Scope::Cluster(cluster())).await;
    let seen = aws.cluster(&cluster()).expect("an EKS cluster");
    let iam = aws.account(ACCOUNT).expect("an account");
    for gaps in [seen.access_entries.gaps, seen.instances.gaps, iam.gaps] {
        assert!(gaps[0].what.contains("the same page comes again"), "{gaps:?}");
    }
    for operation in ["GetAccountAuthorizationDetails", "ListAccessEntries", "DescribeInstances"] {
        assert_eq!(fake.counts()[operation], 2, "{operation}");
    }
}

#[tokio::test]
async fn a_page_without_anything_may_come_before_others() {
    let fake = Fake::start().await;
    fake.answers("DescribeOrganization", json!({"Organization": {"Id": "o-1", "MasterAccountId": "123456789012"}}));
    fake.on("ListParents", |asked| {
        Reply::Answer(match asked.input("NextToken") {
            "" => json!({"Parents": [], "NextToken": "2"}),
            _ => json!({"Parents": [{"Id": "r-1", "Type": "ROOT"}]}),
        })
    });
    fake.answers("ListPoliciesForTarget", json!({"Policies": []}));
    fake.answers("ListRoots", json!({"Roots": [{"Id": "r-1", "Name": "Root"}]}));
    fake.answers("DescribeAccount", json!({"Account": {"Id": ACCOUNT, "Name": "production"}}));
    let aws = start(&fake);
    aws.refresh(Scope::Account(ACCOUNT.into())).await;
    let path = aws.organization(ACCOUNT);
    assert_eq!(path.gaps, []);
    assert_eq!(path.value.expect("read").levels.len(), 2);
}
