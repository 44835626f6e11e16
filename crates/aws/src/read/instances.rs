//! EC2: how a cluster's nodes let pods reach their credentials.

use periscope_model::aws::InstanceMetadata;

use crate::client::{Call, Client, Paging};
use crate::error::Error;
use crate::operations::Operation;
use crate::xml::Element;

/// An instance is some kilobytes of XML.
const PAGE: &str = "500";

/// Nodes carry this tag, whoever makes them.
pub(crate) async fn instances(client: &Client, cluster: &str) -> Result<Vec<InstanceMetadata>, Error> {
    let call = Call::new(Operation::DescribeInstances, "*")
        .with("Filter.1.Name", "tag-key")
        .with("Filter.1.Value.1", format!("kubernetes.io/cluster/{cluster}"))
        .with("Filter.2.Name", "instance-state-name")
        .with("Filter.2.Value.1", "pending")
        .with("Filter.2.Value.2", "running")
        .with("MaxResults", PAGE);
    let mut all = Vec::new();
    let listing = client.xml_pages(&call, Paging::NextToken, |page| {
        let reservations = page.list("reservationSet").iter();
        all.extend(reservations.flat_map(|reservation| reservation.list("instancesSet")).filter_map(instance));
        Ok(())
    });
    listing.await?;
    all.sort_by(|one, other| one.instance_id.cmp(&other.instance_id));
    Ok(all)
}

fn instance(told: &Element) -> Option<InstanceMetadata> {
    let metadata = told.child("metadataOptions");
    let option = |name: &str| metadata.and_then(|metadata| metadata.text(name));
    let profile = told.child("iamInstanceProfile").and_then(|profile| profile.text("arn"));
    Some(InstanceMetadata {
        instance_id: told.text("instanceId")?.to_owned(),
        endpoint_enabled: option("httpEndpoint") != Some("disabled"),
        hop_limit: option("httpPutResponseHopLimit").and_then(|limit| limit.parse().ok()).unwrap_or(1),
        token_required: option("httpTokens") == Some("required"),
        instance_profile_arn: profile.map(str::to_owned),
    })
}
