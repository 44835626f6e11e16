//! The embedded console: every file pre-compressed at build time, hashed names cached for ever.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::Problem;

/// The files of the built console. A checkout in which `make build` never ran has none; then a plain page says so.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Files;

const NOT_BUILT: &str = "<!doctype html><title>Periscope</title><p>The console is not built into this binary: \
    run <code>make build</code>. The API is at <a href=\"/api/openapi.json\">/api/openapi.json</a>.";

/// Serves a file, or the shell for any address that is a place in the console.
pub(crate) async fn serve(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if path.starts_with("api/") || path == "api" {
        return Problem::new(StatusCode::NOT_FOUND, "route_unknown", "there is nothing at this address")
            .into_response();
    }
    if let Some(response) = file(path, request.headers()) {
        return response;
    }
    if path.starts_with("assets/") {
        return Problem::new(StatusCode::NOT_FOUND, "asset_unknown", "there is no such file").into_response();
    }
    file("index.html", request.headers())
        .unwrap_or_else(|| ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT).into_response())
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    if matches!(path.rsplit('.').next(), Some("br" | "gz")) {
        return None;
    }
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let accepts =
        |coding: &str| accepted.split(',').any(|one| one.split(';').next().is_some_and(|c| c.trim() == coding));
    let compressed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts(coding))
        .find_map(|(coding, suffix)| Files::get(&format!("{path}{suffix}")).map(|file| (file, Some(coding))));
    let (file, coding) = compressed.or_else(|| Files::get(path).map(|file| (file, None)))?;
    Some(respond(path, file, coding))
}

fn respond(path: &str, file: EmbeddedFile, coding: Option<&'static str>) -> Response {
    let mut response = Response::new(Body::from(file.data));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Names under assets/ carry a hash of their content.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    }
}
