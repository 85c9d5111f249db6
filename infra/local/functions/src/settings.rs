//! What a function needs to run.

use std::path::PathBuf;
use std::time::Duration;

/// How long a program may take until it asks for its first event. Source: "Understanding the Lambda execution environment
/// lifecycle", Init phase.
pub const INIT: Duration = Duration::from_secs(10);

/// The longest event and the longest answer, in bytes. Source: "Lambda quotas", invocation payload; the bytes beyond 6 MiB are
/// those that Lambda itself names when it refuses an answer.
pub const PAYLOAD_BYTES: usize = 6 * 1024 * 1024 + 100;

/// How long a process is kept that nobody needs. Lambda promises no time; minutes are what is seen.
const IDLE: Duration = Duration::from_mins(5);

/// How many events a function handles at the same time, each in a process of its own.
const MOST: usize = 16;

/// A function, as Lambda would be told of it.
#[derive(Clone)]
pub struct Settings {
    /// Its name.
    pub name: String,
    /// Its ARN, without a version.
    pub arn: String,
    /// The program, as [`program`](crate::program()) has found it.
    pub program: PathBuf,
    /// How long one event may take. Lambda's default is 3 seconds.
    pub timeout: Duration,
    /// The memory that the function is told it has, in MiB. Lambda's default is 128.
    pub memory: u32,
    /// Its environment, beside what Lambda sets.
    pub environment: Vec<(String, String)>,
    /// How many processes there are at most, at least one; more events wait.
    pub most: usize,
    /// How long a process is kept that has nothing to do.
    pub idle: Duration,
    /// How long a program may take until it asks for its first event.
    pub init: Duration,
}

impl Settings {
    /// A function with Lambda's defaults and no environment of its own.
    pub fn new(name: impl Into<String>, arn: impl Into<String>, program: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            arn: arn.into(),
            program: program.into(),
            timeout: Duration::from_secs(3),
            memory: 128,
            environment: Vec::new(),
            most: MOST,
            idle: IDLE,
            init: INIT,
        }
    }
}

/// Without the environment: secrets may stand in it.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("name", &self.name)
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}
