//! One cluster beside AWS: who may enter it, what its pods are there, and what they can do.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{Uri, header};
use axum::response::IntoResponse;
use periscope_answers::{
    AwsAccess, AwsPods, AwsRoleList, AwsServiceActions, AwsStatus, AwsWhy, ClusterAccess, FindingList,
    ServiceAccountList, WhyQuestion,
};
use periscope_model::Answer;

use crate::problem::Problem;
use crate::request::Caller;
use crate::routes::actions::Nothing;
use crate::routes::objects::{Place, object_ref};
use crate::routes::{QueryPairs, cluster_id};
use crate::state::AppState;

type Answered<T> = Result<Json<Answer<T>>, Problem>;

/// Who may enter the cluster: access entries beside aws-auth. Recorded.
#[utoipa::path(get, path = "/api/clusters/{cluster}/aws/access", tag = "aws", operation_id = "aws_cluster_access", params(("cluster" = String, Path)),
    responses((status = 200, body = Answer<ClusterAccess>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn access(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
) -> Answered<ClusterAccess> {
    Ok(Json(state.app.cluster_access(&caller.context, &cluster_id(&cluster)?).await?))
}

/// Which service account has which role. Recorded.
#[utoipa::path(get, path = "/api/clusters/{cluster}/aws/service-accounts", tag = "aws", operation_id = "aws_service_accounts",
    params(("cluster" = String, Path), ("namespace" = Option<String>, Query),
        ("role" = Option<String>, Query, description = "only of the role with this ARN")),
    responses((status = 200, body = Answer<ServiceAccountList>), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn service_accounts(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
    uri: Uri,
) -> Answered<ServiceAccountList> {
    let query = QueryPairs::of(&uri)?;
    let only = (query.one("namespace"), query.one("role"));
    Ok(Json(state.app.aws_service_accounts(&caller.context, &cluster_id(&cluster)?, only).await?))
}

/// Roles, and what runs as them. Recorded.
#[utoipa::path(get, path = "/api/clusters/{cluster}/aws/roles", tag = "aws", operation_id = "aws_roles", params(("cluster" = String, Path)),
    responses((status = 200, body = Answer<AwsRoleList>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn roles(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
) -> Answered<AwsRoleList> {
    Ok(Json(state.app.aws_roles(&caller.context, &cluster_id(&cluster)?).await?))
}

/// What is wrong with the cluster's identities. Recorded.
#[utoipa::path(get, path = "/api/clusters/{cluster}/aws/findings", tag = "aws", operation_id = "aws_findings", params(("cluster" = String, Path)),
    responses((status = 200, body = Answer<FindingList>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn findings(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
) -> Answered<FindingList> {
    Ok(Json(state.app.aws_findings(&caller.context, &cluster_id(&cluster)?).await?))
}

/// What one workload is in AWS and what it can do there. Recorded.
#[utoipa::path(get, path = "/api/clusters/{cluster}/aws/workloads/{kind}/{namespace}/{name}", tag = "aws", operation_id = "aws_workload",
    params(("cluster" = String, Path),
        ("kind" = String, Path, description = "pods, serviceaccounts, deployments.apps, statefulsets.apps, daemonsets.apps, jobs.batch or cronjobs.batch"),
        ("namespace" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = Answer<AwsAccess>), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn workload(State(state): State<AppState>, caller: Caller, place: Place) -> Answered<AwsAccess> {
    Ok(Json(state.app.aws_access(&caller.context, &object_ref(place)?).await?))
}

/// Every action of one service that a workload can do. Recorded.
#[utoipa::path(get, path = "/api/clusters/{cluster}/aws/workloads/{kind}/{namespace}/{name}/services/{service}",
    tag = "aws", operation_id = "aws_service",
    params(("cluster" = String, Path), ("kind" = String, Path), ("namespace" = String, Path), ("name" = String, Path),
        ("service" = String, Path, description = "as its actions begin: s3")),
    responses((status = 200, body = Answer<AwsServiceActions>), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn service(
    State(state): State<AppState>,
    caller: Caller,
    Path((cluster, kind, namespace, name, service)): Path<(String, String, String, String, String)>,
) -> Answered<AwsServiceActions> {
    let place = object_ref(Path((cluster, kind, namespace, name)))?;
    Ok(Json(state.app.aws_service(&caller.context, &place, &service).await?))
}

/// What a workload is effectively allowed, as a policy document. Recorded.
#[utoipa::path(get, path = "/api/clusters/{cluster}/aws/workloads/{kind}/{namespace}/{name}/policy", tag = "aws", operation_id = "aws_policy",
    params(("cluster" = String, Path), ("kind" = String, Path), ("namespace" = String, Path), ("name" = String, Path)),
    responses((status = 200, content_type = "application/json", body = Object), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn policy(
    State(state): State<AppState>,
    caller: Caller,
    place: Place,
) -> Result<impl IntoResponse, Problem> {
    let file = state.app.aws_policy(&caller.context, &object_ref(place)?).await?;
    let disposition = format!("attachment; filename=\"{}\"", file.file_name);
    let headers = [(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, file.document))
}

/// The pods of a workload, each with what it is in AWS. Recorded.
#[utoipa::path(get, path = "/api/clusters/{cluster}/aws/workloads/{kind}/{namespace}/{name}/pods", tag = "aws", operation_id = "aws_pods",
    params(("cluster" = String, Path), ("kind" = String, Path), ("namespace" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = Answer<AwsPods>), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn pods(State(state): State<AppState>, caller: Caller, place: Place) -> Answered<AwsPods> {
    Ok(Json(state.app.aws_pods(&caller.context, &object_ref(place)?).await?))
}

/// Why a workload may do something in AWS, or may not: every statement that decides. Recorded.
#[utoipa::path(get, path = "/api/clusters/{cluster}/aws/why", tag = "aws", operation_id = "aws_why",
    params(("cluster" = String, Path), ("kind" = String, Query), ("namespace" = String, Query), ("name" = String, Query),
        ("action" = String, Query, description = "one action: s3:GetObject"),
        ("resource" = Option<String>, Query, description = "an ARN; any when absent")),
    responses((status = 200, body = Answer<AwsWhy>), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(crate) async fn why(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
    uri: Uri,
) -> Answered<AwsWhy> {
    let query = QueryPairs::of(&uri)?;
    let text = |key: &str| query.one(key).unwrap_or_default().to_owned();
    let asked = WhyQuestion {
        kind: text("kind"),
        namespace: text("namespace"),
        name: text("name"),
        action: text("action"),
        resource: query.one("resource").map(str::to_owned),
    };
    Ok(Json(state.app.aws_why(&caller.context, &cluster_id(&cluster)?, asked).await?))
}

/// What was read of AWS for the cluster and when, and what this Periscope's own role may.
#[utoipa::path(get, path = "/api/clusters/{cluster}/aws/status", tag = "aws", operation_id = "aws_status", params(("cluster" = String, Path)),
    responses((status = 200, body = Answer<AwsStatus>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn status(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
) -> Answered<AwsStatus> {
    Ok(Json(state.app.aws_status(&caller.context, &cluster_id(&cluster)?)?))
}

/// The same after AWS was asked again, at most 20 seconds later. Recorded.
#[utoipa::path(post, path = "/api/clusters/{cluster}/aws/refresh", tag = "aws", operation_id = "aws_refresh", params(("cluster" = String, Path)),
    request_body = Nothing,
    responses((status = 200, body = Answer<AwsStatus>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn refresh(
    State(state): State<AppState>,
    caller: Caller,
    Path(cluster): Path<String>,
    body: Result<Json<Nothing>, JsonRejection>,
) -> Answered<AwsStatus> {
    let Json(Nothing {}) = body.map_err(|error| Problem::of_body(&error))?;
    Ok(Json(state.app.aws_refresh(&caller.context, &cluster_id(&cluster)?).await?))
}
