//! `config check` names the place of every mistake.

use std::fmt::Write as _;

use insta::assert_snapshot;

use super::run::{Files, periscope};

const MISTAKES: &[(&str, &str)] = &[
    ("an unknown key", "clusters:\n  - id: a\n    inCluster: true\n    colour: red\n"),
    ("an unknown key at the top", "clusters: [{id: a, inCluster: true}]\nlisten_on: x\n"),
    ("an unknown key of kubeconfig", "clusters:\n  - id: a\n    kubeconfig: {path: k, contxt: b}\n"),
    ("a key twice", "clusters:\n  - id: a\n    id: b\n    inCluster: true\n"),
    ("no clusters", "clusters: []\n"),
    ("no clusters at all", "listen: 127.0.0.1:8080\n"),
    ("nothing", ""),
    ("a bad id", "clusters:\n  - {id: ok, inCluster: true}\n  - {id: Prod EU, inCluster: true}\n"),
    (
        "an id too long",
        "clusters:\n  - {id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, inCluster: true}\n",
    ),
    ("an id twice", "clusters:\n  - {id: a, inCluster: true}\n  - {id: a, inCluster: true}\n"),
    ("no way to reach it", "clusters:\n  - id: a\n"),
    ("two ways to reach it", "clusters:\n  - {id: a, inCluster: true, kubeconfig: {path: k}}\n"),
    ("an ARN that is none", "clusters:\n  - {id: a, inCluster: true, eks: {arn: nonsense}}\n"),
    (
        "an ARN of something else",
        "clusters:\n  - {id: a, inCluster: true, eks: {arn: 'arn:aws:eks:eu-west-1:111122223333:nodegroup/x'}}\n",
    ),
    (
        "an ARN of no account",
        "clusters:\n  - {id: a, inCluster: true, eks: {arn: 'arn:aws:eks:eu-west-1:1:cluster/x'}}\n",
    ),
    (
        "another region",
        "clusters:\n  - {id: a, inCluster: true, eks: {arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/x', region: us-east-1}}\n",
    ),
    (
        "a role of another account",
        "clusters:\n  - {id: a, eks: {arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/x', assumeRole: 'arn:aws:iam::444455556666:role/x'}}\n",
    ),
    ("an endpoint that is not encrypted", "aws: {endpoint: 'http://aws.corp'}\nclusters: [{id: a, inCluster: true}]\n"),
    (
        "half of AWS on this machine",
        "aws: {endpoints: {iam: 'http://127.0.0.1:1'}}\nclusters: [{id: a, inCluster: true}]\n",
    ),
    ("an account that is none", "aws: {accounts: [{id: '12'}]}\nclusters: [{id: a, inCluster: true}]\n"),
    (
        "a silence of nothing",
        "identity: {sensitive: {silence: [{id: none, reason: x}]}}\nclusters: [{id: a, inCluster: true}]\n",
    ),
    ("no address", "listen: here\nclusters: [{id: a, inCluster: true}]\n"),
    ("no environment", "clusters:\n  - {id: a, inCluster: true, environment: live}\n"),
    ("no YAML", "clusters: [\n"),
    ("a list", "- a\n- b\n"),
];

#[tokio::test]
async fn every_mistake_is_one_line_that_names_its_place() {
    let files = Files::new();
    let mut told = String::new();
    for (what, text) in MISTAKES {
        let file = files.write("periscope.yaml", text);
        let ended = periscope(&["config", "check", &file]).await;
        writeln!(told, "{what}: {}", files.told(ended.refusal())).expect("written");
    }
    assert_snapshot!(told);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named() {
    let files = Files::new();
    let missing = files.path("none.yaml");
    let ended = periscope(&["config", "check", missing.to_str().expect("text")]).await;
    assert_eq!(files.told(ended.refusal()), "cannot read FOLDER/none.yaml: No such file or directory (os error 2)");
    let large = files.write("large.yaml", &"#".repeat(1024 * 1024 + 1));
    let ended = periscope(&["config", "check", &large]).await;
    assert_eq!(files.told(ended.refusal()), "FOLDER/large.yaml has 1048577 bytes; at most 1048576 are read");
}

#[tokio::test]
async fn what_is_right_is_said_to_be() {
    let files = Files::new();
    let text = "listen: 127.0.0.1:9090\ndataDir: /tmp/periscope\nclusters:\n  - id: prod-eu\n    name: Production\n    \
        environment: production\n    kubeconfig: {path: /etc/periscope/kubeconfig, context: prod}\n    \
        eks: {arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/prod'}\n    keepEvents: false\n  - {id: here, inCluster: true}\n";
    let file = files.write("periscope.yaml", text);
    let ended = periscope(&["config", "check", &file]).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    assert_eq!(files.told(&ended.stdout), "FOLDER/periscope.yaml is valid: 2 clusters\n");
}
