use periscope_identity::{AwsEnvironment, ContainerFacts, IdentitySource, IdentityState, PodIdentity};

use crate::world::{World, allow, irsa, irsa_trust, object, pod_identity, role_arn, static_keys};

fn in_force(world: &World) -> PodIdentity {
    world.identities().in_force(world.pods.last().expect("a pod"))
}

fn short(identity: &PodIdentity) -> (IdentitySource, Option<&str>, bool) {
    (identity.source, identity.role_arn.as_deref().map(|arn| arn.rsplit('/').next().unwrap_or(arn)), identity.exact)
}

#[test]
fn the_environment_is_the_truth() {
    let base =
        || World::new().service_account("shop", "api", Some(&role_arn("annotated"))).node("node-1", "i-1", Some(1));
    let associated = || base().association("shop", "api", &role_arn("associated"));
    let none = AwsEnvironment::default();
    let half = AwsEnvironment { token_file: None, ..irsa(&role_arn("half")) };
    let cases = [
        (base(), irsa(&role_arn("old")), (IdentitySource::Irsa, Some("old"), true)),
        (base(), none.clone(), (IdentitySource::None, None, true)),
        (base(), half, (IdentitySource::None, None, true)),
        (associated(), pod_identity(), (IdentitySource::PodIdentity, Some("associated"), true)),
        (associated(), irsa(&role_arn("annotated")), (IdentitySource::Irsa, Some("annotated"), true)),
        (base(), pod_identity(), (IdentitySource::PodIdentity, None, true)),
        (base().unread("associations"), pod_identity(), (IdentitySource::PodIdentity, None, false)),
        (associated(), static_keys(), (IdentitySource::StaticKeys, None, true)),
    ];
    for (world, environment, expected) in cases {
        let world = world.deployment("shop", "api", "api", environment.clone());
        assert_eq!(short(&in_force(&world)), expected, "{environment:?}");
    }
}

#[test]
fn what_a_restart_changes_is_told() {
    let groups = |world: &World| {
        let identities = world.identities();
        let next = identities.next("shop", "api", &[], false);
        let (groups, after) = identities.groups(identities.pods_of(&object("deployments.apps", "shop", "api")), &next);
        let groups: Vec<_> = groups.into_iter().map(|one| (one.pods, one.source, one.state)).collect();
        (groups, after.map(|after| (after.source, after.role_arn)))
    };
    let role = role_arn("now");
    let world = || World::new().service_account("shop", "api", Some(&role)).node("node-1", "i-1", Some(1));
    let fresh = world().deployment("shop", "api", "api", irsa(&role)).another_pod(irsa(&role));
    assert_eq!(groups(&fresh), (vec![(2, IdentitySource::Irsa, IdentityState::InForce)], None));
    let mixed = world()
        .deployment("shop", "api", "api", irsa(&role_arn("before")))
        .another_pod(irsa(&role))
        .another_pod(irsa(&role))
        .another_pod(AwsEnvironment::default());
    assert_eq!(
        groups(&mixed),
        (
            vec![
                (2, IdentitySource::Irsa, IdentityState::InForce),
                (1, IdentitySource::Irsa, IdentityState::Stale),
                (1, IdentitySource::None, IdentityState::Stale),
            ],
            Some((IdentitySource::Irsa, Some(role.clone())))
        )
    );
    let shadowed = world().association("shop", "api", &role).deployment("shop", "api", "api", irsa(&role));
    assert_eq!(
        groups(&shadowed),
        (
            vec![(1, IdentitySource::Irsa, IdentityState::Stale)],
            Some((IdentitySource::PodIdentity, Some(role.clone())))
        ),
        "an equal role by another way is still a change"
    );
    let bare = World::new()
        .service_account("shop", "api", None)
        .node("node-1", "i-1", Some(2))
        .node("node-2", "i-2", Some(1))
        .deployment("shop", "api", "api", AwsEnvironment::default());
    assert_eq!(groups(&bare).1, None, "which node comes next is no change of identity");
}

#[test]
fn the_node_is_a_fallback_where_it_can_be_reached() {
    let on = |hop_limit, host_network: bool| {
        let world = World::new().service_account("shop", "web", None).node("node-1", "i-1", hop_limit);
        world
            .deployment("shop", "web", "web", AwsEnvironment::default())
            .with_pod(|pod| pod.host_network = host_network)
    };
    let nodes = Some("nodes");
    assert_eq!(short(&in_force(&on(Some(2), false))), (IdentitySource::Node, nodes, true));
    assert_eq!(short(&in_force(&on(Some(1), false))), (IdentitySource::None, None, true));
    assert_eq!(short(&in_force(&on(Some(1), true))), (IdentitySource::Node, nodes, true));
    assert_eq!(short(&in_force(&on(None, true))), (IdentitySource::Node, None, true));
    assert_eq!(short(&in_force(&on(None, false))), (IdentitySource::Node, None, false));
    let mut off = on(Some(2), true);
    off.instances[0].endpoint_enabled = false;
    assert_eq!(short(&in_force(&off)), (IdentitySource::None, None, true));
    let mut fargate = on(Some(2), false);
    fargate.nodes[0].provider_id = Some("aws:///eu-west-1a/x/fargate-ip-10-0-0-1".into());
    assert_eq!(short(&in_force(&fargate)), (IdentitySource::None, None, true));
    let pending = on(Some(2), false).with_pod(|pod| pod.node = None);
    assert!(!short(&in_force(&pending)).2);
}

#[test]
fn the_only_node_role_is_known_without_instances() {
    let world = World::new()
        .entry(&role_arn("eks/nodes"), "EC2_LINUX", &[], &[])
        .aws_auth(&format!("- rolearn: {}\n  username: n\n  groups: [system:nodes]\n", role_arn("nodes")))
        .deployment("shop", "web", "web", AwsEnvironment::default());
    assert_eq!(in_force(&world).role_arn, Some(role_arn("eks/nodes")), "both lists mean the same role");
    let two = world.entry(&role_arn("gpu-nodes"), "EC2_LINUX", &[], &[]);
    assert_eq!(in_force(&two).role_arn, None);
}

#[test]
fn keys_win_over_roles_and_need_both_halves() {
    let world = World::new().service_account("shop", "api", Some(&role_arn("r")));
    let half = AwsEnvironment { static_keys: vec!["AWS_ACCESS_KEY_ID".into()], ..irsa(&role_arn("r")) };
    let world = world.deployment("shop", "api", "api", half);
    assert_eq!(in_force(&world).source, IdentitySource::Irsa);
    let identities = world.identities();
    let container = ContainerFacts { name: "app".into(), environment: static_keys() };
    assert_eq!(identities.next("shop", "api", &[container], false).source, IdentitySource::StaticKeys);
}

#[test]
fn the_next_identity_says_what_it_does_not_know() {
    let world = World::new().service_account("shop", "api", Some(&role_arn("r"))).unread("associations");
    let next = world.identities().next("shop", "api", &[], false);
    assert_eq!(short(&next), (IdentitySource::Irsa, Some("r"), false));
    assert!(next.words.contains("could not be read"), "{}", next.words);
}

#[test]
fn a_container_with_keys_does_not_hide_the_role_of_another() {
    let role = role_arn("api");
    let keys = ContainerFacts {
        name: "proxy".into(),
        environment: AwsEnvironment { static_keys: static_keys().static_keys, ..irsa(&role) },
    };
    let world = World::new()
        .service_account("shop", "api", Some(&role))
        .role(&role, &irsa_trust("shop", "api"), &allow("s3:GetObject", "*"))
        .deployment("shop", "api", "api", irsa(&role))
        .with_pod(|pod| pod.containers.insert(0, keys.clone()));
    let identity = in_force(&world);
    assert_eq!(short(&identity), (IdentitySource::Irsa, Some("api"), true));
    assert!(identity.words.contains("static keys in the environment of container proxy"), "{}", identity.words);
    let holders = world.identities().holders();
    assert_eq!((holders.actors.len(), holders.unjudged.len()), (1, 1), "the role, and keys that may do anything");
    let plain = ContainerFacts { name: "app".into(), environment: AwsEnvironment::default() };
    let keys = ContainerFacts { name: "proxy".into(), environment: static_keys() };
    assert_eq!(
        world.identities().next("shop", "api", &[keys.clone(), plain.clone()], false).source,
        IdentitySource::Irsa
    );
    assert_eq!(world.identities().next("shop", "none", &[keys, plain], false).source, IdentitySource::StaticKeys);
}

#[test]
fn containers_with_two_roles_act_as_both() {
    let (one, two) = (role_arn("one"), role_arn("two"));
    let world = World::new()
        .service_account("shop", "api", Some(&one))
        .role(&one, &irsa_trust("shop", "api"), "{}")
        .role(&two, &irsa_trust("shop", "api"), "{}")
        .deployment("shop", "api", "api", irsa(&one))
        .with_pod(|pod| pod.containers.push(ContainerFacts { name: "b".into(), environment: irsa(&two) }));
    let roles: Vec<String> = world.identities().holders().actors.into_iter().map(|actor| actor.key.role_arn).collect();
    assert_eq!(roles, [one, two]);
}

#[test]
fn a_hop_limit_holds_back_only_what_needs_a_token() {
    let mut world = World::new().service_account("shop", "web", None).node("node-1", "i-1", Some(1)).deployment(
        "shop",
        "web",
        "web",
        AwsEnvironment::default(),
    );
    world.instances[0].token_required = false;
    let identity = in_force(&world);
    assert_eq!(short(&identity), (IdentitySource::Node, Some("nodes"), true));
    assert!(identity.words.contains("IMDSv1"), "{}", identity.words);
    assert_eq!(world.identities().next("shop", "web", &[], false).source, IdentitySource::Node);
    world.instances[0].endpoint_enabled = false;
    assert_eq!(in_force(&world).source, IdentitySource::None);
}
