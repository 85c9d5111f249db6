//! The options of `rez serve`.

use std::net::SocketAddr;

use clap::Args;

use super::values::{at_least_one, retention};

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Where the API and the inbox listen.
    #[arg(
        long,
        env = "REZ_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS:PORT"
    )]
    pub(crate) listen: SocketAddr,
    /// Where the Step Functions API listens.
    #[arg(
        long,
        env = "REZ_SFN_LISTEN",
        default_value = "127.0.0.1:8083",
        value_name = "ADDRESS:PORT"
    )]
    pub(crate) sfn_listen: SocketAddr,
    /// The address under which browsers reach the API, as `https://rez.example.org`; where it listens when left out.
    #[arg(long, env = "REZ_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Origins whose pages may call the API with a token, separated by commas.
    #[arg(long, env = "REZ_CORS_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    pub(crate) cors_origins: Vec<String>,
    /// Names by which this server is called beside localhost, loopback addresses and the host of the public URL, separated
    /// by commas: `rez` or `host.docker.internal` among containers. Others are refused, since a page elsewhere could
    /// otherwise make its own name lead here.
    #[arg(long, env = "REZ_ALLOWED_HOSTS", value_name = "HOST", value_delimiter = ',')]
    pub(crate) allowed_hosts: Vec<String>,
    /// How many requests a second each caller may make, and ten times as many at once; 0 is no limit.
    #[arg(long, env = "REZ_RATE_LIMIT", default_value_t = 1_000, value_name = "N")]
    pub(crate) rate_limit: u32,
    /// Listen beyond loopback although nobody has to sign in to the inbox and the Step Functions API: whoever reaches the
    /// ports may read the one and do everything with the other.
    #[arg(long)]
    pub(crate) without_sign_in_beyond_loopback: bool,
    /// How long executions that have ended, with their histories, and messages in the inbox and in queues are kept.
    ///
    /// Running executions stay, however old. A name may be used again when its execution is gone.
    #[arg(
        long,
        env = "REZ_RETENTION",
        default_value = "90d",
        value_name = "DURATION",
        value_parser = retention
    )]
    pub(crate) retention: std::time::Duration,
    /// Where functions that are not ours are invoked, by the Lambda Invoke protocol.
    #[arg(long, value_name = "URL")]
    pub(crate) lambda_endpoint: Option<String>,
    /// A directory with the binaries of Lambda functions, as NAME/bootstrap or NAME: each runs as a process of its own behind
    /// Lambda's Runtime API, as it would on AWS. Functions without one stay inside of this process.
    #[arg(long, env = "REZ_LAMBDA_BINARIES", value_name = "DIRECTORY")]
    pub(crate) lambda_binaries: Option<std::path::PathBuf>,
    /// How many executions may be open at once. More are refused with 503 or `ExecutionLimitExceeded` until some have
    /// ended.
    #[arg(long, env = "REZ_MAX_OPEN_EXECUTIONS", default_value_t = server::MOST_OPEN, value_name = "N", value_parser = at_least_one)]
    pub(crate) max_open_executions: usize,
    /// Hold the tasks of our own workflows to the generated policies, as the role on AWS does: what a policy does not allow
    /// fails as it would there. Other state machines may do everything.
    #[arg(long, env = "REZ_ENFORCE_POLICIES")]
    pub(crate) enforce_policies: bool,
}
