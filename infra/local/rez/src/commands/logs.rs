//! `rez logs`.

mod on_aws;

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::arguments::LogsArgs;
use crate::failure::Failure;
use crate::logs::{file, files, number};
use crate::output::{self, harmless, word};
use crate::session::Place;

/// How often a file that is followed is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// From the gravest on.
const LEVELS: [&str; 5] = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"];
/// Fields that a line for people begins with.
const FIRST: [&str; 4] = ["timestamp", "level", "target", "message"];

/// Shows the lines that are asked for.
pub(crate) async fn run(place: Place<'_>, arguments: &LogsArgs) -> Result<(), Failure> {
    let wanted = Wanted::new(arguments);
    if place.aws.aws {
        return on_aws::run(place.aws, &wanted).await;
    }
    let mut log = Log {
        data_dir: place.settings.data_dir.clone(),
        at: None,
    };
    let shown = log.look(&wanted)?;
    if arguments.follow {
        return follow(log, &wanted).await;
    }
    if shown == 0 {
        output::note("no such lines: rez serve keeps the newest 128 MiB of its log");
    }
    Ok(())
}

/// Goes on until it is interrupted.
async fn follow(mut log: Log, wanted: &Wanted<'_>) -> Result<(), Failure> {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            interrupted = tokio::signal::ctrl_c() => return Ok(interrupted?),
        }
        log.look(wanted)?;
    }
}

/// The files of a log, and how far they have been read.
struct Log {
    data_dir: PathBuf,
    at: Option<Lines>,
}

impl Log {
    /// Shows what has come since the last look; tells how many lines.
    fn look(&mut self, wanted: &Wanted<'_>) -> Result<usize, Failure> {
        let newest = std::fs::metadata(file(&self.data_dir))
            .map(|metadata| metadata.ino())
            .ok();
        let same = self
            .at
            .as_ref()
            .is_some_and(|at| newest.is_none_or(|newest| at.number == newest));
        let mut shown = 0;
        // Read to its end also if it has another name now: nothing is written into a file after that.
        if let Some(at) = &mut self.at {
            shown += at.show(wanted)?;
        }
        if same {
            return Ok(shown);
        }
        // Several may have been begun and renamed since.
        let mut files: Vec<Lines> = files(&self.data_dir)?
            .into_iter()
            .map(Lines::new)
            .collect::<Result<_, _>>()?;
        let read = files
            .iter()
            .position(|lines| self.at.as_ref().is_some_and(|at| at.number == lines.number));
        for mut lines in files.drain(read.map_or(0, |read| read + 1)..) {
            shown += lines.show(wanted)?;
            self.at = Some(lines);
        }
        Ok(shown)
    }
}

/// The lines of a file, from where it has been read.
struct Lines {
    number: u64,
    file: BufReader<File>,
    /// The beginning of a line whose end is not written yet.
    begun: Vec<u8>,
}

impl Lines {
    fn new(file: File) -> Result<Self, Failure> {
        Ok(Self {
            number: number(&file)?,
            file: BufReader::new(file),
            begun: Vec::new(),
        })
    }

    /// Shows what has come and is asked for; tells how many lines.
    fn show(&mut self, wanted: &Wanted<'_>) -> Result<usize, Failure> {
        let mut shown = 0;
        while self.file.read_until(b'\n', &mut self.begun)? > 0 {
            if self.begun.last() != Some(&b'\n') {
                break;
            }
            let line = std::mem::take(&mut self.begun);
            // A line that was cut off by a crash is skipped.
            let Ok(line) = serde_json::from_slice::<Value>(&line) else {
                continue;
            };
            if wanted.includes(&line) {
                wanted.print(&line)?;
                shown += 1;
            }
        }
        Ok(shown)
    }
}

/// Which lines are asked for, and how they are shown.
struct Wanted<'a> {
    arguments: &'a LogsArgs,
    since: Option<Timestamp>,
    gravity: usize,
}

impl<'a> Wanted<'a> {
    fn new(arguments: &'a LogsArgs) -> Self {
        let gravity = LEVELS
            .iter()
            .position(|level| level.eq_ignore_ascii_case(&arguments.level));
        Self {
            since: (arguments.since).and_then(|since| Timestamp::now().checked_sub(since).ok()),
            gravity: gravity.unwrap_or(LEVELS.len()),
            arguments,
        }
    }

    fn includes(&self, line: &Value) -> bool {
        let is =
            |field: &str, wanted: &Option<String>| wanted.as_ref().is_none_or(|wanted| line[field] == wanted.as_str());
        let level = LEVELS.iter().position(|level| line["level"] == *level);
        let late = |since| {
            line["timestamp"]
                .as_str()
                .and_then(|at| at.parse::<Timestamp>().ok())
                .is_some_and(|at| at >= since)
        };
        is("correlation_id", &self.arguments.correlation_id)
            && is("message_id", &self.arguments.message)
            && level.is_none_or(|level| level <= self.gravity)
            && self.since.is_none_or(late)
    }

    fn print(&self, line: &Value) -> Result<(), Failure> {
        if self.arguments.json {
            return output::json(line);
        }
        output::line(format_args!(
            "{}  {:5}  {}  {}{}",
            output::time(word(line, "/timestamp")),
            word(line, "/level"),
            harmless(word(line, "/target")),
            harmless(word(line, "/message")),
            fields(line)
        ))
    }
}

/// The other fields, as `name=value`.
fn fields(line: &Value) -> String {
    let all = line.as_object().into_iter().flatten();
    let others = all.filter(|(name, _)| !FIRST.contains(&name.as_str()));
    let written = others.map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("  {}={}", harmless(name), harmless(&value))
    });
    written.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(super) fn arguments(correlation_id: Option<&str>, level: &str) -> LogsArgs {
        LogsArgs {
            correlation_id: correlation_id.map(str::to_owned),
            message: None,
            level: level.to_owned(),
            since: None,
            follow: false,
            json: false,
        }
    }

    #[test]
    fn lines_are_chosen_by_request_and_gravity() {
        let line = json!({ "level": "WARN", "correlation_id": "c-1", "timestamp": "2026-11-25T00:00:00Z" });
        for (correlation_id, level, included) in [
            (None, "TRACE", true),
            (None, "warn", true),
            (None, "ERROR", false),
            (Some("c-1"), "TRACE", true),
            (Some("c-2"), "TRACE", false),
        ] {
            let arguments = arguments(correlation_id, level);
            assert_eq!(
                Wanted::new(&arguments).includes(&line),
                included,
                "{correlation_id:?} {level}"
            );
        }
    }

    #[test]
    fn what_a_line_says_cannot_move_the_cursor() {
        assert_eq!(
            fields(&json!({ "message": "m", "a": "\u{1b}[2J", "n": 1.5 })),
            "  a=\\u{1b}[2J  n=1.5"
        );
    }

    #[test]
    fn a_line_is_shown_when_its_end_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        std::fs::write(&path, "{\"level\":\"INFO\"}\n{\"level\":").unwrap();
        let arguments = arguments(None, "TRACE");
        let wanted = Wanted::new(&arguments);
        let mut lines = Lines::new(File::open(&path).unwrap()).unwrap();
        assert_eq!(lines.show(&wanted).unwrap(), 1);
        std::io::Write::write_all(&mut File::options().append(true).open(&path).unwrap(), b"\"INFO\"}\n").unwrap();
        assert_eq!(lines.show(&wanted).unwrap(), 1);
    }

    /// However often a new file is begun between two looks.
    #[test]
    fn no_line_is_missed_and_none_is_shown_twice_when_files_are_renamed() {
        let directory = tempfile::tempdir().unwrap();
        let newest = file(directory.path());
        std::fs::create_dir_all(newest.parent().unwrap()).unwrap();
        let write = |lines: usize| {
            let mut file = File::options().append(true).create(true).open(&newest).unwrap();
            std::io::Write::write_all(&mut file, "{\"level\":\"INFO\"}\n".repeat(lines).as_bytes()).unwrap();
        };
        let rename = || {
            let older = |number: usize| newest.with_file_name(format!("rez.log.{number}"));
            for number in (1..7).rev().filter(|number| older(*number).exists()) {
                std::fs::rename(older(number), older(number + 1)).unwrap();
            }
            std::fs::rename(&newest, older(1)).unwrap();
        };
        let arguments = arguments(None, "TRACE");
        let wanted = Wanted::new(&arguments);
        let mut log = Log {
            data_dir: directory.path().to_owned(),
            at: None,
        };
        assert_eq!(log.look(&wanted).unwrap(), 0, "there is no file yet");
        write(1);
        rename();
        write(2);
        assert_eq!(log.look(&wanted).unwrap(), 3);
        write(4);
        rename();
        // The new one is not there yet.
        assert_eq!(log.look(&wanted).unwrap(), 4);
        write(8);
        rename();
        write(16);
        rename();
        write(32);
        assert_eq!(log.look(&wanted).unwrap(), 56);
        assert_eq!(log.look(&wanted).unwrap(), 0);
        for _ in 0..10 {
            rename();
            write(1);
        }
        assert_eq!(log.look(&wanted).unwrap(), 8, "those that are kept");
    }
}
