//! Canaries of AWS: whoever may list the pods of two namespaces asks everything there is, with every parameter, after
//! somebody who sees all of it asked the same. No word of another namespace comes back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use periscope_answers::Environment;
use periscope_demo::{AwsFaults, World, WorldOptions};
use periscope_model::SystemClock;
use serde_json::Value;

use super::client::{Answered, Client};
use super::operations::{OPERATIONS, Place};
use super::world::{Server, app_in, objects, provider, run};

const MINE: [&str; 2] = ["payments", "search"];
const CLUSTERS: [&str; 2] = ["prod-eu", "staging"];
const KINDS: [&str; 7] = [
    "pods",
    "serviceaccounts",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "cronjobs.batch",
];

/// What a name may be made of; everything else parts words.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).filter(|word| !word.is_empty()).collect()
}

/// Every string in it that is a value, not the name of a field.
fn strings(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| strings(one, out)),
        Value::Object(fields) => fields.values().for_each(|one| strings(one, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The values of one field, however deep.
fn field(value: &Value, name: &str, out: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| field(one, name, out)),
        Value::Object(fields) => {
            out.extend(fields.get(name).and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|one| field(one, name, out));
        }
        _ => {}
    }
}

/// Asks until all that it is made of was read.
async fn settled(client: &Client, path: &str) -> Value {
    super::aws::until(client, path, |answer| !answer["gaps"].to_string().contains("\"NOT_READ\"")).await
}

/// Names of what is in namespaces that are not mine, and in no other.
async fn canaries(alice: &Client) -> BTreeSet<String> {
    let (mut hidden, mut shown) = (BTreeSet::new(), BTreeSet::new());
    for kind in KINDS {
        for object in objects(alice, kind).await {
            let mine = object.cluster == "prod-eu" && MINE.contains(&object.namespace.as_str());
            let names = if mine { &mut shown } else { &mut hidden };
            names.extend([object.name, object.namespace]);
        }
    }
    for cluster in CLUSTERS {
        for part in ["service-accounts", "roles", "access", "findings"] {
            let answer = settled(alice, &format!("/api/clusters/{cluster}/aws/{part}")).await;
            let rows = ["accounts", "roles", "principals", "findings"].into_iter();
            let rows = rows.filter_map(|list| answer["data"][list].as_array()).flatten();
            for row in rows {
                let mut places = BTreeSet::new();
                field(row, "namespace", &mut places);
                let mine = cluster == "prod-eu" && places.iter().any(|place| MINE.contains(&place.as_str()));
                let names = if mine { &mut shown } else { &mut hidden };
                for name in ["name", "namespace", "roleArn", "arn", "annotationRoleArn", "targetRoleArn"] {
                    let mut found = BTreeSet::new();
                    field(row, name, &mut found);
                    names.extend(found.iter().filter_map(|text| text.rsplit('/').next()).map(str::to_owned));
                }
            }
        }
    }
    // Checks have names of their own, and examples in the world are called after them.
    let findings = settled(alice, "/api/clusters/prod-eu/aws/findings").await;
    field(&findings["data"]["checked"], "id", &mut shown);
    // So are a few workloads after words that the API itself has.
    let document = serde_json::to_string(&crate::openapi()).expect("JSON");
    shown.extend(words(&document).into_iter().map(str::to_owned));
    // `aws-auth` of kube-system is named to say what is missing, and Periscope's own role to say whose permission is.
    let told = ["kube-system", "aws-auth", "periscope-server", "periscope-reader"];
    shown.extend(told.iter().chain(&["default", "prod-eu", "staging", "edge"]).map(|&word| word.to_owned()));
    // One plain word may stand in any sentence; of those the fields that hold namespaces are looked at.
    let distinct = |name: &String| name.contains('-') || name.chars().any(|c| c.is_ascii_digit());
    hidden.into_iter().filter(|name| name.len() > 3 && distinct(name) && !shown.contains(name)).collect()
}

fn assert_silent(answered: &Answered, what: &str, hidden: &BTreeSet<String>) {
    assert!(answered.status.as_u16() < 500, "{what}: {}", answered.text);
    let mut texts = Vec::new();
    let json: Value = serde_json::from_str(&answered.text).unwrap_or_else(|error| panic!("{what}: {error}"));
    strings(&json, &mut texts);
    let asked = words(what);
    let mut namespaces = BTreeSet::new();
    field(&json, "namespace", &mut namespaces);
    for namespace in &namespaces {
        let known = MINE.contains(&namespace.as_str()) || asked.contains(namespace.as_str());
        let aws_auth = namespace == "kube-system" && answered.text.contains("aws-auth");
        assert!(known || aws_auth, "{what} tells of namespace {namespace}: {}", answered.text);
    }
    for text in &texts {
        for word in words(text) {
            let told = hidden.contains(word) && !asked.contains(word);
            assert!(!told, "{what} tells {word:?}: {text}");
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Questions that name no object.
fn general(namespaces: &BTreeSet<String>, roles: &BTreeSet<String>) -> Vec<String> {
    let mut paths = vec!["/api/identity/findings".to_owned()];
    for cluster in ["prod-eu", "staging", "edge"] {
        let aws = format!("/api/clusters/{cluster}/aws");
        paths.extend(["access", "service-accounts", "roles", "findings", "status"].map(|part| format!("{aws}/{part}")));
        paths.extend(namespaces.iter().map(|one| format!("{aws}/service-accounts?namespace={one}")));
        paths.extend(roles.iter().map(|one| format!("{aws}/service-accounts?role={}", encoded(one))));
    }
    for action in ["*", "s3:*", "sts:AssumeRole", "iam:PassRole", "s3:GetObject", "kms:Decrypt"] {
        let asked = format!("/api/identity/who-can?action={}&limit=500", encoded(action));
        paths.push(asked.clone());
        paths.push(format!("{asked}&resource={}", encoded("arn:aws:s3:::*")));
        paths.extend(["prod-eu", "staging", "edge"].map(|cluster| format!("{asked}&cluster={cluster}")));
        paths.extend(namespaces.iter().map(|one| format!("{asked}&namespace={one}")));
    }
    paths
}

/// Every question about one object.
fn about(cluster: &str, kind: &str, namespace: &str, name: &str) -> Vec<String> {
    let place = Place { cluster: cluster.to_owned(), ..Place::of(kind, namespace, name) };
    let here = |one: &&super::operations::Operation| one.template.contains("/aws/workloads/") && one.verb == "GET";
    let mut paths: Vec<String> = OPERATIONS.iter().filter(here).map(|one| one.path(&place)).collect();
    assert!(paths.len() >= 4, "{paths:?}");
    let base = format!("/api/clusters/{cluster}/aws/workloads/{kind}/{namespace}/{name}");
    paths.extend(["sts", "iam", "kms"].map(|service| format!("{base}/services/{service}")));
    for action in ["s3:GetObject", "sts:AssumeRole", "iam:PassRole"] {
        let action = encoded(action);
        paths.push(format!(
            "/api/clusters/{cluster}/aws/why?kind={kind}&namespace={namespace}&name={name}&action={action}"
        ));
    }
    paths
}

#[test]
fn no_word_of_another_namespace_comes_back_whatever_is_asked() {
    run(async {
        let (server, _folder) = Server::start_cold().await;
        let (alice, carol, dave) =
            (server.sign_in("alice").await, server.sign_in("carol").await, server.sign_in("dave").await);
        let hidden = canaries(&alice).await;
        assert!(hidden.len() > 150 && hidden.contains("aws-examples"), "{hidden:?}");
        let (mut namespaces, mut roles) = (BTreeSet::from(["no-such-namespace".to_owned()]), BTreeSet::new());
        for cluster in CLUSTERS {
            let accounts = settled(&alice, &format!("/api/clusters/{cluster}/aws/service-accounts")).await;
            field(&accounts, "namespace", &mut namespaces);
            field(&accounts, "roleArn", &mut roles);
        }
        let roles = roles.into_iter().step_by(7).collect();
        settled(&carol, "/api/clusters/prod-eu/aws/service-accounts").await;
        let paths = general(&namespaces, &roles);
        for path in &paths {
            alice.get(path).await;
            for client in [&carol, &dave] {
                assert_silent(&client.get(path).await, path, &hidden);
            }
        }
        let mut asked = 0;
        for kind in KINDS {
            let mine = objects(&carol, kind).await.into_iter().filter(|one| one.cluster == "prod-eu");
            for object in mine.take(6) {
                for path in about("prod-eu", kind, &object.namespace, &object.name) {
                    let answered = carol.get(&path).await;
                    assert_silent(&answered, &path, &hidden);
                    asked += usize::from(answered.status == 200);
                }
            }
        }
        assert!(asked > 50, "only {asked} answers were about what she sees");
        let refreshed = carol.post("/api/clusters/prod-eu/aws/refresh", "{}").await;
        assert_silent(&refreshed, "refresh", &hidden);
    });
}

#[test]
fn what_aws_refuses_names_nothing_of_another_namespace_either() {
    run(async {
        provider();
        let options = WorldOptions { pods: Some(20), seed: 3, quiet: true, changes_per_second: None };
        let world = World::start(options).await.expect("a world");
        let (whole, _folder, _record) = app_in(&world, Environment::Other).await;
        let hidden = canaries(&Server::over(whole, Arc::new(SystemClock)).sign_in("alice").await).await;
        // Roles are read one by one then, as far as somebody sees who has them; their policies are not.
        let deny = ["iam:GetAccountAuthorizationDetails", "iam:GetPolicyVersion", "iam:GetRolePolicy"];
        world.set_aws_faults(AwsFaults { deny: deny.map(str::to_owned).into(), ..AwsFaults::default() });
        let (app, _folder, _record) = app_in(&world, Environment::Other).await;
        let server = Server::over(app, Arc::new(SystemClock));
        let (alice, carol, dave) =
            (server.sign_in("alice").await, server.sign_in("carol").await, server.sign_in("dave").await);
        let roles = "/api/clusters/prod-eu/aws/roles";
        let refused = |answer: &Value| answer["gaps"].to_string().contains(":policy/");
        super::aws::until(&alice, roles, refused).await;
        settled(&carol, roles).await;
        for path in general(&BTreeSet::new(), &BTreeSet::new()) {
            for client in [&carol, &dave] {
                assert_silent(&client.get(&path).await, &path, &hidden);
            }
        }
    });
}

/// A refusal without what differs with each request.
fn bare(answered: &Answered, namespace: &str, name: &str) -> (u16, String) {
    let mut problem = answered.json();
    problem["requestId"] = Value::Null;
    let text = problem.to_string().replace(namespace, "NAMESPACE").replace(name, "NAME");
    (answered.status.as_u16(), text)
}

#[test]
fn what_is_not_there_and_what_may_not_be_seen_are_refused_alike() {
    run(async {
        let server = Server::start().await;
        let (carol, dave) = (server.sign_in("carol").await, server.sign_in("dave").await);
        for kind in KINDS {
            let there = about("prod-eu", kind, "aws-examples", "role-chain");
            let absent = about("prod-eu", kind, "aws-examples", "no-such-name");
            let nowhere = about("prod-eu", kind, "no-such-namespace", "role-chain");
            for ((there, absent), nowhere) in there.into_iter().zip(absent).zip(nowhere) {
                for client in [&carol, &dave] {
                    let refused = bare(&client.get(&there).await, "aws-examples", "role-chain");
                    assert_eq!(refused.0, 403, "{there}");
                    assert_eq!(refused, bare(&client.get(&absent).await, "aws-examples", "no-such-name"), "{absent}");
                    let nowhere = bare(&client.get(&nowhere).await, "no-such-namespace", "role-chain");
                    assert_eq!(refused, nowhere, "{there}");
                }
            }
        }
    });
}

#[test]
fn a_namespace_that_may_not_be_seen_is_refused_in_the_answer_and_in_the_record() {
    run(async {
        let (server, _folder) = Server::start_cold().await;
        let (alice, carol) = (server.sign_in("alice").await, server.sign_in("carol").await);
        for namespace in ["aws-examples", "no-such-namespace"] {
            let path = format!("/api/clusters/prod-eu/aws/service-accounts?namespace={namespace}");
            let refused = carol.get(&path).await;
            assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (403, "refused"), "{}", refused.text);
            let path = format!("/api/identity/who-can?action=s3:%2A&cluster=prod-eu&namespace={namespace}");
            let answer = carol.get(&path).await.json();
            let needed = &answer["gaps"][0]["needs"][0];
            assert_eq!((&needed["resource"], &needed["namespace"]), (&"pods".into(), &namespace.into()), "{answer}");
            assert_eq!(answer["scope"]["namespaces"], Value::Array(Vec::new()), "{answer}");
        }
        carol.get("/api/identity/who-can?action=s3:%2A&cluster=prod-eu&namespace=payments").await;
        for verb in ["aws_identity_read", "aws_iam_read"] {
            let rows = super::audit::rows(&alice, &format!("verb={verb}")).await;
            let outcomes: Vec<&str> = rows.iter().filter_map(|row| row["outcome"].as_str()).collect();
            let expected: &[&str] =
                if verb == "aws_iam_read" { &["success", "denied", "denied"] } else { &["denied", "denied"] };
            assert_eq!(outcomes, expected, "{verb}");
        }
    });
}

#[test]
fn questions_without_measure_are_refused_and_none_is_held_for_long() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        settled(&alice, "/api/clusters/prod-eu/aws/service-accounts").await;
        let long = "a".repeat(5000);
        let aws = "/api/clusters/prod-eu/aws";
        for (path, code) in [
            (format!("/api/identity/who-can?action=s3:{long}"), "action_invalid"),
            (format!("/api/identity/who-can?action=s3:%2A&resource=arn:{long}"), "resource_invalid"),
            (format!("/api/identity/who-can?action=s3:%2A&namespace={long}"), "namespace_invalid"),
            (format!("/api/identity/who-can?action=s3:%2A&cursor={}", "A".repeat(20_000)), "cursor_invalid"),
            (format!("{aws}/service-accounts?namespace={long}"), "namespace_invalid"),
            (format!("/api/identity/actions?prefix={long}"), "prefix_invalid"),
            (format!("{aws}/workloads/pods/payments/a/services/{long}"), "service_invalid"),
            (format!("{aws}/why?kind=pods&namespace=payments&name={long}&action=s3:GetObject"), "name_invalid"),
        ] {
            let answered = alice.get(&path).await;
            let shown: String = path.chars().take(80).collect();
            assert_eq!(answered.status, 400, "{shown}: {}", answered.text);
            assert_eq!(answered.problem(), code, "{shown}");
        }
        for limit in ["0", "18446744073709551615"] {
            let path = format!("/api/identity/who-can?action=s3:%2A&limit={limit}");
            let answered = alice.get(&path).await;
            assert!([200, 400].contains(&answered.status.as_u16()), "{path}: {}", answered.text);
        }
        let stars = encoded(&format!("arn:aws:s3:::{}*", "*a?".repeat(600)));
        let action = encoded(&format!("s3:{}*", "*a?".repeat(40)));
        for path in [
            format!("/api/identity/who-can?action=s3:%2A&resource={stars}"),
            format!("/api/identity/who-can?action={action}&resource={stars}"),
        ] {
            // Backtracking would take years.
            let answered = tokio::time::timeout(Duration::from_secs(20), alice.get(&path)).await.expect("in time");
            assert_eq!(answered.status, 200, "{}", answered.text);
        }
    });
}

#[test]
fn whoever_sees_nothing_makes_nobody_ask_aws() {
    run(async {
        let server = Server::start().await;
        let dave = server.sign_in("dave").await;
        for cluster in ["prod-eu", "staging", "edge"] {
            let path = format!("/api/clusters/{cluster}/aws/refresh");
            let answered = dave.post(&path, "{}").await;
            assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (403, "refused"), "{path}");
        }
    });
}
