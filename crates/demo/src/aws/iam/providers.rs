//! Identity providers: the issuers whose tokens an account takes.

use serde_json::json;

use super::{no_such, time};
use crate::aws::estate::{Account, CLUSTERS, HOME};
use crate::aws::http::{Call, Failure, Reply};
use crate::content::builder::DAY;
use crate::content::image::hex;

/// Of a cluster that is no more.
const GONE: &str = "oidc.eks.eu-west-1.amazonaws.com/id/0DEAD0C1A55E7E2D0DEAD0C1A55E7E2D";

/// Issuers, without the scheme. `production` also takes those of `staging`, which somebody once needed.
fn issuers(account: &Account) -> Vec<String> {
    let own = CLUSTERS.iter().filter(|cluster| *account == *HOME || *cluster.account == *account);
    let mut issuers: Vec<String> = own.map(crate::aws::EksCluster::issuer).collect();
    if *account == *HOME {
        issuers.push(GONE.to_owned());
    }
    if !issuers.is_empty() {
        issuers.push("token.actions.githubusercontent.com".to_owned());
    }
    issuers
}

fn arn(account: &Account, issuer: &str) -> String {
    format!("arn:aws:iam::{}:oidc-provider/{issuer}", account.id)
}

pub(super) fn list(call: &Call<'_>) -> Reply {
    let account = call.account()?;
    let all: Vec<_> = issuers(account).iter().map(|issuer| json!({"Arn": arn(account, issuer)})).collect();
    Ok(json!({"OpenIDConnectProviderList": all}))
}

pub(super) fn get(call: &Call<'_>) -> Reply {
    let wanted = call.required("OpenIDConnectProviderArn")?;
    let account = call.account()?;
    let found = issuers(account).into_iter().find(|issuer| arn(account, issuer) == wanted);
    let issuer: Result<String, Failure> =
        found.ok_or_else(|| no_such(format!("OpenIDConnect Provider not found for arn {wanted}")));
    let issuer = issuer?;
    Ok(json!({"Url": issuer, "ClientIDList": ["sts.amazonaws.com"], "ThumbprintList": [hex(&issuer, 40)],
        "CreateDate": time(call.aws().started - 400 * DAY), "Tags": []}))
}
