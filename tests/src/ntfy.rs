//! A real ntfy server, started on a free port of this machine and stopped when it is dropped.
//!
//! `REZ_NTFY` names the servers: binaries, or directories that hold one, separated by `:`. Without it, those that
//! `tests/tools/install` has put under `REZ_TOOLS` are used.

use std::{
    env, fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::tools;

/// Settings without ntfy's limits for visitors, for many messages at once.
pub const NO_LIMITS: &str = "visitor-request-limit-exempt-hosts: \"127.0.0.1\"\nvisitor-message-daily-limit: 1000000\n";

/// Settings with users and access rules; a topic without a rule is open to everybody.
pub const SIGN_IN: &str = "auth-file: \"auth.db\"\nauth-default-access: \"read-write\"\n";

/// The servers to test against; none on a machine without them, and then it is said on standard error.
pub fn binaries() -> Vec<PathBuf> {
    let named = env::var_os("REZ_NTFY").map(|list| env::split_paths(&list).map(binary_in).collect());
    named.unwrap_or_else(|| {
        ["ntfy-old/ntfy", "ntfy-new/ntfy"]
            .into_iter()
            .filter_map(tools::file)
            .collect()
    })
}

fn binary_in(path: PathBuf) -> PathBuf {
    if path.is_dir() { path.join("ntfy") } else { path }
}

/// A running server with a cache in a directory of its own.
pub struct Ntfy {
    binary: PathBuf,
    dir: TempDir,
    port: u16,
    process: Option<Child>,
}

impl Ntfy {
    /// Starts a server with further lines of `server.yml`; returns once it is healthy.
    pub fn start(binary: &Path, settings: &str) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let port = free_port();
        let own = format!("listen-http: \"127.0.0.1:{port}\"\ncache-file: \"cache.db\"\n");
        fs::write(dir.path().join("server.yml"), own + settings).expect("the configuration is written");
        let mut server = Self {
            binary: binary.to_owned(),
            dir,
            port,
            process: None,
        };
        server.start_again();
        server
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its version, for example `(2, 27)`.
    pub fn version(&self) -> (u32, u32) {
        let help = self.command(&["--help"]);
        let text = help
            .lines()
            .find_map(|line| line.strip_prefix("ntfy 2."))
            .expect("ntfy names its version");
        let minor = text
            .split('.')
            .next()
            .and_then(|minor| minor.parse().ok())
            .expect("a number");
        (2, minor)
    }

    /// Stops it; its port and its messages stay.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("it was running");
            process.wait().expect("it ends");
        }
    }

    /// Starts it on the same port with what it has stored.
    pub fn start_again(&mut self) {
        let log = fs::File::create(self.log()).expect("a log");
        let mut serve = Command::new(&self.binary);
        serve
            .args(["serve", "--config", "server.yml"])
            .current_dir(self.dir.path());
        let process = serve.stdout(Stdio::null()).stderr(log).spawn().expect("ntfy starts");
        self.process = Some(process);
        self.wait_until_healthy();
    }

    /// Keeps it from running: it holds its connections and does nothing, like a machine that swaps.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it run on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let process = self.process.as_ref().expect("it runs").id().to_string();
        let status = Command::new("kill")
            .args(["-s", name, &process])
            .status()
            .expect("kill runs");
        assert!(status.success(), "kill -s {name}");
    }

    /// Adds a user and returns an access token. The server needs [`SIGN_IN`].
    pub fn add_user(&self, name: &str) -> String {
        self.command(&["user", "--config", "server.yml", "add", name]);
        let said = self.command(&["token", "--config", "server.yml", "add", name]);
        let token = said
            .split_whitespace()
            .find(|word| word.starts_with("tk_"))
            .expect("ntfy names the token");
        token.to_owned()
    }

    /// Sets a user's access to a topic: `read-write`, `read-only`, `write-only` or `deny`. `*` is everybody.
    pub fn allow(&self, user: &str, topic: &str, access: &str) {
        self.command(&["access", "--config", "server.yml", user, topic, access]);
    }

    /// Everything that the topic has in its cache, oldest first.
    pub async fn messages(&self, topic: &str, token: Option<&str>) -> Vec<Value> {
        let url = format!("{}/{topic}/json?poll=1&since=all", self.url());
        let request = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client")
            .get(url);
        let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
        let answer = request.send().await.expect("ntfy answers");
        assert_eq!(answer.status(), 200, "the topic can be read");
        let stream = answer.text().await.expect("the stream ends");
        stream
            .lines()
            .map(|line| serde_json::from_str(line).expect("each line is JSON"))
            .collect()
    }

    /// Waits for a message of the topic, one that has arrived already or the next one.
    pub async fn message(&self, topic: &str) -> Value {
        let url = format!("{}/{topic}/json?since=all", self.url());
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build();
        let answer = client.expect("a client").get(url).send().await;
        let mut answer = answer.expect("ntfy answers");
        let mut stream = String::new();
        loop {
            let chunk = answer
                .chunk()
                .await
                .expect("a message arrives in time")
                .expect("the stream stays open");
            stream.push_str(&String::from_utf8_lossy(&chunk));
            let lines = stream
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(message) = lines.into_iter().find(|line| line["event"] == "message") {
                return message;
            }
        }
    }

    /// Runs one of ntfy's own commands and returns what it says.
    fn command(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .env("NTFY_PASSWORD", "correct horse battery staple");
        let output = command.output().expect("ntfy runs");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "ntfy {arguments:?}: {said}");
        said
    }

    fn wait_until_healthy(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !healthy(self.port) {
            let ended = self
                .process
                .as_mut()
                .is_some_and(|process| process.try_wait().is_ok_and(|status| status.is_some()));
            let late = Instant::now() > deadline;
            assert!(
                !ended && !late,
                "ntfy does not serve: {}",
                fs::read_to_string(self.log()).unwrap_or_default()
            );
            // Another process becomes ready: there is nothing to wait on but its port.
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("log")
    }
}

impl Drop for Ntfy {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Whether `GET /v1/health` is answered with 200. Spoken by hand, so that callers need no async runtime.
fn healthy(port: u16) -> bool {
    let answer = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /v1/health HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    answer().is_ok_and(|answer| answer.starts_with("HTTP/1.0 200") && answer.contains("true"))
}
