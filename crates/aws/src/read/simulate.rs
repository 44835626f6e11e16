//! Which permissions the role that asks has, as IAM's simulator says.

use std::collections::BTreeMap;

use crate::client::{Call, Client, Paging};
use crate::error::Error;
use crate::learnt::About;
use crate::operations::{Operation, ResourceForm, Service, Spec, TABLE};
use crate::policy::resources;
use crate::reach::caller;
use crate::{EksTarget, arn};

/// Asks what may be done of these services, at one cluster or in its account. Where that may not be asked, refusals teach it.
pub(crate) async fn own_permissions(client: &Client, services: &[Service], target: Option<&EksTarget>) {
    let Some(role) = own_role(client).await else { return };
    if let Err(error) = simulated(client, &role, services, target).await {
        tracing::debug!(role, %error, "own permissions cannot be asked for");
    }
}

async fn simulated(client: &Client, role: &str, services: &[Service], target: Option<&EksTarget>) -> Result<(), Error> {
    let clusters: Vec<String> = target.iter().map(|target| target.arn.clone()).collect();
    let mut by_form: BTreeMap<ResourceForm, Vec<&Spec>> = BTreeMap::new();
    for spec in TABLE.iter().filter(|spec| services.contains(&spec.service) && spec.needs_permission()) {
        by_form.entry(spec.resource).or_default().push(spec);
    }
    // That the simulator may be asked is seen.
    by_form.remove(&ResourceForm::OwnRole);
    for (form, specs) in by_form {
        let on = if form == ResourceForm::Role { vec![role.to_owned()] } else { resources(form, &clusters, &[]) };
        let Some(on) = on.into_iter().find(|on| form == ResourceForm::Any || !on.starts_with("arn:*")) else {
            continue;
        };
        let mut call = Call::new(Operation::SimulatePrincipalPolicy, role)
            .with("PolicySourceArn", role)
            .with("ResourceArns.member.1", on);
        for (at, spec) in specs.iter().enumerate() {
            call = call.with(format!("ActionNames.member.{}", at + 1), spec.action());
        }
        let listing = client.xml_pages(&call, Paging::Marker, |page| {
            for result in page.find("EvaluationResults").map_or(&[][..], |list| &list.children) {
                let spec = specs.iter().find(|spec| result.text("EvalActionName") == Some(&spec.action()));
                let Some(operation) = spec.map(|spec| spec.operation) else { continue };
                let way = &client.access.way;
                let about =
                    target.map_or_else(|| About::new(operation, way, None), |target| About::of(operation, way, target));
                let is_allowed = result.text("EvalDecision") == Some("allowed");
                client.shared.learnt.simulated(about, is_allowed, client.shared.clock.now());
            }
            Ok(())
        });
        listing.await?;
    }
    Ok(())
}

/// The ARN of the role that asks, with its path: configuration says it, or AWS.
async fn own_role(client: &Client) -> Option<String> {
    if let Some(known) = client.access.role.lock().clone() {
        return Some(known);
    }
    let bare = arn::role_of_session(&caller(client).await.ok()?.arn)?;
    // Only IAM knows the path.
    let call = Call::new(Operation::GetRole, bare.as_str()).with("RoleName", arn::name(&bare));
    let role = client.xml(&call).await.ok()?.find("Role")?.text("Arn")?.to_owned();
    *client.access.role.lock() = Some(role.clone());
    Some(role)
}
