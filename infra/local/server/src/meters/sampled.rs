//! What is looked up when somebody asks for the metrics.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::host::Host;

/// Values of the host, of its journal and of the process.
#[derive(Debug)]
pub(super) struct Sampled {
    open: Gauge,
    running: Gauge,
    waiting: Gauge,
    batches: Counter,
    transactions: Counter,
    resident: Gauge,
}

impl Sampled {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let gauge = |registry: &mut Registry, name: &str, about: &str| {
            let gauge = Gauge::default();
            registry.register(name, about, gauge.clone());
            gauge
        };
        let counter = |registry: &mut Registry, name: &str, about: &str| {
            let counter = Counter::default();
            registry.register(name, about, counter.clone());
            counter
        };
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("rez_build", "What is running", Info::new(version));
        let started = gauge(
            registry,
            "process_start_time_seconds",
            "When the server was started, since 1970",
        );
        started.set(Timestamp::now().as_second());
        Self {
            open: gauge(registry, "rez_executions_open", "Executions that have not ended"),
            running: gauge(registry, "rez_tasks_running", "Calls of tasks that are under way"),
            waiting: gauge(registry, "rez_tasks_waiting", "Calls of tasks that wait for their turn"),
            batches: counter(registry, "rez_journal_batches", "Batches committed or refused"),
            transactions: counter(
                registry,
                "rez_journal_transactions",
                "Transactions of the journal, each with one fsync",
            ),
            resident: gauge(registry, "process_resident_memory_bytes", "Resident memory"),
        }
    }

    /// Takes the values as they are now.
    pub(super) fn take(&self, host: &Host) {
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let (running, waiting) = host.calls();
        self.open.set(whole(host.open()));
        self.running.set(whole(running));
        self.waiting.set(whole(waiting));
        let stats = host.journal.stats();
        self.batches.inner().store(stats.batches, Ordering::Relaxed);
        self.transactions.inner().store(stats.transactions, Ordering::Relaxed);
        if let Some(bytes) = resident() {
            self.resident.set(bytes);
        }
    }
}

/// The resident memory of this process in bytes, as Linux counts it.
fn resident() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kibibytes * 1_024)
}
