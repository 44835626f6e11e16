//! IAM's OpenID Connect providers: whose tokens an account believes.

use futures::FutureExt;
use periscope_model::aws::OidcProvider;

use super::at_once;
use crate::client::{Call, Client};
use crate::error::Error;
use crate::operations::Operation;

pub(crate) async fn oidc_providers(client: &Client) -> Result<Vec<OidcProvider>, Error> {
    let root = client.xml(&Call::new(Operation::ListOpenIDConnectProviders, "*")).await?;
    let listed = root.find("OpenIDConnectProviderList").map_or(&[][..], |list| &list.children);
    let arns: Vec<&str> = listed.iter().filter_map(|one| one.text("Arn")).collect();
    let read = arns.iter().map(|arn| oidc_provider(client, arn).boxed()).collect();
    let read = at_once(read).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut providers: Vec<_> = read.into_iter().flatten().collect();
    providers.sort_by(|one, other| one.arn.cmp(&other.arn));
    Ok(providers)
}

/// `None`: gone since it was listed.
async fn oidc_provider(client: &Client, arn: &str) -> Result<Option<OidcProvider>, Error> {
    let call = Call::new(Operation::GetOpenIDConnectProvider, arn).with("OpenIDConnectProviderArn", arn);
    let root = match client.xml(&call).await {
        Err(Error::NotFound { .. }) => return Ok(None),
        read => read?,
    };
    let url = root.find("Url").map(|url| url.text.trim()).unwrap_or_default();
    let audiences = root.find("ClientIDList").map_or(&[][..], |list| &list.children);
    Ok(Some(OidcProvider {
        arn: arn.to_owned(),
        issuer: url.strip_prefix("https://").unwrap_or(url).to_owned(),
        audiences: audiences.iter().map(|one| one.text.trim().to_owned()).collect(),
    }))
}
