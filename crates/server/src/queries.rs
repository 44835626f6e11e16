//! Queries say what the API's description names and nothing else: a misspelt parameter is an error, not an answer to
//! another question.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use axum::extract::{MatchedPath, Query, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr};

use crate::problem::Problem;

/// By path as the description writes it, and method.
#[derive(Clone)]
pub(crate) struct KnownQueries(Arc<HashMap<(String, Method), BTreeSet<String>>>);

impl KnownQueries {
    pub(crate) fn of(description: &OpenApi) -> Self {
        let operations = description.paths.paths.iter().flat_map(|(path, item)| {
            let methods = [
                (Method::GET, &item.get),
                (Method::PUT, &item.put),
                (Method::POST, &item.post),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            let described = methods.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?)));
            described.map(move |(method, operation)| ((path.clone(), method), named(operation)))
        });
        Self(Arc::new(operations.collect()))
    }

    fn of_request(&self, request: &Request) -> Option<&BTreeSet<String>> {
        let path = request.extensions().get::<MatchedPath>()?.as_str().to_owned();
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        self.0.get(&(path, method.clone()))
    }
}

fn named(operation: &Operation) -> BTreeSet<String> {
    let in_query = |parameter: &RefOr<Parameter>| match parameter {
        RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter.name.clone()),
        _ => None,
    };
    operation.parameters.iter().flatten().filter_map(in_query).collect()
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
