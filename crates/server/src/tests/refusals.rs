//! What every operation refuses, whoever asks: generated from the table of operations.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, header};

use super::client::{Client, HOST};
use super::operations::{OPERATIONS, Operation, Place};
use super::world::{Server, run};

fn place() -> Place {
    Place::of("pods", "payments", "api-0")
}

fn with(mut request: Request<Body>, name: &'static str, value: &str) -> Request<Body> {
    let value = HeaderValue::from_str(value).expect("a value");
    request.headers_mut().insert(HeaderName::from_static(name), value);
    request
}

/// Each operation as `alice`, who may do everything.
async fn each(check: impl AsyncFn(&Operation, &Client)) {
    let server = Server::start().await;
    let alice = server.sign_in("alice").await;
    for operation in OPERATIONS {
        check(operation, &alice).await;
    }
}

#[test]
fn nobody_gets_in_without_a_session() {
    run(async {
        let server = Server::start().await;
        let forged = Client { cookie: Some("periscope_session_8080=0123456789".into()), ..server.nobody.clone() };
        let empty = Client { cookie: Some("periscope_session_8080=".into()), ..server.nobody.clone() };
        for operation in OPERATIONS.iter().filter(|operation| !operation.public) {
            for client in [&server.nobody, &forged, &empty] {
                let answered = client.send(operation.request(client, &place())).await;
                assert_eq!(answered.status, 401, "{} {}", operation.verb, operation.template);
                assert_eq!(answered.problem(), "unauthenticated");
            }
        }
    });
}

#[test]
fn a_session_that_ended_opens_nothing() {
    run(async {
        let server = Server::start().await;
        let client = server.sign_in("alice").await;
        assert_eq!(client.get("/api/session").await.status, 200);
        assert_eq!(client.post("/api/auth/logout", "{}").await.status, 204);
        for operation in OPERATIONS.iter().filter(|operation| !operation.public) {
            let answered = client.send(operation.request(&client, &place())).await;
            assert_eq!(answered.status, 401, "{} {}", operation.verb, operation.template);
        }
    });
}

#[test]
fn another_site_is_refused_everywhere() {
    run(each(async |operation, client| {
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://localhost:8081"),
            ("origin", "http://localhost:8080.evil.example"),
            ("origin", "localhost:8080"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            if operation.from_elsewhere && name == "sec-fetch-site" {
                continue;
            }
            let answered = client.send(with(operation.request(client, &place()), name, value)).await;
            assert_eq!(answered.status, 403, "{} {} with {name}: {value}", operation.verb, operation.template);
            assert_eq!(answered.problem(), "cross_site");
        }
    }));
}

#[test]
fn a_foreign_name_for_this_machine_is_refused_everywhere() {
    run(each(async |operation, client| {
        for host in ["evil.example", "localhost.evil.example:8080", "10.0.0.1:8080", "", "a b"] {
            let answered = client.send(with(operation.request(client, &place()), "host", host)).await;
            assert_eq!(answered.status, 421, "{} {} with {host:?}", operation.verb, operation.template);
            assert_eq!(answered.problem(), "host_refused");
        }
        let mut nameless = operation.request(client, &place());
        nameless.headers_mut().remove(header::HOST);
        assert_eq!(client.send(nameless).await.status, 421);
    }));
}

#[test]
fn pages_and_probes_answer_to_this_machine_only_too() {
    run(async {
        let client = Server::start().await.nobody;
        for path in ["/", "/clusters/prod-eu", "/healthz", "/readyz", "/api/openapi.json", "/assets/none.js"] {
            let answered = client.send(with(client.request(&Method::GET, path, None), "host", "evil.example")).await;
            assert_eq!(answered.status, 421, "{path}");
        }
    });
}

#[test]
fn bodies_are_json_and_small() {
    run(each(async |operation, client| {
        if !["POST", "PUT"].contains(&operation.verb) {
            return;
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""]
        {
            let answered = client.send(with(operation.request(client, &place()), "content-type", kind)).await;
            assert_eq!(answered.status, 415, "{} with {kind:?}", operation.template);
            assert_eq!(answered.problem(), "media_type");
        }
        let large = format!(r#"{{"persona":"{}"}}"#, "a".repeat(513 * 1024));
        let answered = client.send(client.request(&operation.method(), &operation.path(&place()), Some(&large))).await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (413, "body_too_large"));
        for body in
            ["", "{", "[]", "null", r#"{"persona":1}"#, r#"{"persona":"alice","admin":true}"#, r#"{"type":"x"}"#]
        {
            let answered =
                client.send(client.request(&operation.method(), &operation.path(&place()), Some(body))).await;
            assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (400, "body_invalid"), "{body:?}");
        }
    }));
}

#[test]
fn a_misspelt_query_is_no_answer_to_another_question() {
    run(each(async |operation, client| {
        for query in ["lmit=1", "access_token=x", "as=alice", "impersonate=alice", "%6bindd=x"] {
            let path = Operation { query: "", ..*operation }.path(&place()) + "?" + query;
            let answered = client.send(client.request(&operation.method(), &path, operation.body)).await;
            assert_eq!(answered.status, 400, "{path}: {}", answered.text);
            assert_eq!(answered.problem(), "query_invalid");
        }
    }));
}

#[test]
fn a_method_that_is_not_there_is_a_problem_too() {
    run(each(async |operation, client| {
        for method in [Method::PATCH, Method::TRACE] {
            let answered = client.send(client.request(&method, &operation.path(&place()), Some("{}"))).await;
            assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (405, "method_not_allowed"));
        }
        let overridden = with(operation.request(client, &place()), "x-http-method-override", "PATCH");
        assert_ne!(client.send(overridden).await.status, 405, "no header changes the method");
    }));
}

#[test]
fn every_response_carries_the_browsers_protections() {
    run(async {
        let server = Server::start().await;
        let alice = server.sign_in("alice").await;
        let mut requests: Vec<(bool, Request<Body>)> =
            OPERATIONS.iter().map(|one| (true, one.request(&alice, &place()))).collect();
        requests.extend(OPERATIONS.iter().map(|one| (true, one.request(&server.nobody, &place()))));
        for (api, path) in [
            (false, "/"),
            (false, "/clusters/prod-eu"),
            (false, "/assets/none.js"),
            (false, "/healthz"),
            (false, "/readyz"),
            (true, "/api"),
            (true, "/api/none"),
            (true, "/api/openapi.json"),
        ] {
            requests.push((api, alice.request(&Method::GET, path, None)));
            requests.push((api, alice.request(&Method::PUT, path, Some("{}"))));
            requests.push((api, with(alice.request(&Method::GET, path, None), "host", "evil.example")));
        }
        for (api, request) in requests {
            let what = format!("{} {}", request.method(), request.uri());
            let answered = alice.send(request).await;
            let header = |name: &str| answered.headers.get(name).map_or("", |value| value.to_str().expect("text"));
            assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
            assert_eq!(header("referrer-policy"), "no-referrer", "{what}");
            assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{what}");
            assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{what}");
            let csp = header("content-security-policy");
            assert!(csp.starts_with("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{what}: {csp}");
            assert!(!csp.contains("unsafe") && !csp.contains('*'), "{what}: {csp}");
            assert!(header("x-request-id").starts_with("test-"), "{what}");
            assert!(header("access-control-allow-origin").is_empty(), "{what}");
            assert!(!api || header("cache-control") == "no-store", "{what}: {}", header("cache-control"));
            if api && answered.status.as_u16() >= 400 {
                answered.problem();
            }
        }
    });
}

#[test]
fn a_request_id_is_never_the_clients() {
    run(async {
        let client = Server::start().await.nobody;
        let request = with(client.request(&Method::GET, "/api/session", None), "x-request-id", "forged");
        let answered = client.send(request).await;
        assert_ne!(answered.headers["x-request-id"], "forged");
        assert!(!answered.text.contains("forged"));
        assert_eq!(HOST, "localhost:8080");
    });
}

#[test]
fn a_session_is_new_at_every_sign_in_and_its_cookie_is_for_the_server_alone() {
    run(async {
        let server = Server::start().await;
        let fixed =
            Client { cookie: Some("periscope_session_8080=chosen-by-somebody-else".into()), ..server.nobody.clone() };
        let answered = fixed.post("/api/auth/demo", r#"{"persona":"alice"}"#).await;
        let cookie = answered.headers[header::SET_COOKIE].to_str().expect("text").to_owned();
        let (value, attributes) = cookie.split_once("; ").expect("attributes");
        assert!(!value.contains("chosen") && value.len() == "periscope_session_8080=".len() + 64, "{cookie}");
        assert_eq!(attributes, "HttpOnly; SameSite=Lax; Path=/");
        assert_eq!(fixed.get("/api/session").await.status, 401, "what was chosen opens nothing");

        let alice = Client { cookie: Some(value.to_owned()), ..server.nobody.clone() };
        assert_eq!(alice.get("/api/session").await.json()["user"], "alice@corp");
        let answered = alice.post("/api/auth/demo", r#"{"persona":"dave"}"#).await;
        let dave = answered.headers[header::SET_COOKIE].to_str().expect("text").split(';').next().expect("a cookie");
        assert_ne!(dave, value);
        assert_eq!(alice.get("/api/session").await.status, 401, "the session before ended");
        let unknown = server.nobody.post("/api/auth/demo", r#"{"persona":"root"}"#).await;
        assert_eq!((unknown.status.as_u16(), unknown.problem().as_str()), (404, "persona_unknown"));
        assert!(unknown.headers.get(header::SET_COOKIE).is_none());
    });
}

#[test]
fn a_defect_costs_its_request_and_says_nothing_of_itself() {
    run(async {
        let server = Server::start().await;
        let broken = axum::Router::new()
            .route("/api/broken", axum::routing::get(async || -> &'static str { panic!("a secret of the inside") }))
            .layer(axum::middleware::from_fn_with_state(server.state.clone(), crate::request::with_request_id));
        let client = Client { router: broken, cookie: None };
        let answered = client.get("/api/broken").await;
        assert_eq!((answered.status.as_u16(), answered.problem().as_str()), (500, "internal"));
        assert!(!answered.text.contains("secret"), "{}", answered.text);
    });
}

#[test]
fn methods_that_a_client_makes_up_are_no_series_of_metrics() {
    run(async {
        let server = Server::start().await;
        for n in 0..20 {
            let method: Method = format!("MADE-UP-{n}").parse().expect("a method");
            server.nobody.send(server.nobody.request(&method, "/api/session", Some("{}"))).await;
        }
        let text = server.state.metrics.text();
        assert!(text.contains("method=\"other\"") && !text.contains("MADE-UP"), "{text}");
    });
}

#[test]
fn files_of_the_console_are_all_that_is_served() {
    run(async {
        let client = Server::start().await.nobody;
        for path in [
            "/../../Cargo.toml",
            "/..%2f..%2fCargo.toml",
            "/%2e%2e/%2e%2e/Cargo.toml",
            "//etc/passwd",
            "/assets/../../package.json",
            "/.env",
            "/index.html.br",
        ] {
            let answered = client.get(path).await;
            assert!(!answered.text.contains("root:") && !answered.text.contains("[workspace"), "{path}");
            let html = answered.content_type().starts_with("text/html");
            assert!(html || answered.status == 404, "{path}: {} {}", answered.status, answered.content_type());
        }
    });
}
