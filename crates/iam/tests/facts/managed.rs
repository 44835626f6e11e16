//! Documents as AWS writes them: a sample of its managed policies with every operator that they use (read 2026-11, from the
//! list in moto 5.2.5). The benchmark reads all of them.

use periscope_iam::{Policy, PolicyKind};
use serde_json::{Value, json};

use crate::*;

fn managed() -> serde_json::Map<String, Value> {
    serde_json::from_str(include_str!("managed.json")).expect("the sample is JSON")
}

#[test]
fn all_of_them_are_understood() {
    for (name, document) in managed() {
        let policy = Policy::parse(&name, PolicyKind::Identity, &document.to_string()).unwrap();
        assert_eq!(policy.problems(), [], "{name}");
        let expected = document["Statement"].as_array().map_or(1, Vec::len);
        assert_eq!(policy.statements().len(), expected, "{name}");
        assert!(policy.statements().all(|statement| statement.is_judged()), "{name}");
    }
}

#[test]
fn what_people_attach_decides_as_they_expect() {
    let sample = managed();
    let with = |name: &str, action: &str, resource: &str| {
        case(json!({"request": {"action": action, "resource": resource}, "identity": [sample[name]]}))
    };
    check([
        ("administrator", with("AdministratorAccess", "iam:CreateUser", USER), YES),
        (
            "power user",
            with("PowerUserAccess", "ec2:RunInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i"),
            YES,
        ),
        ("power user, but not of IAM", with("PowerUserAccess", "iam:CreateUser", USER), NO),
        ("power user, looking", with("PowerUserAccess", "iam:ListRoles", "*"), YES),
        (
            "registry",
            with(
                "AmazonEC2ContainerRegistryReadOnly",
                "ecr:BatchGetImage",
                "arn:aws:ecr:eu-west-1:111122223333:repository/r",
            ),
            YES,
        ),
        (
            "registry, writing",
            with(
                "AmazonEC2ContainerRegistryReadOnly",
                "ecr:PutImage",
                "arn:aws:ecr:eu-west-1:111122223333:repository/r",
            ),
            NO,
        ),
        (
            "fact 11: a wildcard in the type",
            with(
                "AWSWAFFullAccess",
                "wafv2:PutLoggingConfiguration",
                "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/n/i",
            ),
            YES,
        ),
    ]);
}
