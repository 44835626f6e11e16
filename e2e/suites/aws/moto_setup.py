"""Fills moto with two accounts of an organisation; prints what it made as JSON. Arguments: endpoint, issuer of the cluster."""

import json
import sys

import boto3

endpoint, issuer = sys.argv[1:3]
REGION = "eu-west-1"


def client(service, credentials=None):
    keys = credentials or {"AccessKeyId": "test", "SecretAccessKey": "test", "SessionToken": None}
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def iam_of(account):
    role = f"arn:aws:iam::{account}:role/setup"
    return client("iam", client("sts").assume_role(RoleArn=role, RoleSessionName="setup")["Credentials"])


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal, action="sts:AssumeRole", **more):
    return document({"Effect": "Allow", "Principal": principal, "Action": action, **more})


organizations = client("organizations")
organization = organizations.create_organization(FeatureSet="ALL")["Organization"]
root = organizations.list_roots()["Roots"][0]["Id"]
workloads = organizations.create_organizational_unit(ParentId=root, Name="Workloads")["OrganizationalUnit"]["Id"]


def member(name):
    made = organizations.create_account(Email=f"{name}@corp.example", AccountName=name)
    account = made["CreateAccountStatus"]["AccountId"]
    organizations.move_account(AccountId=account, SourceParentId=root, DestinationParentId=workloads)
    return account


shop, data = member("shop"), member("data")
organizations.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
guard = organizations.create_policy(
    Name="keep-buckets",
    Description="nobody deletes a bucket",
    Type="SERVICE_CONTROL_POLICY",
    Content=document({"Sid": "KeepBuckets", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}),
)["Policy"]["PolicySummary"]["Id"]
organizations.attach_policy(PolicyId=guard, TargetId=workloads)

iam = iam_of(shop)
provider = iam.create_open_id_connect_provider(
    Url=f"https://{issuer}", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40]
)["OpenIDConnectProviderArn"]


def irsa(namespace, account):
    return trust(
        {"Federated": provider},
        "sts:AssumeRoleWithWebIdentity",
        Condition={
            "StringEquals": {
                f"{issuer}:sub": f"system:serviceaccount:{namespace}:{account}",
                f"{issuer}:aud": "sts.amazonaws.com",
            }
        },
    )


home = f"arn:aws:iam::{organization['MasterAccountId']}:root"
iam.create_role(RoleName="periscope-reader", AssumeRolePolicyDocument=trust({"AWS": home}))

boundary = iam.create_policy(
    PolicyName="boundary", PolicyDocument=document(allow(["s3:*", "sts:AssumeRole", "secretsmanager:*"], "*"))
)["Policy"]["Arn"]
iam.create_role(
    RoleName="payments-api",
    Path="/apps/",
    AssumeRolePolicyDocument=irsa("payments", "api"),
    PermissionsBoundary=boundary,
)
versioned = iam.create_policy(PolicyName="payments", PolicyDocument=document(allow("sqs:*", "*")))["Policy"]["Arn"]
iam.create_policy_version(
    PolicyArn=versioned,
    SetAsDefault=True,
    PolicyDocument=document(
        allow("s3:*", ["arn:aws:s3:::invoices", "arn:aws:s3:::invoices/*"]),
        allow(
            "secretsmanager:GetSecretValue",
            "*",
            Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        ),
        allow("dynamodb:GetItem", "*"),
    ),
)
iam.attach_role_policy(RoleName="payments-api", PolicyArn=versioned)
iam.attach_role_policy(RoleName="payments-api", PolicyArn="arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess")

target = f"arn:aws:iam::{data}:role/lake-reader"
iam.put_role_policy(
    RoleName="payments-api", PolicyName="chain", PolicyDocument=document(allow("sts:AssumeRole", target))
)
iam.create_role(RoleName="search-indexer", AssumeRolePolicyDocument=irsa("search", "indexer"))
iam.put_role_policy(
    RoleName="search-indexer", PolicyName="read", PolicyDocument=document(allow("s3:GetObject", "arn:aws:s3:::index/*"))
)

lake = iam_of(data)
lake.create_role(RoleName="periscope-reader", AssumeRolePolicyDocument=trust({"AWS": home}))
lake.create_role(
    RoleName="lake-reader",
    AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{shop}:role/apps/payments-api"}),
)
lake.put_role_policy(
    RoleName="lake-reader",
    PolicyName="read",
    PolicyDocument=document(allow(["s3:GetObject", "s3:ListBucket"], "*")),
)

print(json.dumps({"management": organization["MasterAccountId"], "shop": shop, "data": data}))
