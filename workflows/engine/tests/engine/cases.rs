//! The literate cases in `tests/cases/`: a heading that names the behaviour, a sentence, and fenced blocks.
//!
//! | block | content |
//! |---|---|
//! | `asl` | the definition |
//! | `input` | the input; `{}` if absent |
//! | `tasks` | what tasks answer, by state: a list with one answer for each attempt, of which the last is repeated |
//! | `redrives` | how often the execution is redriven, at once, after it has ended without success |
//! | `output` | the output, compared as JSON |
//! | `error` | the error's name and, on the lines after it, its cause |
//! | `history` | one event a line: `id < previous id: type` |
//! | `finding` | `pointer: message`, one a line, for what does not compile |
//!
//! An answer is `{"gives": …}`, `{"fails": [error, cause]}` or `{"silent": true}`, each with an optional `"after"` in seconds
//! and `"beats"` (seconds after which it reports to be alive). Without an answer a task gives its parameters back.

use std::collections::BTreeMap;
use std::path::Path;

use engine::{Event, TaskRequest, compile};
use serde_json::{Value, json};

use crate::simulation::{Outcome, Replies, Simulation};

#[test]
#[expect(clippy::disallowed_methods, reason = "the cases are files")]
fn behaviour_is_as_written_down() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut failures = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        for case in cases(&std::fs::read_to_string(&path).unwrap()) {
            count += 1;
            if let Err(why) = case.judge() {
                failures.push(format!("{file}: {}\n{why}\n", case.heading));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count} cases failed\n\n{}",
        failures.len(),
        failures.join("\n")
    );
}

struct Case {
    heading: String,
    blocks: BTreeMap<String, String>,
}

/// The sections of a file that have a definition.
fn cases(text: &str) -> Vec<Case> {
    let sections = text.split("\n## ").skip(1);
    let cases = sections.map(|section| {
        let (heading, body) = section.split_once('\n').unwrap();
        let mut blocks = BTreeMap::new();
        let mut parts = body.split("\n```");
        parts.next();
        while let (Some(block), Some(_)) = (parts.next(), parts.next()) {
            let (name, content) = block.split_once('\n').unwrap();
            blocks.insert(name.to_owned(), content.to_owned());
        }
        Case {
            heading: heading.to_owned(),
            blocks,
        }
    });
    cases.filter(|case| case.blocks.contains_key("asl")).collect()
}

impl Case {
    fn judge(&self) -> Result<(), String> {
        if let Some(findings) = self.blocks.get("finding") {
            return same("finding", findings, &self.findings());
        }
        let input = self.blocks.get("input").map_or("{}", String::as_str);
        let outcome = self.run(input, false);
        let again = self.run(input, true);
        if again != outcome {
            return Err(format!("a crash makes a difference: {:?}", again.shape()));
        }
        self.compare(&outcome)
    }

    fn run(&self, input: &str, crashes: bool) -> Outcome {
        let answers: Value = self
            .blocks
            .get("tasks")
            .map_or(json!({}), |tasks| serde_json::from_str(tasks).unwrap());
        let mut attempts = BTreeMap::new();
        let mut simulation = Simulation::new(&self.blocks["asl"], |request| {
            let attempt = attempts.entry(request.state.clone()).or_insert(0);
            *attempt += 1;
            answer(request, &answers[&request.state], *attempt - 1)
        });
        simulation.crashes = crashes;
        let redrives = self.blocks.get("redrives");
        simulation.redrives = redrives.map_or(0, |redrives| redrives.trim().parse().unwrap());
        simulation.run(input)
    }

    fn compare(&self, outcome: &Outcome) -> Result<(), String> {
        for (block, wanted) in &self.blocks {
            match block.as_str() {
                "output" if outcome.output.is_none() => return Err(format!("no output: {outcome:?}")),
                "output" if serde_json::from_str::<Value>(wanted).unwrap() == outcome.output() => {}
                "output" => return Err(format!("output: want {wanted} got {}", outcome.output())),
                "error" => {
                    let error = [&outcome.error, &outcome.cause].map(|text| text.clone().unwrap_or_default());
                    let given = if wanted.contains('\n') {
                        error.join("\n")
                    } else {
                        error[0].clone()
                    };
                    same(block, wanted, given.trim_end())?;
                }
                "history" => same(block, wanted, &outcome.shape().join("\n"))?,
                _ => {}
            }
        }
        Ok(())
    }

    fn findings(&self) -> String {
        let parsed = asl::parse(&self.blocks["asl"]).unwrap_or_else(|findings| panic!("{findings:?}"));
        let findings = compile(&parsed.machine).err().unwrap_or_default();
        let lines: Vec<_> = findings
            .iter()
            .map(|finding| format!("{}: {}", finding.pointer, finding.message))
            .collect();
        lines.join("\n")
    }
}

fn same(block: &str, wanted: &str, given: &str) -> Result<(), String> {
    if wanted == given {
        Ok(())
    } else {
        Err(format!("{block}: want\n{wanted}\ngot\n{given}"))
    }
}

/// What a task does in its n-th attempt.
fn answer(request: &TaskRequest, answers: &Value, attempt: usize) -> Replies {
    let task = request.task;
    let empty = Vec::new();
    let list = answers.as_array().unwrap_or(&empty);
    let Some(answer) = list.get(attempt).or(list.last()) else {
        return vec![(
            0,
            Event::TaskSucceeded {
                task,
                output: request.parameters.clone(),
            },
        )];
    };
    let milliseconds = |value: &Value| value.as_i64().unwrap_or(0) * 1000;
    let mut replies = Vec::new();
    if answer["worker"].is_string() {
        let worker_name = answer["worker"].as_str().map(str::to_owned);
        replies.push((0, Event::ActivityStarted { task, worker_name }));
    }
    if !answer["submits"].is_null() {
        replies.push((
            0,
            Event::TaskSubmitted {
                task,
                output: answer["submits"].to_string(),
            },
        ));
    }
    for beat in answer["beats"].as_array().unwrap_or(&empty) {
        replies.push((milliseconds(beat), Event::TaskHeartbeat { task }));
    }
    let after = milliseconds(&answer["after"]);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(output) = answer.get("gives") {
        replies.push((
            after,
            Event::TaskSucceeded {
                task,
                output: output.to_string(),
            },
        ));
    }
    if let Some(failure) = answer.get("fails") {
        replies.push((
            after,
            Event::TaskFailed {
                task,
                error: text(&failure[0]),
                cause: text(&failure[1]),
            },
        ));
    }
    if let Some(failure) = answer.get("refuses") {
        replies.push((
            after,
            Event::TaskSubmitFailed {
                task,
                error: text(&failure[0]),
                cause: text(&failure[1]),
            },
        ));
    }
    replies
}
