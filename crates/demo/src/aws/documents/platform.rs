//! The roles of what runs the clusters, and of people and pipelines.

use crate::aws::role::{Spec, Trust};

/// One set for each cluster; well made, but for what people have kept of old times.
pub(crate) static ROLES: [Spec; 9] = [
    Spec::new("<cluster>-cluster", Trust::Document(CONTROL_PLANE), &[]).attached(&["aws:AmazonEKSClusterPolicy"]),
    Spec::new("<cluster>-karpenter", Trust::PodIdentity, &[("controller", KARPENTER)]),
    Spec::new("<cluster>-ebs-csi-controller", Trust::PodIdentity, &[])
        .attached(&["aws:service-role/AmazonEBSCSIDriverPolicy"]),
    Spec::new("<cluster>-aws-load-balancer-controller", Trust::PodIdentity, &[("controller", LOAD_BALANCER)]),
    Spec::new("<cluster>-external-dns", Trust::Irsa("kube-system", "external-dns"), &[("records", EXTERNAL_DNS)]),
    Spec::new("<cluster>-external-secrets", Trust::PodIdentity, &[("secrets", EXTERNAL_SECRETS)]),
    Spec::new("<cluster>-cert-manager", Trust::PodIdentity, &[("records", CERT_MANAGER)]),
    Spec::new("<cluster>-aws-node", Trust::PodIdentity, &[]).attached(&["aws:AmazonEKS_CNI_Policy"]),
    Spec::new("<cluster>-log-agent", Trust::PodIdentity, &[("logs", LOG_AGENT)]),
];

/// Whom somebody can be who comes to the clusters: all but what AWS itself becomes.
pub(crate) fn people() -> impl Iterator<Item = &'static Spec> {
    PEOPLE.iter().filter(|spec| !spec.path.starts_with("/aws-service-role/"))
}

/// Of people and pipelines, in each account that has a cluster.
pub(crate) static PEOPLE: [Spec; 7] = [
    Spec::new("platform-admin", Trust::Document(SIGN_IN), &[]).attached(&["aws:AdministratorAccess"]),
    Spec::new("sre-oncall", Trust::Document(SIGN_IN), &[("look", LOOK)]),
    Spec::new("payments-developers", Trust::Document(SIGN_IN), &[("look", LOOK)]),
    Spec::new("data-engineering", Trust::Document(SIGN_IN), &[("look", LOOK)]),
    Spec::new("break-glass", Trust::Document(SIGN_IN), &[]).attached(&["aws:AdministratorAccess"]),
    Spec::new("ci-deployer", Trust::Document(PIPELINE), &[("look", LOOK)]).at("/ci/"),
    Spec::new("AWSServiceRoleForAmazonEKS", Trust::Document(SERVICE_LINKED), &[])
        .at("/aws-service-role/eks.amazonaws.com/"),
];

const CONTROL_PLANE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"eks.amazonaws.com"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;

const SERVICE_LINKED: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"eks.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

const SIGN_IN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::<account>:saml-provider/corp"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession"],"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}}]}"#;

const PIPELINE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::<account>:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:corp/deploy:ref:refs/heads/main"}}}]}"#;

const LOOK: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["eks:DescribeCluster","eks:ListClusters"],"Resource":"*"}]}"#;

const KARPENTER: &str = r#"{"Version":"2012-10-17","Statement":[
{"Sid":"Launch","Effect":"Allow","Action":["ec2:RunInstances","ec2:CreateFleet","ec2:CreateLaunchTemplate"],"Resource":"arn:aws:ec2:<region>:*:*","Condition":{"StringEqualsIfExists":{"aws:RequestTag/kubernetes.io/cluster/<cluster>":"owned"}}},
{"Sid":"End","Effect":"Allow","Action":["ec2:TerminateInstances","ec2:DeleteLaunchTemplate"],"Resource":"arn:aws:ec2:<region>:*:*","Condition":{"StringEquals":{"aws:ResourceTag/kubernetes.io/cluster/<cluster>":"owned"},"StringLike":{"aws:ResourceTag/karpenter.sh/nodepool":"*"}}},
{"Sid":"Tag","Effect":"Allow","Action":"ec2:CreateTags","Resource":"arn:aws:ec2:<region>:*:*","Condition":{"StringEquals":{"ec2:CreateAction":["RunInstances","CreateFleet","CreateLaunchTemplate"]}}},
{"Sid":"Look","Effect":"Allow","Action":["ec2:DescribeInstances","ec2:DescribeInstanceTypes","ec2:DescribeInstanceTypeOfferings","ec2:DescribeImages","ec2:DescribeLaunchTemplates","ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeSpotPriceHistory","pricing:GetProducts"],"Resource":"*"},
{"Sid":"Images","Effect":"Allow","Action":"ssm:GetParameter","Resource":"arn:aws:ssm:<region>::parameter/aws/service/*"},
{"Sid":"Interruptions","Effect":"Allow","Action":["sqs:DeleteMessage","sqs:GetQueueUrl","sqs:ReceiveMessage"],"Resource":"arn:aws:sqs:<region>:<account>:<cluster>-karpenter"},
{"Sid":"NodesRole","Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::<account>:role/<cluster>-node","Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}},
{"Sid":"Endpoint","Effect":"Allow","Action":"eks:DescribeCluster","Resource":"<cluster-arn>"}]}"#;

const LOAD_BALANCER: &str = r#"{"Version":"2012-10-17","Statement":[
{"Sid":"Look","Effect":"Allow","Action":["ec2:DescribeAvailabilityZones","ec2:DescribeInstances","ec2:DescribeNetworkInterfaces","ec2:DescribeSecurityGroups","ec2:DescribeSubnets","ec2:DescribeVpcs","elasticloadbalancing:DescribeListeners","elasticloadbalancing:DescribeLoadBalancers","elasticloadbalancing:DescribeRules","elasticloadbalancing:DescribeTags","elasticloadbalancing:DescribeTargetGroups","elasticloadbalancing:DescribeTargetHealth","acm:ListCertificates","acm:DescribeCertificate"],"Resource":"*"},
{"Sid":"Make","Effect":"Allow","Action":["elasticloadbalancing:CreateLoadBalancer","elasticloadbalancing:CreateTargetGroup"],"Resource":"*","Condition":{"Null":{"aws:RequestTag/elbv2.k8s.aws/cluster":"false"}}},
{"Sid":"Change","Effect":"Allow","Action":["elasticloadbalancing:ModifyLoadBalancerAttributes","elasticloadbalancing:ModifyTargetGroup","elasticloadbalancing:DeleteLoadBalancer","elasticloadbalancing:DeleteTargetGroup"],"Resource":"*","Condition":{"Null":{"aws:ResourceTag/elbv2.k8s.aws/cluster":"false"}}},
{"Sid":"Targets","Effect":"Allow","Action":["elasticloadbalancing:RegisterTargets","elasticloadbalancing:DeregisterTargets"],"Resource":"arn:aws:elasticloadbalancing:*:*:targetgroup/*/*"}]}"#;

const EXTERNAL_DNS: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Change","Effect":"Allow","Action":"route53:ChangeResourceRecordSets","Resource":"arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ"},{"Sid":"Look","Effect":"Allow","Action":["route53:ListHostedZones","route53:ListResourceRecordSets","route53:ListTagsForResources"],"Resource":"*"}]}"#;

const EXTERNAL_SECRETS: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Synchronised","Effect":"Allow","Action":["secretsmanager:GetSecretValue","secretsmanager:DescribeSecret"],"Resource":"arn:aws:secretsmanager:<region>:<account>:secret:kubernetes/<cluster>/*"}]}"#;

const CERT_MANAGER: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"route53:GetChange","Resource":"arn:aws:route53:::change/*"},{"Effect":"Allow","Action":"route53:ChangeResourceRecordSets","Resource":"arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ","Condition":{"ForAllValues:StringEquals":{"route53:ChangeResourceRecordSetsRecordTypes":["TXT"]}}}]}"#;

const LOG_AGENT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents","logs:DescribeLogStreams"],"Resource":"arn:aws:logs:<region>:<account>:log-group:/eks/<cluster>/*"}]}"#;
