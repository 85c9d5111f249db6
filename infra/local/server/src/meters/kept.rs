//! `measurements.json`: what was measured hour by hour, for the server that comes after this one.
//!
//! Objectives look at weeks, and a server is restarted in between. The file is written every few minutes and at the end; what
//! a power cut takes is those minutes, and nothing but percentages depends on it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::recent::{Hours, Recent};
use crate::host::Host;

const FILE: &str = "measurements.json";
/// How often it is written.
const EVERY: Duration = Duration::from_mins(5);
/// The number of hours, and of counts in each, are bounded: a larger file is none of ours.
const BYTES: u64 = 1_024 * 1_024;

/// The bounds of what is counted are another version.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    since: Timestamp,
    hours: Hours,
}

/// Keeps what is measured until the server stops.
pub(crate) async fn keep(host: Arc<Host>, data_dir: PathBuf) {
    let recent = &host.meters.recent;
    loop {
        let stopped = tokio::time::timeout(EVERY, host.stopped()).await.is_ok();
        if let Err(error) = write(&data_dir, recent) {
            tracing::warn!(%error, "what was measured cannot be kept: after a restart, objectives begin anew");
        }
        if stopped {
            return;
        }
    }
}

/// Takes up what a server before this one has kept.
pub(crate) fn take_up(data_dir: &Path, recent: &Recent) {
    let path = data_dir.join(FILE);
    if std::fs::metadata(&path).is_ok_and(|about| about.len() > BYTES) {
        return;
    }
    let Ok(text) = std::fs::read(&path) else { return };
    match serde_json::from_slice::<File>(&text) {
        Ok(file) if file.version == VERSION => recent.take_up(file.since, file.hours),
        _ => tracing::warn!("measurements.json is not of this version: objectives begin anew"),
    }
}

/// Written whole or not at all.
fn write(data_dir: &Path, recent: &Recent) -> std::io::Result<()> {
    let (since, hours) = recent.hours();
    let file = File {
        version: VERSION,
        since,
        hours,
    };
    let (path, unfinished) = (data_dir.join(FILE), data_dir.join("measurements.json.new"));
    std::fs::write(&unfinished, serde_json::to_vec(&file)?)?;
    std::fs::rename(unfinished, path)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use activity_runtime::{Measurement, Metric};
    use api::Watched;
    use axum::http::StatusCode;
    use jiff::Timestamp;

    use super::*;
    use crate::ManualClock;

    fn recent(clock: &ManualClock) -> Recent {
        Recent::new(Arc::new(clock.clone()))
    }

    #[test]
    fn objectives_go_on_after_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let clock = ManualClock::new(Timestamp::from_second(1_000_000_000).unwrap());
        let before = recent(&clock);
        before.record(&Measurement::count(Metric::MessagesProcessed, "completed"));
        before.record(&Measurement::new(Metric::ProcessingDuration, "api", 20_000.0));
        before.answered(StatusCode::BAD_GATEWAY, Duration::from_secs(2));
        write(directory.path(), &before).unwrap();

        clock.advance(Duration::from_hours(24));
        let after = recent(&clock);
        take_up(directory.path(), &after);
        after.record(&Measurement::count(Metric::MessagesProcessed, "failed"));
        after.answered(StatusCode::OK, Duration::from_millis(2));
        let values = after.values();
        assert_eq!(
            (values[&Watched::SuccessRate], values[&Watched::Availability]),
            (50.0, 50.0)
        );
        assert!(
            values[&Watched::ProcessingP95] > 10_000.0 && values[&Watched::ResponseP95] > 1_000.0,
            "{values:?}"
        );
        assert_eq!(values.get(&Watched::ProcessingP99), None, "alarms look at minutes");
        assert_eq!(after.since(), before.since());
    }

    #[test]
    fn what_is_no_file_of_ours_changes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let clock = ManualClock::new(Timestamp::from_second(1_000_000_000).unwrap());
        let hour = |counts: &str| {
            format!(
                r#"{{"version":1,"since":"1970-01-01T00:00:00Z","hours":{{"277777":{{"faults":0,"responses":{counts},"completed":9,"failed":0,"processing":{counts}}}}}}}"#
            )
        };
        for text in [
            "",
            "{",
            "[]",
            r#"{"version":2,"since":"1970-01-01T00:00:00Z","hours":{}}"#,
            &hour("[1,2]"),
        ] {
            std::fs::write(directory.path().join(FILE), text).unwrap();
            let recent = recent(&clock);
            take_up(directory.path(), &recent);
            assert_eq!(recent.values().get(&Watched::SuccessRate), None, "{text}");
            assert_eq!(recent.since(), Timestamp::from_second(1_000_000_000).unwrap(), "{text}");
        }
    }
}
