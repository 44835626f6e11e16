#![expect(clippy::needless_pass_by_value, reason = "rows are written with what `json!` makes")]

use super::*;
use crate::policy::PolicyKind;
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::111122223333:role/app";
const PROVIDER: &str = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A";
const ISSUER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/A";

fn trust(statement: Value) -> Policy {
    let document = json!({"Version": "2012-10-17", "Statement": statement});
    Policy::parse("trust", PolicyKind::Trust, &document.to_string()).unwrap()
}

fn identity(statement: Value) -> Policy {
    let document = json!({"Version": "2012-10-17", "Statement": statement});
    Policy::parse("identity", PolicyKind::Identity, &document.to_string()).unwrap()
}

fn words(explanation: &Explanation) -> String {
    match &explanation.verdict {
        Verdict::Allowed => "yes".into(),
        Verdict::Denied { .. } => "no".into(),
        Verdict::Conditional(residual) => residual.words(),
    }
}

fn by_web_identity(condition: Value) -> String {
    let statement = json!({"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": PROVIDER}, "Condition": condition});
    let (policy, identity) =
        (trust(statement), WebIdentity { provider: PROVIDER, namespace: "shop", service_account: "web" });
    words(&assume_by_web_identity(&identity, &Target { arn: ROLE, trust: Some(&policy) }))
}

#[test]
fn fact_40_a_service_account_is_let_in_by_its_subject() {
    let (sub, aud) = (format!("{ISSUER}:sub"), format!("{ISSUER}:aud"));
    for (condition, expected) in [
        (json!({"StringEquals": {&sub: "system:serviceaccount:shop:web", &aud: "sts.amazonaws.com"}}), "yes"),
        (json!({"StringEquals": {&sub: "system:serviceaccount:shop:db"}}), "no"),
        (json!({"StringEquals": {&aud: "sts.amazonaws.com"}}), "yes"),
        (json!({"StringLike": {&sub: "system:serviceaccount:shop:*"}}), "yes"),
        (
            json!({"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/B:sub": "system:serviceaccount:shop:web"}}),
            "no",
        ),
        (json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), "aws:SourceIp is in 10.0.0.0/8"),
    ] {
        assert_eq!(by_web_identity(condition.clone()), expected, "{condition}");
    }
}

fn by_pod_identity(actions: Value, condition: Value, session_tags: bool) -> String {
    let statement = json!({"Effect": "Allow", "Action": actions, "Principal": {"Service": "pods.eks.amazonaws.com"}, "Condition": condition});
    let cluster = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
    let identity = PodIdentity { cluster, namespace: "shop", service_account: "web", session_tags };
    words(&assume_by_pod_identity(&identity, &Target { arn: ROLE, trust: Some(&trust(statement)) }))
}

#[test]
fn fact_41_pod_identity_needs_to_pass_its_tags() {
    let both = || json!(["sts:AssumeRole", "sts:TagSession"]);
    let tagged = |namespace: &str| json!({"StringEquals": {"aws:RequestTag/kubernetes-namespace": namespace}});
    for (actions, condition, session_tags, expected) in [
        (both(), json!({}), true, "yes"),
        (json!("sts:AssumeRole"), json!({}), true, "no"),
        (json!("sts:AssumeRole"), json!({}), false, "yes"),
        (both(), tagged("shop"), true, "yes"),
        (both(), tagged("bank"), true, "no"),
        (both(), tagged("shop"), false, "no"),
        (both(), json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}), true, "yes"),
        (both(), json!({"ArnLike": {"aws:SourceArn": "arn:aws:eks:*:*:cluster/other"}}), true, "no"),
        (
            both(),
            json!({"StringLike": {"aws:RequestTag/kubernetes-pod-name": "web-*"}}),
            true,
            "aws:RequestTag/kubernetes-pod-name matches web-*",
        ),
    ] {
        assert_eq!(
            by_pod_identity(actions.clone(), condition.clone(), session_tags),
            expected,
            "{actions} {condition} {session_tags}"
        );
    }
}

#[test]
fn what_was_not_read_is_open() {
    let identity = WebIdentity { provider: PROVIDER, namespace: "shop", service_account: "web" };
    let found = assume_by_web_identity(&identity, &Target { arn: ROLE, trust: None });
    assert_eq!(words(&found), "the resource policy, which was not seen, allows it");
    let nobody = WebIdentity { provider: "nonsense", ..identity };
    assert_eq!(words(&assume_by_web_identity(&nobody, &Target { arn: ROLE, trust: None })), "no");
}

/// A role that may become some, and whom it lets in.
fn role(name: &str, may: Value, admits: Value) -> (RolePolicies, Policy) {
    let arn = format!("arn:aws:iam::111122223333:role/{name}");
    let mut policies = RolePolicies::new(Principal::parse(&arn).unwrap());
    policies.identity = vec![identity(may)];
    (policies, trust(json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": admits})))
}

fn may(name: &str, condition: Value) -> Value {
    json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": format!("arn:aws:iam::111122223333:role/{name}"), "Condition": condition})
}

#[test]
fn fact_39_chains_end_where_they_have_been_and_prefer_what_is_sure() {
    let root = || json!({"AWS": "111122223333"});
    let by = |name: &str| json!({"AWS": format!("arn:aws:iam::111122223333:role/{name}")});
    let guarded = || json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}});
    let roles = [
        role("a", json!([may("b", json!({})), may("d", guarded())]), root()),
        role("b", may("c", json!({})), root()),
        // Back to the start, and on.
        role("c", json!([may("a", json!({})), may("d", json!({}))]), root()),
        role("d", may("e", guarded()), root()),
        role("e", may("nobody", json!({})), root()),
        // Named by the role's trust: no identity policy is needed.
        role("f", may("nobody", json!({})), by("b")),
        role("g", may("nobody", json!({})), by("nobody")),
    ];
    let nodes: Vec<_> = roles.iter().map(|(policies, trust)| Node { policies, trust: Some(trust) }).collect();
    let found = chains(0, &nodes, &Context::incomplete());
    let shown: Vec<_> = found.iter().map(|chain| (chain.via.clone(), chain.verdict.is_allowed())).collect();
    assert_eq!(
        shown,
        [(vec![1], true), (vec![1, 2], true), (vec![1, 5], true), (vec![1, 2, 3], true), (vec![1, 2, 3, 4], false),]
    );
    assert!(chains(99, &nodes, &Context::incomplete()).is_empty());
    // Without the sure way the guarded one counts.
    let short: Vec<_> = [nodes[0], nodes[3]].into();
    let found = chains(0, &short, &Context::incomplete());
    assert_eq!(found.len(), 1);
    assert!(
        matches!(&found[0].verdict, Verdict::Conditional(residual) if residual.words() == "aws:SourceVpc is vpc-1")
    );
}

#[test]
fn the_session_of_a_pod_knows_its_tags() {
    let identity = PodIdentity {
        cluster: "arn:aws:eks:eu-west-1:111122223333:cluster/prod",
        namespace: "shop",
        service_account: "web",
        session_tags: true,
    };
    let context = identity.session_context();
    assert_eq!(context.get("aws:PrincipalTag/eks-cluster-name"), crate::Found::One("prod"));
    assert_eq!(context.get("aws:PrincipalTag/kubernetes-pod-uid"), crate::Found::Unknown);
}
