use super::*;

fn refused() -> Error {
    let permission = Permission { verb: "list".to_owned(), resource: "pods".to_owned(), ..Permission::default() };
    Error::Refused { permission: Box::new(permission), message: "no".to_owned() }
}

#[test]
fn what_time_mends_is_told_from_what_it_does_not() {
    let server = |status| Error::Server { status, message: String::new(), kubernetes: None };
    let text = String::new;
    for (error, transient) in [
        (refused(), false),
        (Error::Unauthorized { message: text() }, false),
        (Error::NotFound { message: text() }, false),
        (Error::Gone { message: text() }, false),
        (Error::Busy { retry_after: Duration::from_secs(1), message: text(), kubernetes: None }, true),
        (Error::Unreachable { reason: text() }, true),
        (Error::Timeout { what: text(), after: Duration::from_secs(1) }, true),
        (Error::Garbage { what: text() }, true),
        (Error::TooLarge { what: text() }, false),
        (Error::Lost { what: text(), reason: text() }, false),
        (Error::Invalid { what: text() }, false),
        (server(500), true),
        (server(504), true),
        (server(409), false),
    ] {
        assert_eq!(error.is_transient(), transient, "{error:?}");
    }
}

#[test]
fn a_refusal_leaves_a_read_refused_with_what_would_help() {
    let since = Timestamp::UNIX_EPOCH;
    let state = refused().state(since);
    assert_eq!((state.phase, state.reason.as_deref()), (Phase::Refused, Some("refused: no")));
    assert_eq!(state.needs[0].to_string(), "list pods cluster-wide");
    let gone = Error::Unreachable { reason: "nobody listens".to_owned() }.state(since);
    assert_eq!((gone.phase, gone.reason.as_deref()), (Phase::Unreachable, Some("nobody listens")));
    assert_eq!(gone.needs, []);
}
