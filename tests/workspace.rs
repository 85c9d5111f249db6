//! The shape of the house: arrows between rooms run one way, pure crates stay pure, no test file is forgotten.

use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::Value;

/// The rooms with the rooms each may use, itself aside.
const ARROWS: [(&str, &[&str]); 5] = [
    ("workflows", &[]),
    ("activities", &["workflows"]),
    ("codegen", &["workflows"]),
    ("infra", &["workflows", "activities"]),
    ("tests", &["workflows", "activities", "codegen", "infra"]),
];

/// The crates that read nothing from outside, with those of ours that each may use.
const PURE: [(&str, &[&str]); 10] = [
    ("expr", &["expr-derive"]),
    ("expr-derive", &[]),
    ("contracts", &["expr"]),
    ("asl", &[]),
    ("dataflow", &["asl"]),
    ("flow", &["asl", "expr"]),
    ("picture", &["asl"]),
    ("engine", &["asl"]),
    ("catalog", &["asl", "contracts", "expr", "flow"]),
    ("schedule", &[]),
];

/// What a pure crate must not link, wherever it comes from.
const IMPURE: [&str; 8] = [
    "tokio",
    "reqwest",
    "axum",
    "rusqlite",
    "hyper",
    "lambda_runtime",
    "aws-config",
    "mio",
];

/// The packages of the workspace: name, room, and the names of what each uses (`dev` includes test dependencies).
struct House {
    rooms: BTreeMap<String, String>,
    uses: BTreeMap<String, Vec<(String, bool)>>,
}

impl House {
    fn read() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
            .current_dir(tests::root())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
        let mut house = Self {
            rooms: BTreeMap::new(),
            uses: BTreeMap::new(),
        };
        for package in metadata["packages"].as_array().expect("packages") {
            let name = package["name"].as_str().expect("name").to_owned();
            house
                .rooms
                .insert(name.clone(), room(package["manifest_path"].as_str().expect("path")));
            let uses = package["dependencies"].as_array().expect("dependencies").iter();
            let uses = uses.map(|d| (d["name"].as_str().expect("name").to_owned(), d["kind"] == "dev"));
            house.uses.insert(name, uses.collect());
        }
        house
    }
}

fn room(manifest: &str) -> String {
    let relative = Path::new(manifest)
        .strip_prefix(tests::root())
        .expect("packages lie inside the workspace");
    relative.iter().next().expect("a room").to_string_lossy().into_owned()
}

#[test]
fn arrows_between_rooms_run_one_way() {
    let house = House::read();
    let allowed: BTreeMap<_, _> = ARROWS.into_iter().collect();
    for (name, uses) in &house.uses {
        let room = &house.rooms[name];
        let may = allowed
            .get(room.as_str())
            .unwrap_or_else(|| panic!("{room} is no room"));
        for (used, _) in uses {
            if let Some(other) = house.rooms.get(used) {
                assert!(
                    other == room || may.contains(&other.as_str()),
                    "{name} ({room}) must not use {used} ({other})"
                );
            }
        }
    }
}

#[test]
fn no_circle_between_crates_even_through_their_tests() {
    let house = House::read();
    let mut left: BTreeMap<_, Vec<_>> = house
        .uses
        .iter()
        .map(|(name, uses)| {
            (
                name,
                uses.iter()
                    .map(|(u, _)| u)
                    // A crate's tests may ask the crate itself for a feature.
                    .filter(|u| house.rooms.contains_key(*u) && **u != **name)
                    .collect(),
            )
        })
        .collect();
    while !left.is_empty() {
        let free: Vec<_> = left
            .iter()
            .filter(|(_, uses)| uses.is_empty())
            .map(|(name, _)| *name)
            .collect();
        assert!(!free.is_empty(), "a circle among {:?}", left.keys());
        left.retain(|name, _| !free.contains(name));
        for uses in left.values_mut() {
            uses.retain(|used| !free.contains(used));
        }
    }
}

#[test]
fn pure_crates_stay_pure() {
    let house = House::read();
    for (name, may) in PURE {
        for (used, dev) in &house.uses[name] {
            if *dev {
                continue;
            }
            assert!(
                !house.rooms.contains_key(used) || may.contains(&used.as_str()),
                "{name} must not use {used}"
            );
            let impure = IMPURE.contains(&used.as_str()) || used.starts_with("aws-");
            assert!(!impure, "{name} must not link {used}");
        }
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let listed = std::fs::read_to_string(tests::root().join("tests/all.rs")).expect("all.rs");
    for entry in std::fs::read_dir(tests::root().join("tests")).expect("tests") {
        let name = entry.expect("entry").file_name().to_string_lossy().into_owned();
        if let Some(module) = name.strip_suffix(".rs").filter(|m| *m != "all") {
            assert!(
                listed.contains(&format!("mod {module};")),
                "tests/{name} is not listed in tests/all.rs"
            );
        }
    }
}
