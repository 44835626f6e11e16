//! Single roles with their policies: the narrow way, where an account may not be read at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use periscope_model::Gap;
use periscope_model::aws::{InlinePolicy, ManagedPolicy, Role, RoleRead};

use super::authorization_details::{last_used, tags};
use super::{document, time};
use crate::arn;
use crate::client::{Call, Client, Paging};
use crate::error::Error;
use crate::operations::Operation;
use crate::xml::Element;

/// What both ways of reading tell of a role. `None` without an ARN.
pub(super) fn role(told: &Element) -> Option<Role> {
    let arn = told.text("Arn")?.to_owned();
    let mut gaps = Vec::new();
    let encoded = told.text("AssumeRolePolicyDocument").unwrap_or_default();
    let trust = document(encoded, &format!("the trust policy of {arn}")).unwrap_or_else(|gap| {
        gaps.push(gap);
        "".into()
    });
    let boundary = told.child("PermissionsBoundary").and_then(|boundary| boundary.text("PermissionsBoundaryArn"));
    Some(Role {
        name: told.owned("RoleName"),
        id: told.owned("RoleId"),
        trust,
        inline: Vec::new(),
        attached: Vec::new(),
        boundary: boundary.map(str::to_owned),
        tags: tags(told),
        created: time(told, "CreateDate"),
        last_used: last_used(told),
        gaps,
        arn,
    })
}

/// One role, whatever may be read of it.
pub(crate) async fn read(client: &Client, arn: &str) -> (RoleRead, Option<Error>) {
    let unread = |error: Error| {
        let gap = error.gap(&format!("the role {arn} is not read"));
        (RoleRead::Unread(gap), Some(error))
    };
    let named = |operation| Call::new(operation, arn).with("RoleName", arn::name(arn));
    let root = match client.xml(&named(Operation::GetRole)).await {
        Ok(root) => root,
        Err(Error::NotFound { .. }) => return (RoleRead::Missing, None),
        Err(error) => return unread(error),
    };
    let Some(mut role) = root.find("Role").and_then(role) else {
        let reason = "it holds no role".to_owned();
        return unread(Error::Unreadable { what: named(Operation::GetRole).what(), reason });
    };
    if role.arn != arn {
        // Names are unique in an account, paths are not part of them: this one is another role.
        return (RoleRead::Missing, None);
    }
    let mut failed = None;
    for read in [inline(client, &mut role).await, attached(client, &mut role).await] {
        match read {
            Ok(()) => {}
            // Deleted between two calls.
            Err(Error::NotFound { .. }) => return (RoleRead::Missing, None),
            Err(error) => {
                role.gaps.push(error.gap(&format!("the policies of {arn} are not all read")));
                failed = Some(error);
            }
        }
    }
    (RoleRead::Found(Arc::new(role)), failed)
}

async fn inline(client: &Client, role: &mut Role) -> Result<(), Error> {
    let call = |operation| Call::new(operation, role.arn.as_str()).with("RoleName", role.name.as_str());
    let mut names = Vec::new();
    let list = call(Operation::ListRolePolicies);
    let listing = client.xml_pages(&list, Paging::Marker, |page| {
        names.extend(members(page, "PolicyNames").map(|one| one.text.trim().to_owned()));
        Ok(())
    });
    listing.await?;
    let (mut policies, mut gaps) = (Vec::new(), Vec::new());
    for name in names {
        let what = format!("the inline policy {name} of {}", role.arn);
        match client.xml(&call(Operation::GetRolePolicy).with("PolicyName", &name)).await {
            Ok(root) => {
                let encoded = root.find("PolicyDocument").map(|found| found.text.trim()).unwrap_or_default();
                match document(encoded, &what) {
                    Ok(document) => policies.push(InlinePolicy { name, document }),
                    Err(gap) => gaps.push(gap),
                }
            }
            Err(Error::NotFound { .. }) => {
                // The policy went, or the whole role did.
                client.xml(&call(Operation::GetRole)).await?;
            }
            Err(error) => gaps.push(error.gap(&format!("{what} is not read"))),
        }
    }
    role.inline.extend(policies);
    role.gaps.extend(gaps);
    Ok(())
}

async fn attached(client: &Client, role: &mut Role) -> Result<(), Error> {
    let call = Call::new(Operation::ListAttachedRolePolicies, role.arn.as_str()).with("RoleName", role.name.as_str());
    let mut arns = Vec::new();
    let listing = client.xml_pages(&call, Paging::Marker, |page| {
        arns.extend(members(page, "AttachedPolicies").filter_map(|one| one.text("PolicyArn")).map(str::to_owned));
        Ok(())
    });
    listing.await?;
    role.attached.extend(arns);
    Ok(())
}

/// Managed policies by their ARNs; those that are known in their current version are not read again.
pub(crate) async fn managed_policy(
    client: &Client,
    arn: &str,
    known: &BTreeMap<String, Arc<ManagedPolicy>>,
) -> Result<Option<Arc<ManagedPolicy>>, Gap> {
    let gap = |error: Error| error.gap(&format!("the policy {arn} is not read"));
    let call = Call::new(Operation::GetPolicy, arn).with("PolicyArn", arn);
    let root = match client.xml(&call).await {
        Err(Error::NotFound { .. }) => return Ok(None),
        read => read.map_err(gap)?,
    };
    let version = root.find("DefaultVersionId").map(|found| found.text.trim().to_owned()).unwrap_or_default();
    if let Some(known) = known.get(arn).filter(|known| known.version == version) {
        return Ok(Some(Arc::clone(known)));
    }
    let name = root.find("PolicyName").map(|found| found.text.trim().to_owned()).unwrap_or_default();
    let call = Call::new(Operation::GetPolicyVersion, arn).with("PolicyArn", arn).with("VersionId", version.as_str());
    let root = match client.xml(&call).await {
        Err(Error::NotFound { .. }) => return Ok(None),
        read => read.map_err(gap)?,
    };
    let encoded = root.find("Document").map(|found| found.text.trim()).unwrap_or_default();
    let document = document(encoded, &format!("the policy {arn}"))?;
    Ok(Some(Arc::new(ManagedPolicy { arn: arn.to_owned(), name, version, document })))
}

/// The role of an instance profile.
pub(crate) async fn of_instance_profile(client: &Client, profile: &str) -> Result<Option<String>, Error> {
    let call = Call::new(Operation::GetInstanceProfile, profile).with("InstanceProfileName", arn::name(profile));
    let root = match client.xml(&call).await {
        Err(Error::NotFound { .. }) => return Ok(None),
        read => read?,
    };
    let roles = root.find("Roles").map_or(&[][..], |roles| &roles.children);
    Ok(roles.iter().find_map(|role| role.text("Arn")).map(str::to_owned))
}

fn members<'a>(page: &'a Element, list: &str) -> impl Iterator<Item = &'a Element> {
    page.find(list).into_iter().flat_map(|list| &list.children)
}
