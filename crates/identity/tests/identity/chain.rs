use periscope_identity::ChainStepKind::{
    Annotation, Association, Boundary, Node, Pod, Role, Scp, ServiceAccount, SessionPolicy, TargetRole,
};
use periscope_identity::StepVerdict::{Broken, Conditional, Ok, Unknown};
use periscope_identity::{AwsEnvironment, ChainStep, ChainStepKind, ChainSubject, StepVerdict};

use crate::world::{
    DATA_ACCOUNT, POD_IDENTITY_TRUST, World, allow, irsa, irsa_trust, object, pod_identity, role_arn, static_keys,
};

fn chain(world: &World) -> Vec<ChainStep> {
    let identities = world.identities();
    let pod = world.pods.last().expect("a pod");
    let workload = object("deployments.apps", &pod.namespace, "api");
    let subject =
        ChainSubject { workload: &workload, namespace: &pod.namespace, service_account: &pod.service_account };
    identities.chain(&subject, &identities.in_force(pod))
}

fn steps(world: &World) -> Vec<(ChainStepKind, StepVerdict)> {
    chain(world).into_iter().map(|step| (step.step, step.verdict)).collect()
}

fn irsa_world(trust: &str) -> World {
    let role = role_arn("api");
    World::new().service_account("shop", "api", Some(&role)).role(&role, trust, &allow("s3:GetObject", "*")).deployment(
        "shop",
        "api",
        "api",
        irsa(&role),
    )
}

const START: [(ChainStepKind, StepVerdict); 2] = [(Pod, Ok), (ServiceAccount, Ok)];

#[test]
fn an_irsa_role_with_everything_that_bounds_it() {
    let world = irsa_world(&irsa_trust("shop", "api"))
        .boundary(&role_arn("api"), &allow("s3:*", "*"))
        .service_control(&allow("*", "*"));
    assert_eq!(steps(&world), [&START[..], &[(Annotation, Ok), (Role, Ok), (Boundary, Ok), (Scp, Ok)]].concat());
    let chain = chain(&world);
    assert!(chain[3].url.as_deref().is_some_and(|url| url.ends_with("/roles/details/api")));
    assert_eq!(chain[5].detail.as_deref(), Some("limits"));
    assert!(chain[1].link.is_some());
}

#[test]
fn the_way_ends_where_it_is_broken() {
    let refused = irsa_world(&irsa_trust("shop", "other"));
    assert_eq!(steps(&refused), [&START[..], &[(Annotation, Ok), (Role, Broken)]].concat());
    let missing = World::new().service_account("shop", "api", Some(&role_arn("gone"))).deployment(
        "shop",
        "api",
        "api",
        irsa(&role_arn("gone")),
    );
    assert_eq!(steps(&missing), [&START[..], &[(Annotation, Ok), (Role, Broken)]].concat());
    let unread = irsa_world(&irsa_trust("shop", "api")).unread("iam");
    assert_eq!(steps(&unread), [&START[..], &[(Annotation, Ok), (Role, Unknown)]].concat());
    let stale = irsa_world(&irsa_trust("shop", "api"));
    let stale = World { service_accounts: Vec::new(), ..stale }.service_account("shop", "api", None);
    assert_eq!(steps(&stale)[2], (Annotation, Conditional));
    let mut bare = irsa_world(&irsa_trust("shop", "api"));
    bare.service_accounts.clear();
    assert_eq!(steps(&bare)[1], (ServiceAccount, Broken));
    let gone = World::new().service_account("shop", "api", None).deployment("shop", "api", "api", pod_identity());
    assert_eq!(steps(&gone), [&START[..], &[(Association, Broken)]].concat());
}

#[test]
fn a_target_role_and_a_session_policy_are_steps_of_their_own() {
    let (first, target) = (role_arn("api"), format!("arn:aws:iam::{DATA_ACCOUNT}:role/reader"));
    let world = World::new()
        .service_account("shop", "api", None)
        .association("shop", "api", &first)
        .with_association(|one| {
            one.target_role_arn = Some(target.clone());
            one.policy = Some(allow("s3:GetObject", "*").into());
            one.disable_session_tags = true;
        })
        .role(&first, POD_IDENTITY_TRUST, &allow("sts:AssumeRole", "*"))
        .role(
            &target,
            &POD_IDENTITY_TRUST.replace(r#""Service":"pods.eks.amazonaws.com""#, &format!(r#""AWS":"{first}""#)),
            "{}",
        )
        .deployment("shop", "api", "api", pod_identity());
    let expected = [&START[..], &[(Association, Ok), (Role, Ok), (TargetRole, Ok), (SessionPolicy, Ok)]].concat();
    assert_eq!(steps(&world), expected);
    assert_eq!(chain(&world)[4].account.as_deref(), Some(DATA_ACCOUNT));
}

#[test]
fn pods_without_a_role_end_at_the_node_or_at_once() {
    let plain = |environment: AwsEnvironment, hop_limit: Option<u32>| {
        World::new()
            .service_account("shop", "api", None)
            .role(&role_arn("nodes"), "{}", "{}")
            .node("node-1", "i-1", hop_limit)
            .deployment("shop", "api", "api", environment)
    };
    let bare = AwsEnvironment::default;
    assert_eq!(steps(&plain(bare(), Some(2))), [&START[..], &[(Node, Ok), (Role, Ok)]].concat());
    assert_eq!(steps(&plain(bare(), Some(1))), START);
    assert_eq!(steps(&plain(bare(), None))[2], (Node, Conditional));
    assert_eq!(steps(&plain(static_keys(), Some(1)))[0], (Pod, Unknown));
}
