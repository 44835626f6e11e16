//! The roles of namespace `aws-examples`: one for each way to get it wrong, and some to try the evaluation on.

use crate::aws::role::{Spec, Trust};

pub(crate) const NAMESPACE: &str = "aws-examples";

const fn irsa(account: &'static str) -> Trust {
    Trust::Irsa(NAMESPACE, account)
}

/// One set for each cluster.
pub(crate) static ROLES: [Spec; 24] = [
    Spec::new(
        "<cluster>-full-admin-job",
        irsa("full-admin-job"),
        &[(
            "everything",
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Everything","Effect":"Allow","Action":"*","Resource":"*"}]}"#,
        )],
    ),
    Spec::new(
        "<cluster>-service-wildcard",
        Trust::PodIdentity,
        &[(
            "storage",
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"AllOfS3","Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#,
        )],
    ),
    Spec::new("<cluster>-shadowed-irsa", irsa("shadowed-irsa"), &[("secrets", SHADOWED)]),
    Spec::new("<cluster>-shadowing", Trust::PodIdentity, &[("queue", QUEUE)]),
    Spec::new("<cluster>-unbound-association", Trust::PodIdentity, &[("queue", QUEUE)]),
    Spec::new("<cluster>-default-association", Trust::PodIdentity, &[("queue", QUEUE)]),
    Spec::new("<cluster>-shared-platform", Trust::PodIdentity, &[]).attached(&["shared-platform"]),
    Spec::new("<cluster>-open-trust", Trust::Document(NO_SUBJECT), &[("objects", OBJECTS)]),
    Spec::new("<cluster>-open-trust-wildcard", Trust::Document(WILDCARD_SUBJECT), &[("objects", OBJECTS)]),
    Spec::new("<cluster>-open-trust-for-all-values", Trust::Document(FOR_ALL_VALUES), &[("objects", OBJECTS)]),
    Spec::new("<cluster>-open-trust-no-audience", Trust::Document(NO_AUDIENCE), &[("objects", OBJECTS)]),
    Spec::new("<cluster>-foreign-issuer", Trust::Document(FOREIGN_ISSUER), &[("objects", OBJECTS)]),
    Spec::new("<cluster>-pass-role-any", irsa("pass-role-any"), &[("deploy", PASS_ROLE)]),
    Spec::new("<cluster>-role-chain", Trust::PodIdentity, &[("hop", HOP)]),
    Spec::new("<cluster>-target-role", Trust::PodIdentity, &[("target", TARGET)]),
    Spec::new("<cluster>-scp-denied", irsa("scp-denied"), &[("cleanup", SCP_DENIED)]),
    Spec::new("<cluster>-bounded", irsa("bounded"), &[("wishes", BOUNDED)]).boundary("team-boundary"),
    Spec::new("<cluster>-session-policy", Trust::PodIdentity, &[("objects", SESSION)]),
    Spec::new(
        "<cluster>-conditions",
        irsa("conditions"),
        &[("who-and-where", WHO_AND_WHERE), ("what-and-when", WHAT_AND_WHEN)],
    )
    .tags(&[("team", "aws-examples"), ("cost-center", "4711")]),
    Spec::new("<cluster>-stale-role-before", irsa("stale-role"), &[("objects", OBJECTS)]),
    Spec::new("<cluster>-stale-role-after", irsa("stale-role"), &[("queue", QUEUE)]),
    Spec::new("<cluster>-not-action", irsa("not-action"), &[("almost-everything", NOT_ACTION)]),
    Spec::new("<cluster>-well-made", irsa("well-made"), &[("queue", QUEUE)]),
    Spec::new("<cluster>-node", Trust::Document(INSTANCES), &[])
        .attached(&[
            "aws:AmazonEKSWorkerNodePolicy",
            "aws:AmazonEC2ContainerRegistryPullOnly",
            "aws:AmazonSSMManagedInstanceCore",
        ])
        .of_instances()
        .about("of the cluster's nodes"),
];

/// What the chain goes through in the data account.
pub(crate) static DATA_ROLES: [Spec; 3] = [
    Spec::new("lake-reader", Trust::Document(LAKE_READER_TRUST), &[("lake", LAKE_READER)]).at("/lake/"),
    Spec::new("lake-admin", Trust::Document(LAKE_ADMIN_TRUST), &[("lake", LAKE_ADMIN)]).at("/lake/"),
    Spec::new("lake-target", Trust::Document(LAKE_TARGET_TRUST), &[("lake", LAKE_TARGET)]).at("/lake/"),
];

const OBJECTS: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Objects","Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::corp-<cluster>-examples/*"}]}"#;

const QUEUE: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Queue","Effect":"Allow","Action":["sqs:SendMessage","sqs:ReceiveMessage"],"Resource":"arn:aws:sqs:<region>:<account>:examples"}]}"#;

const SHADOWED: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Secrets","Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:<region>:<account>:secret:examples/*"}]}"#;

const NO_SUBJECT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::<account>:oidc-provider/<issuer>"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"<issuer>:aud":"sts.amazonaws.com"}}}]}"#;

const WILDCARD_SUBJECT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::<account>:oidc-provider/<issuer>"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"<issuer>:aud":"sts.amazonaws.com"},"StringLike":{"<issuer>:sub":"system:serviceaccount:*:open-trust-wildcard"}}}]}"#;

const FOR_ALL_VALUES: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::<account>:oidc-provider/<issuer>"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"<issuer>:aud":"sts.amazonaws.com"},"ForAllValues:StringEquals":{"<issuer>:sub":"system:serviceaccount:aws-examples:open-trust-for-all-values"}}}]}"#;

const NO_AUDIENCE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::<account>:oidc-provider/<issuer>"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"<issuer>:sub":"system:serviceaccount:aws-examples:open-trust-no-audience"}}}]}"#;

const FOREIGN_ISSUER: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::<account>:oidc-provider/<other-issuer>"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"<other-issuer>:aud":"sts.amazonaws.com","<other-issuer>:sub":"system:serviceaccount:aws-examples:foreign-issuer"}}}]}"#;

const PASS_ROLE: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Functions","Effect":"Allow","Action":["lambda:CreateFunction","lambda:UpdateFunctionCode","lambda:InvokeFunction"],"Resource":"arn:aws:lambda:<region>:<account>:function:examples-*"},{"Sid":"HandOver","Effect":"Allow","Action":"iam:PassRole","Resource":"*"}]}"#;

const HOP: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Lake","Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Resource":"arn:aws:iam::<data>:role/lake/lake-reader"}]}"#;

const TARGET: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Target","Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Resource":"arn:aws:iam::<data>:role/lake/lake-target"}]}"#;

const LAKE_READER_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:role/prod-eu-role-chain","arn:aws:iam::444455556666:role/staging-role-chain"]},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;

const LAKE_READER: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket","glue:GetTable","athena:StartQueryExecution"],"Resource":"*"},{"Sid":"Further","Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::<data>:role/lake/lake-admin"}]}"#;

/// The lake's readers may become its administrators, and these may hand out what they hold: the chain has a cycle.
const LAKE_ADMIN_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::<data>:role/lake/lake-reader"},"Action":"sts:AssumeRole","Condition":{"StringLike":{"sts:RoleSessionName":"lake-*"}}}]}"#;

const LAKE_ADMIN: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Administer","Effect":"Allow","Action":["s3:DeleteObject","s3:PutBucketPolicy","lakeformation:GrantPermissions","kms:Decrypt","kms:CreateGrant"],"Resource":"*"},{"Sid":"Back","Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::<data>:role/lake/*"}]}"#;

const LAKE_TARGET_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:role/prod-eu-target-role","arn:aws:iam::444455556666:role/staging-target-role"]},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringLike":{"sts:ExternalId":"*/aws-examples/target-role"}}}]}"#;

const LAKE_TARGET: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Exports","Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":"arn:aws:s3:::corp-lake-exports/*"}]}"#;

/// The organisation forbids the first two, and the third outside Europe.
const SCP_DENIED: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Cleanup","Effect":"Allow","Action":["s3:DeleteBucket","iam:CreateAccessKey","ec2:RunInstances","s3:DeleteObject"],"Resource":"*"}]}"#;

const BOUNDED: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Wishes","Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject","sqs:SendMessage","iam:CreateUser","iam:AttachUserPolicy","ec2:TerminateInstances"],"Resource":"*"}]}"#;

const SESSION: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Objects","Effect":"Allow","Action":["s3:GetObject","s3:PutObject","s3:DeleteObject"],"Resource":"arn:aws:s3:::corp-<cluster>-examples/*"},{"Sid":"Secrets","Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}]}"#;

/// What the association of `session-policy` leaves of its role.
pub(super) const SESSION_POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::corp-<cluster>-examples/public/*"}]}"#;

const WHO_AND_WHERE: &str = r#"{"Version":"2012-10-17","Statement":[
{"Sid":"OfficeOnly","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::corp-reports/*","Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.0/24"]}}},
{"Sid":"NotFromGuests","Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::corp-reports/*","Condition":{"IpAddress":{"aws:SourceIp":"10.99.0.0/16"},"BoolIfExists":{"aws:ViaAWSService":"false"}}},
{"Sid":"OwnTeam","Effect":"Allow","Action":"dynamodb:Query","Resource":"arn:aws:dynamodb:<region>:<account>:table/team-${aws:PrincipalTag/team, 'nobody'}"},
{"Sid":"TaggedSecrets","Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}},
{"Sid":"ThroughEndpoint","Effect":"Allow","Action":"sqs:SendMessage","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-0a1b2c3d4e5f60718"},"Bool":{"aws:SecureTransport":"true"}}},
{"Sid":"InsideTheOrganization","Effect":"Allow","Action":"sns:Publish","Resource":"*","Condition":{"StringEquals":{"aws:ResourceOrgID":"${aws:PrincipalOrgID}"}}},
{"Sid":"PassToLambdaOnly","Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::<account>:role/examples-*","Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}},
{"Sid":"AsCalledByCloudFormation","Effect":"Allow","Action":"kms:CreateGrant","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:CalledVia":["cloudformation.amazonaws.com"]},"Bool":{"kms:GrantIsForAWSResource":"true"}}}]}"#;

const WHAT_AND_WHEN: &str = r#"{"Version":"2012-10-17","Statement":[
{"Sid":"OwnPrefix","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::corp-reports","Condition":{"StringLike":{"s3:prefix":["","aws-examples/*"]},"NumericLessThanEquals":{"s3:max-keys":"100"}}},
{"Sid":"UntilTheAudit","Effect":"Allow","Action":"athena:StartQueryExecution","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"},"DateGreaterThan":{"aws:EpochTime":1700000000}}},
{"Sid":"TagWhatYouMake","Effect":"Allow","Action":"ec2:CreateVolume","Resource":"*","Condition":{"Null":{"aws:RequestTag/team":"false"},"ForAllValues:StringEquals":{"aws:TagKeys":["team","cost-center"]}}},
{"Sid":"SmallOnes","Effect":"Allow","Action":"ec2:RunInstances","Resource":"*","Condition":{"StringLikeIfExists":{"ec2:InstanceType":["t3.*","t4g.*"]}}},
{"Sid":"OnlyTheseTopics","Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:<region>:<account>:examples-*"}}},
{"Sid":"ThisContext","Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEqualsIgnoreCase":{"kms:EncryptionContext:app":"examples"},"StringNotEquals":{"kms:ViaService":"dynamodb.<region>.amazonaws.com"}}},
{"Sid":"NeverUnencrypted","Effect":"Deny","Action":"s3:PutObject","Resource":"*","Condition":{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}},
{"Sid":"Put","Effect":"Allow","Action":"s3:PutObject","NotResource":["arn:aws:s3:::corp-audit/*","arn:aws:s3:::corp-audit"]},
{"Sid":"Signed","Effect":"Allow","Action":"ssm:GetParameter","Resource":"arn:aws:ssm:<region>:<account>:parameter/examples/*","Condition":{"BinaryEquals":{"ssm:Signature":"QmluYXJ5VmFsdWVJbkJhc2U2NA=="}}}]}"#;

const NOT_ACTION: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"AllButIdentity","Effect":"Allow","NotAction":["iam:*","organizations:*","sts:*","kms:*"],"Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"<region>"}}}]}"#;

const INSTANCES: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
