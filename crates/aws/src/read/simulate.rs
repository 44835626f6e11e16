//! Which permissions Periscope's own role has, as IAM's simulator says.

use crate::client::{Call, Client};
use crate::error::Error;
use crate::operations::{Operation, ResourceForm, Spec, TABLE};
use crate::policy::resources;
use crate::{EksTarget, arn};

/// Which operations the role with this ARN may do in its own account.
pub(crate) async fn own_permissions(
    client: &Client,
    role: &str,
    targets: &[EksTarget],
) -> Result<Vec<(Operation, bool)>, Error> {
    let clusters: Vec<String> = targets.iter().map(|target| target.arn.clone()).collect();
    let mut told = Vec::new();
    let forms = [
        ResourceForm::Any,
        ResourceForm::EksCluster,
        ResourceForm::AccessEntry,
        ResourceForm::PodIdentityAssociation,
        ResourceForm::Role,
        ResourceForm::ManagedPolicy,
        ResourceForm::OidcProvider,
        ResourceForm::InstanceProfile,
    ];
    for form in forms {
        let actions: Vec<&Spec> =
            TABLE.iter().filter(|spec| spec.resource == form && spec.needs_permission()).collect();
        let on = if form == ResourceForm::Role { vec![role.to_owned()] } else { resources(form, &clusters, &[]) };
        let Some(on) = on.into_iter().find(|on| form == ResourceForm::Any || !on.starts_with("arn:*")) else {
            continue;
        };
        let mut call = Call::new(Operation::SimulatePrincipalPolicy, role)
            .with("PolicySourceArn", role)
            .with("ResourceArns.member.1", on);
        for (at, spec) in actions.iter().enumerate() {
            call = call.with(format!("ActionNames.member.{}", at + 1), spec.action());
        }
        client
            .pages(call, "Marker", |page| {
                for result in page.find("EvaluationResults").map_or(&[][..], |list| &list.children) {
                    let spec = actions.iter().find(|spec| result.text("EvalActionName") == Some(&spec.action()));
                    let allowed = result.text("EvalDecision") == Some("allowed");
                    told.extend(spec.map(|spec| (spec.operation, allowed)));
                }
                let more = page.find("IsTruncated").is_some_and(|found| found.text.trim() == "true");
                Ok(page.find("Marker").filter(|_| more).map(|found| found.text.trim().to_owned()))
            })
            .await?;
    }
    Ok(told)
}

/// The ARN of the role that a session is of, with its path.
pub(crate) async fn own_role(client: &Client, session: &str) -> Option<String> {
    let bare = arn::role_of_session(session)?;
    let known = client.access.provider.role_arn().filter(|arn| arn::name(arn) == arn::name(&bare));
    if let Some(known) = known {
        return Some(known.to_owned());
    }
    // Only IAM knows the path.
    let call = Call::new(Operation::GetRole, bare.as_str()).with("RoleName", arn::name(&bare));
    let root = client.xml(call).await.ok()?;
    Some(root.find("Role")?.text("Arn")?.to_owned())
}
