//! What a server was doing when it died, as its journal has it.

use std::{fs, path::Path};

use engine::TaskId;
use journal::{ExecutionId, Journal};

/// How many rows are read at a time.
const PAGE: usize = 256;

/// How many deliveries were in flight. A copy is read, so that the next server finds the files as they were left.
pub(super) async fn deliveries(data: &Path) -> usize {
    let copy = tempfile::tempdir().expect("a temporary directory");
    for name in ["journal.sqlite", "journal.sqlite-wal"] {
        // A server that died early has not made both.
        let _ = fs::copy(data.join(name), copy.path().join(name));
    }
    let journal = Journal::open(copy.path()).expect("what a killed server leaves can be opened");
    let mut count = 0;
    let mut last = (ExecutionId(i64::MIN), TaskId(0));
    loop {
        let tasks = journal.scheduled_tasks(last, PAGE).await.expect("tasks");
        let Some(end) = tasks.last() else { break };
        last = (end.execution, end.task);
        count += tasks
            .iter()
            .filter(|task| task.request.contains("deliver-message"))
            .count();
    }
    journal.close();
    count
}
