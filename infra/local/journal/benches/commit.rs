//! `cargo bench -p journal`: how many executions become durable in a second and how long one waits, with 32 callers, into
//! an empty journal and beside many finished executions; and what an execution costs in bytes.
//!
//! Arguments: callers, executions that are there already, seconds, rounds. It prints; it judges nothing.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use engine::ExecutionStatus;
use jiff::Timestamp;
use journal::{Batch, Chunk, Ending, Journal, NewExecution, NewStateMachine, Revision, StateMachineId};

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let mut next = |usual: u64| numbers.next().unwrap_or(usual);
    let (callers, before, seconds, rounds) = (next(32), next(100_000), next(3), next(2));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let directories = [0, before].map(|finished| {
        let directory = tempfile::tempdir().expect("a directory");
        runtime.block_on(fill(directory.path(), finished));
        (finished, directory)
    });
    // In alternation, since other work on the machine changes all figures.
    for _ in 0..rounds {
        for (finished, directory) in &directories {
            let figures = runtime.block_on(measure(directory.path(), callers, Duration::from_secs(seconds)));
            println!("{finished:>8} finished before, {callers} callers: {figures}");
        }
    }
}

async fn open(directory: &Path) -> (Arc<Journal>, StateMachineId) {
    let journal = Arc::new(Journal::open(directory).expect("it opens"));
    if let Some(machine) = journal.state_machine("m").await.expect("it is read") {
        return (journal, machine.id);
    }
    let id = journal.next_state_machine_id();
    let revision = Revision {
        number: 1,
        revision_id: "r".to_owned(),
        definition: "{}".to_owned(),
        role_arn: "role".to_owned(),
        settings: "{}".to_owned(),
        created_at: Timestamp::now(),
    };
    let name = "m".to_owned();
    let batch = Batch::creating_state_machine(NewStateMachine { id, name, revision });
    journal.commit(batch).await.expect("it is created");
    (journal, id)
}

async fn fill(directory: &Path, executions: u64) {
    let (journal, machine) = open(directory).await;
    let mut tasks = tokio::task::JoinSet::new();
    for caller in 0..512 {
        let journal = Arc::clone(&journal);
        let share = executions / 512 + u64::from(caller < executions % 512);
        tasks.spawn(async move {
            for _ in 0..share {
                journal.commit(finished(&journal, machine)).await.expect("it commits");
            }
        });
    }
    tasks.join_all().await;
}

/// An execution of three states that ends at once, under a random name.
fn finished(journal: &Journal, machine: StateMachineId) -> Batch {
    let id = journal.next_execution_id();
    let name = format!(
        "{:016x}-{id:?}",
        id.0.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15)
    );
    let new = NewExecution {
        id,
        state_machine: machine,
        revision: 1,
        name,
        started_at: Timestamp::now(),
        input: r#"{"order":"a-17","amount":12}"#.to_owned(),
        trace_header: None,
        parent: None,
    };
    let mut batch = Batch::creating_execution(new);
    let events = "e".repeat(240);
    batch.append_history(
        id,
        Chunk {
            first: 1,
            last: 8,
            events,
        },
    );
    let ending = Ending {
        status: ExecutionStatus::Succeeded,
        stopped_at: Timestamp::now(),
        output: Some(r#"{"order":"a-17","amount":12,"done":true}"#.to_owned()),
        error: None,
        cause: None,
    };
    batch.finish(id, ending);
    batch
}

async fn measure(directory: &Path, callers: u64, time: Duration) -> String {
    let (journal, machine) = open(directory).await;
    let processor_before = processor();
    let (before, count, end) = (written(), Arc::new(AtomicU64::new(0)), Instant::now() + time);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..callers {
        let (journal, count) = (Arc::clone(&journal), Arc::clone(&count));
        tasks.spawn(async move {
            let mut waits = Vec::new();
            while Instant::now() < end {
                let start = Instant::now();
                journal.commit(finished(&journal, machine)).await.expect("it commits");
                waits.push(start.elapsed());
                count.fetch_add(1, Ordering::Relaxed);
            }
            waits
        });
    }
    let mut waits = tasks.join_all().await.concat();
    waits.sort_unstable();
    let count = count.load(Ordering::Relaxed);
    let log = std::fs::metadata(directory.join("journal.sqlite-wal")).map_or(0, |file| file.len());
    let at = |part: usize| waits[(waits.len() - 1) * part / 1000].as_secs_f64() * 1e3;
    format!(
        "{:>6}/s, p50 {:.2} ms, p99 {:.2} ms, p99.9 {:.2} ms, {} bytes written and {} µs of processor each, log {} MB",
        count / time.as_secs().max(1),
        at(500),
        at(990),
        at(999),
        (written() - before) / count.max(1),
        processor().saturating_sub(processor_before).as_micros() / u128::from(count.max(1)),
        log / 1_000_000,
    )
}

/// Bytes that this process has written to files; 0 where the system does not tell.
fn written() -> u64 {
    let counters = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = counters.lines().find_map(|line| line.strip_prefix("wchar: "));
    line.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Processor time that this process has used, in steps of 10 ms; 0 where the system does not tell.
fn processor() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Duration::from_millis(ticks * 10)
}
