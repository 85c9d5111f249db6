//! The tutorial as steps.
//!
//! A block of code belongs to the file that the paragraph before it names last, in backticks: a block in `diff` changes it,
//! any other one is all of it. A block in `sh` is run, and a block in `text` is what the commands before it say. There are
//! no others: a block that nobody follows would be wrong one day.

/// What a reader does.
pub(super) enum Step {
    Create {
        file: String,
        text: String,
    },
    /// Each hunk replaces the lines that stand there by others.
    Change {
        file: String,
        hunks: Vec<Hunk>,
    },
    /// What is shown is empty where nothing is.
    Run {
        commands: Vec<String>,
        shown: Vec<String>,
    },
}

/// A part of a diff: the lines that stand in the file, and what stands there afterwards.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Hunk {
    pub(super) before: String,
    pub(super) after: String,
}

pub(super) struct Document {
    /// Each with the line on which its block begins.
    pub(super) steps: Vec<(usize, Step)>,
}

impl Document {
    pub(super) fn read(file: &str) -> Self {
        let text = std::fs::read_to_string(tests::root().join(file)).expect("the tutorial");
        let mut document = Self { steps: Vec::new() };
        let (mut paragraph, mut lines) = (String::new(), text.lines().enumerate());
        while let Some((number, line)) = lines.next() {
            if let Some(language) = line.strip_prefix("```") {
                let block = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
                let block: Vec<_> = block.map(str::to_owned).collect();
                document.take(number + 1, language, block, &paragraph);
                paragraph.clear();
            } else if !line.is_empty() {
                paragraph.push_str(line);
                paragraph.push('\n');
            } else if !paragraph.ends_with(":\n") {
                paragraph.clear();
            }
        }
        document
    }

    fn take(&mut self, line: usize, language: &str, block: Vec<String>, paragraph: &str) {
        let file = || {
            let named = paragraph.split('`').collect::<Vec<_>>();
            let file = named.iter().rev().nth(1).filter(|_| paragraph.ends_with("`:\n"));
            (*file.unwrap_or_else(|| panic!("docs/tutorial.md:{line}: which file is this?"))).to_owned()
        };
        let step = match language {
            "text" => match self.steps.last_mut() {
                Some((_, Step::Run { shown, .. })) if shown.is_empty() => return *shown = block,
                _ => panic!("docs/tutorial.md:{line}: nothing was run that could say this"),
            },
            "sh" => Step::Run {
                commands: block,
                shown: Vec::new(),
            },
            "diff" => Step::Change {
                file: file(),
                hunks: hunks(&block),
            },
            _ => Step::Create {
                file: file(),
                text: block.join("\n") + "\n",
            },
        };
        self.steps.push((line, step));
    }
}

fn hunks(block: &[String]) -> Vec<Hunk> {
    let hunks = block.split(|line| line == "@@");
    let hunk = |lines: &[String]| {
        let side = |dropped| {
            let kept = lines.iter().filter(|line| !line.starts_with(dropped));
            // A line without a mark is an empty one of which an editor took the blank.
            let texts: Vec<_> = kept.map(|line| line.get(1..).unwrap_or_default()).collect();
            texts.join("\n") + "\n"
        };
        Hunk {
            before: side('+'),
            after: side('-'),
        }
    };
    hunks.map(hunk).collect()
}

#[test]
fn a_diff_is_what_stands_there_before_and_after() {
    let block = [" a", "-b", "+c", "@@", "+d", " e"].map(str::to_owned);
    let hunk = |before: &str, after: &str| Hunk {
        before: before.to_owned(),
        after: after.to_owned(),
    };
    assert_eq!(hunks(&block), [hunk("a\nb\n", "a\nc\n"), hunk("e\n", "d\ne\n")]);
}
