use std::collections::BTreeSet;

use super::*;

/// The published catalogue, word for word.
const PUBLISHED: &[(&str, &str)] = &[
    ("privilege-escalation", "iam:PassRole"),
    ("privilege-escalation", "iam:CreateAccessKey"),
    ("privilege-escalation", "iam:AttachRolePolicy"),
    ("privilege-escalation", "iam:PutRolePolicy"),
    ("privilege-escalation", "iam:CreateRole"),
    ("privilege-escalation", "iam:UpdateAssumeRolePolicy"),
    ("data", "secretsmanager:GetSecretValue"),
    ("data", "ssm:GetParameter*"),
    ("data", "kms:Decrypt"),
    ("data", "kms:GenerateDataKey"),
    ("cross-account", "sts:AssumeRole"),
    ("destructive", "s3:DeleteBucket"),
    ("destructive", "s3:DeleteObject*"),
    ("destructive", "ec2:TerminateInstances"),
    ("destructive", "rds:DeleteDBInstance"),
    ("cluster", "eks:UpdateClusterConfig"),
    ("cluster", "eks:DeleteCluster"),
    ("wildcard", "*"),
];

#[test]
fn the_published_view_is_the_published_list() {
    let catalogue = Catalogue::built_in();
    let view: Vec<_> = catalogue
        .entries()
        .iter()
        .filter(|entry| entry.published)
        .map(|entry| (&*entry.category, entry.to_string()))
        .collect();
    let published: Vec<_> = PUBLISHED.iter().map(|(category, action)| (*category, (*action).to_owned())).collect();
    assert_eq!(view, published);
    assert_eq!(catalogue.published_version(), "1.0.0");
}

#[test]
fn every_entry_names_actions_that_exist() {
    let catalogue = Catalogue::built_in();
    assert!(catalogue.entries().len() > 200);
    let mut ids = BTreeSet::new();
    for entry in catalogue.entries() {
        assert!(ids.insert(&entry.id), "{} is there twice", entry.id);
        assert!(entry.why.ends_with('.') && entry.why.len() > 20, "{}: {}", entry.id, entry.why);
        for action in &entry.actions {
            assert_eq!(check_action(action), Ok(()), "{}", entry.id);
            // As AWS writes it, since people copy it.
            let exact = reference().find(action).map(|found| found.to_string());
            assert!(exact.is_none_or(|name| name == **action), "{}: {action}", entry.id);
        }
        let passes = entry.actions.iter().any(|action| &**action == "iam:PassRole");
        assert!(entry.passed_to.is_none() || passes, "{}", entry.id);
        assert!(entry.passed_to.is_some() || !passes || entry.published, "{} passes a role to nobody", entry.id);
    }
}

fn extension() -> Extension {
    Extension {
        id: "our-own".into(),
        title: "Our own".into(),
        why: "Because we say so.".into(),
        actions: vec!["sqs:PurgeQueue".into()],
        ..Extension::default()
    }
}

#[test]
fn operators_add_and_silence() {
    let silence = Silence { id: "kms-generate-data-key".into(), reason: "everybody encrypts".into() };
    let ours = Catalogue::with(&[extension()], &[silence]).unwrap();
    let own = ours.find("our-own").unwrap();
    assert!(own.custom && !own.published && &*own.category == "custom");
    assert_eq!(ours.find("kms-generate-data-key").unwrap().silenced.as_deref(), Some("everybody encrypts"));
    assert_eq!(ours.entries().len(), Catalogue::built_in().entries().len() + 1);
    // An own entry may be silenced too.
    assert!(Catalogue::with(&[extension()], &[Silence { id: "our-own".into(), reason: "later".into() }]).is_ok());
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let changed = |change: fn(&mut Extension)| {
        let mut wrong = extension();
        change(&mut wrong);
        Catalogue::with(&[extension(), wrong], &[]).unwrap_err().to_string()
    };
    let place = "extensions[1]";
    assert_eq!(changed(|_| {}), format!("{place}.id: there is an entry `our-own` already"));
    assert!(changed(|one| one.id = "Our".into()).starts_with("extensions[1].id: `Our` is no id"));
    let fresh = |one: &mut Extension| one.id = "other".into();
    assert_eq!(
        changed(|one| {
            one.id = "other".into();
            one.actions.push("s3:GetObjekt".into());
        }),
        format!(
            "{place}.actions[1]: `s3:GetObjekt` names no action that AWS had on {}; did you mean s3:GetObject?",
            reference().date()
        )
    );
    let mut nameless = extension();
    fresh(&mut nameless);
    nameless.actions = vec!["GetObject".into()];
    assert_eq!(
        Catalogue::with(&[nameless.clone()], &[]).unwrap_err().to_string(),
        "extensions[0].actions[0]: `GetObject` is no action: write service:Name, `*` and `?` allowed"
    );
    nameless.actions.clear();
    assert_eq!(Catalogue::with(&[nameless], &[]).unwrap_err().place, "extensions[0].actions");
    let mut passing = extension();
    passing.passed_to = Some("lambda.amazonaws.com".into());
    assert_eq!(Catalogue::with(&[passing], &[]).unwrap_err().place, "extensions[0].passedTo");
    let silence =
        |id: &str, reason: &str| Catalogue::with(&[], &[Silence { id: id.into(), reason: reason.into() }]).unwrap_err();
    assert_eq!(silence("kms-decrypt", " ").place, "silences[0].reason");
    assert_eq!(silence("nothing", "x").to_string(), "silences[0].id: there is no entry `nothing`");
}
