//! One shell behind one WebSocket.

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use bytes::{BufMut, Bytes, BytesMut};
use serde_json::{Value, json};

use crate::container::shell::{Output, Shell, is_shell};

const STDIN: u8 = 0;
const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const ERROR: u8 = 3;
/// v5: the next byte names a channel that has ended.
const CLOSE: u8 = 255;
/// A line longer than this is cut; nobody types that.
const LINE: usize = 64 * 1024;

pub(super) struct Session {
    pub(super) shell: Shell,
    pub(super) command: Vec<String>,
    pub(super) tty: bool,
    pub(super) stdin: bool,
    pub(super) can_close: bool,
}

impl Session {
    pub(super) async fn run(mut self, mut socket: WebSocket) {
        let interactive = self.command.len() == 1 && is_shell(&self.command[0]) && self.stdin;
        let piped = self.command.len() == 1 && self.command[0] == "cat" && self.stdin;
        let code = if interactive {
            self.converse(&mut socket).await
        } else if piped {
            self.echo(&mut socket).await
        } else {
            let command = std::mem::take(&mut self.command);
            let output = self.shell.exec(&command);
            self.write(&mut socket, &output).await.map(|()| output.code)
        };
        // a client that left does not want to hear how it ended
        if let Some(code) = code {
            let _ = send(&mut socket, ERROR, status(code).to_string().as_bytes()).await;
            let frame = CloseFrame { code: close_code::NORMAL, reason: "".into() };
            let _ = socket.send(Message::Close(Some(frame))).await;
        }
    }

    async fn write(&self, socket: &mut WebSocket, output: &Output) -> Option<()> {
        let lines = |text: &str| if self.tty { text.replace('\n', "\r\n") } else { text.to_owned() };
        if !output.stdout.is_empty() {
            send(socket, STDOUT, lines(&output.stdout).as_bytes()).await?;
        }
        if !output.stderr.is_empty() {
            // a terminal has one stream only
            send(socket, if self.tty { STDOUT } else { STDERR }, lines(&output.stderr).as_bytes()).await?;
        }
        Some(())
    }

    /// The next bytes of standard input; `None` when it has ended.
    async fn input(&self, socket: &mut WebSocket) -> Option<Bytes> {
        loop {
            let data = match socket.recv().await?.ok()? {
                Message::Binary(data) => data,
                Message::Text(text) => Bytes::from(text.as_str().to_owned()),
                Message::Close(_) => return None,
                Message::Ping(_) | Message::Pong(_) => continue,
            };
            match data.first() {
                Some(&STDIN) if data.len() > 1 => return Some(data.slice(1..)),
                Some(&CLOSE) if self.can_close && data.get(1) == Some(&STDIN) => return None,
                _ => {}
            }
        }
    }

    async fn echo(&self, socket: &mut WebSocket) -> Option<i32> {
        while let Some(data) = self.input(socket).await {
            send(socket, STDOUT, &data).await?;
        }
        Some(0)
    }

    /// Prompt, line, answer; with the echo that a terminal's other end makes.
    async fn converse(&mut self, socket: &mut WebSocket) -> Option<i32> {
        let mut line = String::new();
        let mut last = 0;
        self.prompt(socket).await?;
        while let Some(data) = self.input(socket).await {
            for letter in String::from_utf8_lossy(&data).chars() {
                match letter {
                    '\r' | '\n' => {
                        self.echo_back(socket, "\r\n").await?;
                        let output = self.shell.script(&std::mem::take(&mut line));
                        last = output.code;
                        self.write(socket, &output).await?;
                        if let Some(code) = self.shell.ended {
                            return Some(code);
                        }
                        self.prompt(socket).await?;
                    }
                    '\u{7f}' | '\u{8}' if line.pop().is_some() => {
                        self.echo_back(socket, "\u{8} \u{8}").await?;
                    }
                    '\u{3}' => {
                        line.clear();
                        self.echo_back(socket, "^C\r\n").await?;
                        self.prompt(socket).await?;
                    }
                    '\u{4}' if line.is_empty() => return Some(last),
                    _ if line.len() < LINE && !letter.is_control() => {
                        line.push(letter);
                        self.echo_back(socket, letter.encode_utf8(&mut [0; 4])).await?;
                    }
                    _ => {}
                }
            }
        }
        if !line.is_empty() {
            let output = self.shell.script(&line);
            self.write(socket, &output).await?;
            last = output.code;
        }
        Some(self.shell.ended.unwrap_or(last))
    }

    async fn prompt(&self, socket: &mut WebSocket) -> Option<()> {
        self.echo_back(socket, &self.shell.prompt()).await
    }

    async fn echo_back(&self, socket: &mut WebSocket, text: &str) -> Option<()> {
        if self.tty { send(socket, STDOUT, text.as_bytes()).await } else { Some(()) }
    }
}

async fn send(socket: &mut WebSocket, channel: u8, data: &[u8]) -> Option<()> {
    let mut frame = BytesMut::with_capacity(data.len() + 1);
    frame.put_u8(channel);
    frame.extend_from_slice(data);
    socket.send(Message::Binary(frame.freeze())).await.ok()
}

fn status(code: i32) -> Value {
    if code == 0 {
        return json!({"metadata": {}, "status": "Success"});
    }
    json!({"metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
        "message": format!("command terminated with non-zero exit code: error executing command, exit code {code}"),
        "details": {"causes": [{"reason": "ExitCode", "message": code.to_string()}]}})
}
