//! Queries say what the API's description names and nothing else: a misspelt parameter is an error, not an answer to
//! another question.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::{MatchedPath, Query, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::problem::Problem;

/// By path and method as the description writes them.
#[derive(Clone)]
pub(crate) struct KnownQueries(Arc<BTreeMap<(String, String), BTreeSet<String>>>);

impl KnownQueries {
    pub(crate) fn of(description: &OpenApi) -> Self {
        let document = serde_json::to_value(description).unwrap_or_default();
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, operation)| ((path.clone(), method.clone()), named(operation)))
        });
        Self(Arc::new(operations.collect()))
    }

    fn of_request(&self, request: &Request) -> Option<&BTreeSet<String>> {
        let path = request.extensions().get::<MatchedPath>()?.as_str().to_owned();
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        self.0.get(&(path, method.as_str().to_lowercase()))
    }
}

fn named(operation: &Value) -> BTreeSet<String> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let in_query = parameters.filter(|parameter| parameter["in"] == "query");
    in_query.filter_map(|parameter| parameter["name"].as_str().map(str::to_owned)).collect()
}

/// Answers 400 to a query that says what nobody would read.
pub(crate) async fn only_known(State(known): State<KnownQueries>, request: Request, next: Next) -> Response {
    if let Some(known) = known.of_request(&request)
        && let Err(problem) = check(&request, known)
    {
        return problem.into_response();
    }
    next.run(request).await
}

fn check(request: &Request, known: &BTreeSet<String>) -> Result<(), Problem> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(request.uri())
        .map_err(|error| Problem::bad_request("query_invalid", error.body_text()))?;
    let Some((key, _)) = pairs.iter().find(|(key, _)| !known.contains(key)) else { return Ok(()) };
    let names = known.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let known = if names.is_empty() { "none is known here".to_owned() } else { format!("known are {names}") };
    Err(Problem::bad_request("query_invalid", format!("unknown query parameter {key:?}; {known}")))
}
