//! A real ntfy in a process of its own, on a free port, with an empty cache.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(super) struct RealNtfy {
    pub(super) base: String,
    process: Child,
    _cache: tempfile::TempDir,
}

impl RealNtfy {
    /// `None` when `REZ_NTFY` names no binary.
    pub(super) async fn start() -> Option<Self> {
        let binary = std::env::var_os("REZ_NTFY")?;
        let cache = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let base = format!("http://127.0.0.1:{port}");
        let config = cache.path().join("server.yml");
        std::fs::write(
            &config,
            format!(
                "base-url: {base}\nlisten-http: 127.0.0.1:{port}\ncache-file: {}\n\
                 visitor-request-limit-exempt-hosts: 127.0.0.1\n",
                cache.path().join("cache.db").display()
            ),
        )
        .unwrap();
        let process = Command::new(binary)
            .args(["serve", "-c"])
            .arg(config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("REZ_NTFY names an ntfy binary");
        let server = Self {
            base,
            process,
            _cache: cache,
        };
        server.answers().await;
        Some(server)
    }

    async fn answers(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while reqwest::get(format!("{}/v1/health", self.base)).await.is_err() {
            assert!(Instant::now() < deadline, "ntfy does not answer");
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for RealNtfy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
