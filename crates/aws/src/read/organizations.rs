//! Organizations: the policies of every level on the way to an account.

use std::collections::BTreeMap;
use std::sync::Arc;

use periscope_model::Gap;
use periscope_model::aws::{ManagedPolicy, OrganizationLevel, OrganizationPath};
use serde::Deserialize;

use super::{Read, sized};
use crate::client::{Call, Client};
use crate::error::Error;
use crate::operations::Operation;

/// AWS allows five levels below the root.
const DEEPEST: usize = 12;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeOrganization {
    organization: Organization,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Organization {
    id: String,
    arn: Option<String>,
    master_account_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListParents {
    #[serde(default)]
    parents: Vec<Parent>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parent {
    id: String,
    #[serde(rename = "Type")]
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListPoliciesForTarget {
    #[serde(default)]
    policies: Vec<Summary>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summary {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribePolicy {
    policy: Policy,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    policy_summary: PolicySummary,
    content: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicySummary {
    arn: String,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    #[serde(alias = "OrganizationalUnit", alias = "Account")]
    subject: Subject,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRoots {
    #[serde(default)]
    roots: Vec<Subject>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Subject {
    id: String,
    name: Option<String>,
}

/// The path to an account, and what of it could not be read. An account that is in no organisation has an empty path.
pub(crate) async fn path(client: &Client, account: &str) -> Result<Read<OrganizationPath>, Error> {
    let call = Call::new(Operation::DescribeOrganization, "*");
    let organization = match client.json::<DescribeOrganization>(&call).await {
        Ok(told) => told.organization,
        // Said of whoever asks: of this account only when that is the one.
        Err(Error::Service { code, .. }) if code == "AWSOrganizationsNotInUseException" && client.is_of(account) => {
            let (organization_id, management_account) = (String::new(), String::new());
            return Ok(Read::whole(OrganizationPath { organization_id, management_account, levels: Vec::new() }));
        }
        Err(error) => return Err(error),
    };
    let mut reading = Reading { client, gaps: Vec::new(), policies: BTreeMap::new() };
    let mut levels = Vec::new();
    for (id, kind) in climb(client, account).await? {
        levels.push(reading.level(id, kind).await?);
    }
    levels.reverse();
    let of_arn = || organization.arn.as_deref().and_then(crate::arn::account).map(str::to_owned);
    let path = OrganizationPath {
        management_account: organization.master_account_id.clone().or_else(of_arn).unwrap_or_default(),
        organization_id: organization.id,
        levels,
    };
    Ok(Read { gaps: reading.gaps, ..Read::whole(path) })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Account,
    Unit,
    Root,
}

/// From the account to the root.
async fn climb(client: &Client, account: &str) -> Result<Vec<(String, Kind)>, Error> {
    let mut path = vec![(account.to_owned(), Kind::Account)];
    while let Some((child, kind)) = path.last().filter(|(_, kind)| *kind != Kind::Root) {
        let call = Call::new(Operation::ListParents, "*").with("ChildId", child);
        // There is one, but it need not be on the first page.
        let mut parent = None;
        let listing = client.json_pages(&call, "NextToken", |page: ListParents| {
            parent = parent.take().or(page.parents.into_iter().next());
            page.next_token
        });
        listing.await?;
        let unreadable = |reason: &str| Error::Unreadable { what: call.what(), reason: reason.to_owned() };
        let Some(parent) = parent else {
            let who = if *kind == Kind::Account { "the account" } else { "an organisational unit" };
            return Err(unreadable(&format!("{who} has no parent")));
        };
        if path.len() > DEEPEST || path.iter().any(|(id, _)| *id == parent.id) {
            return Err(unreadable("the way to the root has no end"));
        }
        let kind = if parent.kind == "ROOT" { Kind::Root } else { Kind::Unit };
        path.push((parent.id, kind));
    }
    Ok(path)
}

struct Reading<'a> {
    client: &'a Client,
    gaps: Vec<Gap>,
    /// By id; most are attached at several levels.
    policies: BTreeMap<String, Arc<ManagedPolicy>>,
}

impl Reading<'_> {
    async fn level(&mut self, id: String, kind: Kind) -> Result<OrganizationLevel, Error> {
        let name = self.name(&id, kind).await?;
        let service_control = self.attached(&id, "SERVICE_CONTROL_POLICY").await?;
        let resource_control = self.attached(&id, "RESOURCE_CONTROL_POLICY").await?;
        Ok(OrganizationLevel { id, name, service_control, resource_control })
    }

    /// Names are for people: without them there is the id.
    async fn name(&mut self, id: &str, kind: Kind) -> Result<String, Error> {
        let named = match kind {
            Kind::Root => self.root(id).await,
            Kind::Unit => {
                let call = Call::new(Operation::DescribeOrganizationalUnit, "*").with("OrganizationalUnitId", id);
                self.client.json::<Named>(&call).await.map(|told| told.subject.name)
            }
            Kind::Account => {
                let call = Call::new(Operation::DescribeAccount, "*").with("AccountId", id);
                self.client.json::<Named>(&call).await.map(|told| told.subject.name)
            }
        };
        match named {
            Ok(name) => Ok(name.unwrap_or_else(|| id.to_owned())),
            Err(error) => {
                self.keep(error, &format!("the name of {id} is not read"))?;
                Ok(id.to_owned())
            }
        }
    }

    async fn root(&self, id: &str) -> Result<Option<String>, Error> {
        let mut name = None;
        let call = Call::new(Operation::ListRoots, "*");
        let listing = self.client.json_pages(&call, "NextToken", |page: ListRoots| {
            name = name.take().or_else(|| page.roots.into_iter().find(|root| root.id == id).and_then(|root| root.name));
            page.next_token
        });
        listing.await?;
        Ok(name)
    }

    /// `None` when not all of them can be told.
    async fn attached(&mut self, target: &str, kind: &str) -> Result<Option<Vec<Arc<ManagedPolicy>>>, Error> {
        let call = Call::new(Operation::ListPoliciesForTarget, "*").with("TargetId", target).with("Filter", kind);
        let mut ids = Vec::new();
        let listed = self.client.json_pages(&call, "NextToken", |page: ListPoliciesForTarget| {
            ids.extend(page.policies.into_iter().map(|policy| policy.id));
            page.next_token
        });
        match listed.await {
            Ok(()) => {}
            // Policies of a type that is not in use limit nothing.
            Err(Error::Service { code, .. }) if code == "PolicyTypeNotEnabledException" => return Ok(Some(Vec::new())),
            Err(error) => {
                self.keep(error, &format!("the policies ({kind}) of {target} are not read"))?;
                return Ok(None);
            }
        }
        ids.sort();
        let mut policies = Vec::new();
        for id in ids {
            match self.policy(&id).await {
                Ok(policy) => policies.extend(policy),
                Err(error) => {
                    self.keep(error, &format!("the policy {id} of {target} is not read"))?;
                    return Ok(None);
                }
            }
        }
        Ok(Some(policies))
    }

    async fn policy(&mut self, id: &str) -> Result<Option<Arc<ManagedPolicy>>, Error> {
        if let Some(known) = self.policies.get(id) {
            return Ok(Some(known.clone()));
        }
        let call = Call::new(Operation::DescribePolicy, "*").with("PolicyId", id);
        let told = match self.client.json::<DescribePolicy>(&call).await {
            // Detached and deleted since it was listed.
            Err(Error::NotFound { .. }) => return Ok(None),
            told => told?.policy,
        };
        let document = sized(&told.content, &format!("the policy {id}"));
        let document = document.map_err(|gap| Error::Unreadable { what: call.what(), reason: gap.what })?;
        let PolicySummary { arn, name } = told.policy_summary;
        let policy =
            ManagedPolicy { arn, name: name.unwrap_or_else(|| id.to_owned()), version: String::new(), document };
        let policy = Arc::new(policy);
        self.policies.insert(id.to_owned(), policy.clone());
        Ok(Some(policy))
    }

    /// A refusal of one part leaves the others; what may pass is tried again with the whole.
    fn keep(&mut self, error: Error, missing: &str) -> Result<(), Error> {
        if error.passes() {
            return Err(error);
        }
        self.gaps.push(error.gap(missing));
        Ok(())
    }
}
