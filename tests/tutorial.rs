//! `docs/tutorial.md`, followed letter by letter in a copy of the repository: its files are written, its commands run, and
//! they must say what it shows. That takes two minutes on two cores, since dependencies are taken as they are compiled.

mod document;
mod output;
mod workshop;

use document::{Document, Step};
use output::differs;
use workshop::{Ran, Workshop};

#[test]
fn the_tutorial_can_be_followed() {
    let document = Document::read("docs/tutorial.md");
    let mut workshop = Workshop::set_up();
    for (line, step) in &document.steps {
        let done = match step {
            Step::Create { file, text } => workshop.create(file, text),
            Step::Change { file, hunks } => workshop.change(file, hunks),
            Step::Run { commands, shown } => run(&mut workshop, commands, shown),
        };
        done.unwrap_or_else(|why| panic!("docs/tutorial.md:{line}: {why}"));
    }
    assert!(workshop.has("workflows/generated/watch-website/report.json"));
    workshop.clear_away();
}

/// How the lines begin by which rustc, rez and codegen say that they have failed.
const FAULTS: [&str; 3] = ["error[", "error: ", "invalid: "];

/// How often a command is tried whose output is not what it should be yet: what a server does takes its time.
const TRIES: usize = 200;

/// The commands of a block, one after the other; what is shown is said by the last one.
fn run(workshop: &mut Workshop, commands: &[String], shown: &[String]) -> Result<(), String> {
    let (last, before) = commands.split_last().ok_or("a block without a command")?;
    for command in before {
        says(&workshop.run(command)?, &[], command)?;
    }
    let tries = if last.starts_with("curl") { TRIES } else { 1 };
    let mut said = says(&workshop.run(last)?, shown, last);
    for _ in 1..tries {
        if said.is_ok() {
            break;
        }
        said = says(&workshop.run(last)?, shown, last);
    }
    said
}

/// Whether a command did as the page shows: it fails where it shows a fault, and says what is shown.
fn says(ran: &Ran, shown: &[String], command: &str) -> Result<(), String> {
    let is_fault = |line: &String| FAULTS.iter().any(|fault| line.starts_with(fault));
    let fails = shown.iter().any(is_fault);
    if ran.succeeded == fails {
        let should = if fails { "fail" } else { "succeed" };
        return Err(format!("{command} should {should}:\n{}", ran.said));
    }
    differs(shown, &ran.said).map_or(Ok(()), |why| Err(format!("{command}: {why}:\n{}", ran.said)))
}
