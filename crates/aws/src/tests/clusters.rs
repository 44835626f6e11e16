use serde_json::json;

use super::fake::{Fake, Reply};
use super::{CLUSTER_ARN, cluster, start};
use crate::Scope;
use periscope_model::aws::AccessScope;

const ROLE: &str = "arn:aws:iam::111122223333:role/team/admin";

/// Everything there is, over two pages each where AWS pages.
async fn whole() -> Fake {
    let fake = Fake::start().await;
    fake.answers(
        "DescribeCluster",
        json!({"cluster": {
            "arn": CLUSTER_ARN, "name": "prod", "version": "1.33", "platformVersion": "eks.18", "status": "ACTIVE",
            "endpoint": "https://ABC.gr7.eu-west-1.eks.amazonaws.com", "certificateAuthority": {"data": "UEVN"},
            "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"},
            "identity": {"oidc": {"issuer": "https://oidc.eks.eu-west-1.amazonaws.com/id/ABC"}}, "tags": {"team": "platform"},
        }}),
    );
    fake.on("ListAccessEntries", |asked| {
        Reply::Answer(match asked.input("nextToken") {
            "" => json!({"accessEntries": [ROLE], "nextToken": "more/+="}),
            token => {
                assert_eq!(token, "more/+=");
                json!({"accessEntries": ["arn:aws:iam::111122223333:user/gone"]})
            }
        })
    });
    fake.on("DescribeAccessEntry", |asked| match asked.input("principalArn") {
        ROLE => Reply::Answer(json!({"accessEntry": {
            "clusterName": "prod", "principalArn": ROLE, "kubernetesGroups": ["ops"], "username": "admin", "type": "STANDARD",
            "createdAt": "2026-01-02T03:04:05.5Z", "modifiedAt": "2026-01-03T00:00:00Z",
        }})),
        _ => Reply::Error { status: 404, code: "ResourceNotFoundException", message: "no such entry".into() },
    });
    fake.answers(
        "ListAssociatedAccessPolicies",
        json!({"clusterName": "prod", "principalArn": ROLE, "associatedAccessPolicies": [
            {"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
             "accessScope": {"type": "namespace", "namespaces": ["payments"]}},
            {"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy", "accessScope": {"type": "cluster"}},
        ]}),
    );
    fake.answers(
        "ListPodIdentityAssociations",
        json!({"associations": [{"associationId": "a-1", "clusterName": "prod", "namespace": "n", "serviceAccount": "s"}]}),
    );
    fake.answers(
        "DescribePodIdentityAssociation",
        json!({"association": {
            "clusterName": "prod", "namespace": "payments", "serviceAccount": "api", "roleArn": ROLE, "associationId": "a-1",
            "associationArn": "arn:aws:eks:eu-west-1:111122223333:podidentityassociation/prod/a-1",
            "targetRoleArn": "arn:aws:iam::999988887777:role/reader", "externalId": "x", "policy": "{\"Statement\":[]}",
            "disableSessionTags": true, "createdAt": "2026-01-02T03:04:05Z", "modifiedAt": "2026-01-02T03:04:05Z",
        }}),
    );
    fake.on("DescribeInstances", |asked| {
        assert_eq!(
            (asked.input("Filter.1.Name"), asked.input("Filter.1.Value.1")),
            ("tag-key", "kubernetes.io/cluster/prod")
        );
        let instance = |id: &str, tokens: &str, hops: u32| {
            json!({"InstanceId": id, "IamInstanceProfile": {"Arn": "arn:aws:iam::111122223333:instance-profile/node"},
                "MetadataOptions": {"HttpTokens": tokens, "HttpPutResponseHopLimit": hops, "HttpEndpoint": "enabled"}})
        };
        Reply::Answer(match asked.input("NextToken") {
            "" => json!({"Reservations": [{"Instances": [instance("i-2", "required", 2)]}], "NextToken": "page"}),
            _ => json!({"Reservations": [{"Instances": [instance("i-1", "optional", 1)]}]}),
        })
    });
    fake
}

#[tokio::test]
async fn a_cluster_is_read_whole() {
    let fake = whole().await;
    let aws = start(&fake);
    let before = aws.cluster(&cluster()).expect("an EKS cluster");
    assert_eq!(before.eks.gaps[0].code, "NOT_READ");
    aws.refresh(Scope::Cluster(cluster())).await;
    let seen = aws.cluster(&cluster()).expect("an EKS cluster");
    insta::assert_debug_snapshot!((
        seen.eks.value.expect("read"),
        seen.access_entries.value.expect("read"),
        seen.associations.value.expect("read"),
        seen.instances.value.expect("read"),
    ));
    assert_eq!(
        [seen.eks.gaps, seen.access_entries.gaps, seen.associations.gaps, seen.instances.gaps],
        [(); 4].map(|()| vec![])
    );
    let asked = fake.asked_of("DescribeCluster");
    assert!(asked.iter().all(|asked| asked.region == "eu-west-1" && asked.key == "ASIAPERI111122223333"), "{asked:?}");
}

#[tokio::test]
async fn what_did_not_change_stays_the_same_data() {
    let fake = whole().await;
    // Else the role of its profile is looked for, too.
    fake.answers("DescribeInstances", json!({"Reservations": []}));
    let aws = start(&fake);
    aws.refresh(Scope::Cluster(cluster())).await;
    let first = aws.cluster(&cluster()).expect("an EKS cluster");
    let changed = *aws.changed().borrow();
    aws.refresh(Scope::Cluster(cluster())).await;
    let second = aws.cluster(&cluster()).expect("an EKS cluster");
    let same = |one: &Option<_>, other: &Option<_>| matches!((one, other), (Some(one), Some(other)) if std::sync::Arc::ptr_eq(one, other));
    assert!(same(&first.access_entries.value, &second.access_entries.value));
    assert_eq!(*aws.changed().borrow(), changed);
    fake.answers("ListAccessEntries", json!({"accessEntries": []}));
    aws.refresh(Scope::Cluster(cluster())).await;
    assert_eq!(aws.cluster(&cluster()).expect("a cluster").access_entries.value.expect("read").len(), 0);
    assert!(*aws.changed().borrow() > changed);
}

#[tokio::test]
async fn a_part_that_is_refused_is_a_gap_with_the_exact_permission_and_the_rest_goes_on() {
    let fake = whole().await;
    fake.always(
        "DescribePodIdentityAssociation",
        Reply::denied(
            "User: arn:aws:sts::111122223333:assumed-role/periscope/pod is not authorized to perform: \
             eks:DescribePodIdentityAssociation on resource: \
             arn:aws:eks:eu-west-1:111122223333:podidentityassociation/prod/a-1 because no identity-based policy allows it",
        ),
    );
    fake.always(
        "DescribeInstances",
        Reply::Error {
            status: 403,
            code: "UnauthorizedOperation",
            message: "You are not authorized to perform this operation.".into(),
        },
    );
    let aws = start(&fake);
    aws.refresh(Scope::Cluster(cluster())).await;
    let seen = aws.cluster(&cluster()).expect("an EKS cluster");
    assert_eq!(seen.eks.value.expect("read").authentication_mode.as_deref(), Some("API_AND_CONFIG_MAP"));
    let entries = seen.access_entries.value.expect("read");
    assert_eq!(entries[0].policies[1].scope, AccessScope::Namespaces(vec!["payments".into()]));
    assert_eq!(seen.associations.value, None);
    let needs = &seen.associations.gaps[0].needs_aws[0];
    assert_eq!(
        needs.to_string(),
        "eks:DescribePodIdentityAssociation on arn:aws:eks:eu-west-1:111122223333:podidentityassociation/prod/a-1 for \
         arn:aws:iam::111122223333:role/periscope"
    );
    assert_eq!(seen.instances.gaps[0].needs_aws[0].to_string(), "ec2:DescribeInstances on *");
    let denied = aws.capabilities(&cluster()).into_iter().filter(|one| one.state == crate::CapabilityState::Denied);
    let denied: Vec<String> = denied.map(|one| one.permission.action).collect();
    assert_eq!(denied, ["eks:DescribePodIdentityAssociation", "ec2:DescribeInstances"]);
}

#[tokio::test]
async fn another_cluster_of_the_same_name_is_not_taken_for_it() {
    let fake = whole().await;
    fake.answers(
        "DescribeCluster",
        json!({"cluster": {"arn": "arn:aws:eks:eu-west-1:444455556666:cluster/prod", "name": "prod"}}),
    );
    let aws = start(&fake);
    aws.refresh(Scope::Cluster(cluster())).await;
    let eks = aws.cluster(&cluster()).expect("an EKS cluster").eks;
    assert_eq!((eks.value, eks.gaps[0].code.as_str()), (None, "AWS_NOT_FOUND"));
    assert!(
        eks.gaps[0].what.contains("there is arn:aws:eks:eu-west-1:444455556666:cluster/prod instead"),
        "{eks:?}",
        eks = eks.gaps
    );
}

#[tokio::test]
async fn a_cluster_without_access_entries_has_none() {
    let fake = whole().await;
    let message =
        "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.";
    fake.always(
        "ListAccessEntries",
        Reply::Error { status: 400, code: "InvalidRequestException", message: message.into() },
    );
    let aws = start(&fake);
    aws.refresh(Scope::Cluster(cluster())).await;
    let entries = aws.cluster(&cluster()).expect("an EKS cluster").access_entries;
    assert_eq!((entries.value.expect("known").len(), entries.gaps), (0, Vec::new()));
}

#[tokio::test]
async fn what_cannot_be_read_again_stays_as_it_was() {
    let fake = whole().await;
    let aws = start(&fake);
    aws.refresh(Scope::Cluster(cluster())).await;
    let before = aws.cluster(&cluster()).expect("an EKS cluster");
    // Another of each is read, so that this is no failure of all.
    let other = "arn:aws:iam::111122223333:role/other";
    fake.answers("ListAccessEntries", json!({"accessEntries": [other, ROLE]}));
    fake.answers(
        "ListPodIdentityAssociations",
        json!({"associations": [{"associationId": "a-0"}, {"associationId": "a-1"}]}),
    );
    let sorry = || Reply::Error { status: 500, code: "ServerException", message: "sorry".into() };
    fake.on("DescribeAccessEntry", move |asked| match asked.input("principalArn") {
        ROLE => sorry(),
        principal => Reply::Answer(json!({"accessEntry": {"principalArn": principal}})),
    });
    fake.on("DescribePodIdentityAssociation", move |asked| match asked.input("associationId") {
        "a-1" => sorry(),
        id => Reply::Answer(json!({"association": {"namespace": "n", "serviceAccount": "s", "associationId": id}})),
    });
    aws.refresh(Scope::Cluster(cluster())).await;
    let after = aws.cluster(&cluster()).expect("an EKS cluster");
    let entries = after.access_entries.value.expect("read");
    assert_eq!(
        (entries[0].principal_arn.as_str(), &entries[1]),
        (other, &before.access_entries.value.expect("read")[0])
    );
    let associations = after.associations.value.expect("read");
    assert_eq!((associations[0].id.as_str(), &associations[1]), ("a-0", &before.associations.value.expect("read")[0]));
    for (gaps, what) in [
        (after.access_entries.gaps, format!("the access entry of {ROLE} is not read again")),
        (after.associations.gaps, "the Pod Identity association a-1 is not read again".to_owned()),
    ] {
        assert!(gaps.len() == 1 && gaps[0].what.starts_with(&what), "{gaps:?}");
    }
}
