use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::advance;

use super::*;

fn token_file(path: PathBuf) -> Credentials {
    Credentials::TokenFile(TokenFile { path, read: Mutex::default() })
}

async fn header(credentials: &Credentials) -> Result<String, Error> {
    let header = credentials.header(None, Duration::from_secs(1)).await?.expect("a header");
    Ok(header.to_str().expect("text").to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_token_file_is_read_again_after_a_minute() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    std::fs::write(&path, "first\n").expect("a file");
    let credentials = token_file(path.clone());
    assert_eq!(header(&credentials).await.expect("a token"), "Bearer first");
    std::fs::write(&path, "second\n").expect("a file");
    advance(TOKEN_FILE_AGE.mul_f32(0.9)).await;
    assert_eq!(header(&credentials).await.expect("a token"), "Bearer first");
    advance(TOKEN_FILE_AGE.mul_f32(0.2)).await;
    assert_eq!(header(&credentials).await.expect("a token"), "Bearer second");
    // While it is being replaced, the token read last is still good.
    std::fs::remove_file(&path).expect("a file");
    advance(TOKEN_FILE_AGE).await;
    assert_eq!(header(&credentials).await.expect("a token"), "Bearer second");
}

#[tokio::test]
async fn a_token_file_that_was_never_good_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    let credentials = token_file(path.clone());
    let text = header(&credentials).await.expect_err("no file").to_string();
    assert!(text.starts_with(&format!("cannot read the token file {}: No such file", path.display())), "{text}");
    std::fs::write(&path, "two\nlines\n").expect("a file");
    let text = header(&credentials).await.expect_err("no token").to_string();
    assert!(text.ends_with("it holds more than one line or characters no token has"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_share_one_run_and_those_who_give_up_do_not_stop_it() {
    let flight: Flight<usize> = Flight::default();
    let runs = Arc::new(AtomicUsize::new(0));
    let start = || {
        let runs = Arc::clone(&runs);
        async move {
            tokio::time::sleep(Duration::from_secs(10)).await;
            Ok(runs.fetch_add(1, Ordering::SeqCst) + 1)
        }
    };
    let impatient = flight.join(Some("plugin"), Duration::from_secs(1), start).await;
    assert!(
        matches!(&impatient, Err(Error::Timeout { what, .. }) if what == "the credential plugin \"plugin\""),
        "{impatient:?}"
    );
    let patient = || flight.join(None, Duration::from_mins(1), start);
    let (one, two) = futures::join!(patient(), patient());
    assert_eq!((one.expect("a run"), two.expect("a run")), (1, 1));
    assert_eq!(patient().await.expect("a new run"), 2);
}

#[tokio::test]
async fn a_run_that_panics_is_an_error() {
    let flight: Flight<usize> = Flight::default();
    let start = || async { panic!("the token is no header") };
    let error = flight.join(None, Duration::from_mins(1), start).await.expect_err("a panic");
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
}
