//! An account's roles and policies at once: `GetAccountAuthorizationDetails`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use periscope_model::Gap;
use periscope_model::aws::{AccountIam, InlinePolicy, ManagedPolicy, Role, RoleRead};

use super::{Read, document, time};
use crate::client::{Call, Client, Paging};
use crate::error::Error;
use crate::operations::Operation;
use crate::xml::Element;

/// A page is parsed and dropped before the next is asked for.
const PAGE: &str = "200";

/// Everything but the OIDC providers, and what of it could not be read.
pub(crate) async fn account(client: &Client) -> Result<Read<AccountIam>, Error> {
    let call = Call::new(Operation::GetAccountAuthorizationDetails, "*")
        .with("Filter.member.1", "Role")
        .with("Filter.member.2", "LocalManagedPolicy")
        .with("Filter.member.3", "AWSManagedPolicy")
        .with("MaxItems", PAGE);
    let mut iam = AccountIam { whole: true, ..AccountIam::default() };
    let mut gaps = Vec::new();
    let listing = client.xml_pages(&call, Paging::Marker, |page| {
        let unreadable = |reason: &str| Error::Unreadable { what: call.what(), reason: reason.to_owned() };
        let page = page.child("GetAccountAuthorizationDetailsResult").ok_or_else(|| unreadable("it has no result"))?;
        for told in page.list("RoleDetailList") {
            let (role, profiles) = role(told).ok_or_else(|| unreadable("a role has no ARN"))?;
            iam.instance_profiles.extend(profiles.into_iter().map(|profile| (profile, role.arn.clone())));
            iam.roles.insert(role.arn.clone(), RoleRead::Found(Arc::new(role)));
        }
        for told in page.list("Policies") {
            match policy(told) {
                Ok(policy) => iam.policies.extend(policy.map(|policy| (policy.arn.clone(), Arc::new(policy)))),
                Err(gap) => gaps.push(gap),
            }
        }
        Ok(())
    });
    listing.await?;
    keep_used(&mut iam);
    Ok(Read { gaps, ..Read::whole(iam) })
}

/// AWS's own policies come by the hundred; only those that roles have are kept.
fn keep_used(iam: &mut AccountIam) {
    let roles = iam.roles.values().filter_map(|read| match read {
        RoleRead::Found(role) => Some(role),
        RoleRead::Missing | RoleRead::Unread(_) => None,
    });
    let used: BTreeSet<&str> =
        roles.flat_map(|role| role.attached.iter().chain(&role.boundary).map(String::as_str)).collect();
    let used = used.into_iter().filter_map(|arn| Some((arn.to_owned(), iam.policies.get(arn)?.clone()))).collect();
    iam.policies = used;
}

/// A role, and the ARNs of the instance profiles that carry it.
fn role(told: &Element) -> Option<(Role, Vec<String>)> {
    let profiles =
        told.list("InstanceProfileList").iter().filter_map(|one| one.text("Arn")).map(str::to_owned).collect();
    let mut role = super::roles::role(told)?;
    for one in told.list("RolePolicyList") {
        let name = one.owned("PolicyName");
        match document(
            one.text("PolicyDocument").unwrap_or_default(),
            &format!("the inline policy {name} of {}", role.arn),
        ) {
            Ok(document) => role.inline.push(InlinePolicy { name, document }),
            Err(gap) => role.gaps.push(gap),
        }
    }
    let attached = told.list("AttachedManagedPolicies").iter().filter_map(|one| one.text("PolicyArn"));
    role.attached.extend(attached.map(str::to_owned));
    Some((role, profiles))
}

/// The default version of a policy; `None` when none is here.
fn policy(told: &Element) -> Result<Option<ManagedPolicy>, Gap> {
    let Some(arn) = told.text("Arn") else { return Ok(None) };
    let is_default = |version: &&Element| version.text("IsDefaultVersion") == Some("true");
    let Some(version) = told.list("PolicyVersionList").iter().find(is_default) else { return Ok(None) };
    let document = document(version.text("Document").unwrap_or_default(), &format!("the policy {arn}"))?;
    Ok(Some(ManagedPolicy {
        arn: arn.to_owned(),
        name: told.owned("PolicyName"),
        version: version.owned("VersionId"),
        document,
    }))
}

/// Names and values of a list of tags.
pub(super) fn tags(told: &Element) -> BTreeMap<String, String> {
    told.list("Tags").iter().map(|tag| (tag.owned("Key"), tag.owned("Value"))).collect()
}

/// When a role was last used.
pub(super) fn last_used(told: &Element) -> Option<jiff::Timestamp> {
    time(told.child("RoleLastUsed")?, "LastUsedDate")
}
