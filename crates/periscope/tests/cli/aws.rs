//! Which AWS credentials stop `serve` before it starts, and what the policy for its role says.

use insta::assert_snapshot;

use super::run::{Files, NOWHERE, periscope, periscope_with};

const PLAIN: &str = "clusters:\n  - {id: a, kubeconfig: {path: nowhere}}\n";
const EKS: &str = "clusters:\n  - {id: a, eks: {arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/a'}}\n";

const WAYS: &str = "give its service account a role by EKS Pod Identity or IRSA";
const PLUGIN: &str = "let the kubeconfig's credential plugin take its profile from users[].user.exec.env, where `aws eks \
                      update-kubeconfig --profile` writes it";

#[tokio::test]
async fn static_keys_and_profiles_are_refused_whatever_is_served() {
    let files = Files::new();
    let (plain, eks) = (files.write("plain.yaml", PLAIN), files.write("eks.yaml", EKS));
    let kubeconfig = files.write("kubeconfig", NOWHERE);
    let keys = "static AWS keys are in the environment (AWS_ACCESS_KEY_ID), and Periscope takes none: remove them and ";
    let profile =
        "a shared AWS profile is named in the environment (AWS_PROFILE=ops), and Periscope takes none: remove it and ";
    for (environment, told) in [
        (&[("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "x")][..], keys),
        (&[("AWS_PROFILE", "ops")], profile),
    ] {
        for (way, ways) in
            [(["--config", &plain], WAYS), (["--config", &eks], WAYS), (["--kubeconfig", &kubeconfig], PLUGIN)]
        {
            let ended = periscope_with(&[&["serve"][..], &way].concat(), environment).await;
            assert_eq!(ended.refusal(), format!("{told}{ways}"));
        }
    }
}

#[tokio::test]
async fn an_instance_profile_is_not_fallen_back_to() {
    let files = Files::new();
    let eks = files.write("eks.yaml", EKS);
    let home = files.path("person");
    std::fs::create_dir_all(home.join(".aws")).expect("a folder");
    let home_text = home.to_str().expect("text").to_owned();
    let serve = ["serve", "--config", &eks, "--dev-user", "alice"];
    let ended = periscope_with(&serve, &[("HOME", &home_text)]).await;
    assert!(ended.refusal().contains("Periscope does not fall back to an instance profile"), "{ended:?}");
    let metadata =
        [("HOME", home_text.as_str()), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.169.254/latest")];
    let ended = periscope_with(&serve, &metadata).await;
    assert!(ended.refusal().contains("is no address of a credential agent"), "{ended:?}");
    std::fs::write(home.join(".aws/credentials"), "[default]\n").expect("a file");
    let web = [
        ("HOME", home_text.as_str()),
        ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/p"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere"),
    ];
    let ended = periscope_with(&serve, &web).await;
    assert!(files.told(ended.refusal()).starts_with("there is a shared AWS profile (FOLDER/person/.aws/credentials)"));
}

#[tokio::test]
async fn without_aws_there_is_nothing_to_refuse() {
    let files = Files::new();
    let plain = files.write("plain.yaml", PLAIN);
    let ended = periscope(&["serve", "--config", &plain]).await;
    assert!(ended.refusal().starts_with("nobody could sign in"), "{ended:?}");
}

#[tokio::test]
async fn placeholder_keys_are_for_loopback_only() {
    let files = Files::new();
    let keys = [("AWS_ACCESS_KEY_ID", "x"), ("AWS_SECRET_ACCESS_KEY", "y")];
    let here = files.write("here.yaml", &format!("aws: {{endpoint: 'http://127.0.0.1:9'}}\n{EKS}"));
    let ended = periscope_with(&["serve", "--config", &here], &keys).await;
    assert!(ended.refusal().starts_with("nobody could sign in"), "{ended:?}");
    let away = files.write("away.yaml", &format!("aws: {{endpoint: 'https://aws.corp'}}\n{EKS}"));
    let ended = periscope_with(&["serve", "--config", &away], &keys).await;
    assert!(ended.refusal().starts_with("static AWS keys are in the environment"), "{ended:?}");
}

#[tokio::test]
async fn the_policy_for_its_own_role() {
    let arguments = [
        "permissions",
        "iam",
        "--feature",
        "access",
        "--cluster",
        "arn:aws-cn:eks:cn-north-1:111122223333:cluster/prod",
        "--assume-role",
        "arn:aws-cn:iam::444455556666:role/periscope",
    ];
    let ended = periscope(&arguments).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    assert_snapshot!(ended.stdout);
    for (arguments, told) in [
        (["--cluster", "prod"], "--cluster \"prod\" is not the ARN of an EKS cluster"),
        (["--assume-role", "admin"], "--assume-role \"admin\" is not the ARN of a role"),
    ] {
        let ended = periscope(&[&["permissions", "iam"][..], &arguments].concat()).await;
        assert_eq!(ended.refusal(), told);
    }
}
