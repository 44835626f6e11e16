use periscope_iam::{Index, Question, Verdict};
use periscope_identity::{Admits, AwsEnvironment, HolderKey, HolderRow, Holders, IdentitySource};

use crate::world::{
    ACCOUNT, DATA_ACCOUNT, POD_IDENTITY_TRUST, World, allow, irsa, irsa_trust, pod_identity, role_arn, static_keys,
};

fn trusting(roles: &[&str]) -> String {
    serde_json::json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": roles}, "Action": "sts:AssumeRole"}
    ]})
    .to_string()
}

fn data_role(name: &str) -> String {
    format!("arn:aws:iam::{DATA_ACCOUNT}:role/lake/{name}")
}

/// `shop/api` may become the reader, who may become the admin, who may become the reader again.
fn chained() -> World {
    let (api, reader, admin) = (role_arn("api"), data_role("reader"), data_role("admin"));
    World::new()
        .service_account("shop", "api", Some(&api))
        .role(&api, &irsa_trust("shop", "api"), &allow("sts:AssumeRole", &reader))
        .role(&reader, &trusting(&[&api, &admin]), &allow("sts:AssumeRole", "arn:aws:iam::999988887777:role/lake/*"))
        .role(&admin, &trusting(&[&reader]), &allow("s3:DeleteBucket", "*"))
        .role(&data_role("closed"), &trusting(&["arn:aws:iam::999988887777:role/other"]), &allow("s3:*", "*"))
        .deployment("shop", "api", "api", irsa(&api))
        .another_pod(irsa(&api))
}

fn who_can(holders: &Holders, action: &str) -> Vec<HolderRow> {
    let index: Index<HolderKey> = Index::build(holders.principals());
    let question = Question::parse(action, None).expect("a question");
    let found: Vec<HolderKey> = index.who_can(&question).into_iter().map(|found| found.key.clone()).collect();
    holders.rows(|key| found.contains(key))
}

#[test]
fn a_workload_is_one_row_with_its_pods_and_its_way() {
    let world = chained();
    let holders = world.identities().holders();
    let rows = who_can(&holders, "s3:DeleteBucket");
    assert_eq!(rows.len(), 1, "{rows:#?}");
    let row = &rows[0];
    assert_eq!((row.workload.name.as_str(), row.pods, row.source), ("api", 2, IdentitySource::Irsa));
    let path: Vec<&str> = row.path.iter().map(|step| step.arn.as_str()).collect();
    assert_eq!(path, [role_arn("api"), data_role("reader"), data_role("admin")]);
    assert_eq!((&row.way, &row.holder), (&Verdict::Allowed, &HolderKey::Role(data_role("admin"))));
    let direct = who_can(&holders, "sts:AssumeRole");
    assert_eq!(direct.iter().map(|row| row.path.len()).collect::<Vec<_>>(), [1, 2], "itself, and over the reader");
    assert!(who_can(&holders, "sqs:SendMessage").is_empty());
}

#[test]
fn a_cycle_ends_where_it_closes() {
    let world = chained();
    let identities = world.identities();
    let pod = &world.pods[0];
    let session = identities.session_of("shop", "api", &identities.in_force(pod)).expect("a session");
    let chains = identities.role_chains(&session);
    let roles: Vec<&str> = chains.chains.iter().map(|chain| chain.role_arn.as_str()).collect();
    assert_eq!(roles, [data_role("reader"), data_role("admin")]);
    assert!(!chains.cut);
    assert_eq!(chains.chains[1].words, format!("may become {} over {}", data_role("admin"), data_role("reader")));
}

#[test]
fn a_trust_policy_alone_is_enough_within_an_account_and_unread_roles_stay_open() {
    let (api, other) = (role_arn("api"), role_arn("other"));
    let unread = "arn:aws:iam::555566667777:role/elsewhere";
    let policy = allow("sts:AssumeRole", unread);
    let world = World::new()
        .service_account("shop", "api", None)
        .association("shop", "api", &api)
        .role(&api, POD_IDENTITY_TRUST, &policy)
        .role(&other, &trusting(&[&api]), "{}")
        .deployment("shop", "api", "api", pod_identity());
    let identities = world.identities();
    let session = identities.session_of("shop", "api", &identities.in_force(&world.pods[0])).expect("a session");
    let chains = identities.role_chains(&session).chains;
    assert_eq!((chains[0].role_arn.as_str(), &chains[0].verdict), (other.as_str(), &Verdict::Allowed));
    assert_eq!(chains[1].role_arn, unread);
    assert!(matches!(&chains[1].verdict, Verdict::Conditional(residual) if residual.is_unseen()));
}

#[test]
fn whom_the_trust_refuses_cannot_and_what_is_not_known_is_told() {
    let role = role_arn("api");
    let refused = World::new()
        .service_account("shop", "api", Some(&role))
        .role(&role, &irsa_trust("shop", "other"), &allow("s3:*", "*"))
        .deployment("shop", "api", "api", irsa(&role));
    assert!(who_can(&refused.identities().holders(), "s3:GetObject").is_empty());
    let unknown = World::new()
        .service_account("shop", "api", Some(&role))
        .deployment("shop", "api", "api", irsa(&role))
        .deployment("shop", "keys", "api", static_keys())
        .unread("iam");
    let holders = unknown.identities().holders();
    let names: Vec<&str> = holders.unjudged.iter().map(|(workload, _)| workload.name.as_str()).collect();
    assert_eq!((holders.actors.len(), names), (0, vec!["api", "keys"]));
}

#[test]
fn what_does_not_run_would_act_as_its_next_identity() {
    let role = role_arn("api");
    let mut world = World::new()
        .service_account("shop", "api", Some(&role))
        .role(&role, &irsa_trust("shop", "api"), &allow("s3:GetObject", "*"))
        .workload("cronjobs.batch", "shop", "nightly", "api", irsa(&role));
    world.pods.clear();
    let rows = who_can(&world.identities().holders(), "s3:GetObject");
    assert_eq!(rows.iter().map(|row| (row.workload.name.as_str(), row.pods)).collect::<Vec<_>>(), [("nightly", 0)]);
    assert_eq!(rows[0].role_arn, format!("arn:aws:iam::{ACCOUNT}:role/api"));
}

#[test]
fn a_target_that_does_not_let_the_first_role_in_is_nobodys() {
    let (first, target) = (role_arn("api"), data_role("target"));
    let world = |trust: &str| {
        World::new()
            .service_account("shop", "api", None)
            .association("shop", "api", &first)
            .with_association(|one| {
                one.target_role_arn = Some(target.clone());
                one.disable_session_tags = true;
            })
            .role(&first, POD_IDENTITY_TRUST, &allow("sts:AssumeRole", &target))
            .role(&target, trust, &allow("s3:DeleteBucket", "*"))
            .deployment("shop", "api", "api", pod_identity())
    };
    let open = world(&trusting(&[&first]));
    assert_eq!(who_can(&open.identities().holders(), "s3:DeleteBucket").len(), 1);
    let closed = world(&trusting(&[&role_arn("other")]));
    let identities = closed.identities();
    assert!(who_can(&identities.holders(), "s3:DeleteBucket").is_empty());
    let trust = identities.trust_of("shop", "api", &identities.in_force(&closed.pods[0])).expect("a role");
    assert_eq!((trust.admits, trust.words.contains("sts:AssumeRole")), (Admits::No, true), "{}", trust.words);
    let lets_in = |world: &World| {
        let roles = world.identities().roles(&[], &[]);
        roles.into_iter().map(|role| (role.arn, role.lets_in)).collect::<Vec<_>>()
    };
    assert_eq!(lets_in(&open), [(first.clone(), true), (target.clone(), true)]);
    assert_eq!(lets_in(&closed), [(first.clone(), true), (target.clone(), false)]);
}

#[test]
fn who_perhaps_acts_as_a_role_is_told_under_a_condition() {
    let role = role_arn("api");
    let nodes = World::new()
        .service_account("shop", "web", None)
        .entry(&role_arn("nodes"), "EC2_LINUX", &[], &[])
        .role(&role_arn("nodes"), "{}", &allow("s3:GetObject", "*"))
        .node("node-1", "i-1", None)
        .deployment("shop", "web", "web", AwsEnvironment::default());
    let rows = who_can(&nodes.identities().holders(), "s3:GetObject");
    let caveat = rows[0].caveat.as_deref().expect("a caveat");
    assert!(caveat.contains("how node node-1 limits its instance metadata is not known"), "{caveat}");
    let address = irsa_trust("shop", "api")
        .replace(r#""Condition":{"#, r#""Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"},"#);
    let world = |trust: &str| {
        World::new()
            .service_account("shop", "api", Some(&role))
            .role(&role, trust, &allow("s3:GetObject", "*"))
            .deployment("shop", "api", "api", irsa(&role))
    };
    let caveat = |world: &World| who_can(&world.identities().holders(), "s3:GetObject")[0].caveat.clone();
    assert!(caveat(&world(&address)).is_some_and(|words| words.contains("aws:SourceIp")));
    assert_eq!(caveat(&world(&irsa_trust("shop", "api"))), None);
}

#[test]
fn what_lies_beyond_what_was_read_is_said() {
    let (api, unread) = (role_arn("api"), "arn:aws:iam::555566667777:role/elsewhere");
    let world = World::new()
        .service_account("shop", "api", Some(&api))
        .role(&api, &irsa_trust("shop", "api"), &allow("sts:AssumeRole", unread))
        .deployment("shop", "api", "api", irsa(&api));
    let holders = world.identities().holders();
    assert_eq!(holders.actors.len(), 1);
    assert!(holders.unjudged[0].1.contains(unread), "{:?}", holders.unjudged);
}

#[test]
fn a_role_that_lets_in_everybody_of_its_account_is_become() {
    let (api, open) = (role_arn("api"), role_arn("open"));
    let world = World::new()
        .service_account("shop", "api", Some(&api))
        .role(&api, &irsa_trust("shop", "api"), "{}")
        .role(&open, &trusting(&["*"]), &allow("s3:DeleteBucket", "*"))
        .deployment("shop", "api", "api", irsa(&api));
    assert_eq!(who_can(&world.identities().holders(), "s3:DeleteBucket").len(), 1);
}
