//! What others need to check tokens of service accounts.

use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::respond;
use crate::cluster::Cluster;

pub(super) fn answer(cluster: &Cluster, path: &str) -> Option<Response> {
    let issuer = &cluster.issuer;
    let document = match path {
        "/openid/v1/jwks" => issuer.key_set(),
        "/.well-known/openid-configuration" => {
            json!({"issuer": issuer.url, "jwks_uri": format!("{}/openid/v1/jwks", issuer.url),
            "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"]})
        }
        _ => return None,
    };
    Some(respond::json_value(StatusCode::OK, &document))
}
