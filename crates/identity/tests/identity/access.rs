use periscope_identity::{AccessState, CheckId, Chip, FindingCertainty, RoleState, Severity, cluster_access};
use periscope_rbac::Policies;
use proptest::prelude::*;

use crate::world::{ACCOUNT, World, irsa_trust, role_arn};

fn mapping(name: &str, groups: &[&str]) -> String {
    format!("- rolearn: {}\n  username: {name}\n  groups: [{}]\n", role_arn(name), groups.join(", "))
}

#[test]
fn the_chip_counts_each_principal_once() {
    let nodes =
        format!("- rolearn: {}\n  username: n\n  groups: [system:bootstrappers, system:nodes]\n", role_arn("nodes"));
    let world = World::new()
        .aws_auth(&[mapping("old", &["devs"]), mapping("both", &["devs"]), nodes].concat())
        .entry("arn:aws:iam::111122223333:role/teams/both", "STANDARD", &["devs"], &[])
        .entry(&role_arn("nodes"), "EC2_LINUX", &[], &[])
        .entry(&role_arn("new"), "STANDARD", &[], &[("AmazonEKSViewPolicy", None)]);
    let access = cluster_access(&world.facts(), &world.accounts(), None);
    assert_eq!(access.chip, Some(Chip { aws_auth_only: 1, both: 2, entries_only: 1, unknown: 0 }));
    let principal = |name: &str| access.principals.iter().find(|one| one.name == name).expect("a principal");
    assert_eq!(principal("both").same_rights, Some(true), "the path does not make it another principal");
    assert_eq!(principal("both").arn, "arn:aws:iam::111122223333:role/teams/both");
    assert!(principal("nodes").node && principal("nodes").same_rights == Some(true));
    assert_eq!(access.findings, []);
    let view = &principal("new").entry.as_ref().expect("an entry").policies[0];
    assert!(view.scope.cluster_wide && view.means.contains("read most resources"));
    assert!(view.custom_resources.is_some_and(|words| words.contains("does not cover custom resources")));
}

#[test]
fn what_could_not_be_read_is_not_absent() {
    let world = World::new().aws_auth(&mapping("old", &["devs"])).entry(&role_arn("new"), "STANDARD", &[], &[]);
    let states = |world: &World| {
        let access = cluster_access(&world.facts(), &world.accounts(), None);
        assert_eq!(
            access.chip.map(|chip| chip.unknown),
            Some(access.principals.iter().filter(|one| one.state == AccessState::Unknown).count())
        );
        access.principals.into_iter().map(|one| (one.name, one.state)).collect::<Vec<_>>()
    };
    let unread = world.unread("aws_auth");
    assert_eq!(states(&unread), [("new".to_owned(), AccessState::Unknown)]);
    let entries = World::new().aws_auth(&mapping("old", &["devs"])).unread("access_entries");
    assert_eq!(states(&entries), [("old".to_owned(), AccessState::Unknown)]);
    assert_eq!(states(&entries.mode("CONFIG_MAP")), [("old".to_owned(), AccessState::AwsAuthOnly)]);
    assert_eq!(states(&unread.mode("API")), [("new".to_owned(), AccessState::EntryOnly)]);
}

#[test]
fn roles_are_found_missing_or_unread() {
    let world = World::new()
        .role("arn:aws:iam::111122223333:role/teams/Found", &irsa_trust("a", "b"), "{}")
        .aws_auth(&[mapping("found", &["x"]), mapping("gone", &["x"])].concat())
        .entry("arn:aws:iam::555566667777:role/foreign", "STANDARD", &[], &[])
        .entry(&format!("arn:aws:iam::{ACCOUNT}:user/ann"), "STANDARD", &[], &[]);
    let access = cluster_access(&world.facts(), &world.accounts(), None);
    let states: Vec<_> = access.principals.iter().map(|one| (one.arn.as_str(), one.role_state)).collect();
    assert_eq!(
        states,
        [
            ("arn:aws:iam::111122223333:role/teams/Found", RoleState::Found),
            ("arn:aws:iam::111122223333:user/ann", RoleState::NotARole),
            ("arn:aws:iam::555566667777:role/foreign", RoleState::Unread),
            ("arn:aws:iam::111122223333:role/gone", RoleState::Missing),
        ]
    );
    assert!(access.principals[0].role_url.is_some() && access.principals[3].role_url.is_none());
}

fn compared(
    groups: &[&str],
    entry_groups: &[&str],
    policies: &[(&str, Option<&str>)],
    rbac: Option<&Policies>,
) -> Option<bool> {
    let world =
        World::new().aws_auth(&mapping("one", groups)).entry(&role_arn("one"), "STANDARD", entry_groups, policies);
    cluster_access(&world.facts(), &world.accounts(), rbac).principals[0].same_rights
}

#[test]
fn rights_of_both_sides_are_compared_by_what_they_mean() {
    let admin: &[(&str, Option<&str>)] = &[("AmazonEKSClusterAdminPolicy", None)];
    for (groups, entry_groups, policies, same) in [
        (&["system:masters"][..], &[][..], admin, Some(true)),
        (&["system:masters"], &[], &[("AmazonEKSAdminPolicy", None)], Some(false)),
        (&["system:masters"], &[], &[("AmazonEKSClusterAdminPolicy", Some("shop"))], Some(false)),
        (&["devs"], &[], admin, Some(false)),
        (&["a", "b"], &["b", "a"], &[], Some(true)),
        (&["a"], &["b"], &[], None),
        (&["devs"], &[], &[("AmazonEKSViewPolicy", None)], None),
        (&["system:nodes"], &["devs"], &[], Some(false)),
    ] {
        assert_eq!(compared(groups, entry_groups, policies, None), same, "{groups:?} {entry_groups:?} {policies:?}");
    }
}

#[test]
fn with_the_clusters_rbac_groups_and_policies_are_comparable() {
    let mut rbac = Policies::default();
    let mut add =
        |kind: &str, json: serde_json::Value| rbac.upsert(kind, json.to_string().as_bytes()).expect("an object");
    add(
        "ClusterRole",
        serde_json::json!({"metadata": {"name": "secrets"}, "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch"]}]}),
    );
    let role = serde_json::json!({"kind": "ClusterRole", "name": "secrets"});
    let subjects = serde_json::json!([{"kind": "Group", "name": "readers"}]);
    add("ClusterRoleBinding", serde_json::json!({"metadata": {"name": "r"}, "roleRef": role, "subjects": subjects}));
    let reader = &[("AmazonEKSSecretReaderPolicy", None)];
    assert_eq!(compared(&["readers"], &[], reader, Some(&rbac)), Some(true));
    assert_eq!(compared(&["readers"], &[], &[("AmazonEKSSecretReaderPolicy", Some("shop"))], Some(&rbac)), Some(false));
    assert_eq!(compared(&["readers"], &[], &[("AmazonEKSViewPolicy", None)], Some(&rbac)), Some(false));
    assert_eq!(compared(&["nobody"], &["other"], &[], Some(&rbac)), Some(true), "neither is bound to anything");
    assert_eq!(compared(&["readers"], &[], &[("AmazonEKSNextYearPolicy", None)], Some(&rbac)), None);
}

#[test]
fn masters_and_different_mappings_are_findings_where_they_count() {
    let world = || {
        World::new()
            .aws_auth(&[mapping("admin", &["system:masters"]), mapping("both", &["system:masters"])].concat())
            .entry(&role_arn("both"), "STANDARD", &[], &[("AmazonEKSViewPolicy", None)])
    };
    let found = |world: World| {
        let access = cluster_access(&world.facts(), &world.accounts(), None);
        access.findings.iter().map(|one| (one.id, one.subject.name.clone(), one.severity)).collect::<Vec<_>>()
    };
    assert_eq!(
        found(world()),
        [
            (CheckId::AwsAuthMasters, "admin".to_owned(), Severity::High),
            (CheckId::AwsAuthMasters, "both".to_owned(), Severity::Medium),
            (CheckId::MappedDifferently, "both".to_owned(), Severity::Medium),
        ]
    );
    let otherwise = World::new().aws_auth(&mapping("devs", &["devs"])).entry(
        &role_arn("devs"),
        "STANDARD",
        &[],
        &[("AmazonEKSViewPolicy", None)],
    );
    let access = cluster_access(&otherwise.facts(), &otherwise.accounts(), None);
    assert_eq!(
        access.findings.iter().map(|one| (one.id, one.certainty)).collect::<Vec<_>>(),
        [(CheckId::MappedDifferently, FindingCertainty::Conditional)],
        "whether it comes to the same is not known"
    );
    assert_eq!(access.principals[0].same_rights, None);
    assert_eq!(found(world().mode("API")), [], "aws-auth does not count");
    let config_map = found(world().mode("CONFIG_MAP"));
    assert!(config_map.iter().all(|(id, ..)| *id == CheckId::AwsAuthMasters) && config_map.len() == 2);
}

#[test]
fn who_is_never_found_is_no_administrator_and_no_text_reaches_a_shell() {
    let findings = |roles: &str| {
        let world = World::new().aws_auth(roles);
        cluster_access(&world.facts(), &world.accounts(), None).findings
    };
    let with_path = findings(&mapping("team/admin", &["system:masters"]));
    assert_eq!(with_path.iter().map(|one| one.id).collect::<Vec<_>>(), [CheckId::AwsAuthMalformed], "{with_path:#?}");
    assert!(with_path[0].evidence[1].contains("system:masters"), "{:?}", with_path[0].evidence);
    let masters = |name: &str| {
        let all = findings(&format!("- rolearn: \"{}\"\n  username: a\n  groups: [system:masters]\n", role_arn(name)));
        all.into_iter().find(|one| one.id == CheckId::AwsAuthMasters).expect("a finding").command
    };
    assert!(masters("admin").is_some_and(|command| command.contains(&role_arn("admin"))));
    for hostile in ["a;id", "a$(id)", "a`id`", "a b", "a|b", "a'b"] {
        assert_eq!(masters(hostile), None, "{hostile}");
    }
}

#[test]
fn a_user_name_that_rbac_binds_makes_a_difference() {
    let mut rbac = Policies::default();
    let mut add =
        |kind: &str, json: serde_json::Value| rbac.upsert(kind, json.to_string().as_bytes()).expect("an object");
    add(
        "ClusterRole",
        serde_json::json!({"metadata": {"name": "pods"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]}),
    );
    let role = serde_json::json!({"kind": "ClusterRole", "name": "pods"});
    assert_eq!(compared(&["devs"], &["devs"], &[], Some(&rbac)), Some(true), "nobody is bound by name");
    let subjects = serde_json::json!([{"kind": "User", "name": "one"}]);
    let mut add =
        |kind: &str, json: serde_json::Value| rbac.upsert(kind, json.to_string().as_bytes()).expect("an object");
    add("ClusterRoleBinding", serde_json::json!({"metadata": {"name": "p"}, "roleRef": role, "subjects": subjects}));
    assert_eq!(compared(&["devs"], &["devs"], &[], Some(&rbac)), Some(false), "aws-auth says who is bound");
}

proptest! {
    #[test]
    fn the_chip_adds_up(
        mapped in proptest::collection::vec("[a-c]{1,2}", 0..8),
        entered in proptest::collection::vec("[a-c]{1,2}", 0..8),
        unread in prop::sample::select(vec!["aws_auth", "access_entries", "none"]),
        mode in prop::sample::select(vec!["API", "API_AND_CONFIG_MAP", "CONFIG_MAP", ""]),
    ) {
        let mut world = World::new().mode(mode);
        if !mapped.is_empty() {
            world = world.aws_auth(&mapped.iter().map(|name| mapping(name, &["g"])).collect::<String>());
        }
        for name in &entered {
            world = world.entry(&format!("arn:aws:iam::{ACCOUNT}:role/path/{}", name.to_uppercase()), "STANDARD", &["g"], &[]);
        }
        let world = world.unread(unread);
        let access = cluster_access(&world.facts(), &world.accounts(), None);
        let chip = access.chip.expect("both sides are seen");
        prop_assert_eq!(chip.aws_auth_only + chip.both + chip.entries_only + chip.unknown, access.principals.len());
        let mut names: Vec<String> = access.principals.iter().map(|one| one.name.to_lowercase()).collect();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), access.principals.len());
    }
}
