use periscope_identity::{Admits, AwsEnvironment, BindingSource, RoleState, ServiceAccountBinding, StepVerdict};
use periscope_model::aws::Observed;

use crate::world::{
    ACCOUNT, DATA_ACCOUNT, ISSUER, OTHER_ISSUER, POD_IDENTITY_TRUST, World, allow, irsa, irsa_trust, irsa_trust_of,
    role_arn,
};

fn binding(world: &World) -> ServiceAccountBinding {
    world.identities().service_account_binding("shop", "api", Vec::new())
}

/// A service account with an annotation, whose role has this trust policy.
fn annotated(trust: &str) -> World {
    let role = role_arn("api");
    World::new().service_account("shop", "api", Some(&role)).role(&role, trust, "{}")
}

fn admits(world: &World) -> (Admits, String) {
    let trust = binding(world).trust.expect("a role");
    (trust.admits, trust.words)
}

#[test]
fn an_irsa_trust_is_asked_with_the_very_token() {
    let trust = |operator: &str, subject: &str| irsa_trust_of(ISSUER, operator, subject);
    for (trust, expected, words) in [
        (irsa_trust("shop", "api"), Admits::Yes, "admits system:serviceaccount:shop:api"),
        (irsa_trust("shop", "web"), Admits::No, "conditions of the trust policy do not hold"),
        (trust("StringLike", "system:serviceaccount:shop:*"), Admits::Yes, "admits"),
        (trust("StringEquals", "system:serviceaccount:shop:*"), Admits::No, "do not hold"),
        (irsa_trust_of(OTHER_ISSUER, "StringEquals", "system:serviceaccount:shop:api"), Admits::No, OTHER_ISSUER),
        (POD_IDENTITY_TRUST.to_owned(), Admits::No, "names no identity provider"),
        (irsa_trust("shop", "api").replace("sts.amazonaws.com", "other"), Admits::No, "do not hold"),
        (
            irsa_trust("shop", "api")
                .replace(r#""Condition":{"#, r#""Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"#),
            Admits::Conditional,
            "aws:SourceIp",
        ),
        ("nonsense".to_owned(), Admits::Unknown, "could not be judged"),
    ] {
        let (admits, said) = admits(&annotated(&trust));
        assert_eq!(admits, expected, "{trust}: {said}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn an_audience_of_its_own_is_what_the_token_has() {
    let mut world = annotated(&irsa_trust("shop", "api").replace("sts.amazonaws.com", "other"));
    world.service_accounts[0].audience = Some("other".into());
    assert_eq!(admits(&world).0, Admits::No, "the provider does not take it");
    let world = world.account(ACCOUNT, |iam| {
        for provider in iam.oidc_providers.iter_mut().flatten() {
            provider.audiences.push("other".into());
        }
    });
    assert_eq!(admits(&world).0, Admits::Yes);
}

#[test]
fn the_roles_account_must_know_the_issuer() {
    let role = format!("arn:aws:iam::{DATA_ACCOUNT}:role/api");
    let trust = irsa_trust("shop", "api").replace(ACCOUNT, DATA_ACCOUNT);
    let world = World::new().service_account("shop", "api", Some(&role)).role(&role, &trust, "{}");
    assert!(binding(&world).cross_account);
    assert_eq!(admits(&world).0, Admits::No);
    assert!(admits(&world).1.contains("no identity provider for this cluster's issuer"));
    let unlisted = world.account(DATA_ACCOUNT, |iam| iam.oidc_providers = None);
    assert_eq!(admits(&unlisted).0, Admits::Yes, "providers that could not be listed are no refusal");
}

#[test]
fn missing_unread_and_wrong_roles_are_three_things() {
    let state = |world: &World| (binding(world).role_state, admits(world).0);
    let bare = || World::new().service_account("shop", "api", Some(&role_arn("api")));
    assert_eq!(state(&bare()), (Some(RoleState::Missing), Admits::No));
    assert_eq!(state(&bare().unread("iam")), (Some(RoleState::Unread), Admits::Unknown));
    let narrow = bare().account(ACCOUNT, |iam| iam.whole = false);
    assert_eq!(state(&narrow), (Some(RoleState::Unread), Admits::Unknown));
    let user = format!("arn:aws:iam::{ACCOUNT}:user/ann");
    let wrong = World::new().service_account("shop", "api", Some(&user));
    assert_eq!(state(&wrong), (Some(RoleState::NotARole), Admits::No));
}

#[test]
fn pod_identity_needs_both_actions_and_its_tags() {
    let role = role_arn("api");
    let world = |trust: &str| {
        World::new().service_account("shop", "api", None).association("shop", "api", &role).role(&role, trust, "{}")
    };
    let conditioned = |condition: &str| {
        POD_IDENTITY_TRUST.replace(
            r#""sts:TagSession"]"#,
            &format!(r#""sts:TagSession"],"Condition":{{"StringEquals":{{{condition}}}}}"#),
        )
    };
    let without_tags = POD_IDENTITY_TRUST.replace(r#","sts:TagSession""#, "");
    assert_eq!(admits(&world(POD_IDENTITY_TRUST)).0, Admits::Yes);
    assert_eq!(admits(&world(&without_tags)).0, Admits::No);
    assert!(admits(&world(&without_tags)).1.contains("sts:TagSession"));
    let untagged = world(&without_tags).with_association(|one| one.disable_session_tags = true);
    assert_eq!(admits(&untagged).0, Admits::Yes);
    for (condition, expected) in [
        (r#""aws:SourceArn":"arn:aws:eks:eu-west-1:111122223333:cluster/prod""#, Admits::Yes),
        (r#""aws:SourceArn":"arn:aws:eks:eu-west-1:111122223333:cluster/other""#, Admits::No),
        (r#""aws:RequestTag/kubernetes-namespace":"shop""#, Admits::Yes),
        (r#""aws:RequestTag/kubernetes-service-account":"web""#, Admits::No),
        (r#""aws:RequestTag/kubernetes-pod-name":"api-1""#, Admits::Conditional),
        (r#""aws:SourceAccount":"111122223333""#, Admits::Yes),
    ] {
        assert_eq!(admits(&world(&conditioned(condition))).0, expected, "{condition}");
    }
    assert_eq!(admits(&world(&irsa_trust("shop", "api"))).0, Admits::No);
}

#[test]
fn pod_identity_shadows_the_annotation_also_with_an_equal_role() {
    let role = role_arn("api");
    let world = World::new().service_account("shop", "api", Some(&role)).association("shop", "api", &role).deployment(
        "shop",
        "api",
        "api",
        irsa(&role),
    );
    let binding = binding(&world);
    assert!(binding.shadowed);
    assert_eq!(binding.source, BindingSource::Both);
    assert_eq!((binding.role_arn.as_deref(), binding.workloads[0].pods), (Some(role.as_str()), 1));
}

#[test]
fn accounts_come_from_both_lists_and_only_of_what_is_seen() {
    let mut world = World::new()
        .service_account("shop", "default", None)
        .association("shop", "gone", &role_arn("a"))
        .association("secret", "x", &role_arn("b"))
        .deployment("shop", "web", "default", AwsEnvironment::default());
    world.facts.scope.cluster_wide = false;
    world.facts.scope.namespaces = vec!["shop".into()];
    let all = world.identities().service_accounts(&[]);
    let names: Vec<_> = all.iter().map(|one| (one.name.as_str(), one.exists, one.workloads.len())).collect();
    assert_eq!(names, [("default", Some(true), 1), ("gone", Some(false), 0)]);
    let unread = world.unread("service_accounts").identities().service_accounts(&[]);
    assert_eq!(unread.iter().map(|one| (one.name.as_str(), one.exists)).collect::<Vec<_>>(), [("gone", None)]);
}

#[test]
fn a_chain_needs_both_sides_and_its_external_id() {
    let (first, target) = (role_arn("first"), format!("arn:aws:iam::{DATA_ACCOUNT}:role/reader"));
    let trust = |condition: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{first}"}},"Action":["sts:AssumeRole","sts:TagSession"]{condition}}}]}}"#
        )
    };
    let steps = |policy: &str, trust: &str, external_id: Option<&str>| {
        let world = World::new()
            .service_account("shop", "api", None)
            .association("shop", "api", &first)
            .with_association(|one| {
                one.target_role_arn = Some(target.clone());
                one.external_id = external_id.map(str::to_owned);
            })
            .role(&first, POD_IDENTITY_TRUST, policy)
            .role(&target, trust, "{}");
        let identities = world.identities();
        let next = identities.next("shop", "api", &[], false);
        let workload = crate::world::object("deployments.apps", "shop", "api");
        let subject =
            periscope_identity::ChainSubject { workload: &workload, namespace: "shop", service_account: "api" };
        let chain = identities.chain(&subject, &next);
        let step = chain.iter().find(|one| one.step == periscope_identity::ChainStepKind::TargetRole).cloned();
        (binding(&world).cross_account, step.expect("a target").verdict)
    };
    let both = allow("sts:*", &target);
    assert_eq!(steps(&both, &trust(""), None), (true, StepVerdict::Ok));
    assert_eq!(steps(&allow("s3:*", "*"), &trust(""), None).1, StepVerdict::Broken);
    assert_eq!(steps(&both, POD_IDENTITY_TRUST, None).1, StepVerdict::Broken);
    let condition = r#","Condition":{"StringEquals":{"sts:ExternalId":"x1"}}"#;
    assert_eq!(steps(&both, &trust(condition), Some("x1")).1, StepVerdict::Ok);
    assert_eq!(steps(&both, &trust(condition), None).1, StepVerdict::Broken);
    let tag = r#","Condition":{"StringEquals":{"aws:PrincipalTag/kubernetes-namespace":"shop"}}"#;
    assert_eq!(steps(&both, &trust(tag), None).1, StepVerdict::Ok, "session tags travel along");
}

#[test]
fn a_role_that_somebody_only_names_lets_them_not_in() {
    let role = role_arn("theirs");
    let named = |trust: &str| {
        let world = World::new().service_account("shop", "api", Some(&role)).role(&role, trust, "{}");
        let world = world.deployment("shop", "api", "api", crate::world::irsa(&role));
        let roles = world.identities().roles(&[], &[]);
        assert_eq!(roles.len(), 1);
        roles[0].lets_in
    };
    assert!(named(&crate::world::irsa_trust("shop", "api")));
    assert!(!named(&crate::world::irsa_trust("bank", "vault")), "annotated, and nothing more");
    assert!(!named(POD_IDENTITY_TRUST), "another way in");
}

#[test]
fn roles_show_who_uses_them_and_which_other_clusters_could() {
    let role = role_arn("api");
    let world = World::new()
        .service_account("shop", "api", None)
        .association("shop", "api", &role)
        .role(&role, POD_IDENTITY_TRUST, "{}")
        .deployment("shop", "api", "api", crate::world::pod_identity());
    let other = |account: &str| {
        let mut other = World::new().facts();
        other.cluster = periscope_model::ClusterId::slug("staging");
        other.eks = Observed::default();
        other.arn = Some(format!("arn:aws:eks:eu-central-1:{account}:cluster/staging"));
        other
    };
    let (same, foreign) = (other(ACCOUNT), other(DATA_ACCOUNT));
    let roles = world.identities().roles(&[], &[&same, &foreign]);
    assert_eq!(roles.len(), 1);
    assert_eq!(
        roles[0].other_clusters,
        [periscope_model::ClusterId::slug("staging")],
        "once: the one of the same account"
    );
    assert_eq!(roles[0].workloads.iter().map(|one| one.pods).collect::<Vec<_>>(), [1]);
    let limited = POD_IDENTITY_TRUST.replace(
        r#""sts:TagSession"]"#,
        r#""sts:TagSession"],"Condition":{"StringEquals":{"aws:SourceArn":"arn:aws:eks:eu-west-1:111122223333:cluster/prod"}}"#,
    );
    let limited = world.role(&role, &limited, "{}").identities().roles(&[], &[&same]);
    assert_eq!(limited[0].other_clusters, []);
}
