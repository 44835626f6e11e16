"""The demo world's AWS, used as AWS's own users would: boto3 for every operation, each reply checked against the model.

Prints one JSON object per check: {"name", "problems": [...]}. PERISCOPE_AWS_ENV names the exports of the world.
"""

import base64
import json
import os
import re
import ssl
import sys
import traceback
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.signers import RequestSigner

from shapes import problems_of_reply

ENVIRONMENT = Path(os.environ["PERISCOPE_AWS_ENV"]).read_text()
ENDPOINT = re.search(r"^export AWS_ENDPOINT_URL=(\S+)", ENVIRONMENT, re.M)[1]
WEB_IDENTITY_TOKEN = re.search(r"^export PERISCOPE_WEB_IDENTITY_TOKEN=(\S+)", ENVIRONMENT, re.M)[1]
KEYS = r"^ *([\w/-]+)\) export AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+) AWS_REGION=(\S+)"
EVERYBODY = {
    name: {"id": key, "secret": secret, "region": region} for name, key, secret, region in re.findall(KEYS, ENVIRONMENT, re.M)
}
ACCOUNTS = {name: keys for name, keys in EVERYBODY.items() if "/" not in name}
WRONG = []
SEEN = set()


class Account:
    """Clients of one account, which check whatever they are answered."""

    def __init__(self, name, **credentials):
        keys = EVERYBODY[name]
        self.region = keys["region"]
        credentials = credentials or {
            "aws_access_key_id": keys["id"],
            "aws_secret_access_key": keys["secret"],
        }
        self.session = boto3.Session(region_name=self.region, **credentials)

    def client(self, service, region=None):
        config = Config(retries={"total_max_attempts": 1})
        client = self.session.client(service, region_name=region or self.region, endpoint_url=ENDPOINT, config=config)

        def look(http_response, model, **_):
            SEEN.add(f"{service}:{model.name}")
            WRONG.extend(problems_of_reply(model, client.meta.service_model, http_response))

        client.meta.events.register("after-call", look)
        return client


def expect(condition, words):
    if not condition:
        WRONG.append(words)


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        found = error.response["Error"]["Code"]
        expect(found == code, f"{code} was expected, and {found} came: {error}")
    else:
        WRONG.append(f"{code} was expected, and the call went through")


def pages(client, operation, key, least, **arguments):
    """Follows every page; there must be several, and together they are one list without repetition."""
    followed = list(client.get_paginator(operation).paginate(**arguments))
    items = [json.dumps(item, default=str, sort_keys=True) for page in followed for item in page[key]]
    expect(len(followed) >= least, f"{operation} came in {len(followed)} pages, not in {least} or more")
    expect(len(set(items)) == len(items), f"{operation} repeats items")
    return [json.loads(item) for item in items]


def eks_reads():
    eks = Account("production").client("eks")
    expect(pages(eks, "list_clusters", "clusters", 1) == ["prod-eu"], "prod-eu is production's only cluster")
    cluster = eks.describe_cluster(name="prod-eu")["cluster"]
    expect(cluster["endpoint"].startswith("https://127.0.0.1:"), "the endpoint is the world's API server")
    expect(cluster["accessConfig"]["authenticationMode"] == "API_AND_CONFIG_MAP", "prod-eu is migrating")
    entries = pages(eks, "list_access_entries", "accessEntries", 2, clusterName="prod-eu")
    for arn in entries:
        eks.describe_access_entry(clusterName="prod-eu", principalArn=arn)
        pages(eks, "list_associated_access_policies", "associatedAccessPolicies", 1, clusterName="prod-eu", principalArn=arn)
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"
    with_policy = eks.list_access_entries(clusterName="prod-eu", associatedPolicyArn=policy)["accessEntries"]
    expect([arn.rsplit("/")[-1] for arn in with_policy] == ["payments-developers"], f"who may edit: {with_policy}")
    pages(eks, "list_access_policies", "accessPolicies", 3)
    associations = pages(eks, "list_pod_identity_associations", "associations", 3, clusterName="prod-eu")
    for one in associations:
        eks.describe_pod_identity_association(clusterName="prod-eu", associationId=one["associationId"])
    found = eks.list_pod_identity_associations(clusterName="prod-eu", namespace="aws-examples", serviceAccount="session-policy")
    expect(len(found["associations"]) == 1, "one association is for session-policy")
    pages(eks, "describe_cluster_versions", "clusterVersions", 2)
    for words, asked, found in (
        ("two by name", {"clusterVersions": ["1.33", "1.34"]}, ["1.34", "1.33"]),
        ("the default", {"defaultOnly": True}, ["1.34"]),
        ("those in extended support", {"versionStatus": "EXTENDED_SUPPORT"}, ["1.32", "1.31", "1.30"]),
    ):
        told = [one["clusterVersion"] for one in eks.describe_cluster_versions(**asked)["clusterVersions"]]
        expect(told == found, f"{words}: {told}")
    expect(eks.list_tags_for_resource(resourceArn=cluster["arn"])["tags"] == cluster["tags"], "a cluster has its tags")
    eks.get_waiter("cluster_active").wait(name="prod-eu")


def eks_refusals():
    production, staging = Account("production"), Account("staging")
    eks = production.client("eks")
    refused("ResourceNotFoundException", eks.describe_cluster, name="staging")
    refused("ResourceNotFoundException", production.client("eks", "us-east-1").describe_cluster, name="prod-eu")
    staging.client("eks").describe_cluster(name="staging")
    refused("ResourceNotFoundException", staging.client("eks", "eu-west-1").describe_cluster, name="staging")
    role = "arn:aws:iam::111122223333:role/nobody"
    place = {"clusterName": "prod-eu", "principalArn": role}
    refused("ResourceNotFoundException", eks.describe_access_entry, **place)
    refused("ResourceNotFoundException", eks.list_associated_access_policies, **place)
    refused("InvalidParameterException", eks.list_access_entries, clusterName="prod-eu", nextToken="rubbish")
    refused("InvalidParameterException", eks.create_access_entry, **place)
    refused(
        "ResourceNotFoundException", eks.describe_pod_identity_association, clusterName="prod-eu", associationId="a-none"
    )


def eks_changes():
    eks = Account("staging").client("eks")
    place = {"clusterName": "staging", "principalArn": "arn:aws:iam::444455556666:role/platform-admin"}
    made = eks.create_access_entry(**place, kubernetesGroups=["admins"], tags={"by": "test"})["accessEntry"]
    expect(made["username"].endswith("assumed-role/platform-admin/{{SessionName}}"), made["username"])
    refused("ResourceInUseException", eks.create_access_entry, **place)
    refused("InvalidParameterException", eks.update_access_entry, **place, kubernetesGroups=["system:masters"])
    changed = eks.update_access_entry(**place, kubernetesGroups=["others"], username="admin")["accessEntry"]
    expect((changed["username"], changed["kubernetesGroups"]) == ("admin", ["others"]), str(changed))
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    scope = {"type": "namespace", "namespaces": ["shop"]}
    eks.associate_access_policy(**place, policyArn=policy, accessScope=scope)
    refused("InvalidParameterException", eks.associate_access_policy, **place, policyArn=policy, accessScope={"type": "namespace"})
    held = eks.list_associated_access_policies(**place)["associatedAccessPolicies"]
    expect([one["accessScope"] for one in held] == [scope], str(held))
    eks.disassociate_access_policy(**place, policyArn=policy)
    refused("ResourceNotFoundException", eks.disassociate_access_policy, **place, policyArn=policy)
    eks.delete_access_entry(**place)
    refused("ResourceNotFoundException", eks.delete_access_entry, **place)

    role = "arn:aws:iam::444455556666:role/staging-well-made"
    account = {"clusterName": "staging", "namespace": "qa", "serviceAccount": "fixtures"}
    one = eks.create_pod_identity_association(**account, roleArn=role)["association"]
    refused("ResourceInUseException", eks.create_pod_identity_association, **account, roleArn=role)
    refused("InvalidParameterException", eks.create_pod_identity_association, **{**account, "serviceAccount": "x"}, roleArn=role + "-not")
    at = {"clusterName": "staging", "associationId": one["associationId"]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    refused("InvalidParameterException", eks.update_pod_identity_association, **at, policy=policy)
    target = "arn:aws:iam::999988887777:role/lake/lake-target"
    changed = eks.update_pod_identity_association(**at, policy=policy, disableSessionTags=True, targetRoleArn=target)
    expect(changed["association"]["targetRoleArn"] == target, str(changed["association"]))
    expect(changed["association"]["externalId"].endswith("/staging/qa/fixtures"), str(changed["association"]))
    eks.delete_pod_identity_association(**at)
    refused("ResourceNotFoundException", eks.delete_pod_identity_association, **at)


def iam_reads():
    for name in ACCOUNTS:
        iam = Account(name).client("iam")
        roles = pages(iam, "list_roles", "Roles", 2 if name in ("production", "staging") else 1)
        for role in roles[:40]:
            told = iam.get_role(RoleName=role["RoleName"])["Role"]
            expect(told["Arn"] == role["Arn"], f"{told['Arn']} is not {role['Arn']}")
            for policy in pages(iam, "list_role_policies", "PolicyNames", 1, RoleName=role["RoleName"]):
                document = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)["PolicyDocument"]
                expect(document["Statement"], f"{policy} of {role['Arn']} says nothing")
            for policy in pages(iam, "list_attached_role_policies", "AttachedPolicies", 1, RoleName=role["RoleName"]):
                told = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]
                iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=told["DefaultVersionId"])
            pages(iam, "list_instance_profiles_for_role", "InstanceProfiles", 1, RoleName=role["RoleName"])
            pages(iam, "list_role_tags", "Tags", 1, RoleName=role["RoleName"])
        for policy in pages(iam, "list_policies", "Policies", 2):
            pages(iam, "list_policy_versions", "Versions", 1, PolicyArn=policy["Arn"])
        for provider in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]:
            iam.get_open_id_connect_provider(OpenIDConnectProviderArn=provider["Arn"])
        for user in pages(iam, "list_users", "Users", 1):
            iam.get_user(UserName=user["UserName"])
            for policy in pages(iam, "list_user_policies", "PolicyNames", 1, UserName=user["UserName"]):
                iam.get_user_policy(UserName=user["UserName"], PolicyName=policy)
            pages(iam, "list_attached_user_policies", "AttachedPolicies", 1, UserName=user["UserName"])
            pages(iam, "list_groups_for_user", "Groups", 1, UserName=user["UserName"])
        for profile in pages(iam, "list_instance_profiles", "InstanceProfiles", 1):
            iam.get_instance_profile(InstanceProfileName=profile["InstanceProfileName"])
        iam.list_account_aliases()
    iam = Account("production").client("iam")
    expect(iam.get_role(RoleName="prod-eu-bounded")["Role"]["PermissionsBoundary"], "prod-eu-bounded has a boundary")
    pages(iam, "list_role_policies", "PolicyNames", 2, RoleName="prod-eu-conditions")
    pages(iam, "list_attached_role_policies", "AttachedPolicies", 2, RoleName="prod-eu-node")
    pages(iam, "list_policy_versions", "Versions", 2, PolicyArn="arn:aws:iam::111122223333:policy/shared-platform")


def iam_account_details():
    iam = Account("production").client("iam")
    found = list(iam.get_paginator("get_account_authorization_details").paginate())
    expect(len(found) > 2, f"the account's details came in {len(found)} pages")
    roles = [role for page in found for role in page["RoleDetailList"]]
    listed = pages(iam, "list_roles", "Roles", 2)
    expect(sorted(role["Arn"] for role in roles) == sorted(role["Arn"] for role in listed), "the details hold all roles")
    policies = {policy["Arn"] for page in found for policy in page["Policies"]}
    used = {one["PolicyArn"] for role in roles for one in role["AttachedManagedPolicies"]}
    used |= {role["PermissionsBoundary"]["PermissionsBoundaryArn"] for role in roles if "PermissionsBoundary" in role}
    expect(used <= policies, f"policies are missing: {used - policies}")
    nodes = [role for role in roles if role["InstanceProfileList"]]
    expect([role["RoleName"] for role in nodes] == ["prod-eu-node"], "the nodes' role has the profile")
    only = list(iam.get_paginator("get_account_authorization_details").paginate(Filter=["LocalManagedPolicy"]))
    expect(not any(page["RoleDetailList"] for page in only), "a filter leaves roles out")
    refused("ValidationError", iam.get_account_authorization_details, Filter=["Everything"])
    refused("ValidationError", iam.list_roles, Marker="rubbish")


def policies_in_use():
    """How often a policy is used follows from who uses it, whichever way one asks."""
    iam = Account("production").client("iam")
    every = pages(iam, "list_policies", "Policies", 2)
    for policy in every:
        users = {"attached": 0, "bounds": 0}
        for name, usage in (("attached", "PermissionsPolicy"), ("bounds", "PermissionsBoundary")):
            asked = {"PolicyArn": policy["Arn"], "PolicyUsageFilter": usage}
            users[name] = len(pages(iam, "list_entities_for_policy", "PolicyRoles", 1, **asked))
        told = {"attached": policy["AttachmentCount"], "bounds": policy["PermissionsBoundaryUsageCount"]}
        expect(told == users, f"{policy['PolicyName']} is used {users}, and says {told}")
    names = lambda asked: sorted(one["Arn"] for one in pages(iam, "list_policies", "Policies", 1, **asked))
    used = sorted(one["Arn"] for one in every if one["AttachmentCount"])
    expect(names({"OnlyAttached": True}) == used, "only what is attached")
    bounds = names({"PolicyUsageFilter": "PermissionsBoundary"})
    expect(bounds == ["arn:aws:iam::111122223333:policy/team-boundary"], str(bounds))



def iam_refusals():
    iam = Account("production").client("iam")
    refused("NoSuchEntity", iam.get_role, RoleName="prod-eu-deleted-role")
    refused("NoSuchEntity", iam.get_role, RoleName="staging-bounded")
    refused("NoSuchEntity", iam.get_role_policy, RoleName="prod-eu-bounded", PolicyName="none")
    refused("NoSuchEntity", iam.get_policy, PolicyArn="arn:aws:iam::111122223333:policy/none")
    refused("NoSuchEntity", iam.get_policy_version, PolicyArn="arn:aws:iam::111122223333:policy/team-boundary", VersionId="v9")
    refused("NoSuchEntity", iam.get_user, UserName="nobody")
    refused("ValidationError", iam.get_user)
    refused("NoSuchEntity", iam.get_open_id_connect_provider, OpenIDConnectProviderArn="arn:aws:iam::111122223333:oidc-provider/none")
    refused("NoSuchEntity", iam.simulate_principal_policy, PolicySourceArn="arn:aws:iam::111122223333:role/none", ActionNames=["iam:GetRole"])


def iam_simulation():
    iam = Account("production").client("iam")

    def decisions(role, actions, **more):
        arn = f"arn:aws:iam::111122223333:role/{role}"
        results = pages(iam, "simulate_principal_policy", "EvaluationResults", 1, PolicySourceArn=arn, ActionNames=actions, **more)
        return [result["EvalDecision"] for result in results]

    own = decisions("periscope-server", ["iam:GetRole", "eks:DescribeCluster", "iam:DeleteRole"])
    expect(own == ["allowed", "allowed", "implicitDeny"], str(own))
    many = decisions("prod-eu-full-admin-job", [f"s3:Get{letter}" for letter in "ABCDEFGHIJKLM"])
    expect(many == ["allowed"] * 13, str(many))
    backup = decisions("prod-eu-platform-backup", ["s3:DeleteObject"], ResourceArns=["arn:aws:s3:::corp-prod-eu-backups/x"])
    expect(backup == ["explicitDeny"], str(backup))
    bounded = decisions("prod-eu-bounded", ["s3:GetObject", "iam:CreateUser", "s3:DeleteObject"])
    expect(bounded == ["allowed", "explicitDeny", "implicitDeny"], str(bounded))
    organization = decisions("prod-eu-scp-denied", ["s3:DeleteBucket", "s3:DeleteObject"])
    expect(organization == ["explicitDeny", "allowed"], str(organization))
    arn = "arn:aws:iam::111122223333:role/prod-eu-not-action"
    question = {"PolicySourceArn": arn, "ActionNames": ["sqs:SendMessage"]}
    open_ended = iam.simulate_principal_policy(**question)["EvaluationResults"][0]
    expect(open_ended["MissingContextValues"] == ["aws:RequestedRegion"], str(open_ended))
    region = {"ContextKeyName": "aws:RequestedRegion", "ContextKeyType": "string"}
    for value, decision in (("eu-west-1", "allowed"), ("us-east-1", "implicitDeny")):
        entries = [{**region, "ContextKeyValues": [value]}]
        told = iam.simulate_principal_policy(**question, ContextEntries=entries)["EvaluationResults"][0]
        expect(told["EvalDecision"] == decision, f"in {value}: {told}")


def matched(result):
    return [one["SourcePolicyId"] for one in result["MatchedStatements"]]


def statement_at(document, one):
    """The text between two positions, both from 1."""
    lines = document.split("\n")
    at = lambda place: sum(len(line) + 1 for line in lines[: place["Line"] - 1]) + place["Column"] - 1
    return json.loads(document[at(one["StartPosition"]) : at(one["EndPosition"])].strip(" \n,["))


def iam_matched_statements():
    iam = Account("production").client("iam")
    arn = "arn:aws:iam::111122223333:role/prod-eu-platform-backup"
    bucket = "arn:aws:s3:::corp-prod-eu-backups"
    asked = {"PolicySourceArn": arn, "ActionNames": ["s3:DeleteObject"], "ResourceArns": [f"{bucket}/x"]}
    told = iam.simulate_principal_policy(**asked)["EvaluationResults"][0]
    expect(matched(told) == ["role_prod-eu-platform-backup_access"], str(told))
    expect(told["ResourceSpecificResults"][0]["EvalResourceDecision"] == "explicitDeny", str(told))
    document = urllib.parse.unquote(raw_document(iam, "prod-eu-platform-backup", "access"))
    for one in told["MatchedStatements"]:
        expect(statement_at(document, one)["Sid"] == "Keep", f"{one} is not where Keep stands in {document}")
    admin = {"PolicySourceArn": arn.replace("prod-eu-platform-backup", "break-glass"), "ActionNames": ["s3:GetObject"]}
    told = iam.simulate_principal_policy(**admin)["EvaluationResults"][0]
    expect(matched(told) == ["AdministratorAccess"], str(told))
    user = {"PolicySourceArn": "arn:aws:iam::111122223333:user/jenkins", "ActionNames": ["eks:DescribeCluster", "s3:GetObject"]}
    told = iam.simulate_principal_policy(**user)["EvaluationResults"]
    expect([one["EvalDecision"] for one in told] == ["allowed", "implicitDeny"], str(told))
    expect([matched(one) for one in told] == [["user_jenkins_deploy"], []], str(told))
    deny = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
    told = iam.simulate_principal_policy(**admin, PolicyInputList=[deny])["EvaluationResults"][0]
    expect((told["EvalDecision"], matched(told)) == ("explicitDeny", ["PolicyInputList.1"]), str(told))
    told = iam.simulate_principal_policy(**admin, PermissionsBoundaryPolicyInputList=[deny])["EvaluationResults"][0]
    expect(told["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}, str(told))


def raw_document(iam, role, policy):
    """As it comes over the wire: boto3 parses documents, and positions are in their text."""
    found = []
    look = lambda http_response, **_: found.append(http_response.content.decode())
    iam.meta.events.register("after-call.iam.GetRolePolicy", look)
    iam.get_role_policy(RoleName=role, PolicyName=policy)
    iam.meta.events.unregister("after-call.iam.GetRolePolicy", look)
    return re.search(r"<PolicyDocument>([^<]*)", found[0])[1]


def iam_custom_simulation():
    iam = Account("production").client("iam")
    given = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::mine/*"},
    {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
  ]
}"""
    places = ["arn:aws:s3:::mine/a", "arn:aws:s3:::yours/a"]
    told = iam.simulate_custom_policy(PolicyInputList=[given], ActionNames=["s3:GetObject"], ResourceArns=places)
    result = told["EvaluationResults"][0]
    each = {one["EvalResourceName"]: one["EvalResourceDecision"] for one in result["ResourceSpecificResults"]}
    expect(each == dict(zip(places, ["allowed", "implicitDeny"])), str(each))
    expect(result["EvalResourceName"] == "arn:aws:s3:::${BucketName}/${ObjectName}", str(result))
    expect(result["EvalDecision"] == "implicitDeny", "the strictest stands for all")
    first = result["ResourceSpecificResults"][0]["MatchedStatements"][0]
    expect(statement_at(given, first)["Action"] == "s3:*" and first["StartPosition"]["Line"] == 3, str(first))
    question = {"PolicyInputList": [given], "ActionNames": ["s3:DeleteObject"], "ResourceArns": places[:1]}
    result = iam.simulate_custom_policy(**question)["EvaluationResults"][0]
    expect(result["MissingContextValues"] == ["aws:MultiFactorAuthPresent"], str(result))
    entry = {"ContextKeyName": "aws:MultiFactorAuthPresent", "ContextKeyType": "boolean"}
    for value, decision in (("true", "allowed"), ("false", "explicitDeny")):
        entries = [{**entry, "ContextKeyValues": [value]}]
        result = iam.simulate_custom_policy(**question, ContextEntries=entries)["EvaluationResults"][0]
        expect(result["EvalDecision"] == decision, f"{value}: {result}")
    keys = iam.get_context_keys_for_custom_policy(PolicyInputList=[given])["ContextKeyNames"]
    expect(keys == ["aws:MultiFactorAuthPresent"], str(keys))
    arn = "arn:aws:iam::111122223333:role/prod-eu-platform-backup"
    keys = iam.get_context_keys_for_principal_policy(PolicySourceArn=arn)["ContextKeyNames"]
    expect(keys == ["aws:PrincipalTag/kubernetes-namespace"], str(keys))
    refused("InvalidInput", iam.simulate_custom_policy, PolicyInputList=["{"], ActionNames=["s3:GetObject"])


def session_of(sts, account):
    """Keys of the console's role in another account."""
    arn = f"arn:aws:iam::{account}:role/periscope-reader"
    keys = sts.assume_role(RoleArn=arn, RoleSessionName="look-around")["Credentials"]
    return {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }


def sts_sessions():
    production = Account("production")
    sts = production.client("sts")
    me = sts.get_caller_identity()
    expect(me["Arn"] == "arn:aws:sts::111122223333:assumed-role/periscope-server/demo", me["Arn"])
    for account in ("444455556666", "999988887777", "123456789012"):
        session = session_of(sts, account)
        who = Account("production", **session).client("sts").get_caller_identity()
        expect(who["Account"] == account, f"{who['Arn']} is not of {account}")
        stolen = {**session, "aws_session_token": "another"}
        refused("InvalidClientTokenId", Account("production", **stolen).client("sts").get_caller_identity)
    reader = Account("staging", **session_of(sts, "444455556666"))
    reader.client("eks").describe_cluster(name="staging")
    role = "arn:aws:iam::444455556666:role/sre-oncall"
    refused("AccessDeniedException", reader.client("eks").delete_access_entry, clusterName="staging", principalArn=role)
    refused("AccessDenied", reader.client("iam").list_users)
    closed = "arn:aws:iam::999988887777:role/lake/lake-reader"
    refused("AccessDenied", sts.assume_role, RoleArn=closed, RoleSessionName="look-around")
    refused("AccessDenied", sts.assume_role, RoleArn=closed.replace("reader", "none"), RoleSessionName="look-around")
    refused("ValidationError", sts.assume_role, RoleArn=closed, RoleSessionName="not a name")
    web = sts.assume_role_with_web_identity(
        RoleArn="arn:aws:iam::111122223333:role/periscope-server",
        RoleSessionName="pod",
        WebIdentityToken=WEB_IDENTITY_TOKEN,
    )
    expect(web["SubjectFromWebIdentityToken"] == "system:serviceaccount:periscope:periscope", str(web))
    role = "arn:aws:iam::111122223333:role/prod-eu-bounded"
    token = WEB_IDENTITY_TOKEN
    refused("AccessDenied", sts.assume_role_with_web_identity, RoleArn=role, RoleSessionName="pod", WebIdentityToken=token)
    refused("InvalidIdentityToken", sts.assume_role_with_web_identity, RoleArn=role, RoleSessionName="pod", WebIdentityToken="a.b.c")


def narrowed_sessions():
    """A session policy leaves of the role's rights what it allows, too."""
    sts = Account("production").client("sts")
    arn = "arn:aws:iam::444455556666:role/periscope-reader"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "eks:*", "Resource": "*"}]})
    made = sts.assume_role(RoleArn=arn, RoleSessionName="narrow", Policy=policy)
    expect(made["PackedPolicySize"] > 0, str(made["PackedPolicySize"]))
    keys = made["Credentials"]
    session = {
        "aws_access_key_id": keys["AccessKeyId"],
        "aws_secret_access_key": keys["SecretAccessKey"],
        "aws_session_token": keys["SessionToken"],
    }
    narrow = Account("staging", **session)
    narrow.client("eks").list_clusters()
    refused("AccessDenied", narrow.client("iam").list_roles)
    refused("MalformedPolicyDocument", sts.assume_role, RoleArn=arn, RoleSessionName="narrow", Policy="no policy")


def organization():
    reader = Account("management").client("organizations")
    told = reader.describe_organization()["Organization"]
    expect(told["MasterAccountId"] == "123456789012", str(told))
    root = pages(reader, "list_roots", "Roots", 1)[0]["Id"]
    accounts = pages(reader, "list_accounts", "Accounts", 2)
    expect(len(accounts) == 4, f"{len(accounts)} accounts")
    for account in accounts:
        reader.describe_account(AccountId=account["Id"])
        at, names = account["Id"], []
        while at:
            for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
                for policy in pages(reader, "list_policies_for_target", "Policies", 1, TargetId=at, Filter=kind):
                    content = reader.describe_policy(PolicyId=policy["Id"])["Policy"]["Content"]
                    expect(json.loads(content)["Statement"], f"{policy['Name']} says nothing")
                    names.append(policy["Name"])
            if at.startswith("ou-"):
                reader.describe_organizational_unit(OrganizationalUnitId=at)
            above = [] if at == root else pages(reader, "list_parents", "Parents", 1, ChildId=at)
            at = above[0]["Id"] if above else None
        expect(names.count("FullAWSAccess") >= 2, f"{account['Name']}: {names}")
        workload = account["Name"] in ("production", "staging")
        expect(("protect-data-and-identity" in names) == workload, f"{account['Name']}: {names}")
    units = pages(reader, "list_children", "Children", 1, ParentId=root, ChildType="ORGANIZATIONAL_UNIT")
    for unit in units:
        pages(reader, "list_children", "Children", 1, ParentId=unit["Id"], ChildType="ACCOUNT")
        pages(reader, "list_accounts_for_parent", "Accounts", 1, ParentId=unit["Id"])
    pages(reader, "list_organizational_units_for_parent", "OrganizationalUnits", 1, ParentId=root)
    pages(reader, "list_policies", "Policies", 2, Filter="SERVICE_CONTROL_POLICY")
    refused("TargetNotFoundException", reader.list_policies_for_target, TargetId="ou-ab12-00000000", Filter="SERVICE_CONTROL_POLICY")
    refused("PolicyNotFoundException", reader.describe_policy, PolicyId="p-00000000")
    refused("ChildNotFoundException", reader.list_parents, ChildId="000000000000")
    refused("ParentNotFoundException", reader.list_children, ParentId="ou-ab12-00000000", ChildType="ACCOUNT")
    refused("AccountNotFoundException", reader.describe_account, AccountId="000000000000")
    member = Account("production").client("organizations")
    member.describe_organization()
    refused("AccessDeniedException", member.list_roots)


def instances():
    for name, count in (("production", 60), ("staging", 9)):
        ec2 = Account(name).client("ec2")
        reservations = pages(ec2, "describe_instances", "Reservations", 3 if name == "production" else 1)
        found = [one for reservation in reservations for one in reservation["Instances"]]
        expect(len(found) == count, f"{name} has {len(found)} instances")
        reachable = [one for one in found if one["MetadataOptions"]["HttpPutResponseHopLimit"] > 1]
        expect(len(reachable) == 1, f"{len(reachable)} instances let pods in")
        again = ec2.describe_instances(InstanceIds=[found[0]["InstanceId"]])["Reservations"]
        expect(again[0]["Instances"][0]["InstanceId"] == found[0]["InstanceId"], "an instance is found by its id")
        refused("InvalidInstanceID.NotFound", ec2.describe_instances, InstanceIds=["i-00000000000000000"])
        filters = [{"Name": "private-dns-name", "Values": [found[1]["PrivateDnsName"]]}]
        expect(len(ec2.describe_instances(Filters=filters)["Reservations"]) == 1, "a filter finds one")


def token(account, cluster, seconds=60, host=None):
    """What `aws eks get-token` makes."""
    region = account.region
    credentials = account.session.get_credentials()
    signer = RequestSigner(
        account.client("sts").meta.service_model.service_id, region, "sts", "v4", credentials, account.session.events
    )
    url = f"{host or ENDPOINT}/?Action=GetCallerIdentity&Version=2011-06-15"
    request = {"method": "GET", "url": url, "body": {}, "headers": {"x-k8s-aws-id": cluster}, "context": {}}
    signed = signer.generate_presigned_url(request, region_name=region, expires_in=seconds, operation_name="")
    return "k8s-aws-v1." + base64.urlsafe_b64encode(signed.encode()).decode().rstrip("=")


def of_kubernetes(cluster, bearer, path, body):
    """What the world's API server makes of an object, or the status of its refusal."""
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificateAuthority"]["data"]).decode())
    headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    request = urllib.request.Request(cluster["endpoint"] + path, data=json.dumps(body).encode(), headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, context=context) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code


def who_is(cluster, bearer):
    """The user that the world's API server takes a token for, or the status of its refusal."""
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    told = of_kubernetes(cluster, bearer, "/apis/authentication.k8s.io/v1/selfsubjectreviews", body)
    return told if isinstance(told, int) else told["status"]["userInfo"]["username"]


def bearer_tokens():
    for name, cluster_name in (("production", "prod-eu"), ("staging", "staging")):
        account = Account(name)
        cluster = account.client("eks").describe_cluster(name=cluster_name)["cluster"]
        for host in (None, f"https://sts.{account.region}.amazonaws.com"):
            user = who_is(cluster, token(account, cluster_name, host=host))
            expect(user == "periscope-server", f"{cluster_name} takes the token of {host} for {user}")
        for words, bad in {
            "another cluster's name": token(account, cluster_name + "x"),
            "another host": token(account, cluster_name, host="https://sts.example.com"),
            "an hour": token(account, cluster_name, seconds=3600),
            "a changed signature": token(account, cluster_name)[:-4] + "AAAA",
            "no URL": "k8s-aws-v1.eHg",
            "an account without an entry": token(Account("data"), cluster_name),
        }.items():
            found = who_is(cluster, bad)
            expect(found == 401, f"{cluster_name}: a token with {words} is taken for {found}")


def people():
    """Whom access entries and aws-auth let in, and as whom."""
    clusters = {
        name: Account(account).client("eks").describe_cluster(name=name)["cluster"]
        for name, account in (("prod-eu", "production"), ("staging", "staging"))
    }
    session = "arn:aws:sts::111122223333:assumed-role"
    for who, name, found in (
        ("production/sre-oncall", "prod-eu", f"{session}/sre-oncall/demo"),
        ("production/data-engineering", "prod-eu", f"{session}/data-engineering/demo"),
        ("production/platform-admin", "prod-eu", "platform-admin:demo"),
        ("production/jenkins", "prod-eu", "jenkins"),
        ("production/ci-deployer", "prod-eu", 401),
        ("staging/ci-deployer", "staging", "ci-deployer"),
        ("staging/sre-oncall", "prod-eu", 401),
    ):
        user = who_is(clusters[name], token(Account(who), name))
        expect(user == found, f"{who} is {user} in {name}, not {found}")
    oncall = Account("production/sre-oncall")
    oncall.client("eks").describe_cluster(name="prod-eu")
    refused("AccessDenied", oncall.client("iam").list_roles)
    jenkins = Account("production/jenkins")
    expect(jenkins.client("sts").get_caller_identity()["Arn"] == "arn:aws:iam::111122223333:user/jenkins", "a user")
    expect(Account("production/platform-admin").client("iam").list_roles()["Roles"], "an administrator may")


def pods():
    """Service accounts become what annotations, associations and trust policies let them become."""
    production = Account("production")
    cluster = production.client("eks").describe_cluster(name="prod-eu")["cluster"]
    admin = token(Account("production/platform-admin"), "prod-eu")

    def of_account(name, audience):
        path = f"/api/v1/namespaces/aws-examples/serviceaccounts/{name}/token"
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": [audience]}}
        return of_kubernetes(cluster, admin, path, body)["status"]["token"]

    def session(keys, key="AccessKeyId", secret="SecretAccessKey", session="SessionToken"):
        names = {"aws_access_key_id": key, "aws_secret_access_key": secret, "aws_session_token": session}
        return Account("production", **{ours: keys[theirs] for ours, theirs in names.items()})

    sts = production.client("sts")
    arn = "arn:aws:iam::111122223333:role/prod-eu-"
    web = {"RoleSessionName": "pod", "WebIdentityToken": of_account("well-made", "sts.amazonaws.com")}
    made = sts.assume_role_with_web_identity(RoleArn=arn + "well-made", **web)
    who = session(made["Credentials"]).client("sts").get_caller_identity()["Arn"]
    expect(who == "arn:aws:sts::111122223333:assumed-role/prod-eu-well-made/pod", who)
    sts.assume_role_with_web_identity(RoleArn=arn + "open-trust", **web)
    refused("AccessDenied", sts.assume_role_with_web_identity, RoleArn=arn + "bounded", **web)
    agent = production.client("eks-auth")
    in_lower_case = ("accessKeyId", "secretAccessKey", "sessionToken")
    for name, account in (("role-chain", "111122223333"), ("target-role", "999988887777")):
        bearer = of_account(name, "pods.eks.amazonaws.com")
        made = agent.assume_role_for_pod_identity(clusterName="prod-eu", token=bearer)
        pod = session(made["credentials"], *in_lower_case)
        told = pod.client("sts").get_caller_identity()
        expect(told["Account"] == account, f"{name} is {told['Arn']}")
        if name == "role-chain":
            lake = "arn:aws:iam::999988887777:role/lake/lake-reader"
            pod.client("sts").assume_role(RoleArn=lake, RoleSessionName="pod")
    bearer = of_account("well-made", "pods.eks.amazonaws.com")
    refused("ResourceNotFoundException", agent.assume_role_for_pod_identity, clusterName="prod-eu", token=bearer)
    refused("InvalidTokenException", agent.assume_role_for_pod_identity, clusterName="prod-eu", token="a.b.c")


def unsigned_and_unknown():
    from botocore import UNSIGNED

    client = boto3.client("iam", region_name="eu-west-1", endpoint_url=ENDPOINT, config=Config(signature_version=UNSIGNED))
    refused("MissingAuthenticationToken", client.list_roles)
    wrong = {"aws_access_key_id": "DEMOKEY000000000000", "aws_secret_access_key": "x"}
    refused("InvalidClientTokenId", Account("production", **wrong).client("iam").list_roles)
    refused("UnrecognizedClientException", Account("production", **wrong).client("eks").list_clusters)
    forged = {"aws_access_key_id": ACCOUNTS["production"]["id"], "aws_secret_access_key": "another"}
    refused("SignatureDoesNotMatch", Account("production", **forged).client("iam").list_roles)
    refused("InvalidSignatureException", Account("production", **forged).client("eks").list_clusters)
    refused("InvalidSignatureException", Account("management", **forged).client("organizations").describe_organization)


CHECKS = [
    eks_reads,
    eks_refusals,
    eks_changes,
    iam_reads,
    iam_account_details,
    policies_in_use,
    iam_refusals,
    iam_simulation,
    iam_matched_statements,
    iam_custom_simulation,
    sts_sessions,
    narrowed_sessions,
    organization,
    instances,
    bearer_tokens,
    people,
    pods,
    unsigned_and_unknown,
]


def main():
    for check in CHECKS:
        WRONG.clear()
        try:
            check()
        except Exception:  # noqa: BLE001, whatever it is, it is this check's failure
            WRONG.append(traceback.format_exc())
        print(json.dumps({"name": check.__name__, "problems": sorted(set(WRONG))}))
    print(json.dumps({"name": "operations", "problems": [], "seen": sorted(SEEN)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
