//! The roles of ordinary workloads, as a good chart makes them: their own things, and nothing else.

use crate::aws::estate::EksCluster;
use crate::aws::role::{Role, irsa_trust};
use crate::content::image::hash;

/// Those that visitors are shown; the others have or have not by chance.
const ALWAYS: &[(&str, &str)] =
    &[("payments", "api"), ("search", "indexer"), ("media", "transcoder"), ("platform", "backup")];

/// Whether a workload has a role at all. A prototype asks with its hole for a name, so all made of it are alike.
pub(crate) fn has_role(namespace: &str, name: &str) -> bool {
    ALWAYS.contains(&(namespace, name)) || !hash(name).is_multiple_of(3)
}

/// By a Pod Identity association instead of an annotation.
pub(crate) fn by_association(namespace: &str, name: &str) -> bool {
    matches!((namespace, name), ("media", "transcoder") | ("platform", "backup"))
}

pub(crate) fn role_name(cluster: &str, namespace: &str, name: &str) -> String {
    format!("{cluster}-{namespace}-{name}")
}

pub(crate) fn role(cluster: &'static EksCluster, namespace: &str, name: &str) -> Role {
    let trust =
        if by_association(namespace, name) { cluster.fill(ASSOCIATED) } else { irsa_trust(cluster, namespace, name) };
    let text = match (namespace, name) {
        ("payments", "api") => PAYMENTS,
        ("search", "indexer") => INDEXER,
        ("media", "transcoder") => TRANSCODER,
        ("platform", "backup") => BACKUP,
        _ => ORDINARY[usize::try_from(hash(name) % 4).unwrap_or(0)],
    };
    let text = cluster.fill(text).replace("<ns>", namespace).replace("<app>", name);
    Role {
        account: cluster.account.id,
        name: role_name(cluster.name, namespace, name),
        path: "/",
        trust: trust.replace("<ns>", namespace).replace("<app>", name),
        inline: vec![("access".to_owned(), text)],
        tags: vec![("team".to_owned(), namespace.to_owned())],
        ..Role::default()
    }
}

/// Pod Identity, held to this cluster, namespace and account.
const ASSOCIATED: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"aws:SourceAccount":"<account>","aws:RequestTag/kubernetes-namespace":"<ns>","aws:RequestTag/kubernetes-service-account":"<app>"},"ArnEquals":{"aws:SourceArn":"<cluster-arn>"}}}]}"#;

const PAYMENTS: &str = r#"{"Version":"2012-10-17","Statement":[
{"Sid":"Receipts","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::corp-<cluster>-receipts/*"},
{"Sid":"ReceiptsBucket","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::corp-<cluster>-receipts","Condition":{"StringLike":{"s3:prefix":"payments/*"}}},
{"Sid":"Key","Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"arn:aws:kms:<region>:<account>:key/5a3f2f7e-6b1c-4a43-9a1f-0c8d1f3f9b21","Condition":{"StringEquals":{"kms:ViaService":"s3.<region>.amazonaws.com"}}},
{"Sid":"Credentials","Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:<region>:<account>:secret:payments/api-*"}]}"#;

const INDEXER: &str = r#"{"Version":"2012-10-17","Statement":[
{"Sid":"Index","Effect":"Allow","Action":["es:ESHttpGet","es:ESHttpHead","es:ESHttpPost","es:ESHttpPut"],"Resource":"arn:aws:es:<region>:<account>:domain/search-<cluster>/*"},
{"Sid":"Feed","Effect":"Allow","Action":["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"],"Resource":"arn:aws:sqs:<region>:<account>:search-catalog-changes"}]}"#;

const TRANSCODER: &str = r#"{"Version":"2012-10-17","Statement":[
{"Sid":"Originals","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::corp-<cluster>-originals/*"},
{"Sid":"Renditions","Effect":"Allow","Action":["s3:PutObject","s3:AbortMultipartUpload"],"Resource":"arn:aws:s3:::corp-<cluster>-renditions/*"},
{"Sid":"Jobs","Effect":"Allow","Action":["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:ChangeMessageVisibility"],"Resource":"arn:aws:sqs:<region>:<account>:media-transcode"}]}"#;

const BACKUP: &str = r#"{"Version":"2012-10-17","Statement":[
{"Sid":"Write","Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::corp-<cluster>-backups/${aws:PrincipalTag/kubernetes-namespace}/*"},
{"Sid":"Keep","Effect":"Deny","Action":["s3:DeleteObject","s3:DeleteObjectVersion","s3:PutObjectRetention"],"Resource":"arn:aws:s3:::corp-<cluster>-backups/*"}]}"#;

const ORDINARY: [&str; 4] = [
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"Objects","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::corp-<cluster>-<ns>/<app>/*"},{"Sid":"Bucket","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::corp-<cluster>-<ns>","Condition":{"StringLike":{"s3:prefix":"<app>/*"}}}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"Queue","Effect":"Allow","Action":["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:SendMessage"],"Resource":"arn:aws:sqs:<region>:<account>:<ns>-<app>"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"Table","Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:PutItem","dynamodb:Query"],"Resource":"arn:aws:dynamodb:<region>:<account>:table/<ns>-<app>"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"Settings","Effect":"Allow","Action":["ssm:GetParameter","ssm:GetParametersByPath"],"Resource":"arn:aws:ssm:<region>:<account>:parameter/<ns>/<app>/*"}]}"#,
];
