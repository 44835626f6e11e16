//! Managed policies: AWS's, as far as something here uses them, and the accounts' own.

use crate::aws::estate::{self, ACCOUNTS, Account};
use crate::content::builder::DAY;

#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) description: &'static str,
    /// Of the policy's current version: `v3`.
    pub(crate) version: &'static str,
    document: &'static str,
    /// Older versions, newest first.
    older: &'static [(&'static str, &'static str)],
    /// Made so many days before the world.
    days: i64,
    /// `None`: AWS's.
    account: Option<&'static Account>,
}

impl Policy {
    pub(crate) fn arn(&self) -> String {
        let owner = self.account.map_or("aws", |account| account.id);
        format!("arn:aws:iam::{owner}:policy{}{}", self.path, self.name)
    }

    pub(crate) fn id(&self) -> String {
        estate::unique_id("ANPA", &self.arn())
    }

    pub(crate) fn is_aws(&self) -> bool {
        self.account.is_none()
    }

    pub(crate) fn age(&self) -> i64 {
        self.days * DAY
    }

    /// Version and document, the default one first.
    pub(crate) fn versions(&self) -> Vec<(&'static str, String)> {
        let fill = |text: &str| self.account.map_or_else(|| text.to_owned(), |account| estate::fill(account, text));
        std::iter::once((self.version, self.document))
            .chain(self.older.iter().copied())
            .map(|(version, text)| (version, fill(text)))
            .collect()
    }
}

/// The account's own.
pub(crate) fn of_account(account: &Account) -> impl Iterator<Item = &'static Policy> {
    let id = account.id;
    OWN.iter().filter(move |policy| policy.account.is_some_and(|owner| owner.id == id))
}

pub(crate) fn of_aws() -> impl Iterator<Item = &'static Policy> {
    AWS.iter()
}

const fn aws(name: &'static str, path: &'static str, version: &'static str, document: &'static str) -> Policy {
    Policy { name, path, description: "", version, document, older: &[], days: 900, account: None }
}

static AWS: [Policy; 8] = [
    aws(
        "AmazonEKSWorkerNodePolicy",
        "/",
        "v3",
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"WorkerNodePermissions","Effect":"Allow","Action":["ec2:DescribeInstances","ec2:DescribeInstanceTypes","ec2:DescribeRouteTables","ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeVolumes","ec2:DescribeVolumesModifications","ec2:DescribeVpcs","eks:DescribeCluster","eks-auth:AssumeRoleForPodIdentity"],"Resource":"*"}]}"#,
    ),
    aws(
        "AmazonEC2ContainerRegistryPullOnly",
        "/",
        "v1",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ecr:GetAuthorizationToken","ecr:BatchGetImage","ecr:GetDownloadUrlForLayer","ecr:BatchImportUpstreamImage"],"Resource":"*"}]}"#,
    ),
    aws(
        "AmazonEKS_CNI_Policy",
        "/",
        "v6",
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"AmazonEKSCNIPolicy","Effect":"Allow","Action":["ec2:AssignPrivateIpAddresses","ec2:AttachNetworkInterface","ec2:CreateNetworkInterface","ec2:DeleteNetworkInterface","ec2:DescribeInstances","ec2:DescribeTags","ec2:DescribeNetworkInterfaces","ec2:DescribeInstanceTypes","ec2:DescribeSubnets","ec2:DescribeSecurityGroups","ec2:DetachNetworkInterface","ec2:ModifyNetworkInterfaceAttribute","ec2:UnassignPrivateIpAddresses"],"Resource":"*"},{"Sid":"AmazonEKSCNIPolicyENITag","Effect":"Allow","Action":["ec2:CreateTags"],"Resource":["arn:aws:ec2:*:*:network-interface/*"]}]}"#,
    ),
    aws(
        "AmazonEKSClusterPolicy",
        "/",
        "v10",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["autoscaling:DescribeAutoScalingGroups","autoscaling:UpdateAutoScalingGroup","ec2:AttachVolume","ec2:AuthorizeSecurityGroupIngress","ec2:CreateRoute","ec2:CreateSecurityGroup","ec2:CreateTags","ec2:CreateVolume","ec2:DescribeInstances","ec2:DescribeSubnets","ec2:DescribeVpcs","elasticloadbalancing:*","kms:DescribeKey"],"Resource":"*"}]}"#,
    ),
    aws(
        "AmazonSSMManagedInstanceCore",
        "/",
        "v2",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssm:DescribeAssociation","ssm:GetDeployablePatchSnapshotForInstance","ssm:GetDocument","ssm:DescribeDocument","ssm:GetManifest","ssm:GetParameter","ssm:GetParameters","ssm:ListAssociations","ssm:ListInstanceAssociations","ssm:PutInventory","ssm:PutComplianceItems","ssm:PutConfigurePackageResult","ssm:UpdateAssociationStatus","ssm:UpdateInstanceAssociationStatus","ssm:UpdateInstanceInformation"],"Resource":"*"},{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel","ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],"Resource":"*"},{"Effect":"Allow","Action":["ec2messages:AcknowledgeMessage","ec2messages:DeleteMessage","ec2messages:FailMessage","ec2messages:GetEndpoint","ec2messages:GetMessages","ec2messages:SendReply"],"Resource":"*"}]}"#,
    ),
    aws(
        "AmazonEBSCSIDriverPolicy",
        "/service-role/",
        "v4",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:CreateSnapshot","ec2:ModifyVolume"],"Resource":"arn:aws:ec2:*:*:volume/*"},{"Effect":"Allow","Action":["ec2:AttachVolume","ec2:DetachVolume"],"Resource":["arn:aws:ec2:*:*:volume/*","arn:aws:ec2:*:*:instance/*"]},{"Effect":"Allow","Action":["ec2:DescribeAvailabilityZones","ec2:DescribeInstances","ec2:DescribeSnapshots","ec2:DescribeTags","ec2:DescribeVolumes","ec2:DescribeVolumesModifications"],"Resource":"*"},{"Effect":"Allow","Action":["ec2:CreateTags"],"Resource":["arn:aws:ec2:*:*:volume/*","arn:aws:ec2:*:*:snapshot/*"],"Condition":{"StringEquals":{"ec2:CreateAction":["CreateVolume","CreateSnapshot"]}}},{"Effect":"Allow","Action":["ec2:CreateVolume"],"Resource":"arn:aws:ec2:*:*:volume/*","Condition":{"StringLike":{"aws:RequestTag/ebs.csi.aws.com/cluster":"true"}}},{"Effect":"Allow","Action":["ec2:DeleteVolume"],"Resource":"arn:aws:ec2:*:*:volume/*","Condition":{"StringLike":{"ec2:ResourceTag/ebs.csi.aws.com/cluster":"true"}}}]}"#,
    ),
    aws(
        "AdministratorAccess",
        "/",
        "v1",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#,
    ),
    aws(
        "SecretsManagerReadWrite",
        "/",
        "v5",
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"BasicPermissions","Effect":"Allow","Action":["secretsmanager:*","cloudformation:CreateChangeSet","cloudformation:DescribeChangeSet","cloudformation:DescribeStackResource","cloudformation:DescribeStacks","cloudformation:ExecuteChangeSet","docdb-elastic:GetCluster","docdb-elastic:ListClusters","ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeVpcs","kms:DescribeKey","kms:ListAliases","kms:ListKeys","lambda:ListFunctions","rds:DescribeDBClusters","rds:DescribeDBInstances","redshift:DescribeClusters","redshift-serverless:ListWorkgroups","redshift-serverless:GetNamespace","tag:GetResources"],"Resource":"*"},{"Sid":"LambdaPermissions","Effect":"Allow","Action":["lambda:AddPermission","lambda:CreateFunction","lambda:GetFunction","lambda:InvokeFunction","lambda:UpdateFunctionConfiguration"],"Resource":"arn:aws:lambda:*:*:function:SecretsManager*"}]}"#,
    ),
];

const BOUNDARY: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"TeamsMayUseData","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket","sqs:*","dynamodb:GetItem","dynamodb:Query","logs:PutLogEvents"],"Resource":"*"},{"Sid":"NeverIdentity","Effect":"Deny","Action":["iam:*","organizations:*","account:*"],"Resource":"*"}]}"#;

const SHARED: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Data","Effect":"Allow","Action":["s3:GetObject","s3:PutObject","dynamodb:GetItem","dynamodb:PutItem","dynamodb:Scan","sqs:SendMessage","sns:Publish"],"Resource":"*"},{"Sid":"Secrets","Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}]}"#;

/// What it was before somebody narrowed it: only the default version counts.
const SHARED_FIRST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","dynamodb:*","sqs:*","sns:*","secretsmanager:*"],"Resource":"*"}]}"#;

const fn own(account: usize, name: &'static str, document: &'static str) -> Policy {
    Policy {
        name,
        path: "/",
        description: "",
        version: "v1",
        document,
        older: &[],
        days: 300,
        account: Some(ACCOUNTS[account]),
    }
}

const fn boundary(account: usize) -> Policy {
    Policy { description: "what a team's role can have at most", ..own(account, "team-boundary", BOUNDARY) }
}

const fn shared(account: usize) -> Policy {
    Policy {
        version: "v2",
        older: &[("v1", SHARED_FIRST)],
        description: "grew over the years",
        ..own(account, "shared-platform", SHARED)
    }
}

static OWN: [Policy; 9] = [
    boundary(0),
    shared(0),
    own(0, "periscope-read", super::console::READ),
    own(0, "periscope-reach", super::console::REACH),
    boundary(1),
    shared(1),
    own(1, "periscope-read", super::console::READ),
    own(2, "periscope-read", super::console::READ),
    own(3, "periscope-read-organization", super::console::READ_ORGANIZATION),
];
