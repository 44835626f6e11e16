use serde_json::{Value, json};

use super::*;
use crate::policy::{Policy, PolicyKind};
use crate::principal::Principal;
use crate::reference::KnownAction;
use crate::sensitive::Entry as Sensitive;

fn role(statements: &Value) -> RolePolicies {
    let document = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    let identity = vec![Policy::parse("p", PolicyKind::Identity, &document).unwrap()];
    RolePolicies { identity, ..RolePolicies::new(Principal::parse("arn:aws:iam::111122223333:role/r").unwrap()) }
}

fn look(role: &RolePolicies) -> Forward {
    forward(role, &Context::incomplete(), Catalogue::built_in())
}

/// One line per permission: what is allowed where, and how.
fn said(forward: &Forward) -> Vec<String> {
    let mut lines = Vec::new();
    for service in &forward.services {
        let prefix = reference().service(service.service).prefix();
        for permission in &service.permissions {
            let names: Vec<_> = permission.actions.actions().map(KnownAction::name).collect();
            let what =
                if permission.whole_service { format!("{prefix}:*") } else { format!("{prefix}:{}", names.join(",")) };
            for grant in &permission.grants {
                let verdict = match &grant.verdict {
                    Verdict::Allowed => "allowed".to_owned(),
                    Verdict::Conditional(residual) => format!("if {}", residual.keys().join(",")),
                    Verdict::Denied { .. } => format!("denied by {:?}", grant.blocked_by),
                };
                let except =
                    if grant.except.is_empty() { String::new() } else { format!(" but {}", grant.except.join(",")) };
                lines.push(format!("{what} on {}{except}: {verdict}", grant.resources.join(",")));
            }
        }
    }
    lines
}

#[test]
fn permissions_are_grouped_and_say_where_and_how() {
    let forward = look(&role(&json!([
        {"Effect": "Allow", "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"], "Resource": ["arn:aws:sqs:*:*:a", "arn:aws:sqs:*:*:b"]},
        {"Effect": "Allow", "Action": "sqs:DeleteMessage", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]},
        {"Effect": "Allow", "Action": ["elasticfilesystem:ClientMount"], "Resource": "*"},
        {"Effect": "Deny", "Action": ["elasticfilesystem:*", "dynamodb:CreateBackup"], "Resource": "*"},
    ])));
    let lines = said(&forward);
    for expected in [
        "sqs:ReceiveMessage,SendMessage on arn:aws:sqs:*:*:a,arn:aws:sqs:*:*:b: allowed",
        "sqs:DeleteMessage on *: if aws:SourceIp",
        "s3:GetObject on arn:aws:s3:::b/*: allowed",
        "s3:ListBucket on arn:aws:s3:::b: allowed",
        "elasticfilesystem:ClientMount on *: denied by [Identity]",
        "dynamodb:CreateBackup on *: denied by [Identity]",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected} is not in {lines:#?}");
    }
    assert_eq!(lines.len(), 7, "{lines:#?}");
    assert!(!forward.everything);
    // Whatever is sensitive stands first.
    assert!(forward.services[0].sensitive && !forward.services.last().unwrap().sensitive);
    assert_eq!((forward.conditional.len(), forward.denied.len()), (1, 2));
}

#[test]
fn a_whole_service_is_one_row_and_everything_is_said() {
    let forward = look(&role(&json!([{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}])));
    assert_eq!(said(&forward), ["sqs:* on *: allowed"]);
    let forward = look(&role(&json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}])));
    assert!(forward.everything);
    let rows: usize = forward.services.iter().map(|service| service.permissions.len()).sum();
    assert!(rows < forward.services.len() + 10, "{rows} rows");
    assert_eq!(forward.allowed.len() + forward.conditional.len(), reference().len());
}

#[test]
fn what_is_taken_out_and_what_limits_is_said() {
    let mut bounded = role(&json!([
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"},
        {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secret/*"},
    ]));
    assert!(said(&look(&bounded)).contains(&"s3:GetObject on * but arn:aws:s3:::secret/*: allowed".to_owned()));
    let boundary = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:eu-west-1:*:ours"},
    ]});
    bounded.boundary = vec![Policy::parse("b", PolicyKind::Boundary, &boundary.to_string()).unwrap()];
    let lines = said(&look(&bounded));
    assert!(lines.contains(&"sns:Publish on *: denied by [Boundary]".to_owned()), "{lines:#?}");
    assert!(
        lines.contains(&"sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:ours: allowed".to_owned()),
        "{lines:#?}"
    );
    assert!(!lines.iter().any(|line| line.starts_with("sqs:SendMessage on *")), "{lines:#?}");
}

fn allow(actions: &[Box<str>], resource: &str) -> Value {
    let actions: Vec<&str> = actions.iter().map(|action| &**action).collect();
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

fn holds(entry: &Sensitive, statements: &Value) -> bool {
    look(&role(statements)).sensitive.iter().any(|held| held.id == entry.id)
}

/// For each entry of the catalogue: a policy that grants it, and policies that nearly do.
#[test]
fn every_sensitive_entry_is_found_where_it_is_granted_and_only_there() {
    for entry in Catalogue::built_in().entries() {
        let id = &entry.id;
        assert!(holds(entry, &json!([allow(&entry.actions, "*")])), "{id} is not found");
        for (at, action) in entry.actions.iter().enumerate() {
            // All of them are needed …
            let mut rest = entry.actions.clone();
            rest.remove(at);
            rest.push("tag:GetResources".into());
            assert!(!holds(entry, &json!([allow(&rest, "*")])), "{id} without {action}");
            // … and what is denied is not granted.
            let denied = json!({"Effect": "Deny", "Action": &**action, "Resource": "*"});
            assert!(!holds(entry, &json!([allow(&entry.actions, "*"), denied])), "{id} with {action} denied");
        }
        if entry.broad {
            let narrow = "arn:aws:s3:::one-bucket/one-object";
            assert!(!holds(entry, &json!([allow(&entry.actions, narrow)])), "{id} on one resource");
        }
        if let Some(service) = &entry.passed_to {
            let passing = |to: &str| {
                let others: Vec<Box<str>> =
                    entry.actions.iter().filter(|one| &***one != "iam:PassRole").cloned().collect();
                json!([allow(&others, "*"), {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
                    "Condition": {"StringEquals": {"iam:PassedToService": to}}}])
            };
            assert!(holds(entry, &passing(service)), "{id} passing to {service}");
            assert!(!holds(entry, &passing("nobody.amazonaws.com")), "{id} passing to another service");
        }
    }
}

#[test]
fn a_wildcard_holds_what_it_names() {
    let held = |statements: Value| -> Vec<String> {
        look(&role(&statements))
            .sensitive
            .iter()
            .map(|one| format!("{}{}", one.id, if one.certain { "" } else { "?" }))
            .collect()
    };
    assert!(
        held(json!([{"Effect": "Allow", "Action": "iam:Pass*", "Resource": "*"}]))
            .contains(&"iam-pass-role".to_owned())
    );
    assert!(
        held(json!([{"Effect": "Allow", "Action": "s3:Delete*", "Resource": "*"}]))
            .contains(&"s3-delete-object".to_owned())
    );
    assert!(
        held(json!([{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}])).contains(&"kms-decrypt?".to_owned())
    );
    let all = held(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
    assert_eq!(all.len(), Catalogue::built_in().entries().len());
    // That keys have policies of their own takes nothing from it.
    assert!(all.contains(&"everything".to_owned()) && all.contains(&"kms-everything".to_owned()), "{all:?}");
    assert!(held(json!([{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}])).is_empty());
    let everything =
        held(json!([{"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "arn:aws:dynamodb:*:*:table/*"}]));
    assert_eq!(everything, ["dynamodb-scan-everything"]);
    let one =
        held(json!([{"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "arn:aws:dynamodb:*:*:table/orders"}]));
    assert!(one.is_empty());
}
