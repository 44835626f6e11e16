use std::sync::Arc;

use parking_lot::Mutex;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use periscope_model::ManualClock;
use periscope_model::aws::{Observed, RoleRead};
use serde_json::{Value, json};

use super::fake::{Fake, Reply};
use super::{ACCOUNT, cluster, options, start};
use crate::{AccountEntry, Aws, AwsOptions, RoleToAssume, Scope};

const APP: &str = "arn:aws:iam::111122223333:role/team/app";
const BOUNDARY: &str = "arn:aws:iam::111122223333:policy/boundary";
const VIEW: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const DOCUMENT: &str = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"a & b + c%\"}]}";

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn detail(arn: &str) -> Value {
    json!({
        "Path": "/team/", "RoleName": arn.rsplit('/').next(), "RoleId": "AROA1", "Arn": arn, "CreateDate": "2026-01-02T03:04:05Z",
        "AssumeRolePolicyDocument": encoded(DOCUMENT),
        "InstanceProfileList": [{"InstanceProfileName": "node", "Arn": "arn:aws:iam::111122223333:instance-profile/node"}],
        "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": encoded(DOCUMENT)}],
        "AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": VIEW}],
        "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": BOUNDARY},
        "Tags": [{"Key": "team", "Value": "a<b"}], "RoleLastUsed": {"LastUsedDate": "2026-11-25T00:00:00Z", "Region": "eu-west-1"},
    })
}

fn policy(arn: &str) -> Value {
    json!({"PolicyName": arn.rsplit('/').next(), "Arn": arn, "DefaultVersionId": "v2", "PolicyVersionList": [
        {"VersionId": "v1", "IsDefaultVersion": false, "Document": "%7B%7D"},
        {"VersionId": "v2", "IsDefaultVersion": true, "Document": encoded(DOCUMENT)},
    ]})
}

fn providers(fake: &Fake) {
    fake.answers(
        "ListOpenIDConnectProviders",
        json!({"OpenIDConnectProviderList": [{"Arn": "arn:aws:iam::111122223333:oidc-provider/x"}]}),
    );
    fake.answers(
        "GetOpenIDConnectProvider",
        json!({"Url": "oidc.eks.eu-west-1.amazonaws.com/id/A", "ClientIDList": ["sts.amazonaws.com"]}),
    );
}

/// An account that may be read at once, over two pages.
async fn wide() -> Fake {
    let fake = Fake::start().await;
    providers(&fake);
    fake.on("GetAccountAuthorizationDetails", |asked| {
        assert_eq!(asked.region, "us-east-1");
        Reply::Answer(match asked.input("Marker") {
            "" => json!({"RoleDetailList": [detail(APP)], "Policies": [policy(VIEW), policy("arn:aws:iam::aws:policy/Unused")],
                         "IsTruncated": true, "Marker": "next"}),
            _ => json!({"RoleDetailList": [detail("arn:aws:iam::111122223333:role/other")], "Policies": [policy(BOUNDARY)], "IsTruncated": false}),
        })
    });
    fake
}

/// One where roles may only be read one by one.
async fn narrow() -> Fake {
    let fake = Fake::start().await;
    providers(&fake);
    fake.always("GetAccountAuthorizationDetails", Reply::denied("User: arn:aws:sts::111122223333:assumed-role/periscope/pod is not authorized to perform: iam:GetAccountAuthorizationDetails on resource: *"));
    fake.on("GetRole", |asked| match asked.input("RoleName") {
        "app" => {
            let mut role = detail(APP);
            for name in ["InstanceProfileList", "RolePolicyList", "AttachedManagedPolicies"] {
                role.as_object_mut().expect("an object").remove(name);
            }
            Reply::Answer(json!({"Role": role}))
        }
        _ => Reply::Error { status: 404, code: "NoSuchEntity", message: "The role cannot be found.".into() },
    });
    fake.answers("ListRolePolicies", json!({"PolicyNames": ["inline"], "IsTruncated": false}));
    fake.answers(
        "GetRolePolicy",
        json!({"RoleName": "app", "PolicyName": "inline", "PolicyDocument": encoded(DOCUMENT)}),
    );
    fake.answers(
        "ListAttachedRolePolicies",
        json!({"AttachedPolicies": [{"PolicyName": "x", "PolicyArn": VIEW}], "IsTruncated": false}),
    );
    fake.on("GetPolicy", |asked| {
        let arn = asked.input("PolicyArn");
        Reply::Answer(json!({"Policy": {"PolicyName": arn.rsplit('/').next(), "Arn": arn, "DefaultVersionId": "v2"}}))
    });
    fake.answers(
        "GetPolicyVersion",
        json!({"PolicyVersion": {"VersionId": "v2", "IsDefaultVersion": true, "Document": encoded(DOCUMENT)}}),
    );
    fake
}

async fn read(aws: &Aws) -> Observed<periscope_model::aws::AccountIam> {
    aws.refresh(Scope::Account(ACCOUNT.into())).await;
    aws.account(ACCOUNT).expect("an account")
}

#[tokio::test]
async fn an_account_is_read_at_once() {
    let fake = wide().await;
    let seen = read(&start(&fake)).await;
    let iam = seen.value.expect("read");
    assert_eq!((seen.gaps, iam.whole, iam.roles.len()), (Vec::new(), true, 2));
    let RoleRead::Found(app) = iam.role(APP) else { panic!("{:?}", iam.roles) };
    assert_eq!((&*app.trust, &*app.inline[0].document), (DOCUMENT, DOCUMENT));
    insta::assert_debug_snapshot!((app, &iam.policies, &iam.oidc_providers, &iam.instance_profiles));
    assert_eq!(iam.role("arn:aws:iam::111122223333:role/deleted"), RoleRead::Missing);
}

#[tokio::test]
async fn role_by_role_only_the_wanted_are_read_and_they_are_the_same() {
    let (wide, narrow) = (wide().await, narrow().await);
    let aws = start(&narrow);
    aws.want_roles([APP, "arn:aws:iam::111122223333:role/deleted", "nonsense"]);
    let seen = read(&aws).await;
    let iam = seen.value.expect("read");
    assert!(!iam.whole);
    assert_eq!(
        seen.gaps[0].needs_aws[0].to_string(),
        "iam:GetAccountAuthorizationDetails on * for arn:aws:iam::111122223333:role/periscope"
    );
    assert_eq!(iam.role("arn:aws:iam::111122223333:role/deleted"), RoleRead::Missing);
    assert!(
        matches!(iam.role("arn:aws:iam::111122223333:role/other"), RoleRead::Unread(gap) if gap.code == "NOT_READ")
    );
    let at_once = read(&start(&wide)).await.value.expect("read");
    assert_eq!(iam.role(APP), at_once.role(APP));
    assert_eq!(iam.policies.get(VIEW), at_once.policies.get(VIEW));
    assert!(iam.policies.contains_key(BOUNDARY));
    // A policy whose version is known is not read again.
    let before = narrow.asked_of("GetPolicyVersion").len();
    read(&aws).await;
    assert_eq!(narrow.asked_of("GetPolicyVersion").len(), before);
}

#[tokio::test]
async fn an_account_that_cannot_be_read_now_stays_as_it_was() {
    let fake = wide().await;
    let aws = start(&fake);
    let before = read(&aws).await;
    let broken = Reply::Error { status: 500, code: "ServiceFailure", message: "sorry".into() };
    for reply in [broken, Reply::html(404), Reply::Cut] {
        fake.always("GetAccountAuthorizationDetails", reply.clone());
        let after = read(&aws).await;
        assert_eq!((after.value, after.at), (before.value.clone(), before.at), "{reply:?}");
        assert!(after.gaps[0].what.starts_with("the IAM of account"), "{:?}", after.gaps);
        fake.always("ListOpenIDConnectProviders", reply);
        let gaps = read(&aws).await.gaps;
        assert!(gaps[1].what.starts_with("the OpenID Connect providers of account"), "{gaps:?}");
        providers(&fake);
    }
    assert_eq!(fake.asked_of("GetRole").len(), 0);
}

#[tokio::test]
async fn a_role_that_cannot_be_read_again_stays_as_it_was() {
    let fake = narrow().await;
    let aws = start(&fake);
    aws.want_roles([APP]);
    let before = read(&aws).await.value.expect("read");
    let RoleRead::Found(role) = before.role(APP) else { panic!("{:?}", before.roles) };
    for operation in ["GetRole", "GetPolicy"] {
        fake.always(operation, Reply::Error { status: 500, code: "ServiceFailure", message: "sorry".into() });
        let after = read(&aws).await;
        let iam = after.value.expect("read");
        let RoleRead::Found(now) = iam.role(APP) else { panic!("{:?}", iam.roles) };
        assert_eq!((&now.inline, &now.attached, &iam.policies), (&role.inline, &role.attached, &before.policies));
        assert!(after.gaps.iter().any(|gap| gap.what.contains(&format!("iam:{operation} on"))), "{:?}", after.gaps);
    }
}

#[tokio::test]
async fn a_role_that_is_wanted_later_is_read_without_the_others() {
    let fake = narrow().await;
    let clock = Arc::new(ManualClock::at(super::NOW.parse().expect("a time")));
    let aws = Aws::start(AwsOptions { clock: clock.clone(), ..options(&fake) });
    let age = read(&aws).await.at;
    clock.advance_seconds(60);
    assert_eq!(fake.asked_of("GetRole").iter().filter(|asked| asked.input("RoleName") == "app").count(), 0);
    let mut changed = aws.changed();
    let asked_at_once = fake.asked_of("GetAccountAuthorizationDetails").len();
    aws.want_roles([APP]);
    let found = async {
        while !matches!(aws.role(APP), RoleRead::Found(_)) {
            changed.changed().await.expect("it goes on");
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), found).await.expect("the role is read");
    assert_eq!(fake.asked_of("GetAccountAuthorizationDetails").len(), asked_at_once);
    assert_eq!(aws.account(ACCOUNT).expect("an account").at, age, "the others are as old as before");
}

#[tokio::test]
async fn roles_and_policies_that_go_between_two_calls_are_gone() {
    let fake = narrow().await;
    let gone = Arc::new(Mutex::new(false));
    let goes = gone.clone();
    fake.on("ListRolePolicies", move |_| {
        *goes.lock() = true;
        Reply::Error { status: 404, code: "NoSuchEntity", message: "gone".into() }
    });
    let aws = start(&fake);
    aws.want_roles([APP]);
    let iam = read(&aws).await.value.expect("read");
    assert!(*gone.lock());
    assert_eq!(iam.role(APP), RoleRead::Missing);

    let fake = narrow().await;
    fake.always("GetRolePolicy", Reply::Error { status: 404, code: "NoSuchEntity", message: "gone".into() });
    fake.always("GetPolicy", Reply::Error { status: 404, code: "NoSuchEntity", message: "gone".into() });
    let aws = start(&fake);
    aws.want_roles([APP]);
    let iam = read(&aws).await.value.expect("read");
    let RoleRead::Found(role) = iam.role(APP) else { panic!("it is there") };
    assert_eq!((role.inline.len(), role.gaps.len(), iam.policies.len()), (0, 0, 0));
}

#[tokio::test]
async fn a_refused_lookup_is_not_a_missing_role() {
    let fake = narrow().await;
    fake.always("GetRole", Reply::denied("User: arn:aws:sts::111122223333:assumed-role/periscope/pod is not authorized to perform: iam:GetRole on resource: role app because no identity-based policy allows the iam:GetRole action"));
    let aws = start(&fake);
    aws.want_roles([APP]);
    let iam = read(&aws).await.value.expect("read");
    let RoleRead::Unread(gap) = iam.role(APP) else { panic!("{:?}", iam.role(APP)) };
    assert_eq!(
        gap.needs_aws[0].to_string(),
        format!("iam:GetRole on {APP} for arn:aws:iam::111122223333:role/periscope")
    );
}

#[tokio::test]
async fn a_policy_that_may_not_be_read_is_told_once_and_the_role_is_there() {
    let fake = narrow().await;
    fake.always("GetPolicyVersion", Reply::denied("User: arn:aws:iam::111122223333:user/x is not authorized to perform: iam:GetPolicyVersion on resource: policy arn:x"));
    let aws = start(&fake);
    aws.want_roles([APP]);
    let seen = read(&aws).await;
    assert!(matches!(seen.value.expect("read").role(APP), RoleRead::Found(_)));
    let of_versions =
        seen.gaps.iter().filter(|gap| gap.needs_aws.iter().any(|needs| needs.action == "iam:GetPolicyVersion"));
    assert_eq!(of_versions.count(), 2, "one for each policy: {:?}", seen.gaps);
}

#[tokio::test]
async fn documents_that_are_too_large_are_gaps() {
    let fake = wide().await;
    fake.on("GetAccountAuthorizationDetails", |_| {
        let mut large = detail(APP);
        large["RolePolicyList"][0]["PolicyDocument"] = json!("a".repeat(10 << 20));
        Reply::Answer(json!({"RoleDetailList": [large], "Policies": [], "IsTruncated": false}))
    });
    let iam = read(&start(&fake)).await.value.expect("read");
    let RoleRead::Found(role) = iam.role(APP) else { panic!("it is there") };
    assert_eq!((role.inline.len(), role.gaps[0].code.as_str()), (0, "AWS_TOO_LARGE"));
    assert!(role.gaps[0].what.contains("has 10485760 bytes"), "{:?}", role.gaps);
}

#[tokio::test]
async fn roles_of_other_accounts_are_read_where_configuration_says_how() {
    let fake = wide().await;
    fake.answers("AssumeRole", json!({"Credentials": {"AccessKeyId": "ASIAOTHER", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2026-11-26T13:00:00Z"}}));
    let aws = start(&fake);
    let other = "arn:aws:iam::999988887777:role/reader";
    let RoleRead::Unread(gap) = aws.role(other) else { panic!("nobody reads that account") };
    assert_eq!(gap.code, "ROLE_IN_UNREAD_ACCOUNT");
    assert!(gap.fix.expect("a fix").contains("999988887777"));
    let role = RoleToAssume { role_arn: "arn:aws:iam::999988887777:role/periscope".into(), external_id: None };
    let aws = Aws::start(AwsOptions {
        accounts: vec![AccountEntry { id: "999988887777".into(), assume_role: Some(role) }],
        ..options(&fake)
    });
    aws.refresh(Scope::Everything).await;
    assert_eq!(aws.role(other), RoleRead::Missing);
    assert_eq!(aws.accounts(), [ACCOUNT, "999988887777"]);
    let keys: Vec<String> =
        fake.asked_of("GetAccountAuthorizationDetails").into_iter().map(|asked| asked.key).collect();
    assert!(keys.contains(&"ASIAOTHER".to_owned()), "{keys:?}");
}

#[tokio::test]
async fn own_permissions_are_simulated_where_that_is_allowed() {
    let fake = wide().await;
    fake.answers(
        "GetCallerIdentity",
        json!({"Arn": "arn:aws:sts::111122223333:assumed-role/periscope/pod", "Account": ACCOUNT, "UserId": "x"}),
    );
    fake.answers("GetRole", json!({"Role": {"Path": "/p/", "RoleName": "periscope", "RoleId": "A", "Arn": "arn:aws:iam::111122223333:role/p/periscope", "CreateDate": "2026-01-02T03:04:05Z"}}));
    fake.on("SimulatePrincipalPolicy", |asked| {
        assert_eq!(asked.input("PolicySourceArn"), "arn:aws:iam::111122223333:role/p/periscope");
        let names = asked.inputs.iter().filter(|(name, _)| name.starts_with("ActionNames."));
        let result = |(_, action): (&String, &Value)| {
            let decision = if *action == json!("eks:ListAccessEntries") { "implicitDeny" } else { "allowed" };
            json!({"EvalActionName": action, "EvalResourceName": asked.input("ResourceArns.member.1"), "EvalDecision": decision})
        };
        Reply::Answer(json!({"EvaluationResults": names.map(result).collect::<Vec<_>>(), "IsTruncated": false}))
    });
    let aws = start(&fake);
    aws.refresh(Scope::Cluster(cluster())).await;
    let told = aws.capabilities(&cluster());
    let of = |action: &str| told.iter().find(|one| one.permission.action == action).expect("a capability");
    // Nobody answered it here, so only the simulator spoke.
    assert_eq!(of("eks:ListAccessEntries").state, crate::CapabilityState::Denied);
    assert_eq!(of("eks:ListAccessEntries").source, Some(crate::CapabilitySource::Simulated));
    assert_eq!(of("eks:ListAccessEntries").permission.resource, super::CLUSTER_ARN);
    assert_eq!(of("iam:GetAccountAuthorizationDetails").source, Some(crate::CapabilitySource::Learnt));
    assert_eq!(
        aws.server_identity().value.expect("known").as_str(),
        "arn:aws:sts::111122223333:assumed-role/periscope/pod"
    );
}
