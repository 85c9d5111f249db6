//! Finding the program of a function, and whether this machine can run it.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A program cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no file, or nobody may execute it.
    #[error("{} is no executable file: chmod +x it, or remove it", path.display())]
    NotExecutable {
        /// Which file.
        path: PathBuf,
    },
    /// It was made for another machine.
    #[error("{} is {made_for}, and this machine runs {here}: build it for this machine", path.display())]
    OtherMachine {
        /// Which file.
        path: PathBuf,
        /// What it is.
        made_for: String,
        /// What would run.
        here: String,
    },
}

/// The program of a function in a directory: `DIR/NAME/bootstrap`, as cargo-lambda lays it out, else `DIR/NAME`, as cargo does.
/// `None`: there is neither.
///
/// # Errors
///
/// If there is one that this machine cannot run.
pub fn program(directory: &Path, name: &str) -> Result<Option<PathBuf>, ProgramError> {
    let plain = directory.join(name);
    let bootstrap = plain.join("bootstrap");
    let path = if plain.is_dir() { bootstrap } else { plain };
    if !path.exists() {
        return Ok(None);
    }
    let unreadable = |source| ProgramError::Unreadable {
        path: path.clone(),
        source,
    };
    let path = path.canonicalize().map_err(unreadable)?;
    let about = path.metadata().map_err(unreadable)?;
    if !about.is_file() || about.permissions().mode() & 0o111 == 0 {
        return Err(ProgramError::NotExecutable { path });
    }
    let mut head = Vec::new();
    let read = File::open(&path).and_then(|file| file.take(20).read_to_end(&mut head));
    read.map_err(unreadable)?;
    match (kind(&head), here()) {
        (Kind::Script, _) => Ok(Some(path)),
        (Kind::Program(made_for), here) if made_for == here => Ok(Some(path)),
        (Kind::Program(made_for), here) => Err(ProgramError::OtherMachine { path, made_for, here }),
    }
}

/// What a file is, by its first bytes.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// Whatever its first line names runs it.
    Script,
    /// A program, in words.
    Program(String),
}

/// Sources: `elf(5)`, `e_ident`, `e_machine`; Apple's `mach-o/loader.h`.
fn kind(head: &[u8]) -> Kind {
    let word = |at: usize| head.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
    match head {
        [b'#', b'!', ..] => Kind::Script,
        [0x7f, b'E', b'L', b'F', 2, 1, ..] => {
            let machine = match head.get(18..20) {
                Some([62, 0]) => "x86_64",
                Some([183, 0]) => "aarch64",
                _ => "another processor",
            };
            Kind::Program(format!("a program for linux on {machine}"))
        }
        [0xcf, 0xfa, 0xed, 0xfe, ..] => {
            let machine = match word(4).map(u32::from_le_bytes) {
                Some(0x0100_0007) => "x86_64",
                Some(0x0100_000c) => "aarch64",
                _ => "another processor",
            };
            Kind::Program(format!("a program for macos on {machine}"))
        }
        _ => Kind::Program("no program".to_owned()),
    }
}

fn here() -> String {
    format!("a program for {} on {}", std::env::consts::OS, std::env::consts::ARCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_apart_by_their_first_bytes() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(kind(&own[..20]), Kind::Program(here()));
        assert_eq!(kind(b"#!/bin/sh\n"), Kind::Script);
        assert_eq!(kind(b""), Kind::Program("no program".to_owned()));
        let mut elf = *b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\xb7\0";
        let said = |head: &[u8]| match kind(head) {
            Kind::Program(said) => said,
            Kind::Script => "a script".to_owned(),
        };
        assert_eq!(said(&elf), "a program for linux on aarch64");
        elf[18] = 40;
        assert_eq!(said(&elf), "a program for linux on another processor");
        assert_eq!(said(&elf[..10]), "a program for linux on another processor");
    }

    #[test]
    fn a_program_is_found_in_either_layout_and_what_cannot_run_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let write = |name: &str, text: &str, mode: u32| {
            std::fs::write(path.join(name), text).unwrap();
            std::fs::set_permissions(path.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
        };
        assert!(program(path, "absent").unwrap().is_none());
        write("plain", "#!/bin/sh\n", 0o755);
        assert!(program(path, "plain").unwrap().unwrap().ends_with("plain"));
        std::fs::create_dir(path.join("laid-out")).unwrap();
        assert!(program(path, "laid-out").unwrap().is_none());
        write("laid-out/bootstrap", "#!/bin/sh\n", 0o755);
        assert!(
            program(path, "laid-out")
                .unwrap()
                .unwrap()
                .ends_with("laid-out/bootstrap")
        );
        write("plain", "#!/bin/sh\n", 0o644);
        assert!(program(path, "plain").unwrap_err().to_string().contains("chmod +x"));
        write("plain", "text", 0o755);
        let error = program(path, "plain").unwrap_err().to_string();
        assert!(
            error.contains("is no program") && error.contains("this machine runs"),
            "{error}"
        );
    }
}
