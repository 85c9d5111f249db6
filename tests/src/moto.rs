//! AWS as moto plays it.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};

use crate::tools;

/// The account that moto plays.
pub const ACCOUNT: &str = "123456789012";
/// The region that tests ask.
pub const REGION: &str = "us-east-1";

const SCRIPT: &str = "import sys\nfrom moto.server import ThreadedMotoServer\n\
                      server = ThreadedMotoServer('127.0.0.1', 0)\nserver.start()\n\
                      print('at %s:%s' % server.get_host_and_port(), flush=True)\nsys.stdin.read()";

/// A running moto, which ends with this value.
pub struct Moto {
    process: Child,
    /// Where it listens.
    pub url: String,
    /// What asks it, whatever the service.
    pub aws: SdkConfig,
}

impl Moto {
    /// `None`, with a word, where moto is not installed.
    pub fn start() -> Option<Self> {
        let mut process = Command::new(tools::file("python/bin/python")?)
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python starts");
        let mut said = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        // It says other things as well.
        let address = said.find_map(|line| Some(line.ok()?.strip_prefix("at ")?.to_owned()));
        let url = format!("http://{}", address.expect("moto says where it listens"));
        Some(Self {
            process,
            aws: aws(&url),
            url,
        })
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A configuration that asks this address, whatever the service.
pub fn aws(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "secret", Some("session".to_owned()), None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(Region::new(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}
