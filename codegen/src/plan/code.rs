//! Which code differs: a function gets a new version where its binary is another, which nobody knows before it is built.

use std::collections::BTreeMap;
use std::path::Path;

use crate::GENERATED;

/// The crates and files that differ. Tests and generated files are in no binary.
pub(super) fn lines(changed: &[String]) -> String {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for path in changed.iter().filter(|path| is_built(path)) {
        *places.entry(place(path)).or_default() += 1;
    }
    if places.is_empty() {
        return String::new();
    }
    let lines = places.iter().map(|(place, files)| match files {
        1 => format!("- `{place}`: a file"),
        files => format!("- `{place}`: {files} files"),
    });
    let told = "Functions that are built of these get a new version, if their binaries are others:";
    format!("{told}\n\n{}", lines.collect::<Vec<_>>().join("\n"))
}

fn is_built(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    // `src/tests.rs`, `src/x/tests.rs`, `tests/x.rs`; a function's needs stand in the template.
    let of_tests = parts
        .iter()
        .any(|part| matches!(*part, "tests" | "tests.rs" | "benches"));
    let told_elsewhere = Path::new(path).starts_with(GENERATED) || path.ends_with("/function.toml");
    !of_tests && !told_elsewhere
}

/// The crate, or the file where it belongs to none.
fn place(path: &str) -> String {
    match path.splitn(3, '/').collect::<Vec<_>>()[..] {
        [room, name, _] => format!("{room}/{name}"),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_no_binary_is_left_aside() {
        let changed = [
            "activities/tables/src/item.rs",
            "activities/tables/src/life.rs",
            "activities/tables/src/life/tests.rs",
            "activities/web-api/function.toml",
            "workflows/generated/process-message/report.json",
            "workflows/engine/tests/cases/a.md",
            "Cargo.lock",
        ];
        let text = lines(&changed.map(str::to_owned));
        let (_, listed) = text.split_once("\n\n").unwrap();
        assert_eq!(listed, "- `Cargo.lock`: a file\n- `activities/tables`: 2 files");
        assert_eq!(lines(&[]), "");
    }
}
