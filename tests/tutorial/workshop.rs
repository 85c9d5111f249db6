//! A copy of the repository in which somebody follows the tutorial.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::SystemTime,
};

use tests::home::{Home, Serve};

use super::document::Hunk;

/// What the commands of the tutorial that run a binary of the workspace begin with, and the binary.
///
/// Cargo would build each with the features that its package alone needs, and with them all the dependencies anew. The
/// binary is built as a part of the whole workspace instead; `--examples`, of which there are none, has the features of the
/// tests taken into account, as in what is built already.
const BINARIES: [(&str, &str); 2] = [("cargo run -- ", "rez"), ("cargo codegen", "codegen")];

/// Where the tutorial says that rez listens; a free port stands in for each.
const API: &str = "127.0.0.1:8080";

/// Where the tutorial says that rez keeps its data; the test's own directory stands in for it.
const DATA: &str = "target/tutorial";

pub(super) struct Workshop {
    place: PathBuf,
    home: Home,
    server: Option<Serve>,
}

/// What a command did.
pub(super) struct Ran {
    pub(super) succeeded: bool,
    pub(super) said: String,
}

impl Workshop {
    /// The files that git tracks, and what is compiled of them.
    pub(super) fn set_up() -> Self {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tutorial");
        if place.exists() {
            fs::remove_dir_all(&place).expect("the last run's copy goes");
        }
        let workshop = Self {
            home: Home::new().of_binary(place.join("target/debug/rez")),
            place,
            server: None,
        };
        workshop.take_files();
        workshop.take_compiled();
        workshop
    }

    fn take_files(&self) {
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(tests::root())
            .output()
            .expect("git runs");
        assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
        let listed = String::from_utf8(listed.stdout).expect("names are UTF-8");
        for file in listed
            .split_terminator('\0')
            .filter(|file| !file.starts_with("tests/fuzz/"))
        {
            // What is deleted and not yet committed is listed as well.
            if tests::root().join(file).exists() {
                copy(&tests::root().join(file), &self.place.join("repository").join(file));
            }
        }
    }

    /// What cargo has compiled of dependencies is taken as it is, so that minutes become seconds. Libraries are linked and
    /// not copied: cargo and rustc replace them, and never write into them. What they do write into is copied.
    fn take_compiled(&self) {
        let compiled = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .expect("the target directory");
        // What says that something is fresh comes before what it speaks of: another cargo may be at work.
        for directory in [".fingerprint", "build", "deps"] {
            take(
                &compiled.join("debug").join(directory),
                &self.place.join("target/debug").join(directory),
            );
        }
    }

    pub(super) fn has(&self, file: &str) -> bool {
        self.place.join("repository").join(file).exists()
    }

    pub(super) fn create(&self, file: &str, text: &str) -> Result<(), String> {
        if self.has(file) {
            return Err(format!("{file} is there already"));
        }
        let path = self.place.join("repository").join(file);
        let written = fs::create_dir_all(path.parent().expect("a directory")).and_then(|()| fs::write(&path, text));
        written.map_err(|error| format!("{file}: {error}"))
    }

    pub(super) fn change(&self, file: &str, hunks: &[Hunk]) -> Result<(), String> {
        let path = self.place.join("repository").join(file);
        let mut text = fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
        for Hunk { before, after } in hunks {
            match text.matches(before.as_str()).count() {
                1 => text = text.replacen(before, after, 1),
                found => return Err(format!("{file} has these lines {found} times:\n{before}")),
            }
        }
        fs::write(&path, text).map_err(|error| format!("{file}: {error}"))
    }

    /// Runs a command as it stands, but for what [`BINARIES`] says and for the ports.
    pub(super) fn run(&mut self, command: &str) -> Result<Ran, String> {
        let data = self.home.path().to_str().ok_or("a data directory that is no UTF-8")?;
        let mut command = command.replace(DATA, data);
        for (beginning, binary) in BINARIES {
            if let Some(arguments) = command.strip_prefix(beginning) {
                let built = self.shell(&format!("cargo build --quiet --workspace --examples --bin {binary}"));
                if !built.succeeded {
                    return Ok(built);
                }
                if binary == "rez" && arguments.starts_with("serve ") {
                    self.server = Some(self.home.serve());
                    return Ok(Ran {
                        succeeded: true,
                        said: String::new(),
                    });
                }
                command = format!("{} {arguments}", self.place.join("target/debug").join(binary).display());
                break;
            }
        }
        if !command.contains(API) {
            return Ok(self.shell(&command));
        }
        let server = self.server.as_ref().ok_or("no server runs yet")?;
        let listens = server.api.trim_start_matches("http://");
        let ran = self.shell(&command.replace(API, listens));
        Ok(Ran {
            said: ran.said.replace(listens, API),
            ..ran
        })
    }

    fn shell(&self, command: &str) -> Ran {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("{command} 2>&1")])
            .current_dir(self.place.join("repository"))
            .stdin(Stdio::null())
            .envs(self.home.environment())
            .env("CARGO_TARGET_DIR", self.place.join("target"))
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_NET_OFFLINE", "true")
            // rez says how it is called, by this.
            .env("CARGO", "cargo");
        // This test is run by cargo, whose own variables would change what is compiled.
        for name in std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()) {
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                shell.env_remove(name);
            }
        }
        let output = shell.output().expect("a shell runs");
        Ran {
            succeeded: output.status.success(),
            said: String::from_utf8(output.stdout).expect("commands speak UTF-8"),
        }
    }

    /// After everything has gone well: otherwise it is left for whoever looks.
    pub(super) fn clear_away(mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
        fs::remove_dir_all(&self.place).expect("the copy goes");
    }
}

/// Takes what is needed of a directory of compiled things.
fn take(from: &Path, to: &Path) {
    // A build elsewhere takes things away while this one looks.
    for entry in fs::read_dir(from).into_iter().flatten().flatten() {
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            take(&path, &copied);
            continue;
        }
        fs::create_dir_all(to).expect("a directory");
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        let is_program = kind.is_empty() && from.ends_with("deps");
        match kind {
            "rlib" | "rmeta" | "so" | "a" | "o" => drop(fs::hard_link(&path, &copied)),
            _ if is_program => {}
            _ => copy(&path, &copied),
        }
    }
}

/// With the time of its last change, by which cargo goes.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().expect("a directory")).expect("a directory");
    let copied = fs::copy(from, to).and_then(|_| {
        let changed = from.metadata()?.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        fs::File::options().write(true).open(to)?.set_modified(changed)
    });
    // What was taken away in between is not needed.
    drop(copied);
}
