//! Running the binary.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A data directory, and the binary that works on it with nothing of the surroundings.
pub(crate) struct Rez {
    directory: tempfile::TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// Standard output as JSON lines; anything else on it fails.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{self:?}")))
            .collect()
    }

    /// The one line that says what is wrong.
    pub(crate) fn error(&self) -> &str {
        let errors: Vec<&str> = self.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
        assert_eq!(errors.len(), 1, "{self:?}");
        errors[0]
    }
}

impl Rez {
    pub(crate) fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Whether anything was ever started here.
    pub(crate) fn is_untouched(&self) -> bool {
        !self.data_dir().exists()
    }

    pub(crate) fn command<S: AsRef<std::ffi::OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rez"));
        for name in ["NTFY_URL", "NTFY_TOPIC", "NTFY_API_KEY", "LOG_LEVEL", "CARGO"] {
            command.env_remove(name);
        }
        command
            .env("REZ_DATA_DIR", self.data_dir())
            .env("REZ_LISTEN", "127.0.0.1:0")
            .env("REZ_SFN_LISTEN", "127.0.0.1:0")
            .args(arguments);
        command
    }

    pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(&self, arguments: &[S]) -> Ended {
        ended(self.command(arguments).stdin(Stdio::null()).output().unwrap())
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ended {
        let mut command = self.command(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        ended(child.wait_with_output().unwrap())
    }

    /// What a command shows on a terminal; `None` where `script`, which makes one, is missing.
    pub(crate) fn on_a_terminal(&self, arguments: &str) -> Option<String> {
        let mut command = Command::new("script");
        for (name, value) in self.command::<&str>(&[]).get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let run = format!("{} {arguments}", env!("CARGO_BIN_EXE_rez"));
        let command = command.args(["-qec", &run, "/dev/null"]).stdin(Stdio::null());
        Some(String::from_utf8_lossy(&command.output().ok()?.stdout).into_owned())
    }

    /// Runs a command that is to succeed.
    pub(crate) fn succeeds(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.code, 0, "{arguments:?}: {ended:?}");
        ended
    }

    /// Starts `rez serve` and waits until it has said where its data lies, which it says last.
    pub(crate) fn serve(&self) -> Serving {
        let mut child = self
            .command(&["serve"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said: Vec<String> = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .scan(false, |done, line| {
                (!std::mem::replace(done, line.starts_with("data"))).then_some(line)
            })
            .take(5)
            .collect();
        assert_eq!(said.len(), 5, "{said:?}");
        Serving { child, said }
    }

    /// Calls an operation of the Step Functions API of the server that runs, which has to succeed.
    pub(crate) fn step_functions(&self, operation: &str, parameters: &Value) -> Value {
        let file = self.serve_file().expect("a server runs");
        let url = format!("http://{}/", file["addresses"]["sfn"].as_str().unwrap());
        let request = reqwest::Client::new()
            .post(url)
            .header("X-Amz-Target", format!("AWSStepFunctions.{operation}"))
            .body(parameters.to_string());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let answer = runtime.block_on(async { request.send().await.unwrap().text().await.unwrap() });
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer.get("__type"), None, "{operation}: {answer}");
        answer
    }

    pub(crate) fn serve_file(&self) -> Option<Value> {
        serde_json::from_str(&std::fs::read_to_string(self.data_dir().join("serve.json")).ok()?).ok()
    }
}

/// A running `rez serve`.
pub(crate) struct Serving {
    child: Child,
    pub(crate) said: Vec<String>,
}

impl Serving {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop and waits for its end.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let asked = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -TERM {}", self.pid()))
            .status()
            .unwrap();
        assert!(asked.success());
        self.child.wait().unwrap().code()
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A failed test leaves no process behind.
impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ended(output: Output) -> Ended {
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// An address at which nobody listens.
pub(crate) fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// What lies in the data directory, by name.
pub(crate) fn files(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}
