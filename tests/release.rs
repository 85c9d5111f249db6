//! From a clone to a stack, as far as it goes without AWS: the plan of a release, and the functions built as SAM builds them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use serde_json::Value;
use tests::{rez, root, tools, tracked};

fn plan(directory: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(rez());
    command.args(["release", "plan"]).args(arguments).current_dir(directory);
    let Output { status, stdout, stderr } = command.output().expect("rez runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn a_plan_is_made_from_a_clone() {
    let elsewhere = tempfile::tempdir().expect("a directory");
    let (code, _, said) = plan(elsewhere.path(), &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("is in no clone of rez"), "{said}");

    // From any directory of it.
    let (code, page, said) = plan(&root().join("infra/aws"), &["--from", "HEAD", "--stage", "dev"]);
    assert!(page.starts_with("# What a release to dev changes\n"), "{page}{said}");
    let nothing = page.ends_with("\nNothing.\n");
    assert_eq!(code, Some(if nothing { 0 } else { 4 }), "{page}");

    for (arguments, about) in [
        (
            ["--from", "nowhere", "--stage", "dev"],
            "there is no revision `nowhere`",
        ),
        (
            ["--from", "HEAD", "--stage", "test"],
            "has no stage `test`; it has dev, prod, stage",
        ),
    ] {
        let (code, page, said) = plan(root(), &arguments);
        assert_eq!((code, page.as_str()), (Some(1), ""), "{said}");
        assert!(said.contains(about), "{said}");
    }
}

/// SAM lets cargo build the binary of that name in the directory that the template names: it must be that crate's own, since in the
/// root of the workspace cargo builds `rez` alone.
#[test]
fn every_function_is_built_from_its_crate() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let infrastructure = root().join(codegen::INFRASTRUCTURE);
    let template = std::fs::read_to_string(infrastructure.join("template.json")).expect("the template");
    let template: Value = serde_json::from_str(&template).expect("JSON");
    let resources = template["Resources"].as_object().expect("resources").values();
    let functions: Vec<&Value> = resources
        .filter(|resource| resource["Type"] == "AWS::Serverless::Function")
        .collect();
    assert!(functions.len() >= 9);
    for function in functions {
        let place = function["Properties"]["CodeUri"].as_str().expect("a path");
        let binary = &function["Metadata"]["BuildProperties"]["Binary"];
        let manifest = infrastructure
            .join(place)
            .join("Cargo.toml")
            .canonicalize()
            .expect("a crate");
        let of_place = |package: &&Value| package["manifest_path"].as_str().map(Path::new) == Some(&manifest);
        let package = packages.iter().find(of_place);
        let targets = package.expect("a package of the workspace")["targets"]
            .as_array()
            .expect("targets");
        let built = targets
            .iter()
            .any(|target| target["kind"][0] == "bin" && target["name"] == *binary);
        assert!(built, "{place} has no binary {binary}");
    }
}

/// Source: cargo-lambda, "Release optimizations".
#[test]
fn cargo_lambda_adds_nothing_to_the_release_profile() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the workspace's manifest");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let profile = &manifest["profile"]["release"];
    for name in ["strip", "lto", "codegen-units", "panic"] {
        assert!(profile.get(name).is_some(), "{name}: cargo-lambda would choose");
    }
    assert_eq!(
        profile["panic"].as_str(),
        Some("unwind"),
        "an activity tells of a panic"
    );
}

/// How much a function may hold, in bytes: what `sam build` puts into its directory.
const LARGEST: u64 = 20 * 1_024 * 1_024;

/// `sam build` of a clone. It compiles the functions with optimisation, which takes minutes: `REZ_SAM_BUILD=1` builds all of them,
/// `REZ_SAM_BUILD=Authorizer` one.
#[test]
fn sam_builds_a_clone_for_arm64() {
    let Some(wanted) = std::env::var("REZ_SAM_BUILD").ok().filter(|wanted| !wanted.is_empty()) else {
        eprintln!(
            "skipped: sam build takes minutes; REZ_SAM_BUILD=1 runs it, REZ_SAM_BUILD=Authorizer for one function"
        );
        return;
    };
    let Some(sam) = tools::file("sam/bin/sam") else { return };
    let arm = has_target("aarch64-unknown-linux-gnu");
    if !arm {
        eprintln!("skipped: Rust has no target for arm64 here, so that the functions are built for this machine");
    }
    let clone = Clone::new(arm);
    let begun = Instant::now();
    let mut command = Command::new(&sam);
    command.arg("build").current_dir(clone.directory.join("infra/aws"));
    if wanted != "1" {
        command.arg(&wanted);
    }
    let tools = sam.parent().expect("a directory").display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let output = command
        .env("PATH", format!("{tools}:{path}"))
        .env("SAM_CLI_TELEMETRY", "0")
        .env("AWS_DEFAULT_REGION", "eu-central-1")
        // The clone's own: what this test's caller has built has other flags.
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .expect("SAM runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let built: Vec<String> = match wanted.as_str() {
        "1" => {
            let functions = codegen::functions(root()).expect("they can be read");
            functions.iter().map(codegen::Function::logical).collect()
        }
        one => vec![one.to_owned()],
    };
    eprintln!("sam build of {}: {} s", built.len(), begun.elapsed().as_secs());
    for function in built {
        let bootstrap = clone
            .directory
            .join("infra/aws/.aws-sam/build")
            .join(&function)
            .join("bootstrap");
        let bytes = std::fs::read(&bootstrap).expect("it was built");
        eprintln!("{function}: {} bytes", bytes.len());
        assert_eq!(machine(&bytes), Some(if arm { 183 } else { 62 }), "{function}");
        let held = bootstrap.metadata().expect("it is there").len();
        assert!(held < LARGEST, "{function} has {held} bytes");
    }
}

/// The machine that an ELF file is for: 183 is `AArch64`, 62 is x86-64. Source: ELF specification, `e_machine`.
fn machine(bytes: &[u8]) -> Option<u16> {
    let head = bytes.get(..20).filter(|head| head.starts_with(b"\x7fELF"))?;
    Some(u16::from_le_bytes([head[18], head[19]]))
}

fn has_target(target: &str) -> bool {
    let rustup = Command::new("rustup")
        .args(["target", "list", "--installed"])
        .current_dir(root())
        .output();
    rustup.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .any(|line| line == target)
    })
}

/// What git has of this repository, as it stands here, in a directory of its own.
struct Clone {
    directory: PathBuf,
    _kept: tempfile::TempDir,
}

impl Clone {
    fn new(arm: bool) -> Self {
        let kept = tempfile::tempdir().expect("a directory");
        let directory = kept.path().join("rez");
        for path in tracked().iter().filter(|path| root().join(path).is_file()) {
            let copy = directory.join(path);
            std::fs::create_dir_all(copy.parent().expect("a directory")).expect("it can be made");
            std::fs::copy(root().join(path), copy).expect("it can be copied");
        }
        if !arm {
            let template = directory.join(codegen::INFRASTRUCTURE).join("template.json");
            let text = std::fs::read_to_string(&template).expect("the template");
            std::fs::write(&template, text.replace("\"arm64\"", "\"x86_64\"")).expect("it can be written");
        }
        Self { directory, _kept: kept }
    }
}
