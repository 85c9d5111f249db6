//! `identity.json`: the keys of a data directory. Whoever can read them is its owner.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use authorizer::{Lifetime, OWNER, OwnIssuer, Right, Rights, Seal};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

/// The file's name.
const FILE: &str = "identity.json";

/// The keys of a data directory: one signs tokens, the other seals sessions.
#[derive(Debug)]
pub struct Identity {
    /// The machine's own issuer.
    pub issuer: OwnIssuer,
    session_key: SecretString,
}

/// The keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file cannot be read or written.
    #[error("{} cannot be used", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others on this machine can read the keys.
    #[error("{} can be read by others: run chmod 600 on it, or remove it to make new keys", path.display())]
    Open {
        /// Which file.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("{} holds no keys: remove it to make new ones; tokens and sessions made with the old ones then end", path.display())]
    NoKeys {
        /// Which file.
        path: PathBuf,
    },
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    signing_key: String,
    session_key: String,
}

impl Identity {
    /// The keys of a data directory, made at the first time. Directory and file are created if need be; of two processes
    /// that make keys at once, both get those of the first.
    pub fn open(data_dir: &Path) -> Result<Self, IdentityError> {
        let path = data_dir.join(FILE);
        let failed = |source| IdentityError::File {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(data_dir).map_err(failed)?;
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make(data_dir, &path).map_err(failed)?;
                File::open(&path).map_err(failed)?
            }
            opened => opened.map_err(failed)?,
        };
        if file.metadata().map_err(failed)?.mode() & 0o077 != 0 {
            return Err(IdentityError::Open { path });
        }
        let kept = serde_json::from_reader(io::BufReader::new(file)).ok();
        kept.and_then(Self::of).ok_or(IdentityError::NoKeys { path })
    }

    fn of(kept: Kept) -> Option<Self> {
        if kept.version != 1 {
            return None;
        }
        let signing_key = BASE64_STANDARD.decode(kept.signing_key).ok()?;
        let identity = Self {
            issuer: OwnIssuer::new(&signing_key).ok()?,
            session_key: kept.session_key.into(),
        };
        identity.seal().map(|_| identity)
    }

    /// What seals sessions.
    pub(crate) fn seal(&self) -> Option<Seal> {
        let key = BASE64_STANDARD.decode(self.session_key.expose_secret()).ok()?;
        Seal::new(&key).ok()
    }

    /// What makes the links by which messages are acknowledged.
    pub(crate) fn acknowledgement_key(&self) -> &SecretString {
        &self.session_key
    }

    /// A token of the owner; `None` if the clock is beyond all bounds.
    pub fn owners_token(&self, lifetime: Lifetime, now: Timestamp) -> Option<SecretString> {
        let everything: Rights = [Right::Admin].into_iter().collect();
        self.issuer.token(OWNER, everything, lifetime, now)
    }
}

/// Writes new keys under another name and links them to their own, which fails if somebody was faster: the file is there
/// whole or not at all, and never replaced.
fn make(data_dir: &Path, path: &Path) -> io::Result<()> {
    let no_randomness = || io::Error::other("the system has no randomness");
    let signing_key = OwnIssuer::new_key().ok_or_else(no_randomness)?;
    let kept = Kept {
        version: 1,
        signing_key: BASE64_STANDARD.encode(signing_key),
        session_key: BASE64_STANDARD.encode(rand::random::<[u8; 32]>()),
    };
    let unfinished = data_dir.join(format!("{FILE}.{}", uuid::Uuid::now_v7()));
    let written = write(&unfinished, &kept).and_then(|()| match fs::hard_link(&unfinished, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    fs::remove_file(&unfinished)?;
    written
}

fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(&serde_json::to_vec_pretty(kept)?)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn keys_are_made_once_and_are_the_owners_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("data");
        let made: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| Identity::open(&path).unwrap())).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap().issuer.trusted().rules.issuer)
                .collect()
        });
        assert!(made.windows(2).all(|pair| pair[0] == pair[1]), "{made:?}");
        let file = path.join(FILE);
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&path).unwrap().count(), 1, "nothing unfinished is left");

        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let error = Identity::open(&path).unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn a_file_without_keys_is_named_and_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE);
        for text in [
            "",
            "{}",
            r#"{"version":2,"signing_key":"","session_key":""}"#,
            r#"{"version":1,"signing_key":"AA==","session_key":"AA=="}"#,
        ] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let error = Identity::open(directory.path()).unwrap_err().to_string();
            assert!(error.contains("holds no keys"), "{text}: {error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
