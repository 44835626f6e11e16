//! The ConfigMap `kube-system/aws-auth`, read live as the human: whom it lets in is for who may read it.

use std::collections::BTreeMap;
use std::sync::Arc;

use periscope_cluster::Trace;
use periscope_identity::AwsAuth;
use periscope_model::aws::Observed;
use periscope_model::{Gap, Permission, ResourceType};
use serde::Deserialize;

use crate::app::App;
use crate::clusters::Cluster;
use crate::context::Context;
use crate::error::Error;
use crate::kinds::known;

const NAMESPACE: &str = "kube-system";
const NAME: &str = "aws-auth";

#[derive(Deserialize)]
struct ConfigMap {
    #[serde(default)]
    data: BTreeMap<String, String>,
}

impl App {
    /// What the ConfigMap says now; one that is not there is the end of a migration, and read, too.
    pub(super) async fn aws_auth(&self, context: &Context, cluster: &Arc<Cluster>) -> Observed<AwsAuth> {
        let now = self.clock.now();
        match self.read_aws_auth(context, cluster).await {
            Ok(read) => Observed::new(read, now),
            Err(Error::NotFound { .. }) => Observed::new(AwsAuth::absent(), now),
            Err(error) => Observed::missing(gap(cluster, error)),
        }
    }

    async fn read_aws_auth(&self, context: &Context, cluster: &Arc<Cluster>) -> Result<AwsAuth, Error> {
        let identity = cluster.human(context)?;
        let connection = cluster.connection()?.traced(Trace::new(context.request_id.clone()));
        let config_maps = ResourceType { kind: known("configmaps"), version: Arc::from("v1"), namespaced: true };
        let bytes = connection.get(&identity, &config_maps, Some(NAMESPACE), NAME).await;
        let bytes = bytes.map_err(|error| cluster.error(&error, what))?;
        // serde's own message could quote what it read.
        let map: ConfigMap = serde_json::from_slice(&bytes).map_err(|_| Error::Upstream {
            cluster: cluster.spec.id.clone(),
            message: format!("{} is no ConfigMap", what()),
            status: None,
        })?;
        Ok(AwsAuth::parse(&map.data))
    }
}

fn what() -> String {
    format!("the ConfigMap {NAMESPACE}/{NAME}")
}

fn gap(cluster: &Cluster, error: Error) -> Gap {
    let what = format!("{} of {}", what(), cluster.spec.id);
    match error {
        Error::Refused { .. } => {
            let needed = Permission {
                name: Some(NAME.to_owned()),
                ..Permission::on("get", &known("configmaps"), Some(NAMESPACE))
            };
            Gap::missing_permission(what, needed)
        }
        other => Gap::new("UNREACHABLE", format!("{what}: {other}")),
    }
}
