//! The README's commands do what it says.

use std::process::Command;

use tests::{home::Home, root};

/// The commands of the README's fenced `sh` blocks that begin with `cargo run -- `, as `rez` takes them.
fn commands() -> Vec<Vec<String>> {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let mut inside = false;
    let mut commands = Vec::new();
    for line in readme.lines() {
        match (line, inside) {
            ("```sh", _) => inside = true,
            ("```", _) => inside = false,
            (line, true) => commands.extend(line.strip_prefix("cargo run -- ").map(words)),
            _ => {}
        }
    }
    commands
}

/// The README's only Python program.
fn program() -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let (_, begun) = readme.split_once("```python\n").expect("a program");
    begun.split_once("```").expect("its end").0.to_owned()
}

/// It sends one message, however often it is run.
#[test]
fn the_python_program_of_the_readme_works() {
    let python = |arguments: &[&str]| {
        let mut python = Command::new("python3");
        python.args(arguments);
        python
    };
    if python(&["--version"]).output().is_err() {
        eprintln!("skipped: the README's Python program is run with python3, which is not on this machine");
        return;
    }
    let home = Home::new();
    let serve = home.serve();
    let token = home.rez(&["token"]).ends_with(0).out;
    let run = || {
        let mut program = python(&["-c", &program()]);
        program.env("REZ_API", &serve.api).env("REZ_TOKEN", token.trim());
        program.env("NO_PROXY", "127.0.0.1");
        let output = program.output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        said
    };
    let first = run();
    assert!(first.trim().ends_with(" completed"), "{first}");
    assert_eq!(run(), first, "the second run found the message of the first");
    assert_eq!(home.rez(&["messages", "--json"]).json().len(), 1);
}

/// Splits a command as a shell does, as far as the README needs: blanks, double quotes and comments.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut quoted, mut begun) = (false, false);
    for character in line.chars() {
        match character {
            '"' => (quoted, begun) = (!quoted, true),
            '#' if !quoted && !begun => break,
            ' ' if !quoted => {
                if begun {
                    words.push(String::new());
                }
                begun = false;
            }
            other => {
                words.last_mut().expect("there is always one").push(other);
                begun = true;
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_command_of_the_readme_works() {
    let home = Home::new();
    let commands = commands();
    assert!(commands.len() >= 5, "the README shows its commands: {commands:?}");
    assert_eq!(
        commands[0],
        ["send", "hello"],
        "the first one is the first that a newcomer runs"
    );
    for command in commands {
        // A server would not end by itself, and a placeholder is for the reader to fill in.
        if command[0] == "serve" || command.iter().any(|word| word.chars().all(|c| c.is_ascii_uppercase())) {
            continue;
        }
        // A file that a reader brings.
        let file = home.path().join("messages.jsonl").display().to_string();
        std::fs::write(&file, "{\"body\": \"one\"}\n{\"body\": \"two\"}\n").expect("it can be written");
        let own = |word: &'_ String| {
            if word == "messages.jsonl" {
                file.clone()
            } else {
                word.clone()
            }
        };
        let arguments: Vec<String> = command.iter().map(own).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = home.rez(&arguments);
        assert_eq!(ran.code, 0, "{command:?}: {ran:?}");
    }
}

#[test]
fn the_readme_names_the_test_command_that_ci_runs() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    assert!(readme.lines().any(|line| line == "cargo test --workspace"));
}
