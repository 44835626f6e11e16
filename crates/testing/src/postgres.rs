//! A PostgreSQL server of one's own, for as long as a test wants it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// Longer than it takes to start, even on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Postgres {
    server: Child,
    folder: TempDir,
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // There may be nothing left to end.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Postgres {
    /// `None` where PostgreSQL is not installed; whoever sets `PERISCOPE_E2E_REQUIRE_ALL` or `CI` wants to hear of that.
    pub async fn start() -> Option<Self> {
        let Some(initdb) = program("initdb") else {
            #[expect(clippy::disallowed_methods, reason = "what a run of tests must cover is said by its environment")]
            let required = ["PERISCOPE_E2E_REQUIRE_ALL", "CI"].iter().any(|name| std::env::var_os(name).is_some());
            assert!(!required, "PostgreSQL is not installed");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        let user = is_root().then(|| give_away(folder.path()));
        let mut init = as_user(user, &initdb);
        init.args(["--auth=trust", "--username=periscope", "--no-sync", "--encoding=UTF8", "--pgdata"]).arg(&data);
        let made = init.stdin(Stdio::null()).output().expect("initdb runs");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let mut server = as_user(user, &program("postgres").expect("it is beside initdb"));
        server.arg("-D").arg(&data).arg("-k").arg(folder.path()).args(["-c", "listen_addresses="]);
        let server =
            server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("postgres runs");
        let started = Self { server, folder };
        started.ready().await;
        Some(started)
    }

    /// Its URL, with this database; `postgres` is always there.
    pub fn url(&self, database: &str) -> String {
        let socket = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://periscope@localhost/{database}?host={socket}")
    }

    /// The server writes its state into a file; the last line but some is `ready`.
    async fn ready(&self) {
        let file = self.folder.path().join("data/postmaster.pid");
        let ready = async {
            while !std::fs::read_to_string(&file).is_ok_and(|text| text.lines().any(|line| line.trim() == "ready")) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ready).await.expect("PostgreSQL is ready");
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let packaged = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = packaged.map(|version| version.path().join("bin")).collect();
    folders.extend(["/usr/local/bin", "/usr/bin"].map(PathBuf::from));
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.exists())
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// PostgreSQL refuses to run as root: the folder becomes its own user's.
fn give_away(folder: &Path) -> &'static str {
    const USER: &str = "postgres";
    let done = Command::new("chown").arg(USER).arg(folder).status().expect("chown runs");
    assert!(done.success(), "the user {USER} is missing");
    USER
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--clear-groups"]).arg(program);
    command
}
