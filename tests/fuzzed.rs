//! Every input that a fuzz target has learnt from, held against the target's law.

use std::{fs, panic};

use tests::fuzz::{TARGETS, Target};

#[test]
fn no_input_of_the_corpora_breaks_a_law() {
    for target in TARGETS {
        assert!(replay(target) > 0, "{} has a corpus", target.0);
    }
}

#[test]
fn every_target_has_a_binary_and_a_dictionary() {
    let fuzz = tests::root().join("tests/fuzz");
    for (name, _) in TARGETS {
        assert!(fuzz.join(format!("src/bin/{name}.rs")).exists(), "{name}");
        assert!(fuzz.join(format!("dictionaries/{name}.dict")).exists(), "{name}");
    }
    for directory in ["src/bin", "corpus", "dictionaries"] {
        let count = fs::read_dir(fuzz.join(directory)).expect("a directory").count();
        assert_eq!(
            count,
            TARGETS.len(),
            "{directory} holds what the targets need and nothing else"
        );
    }
}

/// Judges every file of a target's corpus; gives how many there are.
fn replay((name, judge): Target) -> usize {
    let directory = tests::root().join("tests/fuzz/corpus").join(name);
    let mut count = 0;
    for entry in fs::read_dir(directory).expect("a corpus") {
        let path = entry.expect("an entry").path();
        let input = fs::read(&path).expect("an input");
        let judged = panic::catch_unwind(|| judge(&input));
        assert!(judged.is_ok(), "{} breaks the law of {name}", path.display());
        count += 1;
    }
    count
}
