//! A shell with a handful of commands, enough to look around in a container that is not there.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

/// Where a shell runs and what it knows.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    host: String,
    image: String,
    command: String,
    environment: BTreeMap<String, String>,
    directory: String,
    /// Set by `exit`.
    pub(crate) ended: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Output {
    fn text(stdout: impl Into<String>) -> Self {
        Self { stdout: stdout.into(), ..Self::default() }
    }

    fn error(code: i32, stderr: impl Into<String>) -> Self {
        Self { stderr: stderr.into(), code, ..Self::default() }
    }
}

const OS: &str =
    "NAME=\"Distroless\"\nID=\"debian\"\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
const ROOT: &[&str] = &["app", "bin", "dev", "etc", "home", "lib", "proc", "run", "sys", "tmp", "usr", "var"];

impl Shell {
    pub(crate) fn new(pod: &Value, container: &Value) -> Self {
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        let mut environment = BTreeMap::from([
            ("HOSTNAME".to_owned(), name.to_owned()),
            ("PATH".to_owned(), "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".to_owned()),
            ("HOME".to_owned(), "/".to_owned()),
            ("KUBERNETES_SERVICE_HOST".to_owned(), "172.20.0.1".to_owned()),
            ("KUBERNETES_SERVICE_PORT".to_owned(), "443".to_owned()),
        ]);
        for variable in container["env"].as_array().into_iter().flatten() {
            let value = match variable["valueFrom"]["fieldRef"]["fieldPath"].as_str() {
                Some("metadata.name") => name.to_owned(),
                Some("status.podIP") => pod["status"]["podIP"].as_str().unwrap_or_default().to_owned(),
                Some("spec.nodeName") => pod["spec"]["nodeName"].as_str().unwrap_or_default().to_owned(),
                _ if variable["valueFrom"]["secretKeyRef"].is_object() => "********".to_owned(),
                _ => variable["value"].as_str().unwrap_or_default().to_owned(),
            };
            environment.insert(variable["name"].as_str().unwrap_or_default().to_owned(), value);
        }
        let image = container["image"].as_str().unwrap_or_default().to_owned();
        let command = container["command"][0].as_str().unwrap_or("/app/server").to_owned();
        Self { host: name.to_owned(), image, command, environment, directory: "/".to_owned(), ended: None }
    }

    pub(crate) fn prompt(&self) -> String {
        format!("{} $ ", self.directory)
    }

    /// A command as `exec` gives it: a list of words, which may itself ask for a shell.
    pub(crate) fn exec(&mut self, words: &[String]) -> Output {
        match words {
            [shell, flag, script, ..] if is_shell(shell) && flag == "-c" => self.script(script),
            _ => self.command(words),
        }
    }

    /// One line with `;`, `&&` and `||`.
    pub(crate) fn script(&mut self, line: &str) -> Output {
        let mut total = Output::default();
        let mut run = true;
        for (text, operator) in split(line) {
            if run {
                let words = self.words(&text);
                let output = self.command(&words);
                total.stdout.push_str(&output.stdout);
                total.stderr.push_str(&output.stderr);
                total.code = output.code;
            }
            if self.ended.is_some() {
                break;
            }
            run = match operator {
                "&&" => total.code == 0,
                "||" => total.code != 0,
                _ => true,
            };
        }
        total
    }

    /// Words of a command, quotes and variables resolved.
    fn words(&self, text: &str) -> Vec<String> {
        let (mut words, mut word, mut quote, mut any) = (Vec::new(), String::new(), None, false);
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\'' | '"' if quote.is_none() => (quote, any) = (Some(letter), true),
                _ if quote == Some(letter) => quote = None,
                '$' if quote != Some('\'') => {
                    let mut name = String::new();
                    while let Some(next) =
                        letters.next_if(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '{' | '}'))
                    {
                        name.push(next);
                    }
                    word.push_str(self.environment.get(name.trim_matches(['{', '}'])).map_or("", String::as_str));
                }
                _ if letter.is_whitespace() && quote.is_none() => {
                    if any || !word.is_empty() {
                        words.push(std::mem::take(&mut word));
                        any = false;
                    }
                }
                _ => word.push(letter),
            }
        }
        if any || !word.is_empty() {
            words.push(word);
        }
        words
    }

    fn command(&mut self, words: &[String]) -> Output {
        let Some((name, arguments)) = words.split_first() else { return Output::default() };
        let base = name.rsplit('/').next().unwrap_or(name);
        let plain: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
        match base {
            "true" | ":" | "sleep" | "clear" => Output::default(),
            "false" => Output::error(1, ""),
            "echo" => Output::text(format!("{}\n", arguments.join(" "))),
            "pwd" => Output::text(format!("{}\n", self.directory)),
            "cd" => self.change_directory(plain.first().copied().unwrap_or("/")),
            "ls" => list(plain.first().copied().unwrap_or(&self.directory)),
            "cat" => self.cat(&plain),
            "env" | "printenv" => {
                Output::text(self.environment.iter().fold(String::new(), |mut text, (name, value)| {
                    let _ = writeln!(text, "{name}={value}");
                    text
                }))
            }
            "hostname" => Output::text(format!("{}\n", self.host)),
            "whoami" => Output::text("app\n"),
            "id" => Output::text("uid=10001(app) gid=10001(app) groups=10001(app)\n"),
            "uname" if arguments.iter().any(|word| word == "-a") => {
                Output::text(format!("Linux {} 6.12.46-66.121.amzn2023 #1 SMP x86_64 GNU/Linux\n", self.host))
            }
            "uname" => Output::text("Linux\n"),
            "ps" => Output::text(format!(
                "PID   USER     TIME  COMMAND\n    1 app       0:42 {}\n   31 app       0:00 sh\n   38 app       0:00 ps\n",
                self.command
            )),
            "df" => Output::text(
                "Filesystem     1K-blocks     Used Available Use% Mounted on\noverlay         83873772 21402276  62471496  26% /\ntmpfs              65536        0     65536   0% /dev\n",
            ),
            "free" => Output::text(
                "              total        used        free      shared  buff/cache   available\nMem:         524288      187392      301056        2048       35840      336896\n",
            ),
            "exit" => {
                let code = plain.first().and_then(|code| code.parse().ok()).unwrap_or(0);
                self.ended = Some(code);
                Output::error(code, "")
            }
            "help" => Output::text("cat cd clear df echo env exit free hostname id ls ps pwd sleep uname whoami\n"),
            _ if is_shell(name) => Output::default(),
            _ => Output::error(127, format!("sh: {name}: not found\n")),
        }
    }

    fn change_directory(&mut self, to: &str) -> Output {
        let to =
            if to.starts_with('/') { to.to_owned() } else { format!("{}/{to}", self.directory.trim_end_matches('/')) };
        let known = to == "/" || to == "/etc/app" || ROOT.iter().any(|name| to.trim_matches('/') == *name);
        if !known {
            return Output::error(1, format!("sh: cd: {to}: No such file or directory\n"));
        }
        self.directory = to;
        Output::default()
    }

    fn cat(&self, paths: &[&str]) -> Output {
        let mut output = Output::default();
        for path in paths {
            match *path {
                "/etc/os-release" => output.stdout.push_str(OS),
                "/etc/hostname" => output.stdout.extend([&self.host, "\n"]),
                "/etc/resolv.conf" => output
                    .stdout
                    .push_str("search svc.cluster.local cluster.local\nnameserver 172.20.0.10\noptions ndots:5\n"),
                "/etc/app/app.yaml" => {
                    output.stdout.push_str("server:\n  port: 8080\n  shutdownGrace: 20s\nlog:\n  level: info\n");
                }
                "/proc/version" => output.stdout.push_str("Linux version 6.12.46-66.121.amzn2023\n"),
                "/app/version" => output.stdout.extend([&self.image, "\n"]),
                other => {
                    output.stderr.extend(["cat: ", other, ": No such file or directory\n"]);
                    output.code = 1;
                }
            }
        }
        output
    }
}

pub(crate) fn is_shell(name: &str) -> bool {
    matches!(name.rsplit('/').next(), Some("sh" | "bash" | "ash" | "zsh"))
}

fn list(path: &str) -> Output {
    let names: &[&str] = match path.trim_end_matches('/') {
        "" => ROOT,
        "/app" => &["migrate", "server", "version"],
        "/etc" => &["app", "hostname", "hosts", "os-release", "resolv.conf", "ssl"],
        "/etc/app" => &["app.yaml", "limits.properties"],
        "/tmp" | "/home" | "/run" | "/var" => &[],
        other => return Output::error(2, format!("ls: cannot access '{other}': No such file or directory\n")),
    };
    Output::text(names.iter().flat_map(|name| [*name, "\n"]).collect::<String>())
}

/// Commands with what stands between each and the next.
fn split(line: &str) -> Vec<(String, &'static str)> {
    let (mut parts, mut text, mut quote) = (Vec::new(), String::new(), None);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let operator = match letter {
            '\'' | '"' => {
                quote = if quote == Some(letter) { None } else { quote.or(Some(letter)) };
                None
            }
            ';' | '\n' if quote.is_none() => Some(";"),
            '&' if quote.is_none() && letters.next_if_eq(&'&').is_some() => Some("&&"),
            '|' if quote.is_none() && letters.next_if_eq(&'|').is_some() => Some("||"),
            _ => None,
        };
        match operator {
            Some(operator) => parts.push((std::mem::take(&mut text), operator)),
            None => text.push(letter),
        }
    }
    parts.push((text, ";"));
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shell() -> Shell {
        Shell::new(
            &json!({"metadata": {"name": "api-1"}}),
            &json!({"image": "api:1", "env": [{"name": "A", "value": "b c"}]}),
        )
    }

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn commands_answer() {
        assert_eq!(shell().exec(&words("echo hi there")).stdout, "hi there\n");
        assert_eq!(
            shell().exec(&["sh".into(), "-c".into(), "echo \"$A\" && false || echo 'x;y'; exit 3".into()]),
            Output { stdout: "b c\nx;y\n".into(), stderr: String::new(), code: 3 }
        );
        assert_eq!(shell().exec(&words("nope")).code, 127);
        assert_eq!(shell().exec(&words("cat /nope")).code, 1);
        assert!(shell().exec(&words("ls /")).stdout.contains("etc\n"));
    }
}
