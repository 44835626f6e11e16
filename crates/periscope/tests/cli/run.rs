//! Runs the binary.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything takes, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// What a command said and how it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The one line that a refusal is.
    pub(crate) fn refusal(&self) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (Some(1), ""), "{self:?}");
        let line = self.stderr.strip_suffix('\n').expect("a line");
        assert!(!line.contains('\n'), "it takes one line to say why: {line}");
        line.strip_prefix("periscope: ").expect("who says it")
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_periscope"));
    command.args(arguments).env_remove("PERISCOPE_LOG").env_remove("PERISCOPE_LOG_FORMAT").stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command that ends by itself.
pub(crate) async fn periscope(arguments: &[&str]) -> Ended {
    periscope_with(arguments, &[]).await
}

/// The same in another environment.
pub(crate) async fn periscope_with(arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let mut command = command(arguments);
    command.envs(environment.iter().copied());
    let output = within(PATIENCE, move || command.output()).await.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Runs a command that ends with its input.
pub(crate) async fn periscope_fed(arguments: &[&str], input: Vec<u8>) -> Ended {
    let mut child = command(arguments).stdin(Stdio::piped()).spawn().expect("it runs");
    let mut stdin = child.stdin.take().expect("its input");
    let output = within(PATIENCE, move || {
        // Written beside, so that neither side waits for the other; who ends early does not want the rest.
        let feeding = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output();
        feeding.join().expect("no panic").ok();
        output
    });
    let output = output.await.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A command that is asked line by line.
pub(crate) struct Talking {
    child: Killed,
    stdout: BufReader<ChildStdout>,
}

impl Talking {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child =
            Killed(command(arguments).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs"));
        let stdout = BufReader::new(child.0.stdout.take().expect("its output"));
        Self { child, stdout }
    }

    /// The answer to a line, while the input stays open.
    pub(crate) async fn ask(mut self, line: &str) -> (Self, String) {
        let asked = format!("{line}\n");
        within(PATIENCE, move || {
            self.child.0.stdin.as_mut().expect("its input").write_all(asked.as_bytes()).expect("written");
            let mut answer = String::new();
            self.stdout.read_line(&mut answer).expect("a line");
            (self, answer)
        })
        .await
    }
}

/// Waits for what blocks, but not for ever.
async fn within<T: Send + 'static>(patience: Duration, blocks: impl FnOnce() -> T + Send + 'static) -> T {
    timeout(patience, tokio::task::spawn_blocking(blocks)).await.expect("it ends in time").expect("no panic")
}

/// A folder with files that a command reads.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).expect("written");
        text_of(&path)
    }

    /// Without the folder's own name, which is another each time.
    pub(crate) fn told(&self, text: &str) -> String {
        text.replace(&text_of(self.0.path()), "FOLDER")
    }
}

fn text_of(path: &Path) -> String {
    path.to_str().expect("text").to_owned()
}

/// A console that serves until it is told to stop.
pub(crate) struct Serving {
    child: Killed,
    stdout: BufReader<ChildStdout>,
    pub(crate) address: String,
}

/// A process that does not outlive its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Serving {
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let mut child = Killed(command(arguments).stderr(Stdio::null()).spawn().expect("it runs"));
        let mut stdout = BufReader::new(child.0.stdout.take().expect("its output"));
        let read = move || {
            let mut line = String::new();
            stdout.read_line(&mut line).expect("a line");
            (line, stdout)
        };
        let (line, stdout) = within(PATIENCE, read).await;
        let address = line.trim().strip_prefix("listening on http://").expect("an address").to_owned();
        Self { child, stdout, address }
    }

    pub(crate) async fn send(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).await.expect("a connection");
        let (line, headers) = request.split_once('\n').unwrap_or((request, ""));
        let host = format!("{line} HTTP/1.1\r\nhost: {}\r\n{headers}\r\n", self.address);
        stream.write_all(host.as_bytes()).await.expect("sent");
        stream
    }

    /// What is answered, read until the end of the connection.
    pub(crate) async fn get(&self, path: &str) -> String {
        let mut stream = self.send(&format!("GET {path}\nconnection: close\r\n")).await;
        read_to_end(&mut stream).await
    }

    pub(crate) fn terminate(&self) {
        let id = self.child.0.id().to_string();
        let killed = Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
        assert!(killed.success());
    }

    /// How it ends, and what it said until then.
    pub(crate) async fn end(self, patience: Duration) -> (Option<i32>, String) {
        let Self { mut child, mut stdout, .. } = self;
        let wait = move || {
            let mut rest = String::new();
            stdout.read_to_string(&mut rest).expect("text");
            (child.0.wait().expect("a status").code(), rest)
        };
        within(patience, wait).await
    }
}

pub(crate) async fn read_to_end(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    timeout(PATIENCE, stream.read_to_string(&mut text)).await.expect("an end").expect("text");
    text
}

/// Reads until `wanted` was there.
pub(crate) async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    while !text.contains(wanted) {
        let read = timeout(PATIENCE, stream.read(&mut buffer)).await.expect("more").expect("bytes");
        assert!(read > 0, "it ended without {wanted:?}: {text}");
        text.push_str(std::str::from_utf8(&buffer[..read]).expect("text"));
    }
    text
}

/// A kubeconfig of a cluster that does not answer.
pub(crate) const NOWHERE: &str = r#"
apiVersion: v1
kind: Config
current-context: nowhere
clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:9"}}]
users: [{name: me, user: {token: secret-token-of-mine}}]
contexts: [{name: nowhere, context: {cluster: nowhere, user: me}}]
"#;
