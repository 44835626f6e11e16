//! A place in the order of rows: it stays where it is when rows come and go.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use periscope_identity::{HolderKey, HolderRow};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Longer than any place.
const MAX_TEXT: usize = 16 * 1024;

/// Of one row, in the order of rows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Place {
    #[serde(rename = "c")]
    cluster: String,
    #[serde(rename = "s")]
    namespace: String,
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "k")]
    kind: String,
    /// Direct ways before longer ones.
    #[serde(rename = "l")]
    length: usize,
    #[serde(rename = "p")]
    path: Vec<String>,
    /// Two service accounts of one workload may have the same role.
    #[serde(rename = "h")]
    holder: String,
}

impl Place {
    pub(super) fn of(row: &HolderRow) -> Self {
        let workload = &row.workload;
        Self {
            cluster: workload.cluster.to_string(),
            namespace: workload.namespace.clone().unwrap_or_default(),
            name: workload.name.clone(),
            kind: workload.kind.to_string(),
            length: row.path.len(),
            path: row.path.iter().map(|step| step.arn.clone()).collect(),
            holder: match &row.holder {
                HolderKey::Actor(actor) => format!("{} {:?}", actor.service_account, actor.source),
                HolderKey::Role(_) => format!("{} {:?}", row.service_account, row.source),
            },
        }
    }

    pub(super) fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let wrong = || Error::invalid("cursor_invalid", "the cursor is none that was given here");
        if text.len() > MAX_TEXT {
            return Err(wrong());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        serde_json::from_slice(&bytes).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_and_nothing_else_does() {
        let place = Place {
            cluster: "a".to_owned(),
            namespace: "shop".to_owned(),
            name: "api".to_owned(),
            kind: "deployments.apps".to_owned(),
            length: 1,
            path: vec!["arn:aws:iam::111122223333:role/api".to_owned()],
            holder: "api Irsa".to_owned(),
        };
        assert_eq!(Place::parse(&place.text()).expect("its own"), place);
        for odd in ["", "x", "e30", "bnVsbA", &"A".repeat(MAX_TEXT + 1)] {
            assert_eq!(Place::parse(odd).expect_err(odd).code(), "cursor_invalid", "{odd}");
        }
    }
}
