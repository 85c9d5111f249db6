//! The process of an environment.
//!
//! It is the leader of a process group of its own: so it is frozen, let go on and killed with whatever it has started. The group
//! also sees to the end of a frozen process whose host has died without a word: a group without anybody to let it go on is sent
//! SIGHUP and SIGCONT by the kernel. Source: POSIX.1-2024, `_exit`, "Consequences of Process Termination". (Whoever takes over the
//! process must be of another session for that, as an init is: in a container whose first process is a shell without job
//! control, what is frozen ends with the container.)

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use crate::output::{Output, Stream, pass_on};
use crate::settings::Settings;

/// What Lambda sets unless a function sets it otherwise. Source: "Working with Lambda environment variables".
const UNRESERVED: [(&str, &str); 3] = [
    ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
    ("LANG", "en_US.UTF-8"),
    ("TZ", ":UTC"),
];

/// Where the certificates of this machine lie, if not where libraries look for them: the only variables of this process that a
/// function gets.
const CERTIFICATES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// A process and its group, killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// `None` once it has ended.
    group: Option<Pid>,
    frozen: bool,
}

impl Process {
    /// Starts the program, with the Runtime API at this address.
    pub(crate) fn start(
        settings: &Settings,
        runtime_api: SocketAddr,
        output: &Arc<dyn Output>,
    ) -> std::io::Result<Self> {
        let mut command = Command::new(&settings.program);
        command
            .env_clear()
            .envs(
                CERTIFICATES
                    .iter()
                    .filter_map(|name| Some((*name, std::env::var_os(name)?))),
            )
            .envs(UNRESERVED)
            .envs(settings.environment.iter().map(|(name, value)| (name, value)))
            .envs(reserved(settings, runtime_api))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        if let Some(root) = settings.program.parent() {
            command.current_dir(root).env("LAMBDA_TASK_ROOT", root);
        }
        let mut child = command.spawn()?;
        let name = || settings.name.clone();
        if let Some(out) = child.stdout.take() {
            tokio::spawn(pass_on(name(), Stream::Out, out, Arc::clone(output)));
        }
        if let Some(err) = child.stderr.take() {
            tokio::spawn(pass_on(name(), Stream::Err, err, Arc::clone(output)));
        }
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Ok(Self {
            child,
            group: id.and_then(Pid::from_raw),
            frozen: false,
        })
    }

    /// Its number; `None` once it has ended.
    pub(crate) fn id(&self) -> Option<i32> {
        self.group.map(Pid::as_raw_pid)
    }

    /// Keeps it from running.
    pub(crate) fn freeze(&mut self) {
        self.frozen = true;
        self.signal(Signal::STOP);
    }

    /// Lets it run on.
    pub(crate) fn thaw(&mut self) {
        if std::mem::take(&mut self.frozen) {
            self.signal(Signal::CONT);
        }
    }

    /// Returns when it has ended.
    pub(crate) async fn exited(&mut self) -> ExitStatus {
        let status = self.child.wait().await;
        self.end_group();
        // Somebody else has waited for it: nobody knows any more how it ended.
        status.unwrap_or_default()
    }

    /// Whether it has ended.
    pub(crate) fn has_exited(&mut self) -> bool {
        let running = matches!(self.child.try_wait(), Ok(None));
        if !running {
            self.end_group();
        }
        !running
    }

    /// What it has started ends with it.
    fn end_group(&mut self) {
        self.signal(Signal::KILL);
        self.group = None;
    }

    fn signal(&self, signal: Signal) {
        // A group that is gone already needs no signal.
        let _ = self.group.map(|group| kill_process_group(group, signal));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// What Lambda sets, and no setting of a function can change.
///
/// Source: "Working with Lambda environment variables", "Defined runtime environment variables"; for a runtime of one's own.
fn reserved(settings: &Settings, runtime_api: SocketAddr) -> Vec<(&'static str, String)> {
    let text = str::to_owned;
    vec![
        ("_HANDLER", text("bootstrap")),
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string()),
        ("AWS_LAMBDA_FUNCTION_NAME", settings.name.clone()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", settings.memory.to_string()),
        ("AWS_LAMBDA_FUNCTION_VERSION", text("$LATEST")),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", text("on-demand")),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", settings.name)),
        ("AWS_LAMBDA_LOG_STREAM_NAME", runtime_api.port().to_string()),
    ]
}
