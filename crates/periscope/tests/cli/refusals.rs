//! What the binary does not start with: one clear line each, and nothing is left behind.

use std::net::TcpListener;

use super::run::{Files, NOWHERE, periscope};

const CONFIG: &str = "clusters:\n  - {id: a, kubeconfig: {path: nowhere}}\n";

#[tokio::test]
async fn nobody_is_let_in_without_an_identity_to_be() {
    let files = Files::new();
    let config = files.write("periscope.yaml", CONFIG);
    let ended = periscope(&["serve", "--config", &config]).await;
    assert_eq!(
        ended.refusal(),
        "nobody could sign in: configure auth.providers, or give --dev-user USER (loopback only)"
    );
}

#[tokio::test]
async fn a_development_identity_is_for_loopback_only() {
    let files = Files::new();
    let config = files.write("periscope.yaml", CONFIG);
    let kubeconfig = files.write("kubeconfig", NOWHERE);
    let personas = files.write("personas.yaml", "- {id: a, user: alice}\n");
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        for way in [
            &["--config", &config, "--dev-user", "alice"][..],
            &["--config", &config, "--dev-personas", &personas],
            &["--kubeconfig", &kubeconfig],
        ] {
            let ended = periscope(&[&["serve", "--listen", listen][..], way].concat()).await;
            let expected = format!(
                "this way of signing in is for loopback only, and {listen} is not a loopback address; listen on 127.0.0.1"
            );
            assert_eq!(ended.refusal(), expected);
        }
        let ended = periscope(&["demo", "--listen", listen]).await;
        assert_eq!(ended.refusal(), format!("the demo listens on loopback only, and {listen} is not"));
    }
}

#[tokio::test]
async fn names_that_belong_to_kubernetes_are_nobodys() {
    let files = Files::new();
    let config = files.write("periscope.yaml", CONFIG);
    for arguments in [
        &["--dev-user", "system:admin"][..],
        &["--dev-user", "alice", "--dev-group", "ops", "--dev-group", "system:masters"],
        &["--dev-user", ""],
    ] {
        let ended = periscope(&[&["serve", "--config", &config][..], arguments].concat()).await;
        assert!(
            ended.refusal().ends_with("cannot be impersonated: names that start with system: belong to Kubernetes")
        );
    }
    for (text, told) in [
        ("- {id: a, user: 'system:admin'}\n", "[0]: \"system:admin\" cannot be impersonated"),
        ("- {id: a, user: a, groups: ['system:masters']}\n", "[0]: \"system:masters\" cannot be impersonated"),
        ("- {id: a, user: a}\n- {id: a, user: b}\n", "[1]: id \"a\" is taken already"),
        ("- {id: a, user: a, admin: true}\n", "admin"),
        ("- {id: a}\n", "user"),
    ] {
        let personas = files.write("personas.yaml", text);
        let ended = periscope(&["serve", "--config", &config, "--dev-personas", &personas]).await;
        let line = files.told(ended.refusal());
        assert!(line.starts_with("FOLDER/personas.yaml: ") && line.contains(told), "{line}");
    }
}

#[tokio::test]
async fn files_that_are_not_there_or_make_no_sense_are_named() {
    let files = Files::new();
    let missing = files.path("none").to_str().expect("text").to_owned();
    let told = |text: &str| files.told(text);
    let not_there = "No such file or directory (os error 2)";
    let ended = periscope(&["serve", "--config", &missing, "--dev-user", "a"]).await;
    assert_eq!(told(ended.refusal()), format!("cannot read FOLDER/none: {not_there}"));
    let ended = periscope(&["serve", "--kubeconfig", &missing]).await;
    let line = told(ended.refusal());
    assert!(line.starts_with("cannot use kubeconfig FOLDER/none: ") && line.contains("No such file"), "{line}");
    let garbage = [
        ("{", "a brace"),
        ("apiVersion: v1\nkind: Config\ncontexts: 7\n", "contexts that are a number"),
        ("\u{0}\u{1}", "bytes"),
        ("- a\n", "a list"),
    ];
    for (text, what) in garbage {
        let kubeconfig = files.write("kubeconfig", text);
        let ended = periscope(&["serve", "--kubeconfig", &kubeconfig]).await;
        assert!(told(ended.refusal()).starts_with("cannot use kubeconfig FOLDER/kubeconfig: "), "{what}: {ended:?}");
    }
    let kubeconfig = files.write("kubeconfig", "apiVersion: v1\nkind: Config\n");
    let ended = periscope(&["serve", "--kubeconfig", &kubeconfig]).await;
    assert_eq!(told(ended.refusal()), "FOLDER/kubeconfig has no context");
}

#[tokio::test]
async fn a_port_that_is_taken_is_one_line() {
    let files = Files::new();
    let kubeconfig = files.write("kubeconfig", NOWHERE);
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for arguments in [
        &["serve", "--kubeconfig", &kubeconfig, "--listen", &address][..],
        &["serve", "--kubeconfig", &kubeconfig, "--listen", "127.0.0.1:0", "--metrics-listen", &address],
    ] {
        let ended = periscope(arguments).await;
        assert_eq!(ended.refusal(), format!("cannot listen on {address}: Address already in use (os error 98)"));
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_named() {
    let files = Files::new();
    let kubeconfig = files.write("kubeconfig", NOWHERE);
    let folder = format!("{kubeconfig}/data");
    let arguments = ["serve", "--kubeconfig", &kubeconfig, "--listen", "127.0.0.1:0", "--data-dir", &folder];
    let ended = periscope(&arguments).await;
    assert_eq!(
        files.told(ended.refusal()),
        "cannot make the data folder FOLDER/kubeconfig/data: Not a directory (os error 20)"
    );
}

#[tokio::test]
async fn a_command_that_is_misspelt_says_what_there_is() {
    for arguments in [
        &["serve"][..],
        &["serve", "--config", "a", "--kubeconfig", "b"],
        &["serve", "--kubeconfig", "a", "--dev-user", "b"],
        &["serve", "--config", "a", "--dev-user", "b", "--dev-personas", "c"],
        &["serve", "--config", "a", "--dev-group", "b"],
        &["demo", "--listen", "8080"],
        &["demo", "--pods", "many"],
        &["nothing"],
        &[],
    ] {
        let ended = periscope(arguments).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{ended:?}");
        assert!(["--help", "Usage: periscope"].iter().any(|hint| ended.stderr.contains(hint)), "{}", ended.stderr);
    }
    let ended = periscope(&["--log", "periscope=loud", "openapi"]).await;
    assert!(ended.refusal().starts_with("--log \"periscope=loud\" is not a level or a list of levels"), "{ended:?}");
}
