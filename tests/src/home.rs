//! A data directory with the settings of one user, and `rez` at work in it.

use std::{
    ffi::OsString,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A data directory and the environment in which `rez` runs. Nothing of the caller's own environment reaches it.
pub struct Home {
    directory: TempDir,
    binary: Option<PathBuf>,
    environment: Vec<(&'static str, String)>,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// Its exit status.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Home {
    /// An empty data directory; messages go to the built-in inbox.
    #[expect(
        clippy::new_without_default,
        reason = "a new directory is an act, not a default value"
    )]
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        Self {
            directory,
            binary: None,
            // Whatever a test does, the generated policies must be enough for it.
            environment: vec![("REZ_ENFORCE_POLICIES", "true".to_owned())],
        }
    }

    /// The same with a variable of the environment set.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// The same with another `rez` than the workspace's.
    #[must_use]
    pub fn of_binary(self, binary: PathBuf) -> Self {
        Self {
            binary: Some(binary),
            ..self
        }
    }

    fn binary(&self) -> &Path {
        self.binary.as_deref().unwrap_or_else(|| crate::rez())
    }

    /// What stands in the environment in which `rez` runs.
    pub fn environment(&self) -> impl Iterator<Item = (&'static str, OsString)> {
        let data = ("REZ_DATA_DIR", self.path().as_os_str().to_owned());
        let others = self.environment.iter().map(|(name, value)| (*name, value.into()));
        others.chain([data])
    }

    /// The data directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// How much the files of the data directory hold, in bytes.
    pub fn bytes(&self) -> u64 {
        let entries = std::fs::read_dir(self.path()).expect("the data directory");
        let sizes = entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()));
        sizes.sum()
    }

    /// Runs a command to its end.
    pub fn rez(&self, arguments: &[&str]) -> Ran {
        self.rez_reading(arguments, b"")
    }

    /// Runs a command to its end, with something on standard input.
    pub fn rez_reading(&self, arguments: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .expect("rez starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        // A command that refuses its arguments does not read: a broken pipe is no failure of the test.
        let _ = stdin.write_all(input);
        drop(stdin);
        let output = child.wait_with_output().expect("rez ends");
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("output is UTF-8"),
            err: String::from_utf8(output.stderr).expect("errors are UTF-8"),
        }
    }

    /// Starts `rez serve` on free ports; returns once it listens.
    pub fn serve(&self) -> Serve {
        self.start("127.0.0.1:0").listening()
    }

    /// Starts `rez serve` with its API at this address.
    pub fn start(&self, listen: &str) -> Starting {
        self.start_under(&[], listen)
    }

    /// The same under another program, which is to become `rez` or to leave it the process.
    pub fn start_under(&self, under: &[&str], listen: &str) -> Starting {
        let serve = ["serve", "--listen", listen, "--sfn-listen", "127.0.0.1:0"];
        let mut process = self.command(&serve);
        if let [program, arguments @ ..] = under {
            let mut outer = Command::new(program);
            outer
                .args(arguments)
                .arg(self.binary())
                .args(serve)
                .env_clear()
                .envs(process.get_envs().filter_map(|(name, value)| Some((name, value?))))
                .stdout(Stdio::piped());
            process = outer;
        }
        // The log goes to a file: nobody reads a pipe while the server runs, and a full pipe would stop it.
        let log = tempfile::NamedTempFile::new().expect("a log file");
        process
            .stdin(Stdio::null())
            .stderr(log.reopen().expect("the log file again"));
        let process = process.spawn().expect("rez starts");
        Starting {
            process,
            log,
            data_dir: self.path().to_owned(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.binary());
        command.env_clear().envs(self.environment());
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl Ran {
    /// Standard output as JSON lines; anything else on it is a failure.
    pub fn json(&self) -> Vec<Value> {
        let lines = self.out.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
            .collect()
    }

    /// Fails with everything that was said unless the exit status is this one.
    #[must_use]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }
}

/// A `rez serve` that may not listen yet.
pub struct Starting {
    process: Child,
    log: tempfile::NamedTempFile,
    data_dir: PathBuf,
}

impl Starting {
    /// Waits until it listens.
    pub fn listening(mut self) -> Serve {
        let lines = BufReader::new(self.process.stdout.take().expect("it is piped")).lines();
        // It says where it listens once it does; the last line names the data directory.
        let mut said = Vec::new();
        for line in lines {
            let line = line.expect("output is UTF-8");
            let last = line.starts_with("data ");
            said.push(line);
            if last {
                break;
            }
        }
        let address = |word: &str| {
            let line = said.iter().find(|line| line.starts_with(word));
            let log = || std::fs::read_to_string(self.log.path()).unwrap_or_default();
            let line = line.unwrap_or_else(|| panic!("{word} in {said:?}: {}", log()));
            line.split_whitespace().last().expect("an address").to_owned()
        };
        let api = address("API").trim_end_matches("/api").to_owned();
        let sfn = address("Step Functions");
        Serve {
            process: self.process,
            log: self.log,
            http: crate::signed_in::client(&self.data_dir),
            api,
            sfn,
        }
    }

    /// Stops it as a power cut does.
    pub fn kill(mut self) {
        self.process.kill().expect("it was running");
        self.process.wait().expect("it ends");
    }
}

/// A running `rez serve`, killed when it is dropped.
pub struct Serve {
    process: Child,
    log: tempfile::NamedTempFile,
    /// A client with a token of the data directory's owner.
    pub http: reqwest::Client,
    /// `http://host:port` of the API and the inbox.
    pub api: String,
    /// `http://host:port` of the Step Functions API.
    pub sfn: String,
}

impl Serve {
    /// A message as the API shows it to the data directory's owner.
    pub async fn message(&self, id: &str) -> Value {
        let answer = self.http.get(format!("{}/api/messages/{id}", self.api)).send().await;
        answer.expect("an answer").json().await.expect("JSON")
    }

    /// How much memory it holds, in bytes, as Linux counts it.
    pub fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("it runs on Linux");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kib.expect("Linux tells it in kB") * 1024
    }

    /// The processes that it has started and that have not ended, as Linux tells of them.
    pub fn children(&self) -> Vec<i32> {
        let id = self.process.id();
        let children = |task: &str| {
            let path = format!("/proc/{id}/task/{task}/children");
            std::fs::read_to_string(path).unwrap_or_default()
        };
        let tasks = std::fs::read_dir(format!("/proc/{id}/task")).expect("it runs on Linux");
        let tasks = tasks.filter_map(|task| task.ok()?.file_name().into_string().ok());
        let all: Vec<String> = tasks.map(|task| children(&task)).collect();
        all.iter()
            .flat_map(|line| line.split_whitespace())
            .filter_map(|child| child.parse().ok())
            .collect()
    }

    /// Stops it as an operator does, with SIGTERM; returns what it logged.
    pub fn stop(mut self) -> String {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        assert!(sent.success(), "the server was running");
        let status = self.process.wait().expect("it ends");
        let log = std::fs::read_to_string(self.log.path()).expect("the log is UTF-8");
        assert!(status.success(), "it ends in order: {status}\n{log}");
        log
    }

    /// Stops it as a power cut does.
    pub fn kill(mut self) {
        self.process.kill().expect("it was running");
        self.process.wait().expect("it ends");
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        // It has ended already after `stop` and `kill`.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
