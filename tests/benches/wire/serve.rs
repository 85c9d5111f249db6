//! A running release build, on a data directory that outlives it.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::Http;
use crate::settings::Settings;
use crate::step_functions::StepFunctions;

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_mins(1);

/// A data directory below the target directory.
pub(crate) fn directory() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory below target")
}

fn bearer(data_dir: &Path) -> String {
    let bearer = tests::signed_in::bearer(data_dir);
    format!("authorization: {}\r\n", bearer.to_str().expect("it is printable"))
}

/// A server, killed when it is dropped.
pub(crate) struct Serve {
    process: Child,
    /// `http://host:port` of the API.
    pub(crate) api: String,
    /// `http://host:port` of the Step Functions API.
    pub(crate) sfn: String,
    /// A token of the data directory's owner, as a header.
    pub(crate) bearer: String,
    /// From exec to the first answer of `ListStateMachines`.
    pub(crate) ready: Duration,
}

impl Serve {
    /// Starts a server on a data directory and returns when it answers.
    pub(crate) fn start(settings: &Settings, data: &TempDir) -> Self {
        let [api, sfn] = [free_address(), free_address()];
        let log = File::create(data.path().join("serve.log")).expect("a log file");
        let mut command = Command::new(&settings.binary);
        command
            .args(["serve", "--listen", &api, "--sfn-listen", &sfn])
            .env_clear()
            .env("REZ_DATA_DIR", data.path().join("data"))
            .env("LOG_LEVEL", "WARN")
            // One caller asks as often as it can here.
            .env("REZ_RATE_LIMIT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let began = Instant::now();
        let mut serve = Self {
            process: command.spawn().expect("rez starts"),
            api: format!("http://{api}"),
            sfn: format!("http://{sfn}"),
            bearer: bearer(&data.path().join("data")),
            ready: Duration::ZERO,
        };
        while StepFunctions::new(&serve.sfn)
            .call("ListStateMachines", &serde_json::json!({}))
            .is_err()
        {
            assert!(began.elapsed() < PATIENCE, "rez serve does not answer");
            std::thread::sleep(Duration::from_micros(500));
        }
        serve.ready = began.elapsed();
        serve
    }

    /// A client of the Step Functions API.
    pub(crate) fn step_functions(&self) -> StepFunctions {
        StepFunctions::new(&self.sfn)
    }

    /// A client of the API.
    pub(crate) fn http(&self) -> Http {
        Http::new(&self.api)
    }

    /// Resident memory in MiB.
    pub(crate) fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: f64 = line
            .and_then(|line| line.split_whitespace().next()?.parse().ok())
            .unwrap_or(f64::NAN);
        kib / 1024.0
    }

    /// What a power cut is to the process.
    pub(crate) fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // It has ended already after `kill`.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        self.end();
    }
}

/// An address that nobody listens on.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}
