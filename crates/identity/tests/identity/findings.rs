use std::collections::BTreeSet;

use periscope_iam::Catalogue;
use periscope_identity::{
    AwsEnvironment, CheckId, CheckOptions, CheckState, Finding, FindingCertainty, Report, Severity,
};

use periscope_model::aws::Observed;

use crate::world::{
    ACCOUNT, ALLOW_ALL, ISSUER, OTHER_ISSUER, POD_IDENTITY_TRUST, World, allow, irsa, irsa_trust, irsa_trust_of,
    pod_identity, role_arn, static_keys,
};

fn report(world: &World) -> Report {
    let options = CheckOptions { catalogue: Catalogue::built_in(), rbac: None, access_withheld: None };
    world.identities().report(&options)
}

fn ids(report: &Report) -> Vec<CheckId> {
    report.findings.iter().map(|finding| finding.id).collect()
}

fn only(world: &World, id: CheckId) -> Finding {
    let report = report(world);
    assert_eq!(ids(&report), [id], "{:#?}", report.findings);
    report.findings.into_iter().next().expect("a finding")
}

/// A Deployment `shop/api` with its own role, well made but for this policy.
fn with_policy(policy: &str) -> World {
    let role = role_arn("api");
    World::new().service_account("shop", "api", Some(&role)).role(&role, &irsa_trust("shop", "api"), policy).deployment(
        "shop",
        "api",
        "api",
        irsa(&role),
    )
}

fn with_trust(trust: &str) -> World {
    with_policy(&allow("s3:GetObject", "arn:aws:s3:::b/*")).role(
        &role_arn("api"),
        trust,
        &allow("s3:GetObject", "arn:aws:s3:::b/*"),
    )
}

#[test]
fn what_is_well_made_has_no_findings_and_every_check_is_clear() {
    let well_made = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":["s3:GetObject","s3:*"],"Resource":"arn:aws:s3:::corp-shop/*"},
        {"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/*"},
        {"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"},
        {"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"shop"}}},
        {"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::111122223333:role/shop-*"},
        {"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:ResourceTag/team":"shop"}}}]}"#;
    let world = with_policy(well_made).node("node-1", "i-1", Some(1));
    let report = report(&world);
    assert_eq!(report.findings, []);
    let listed: Vec<CheckId> = report.checked.iter().map(|one| one.id).collect();
    assert_eq!(listed, CheckId::ALL);
    for checked in &report.checked {
        assert_eq!((checked.state, checked.count, &checked.why), (CheckState::Clear, 0, &None), "{:?}", checked.id);
    }
}

#[test]
fn full_administrators() {
    let finding = only(&with_policy(ALLOW_ALL), CheckId::FullAdmin);
    assert_eq!((finding.severity, finding.certainty), (Severity::Critical, FindingCertainty::Exact));
    assert_eq!(finding.workloads.len(), 1);
    assert!(finding.evidence[0].contains("policy inline, statement #1 allows * on *"), "{:?}", finding.evidence);
    let bounded = with_policy(ALLOW_ALL).boundary(&role_arn("api"), &allow("s3:Get*", "*"));
    assert_eq!(ids(&report(&bounded)), []);
    let deny = |action: &str| {
        format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Action":"{action}","Resource":"*"}}]}}"#)
    };
    let controlled = with_policy(ALLOW_ALL).service_control(&deny("organizations:*"));
    assert_eq!(ids(&report(&controlled)), [CheckId::FullAdmin], "an SCP about something else changes nothing");
    let forbidden = with_policy(ALLOW_ALL).service_control(&deny("*"));
    assert_eq!(ids(&report(&forbidden)), []);
    let mut unseen = with_policy(ALLOW_ALL);
    unseen.organization = Observed::default();
    assert_eq!(only(&unseen, CheckId::FullAdmin).certainty, FindingCertainty::Conditional);
    let conditional = ALLOW_ALL.replace(
        "\"Resource\":\"*\"",
        "\"Resource\":\"*\",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/8\"}}",
    );
    let finding = only(&with_policy(&conditional), CheckId::FullAdmin);
    assert_eq!((finding.severity, finding.certainty), (Severity::High, FindingCertainty::Conditional));
    let power = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}]}"#;
    let finding = only(&with_policy(power), CheckId::ServiceWildcard);
    assert!(
        finding.evidence[0].contains("allows everything but iam:*, organizations:* on *"),
        "{:?}",
        finding.evidence
    );
    let limited = power.replace(
        r#""Resource":"*""#,
        r#""Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}"#,
    );
    assert_eq!(ids(&report(&with_policy(&limited))), []);
    let nearly = power.replace(r#"["iam:*","organizations:*"]"#, r#""aws-portal:*""#);
    for all in [nearly, allow("*", "arn:aws:*"), allow("*:*", "**")] {
        let found = ids(&report(&with_policy(&all)));
        assert_eq!(found.first(), Some(&CheckId::FullAdmin), "{all}: {found:?}");
    }
}

#[test]
fn a_session_policy_takes_the_finding_from_its_user_alone() {
    let role = role_arn("api");
    let world = World::new()
        .service_account("shop", "a", None)
        .service_account("shop", "b", None)
        .association("shop", "a", &role)
        .association("shop", "b", &role)
        .with_association(|one| {
            one.policy = Some(allow("s3:GetObject", "*").into());
            one.disable_session_tags = true;
        })
        .role(&role, POD_IDENTITY_TRUST, ALLOW_ALL)
        .deployment("shop", "a", "a", pod_identity())
        .deployment("shop", "b", "b", pod_identity());
    let report = report(&world);
    let admin = report.findings.iter().find(|finding| finding.id == CheckId::FullAdmin).expect("a finding");
    assert_eq!(admin.workloads.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn service_wildcards() {
    let finding = only(&with_policy(&allow("s3:*", "*")), CheckId::ServiceWildcard);
    assert_eq!(finding.severity, Severity::High);
    assert!(finding.evidence[0].contains("allows s3:* on *"), "{:?}", finding.evidence);
    assert_eq!(
        ids(&report(&with_policy(&allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/*")))),
        [CheckId::ServiceWildcard]
    );
    assert_eq!(ids(&report(&with_policy(&allow("S3:*", "arn:aws:s3:::*")))), [CheckId::ServiceWildcard]);
    for fine in [
        allow("s3:*", "arn:aws:s3:::bucket*"),
        allow("s3:*", "arn:aws:s3:::bucket/*"),
        allow("s3:Get*", "*"),
        allow("dynamodb:*", "arn:aws:dynamodb:eu-west-1:111122223333:table/shop"),
    ] {
        assert_eq!(ids(&report(&with_policy(&fine))), [], "{fine}");
    }
    let iam = report(&with_policy(&allow("iam:*", "*")));
    assert_eq!(ids(&iam), [CheckId::ServiceWildcard, CheckId::PassRoleAny]);
    assert_eq!(iam.findings[0].severity, Severity::Critical);
    let bounded =
        with_policy(&allow("s3:*", "*")).boundary(&role_arn("api"), &allow("s3:GetObject", "arn:aws:s3:::b/*"));
    assert_eq!(ids(&report(&bounded)), []);
    let denied = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},
        {"Effect":"Deny","NotAction":"s3:GetObject","Resource":"*"}]}"#;
    assert_eq!(ids(&report(&with_policy(denied))), [], "a Deny of its own");
}

#[test]
fn passing_any_role() {
    for open in [allow("iam:PassRole", "*"), allow("iam:Pass*", "arn:aws:iam::111122223333:role/*")] {
        let finding = only(&with_policy(&open), CheckId::PassRoleAny);
        assert_eq!(finding.severity, Severity::High, "{open}");
    }
    let to_lambda = allow("iam:PassRole", "*").replace(
        r#""Resource":"*""#,
        r#""Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}"#,
    );
    let finding = only(&with_policy(&to_lambda), CheckId::PassRoleAny);
    assert_eq!(finding.severity, Severity::Medium);
    assert!(finding.evidence[0].contains("lambda.amazonaws.com"), "{:?}", finding.evidence);
    assert_eq!(ids(&report(&with_policy(&allow("iam:PassRole", "arn:aws:iam::111122223333:role/shop-*")))), []);
}

#[test]
fn shadowed_annotations() {
    let world = |associated: &str| {
        let policy = allow("s3:GetObject", "arn:aws:s3:::b/*");
        World::new()
            .service_account("shop", "api", Some(&role_arn("a")))
            .association("shop", "api", &role_arn(associated))
            .role(&role_arn("a"), POD_IDENTITY_TRUST, &policy)
            .role(&role_arn("b"), POD_IDENTITY_TRUST, &policy)
            .deployment("shop", "api", "api", pod_identity())
    };
    assert_eq!(only(&world("b"), CheckId::IrsaShadowed).severity, Severity::High);
    assert_eq!(only(&world("a"), CheckId::IrsaShadowed).severity, Severity::Low);
}

#[test]
fn missing_roles_are_not_unread_ones() {
    let world = || {
        World::new().service_account("shop", "api", Some(&role_arn("gone"))).deployment(
            "shop",
            "api",
            "api",
            irsa(&role_arn("gone")),
        )
    };
    let finding = only(&world(), CheckId::RoleMissing);
    assert_eq!(finding.subject.arn.as_deref(), Some(role_arn("gone").as_str()));
    let unread = report(&world().unread("iam"));
    assert_eq!(ids(&unread), []);
    let states: BTreeSet<CheckId> =
        unread.checked.iter().filter(|one| one.state == CheckState::Unknown).map(|one| one.id).collect();
    assert_eq!(
        states,
        BTreeSet::from([
            CheckId::FullAdmin,
            CheckId::ServiceWildcard,
            CheckId::RoleMissing,
            CheckId::SharedBroadRole,
            CheckId::TrustWithoutSub,
            CheckId::TrustOtherIssuer,
            CheckId::PassRoleAny,
            CheckId::TrustRefuses,
        ])
    );
    for wrong in ["my-role", "arn:aws:iam::111122223333:user/ann", ""] {
        let world =
            World::new().service_account("shop", "api", Some(wrong)).deployment("shop", "api", "api", irsa(wrong));
        let finding = only(&world, CheckId::RoleMissing);
        assert!(finding.evidence[1].contains("not the ARN of a role"), "{:?}", finding.evidence);
        let states: Vec<CheckState> = report(&world).checked.iter().map(|one| one.state).collect();
        assert!(!states.contains(&CheckState::Unknown), "one wrong name makes nothing else unknown");
    }
    let target = World::new()
        .service_account("shop", "api", None)
        .association("shop", "api", &role_arn("a"))
        .with_association(|one| one.target_role_arn = Some(role_arn("gone")))
        .role(&role_arn("a"), POD_IDENTITY_TRUST, "{}");
    assert!(only(&target, CheckId::RoleMissing).evidence[0].contains("as its target"));
    let stale = with_policy("{}").another_pod(irsa(&role_arn("deleted")));
    assert!(only(&stale, CheckId::RoleMissing).evidence[0].contains("running pods"));
}

#[test]
fn associations_that_nobody_or_everybody_uses() {
    let world =
        World::new().role(&role_arn("a"), POD_IDENTITY_TRUST, "{}").association("shop", "ghost", &role_arn("a"));
    assert_eq!(only(&world, CheckId::AssociationWithoutServiceAccount).subject.name, "ghost");
    assert_eq!(ids(&report(&world.unread("service_accounts"))), []);
    let default = World::new()
        .role(&role_arn("a"), POD_IDENTITY_TRUST, "{}")
        .service_account("shop", "default", None)
        .association("shop", "default", &role_arn("a"))
        .deployment("shop", "web", "default", pod_identity())
        .deployment("shop", "cache", "default", pod_identity());
    assert_eq!(only(&default, CheckId::AssociationOnDefault).workloads.len(), 2);
    let mut hidden = World::new().association("secret", "default", &role_arn("a"));
    hidden.facts.scope.cluster_wide = false;
    assert_eq!(ids(&report(&hidden)), [], "of namespaces that the caller does not see nothing is told");
}

#[test]
fn broad_roles_of_unrelated_workloads() {
    let shared = |policy: &str, accounts: [&str; 2]| {
        let role = role_arn("shared");
        let mut world = World::new().role(&role, POD_IDENTITY_TRUST, policy);
        for (workload, account) in ["a", "b"].into_iter().zip(accounts) {
            if world.service_accounts.iter().all(|one| &*one.name != account) {
                world = world.service_account("shop", account, None).association("shop", account, &role);
            }
            world = world.deployment("shop", workload, account, pod_identity());
        }
        world
    };
    let secrets = allow("secretsmanager:GetSecretValue", "*");
    let finding = only(&shared(&secrets, ["a", "b"]), CheckId::SharedBroadRole);
    assert_eq!(finding.workloads.len(), 2);
    assert!(
        finding.evidence.iter().any(|one| one.contains("secretsmanager:GetSecretValue on *")),
        "{:?}",
        finding.evidence
    );
    assert_eq!(ids(&report(&shared(&secrets, ["a", "a"]))), [], "one ServiceAccount is one application");
    let narrow = allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/*");
    assert_eq!(ids(&report(&shared(&narrow, ["a", "b"]))), []);
    assert_eq!(ids(&report(&shared(&allow("cloudwatch:PutMetricData", "*"), ["a", "b"]))), []);
    let both = ids(&report(&shared(&allow("s3:*", "*"), ["a", "b"])));
    assert_eq!(both, [CheckId::ServiceWildcard, CheckId::SharedBroadRole]);
}

#[test]
fn open_trust_policies() {
    let severity = |trust: &str| only(&with_trust(trust), CheckId::TrustWithoutSub).severity;
    let base = irsa_trust("shop", "api");
    let merged = serde_json::json!({"StringEquals": {format!("{ISSUER}:aud"): "sts.amazonaws.com"}}).to_string();
    let condition = |text: &str| {
        let mut trust: serde_json::Value = serde_json::from_str(&base).expect("JSON");
        trust["Statement"][0]["Condition"] = serde_json::from_str(text).expect("JSON");
        trust.to_string()
    };
    assert_eq!(severity(&condition(&merged)), Severity::High);
    assert_eq!(severity(&condition("{}")), Severity::High);
    for (pattern, expected) in [
        ("system:serviceaccount:shop:*", Severity::Medium),
        ("system:serviceaccount:*:api", Severity::High),
        ("system:serviceaccount:*", Severity::High),
        ("*", Severity::High),
        ("system:serviceaccount:shop:ap?", Severity::Medium),
    ] {
        assert_eq!(severity(&irsa_trust_of(ISSUER, "StringLike", pattern)), expected, "{pattern}");
    }
    let for_all = irsa_trust_of(ISSUER, "ForAllValues:StringEquals", "system:serviceaccount:shop:api");
    assert_eq!(severity(&for_all), Severity::Medium);
    let anybody = condition("{}")
        .replace(&format!(r#"{{"Federated":"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"}}"#), r#""*""#);
    assert!(!anybody.contains("oidc-provider"), "{anybody}");
    assert_eq!(severity(&anybody), Severity::High);
    let no_audience = condition(&format!(r#"{{"StringEquals":{{"{ISSUER}:sub":"system:serviceaccount:shop:api"}}}}"#));
    let finding = only(&with_trust(&no_audience), CheckId::TrustWithoutSub);
    assert_eq!((finding.severity, finding.title.as_str()), (Severity::Low, "Trust policy checks no audience"));
    assert_eq!(finding.workloads.len(), 1);
}

#[test]
fn closed_trust_policies_have_no_finding_however_they_are_written() {
    let subject = "system:serviceaccount:shop:api";
    let key = format!("{ISSUER}:sub");
    for trust in [
        irsa_trust("shop", "api"),
        irsa_trust_of(ISSUER, "StringLike", subject),
        irsa_trust_of(ISSUER, "StringEqualsIfExists", subject),
        irsa_trust_of(ISSUER, "ForAnyValue:StringEquals", subject),
    ] {
        assert_eq!(ids(&report(&with_trust(&trust))), [], "{trust}");
    }
    let mut by_deny: serde_json::Value =
        serde_json::from_str(&irsa_trust_of(ISSUER, "StringLike", "system:serviceaccount:shop:*")).expect("JSON");
    let mut deny = by_deny["Statement"][0].clone();
    deny["Effect"] = "Deny".into();
    deny["Condition"] = serde_json::json!({"StringNotEquals": {key: subject}});
    by_deny["Statement"].as_array_mut().expect("a list").push(deny);
    assert_eq!(ids(&report(&with_trust(&by_deny.to_string()))), [], "a Deny closes it");
    let both = format!(
        r#"{{"Version":"2012-10-17","Statement":[{},{}]}}"#,
        statement(&irsa_trust("shop", "api")),
        statement(&irsa_trust_of(OTHER_ISSUER, "StringLike", "system:serviceaccount:*:*"))
    );
    assert_eq!(ids(&report(&with_trust(&both))), [], "what another cluster may is another cluster's finding");
}

fn statement(trust: &str) -> String {
    let trust: serde_json::Value = serde_json::from_str(trust).expect("JSON");
    trust["Statement"][0].to_string()
}

#[test]
fn open_roles_that_nothing_names_are_told_to_those_who_see_all() {
    let open = irsa_trust_of(ISSUER, "StringLike", "system:serviceaccount:*");
    let mut world = World::new().role(&role_arn("forgotten"), &open, "{}");
    assert_eq!(only(&world, CheckId::TrustWithoutSub).subject.name, "forgotten");
    world.facts.scope.cluster_wide = false;
    assert_eq!(ids(&report(&world)), []);
}

#[test]
fn other_issuers_and_refusals() {
    let foreign = irsa_trust_of(OTHER_ISSUER, "StringEquals", "system:serviceaccount:shop:api");
    let finding = only(&with_trust(&foreign), CheckId::TrustOtherIssuer);
    assert!(finding.evidence.iter().any(|one| one.contains("its cluster is probably gone")), "{:?}", finding.evidence);
    assert!(finding.fix.contains(ISSUER));
    let known = with_trust(&foreign).account(ACCOUNT, |iam| {
        let one = iam.oidc_providers.as_ref().and_then(|all| all.first()).cloned().expect("a provider");
        let other = periscope_model::aws::OidcProvider { issuer: OTHER_ISSUER.into(), ..one };
        iam.oidc_providers.as_mut().expect("providers").push(other);
    });
    assert_eq!(only(&known, CheckId::TrustOtherIssuer).evidence.len(), 1);
    assert_eq!(only(&with_trust(&irsa_trust("shop", "web")), CheckId::TrustRefuses).severity, Severity::High);
    assert_eq!(only(&with_trust(POD_IDENTITY_TRUST), CheckId::TrustRefuses).subject.name, "api");
}

#[test]
fn a_target_that_refuses_has_a_finding() {
    let target = "arn:aws:iam::999988887777:role/reader";
    let world = World::new()
        .service_account("shop", "api", None)
        .association("shop", "api", &role_arn("a"))
        .with_association(|one| one.target_role_arn = Some(target.into()))
        .role(&role_arn("a"), POD_IDENTITY_TRUST, &allow("sts:*", "*").replace("sts:*", "sts:AssumeRole"))
        .role(target, &irsa_trust("shop", "api"), ALLOW_ALL)
        .deployment("shop", "api", "api", pod_identity());
    let finding = only(&world, CheckId::TrustRefuses);
    assert_eq!(finding.subject.arn.as_deref(), Some(target));
    assert!(finding.evidence[1].contains("may not sts:AssumeRole"), "{:?}", finding.evidence);
}

#[test]
fn whom_a_role_lets_in_is_not_told_to_whoever_names_it() {
    let secret = irsa_trust_of(ISSUER, "StringLike", "system:serviceaccount:payroll:*");
    let named = |world: World| {
        let mut world = world;
        world.facts.scope = periscope_model::Scope { cluster_wide: false, namespaces: vec!["shop".into()] };
        world
    };
    let finding = only(&named(with_trust(&secret)), CheckId::TrustRefuses);
    assert!(!format!("{finding:?}").contains("payroll"), "{finding:#?}");
    let both = secret.replace(
        r#""system:serviceaccount:payroll:*""#,
        r#"["system:serviceaccount:payroll:*","system:serviceaccount:ledger:*","system:serviceaccount:shop:*"]"#,
    );
    let finding = only(&named(with_trust(&both)), CheckId::TrustWithoutSub);
    assert_eq!(finding.evidence.len(), 2, "those of others are told once: {:?}", finding.evidence);
    let told = format!("{finding:?}");
    assert!(told.contains("shop:*") && !told.contains("payroll") && !told.contains("ledger"), "{told}");
    let everywhere = only(&with_trust(&both), CheckId::TrustWithoutSub);
    assert!(format!("{everywhere:?}").contains("payroll:*"), "who sees all is told all");
}

#[test]
fn the_command_is_about_an_instance_that_is_meant() {
    let world = World::new()
        .service_account("shop", "web", None)
        .node("node-0", "i-0", Some(2))
        .node("node-1", "i-1", Some(2))
        .deployment("shop", "web", "web", AwsEnvironment::default());
    let command = only(&world, CheckId::NodeRoleFallback).command.expect("a command");
    assert!(command.contains("--instance-id i-1 "), "{command}");
}

#[test]
fn pods_that_fall_back_to_the_node() {
    let world = |hop_limit| {
        World::new().service_account("shop", "web", None).node("node-1", "i-1", hop_limit).deployment(
            "shop",
            "web",
            "web",
            AwsEnvironment::default(),
        )
    };
    let finding = only(&world(Some(2)), CheckId::NodeRoleFallback);
    assert_eq!((finding.severity, finding.subject.name.as_str()), (Severity::High, "nodes"));
    assert!(finding.command.as_deref().is_some_and(|one| one.contains("--instance-id i-1")));
    assert_eq!(ids(&report(&world(Some(1)))), []);
    let unknown = report(&world(None));
    assert_eq!(ids(&unknown), []);
    let state = unknown.checked.iter().find(|one| one.id == CheckId::NodeRoleFallback).map(|one| one.state);
    assert_eq!(state, Some(CheckState::Unknown));
    let agent = World::new()
        .service_account("kube-system", "proxy", None)
        .node("node-1", "i-1", Some(1))
        .workload("daemonsets.apps", "kube-system", "proxy", "proxy", AwsEnvironment::default())
        .with_pod(|pod| pod.host_network = true);
    assert_eq!(ids(&report(&agent)), [], "the node's own parts act as the node");
    let elsewhere = agent.with_pod(|pod| {
        pod.namespace = "shop".into();
        pod.workload = crate::world::object("deployments.apps", "shop", "web");
    });
    assert_eq!(ids(&report(&elsewhere)), [CheckId::NodeRoleFallback]);
}

#[test]
fn a_reachable_node_role_that_is_too_broad_is_told_with_those_who_reach_it() {
    let world = World::new()
        .service_account("shop", "web", None)
        .node("node-1", "i-1", Some(2))
        .role(&role_arn("nodes"), "{}", ALLOW_ALL)
        .deployment("shop", "web", "web", AwsEnvironment::default())
        .deployment("shop", "db", "web", AwsEnvironment::default());
    assert_eq!(
        ids(&report(&world)),
        [CheckId::FullAdmin, CheckId::NodeRoleFallback],
        "a node's role is shared by nature"
    );
}

#[test]
fn static_keys_are_told_by_name() {
    let world = World::new().service_account("shop", "web", None).deployment("shop", "web", "web", static_keys());
    let finding = only(&world, CheckId::StaticKeys);
    assert_eq!(finding.evidence[0], "container app has AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY");
}

#[test]
fn who_may_enter_is_withheld_from_those_who_must_not_know() {
    let world =
        World::new().aws_auth(&format!("- rolearn: {}\n  username: a\n  groups: [system:masters]\n", role_arn("a")));
    assert_eq!(ids(&report(&world)), [CheckId::AwsAuthMasters]);
    let options = CheckOptions {
        catalogue: Catalogue::built_in(),
        rbac: None,
        access_withheld: Some("needs list clusterrolebindings"),
    };
    let withheld = world.identities().report(&options);
    assert_eq!(ids(&withheld), []);
    let masters = withheld.checked.iter().find(|one| one.id == CheckId::AwsAuthMasters).expect("a check");
    assert_eq!((masters.state, masters.why.as_deref()), (CheckState::Unknown, Some("needs list clusterrolebindings")));
}
