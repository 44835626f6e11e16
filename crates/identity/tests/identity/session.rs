use periscope_iam::{Action, Found, Request, Verdict, decide};
use periscope_identity::Session;
use periscope_model::Certainty;
use periscope_model::aws::Observed;

use crate::world::{
    ALLOW_ALL, DATA_ACCOUNT, ISSUER, POD_IDENTITY_TRUST, World, allow, irsa, irsa_trust, pod_identity, role_arn,
};

fn session(world: &World) -> Session {
    let identities = world.identities();
    let pod = world.pods.last().expect("a pod");
    identities.session_of(&pod.namespace, &pod.service_account, &identities.in_force(pod)).expect("a session")
}

fn may(session: &Session, action: &str, resource: &str) -> Verdict {
    let action = Action::parse(action).expect("an action");
    let principal = &session.limits.policies.principal;
    let request =
        Request { principal: Some(principal), action: &action, resource, account: None, context: &session.context };
    decide(&request, &session.limits.policies.policies())
}

fn irsa_world(policy: &str) -> World {
    let role = role_arn("api");
    World::new().service_account("shop", "api", Some(&role)).role(&role, &irsa_trust("shop", "api"), policy).deployment(
        "shop",
        "api",
        "api",
        irsa(&role),
    )
}

fn pod_identity_world(policy: &str) -> World {
    let role = role_arn("api");
    World::new()
        .service_account("shop", "api", None)
        .association("shop", "api", &role)
        .role(&role, POD_IDENTITY_TRUST, policy)
        .deployment("shop", "api", "api", pod_identity())
}

#[test]
fn boundaries_and_the_organization_limit_a_pod() {
    let world = irsa_world(ALLOW_ALL);
    assert!(may(&session(&world), "s3:GetObject", "arn:aws:s3:::b/k").is_allowed());
    let bounded = world.boundary(&role_arn("api"), &allow("s3:*", "*"));
    assert!(may(&session(&bounded), "s3:GetObject", "arn:aws:s3:::b/k").is_allowed());
    assert!(may(&session(&bounded), "iam:CreateUser", "arn:aws:iam::111122223333:user/x").is_denied());
    let controlled = irsa_world(ALLOW_ALL)
        .service_control(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}"#);
    let session = session(&controlled);
    assert_eq!(session.certainty(), Certainty::Exact);
    assert_eq!(may(&session, "s3:GetObject", "arn:aws:s3:::b/k"), Verdict::Denied { explicit: true });
    assert!(may(&session, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q").is_allowed());
    assert_eq!(session.context.get("aws:PrincipalOrgID"), Found::One("o-test"));
    assert!(
        matches!(session.context.get("aws:PrincipalOrgPaths"), Found::Many(paths) if &*paths[0] == "o-test/r-root/ou-work/")
    );
}

#[test]
fn what_was_not_seen_makes_a_bound() {
    let mut world = irsa_world(ALLOW_ALL);
    world.organization = Observed::default();
    assert_eq!(session(&world).certainty(), Certainty::AtMost);
    let with_lost_policy = irsa_world(ALLOW_ALL).account("111122223333", |iam| {
        for read in iam.roles.values_mut() {
            if let periscope_model::aws::RoleRead::Found(role) = read {
                std::sync::Arc::make_mut(role).attached.push("arn:aws:iam::111122223333:policy/lost".into());
            }
        }
    });
    let session = session(&with_lost_policy);
    assert_eq!(session.certainty(), Certainty::Unknown);
    assert!(session.limits.unseen[0].contains("policy/lost"), "{:?}", session.limits.unseen);
}

#[test]
fn a_statement_that_is_not_understood_makes_a_bound_too() {
    let odd = allow("s3:GetObject", "*")
        .replace(r#""Effect""#, r#""Condition":{"StringMatches":{"aws:username":"x"}},"Effect""#);
    let session = session(&irsa_world(&odd));
    assert_eq!(session.certainty(), Certainty::AtLeast);
    assert!(session.limits.unseen[0].contains("StringMatches"), "{:?}", session.limits.unseen);
    assert!(may(&session, "s3:GetObject", "arn:aws:s3:::b/k").is_denied(), "it never grants");
}

#[test]
fn the_keys_that_are_known_of_a_pod_decide_conditions() {
    let with = |condition: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{condition}}}]}}"#
        )
    };
    let verdict = |world: &World| may(&session(world), "s3:GetObject", "arn:aws:s3:::b/k");
    let tag = |name: &str, value: &str| with(&format!(r#"{{"StringEquals":{{"aws:PrincipalTag/{name}":"{value}"}}}}"#));
    assert!(verdict(&pod_identity_world(&tag("kubernetes-namespace", "shop"))).is_allowed());
    assert!(verdict(&pod_identity_world(&tag("kubernetes-namespace", "other"))).is_denied());
    assert!(matches!(verdict(&pod_identity_world(&tag("kubernetes-pod-name", "api-1"))), Verdict::Conditional(_)));
    assert!(verdict(&pod_identity_world(&tag("team", "x"))).is_denied(), "a tag that nothing gives is absent");
    assert!(verdict(&irsa_world(&tag("kubernetes-namespace", "shop"))).is_denied(), "IRSA has no session tags");
    let untagged = pod_identity_world(&tag("kubernetes-namespace", "shop"))
        .with_association(|one| one.disable_session_tags = true);
    assert!(verdict(&untagged).is_denied());
    let subject = with(&format!(r#"{{"StringEquals":{{"{ISSUER}:sub":"system:serviceaccount:shop:api"}}}}"#));
    assert!(verdict(&irsa_world(&subject)).is_allowed());
    let arn = with(r#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/api"}}"#);
    assert!(verdict(&irsa_world(&arn)).is_allowed());
    let address = with(r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#);
    assert!(matches!(verdict(&irsa_world(&address)), Verdict::Conditional(_)));
    let secure = with(r#"{"Bool":{"aws:SecureTransport":"true"}}"#);
    assert!(verdict(&irsa_world(&secure)).is_allowed());
}

#[test]
fn the_last_role_under_the_session_policy_is_what_counts() {
    let target = format!("arn:aws:iam::{DATA_ACCOUNT}:role/reader");
    let world = pod_identity_world(&allow("sts:*", &target))
        .role(&target, "{}", &allow("s3:*", "*"))
        .with_association(|one| one.target_role_arn = Some(target.clone()));
    let chained = session(&world);
    assert_eq!((chained.role_arn.as_str(), chained.via.len()), (target.as_str(), 1));
    assert!(may(&chained, "s3:PutObject", "arn:aws:s3:::b/k").is_allowed());
    assert!(may(&chained, "sts:AssumeRole", &target).is_denied(), "the first role's rights do not add");
    let limited = world.with_association(|one| {
        one.policy = Some(allow("s3:GetObject", "*").into());
        one.disable_session_tags = true;
    });
    let limited = session(&limited);
    assert!(may(&limited, "s3:GetObject", "arn:aws:s3:::b/k").is_allowed());
    assert!(may(&limited, "s3:PutObject", "arn:aws:s3:::b/k").is_denied());
}

#[test]
fn what_did_not_change_is_not_compiled_again() {
    let world = irsa_world(ALLOW_ALL);
    let before = world.accounts();
    let document = |accounts: &periscope_identity::Accounts| {
        accounts.limits(&role_arn("api")).expect("a role").policies.identity[0].source().clone()
    };
    let first = document(&before);
    let facts = || before.iter().cloned().collect::<Vec<_>>();
    assert!(std::sync::Arc::ptr_eq(&first, &document(&before.renewed(facts()))));
    let changed = irsa_world(&allow("s3:*", "*")).accounts();
    assert_eq!(&*document(&before.renewed(changed.iter().cloned())), allow("s3:*", "*"));
}
