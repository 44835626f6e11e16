//! `/version` and the health endpoints.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use super::respond;
use crate::cluster::Cluster;

pub(super) fn answer(cluster: &Cluster, path: &str) -> Option<Response> {
    match path.trim_end_matches('/') {
        "/version" => {
            let profile = &cluster.profile;
            let version = json!({"major": "1", "minor": profile.minor, "gitVersion": profile.git_version,
                "gitCommit": "4c29e5c1a2d47ba8b0b5a3a2b0f0b7f3a2e7c1d9", "gitTreeState": "clean",
                "buildDate": "2026-08-19T06:02:31Z", "goVersion": "go1.24.6", "compiler": "gc", "platform": "linux/amd64"});
            Some(respond::json_value(StatusCode::OK, &version))
        }
        "/healthz" | "/livez" | "/readyz" | "/healthz/ping" | "/livez/ping" | "/readyz/ping" => {
            Some((StatusCode::OK, "ok").into_response())
        }
        _ => None,
    }
}
