//! A workspace of its own with the sources of the workflows, in which a test may break something.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What the catalog is made of; nothing else of the repository is copied.
const CRATES: [&str; 6] = [
    "workflows/asl",
    "workflows/catalog",
    "workflows/contracts",
    "workflows/expr",
    "workflows/expr/derive",
    "workflows/flow",
];

/// The copied workspace. It stays from run to run, so that only what has changed is compiled again.
pub(crate) struct Copy {
    root: PathBuf,
}

impl Copy {
    /// The sources as they are now, with the versions of the repository's lock file.
    pub(crate) fn of_the_workflows() -> Self {
        let copy = Self {
            root: Path::new(env!("CARGO_TARGET_TMPDIR")).join("forgotten"),
        };
        copy.write(
            "Cargo.toml",
            &workspace(&fs::read_to_string(repository().join("Cargo.toml")).unwrap()),
        );
        copy.take("Cargo.lock");
        for name in CRATES {
            let manifest = format!("{name}/Cargo.toml");
            let text = fs::read_to_string(repository().join(&manifest)).unwrap();
            // Tests are not copied: nor is what they need.
            copy.write(&manifest, text.split("[dev-dependencies]").next().unwrap());
            copy.take_all(&format!("{name}/src"));
        }
        copy
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.root.join(file)).unwrap()
    }

    /// Leaves a file alone that says this already: cargo goes by the times of files.
    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.root.join(file);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What `cargo check` says of the catalog.
    pub(crate) fn check(&self) -> String {
        let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let output = Command::new(cargo)
            .args([
                "check",
                "--package",
                "catalog",
                "--quiet",
                "--offline",
                "--color",
                "never",
            ])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        String::from_utf8(output.stderr).unwrap()
    }

    fn take(&self, file: &str) {
        self.write(file, &fs::read_to_string(repository().join(file)).unwrap());
    }

    /// The files below a directory; one that the repository has no more is removed.
    fn take_all(&self, directory: &str) {
        let (from, to) = (repository().join(directory), self.root.join(directory));
        let names = |path: &Path| -> Vec<_> {
            let entries = fs::read_dir(path).into_iter().flatten();
            entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect()
        };
        for stale in names(&to) {
            let path = to.join(&stale);
            if !from.join(&stale).exists() && path.is_file() {
                fs::remove_file(path).unwrap();
            }
        }
        for name in names(&from) {
            let file = format!("{directory}/{name}");
            if from.join(&name).is_dir() {
                self.take_all(&file);
            } else {
                self.take(&file);
            }
        }
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// The repository's manifest with these crates for members.
fn workspace(manifest: &str) -> String {
    let (head, rest) = manifest.split_once("members = [").unwrap();
    let (_, rest) = rest.split_once("\n[workspace.package]").unwrap();
    format!("{head}members = {CRATES:?}\n\n[workspace.package]{rest}")
}
